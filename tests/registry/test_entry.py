"""The entry: read, refused with its lines, written back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from registry.registered import RECORD, entry, records

from preuve.core.errors import PreuveError
from preuve.core.lines import read_lines
from preuve.core.record import digest_file
from preuve.registry.entry import examples, load_entry, parse_entry, schema, write_entry

GOOD = """\
preuve_entry: 1
id: lecteur
name: Lecteur
title: {fr: Lecteur, en: Reader}
synthetic: true
maker: {name: Fictive, country: FR}
line: imaging
function: detection
versions:
  - {version: "1.0", placed_on_market: 2026-02-01}
deployments:
  - {id: valmere, site: CH de Valmère, finess: 123456789, version: "1.0", since: 2026-02-02}
artefacts:
  - {kind: training.plan, title: Plan, date: 2026-01-01, provided_by: deployer}
"""


def _refused(text: str) -> str:
    with pytest.raises(PreuveError) as refused:
        parse_entry(text, name="x.yaml")
    return str(refused.value)


def test_a_written_entry_is_read() -> None:
    read = parse_entry(GOOD, name="x.yaml")
    assert read.versions[0].version == "1.0"
    assert read.deployments[0].finess == "123456789"
    assert read.origin.line(("deployments", 0, "site")) == 12
    assert read.deployment("valmere") is read.deployments[0]
    assert read.version("2.0") is None


@pytest.mark.parametrize(
    ("was", "put", "told"),
    [
        ("2026-02-01", "2026-02-30", "line 10, versions.0.placed_on_market: “2026-02-30” is not"),
        ("2026-02-01", "01/02/2026", "“01/02/2026” is not a date that exists"),
        ('"1.0", placed', "1.0, placed", "line 10, versions.0.version: 1.0 was read as a number"),
        ('version: "1.0", since', 'version: "2.0", since', "“2.0” is not listed in this entry"),
        ("123456789", "12345678", "line 12, deployments.0.finess: “12345678” is not a FINESS"),
        ("country: FR", "country: France", "line 6, maker.country: “France” is not the code"),
        ("line: imaging", "line: imagin", "Did you mean “imaging”?"),
        ("function:", "functoin:", "Did you mean “function”?"),
        ("training.plan", "training.plann", "line 14, artefacts.0.kind: “training.plann” is not"),
        ("id: lecteur", "id: Le Lecteur", "line 2, id: “Le Lecteur” is not an identifier"),
        ("{fr: Lecteur, en: Reader}", "{fr: Lecteur}", "title"),
        ("since: 2026-02-02", "since: 2026-02-02, until: 2026-01-01", "ends before it begins"),
        ("date: 2026-01-01", "date: 2026-01-01, valid_until: 2025-01-01", "before date"),
        ("provided_by: deployer", "provided_by: nobody", "“nobody” is not known"),
        ("synthetic: true", "synthetic: true\ngrid: {HAS-43: x}", "“HAS-43” is not known"),
        ("synthetic: true", "synthetic: true\nevidence: ['sha256:12']", "is not a digest"),
        ("synthetic: true", "synthetic: true\nname: Deux", "written twice"),
        ("synthetic: true", "synthetic: [", "x.yaml"),
    ],
)
def test_a_mistake_is_told_with_its_line(was: str, put: str, told: str) -> None:
    assert was in GOOD
    assert told in _refused(GOOD.replace(was, put, 1))


def test_identifiers_that_stand_twice_are_told() -> None:
    text = GOOD.replace(
        "artefacts:", '  - {id: valmere, site: Autre, version: "1.0"}\nartefacts:'
    ).replace("deployments:", '  - {version: "1.0"}\ndeployments:')
    told = _refused(text)
    assert "line 11, versions.1.version: “1.0” stands twice." in told
    assert "deployments.1.id: “valmere” stands twice." in told


def test_an_artefact_of_an_unknown_deployment_is_refused() -> None:
    told = _refused(GOOD.replace("provided_by: deployer", "provided_by: deployer, deployment: ici"))
    assert "line 14, artefacts.0.deployment: “ici” is not listed in this entry" in told


def test_a_claim_outside_its_interval_is_refused() -> None:
    claim = {"measure": "auroc", "value": 0.9, "interval": [0.91, 0.95]}
    with pytest.raises(PreuveError, match="inside its interval"):
        entry(claims=[claim])


def test_a_claim_without_evidence_is_a_claim() -> None:
    proved = {"measure": "auroc", "value": 0.9, "evidence": "sha256:" + "0" * 64}
    found = entry(claims=[{"measure": "auroc", "value": 0.9}, proved])
    assert [one.proved for one in found.claims] == [False, True]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PreuveError, match="lecteur-ecg"):
        load_entry(tmp_path / "lecteur-ecj.yaml")


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes("name: Valmère".encode("latin-1"))
    with pytest.raises(PreuveError, match="UTF-8"):
        load_entry(path)


@pytest.mark.parametrize("name", examples())
def test_examples_are_read_and_say_they_are_made_up(name: str) -> None:
    found = load_entry(name)
    assert found.id == name
    assert found.synthetic
    assert load_entry(name).digest == found.digest


def test_there_are_six_examples() -> None:
    assert len(examples()) == 6


def test_the_example_reader_is_the_demonstration_one() -> None:
    import preuve.usecases

    models = Path(preuve.usecases.__file__).parent / "ecg_interpretation" / "models"
    (version,) = load_entry("lecteur-ecg").versions
    assert version.digest == digest_file(models / "features_lightgbm.onnx")


def test_examples_follow_the_published_schema() -> None:
    published = schema()
    jsonschema.Draft202012Validator.check_schema(published)
    validator = jsonschema.Draft202012Validator(published)
    for name in examples():
        text = Path(load_entry(name).origin.name).read_text(encoding="utf-8")
        assert list(validator.iter_errors(read_lines(text)[0])) == []
    assert list(validator.iter_errors({**RECORD, "line": "nothing"}))


@given(records())
@settings(max_examples=40, deadline=None)
def test_what_is_written_is_read_back(record: dict[str, Any]) -> None:
    found = parse_entry(record)
    assert parse_entry(found.record()) == found
    assert parse_entry(write_entry(found)) == found


@pytest.mark.parametrize(
    ("country", "said", "outside"),
    [("FR", None, False), ("US", None, True), ("NO", None, True), ("NO", False, False)],
)
def test_where_a_maker_stands(country: str, said: bool | None, outside: bool) -> None:
    maker = {"name": "Fictive", "country": country, "outside_eu": said}
    assert entry(maker=maker).maker.outside is outside
    assert entry(maker={"name": "Fictive"}).maker.outside is None
