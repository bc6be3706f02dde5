"""The tender pack: whole or not at all, the same bytes, and every claim called a claim."""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from preuve.core.errors import PreuveError
from preuve.core.evidence import Evidence
from preuve.core.language import Language, speaking
from preuve.registry import tender as room
from preuve.registry.chai import draft, read
from preuve.registry.chai.claims import CLAIMED
from preuve.registry.entry import Entry, load_entry
from preuve.registry.tender import gather, write
from preuve.registry.tender.blocks import breakable, plain
from preuve.registry.tender.dossier import blocks
from preuve.registry.tender.guide import answers, guide
from preuve.registry.tender.pdf import pdf

ON = datetime.date(2027, 12, 2)
Made = Callable[..., Evidence]
MadeEntry = Callable[..., Entry]


@pytest.fixture
def measured(evidence: Evidence, make_entry: MadeEntry) -> Entry:
    """An entry whose version was measured, and which claims more than was found."""
    return make_entry(
        id="mesure",
        name="Système mesuré",
        versions=[{"version": "1.0", "digest": evidence.content["system"]["digest"]}],
        claims=[{"measure": "Sensitivity", "value": 0.999, "interval": [0.99, 1]}],
        contract={"price": {"amount": 2.5, "per": {"fr": "examen", "en": "examination"}}},
    )


@pytest.fixture
def claiming(make_entry: MadeEntry) -> Entry:
    """An entry that rests on claims alone."""
    return make_entry(
        id="promesse",
        name="Système promis",
        synthetic=False,
        claims=[{"measure": "Sensitivity", "value": 0.97, "interval": [0.95, 0.99]}],
    )


def _words(entries: list[Entry], evidence: list[Evidence], language: Language = "en") -> str:
    """Every text of the dossier."""
    with speaking(language):
        records = [one.record() for one in blocks(gather(entries, evidence, ON, "deployer"))]
    return json.dumps(records, ensure_ascii=False).replace("\u00a0", " ")


def test_the_folder_is_whole_and_its_digests_hold(
    measured: Entry, claiming: Entry, evidence: Evidence, tmp_path: Path
) -> None:
    folder = write([measured, claiming], [evidence], tmp_path / "pack", "fr", ON, "deployer")
    found = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    listed = {path: value for value, path in (line.split("  ") for line in lines)}
    assert found == {*listed, "SHA256SUMS"}
    for path, value in listed.items():
        assert hashlib.sha256((folder / path).read_bytes()).hexdigest() == value
    readme = (folder / "README.md").read_text()
    assert all(path in readme for path in listed if path != "README.md")
    name = evidence.digest.removeprefix("sha256:")[:16]
    assert Evidence.load(folder / f"evidence/{name}.evidence.json").digest == evidence.digest
    assert load_entry(folder / "entries/mesure.yaml").record() == measured.record()
    comparison = json.loads(next((folder / "comparisons").glob("*.json")).read_text())
    assert comparison["usecase"] == "ecg_atrial_fibrillation"
    assert [path.name for path in tmp_path.iterdir()] == ["pack"]


@pytest.mark.parametrize("language", ["fr", "en"])
def test_same_inputs_same_bytes(
    language: Language, measured: Entry, evidence: Evidence, tmp_path: Path
) -> None:
    first, second = (
        write([measured], [evidence], tmp_path / name, language, ON, "deployer")
        for name in ("one", "two")
    )
    for path in first.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (second / path.relative_to(first)).read_bytes()


def test_the_first_page_is_the_conclusion_and_the_limits(
    measured: Entry, claiming: Entry, evidence: Evidence
) -> None:
    with speaking("en"):
        made = [
            one.record() for one in blocks(gather([measured, claiming], [evidence], ON, "deployer"))
        ]
    assert [one.get("title") for one in made[:2]] == ["Conclusion", "Limits"]
    conclusion = " ".join(made[0]["items"])
    assert "Measured by signed evidence: Système mesuré." in conclusion
    assert "Rests on claims alone, nothing measured: Système promis." in conclusion
    assert "2 December 2027" in conclusion
    limits = " ".join(made[1]["items"])
    assert "SYNTHETIC" in limits
    assert "above the measured interval" in limits
    assert "no legal advice" in limits


def test_a_claim_without_evidence_is_called_a_claim_in_every_file(
    claiming: Entry, tmp_path: Path
) -> None:
    folder = write([claiming], [], tmp_path / "pack", "en", ON, "deployer")
    told = _words([claiming], [])
    assert "Sensitivity: 97% (95% to 99%)" in told
    assert "claim, not measured" in told
    assert CLAIMED in (folder / "chai/promesse.xml").read_text()
    assert "claim, not measured" in (folder / "fhir/promesse.json").read_text()
    questions = (folder / "questions.csv").read_text(encoding="utf-8-sig")
    assert "no signed evidence holds it" in questions
    assert not (folder / "comparisons").exists()
    told = _pdf_text(folder / "dossier.pdf")
    assert "claim, not measured" in told
    assert "Rests on claims alone" in told


