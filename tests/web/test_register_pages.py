"""The register as anybody reads it: claims told from measures, duties dated, days explained."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
import yaml
from web.door import Client, Door
from web.register_shown import MEASURED, everything, filled
from web.results_shown import draft

from preuve.core.store import artefacts
from preuve.registry import register
from preuve.registry.entry import Entry, examples, load_entry, parse_entry


@pytest.fixture
def shown(web: Door, reader: Client) -> Client:
    filled(web.database)
    return reader


def put(web: Door, record: dict[str, Any]) -> Entry:
    entry = parse_entry(record)
    with web.database.writing() as connection:
        register.add(connection, entry, "tests")
    return entry


def test_the_list_goes_by_technology_line_and_says_what_is_proved(
    web: Door, reader: Client
) -> None:
    everything(web.database)
    text = reader.get("/en/register").text
    assert text.index("Imaging") < text.index("Signals") < text.index("Generative AI")
    one = text[text.index("/en/register/lecteur-thorax") :]
    assert "claimed, not measured" in one[: one.index("</li>\n</ul>\n</section>")]
    assert "87.7% (56.7% to 97.5%)" in text.replace("\u00a0", " ")
    only = reader.get("/en/register?proof=measured").text
    assert "Lecteur mesuré" in only or "lecteur-mesure" in only
    assert "lecteur-thorax" not in only


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("line=imaging", {"lecteur-thorax"}),
        ("text=SEPSIS", {"recherche-sepsis"}),
        ("text=valmère lecteur", {"lecteur-ecg"}),
        ("maker=Priorité Fictive SAS", {"tri-urgences"}),
        ("device_class=I", {"application-repos"}),
        ("line=nothing", set()),
        ("text=%00%ff", set()),
    ],
)
def test_filters_narrow_the_list(shown: Client, query: str, kept: set[str]) -> None:
    text = shown.get(f"/en/register?{query}").text
    assert {name for name in examples() if f'/en/register/{name}"' in text} == kept


def test_a_claim_without_evidence_is_shown_as_a_claim(shown: Client) -> None:
    text = shown.get("/en/register/lecteur-thorax").text
    assert "Nothing is proved here: 1 figure is claimed, no signed evidence backs it." in text
    assert "claim, not measured" in text
    assert "is a claim of its maker: no signed evidence holds it." in text
    card = shown.get("/en/register/lecteur-thorax/card").text
    assert "claim" in card
    assert ">measured<" not in card


def test_a_claim_that_names_an_evidence_nobody_published_stays_a_claim(web: Door) -> None:
    record = load_entry("lecteur-thorax").record()
    digest = "sha256:" + "ab" * 32
    record |= {"id": "vantard", "evidence": [digest]}
    record["claims"][0]["evidence"] = digest
    put(web, record)
    text = web.client().get("/en/register/vantard").text
    assert "Nothing is proved here" in text
    assert "claim, not measured" in text


def test_a_measured_system_shows_figures_with_intervals_beside_its_claims(
    web: Door, reader: Client
) -> None:
    everything(web.database)
    text = reader.get(f"/en/register/{MEASURED}").text.replace("\u00a0", " ")
    assert "0.993 (0.975 to 0.998)" in text
    assert "claim above the measured interval" in text
    assert "claim, inside the measured interval" in text
    assert f"/en/evidence/evidence-{draft().content[7:19]}" in text
    evidence = reader.get(f"/en/evidence/evidence-{draft().content[7:19]}").text
    assert f"/en/register/{MEASURED}" in evidence


def test_the_page_of_a_system_starts_with_conclusion_then_limits(shown: Client) -> None:
    text = shown.get("/en/register/lecteur-thorax").text
    places = [
        text.index(words)
        for words in ('id="conclusion"', "What is still owed", "Next date", 'id="limits"')
    ]
    assert places == sorted(places)
    assert places[-1] < text.index("The six parts of an intended use")
    assert "SYNTHETIC" in text
    assert "17%" in text


def test_obligations_follow_role_day_and_deployment(shown: Client) -> None:
    base = "/en/register/lecteur-thorax/obligations"
    before = shown.get(f"{base}?role=deployer&on=2026-01-01").text
    after = shown.get(f"{base}?role=deployer&on=2030-09-01").text
    assert "1 January 2026" in before
    assert before != after
    owner = shown.get(f"{base}?role=deployer&deployment=valmere-radiologie")
    known = load_entry("lecteur-thorax").deployments[0].id
    named = shown.get(f"{base}?role=deployer&deployment={known}")
    assert named.status_code == 200
    assert owner.status_code in (200, 400)
    law = shown.get(f"{base}?law=ethics").text
    assert 'id="ethics"' in law
    assert 'id="ai_act"' not in law


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("on=2027-02-30", "is not a date that exists"),
        ("on=demain", "is not a date that exists"),
        ("on=20271202T10", "is not a date that exists"),
        ("on=1812-01-01", "is too far"),
        ("on=9999-12-31", "is too far"),
        ("role=king", "is not known"),
        ("law=salic", "is not known"),
        ("deployment=nowhere", "has no deployment"),
    ],
)
def test_what_does_not_exist_gets_a_clear_page_with_the_form(
    shown: Client, query: str, problem: str
) -> None:
    answer = shown.get(f"/en/register/lecteur-thorax/obligations?{query}")
    assert answer.status_code == 400
    assert problem in answer.text
    assert '<select id="role"' in answer.text


@pytest.mark.parametrize("path", ["/en/register/none", "/en/register/none/obligations"])
def test_an_unknown_system_is_not_found(shown: Client, path: str) -> None:
    assert shown.get(path).status_code == 404


def test_scripts_in_texts_are_shown_as_text(web: Door, reader: Client) -> None:
    record = load_entry("lecteur-thorax").record()
    evil = "<script>alert(1)</script>"
    record |= {"id": "evil", "name": f"A{evil}", "title": evil, "summary": evil}
    record["maker"]["name"] = evil
    record["artefacts"][0] |= {"url": "javascript:alert(1)", "title": evil}
    put(web, record)
    for path in ("", "/obligations", "/classification", "/grid", "/card", "/history", "/history/1"):
        text = reader.get(f"/en/register/evil{path}").text
        assert evil not in text
        assert 'href="javascript:' not in text
    assert evil not in reader.get("/en/register").text
    assert evil not in reader.get("/en/calendar").text


def test_classification_shows_questions_answers_and_the_ai_act(web: Door, shown: Client) -> None:
    text = shown.get("/en/register/tri-urgences/classification").text
    assert "Does it act for the benefit of individual patients?" in text
    assert "High risk by its use (Annex III)" in text
    record = load_entry("tri-urgences").record()
    record["device"] |= {"worst_outcome": "death_or_irreversible", "declared_class": "IIa"}
    put(web, record | {"id": "contredit"})
    told = shown.get("/en/register/contredit/classification").text
    assert "The class declared (IIa) is not one that the answers allow (III)." in told


def test_the_grid_says_that_its_numbering_is_a_working_one(shown: Client) -> None:
    text = shown.get("/en/register/lecteur-thorax/grid").text
    assert "Working numbering" in text
    assert text.count('<th scope="row"><code>HAS-') == 42


def test_files_read_back_as_they_were(web: Door, reader: Client) -> None:
    everything(web.database)
    base = f"/fr/register/{MEASURED}/files"
    entry = parse_entry(reader.get(f"{base}/entry.yaml").text)
    with web.database.reading() as connection:
        held = register.get(connection, MEASURED)
    assert held is not None
    assert entry == held.entry
    assert reader.get(f"{base}/fhir.json").json()["resourceType"] == "Bundle"
    assert b"AppliedModelCard" in reader.get(f"{base}/card.chai.xml").content
    assert reader.get(f"{base}/tender.pdf").content.startswith(b"%PDF-")
    archive = zipfile.ZipFile(io.BytesIO(reader.get(f"{base}/tender.zip").content))
    names = archive.namelist()
    assert f"tender-{MEASURED}/dossier.pdf" in names
    assert any(name.endswith(".evidence.json") for name in names)
    assert reader.get(f"{base}/passwd").status_code == 404
    assert reader.get("/fr/register.csv").text.startswith("\ufeffid,")
    assert reader.get("/fr/register.json").json()["schema"] == "preuve/public-register/1"


def test_a_file_that_no_entry_lists_is_not_given(web: Door, shown: Client) -> None:
    with web.database.writing() as connection:
        kept = artefacts.keep(connection, b"secret", "document", "a.txt", "text/plain")
    bare = kept.digest.removeprefix("sha256:")
    assert shown.get(f"/en/register/lecteur-thorax/documents/{bare}").status_code == 404


def test_the_calendar_tells_days_laws_and_confidence(shown: Client) -> None:
    text = shown.get("/en/calendar?role=deployer&since=2027-01-01").text
    assert text.index("2 December 2027") < text.index("2 August 2028")
    assert "confidence: medium" in text
    one = shown.get("/en/calendar?since=2027-01-01&entry=tri-urgences").text
    assert "Tri Fictif" in one
    assert "Thorax Fictif</a>" not in one
    law = shown.get("/en/calendar?since=2027-01-01&law=ehds").text
    assert "AI Act:" not in law
    assert "European Health Data Space" in law


def test_the_calendar_goes_to_an_agenda(shown: Client) -> None:
    answer = shown.get("/fr/calendar.ics?role=deployer&since=2027-01-01&entry=tri-urgences")
    assert answer.headers["content-type"].startswith("text/calendar")
    lines = answer.text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert "DTSTART;VALUE=DATE:20271202" in lines
    assert all(len(line.encode()) <= 75 for line in lines)


@pytest.mark.parametrize("query", ["since=2027-13-01", "role=king", "law=salic"])
def test_the_calendar_explains_what_does_not_exist(shown: Client, query: str) -> None:
    for path in ("/en/calendar", "/en/calendar.ics"):
        answer = shown.get(f"{path}?{query}")
        assert answer.status_code == 400
        assert "Traceback" not in answer.text


def test_comparison_lays_side_by_side_with_intervals_and_says_the_limits(
    web: Door, reader: Client
) -> None:
    everything(web.database)
    name = f"evidence-{draft().content[7:19]}"
    text = reader.get(f"/en/comparison?evidence={name}").text.replace("\u00a0", " ")
    assert text.index('id="conclusion"') < text.index('id="limits"') < text.index('id="figures"')
    assert "0.993 (0.975 to 0.998)" in text
    assert "Next hospital" in text
    assert "duties in force lack a document" in text
    refused = reader.get("/en/comparison?evidence=nothing")
    assert refused.status_code == 400
    assert "There is no published evidence of this name." in refused.text


def test_home_counts_the_systems(web: Door, reader: Client) -> None:
    everything(web.database)
    text = reader.get("/en/").text
    assert f"{len(examples()) + 1} systems in the register." in text


def test_the_text_of_a_revision_is_yaml(shown: Client) -> None:
    text = shown.get("/en/register/lecteur-thorax/files/entry.yaml").text
    assert yaml.safe_load(text)["id"] == "lecteur-thorax"
