"""CHAI cards: the eighteen published ones in and out, and every way a card may be wrong."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from preuve.core.errors import PreuveError
from preuve.core.evidence import Evidence
from preuve.registry.chai import draft, export, parse, read, to_record, to_xml
from preuve.registry.chai.card import NAMESPACE, ChaiCard, stated
from preuve.registry.chai.claims import CLAIMED
from preuve.registry.chai.dates import written_date
from preuve.registry.chai.reading import LARGEST
from preuve.registry.entry import Entry

_STUB = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"
 targetNamespace="http://www.w3.org/2000/09/xmldsig#" elementFormDefault="qualified">
 <xs:element name="Signature"><xs:complexType><xs:sequence>
 <xs:any processContents="skip" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
 <xs:anyAttribute processContents="skip"/></xs:complexType></xs:element></xs:schema>"""


class _LocalSignature(etree.Resolver):
    """The schema of XML signatures, from here: nothing is fetched."""

    def resolve(self, system_url: str, public_id: str, context: Any) -> Any:  # type: ignore[override]
        if "xmldsig" in system_url:
            return self.resolve_string(_STUB, context, base_url=system_url)
        return None


@pytest.fixture(scope="module")
def schema(data_root: Path) -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_LocalSignature())
    return etree.XMLSchema(etree.parse(str(data_root / "chai-model-cards" / "schema.xsd"), parser))


def _bare(card: ChaiCard) -> dict[str, str]:
    """Every text of a card, its figures without the word that they are claims."""
    return {path: text.removesuffix(CLAIMED) for path, text in card.leaves()}


def test_every_published_card_is_read_whole(cards: list[Path]) -> None:
    for path in cards:
        texts = [
            (element.text or "")
            for element in etree.parse(str(path)).getroot().iter()
            if isinstance(element.tag, str) and len(element) == 0
        ]
        read_texts = [text for _path, text in read(path).card.leaves()]
        empty = texts.count("")
        assert [text for text in texts if text] == [text for text in read_texts if text]
        assert read_texts.count("") <= empty


def test_round_trip_through_an_entry_loses_no_field(
    cards: list[Path], schema: etree.XMLSchema
) -> None:
    for path in cards:
        file = read(path)
        made = draft(file)
        written = to_xml(export(made.entry), file.notice)
        assert schema.validate(etree.fromstring(written)), schema.error_log
        again = parse(written, path)
        assert _bare(again.card) == _bare(file.card)
        assert again.notice == file.notice
        assert draft(again).entry.claims == made.entry.claims
        names = list(to_record(again.card)["AppliedModelCard"])
        assert names == [str(e.tag).split("}")[1] for e in etree.fromstring(written)]


def test_every_leaf_is_mapped_kept_or_said_absent(cards: list[Path]) -> None:
    for path in cards:
        file = read(path)
        made = draft(file)
        leaves = {path for path, _text in file.card.leaves()}
        parts = [set(made.mapped), set(made.kept), set(made.absent)]
        assert set.union(*parts) == leaves
        assert sum(map(len, parts)) == len(leaves)
        assert made.entry.model_card["AppliedModelCard"] == file.card.fields()


def test_what_a_card_says_enters_the_entry(cards: list[Path]) -> None:
    made = draft(read(next(path for path in cards if path.name == "Aidoc_PE-03-RT.xml")))
    entry = made.entry
    assert entry.maker.name == "Aidoc"
    assert entry.device.declared_class == "IIa"
    assert made.released.month == "2024-07"
    assert made.released.day is None
    assert entry.versions[0].released is None
    assert "July 2024" in str(entry.versions[0].changes)
    sensitivity = entry.claims[0]
    assert (sensitivity.measure, sensitivity.value) == ("Sensitivity", 0.9439)
    assert sensitivity.interval == (0.9041, 0.9707)
    assert all(claim.evidence is None for claim in entry.claims)
    assert entry.evidence == ()
    assert entry.intended_use.environment is None


def test_an_american_class_is_no_class_here(cards: list[Path]) -> None:
    made = draft(read(next(path for path in cards if path.name.startswith("OrbDoc"))))
    assert made.entry.device.declared_class is None
    assert any("risk level" in doubt for doubt in made.doubts)


def test_none_counts_as_absent(cards: list[Path]) -> None:
    made = draft(read(next(path for path in cards if path.name == "Aidoc_AD-01.xml")))
    assert "Warnings/KnownBiasesOrEthicalConsiderations" in made.absent
    assert "Resources/PatientConsentOrDisclosure" in made.absent