def _pdf_text(path: Path) -> str:
    if shutil.which("pdftotext") is None:
        reason = "no pdftotext (poppler-utils)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    done = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True)
    return re.sub(r"\s+", " ", done.stdout.decode())


def _objects(content: bytes) -> bytes:
    """A PDF with its compressed streams opened."""
    found = [content]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(found)


@pytest.mark.parametrize(("language", "tag"), [("fr", b"fr-FR"), ("en", b"en-GB")])
def test_the_pdf_is_archivable_accessible_and_has_its_fonts(
    language: Language, tag: bytes, measured: Entry, evidence: Evidence, tmp_path: Path
) -> None:
    folder = write([measured], [evidence], tmp_path / "pack", language, ON, "deployer")
    opened = _objects((folder / "dossier.pdf").read_bytes())
    assert opened.startswith(b"%PDF-1.7")
    for sign in (b"pdfaid:part", b"pdfuaid:part", b"/StructTreeRoot", b"/MarkInfo", tag):
        assert sign in opened
    fonts = set(re.findall(rb"/FontName ?/([A-Za-z0-9+]+)", opened))
    embedded = len(re.findall(rb"/FontFile[23] ", opened))
    assert fonts
    assert embedded == len(fonts)
    assert b"2027-12-02" in opened


def test_text_is_never_read_as_markup(make_entry: MadeEntry, tmp_path: Path) -> None:
    nasty = '#panic("run") $x^2$ *bold* \\ <label> @ref `raw` #read("/etc/passwd") ]) // /* "'
    entry = make_entry(id="mechant", name=nasty, summary=nasty, maker={"name": "#sys.version"})
    folder = write([entry], [], tmp_path / "pack", "en", ON, "deployer")
    told = _pdf_text(folder / "dossier.pdf")
    assert '#panic("run") $x^2$ *bold*' in told
    assert "root:" not in told


def test_characters_that_no_font_draws_are_written_as_their_code() -> None:
    content: dict[str, Any] = {
        "title": "日本 😀",
        "subtitle": "s",
        "author": "a",
        "mark": "",
        "footer": "f",
        "page": "Page",
        "lang": "fr",
        "region": "FR",
        "on": [2027, 12, 2],
        "blocks": [{"kind": "paragraph", "text": "عربي 日"}],
    }
    made = pdf(content, ON)
    assert made.startswith(b"%PDF")
    assert made == pdf(content, ON)


def test_invisible_and_turning_characters_are_left_out() -> None:
    assert plain("a\u202eb\u200bc\x00d\ufeffe\nf\tg") == "abcde\nf g"


def test_long_words_may_break_and_short_ones_do_not() -> None:
    assert breakable("a" * 24) == "a" * 24
    assert breakable("a" * 25).replace("\u200b", "") == "a" * 25
    assert "\u200b" in breakable("sha256:" + "0" * 64)


def test_an_evidence_altered_by_one_byte_is_refused_and_nothing_is_written(
    measured: Entry, evidence: Evidence, packaged: Path, tmp_path: Path
) -> None:
    content = packaged.read_bytes().replace(b'"cases":456', b'"cases":457', 1)
    assert len(content) == len(packaged.read_bytes())
    altered = Evidence(json.loads(content))
    with pytest.raises(PreuveError, match=r"altered|not what its node signed"):
        write([measured], [altered], tmp_path / "pack", "en", ON, "deployer")
    assert list(tmp_path.iterdir()) == []


def test_evidence_of_no_system_of_the_tender_is_refused(
    evidence: Evidence, claiming: Entry, tmp_path: Path
) -> None:
    with pytest.raises(PreuveError, match="another system"):
        write([claiming], [evidence], tmp_path / "pack", "en", ON, "deployer")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_exists_is_left_alone(claiming: Entry, tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    with pytest.raises(PreuveError, match="exists already"):
        write([claiming], [], folder, "fr", ON, "deployer")
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]


def test_no_entry_and_one_identifier_twice_are_refused(claiming: Entry, tmp_path: Path) -> None:
    with pytest.raises(PreuveError, match="at least one entry"):
        write([], [], tmp_path / "pack", "fr", ON, "deployer")
    with pytest.raises(PreuveError, match="one identifier"):
        write([claiming, claiming], [], tmp_path / "pack", "fr", ON, "deployer")


