"""The records that are kept: nobody's words lost, nobody's identifier taken, literals exact."""

from __future__ import annotations

import pickle
import threading
from typing import Any

import pytest

from preuve.catalogue import holdings
from preuve.catalogue.example.region import document, drawn
from preuve.catalogue.holdings import Claimed, Conflict
from preuve.catalogue.rdf import Syntax, read
from preuve.catalogue.record import Record, record_of
from preuve.catalogue.reindex import rebuild
from preuve.catalogue.search.find import search
from preuve.core.errors import PreuveError
from preuve.core.store import audit
from preuve.core.store.database import Database

_PREFIXES = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix h: <http://healthdataportal.eu/ns/health#> . @prefix adms: <http://www.w3.org/ns/adms#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
"""


def written(name: str, title: str, more: str = "") -> Record:
    text = (
        f'{_PREFIXES} <https://a.example/{name}> a dcat:Dataset ; dct:title "{title}"@fr {more} .'
    )
    return record_of(read(text.encode(), Syntax.TURTLE))


def iri(name: str) -> str:
    return f"https://a.example/{name}"


def test_literals_come_back_as_they_were_written(store: Database) -> None:
    lexical = (
        '; h:numberOfRecords "007"^^xsd:nonNegativeInteger, "1.50"^^xsd:decimal, "1"^^xsd:boolean'
    )
    record = written("1", "Été <script>alert(1)</script>", lexical)
    with store.writing() as connection:
        holdings.add(connection, record, "ada")
    with store.reading() as connection:
        back = holdings.read(connection, iri("1"))
    assert set(back.triples) == set(record.triples)
    assert back.digest == record.digest
    assert '"007"^^' in " ".join(str(triple.object) for triple in back.triples)
    assert [t.predicate for t in back.triples] == [t.predicate for t in record.triples]


def test_blank_nodes_survive(store: Database) -> None:
    record = written(
        "1", "T", '; dct:provenance [ dct:title "a" ; dct:relation [ dct:title "b" ] ]'
    )
    with store.writing() as connection:
        kept = holdings.add(connection, record, "ada")
        assert holdings.read(connection, iri("1")).digest == record.digest == kept.digest


def test_every_revision_can_be_read(store: Database) -> None:
    with store.writing() as connection:
        holdings.add(connection, written("1", "un"), "ada", status="published")
    holdings.edit(store, written("1", "deux"), "bob", expected=1)
    with store.writing() as connection:
        holdings.withdraw(connection, iri("1"), "ada", expected=2)
    with store.reading() as connection:
        assert [(r.number, r.actor, r.status) for r in holdings.history(connection, iri("1"))] == [
            (3, "ada", "withdrawn"),
            (2, "bob", "published"),
            (1, "ada", "published"),
        ]
        assert "value=un " in str(holdings.read(connection, iri("1"), 1).triples)
        assert "value=deux " in str(holdings.read(connection, iri("1"), 2).triples)
        actions = [entry.action for entry in audit.entries(connection, subject=iri("1"))]
    assert actions == ["record.withdraw", "record.edit", "record.add"]


def test_two_editors_both_keep_their_words(store: Database) -> None:
    with store.writing() as connection:
        holdings.add(connection, written("1", "début"), "ada", status="published")
    holdings.edit(store, written("1", "texte de Bob"), "bob", expected=1)
    with pytest.raises(Conflict) as refused:
        holdings.edit(store, written("1", "texte de Cléo"), "cleo", expected=1)
    assert (refused.value.current, refused.value.aside) == (2, 3)
    with store.reading() as connection:
        assert "texte de Bob" in str(holdings.read(connection, iri("1")).triples)
        assert "texte de Cléo" in str(holdings.read(connection, iri("1"), 3).triples)
        aside = holdings.history(connection, iri("1"))[0]
        assert (aside.aside, aside.parent, aside.actor) == (True, 1, "cleo")
        assert search(connection, "Cléo").total == 0
        assert search(connection, "Bob").total == 1
    merged = holdings.edit(store, written("1", "textes de Bob et Cléo"), "cleo", expected=2)
    assert merged.revision == 4


def test_editors_at_the_same_moment(store: Database) -> None:
    with store.writing() as connection:
        holdings.add(connection, written("1", "début"), "ada")
    refused: list[Exception] = []

    def save(name: str) -> None:
        try:
            holdings.edit(store, written("1", f"texte de {name}"), name, expected=1)
        except Conflict as conflict:
            refused.append(conflict)

    threads = [threading.Thread(target=save, args=(name,)) for name in "bcde"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as connection:
        history = holdings.history(connection, iri("1"))
        texts = " ".join(
            str(holdings.read(connection, iri("1"), r.number).triples) for r in history
        )
    assert len(refused) == 3
    assert sorted(revision.number for revision in history) == [1, 2, 3, 4, 5]
    assert all(f"texte de {name}" in texts for name in "bcde")


def test_an_identifier_of_another_record_is_refused_and_its_holder_named(store: Database) -> None:
    with store.writing() as connection:
        holdings.add(connection, written("1", "un", '; dct:identifier "doi:10.1/x"'), "ada")
    with pytest.raises(Claimed, match=r"a\.example/1") as refused, store.writing() as connection:
        holdings.add(connection, written("2", "deux", '; dct:identifier "doi:10.1/x"'), "bob")
    assert refused.value.holder == iri("1")
    with pytest.raises(Claimed), store.writing() as connection:
        holdings.add(connection, written("3", "trois", f"; owl:sameAs <{iri('1')}>"), "bob")
    with store.reading() as connection:
        assert holdings.number_of(connection, ("draft",)) == 1
        assert audit.count(connection) == 1


def test_an_edit_cannot_take_an_identifier_and_can_give_one_up(store: Database) -> None:
    with store.writing() as connection:
        holdings.add(connection, written("1", "un", '; dct:identifier "x"'), "ada")
        holdings.add(connection, written("2", "deux"), "ada")
    with pytest.raises(Claimed):
        holdings.edit(store, written("2", "deux", '; dct:identifier "x"'), "bob", expected=1)
    with store.reading() as connection:
        assert len(holdings.history(connection, iri("2"))) == 1
    holdings.edit(store, written("1", "un"), "ada", expected=1)
    holdings.edit(store, written("2", "deux", '; dct:identifier "x"'), "bob", expected=1)
    with store.reading() as connection:
        found = holdings.holder(connection, "x")
    assert found is not None
    assert found.iri == iri("2")


@pytest.mark.parametrize("expected", [0, 2, -1, 10**6])
def test_a_revision_that_never_was(store: Database, expected: int) -> None:
    with store.writing() as connection:
        holdings.add(connection, written("1", "un"), "ada")
    with pytest.raises(PreuveError, match="no revision"):
        holdings.edit(store, written("1", "deux"), "bob", expected=expected)


def test_a_record_kept_already_an_absent_one_and_one_without_address(store: Database) -> None:
    with store.writing() as connection:
        holdings.add(connection, written("1", "un"), "ada")
    with pytest.raises(PreuveError, match="kept already"), store.writing() as connection:
        holdings.add(connection, written("1", "un"), "ada")
    with pytest.raises(PreuveError, match="No record"):
        holdings.edit(store, written("9", "un"), "ada", expected=1)
    anonymous = record_of(read(f"{_PREFIXES} [] a dcat:Dataset .".encode(), Syntax.TURTLE))
    with pytest.raises(PreuveError, match="no address"), store.writing() as connection:
        holdings.add(connection, anonymous, "ada")


def test_a_withdrawn_record_keeps_its_identifiers_and_is_no_longer_found(store: Database) -> None:
    with store.writing() as connection:
        holdings.add(
            connection, written("1", "un", '; dct:identifier "x"'), "a", status="published"
        )
        holdings.withdraw(connection, iri("1"), "a")
    with store.reading() as connection:
        assert search(connection, "").total == 0
    with pytest.raises(Claimed), store.writing() as connection:
        holdings.add(connection, written("2", "deux", '; dct:identifier "x"'), "b")
    with store.writing() as connection:
        holdings.set_status(connection, iri("1"), "published", "a")
    with store.reading() as connection:
        assert search(connection, "").total == 1


def test_listing_goes_page_by_page(store: Database) -> None:
    with store.writing() as connection:
        for number in range(7):
            status = "draft" if number == 3 else "published"
            holdings.add(connection, written(str(number), "t"), "ada", status=status)  # type: ignore[arg-type]
    pages: list[list[str]] = []
    with store.reading() as connection:
        after = 0
        while page := holdings.listed(connection, after=after, limit=2):
            pages.append([kept.iri[-1] for kept in page])
            after = page[-1].id
    assert pages == [["0", "1"], ["2", "4"], ["5", "6"]]


def test_the_summary_and_the_verdict_of_a_record(store: Database) -> None:
    graph = read(document(drawn(1)).encode(), Syntax.N_TRIPLES)
    with store.writing() as connection:
        kept = holdings.add(connection, record_of(graph), "ada", status="published")
    assert "SYNTHÉTIQUE" in kept.summary["titles"]["fr"]
    assert kept.summary["synthetic"] is True
    assert kept.verdicts["healthdcat-ap-r8"]["conforms"] is True
    assert kept.access in ("PUBLIC", "RESTRICTED", "NON_PUBLIC")


def test_rebuilding_gives_the_same_answers(store: Database) -> None:
    with store.writing() as connection:
        for number in range(1, 25):
            graph = read(document(drawn(number)).encode(), Syntax.N_TRIPLES)
            holdings.add(connection, record_of(graph), "ada", status="published")
        holdings.withdraw(connection, drawn(5).iri, "ada")

    def answers() -> list[Any]:
        with store.reading() as connection:
            return [search(connection, text) for text in ("", "urgences", "cardiologie", "Valmère")]

    before = answers()
    assert rebuild(store) == 24
    assert answers() == before
    assert before[0].total == 23


def test_errors_travel_between_processes() -> None:
    conflict = pickle.loads(pickle.dumps(Conflict("x", 2, 3)))
    claimed = pickle.loads(pickle.dumps(Claimed("x", "i", "y")))
    assert (conflict.aside, claimed.holder) == (3, "y")
