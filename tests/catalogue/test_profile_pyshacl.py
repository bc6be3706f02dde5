"""Verdicts against pySHACL, result by result: the open profiles, then every constraint of SHACL.

rdflib is told to keep literals as they are written: its habit of rewriting them ("01" to "1")
would change what is judged.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import SH

from preuve.catalogue.profile.check import check
from preuve.catalogue.profile.compile import compile_profile
from preuve.catalogue.profile.shacl import COMPONENTS
from preuve.catalogue.profile.shacl import SH as SHACL
from preuve.catalogue.profile.shelf import load
from preuve.catalogue.profile.tables import Profile
from preuve.catalogue.profile.terms import Term
from preuve.catalogue.rdf import read_file

SOURCES = {
    "healthdcat-ap-r8-public": "r8/healthdcat-ap-r8-public.shapes.ttl",
    "healthdcat-ap-r8-restricted": "r8/healthdcat-ap-r8-restricted.shapes.ttl",
    "healthdcat-ap-r8-non-public": "r8/healthdcat-ap-r8-non-public.shapes.ttl",
    "healthdcat-ap-r5-non-public": "r5-nonpublic/healthdcatap-shacl.ttl",
    "hdh-2026-08": "hdh-catalogue/hdap-validator-sensitivity-shape.ttl",
    "dcat-ap-3.0.1": "dcat-ap-3.0.1/shapes.ttl",
    "dcat-ap-3.0.1-recommended": "dcat-ap-3.0.1/shapes_recommended.ttl",
    "dcat-ap-3.0.1-deprecated": "dcat-ap-3.0.1/deprecateduris.ttl",
}
Results = Counter[tuple[object, ...]]


@pytest.fixture(autouse=True)
def _exact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    logging.getLogger("rdflib.term").setLevel(logging.ERROR)


def node(term: Term | None) -> object:
    """The rdflib term, literals as they were written."""
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    assert isinstance(term, ox.Literal)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    plain = term.datatype.value == "http://www.w3.org/2001/XMLSchema#string"
    kind = None if plain else rdflib.URIRef(term.datatype.value)
    return rdflib.Literal(term.value, datatype=kind, normalize=False)


def by_pyshacl(triples: Iterable[ox.Triple], shapes: rdflib.Graph) -> tuple[bool, Results]:
    data = rdflib.Graph()
    for triple in triples:
        data.add((node(triple.subject), node(triple.predicate), node(triple.object)))  # type: ignore[arg-type]
    conforms, report, _text = pyshacl.validate(
        data, shacl_graph=shapes, inference="none", advanced=False, meta_shacl=False
    )
    assert isinstance(report, rdflib.Graph)
    results: Results = Counter()
    for result in report.objects(None, SH.result):
        path = report.value(result, SH.resultPath)
        results[
            report.value(result, SH.focusNode),
            "steps" if isinstance(path, rdflib.BNode) else path,
            str(report.value(result, SH.sourceConstraintComponent)),
            str(report.value(result, SH.resultSeverity)),
            report.value(result, SH.value),
        ] += 1
    return bool(conforms), results


def by_us(triples: Iterable[ox.Triple], profile: Profile) -> tuple[bool, Results]:
    verdict = check(triples, profile)
    results: Results = Counter()
    for one in verdict.findings:
        path = "steps" if one.path is not None and not isinstance(one.path, str) else one.path
        results[
            node(one.focus),
            rdflib.URIRef(path) if path not in (None, "steps") else path,
            COMPONENTS[one.component],
            SHACL + one.severity,
            node(one.value),
        ] += 1
    return verdict.conforms, results


@cache
def shapes_of(path: Path) -> rdflib.Graph:
    return rdflib.Graph().parse(path)


def triples_of(path: Path) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(path=path)]


@pytest.mark.parametrize("name", SOURCES)
def test_fixtures(name: str, data_root: Path) -> None:
    folder = data_root / "healthdcat"
    shapes = shapes_of(folder / SOURCES[name])
    files = sorted((folder / "fixtures").glob("*.ttl"))
    assert len(files) > 20
    for file in files:
        triples = triples_of(file)
        assert by_us(triples, load(name)) == by_pyshacl(triples, shapes), file.name


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("record", ["FDZ-Gesundheit.ttl", "zfkd_healthdcat-ap.ttl"])
def test_german_records(name: str, record: str, data_root: Path) -> None:
    folder = data_root / "healthdcat"
    triples = read_file(folder / "de" / record, tolerant=True).triples
    ours = by_us(triples, load(name))
    assert ours == by_pyshacl(triples, shapes_of(folder / SOURCES[name]))


def test_no_fixture_is_judged_by_chance(data_root: Path) -> None:
    """The expected verdict of each fixture, from its own table."""
    folder = data_root / "healthdcat" / "fixtures"
    rows = [line.split(",") for line in (folder / "expected.csv").read_text().splitlines()[1:]]
    for file, level, conforms, count, _paths in rows:
        verdict = check(triples_of(folder / file), load(f"healthdcat-ap-r8-{level}"))
        assert (str(verdict.conforms), len(verdict.findings)) == (conforms, int(count)), file


# Records with something dropped, doubled or replaced -------------------------------------------

XSD = "http://www.w3.org/2001/XMLSchema#"
DCAT = "http://www.w3.org/ns/dcat#"
VALUES: list[ox.NamedNode | ox.BlankNode | ox.Literal] = [
    ox.NamedNode("https://exemple.fr/autre"),
    ox.NamedNode("mailto:a@exemple.fr"),
    ox.NamedNode("http://publications.europa.eu/resource/authority/access-right/PUBLIC"),
    *(ox.NamedNode(DCAT + name) for name in ("Dataset", "Catalog", "Distribution", "DataService")),
    ox.NamedNode("http://data.europa.eu/m8g/ContactPoint"),
    ox.NamedNode("http://www.w3.org/2006/vcard/ns#Kind"),
    ox.BlankNode("fresh"),
    ox.Literal("texte"),
    ox.Literal("texte", language="fr"),
    ox.Literal("text", language="en"),
    *(
        ox.Literal(text, datatype=ox.NamedNode(XSD + kind))
        for text, kind in (
            ("7", "nonNegativeInteger"),
            ("-7", "nonNegativeInteger"),
            ("07", "nonNegativeInteger"),
            ("sept", "nonNegativeInteger"),
            ("7", "integer"),
            ("1.5", "decimal"),
            ("true", "boolean"),
            ("1", "boolean"),
            ("vrai", "boolean"),
            ("2024-02-29", "date"),
            ("2023-02-29", "date"),
            ("29/02/2024", "date"),
            ("2024-02-29T10:00:00Z", "dateTime"),
            ("2024", "gYear"),
            ("P1D", "duration"),
            ("https://exemple.fr", "anyURI"),
            ("0f", "hexBinary"),
            ("zz", "hexBinary"),
        )
    ),
]


@st.composite
def mutations(draw: st.DrawFn) -> list[tuple[str, int, int, int]]:
    whole = st.integers(0, 10_000)
    kinds = st.sampled_from(["drop", "add", "replace", "retarget", "steal", "spoil"])
    return draw(st.lists(st.tuples(kinds, whole, whole, whole), min_size=1, max_size=6))


def mutated(triples: list[ox.Triple], changes: list[tuple[str, int, int, int]]) -> list[ox.Triple]:
    record = list(triples)
    for kind, first, second, third in changes:
        at = first % len(record)
        here, other = record[at], record[second % len(record)]
        value = VALUES[third % len(VALUES)]
        if kind == "drop":
            del record[at]
        elif kind == "add":
            record.append(ox.Triple(here.subject, here.predicate, value))
        elif kind == "replace":
            record[at] = ox.Triple(here.subject, here.predicate, value)
        elif kind == "spoil" and isinstance(here.object, ox.Literal) and not here.object.language:
            spoilt = ox.Literal("?" + here.object.value, datatype=here.object.datatype)
            record[at] = ox.Triple(here.subject, here.predicate, spoilt)
        elif kind == "retarget":
            record[at] = ox.Triple(here.subject, other.predicate, here.object)
        else:
            record.append(ox.Triple(here.subject, here.predicate, other.object))
    return record


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    changes=mutations(),
    name=st.sampled_from(sorted(SOURCES)),
    base=st.sampled_from(["valid-public", "valid-restricted", "valid-non_public"]),
)
def test_mutations(
    changes: list[tuple[str, int, int, int]], name: str, base: str, data_root: Path
) -> None:
    folder = data_root / "healthdcat"
    record = mutated(triples_of(folder / "fixtures" / f"{base}.ttl"), changes)
    assert by_us(record, load(name)) == by_pyshacl(record, shapes_of(folder / SOURCES[name]))


# Every constraint ------------------------------------------------------------------------------

PREFIXES = """
@prefix : <https://exemple.fr/> . @prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
DATA = """
:a a :C ; :p :b , "x"@fr , "y"@fr , "z"@en-GB , 3 , _:n ; :q :b , :c ; :text "abcd" ; :loop :b .
:b a :D ; :p :c ; :text "AB1" , "no digit" ; :loop :c ; :q "x"@fr .
:c a :E ; :r :a ; :loop :a ; :q "3"^^xsd:integer , "3"^^xsd:decimal .
_:n a :C ; :text "" ; :flag true .
:a :typed "sept"^^xsd:nonNegativeInteger , "-7"^^xsd:nonNegativeInteger , 7 ,
  "07"^^xsd:nonNegativeInteger , "2023-02-29"^^xsd:date , "2024-02-29"^^xsd:date , true ,
  "vrai"^^xsd:boolean , "1"^^xsd:boolean , "1.5"^^xsd:decimal , "un"^^xsd:decimal , "texte" ,
  "2024-02-30T10:00:00Z"^^xsd:dateTime , "2024-02-29T10:00:00Z"^^xsd:dateTime , "x"@fr , :b ,
  "zz"^^xsd:hexBinary , "0f"^^xsd:hexBinary , "P1D"^^xsd:duration , "jour"^^xsd:duration .
:D rdfs:subClassOf :C . :E rdfs:subClassOf :D . :D rdfs:subClassOf :E .
"""
CONSTRAINTS = [
    "sh:targetClass :C ; sh:property [ sh:path :p ; sh:minCount 2 ; sh:maxCount 3 ]",
    "sh:targetClass :E ; sh:property [ sh:path :p ; sh:minCount 1 ; sh:severity sh:Info ]",
    "sh:targetNode :a , 5 ; sh:nodeKind sh:IRI ; sh:class :D",
    "sh:targetSubjectsOf :text ; sh:property [ sh:path :text ; sh:minLength 3 ; sh:maxLength 4 ]",
    "sh:targetObjectsOf :q ; sh:nodeKind sh:BlankNodeOrIRI",
    "sh:targetClass :C ; sh:property [ sh:path :p ; sh:nodeKind sh:IRIOrLiteral ]",
    "sh:targetClass :C ; sh:property [ sh:path :p ; sh:nodeKind sh:BlankNodeOrLiteral ]",
    "sh:targetClass :C ; sh:property [ sh:path :p ; sh:nodeKind sh:BlankNode ]",
    "sh:targetClass :C ; sh:property [ sh:path :p ; sh:class :C ; sh:class :E ]",
    "sh:targetClass :C ; sh:property [ sh:path :q ; sh:datatype xsd:integer ]",
    "sh:targetClass :C ; sh:property [ sh:path :p ; sh:datatype rdfs:Literal ]",
    "sh:targetClass :C ; sh:property [ sh:path :text ; sh:pattern '^[a-b]+' ; sh:flags 'i' ]",
    "sh:targetClass :C ; sh:property [ sh:path :text ; sh:pattern '[0-9]' ; sh:pattern 'A' ]",
    "sh:targetClass :C ; sh:property [ sh:path :p ; sh:uniqueLang true ]",
    "sh:targetClass :C ; sh:property [ sh:path :p ; sh:uniqueLang false ]",
    "sh:targetClass :C ; sh:property [ sh:path :p ; sh:languageIn ( 'en' 'de' ) ]",
    "sh:targetClass :C ; sh:property [ sh:path :p ; sh:in ( :b 3 'x'@fr ) ]",
    "sh:targetClass :C ; sh:property [ sh:path :p ; sh:hasValue :b ; sh:hasValue 4 ]",
    "sh:targetClass :C ; sh:property [ sh:path :p ; sh:equals :q ]",
    "sh:targetClass :C ; sh:property [ sh:path :p ; sh:disjoint :q ]",
    "sh:targetClass :C ; sh:closed true ; sh:ignoredProperties ( :loop <http://www.w3.org/1999/02/"
    "22-rdf-syntax-ns#type> ) ; sh:property [ sh:path :p ]",
    "sh:targetClass :C ; sh:closed false ; sh:property [ sh:path :p ]",
    "sh:targetClass :C ; sh:not [ sh:property [ sh:path :q ; sh:minCount 1 ] ]",
    "sh:targetClass :C ; sh:and ( [ sh:nodeKind sh:IRI ] [ sh:class :D ] )",
    "sh:targetClass :C ; sh:or ( [ sh:path :r ; sh:minCount 1 ] [ sh:class :D ] )",
    "sh:targetClass :C ; sh:xone ( [ sh:nodeKind sh:IRI ] [ sh:class :E ] )",
    "sh:targetClass :C ; sh:property [ sh:path :p ; sh:node :Inner ]",
    "sh:targetClass :C ; sh:property [ sh:path :p ; sh:node :Nowhere ]",
    "sh:targetClass :C ; sh:property [ sh:path [ sh:inversePath :r ] ; sh:minCount 1 ]",
    "sh:targetClass :C ; sh:property [ sh:path ( :p :q ) ; sh:maxCount 0 ; sh:nodeKind sh:IRI ]",
    "sh:targetClass :C ; sh:property "
    "[ sh:path [ sh:alternativePath ( :p ( :q :p ) ) ] ; sh:maxCount 2 ]",
    "sh:targetClass :C ; sh:property [ sh:path [ sh:zeroOrMorePath :loop ] ; sh:maxCount 1 ]",
    "sh:targetClass :C ; sh:property [ sh:path [ sh:oneOrMorePath :loop ] ; sh:class :E ]",
    "sh:targetClass :C ; sh:property [ sh:path [ sh:zeroOrOnePath :p ] ; sh:nodeKind sh:IRI ]",
    "sh:targetClass :C ; sh:property "
    "[ sh:path [ sh:inversePath [ sh:alternativePath ( :p :loop ) ] ] ; sh:class :E ]",
    "sh:targetClass :C ; sh:property [ sh:path :p ; sh:property [ sh:path :q ; sh:minCount 1 ] ]",
    *(
        f"sh:targetNode :a ; sh:property [ sh:path :typed ; sh:datatype xsd:{kind} ]"
        for kind in (
            "nonNegativeInteger",
            "integer",
            "date",
            "dateTime",
            "boolean",
            "decimal",
            "hexBinary",
            "duration",
            "string",
        )
    ),
    "sh:targetClass :C ; sh:deactivated true ; sh:nodeKind sh:Literal",
    "sh:targetClass :C ; sh:property [ sh:deactivated true ; sh:path :p ; sh:maxCount 0 ]",
]


