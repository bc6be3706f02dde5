"""Shapes compiled: packaged profiles come from their sources, nothing is left out unsaid."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from preuve.catalogue.profile.compile import compile_profile
from preuve.catalogue.profile.notes import notes
from preuve.catalogue.profile.shelf import HOUSE, load, names, save, written
from preuve.catalogue.profile.tables import Profile
from preuve.core.errors import PreuveError
from preuve.core.record import digest

ABOUT = {
    "id": "own",
    "version": "1",
    "date": "2026-11",
    "title": {"fr": "Le nôtre", "en": "Our own"},
    "producer": "CH de Valmère",
    "licence": "CC BY 4.0",
    "source": "shapes.ttl",
}
PREFIXES = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <https://exemple.fr/> .\n"


def compiled(tmp_path: Path, text: str) -> Profile:
    file = tmp_path / "shapes.ttl"
    file.write_text(PREFIXES + text, encoding="utf-8")
    return compile_profile([file], ABOUT)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    path = Path(__file__).parent.parent.parent / "scripts/catalogue/profiles.py"
    spec = importlib.util.spec_from_file_location("catalogue_profiles", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_packaged_profiles_are_their_sources(script: ModuleType, data_root: Path) -> None:
    built = {profile.id: written(profile) for profile in script.profiles(data_root)}
    assert set(built) == set(names())
    for name, content in built.items():
        assert (HOUSE / f"{name}.json").read_bytes() == content, name


def test_packaged_code_lists_are_their_sources(script: ModuleType, data_root: Path) -> None:
    assert (HOUSE / "vocabularies.json").read_bytes() == script.vocabularies(data_root)


@pytest.mark.parametrize("name", names())
def test_a_profile_says_where_it_comes_from(name: str, data_root: Path) -> None:
    profile = load(name)
    for field in (profile.version, profile.date, profile.producer, profile.licence, profile.source):
        assert field
    found = {file.name: file for file in (data_root / "healthdcat").rglob("*.ttl")}
    for one in profile.files:
        assert one.digest == digest(found[one.file].read_bytes())


def test_what_is_saved_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = compiled(tmp_path, ":S sh:targetClass :C ; sh:property [ sh:path :p ; sh:minCount 1 ] .")
    save(made, tmp_path / "own.json")
    monkeypatch.setenv("PREUVE_PROFILES", str(tmp_path))
    assert "own" in names()
    assert load("own") == made


def test_words_that_are_not_shacl_are_told(tmp_path: Path) -> None:
    made = compiled(tmp_path, ":S sh:targetClass :C ; sh:extends :T ; sh:node :Nowhere .")
    told = " ".join(notes(made))
    assert "sh:extends is no word of SHACL" in told
    assert "https://exemple.fr/Nowhere is referred to but not given" in told


REFUSED = {
    "sh:sparql is not supported": ":S sh:targetClass :C ; sh:sparql [ sh:select 'x' ] .",
    "Did you mean “minCount”": ":S sh:property [ sh:path :p ; sh:minConut 1 ] .",
    "sh:minInclusive is not supported": ":S sh:property [ sh:path :p ; sh:minInclusive 1 ] .",
    "sh:lessThan is not supported": ":S sh:property [ sh:path :p ; sh:lessThan :q ] .",
    "qualifiedValueShape is not": ":S sh:property [ sh:path :p ; sh:qualifiedValueShape :T ] .",
    "sh:target is not supported": ":S a sh:NodeShape ; sh:target [ sh:select 'x' ] .",
    "sh:minCount takes a whole number": ":S sh:property [ sh:path :p ; sh:minCount 'one' ] .",
    "sh:minCount needs a path": ":S sh:targetClass :C ; sh:minCount 1 .",
    "sh:maxCount is stated twice": ":S sh:property [ sh:path :p ; sh:maxCount 1 , 2 ] .",
    "The node kind": ":S sh:targetClass :C ; sh:nodeKind :Kind .",
    "sh:class takes an IRI": ":S sh:targetClass :C ; sh:class 'C' .",
    "cannot be the literal": ":S sh:targetClass :C ; sh:node 'T' .",
    "refers to itself": ":S sh:targetClass :C ; sh:property [ sh:path :p ; sh:node :S ] .",
    "one path only": ":S sh:property [ sh:path :p , :q ] .",
    "The path": ":S sh:property [ sh:path [ :strange :p ] ] .",
    "empty or not well formed": ":S sh:targetClass :C ; sh:or () .",
    "The pattern": ":S sh:property [ sh:path :p ; sh:pattern '(' ] .",
    "The flags": ":S sh:property [ sh:path :p ; sh:pattern 'a' ; sh:flags 'q' ] .",
    "takes true or false": ":S sh:targetClass :C ; sh:closed 'maybe' .",
    "No SHACL shape": ":S :says 'nothing' .",
}


@pytest.mark.parametrize("problem", REFUSED)
def test_what_is_not_understood_is_refused(problem: str, tmp_path: Path) -> None:
    with pytest.raises(PreuveError, match=r"shapes\.ttl") as refused:
        compiled(tmp_path, REFUSED[problem])
    assert problem in refused.value.problem


def test_a_list_that_turns_round_is_refused(tmp_path: Path) -> None:
    rdf = "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> ."
    ring = ":l rdf:first [ sh:class :C ] ; rdf:rest :l ."
    with pytest.raises(PreuveError, match="well formed"):
        compiled(tmp_path, f"{rdf} :S sh:targetClass :C ; sh:or :l . {ring}")


def test_turtle_that_is_not_names_its_line(tmp_path: Path) -> None:
    with pytest.raises(PreuveError) as refused:
        compiled(tmp_path, ":S a sh:NodeShape ;\n  foaf:name 'x' .")
    assert refused.value.where.endswith("shapes.ttl:3")
    with pytest.raises(PreuveError, match="does not exist"):
        compile_profile([tmp_path / "none.ttl"], ABOUT)


def test_a_profile_needs_to_say_what_it_is(tmp_path: Path) -> None:
    file = tmp_path / "shapes.ttl"
    file.write_text(PREFIXES + ":S a sh:NodeShape .", encoding="utf-8")
    with pytest.raises(PreuveError, match="licence"):
        compile_profile([file], {k: v for k, v in ABOUT.items() if k != "licence"})


def test_an_unknown_profile_names_the_nearest() -> None:
    with pytest.raises(PreuveError, match=r"Did you mean “dcat-ap-3\.0\.1”"):
        load("dcat-ap-3.0.2")


def test_a_profile_that_was_cut_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREUVE_PROFILES", str(tmp_path))
    made = compiled(tmp_path, ":S sh:targetClass :C ; sh:property [ sh:path :p ; sh:minCount 1 ] .")
    whole = json.loads(written(made))
    (tmp_path / "own.json").write_text(json.dumps({**whole, "shapes": whole["shapes"][:1]}))
    with pytest.raises(PreuveError, match="not in the profile"):
        load("own")
    (tmp_path / "other.json").write_bytes(written(made))
    with pytest.raises(PreuveError, match="holds the profile own"):
        load("other")
    (tmp_path / "broken.json").write_text("{")
    with pytest.raises(PreuveError, match="not valid JSON"):
        load("broken")
