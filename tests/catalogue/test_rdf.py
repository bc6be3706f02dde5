"""RDF in and out: the same graph back, literals exactly as written, the same bytes each time."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preuve.catalogue.canonical import digest, named, renamed
from preuve.catalogue.rdf import Graph, read, read_file, write
from preuve.catalogue.syntax import WRITTEN, Syntax, guess, negotiate
from preuve.core.errors import PreuveError

XSD = "http://www.w3.org/2001/XMLSchema#"
_IRIS = st.sampled_from(
    [*(f"https://valmere.example/{name}" for name in "abcé"), "http://www.w3.org/ns/dcat#Dataset"]
)
_NODES = st.one_of(
    _IRIS.map(ox.NamedNode), st.sampled_from([ox.BlankNode(f"b{n}") for n in range(4)])
)
_PREDICATES = st.sampled_from(
    [
        "http://purl.org/dc/terms/title",
        "http://www.w3.org/ns/dcat#theme",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
        "urn:own:said",
    ]
).map(ox.NamedNode)
_TEXT = st.text(
    alphabet=st.characters(
        exclude_categories=["Cs"],
        exclude_characters="".join(map(chr, [*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])),
    ),
    max_size=12,
)
_NUMBERS = st.sampled_from(["07", "7", "0", "1.50", "-0", "1", "true", "1E0", "NaN", " 3 "])
_DATATYPES = st.sampled_from(
    ["nonNegativeInteger", "integer", "decimal", "double", "boolean", "date", "anyURI"]
)
_LITERALS = st.one_of(
    _TEXT.map(ox.Literal),
    st.builds(lambda t, tag: ox.Literal(t, language=tag), _TEXT, st.sampled_from(["fr", "en-gb"])),
    st.builds(
        lambda t, kind: ox.Literal(t, datatype=ox.NamedNode(XSD + kind)), _NUMBERS, _DATATYPES
    ),
)


def literals(graph: Graph) -> list[ox.Literal]:
    """The literals of a graph, in its order."""
    return [t.object for t in graph if isinstance(t.object, ox.Literal)]


_TRIPLES = st.lists(
    st.builds(ox.Triple, _NODES, _PREDICATES, st.one_of(_NODES, _LITERALS)), max_size=12
)


@pytest.mark.parametrize("syntax", WRITTEN)
@given(triples=_TRIPLES)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_graph_comes_back_from_each_syntax(syntax: Syntax, triples: list[ox.Triple]) -> None:
    content = write(triples, syntax)
    if not triples and syntax is not Syntax.JSON_LD:
        return
    back = read(content, syntax)
    assert digest(back) == digest(triples)
    assert write(back, syntax) == content


@given(triples=_TRIPLES, seed=st.randoms())
@settings(max_examples=150, deadline=None)
def test_names_and_order_do_not_count(triples: list[ox.Triple], seed: object) -> None:
    names = {ox.BlankNode(f"b{n}"): ox.BlankNode(f"x{9 - n}") for n in range(4)}
    other = list(renamed(triples, names))
    assert digest(other) == digest(triples)
    assert named(other) == named(triples)
    assert write(other, Syntax.TURTLE) == write(triples, Syntax.TURTLE)


def _marked_chain(mark: int, names: list[int]) -> list[ox.Triple]:
    """Twenty blank nodes in a row, one of them marked; too much alike for RDFC-1.0."""
    following, said = ox.NamedNode("urn:next"), ox.NamedNode("urn:said")
    nodes = [ox.BlankNode(f"n{name}") for name in names]
    links = [ox.Triple(a, following, b) for a, b in itertools.pairwise(nodes)]
    return [*links, ox.Triple(nodes[mark], said, ox.Literal("here"))]


@given(names=st.permutations(range(20)), mark=st.integers(1, 18))
@settings(max_examples=60, deadline=None)
def test_nodes_that_look_alike_are_told_apart_by_their_place(names: list[int], mark: int) -> None:
    first = _marked_chain(mark, list(range(20)))
    again = _marked_chain(mark, names)[::-1]
    assert digest(again) == digest(first)
    assert write(again, Syntax.TURTLE) == write(first, Syntax.TURTLE)
    assert digest(_marked_chain(mark - 1, names)) != digest(first)


def test_literals_survive_as_written() -> None:
    written = ["07", "1.50", "1", "+3", "01"]
    kinds = ["nonNegativeInteger", "decimal", "boolean", "integer", "gYear"]
    body = " , ".join(f'"{t}"^^<{XSD}{k}>' for t, k in zip(written, kinds, strict=True))
    graph = read(f"<urn:a> <urn:b> {body} .".encode(), Syntax.TURTLE)
    for syntax in WRITTEN:
        values = literals(read(write(graph, syntax), syntax))
        assert sorted(v.value for v in values) == sorted(written)
        assert {v.datatype.value.removeprefix(XSD) for v in values} == set(kinds)


def test_carriage_returns_survive_an_xml_reader() -> None:
    triple = ox.Triple(ox.NamedNode("urn:a"), ox.NamedNode("urn:b/c"), ox.Literal("a\r\nb"))
    written = write([triple], Syntax.RDF_XML)
    assert b"\r" not in written.replace(b"&#13;", b"")
    assert literals(read(written, Syntax.RDF_XML))[0].value == "a\r\nb"


@pytest.mark.parametrize("name", ["https://a.example/9x", "https://a.example/", "urn:a:-b"])
def test_xml_refuses_a_property_it_cannot_name(name: str) -> None:
    triple = ox.Triple(ox.NamedNode("urn:a"), ox.NamedNode(name), ox.Literal("x"))
    with pytest.raises(PreuveError, match="RDF/XML cannot write the property"):
        write([triple], Syntax.RDF_XML)
    assert read(write([triple], Syntax.TURTLE), Syntax.TURTLE).triples == (triple,)


def test_xml_refuses_a_control_character() -> None:
    triple = ox.Triple(ox.NamedNode("urn:a"), ox.NamedNode("urn:b/c"), ox.Literal("\x0b"))
    with pytest.raises(PreuveError, match="control character"):
        write([triple], Syntax.RDF_XML)


def test_only_prefixes_that_serve_are_written() -> None:
    content = write(read(b"<urn:a> <http://purl.org/dc/terms/title> 'x' ."), Syntax.TURTLE)
    assert content == (b'@prefix dct: <http://purl.org/dc/terms/> .\n<urn:a> dct:title "x" .\n')


def test_real_records_come_back(data_root: Path) -> None:
    files = sorted((data_root / "healthdcat" / "fixtures").glob("*.ttl"))
    assert len(files) == 21
    for file in files:
        graph = read_file(file)
        for syntax in WRITTEN:
            assert digest(read(write(graph, syntax), syntax)) == digest(graph)


def test_json_ld_is_written_with_a_context() -> None:
    graph = read(
        b"<urn:a> a <http://www.w3.org/ns/dcat#Dataset> ; <http://purl.org/dc/terms/title> 'x' ."
    )
    assert json.loads(write(graph, Syntax.JSON_LD)) == {
        "@context": {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/"},
        "@graph": [{"@id": "urn:a", "@type": "dcat:Dataset", "dct:title": "x"}],
    }


@pytest.mark.parametrize("iri", ["dct:title", "dcat:Dataset"])
def test_an_address_that_looks_like_a_prefix_keeps_its_meaning(iri: str) -> None:
    title = ox.NamedNode("http://purl.org/dc/terms/title")
    kind = ox.NamedNode("http://www.w3.org/ns/dcat#Dataset")
    triples = [ox.Triple(kind, title, ox.NamedNode(iri)), ox.Triple(kind, title, ox.Literal(iri))]
    assert set(read(write(triples, Syntax.JSON_LD), Syntax.JSON_LD)) == set(triples)


def test_named_graphs_are_read_as_one_and_told() -> None:
    graph = read(b"<urn:g> { <urn:a> <urn:b> 'x' }", Syntax.TRIG)
    assert len(graph) == 1
    assert [dirt.kind for dirt in graph.dirt] == ["named-graphs"]


def test_prefixes_are_kept() -> None:
    assert read(b"@prefix own: <urn:own:> . own:a own:b own:c .").prefixes == {"own": "urn:own:"}


@pytest.mark.parametrize(
    ("content", "media_type", "name", "expected"),
    [
        (b"<urn:a> <urn:b> 'x' .", "", "", Syntax.TURTLE),
        (b"@prefix a: <urn:a> .", "application/octet-stream", "", Syntax.TURTLE),
        (b"{}", "", "", Syntax.JSON_LD),
        (b'[{"@id": "urn:a"}]', "", "", Syntax.JSON_LD),
        (b"[] <urn:b> 'x' .", "", "", Syntax.TURTLE),
        (b"<?xml version='1.0'?><rdf:RDF/>", "", "", Syntax.RDF_XML),
        (b"<urn:a> <urn:b> 'x' .", "application/n-triples", "a.ttl", Syntax.N_TRIPLES),
        (b"<urn:a> <urn:b> 'x' .", "text/turtle; charset=utf-8", "", Syntax.TURTLE),
        (b"", "", "a.rdf", Syntax.RDF_XML),
        (b"<!DOCTYPE html><html>", "text/turtle", "a.ttl", Syntax.HTML),
        (b"<?xml version='1.0'?>\n<html>", "", "", Syntax.HTML),
    ],
)
def test_the_syntax_is_guessed(
    content: bytes, media_type: str, name: str, expected: Syntax
) -> None:
    assert guess(content, media_type, name) is expected


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", Syntax.TURTLE),
        ("*/*", Syntax.TURTLE),
        ("text/html,application/xhtml+xml,*/*;q=0.8", Syntax.HTML),
        ("application/ld+json", Syntax.JSON_LD),
        ("application/json", Syntax.JSON_LD),
        ("text/turtle;q=0.5, application/rdf+xml", Syntax.RDF_XML),
        ("text/html;q=0.1, text/turtle;q=0.2", Syntax.TURTLE),
        ("text/*", Syntax.HTML),
        ("image/png", None),
        ("text/turtle;q=0", None),
        ("text/turtle;q=abc", None),
    ],
)
def test_content_negotiation(accept: str, expected: Syntax | None) -> None:
    assert negotiate(accept) is expected