@pytest.mark.parametrize("text", ["None", "N/A", " n/a. ", "", "\u200b", "-", "not applicable"])
def test_words_that_say_nothing(text: str) -> None:
    assert stated(text) is None


@pytest.mark.parametrize("text", ["None of the patients were children", "Class I", "0"])
def test_words_that_say_something(text: str) -> None:
    assert stated(text) is not None


@pytest.mark.parametrize(
    ("text", "month", "day"),
    [
        ("September 2022", "2022-09", None),
        ("Feb 2025", "2025-02", None),
        ("Sept. 2023", "2023-09", None),
        ("08/23/2024", "2024-08", datetime.date(2024, 8, 23)),
        ("23/08/2024", "2024-08", datetime.date(2024, 8, 23)),
        ("08/07/2024", None, None),
        ("May 3, 2024", "2024-05", datetime.date(2024, 5, 3)),
        ("2024-02-30", None, None),
        ("02/30/2024", None, None),
        ("2024-07", "2024-07", None),
        ("Market 2024", None, None),
        ("soon", None, None),
    ],
)
def test_dates_are_read_only_without_doubt(
    text: str, month: str | None, day: datetime.date | None
) -> None:
    found = written_date(text)
    assert (found.text, found.month, found.day) == (text, month, day)


@given(st.text(max_size=30))
def test_a_date_is_never_lost_nor_invented(text: str) -> None:
    found = written_date(text)
    assert found.text == text
    assert found.month is None or found.month[:4] in text


def _card_with(value: str, label: str = "Sensitivity") -> bytes:
    fields = _fields()
    results = {"MetricResult": [{"Label": label, "ValueJson": value}]}
    fields["KeyMetrics"]["UsefulnessUsabilityEfficacy"]["Results"] = results
    return to_xml(ChaiCard.model_validate(fields))


def _fields() -> dict[str, Any]:
    """An invented card, every field “N/A”."""

    def filled(part: Any) -> Any:
        made: dict[str, Any] = {}
        for name, field in part.model_fields.items():
            kinds = [field.annotation, *getattr(field.annotation, "__args__", ())]
            nouns = [k for k in kinds if isinstance(k, type) and hasattr(k, "model_fields")]
            if not field.is_required():
                continue
            value = filled(nouns[0]) if nouns else "N/A"
            many = getattr(field.annotation, "__origin__", None) is tuple
            made[field.alias or name] = [value] if many else value
        return made

    found: dict[str, Any] = filled(ChaiCard)
    found["BasicInfo"]["ModelName"] = "Invented system"
    found["ModelSummary"]["Keywords"] = {"Keyword": []}
    return found


@pytest.mark.parametrize(
    "value",
    ["", "null", "[1]", '{"kind":"single","value":NaN}', "{", '{"kind":"text","value":"good"}'],
)
def test_a_figure_that_is_no_number_is_told_not_guessed(value: str) -> None:
    made = draft(parse(_card_with(value), "card.xml"))
    assert made.entry.claims == ()
    assert any("Sensitivity" in doubt for doubt in made.doubts)


def test_an_interval_that_does_not_hold_its_value_is_left_out_and_told() -> None:
    written = '{"kind":"estimate_ci","estimate":0.95,"lower":0.5,"upper":0.6,"level":95}'
    made = draft(parse(_card_with(written), "card.xml"))
    assert made.entry.claims[0].interval is None
    assert any("interval" in doubt for doubt in made.doubts)


def test_a_unit_that_is_no_share_stays_with_its_figure() -> None:
    written = '{"kind":"mean_sd","mean":67.4,"sd":12.8,"unit":"years"}'
    claim = draft(parse(_card_with(written, "Mean age"), "card.xml")).entry.claims[0]
    assert "years" in claim.measure
    assert "12.8" in claim.measure
    assert claim.value == 67.4


def _refused(content: bytes, words: str) -> PreuveError:
    with pytest.raises(PreuveError, match=words) as refused:
        parse(content, "card.xml")
    return refused.value


def test_not_xml() -> None:
    assert _refused(b"<AppliedModelCard>\n<oops", "not valid XML").where.startswith("card.xml:2")


def test_a_document_type_is_refused() -> None:
    _refused(b'<!DOCTYPE x [<!ELEMENT x ANY>]><x xmlns="y"/>', "document type")


def test_an_entity_bomb_is_refused_at_once() -> None:
    levels = "".join(
        f'<!ENTITY l{n} "{"&l" + str(n - 1) + ";" if n else "boom"}{"&l0;" * 10 if n else ""}">'
        for n in range(30)
    )
    bomb = f"<!DOCTYPE x [{levels}]><AppliedModelCard xmlns='{NAMESPACE}'>&l29;</AppliedModelCard>"
    with pytest.raises(PreuveError):
        parse(bomb.encode(), "card.xml")