def test_a_failure_while_writing_leaves_nothing(
    claiming: Entry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> bytes:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="disk full"):
        write([claiming], [], tmp_path / "pack", "fr", ON, "deployer")
    assert list(tmp_path.iterdir()) == []


def test_questions_come_from_the_gaps(measured: Entry, claiming: Entry, evidence: Evidence) -> None:
    found = gather([measured, claiming], [evidence], ON, "deployer")
    asked = [[one.ask for one in offer.questions] for offer in found.offers]
    assert any("Explain the difference" in one for one in asked[0])
    assert not any("accept an evaluation" in one for one in asked[0])
    assert not any("price" in one for one in asked[0])
    assert any("accept an evaluation" in one for one in asked[1])
    assert any("Show what backs this figure" in one for one in asked[1])
    assert any("price" in one for one in asked[1])
    assert any("Which version" in one for one in asked[1])
    for questions in asked:
        assert len(questions) == len(set(questions))


def test_an_answer_in_the_entry_takes_its_question_away(
    make_entry: MadeEntry, tmp_path: Path
) -> None:
    bare = gather([make_entry()], [], ON, "deployer").offers[0]
    told = make_entry(intended_use={"environment": "Emergency department"})
    full = gather([told], [], ON, "deployer").offers[0]
    gone = {q.ask for q in bare.questions} - {q.ask for q in full.questions}
    assert gone == {"State this part of the intended use: use environment."}


def test_listed_but_absent_evidence_is_said(make_entry: MadeEntry) -> None:
    entry = make_entry(evidence=["sha256:" + "e" * 64])
    assert "was not handed over" in _words([entry], [])


def test_ten_themes_each_with_its_question(measured: Entry, evidence: Evidence) -> None:
    assert len(guide().themes) == 10
    assert guide().meta.confidence == "low"
    offer = gather([measured], [evidence], ON, "deployer").offers[0]
    known = {one.theme.id: one.known for one in answers(measured, offer.measured)}
    assert any("2.5 EUR" in line for line in known["GC-10"])
    assert any("1,403 cases" in line for line in known["GC-03"])
    assert known["GC-07"] == ()


def test_the_grid_shows_what_is_left_to_the_supplier(make_entry: MadeEntry, tmp_path: Path) -> None:
    entry = make_entry(grid={"HAS-05": "Three hospitals"})
    folder = write([entry], [], tmp_path / "pack", "en", ON, "deployer")
    text = (folder / f"grids/{entry.id}.csv").read_text(encoding="utf-8-sig")
    rows = {row["item"]: row for row in csv.DictReader(io.StringIO(text))}
    assert len(rows) == 42
    assert (rows["HAS-05"]["state"], rows["HAS-05"]["answer"]) == ("answer", "Three hospitals")
    assert rows["HAS-06"]["state"] == "empty"
    assert "to be answered by the supplier" in _words([entry], [])


def test_obligations_depend_on_the_day_and_the_role(make_entry: MadeEntry) -> None:
    entry = make_entry(
        device={"declared_class": "IIa", "is_software": True, "medical_purpose": True},
        ai_act={"ai_system": True, "research_only": False},
    )

    def states(day: datetime.date, role: Any) -> list[tuple[str, str]]:
        offer = gather([entry], [], day, role).offers[0]
        return [(one.id, one.state) for one in offer.duties]

    assert states(ON, "deployer") != states(datetime.date(2028, 8, 3), "deployer")
    assert states(ON, "deployer") != states(ON, "provider")


def test_two_systems_side_by_side_in_both_languages(
    measured: Entry, evidence: Evidence, make_evidence: Made, make_entry: MadeEntry
) -> None:
    other = make_evidence(shift=-1.0)
    second = make_entry(
        id="second",
        name="Second",
        versions=[{"version": "2.0", "digest": other.content["system"]["digest"]}],
    )
    found = gather([measured, second], [evidence, other], ON, "deployer")
    assert len(found.comparisons) == 1
    told = _words([measured, second], [evidence, other])
    assert "Système mesuré 1.0 minus Second 2.0" in told
    assert "not the same cases: no ranking" in told
    assert _words([measured, second], [evidence, other], "fr")


def test_published_cards_make_packs(cards: list[Path], tmp_path: Path) -> None:
    entries = [draft(read(path)).entry for path in (cards[0], cards[16], cards[17])]
    folder = write(entries, [], tmp_path / "pack", "fr", ON, "deployer")
    assert (folder / "dossier.pdf").stat().st_size > 50_000
    for entry in entries:
        assert load_entry(folder / f"entries/{entry.id}.yaml").digest == entry.digest


def test_the_face_of_the_room() -> None:
    assert set(room.__all__) >= {"write", "gather", "Question"}
