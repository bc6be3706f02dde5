"""Bad input: refused with line, column and remedy; nothing fetched, nothing exhausted."""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import pyoxigraph as ox
import pytest

from preuve.catalogue.canonical import digest
from preuve.catalogue.cleaning import clean, harvested
from preuve.catalogue.describe import describe
from preuve.catalogue.export import croissant, schema_org
from preuve.catalogue.guards import LIMIT
from preuve.catalogue.migration import migrate, polyglot
from preuve.catalogue.rdf import Graph, read, read_file, write
from preuve.catalogue.record import record_of, split
from preuve.catalogue.syntax import WRITTEN, Syntax
from preuve.core.errors import PreuveError

RDF = (
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="urn:e:">'
    b'<rdf:Description rdf:about="urn:a">%s</rdf:Description></rdf:RDF>'
)


def literals(graph: Graph) -> list[ox.Literal]:
    """The literals of a graph, in its order."""
    return [t.object for t in graph if isinstance(t.object, ox.Literal)]


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_kwargs: object) -> None:
        raise AssertionError("something was fetched")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.parametrize(
    ("syntax", "content", "place"),
    [
        (Syntax.TURTLE, b"<urn:a> <urn:b> 'x' .\n<urn:a> <urn:b 'y' .", ":2:"),
        (Syntax.TURTLE, b"<urn:a> <urn:b> 'x' .\n\n  <urn:a> <urn:b> 'x ", ":3:"),
        (Syntax.N_TRIPLES, b'<urn:a> <urn:b> "x" .\n<urn:a> "x" .', ":2:"),
        (Syntax.RDF_XML, RDF % b"\n<e:p>x</e:q>", ":2:"),
        (Syntax.JSON_LD, b'{"@id": "urn:a",\n "urn:b": [1, }', ":2:"),
        (Syntax.TRIG, b"<urn:g> {\n <urn:a> <urn:b> }", ":2:"),
        (Syntax.N_QUADS, b"\n<urn:a> <urn:b> .", ":2:"),
    ],
)
def test_malformed_content_says_line_column_and_remedy(
    syntax: Syntax, content: bytes, place: str
) -> None:
    with pytest.raises(PreuveError) as caught:
        read(content, syntax, where="record")
    line, column = caught.value.where.removeprefix("record:").split(":")
    assert f":{line}:" == place
    assert column.isdigit()
    assert caught.value.remedy


def test_an_unbound_prefix_says_what_to_add() -> None:
    with pytest.raises(PreuveError) as caught:
        read(b"<urn:a> dct:title 'x' .", where="f.ttl")
    assert caught.value.where == "f.ttl:1:9"
    assert caught.value.remedy == "Add @prefix dct: <http://purl.org/dc/terms/> ."
    graph = read(b"<urn:a> dct:title 'x' ; own:b 'y' .", tolerant=True)
    assert [t.predicate.value for t in graph] == [
        "http://purl.org/dc/terms/title",
        "https://unbound.invalid/own#b",
    ]
    assert [dirt.repair is None for dirt in graph.dirt] == [False, True]


def test_an_unbound_prefix_in_xml() -> None:
    content = RDF % b"\n<dct:title>x</dct:title>"
    with pytest.raises(PreuveError) as caught:
        read(content, where="f.rdf")
    assert caught.value.where == "f.rdf:2"
    assert "xmlns:dct=" in caught.value.remedy
    graph = read(content, tolerant=True)
    assert [t.predicate.value for t in graph] == ["http://purl.org/dc/terms/title"]


def test_the_limit_of_size_is_kept_before_anything_is_parsed(tmp_path: Path) -> None:
    with pytest.raises(PreuveError, match="at most 52 MB"):
        read(b"{" * (LIMIT + 1))
    file = tmp_path / "big.ttl"
    with file.open("wb") as stream:
        stream.truncate(LIMIT + 1)
    with pytest.raises(PreuveError, match="at most 52 MB"):
        read_file(file)
    assert len(read(b"<urn:a> <urn:b> 'x' .", limit=30)) == 1
    with pytest.raises(PreuveError):
        read(b"<urn:a> <urn:b> 'x' .", limit=20)


@pytest.mark.parametrize(
    "doctype",
    [
        b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>',
        b'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        b"<!DOCTYPE r [<!ENTITY a SYSTEM 'http://valmere.example/a'>]>",
        b'<!DOCTYPE r [<!ENTITY % a "x">]>',
        b'<!DOCTYPE r SYSTEM "http://valmere.example/a.dtd">',
        b'<!DOCTYPE r PUBLIC "a" "http://valmere.example/a.dtd">',
        b'<!DOCTYPE r [<!ENTITY a "' + b"x" * 501 + b'">]>',
        b"<!DOCTYPE r [" + b"".join(b'<!ENTITY a%d "x">' % n for n in range(101)) + b"]>",
    ],
)
def test_entities_are_never_opened(doctype: bytes) -> None:
    with pytest.raises(PreuveError, match="entities"):
        read(doctype + RDF % b"<e:p>&a;</e:p>", Syntax.RDF_XML)