def test_an_external_entity_is_never_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET")
    content = (
        f'<!DOCTYPE x [<!ENTITY s SYSTEM "{secret.as_uri()}">]>'
        f"<AppliedModelCard xmlns='{NAMESPACE}'>&s;</AppliedModelCard>"
    )
    assert "SECRET" not in str(_refused(content.encode(), "document type"))


def test_another_root_or_namespace_is_refused_with_its_line() -> None:
    _refused(b"<Card/>", "not a CHAI")
    error = _refused(b"\n\n<AppliedModelCard xmlns='urn:else'/>", "not a CHAI")
    assert error.where == "card.xml:3"


def test_a_card_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "card.xml"
    path.write_bytes(b"<a>" + b" " * LARGEST + b"</a>")
    with pytest.raises(PreuveError, match="too large"):
        read(path)


def test_a_card_of_absurd_depth_is_refused() -> None:
    with pytest.raises(PreuveError):
        parse(b"<a>" * 5000 + b"</a>" * 5000, "card.xml")


def test_absent_file(tmp_path: Path) -> None:
    with pytest.raises(PreuveError, match="cannot be read"):
        read(tmp_path / "nothing.xml")


def test_missing_unknown_twice_and_misplaced_elements_each_have_their_line() -> None:
    written = to_xml(ChaiCard.model_validate(_fields())).decode()
    missing = written.replace("<ModelDeveloper>N/A</ModelDeveloper>", "")
    assert "ModelDeveloper is missing" in str(_refused(missing.encode(), "line"))
    unknown = written.replace("<Bibliography>", "<Price>1</Price><Bibliography>")
    assert "Price is not known" in str(_refused(unknown.encode(), "line"))
    name = "<ModelName>Invented system</ModelName>"
    assert "stands twice" in str(_refused(written.replace(name, name * 2).encode(), "line"))
    late = written.replace(name, "").replace("</BasicInfo>", f"{name}</BasicInfo>")
    assert "stands too late" in str(_refused(late.encode(), "line"))


def test_markup_inside_a_text_is_refused_and_comments_are_not() -> None:
    written = to_xml(ChaiCard.model_validate(_fields())).decode()
    name = "Invented system"
    _refused(written.replace(name, f"<b>{name}</b>").encode(), "a text was expected")
    commented = written.replace(name, "Invented<!-- really --> system")
    assert parse(commented.encode(), "card.xml").card.basic_info.model_name == name


def test_signed_figures_are_exported_with_interval_and_digest(
    evidence: Evidence, make_entry: Callable[..., Entry]
) -> None:
    claim = {"measure": "Sensitivity", "value": 0.99}
    version = {"version": "1.0", "digest": evidence.content["system"]["digest"]}
    entry = make_entry(versions=[version], claims=[claim])
    card = export(entry, [evidence])
    results = card.key_metrics.usefulness_usability_efficacy.results.metric_result
    labels = {result.label: result.value_json for result in results}
    assert f"Sensitivity{CLAIMED}" in labels
    measured = [label for label in labels if evidence.digest in label]
    assert len(measured) == 3
    assert all('"lower"' in labels[label] and '"upper"' in labels[label] for label in measured)
    back = draft(parse(to_xml(card), "card.xml")).entry.claims
    assert [one.evidence for one in back] == [None] + [evidence.digest] * 3


def test_a_figure_without_evidence_is_exported_as_a_claim(cards: list[Path]) -> None:
    card = export(draft(read(cards[0])).entry)
    for metric in (
        card.key_metrics.usefulness_usability_efficacy,
        card.key_metrics.fairness_equity,
    ):
        for result in metric.results.metric_result:
            assert result.label.endswith(CLAIMED)


def test_evidence_of_another_system_is_refused(
    evidence: Evidence, make_entry: Callable[..., Entry]
) -> None:
    with pytest.raises(PreuveError, match="another system"):
        export(make_entry(), [evidence])


@given(st.text(max_size=200))
def test_any_text_of_an_entry_survives_or_loses_only_what_xml_cannot_hold(text: str) -> None:
    fields = _fields()
    fields["ModelSummary"]["Summary"] = text
    again = parse(to_xml(ChaiCard.model_validate(fields)), "card.xml").card
    kept = "".join(
        sign
        for sign in text
        if sign in "\t\n\r"
        or " " <= sign <= "\ud7ff"
        or "\ue000" <= sign <= "\ufffd"
        or sign > "\uffff"
    )
    assert again.model_summary.summary == kept