def _numbered() -> Iterator[object]:
    for constraint in CONSTRAINTS:
        yield pytest.param(constraint, id=constraint.replace("sh:", "")[:90])


@pytest.mark.parametrize("constraint", list(_numbered()))
def test_every_constraint(constraint: str, tmp_path: Path) -> None:
    inner = ":Inner a sh:NodeShape ; sh:property [ sh:path :text ; sh:minCount 1 ] ."
    file = tmp_path / "shapes.ttl"
    file.write_text(f"{PREFIXES} :S a sh:NodeShape ; {constraint} . {inner}", encoding="utf-8")
    about = dict.fromkeys(("version", "date", "producer", "licence", "source"), "x")
    profile = compile_profile([file], {"id": "one", "title": {"fr": "un", "en": "one"}, **about})
    data = ox.parse(PREFIXES + DATA, format=ox.RdfFormat.TURTLE)
    triples = [quad.triple for quad in data]
    assert by_us(triples, profile) == by_pyshacl(triples, rdflib.Graph().parse(file))


def test_an_implicit_class_target_is_one(tmp_path: Path) -> None:
    file = tmp_path / "shapes.ttl"
    shape = ":C a sh:NodeShape , rdfs:Class ; sh:property [ sh:path :q ; sh:minCount 1 ] ."
    file.write_text(PREFIXES + shape, encoding="utf-8")
    about = dict.fromkeys(("version", "date", "producer", "licence", "source"), "x")
    profile = compile_profile([file], {"id": "c", "title": {"fr": "c", "en": "c"}, **about})
    triples = [q.triple for q in ox.parse(PREFIXES + DATA, format=ox.RdfFormat.TURTLE)]
    ours = by_us(triples, profile)
    assert ours == by_pyshacl(triples, rdflib.Graph().parse(file))
    assert not ours[0]