def test_an_entity_repeated_to_death_is_refused() -> None:
    doctype = b'<!DOCTYPE r [<!ENTITY a "' + b"x" * 500 + b'">]>'
    with pytest.raises(PreuveError, match="grow"):
        read(doctype + RDF % (b"<e:p>" + b"&a;" * 20_000 + b"</e:p>"), Syntax.RDF_XML)


def test_the_entities_of_namespaces_are_harmless() -> None:
    doctype = b'<!DOCTYPE rdf:RDF [<!ENTITY xsd "http://www.w3.org/2001/XMLSchema#">]>'
    graph = read(doctype + RDF % b'<e:p rdf:datatype="&xsd;gYear">2024</e:p>', Syntax.RDF_XML)
    assert literals(graph)[0].datatype.value.endswith("#gYear")


@pytest.mark.parametrize(
    "context",
    [
        b'"https://valmere.example/context.jsonld"',
        b'[{"a": "urn:a"}, "https://valmere.example/context.jsonld"]',
        b'{"@import": "https://valmere.example/context.jsonld"}',
    ],
)
def test_a_remote_context_is_never_fetched(context: bytes) -> None:
    content = b'{\n"@context": ' + context + b', "@id": "urn:a", "urn:b": "x"}'
    with pytest.raises(PreuveError, match="nothing is fetched") as caught:
        read(content, Syntax.JSON_LD, where="f.jsonld")
    assert caught.value.where.startswith("f.jsonld:2")


@pytest.mark.parametrize(
    ("syntax", "content"),
    [
        (Syntax.JSON_LD, b'{"urn:b":' * 100_000 + b'"x"' + b"}" * 100_000),
        (Syntax.JSON_LD, b'{"urn:b":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
        (Syntax.RDF_XML, RDF % (b'<e:p rdf:parseType="Resource">' * 5_000 + b"</e:p>" * 5_000)),
    ],
)
def test_deep_nesting_is_refused(syntax: Syntax, content: bytes) -> None:
    with pytest.raises(PreuveError, match="nested"):
        read(content, syntax)


def test_depth_that_is_let_through_fits_a_thread() -> None:
    content = b'{"urn:b":' * 127 + b'"x"' + b"}" * 127
    found: list[Graph] = []
    threading.stack_size(512 * 1024)
    try:
        thread = threading.Thread(target=lambda: found.append(read(content, Syntax.JSON_LD)))
        thread.start()
        thread.join()
    finally:
        threading.stack_size(0)
    assert len(found[0]) == 127


@pytest.mark.parametrize("syntax", [Syntax.TURTLE, Syntax.N_TRIPLES, Syntax.TRIG, Syntax.N_QUADS])
def test_statements_in_statements_are_refused(syntax: Syntax) -> None:
    content = b"<urn:a> <urn:b> " + b"<<( <urn:a> <urn:b> " * 9 + b"<urn:c>" + b" )>>" * 9 + b" ."
    with pytest.raises(PreuveError, match="inside another"):
        read(content, syntax)


@pytest.mark.parametrize("hidden", [b"p:b\\#", b"p:b\\'", b"<urn:a#b>", b"'#' , '\\''"])
def test_statements_in_statements_cannot_be_hidden(hidden: bytes) -> None:
    nested = b"<<( <urn:a> <urn:b> " * 50_000 + b"<urn:c>" + b" )>>" * 50_000
    with pytest.raises(PreuveError, match="inside another"):
        read(b"@prefix p: <urn:p:> . <urn:a> <urn:b> " + hidden + b" , " + nested + b" .")


def test_angle_quotes_in_a_text_are_a_text() -> None:
    graph = read(b'<urn:a> <urn:b> \'a << b >>\' , """<<( "x" )>>""" . # <<\n')
    assert sorted(one.value for one in literals(graph)) == ['<<( "x" )>>', "a << b >>"]


@pytest.mark.parametrize(
    ("syntax", "content"),
    [
        (Syntax.JSON_LD, b'{"urn:b": "' + b'\\"' * 300_000),
        (Syntax.TURTLE, b"<urn:a> <urn:b> << '" + b'\\"' * 300_000),
        (Syntax.TURTLE, b'<urn:a> <urn:b> """<<' + b'\\"' * 300_000),
        (Syntax.TURTLE, b"<< " + b"<a" * 300_000),
        (Syntax.JSON_LD, b'{"@context": "https://a.example", "b": [' + b'"@context",' * 50_000),
    ],
)
def test_content_made_to_slow_the_guards_is_refused_in_one_pass(
    syntax: Syntax, content: bytes
) -> None:
    with pytest.raises(PreuveError):
        read(content, syntax)


def test_a_context_that_refers_to_itself_is_refused() -> None:
    with pytest.raises(PreuveError):
        read(b'{"@context": {"a": "b:x", "b": "a:y"}, "@id": "urn:a", "a": "x"}', Syntax.JSON_LD)


def _chain(length: int) -> bytes:
    links = b"\n".join(b"_:b%d <urn:next> _:b%d ." % (n, n + 1) for n in range(length))
    return b"<urn:a> a <http://www.w3.org/ns/dcat#Dataset> ; <urn:next> _:b0 .\n" + links


@pytest.mark.parametrize("content", [
    _chain(3_000),
    _chain(300) + b"\n_:b300 <urn:next> _:b0 .",
    b"<urn:a> a <http://www.w3.org/ns/dcat#Dataset> ; <urn:b> _:x . _:x <urn:b> _:x , <urn:a> .",
    b"<urn:a> a <http://www.w3.org/ns/dcat#Dataset> ; <urn:n> _:b0 .\n"
    + b"\n".join(
        b"_:b%d <urn:n> _:b%d ." % (n, m) for n in range(24) for m in range(24) if n != m
    ),
])  # fmt: skip
def test_cycles_and_symmetric_graphs_end_everywhere(content: bytes) -> None:
    graph = read(content)
    (record,) = split(graph)
    assert len(record.triples) == len(graph)
    assert digest(read(write(graph, Syntax.TURTLE))) == record.digest
    describe(record)
    clean(record.triples)
    list(harvested(graph))
    if len(graph) < 1_000:
        for syntax in WRITTEN:
            write(graph, syntax)
        migrate(record)
        polyglot(record)
        schema_org(record)
        croissant(record)


def test_a_looped_list_of_columns_ends() -> None:
    graph = read(
        b"@prefix h: <http://healthdataportal.eu/ns/health#> . "
        b"@prefix csvw: <http://www.w3.org/ns/csvw#> . "
        b"@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . "
        b"<urn:a> a <http://www.w3.org/ns/dcat#Dataset> ; h:hasVariables <urn:v> . "
        b"<urn:v> csvw:table <urn:t> . <urn:t> csvw:column _:l . "
        b"_:l rdf:first [ csvw:name 'age' ] ; rdf:rest _:l ."
    )
    (table,) = describe(record_of(graph)).variables
    assert [variable.name for variable in table.variables] == ["age"]


def test_bytes_that_are_not_utf8_say_where() -> None:
    with pytest.raises(PreuveError, match="not UTF-8") as caught:
        read(b"<urn:a> <urn:b> 'x' .\n<urn:a> <urn:b> '\xe9' .", where="f.ttl")
    assert caught.value.where == "f.ttl:2:18"


@pytest.mark.parametrize("content", [b"<urn:a> <urn:b> '\x00' .", b"<urn:a> <urn:b> '\\u0000' ."])
def test_nul_is_refused(content: bytes) -> None:
    with pytest.raises(PreuveError, match="NUL"):
        read(content, Syntax.TURTLE)


def test_an_escaped_backslash_before_u0000_is_a_text() -> None:
    graph = read(b"<urn:a> <urn:b> '\\\\u0000' .")
    assert literals(graph)[0].value == "\\u0000"


def test_utf16_and_declared_encodings_are_read() -> None:
    text = "<urn:a> <urn:b> 'é' ."
    assert literals(read(text.encode("utf-16")))[0].value == "é"
    body = (RDF % b"<e:p>X</e:p>").decode().replace("X", "é").encode("latin-1")
    xml = b'<?xml version="1.0" encoding="ISO-8859-1"?>' + body
    assert literals(read(xml))[0].value == "é"
    with pytest.raises(PreuveError, match="says it is written in"):
        read(xml.replace(b"ISO-8859-1", b"no-such-code"))


@pytest.mark.parametrize("content", [b"", b" \n\t "])
def test_an_empty_file_is_refused(content: bytes) -> None:
    with pytest.raises(PreuveError, match="empty"):
        read(content)


@pytest.mark.parametrize("syntax", [None, *WRITTEN])
def test_a_web_page_is_not_a_record(syntax: Syntax | None) -> None:
    with pytest.raises(PreuveError, match="web page"):
        read(b"<!DOCTYPE html><html><body>Sign in</body></html>", syntax)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PreuveError, match="cannot be read"):
        read_file(tmp_path / "absent.ttl")


def test_html_and_scripts_in_texts_are_kept_as_data() -> None:
    text = "<script>alert(1)</script><b>&amp;</b>"
    triple = ox.Triple(
        ox.NamedNode("urn:a"), ox.NamedNode("http://purl.org/dc/terms/title"), ox.Literal(text)
    )
    kind = ox.Triple(
        ox.NamedNode("urn:a"),
        ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"),
        ox.NamedNode("http://www.w3.org/ns/dcat#Dataset"),
    )
    for syntax in WRITTEN:
        record = record_of(read(write([triple, kind], syntax), syntax))
        said = describe(record).titles.said()
        assert said is not None
        assert said.text == text
        assert schema_org(record)["name"] == text


def test_nodes_shared_by_all_records_do_not_multiply_the_graph() -> None:
    shared = b" ".join(b"<urn:big> <urn:p> '%d' ." % n for n in range(4_000))
    records = b" ".join(
        b"<urn:r%d> a <http://www.w3.org/ns/dcat#Dataset> ; <urn:p> <urn:big> ." % n
        for n in range(400)
    )
    with pytest.raises(PreuveError, match="too heavy"):
        list(split(read(shared + b"\n" + records)))
