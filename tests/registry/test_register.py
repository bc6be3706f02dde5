"""The register in a database, on SQLite and on a real PostgreSQL server: no words are lost."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from registry.registered import entry, example

from preuve.core.errors import PreuveError
from preuve.core.store import audit
from preuve.core.store.database import Database
from preuve.registry import register
from preuve.registry.entry import examples, load_entry


def _filled(store: Database) -> None:
    with store.writing() as connection:
        for name in examples():
            register.add(connection, load_entry(name), "ana")


def test_an_entry_is_held_as_it_was_given(store: Database) -> None:
    one = load_entry("tri-urgences")
    with store.writing() as connection:
        kept = register.add(connection, one, "ana")
    assert (kept.number, kept.aside, kept.refusal) == (1, False, None)
    with store.reading() as connection:
        held = register.get(connection, "tri-urgences")
        assert register.get(connection, "absent") is None
        assert audit.broken(connection) is None
    assert held is not None
    assert held.entry == one
    assert (held.revision, held.status) == (1, "current")


def test_an_identifier_is_taken_once(store: Database) -> None:
    _filled(store)
    with (
        pytest.raises(PreuveError, match="already holds"),
        store.writing() as connection,
    ):
        register.add(connection, load_entry("tri-urgences"), "bob")


def test_each_change_is_a_revision_and_a_line_of_the_log(store: Database) -> None:
    _filled(store)
    changed = example("tri-urgences", name="Autre nom")
    with store.writing() as connection:
        kept = register.replace(connection, changed, "bob", 1, "nom corrigé")
    with store.reading() as connection:
        held = register.get(connection, "tri-urgences")
        told = register.history(connection, "tri-urgences")
        first = register.text_of(connection, "tri-urgences", 1)
        log = audit.entries(connection, subject="tri-urgences")
    assert kept == register.Kept(2, False, 2)
    assert held is not None
    assert held.entry.name == "Autre nom"
    assert first == load_entry("tri-urgences")
    assert [(one.number, one.parent, one.actor, one.why) for one in told] == [
        (2, 1, "bob", "nom corrigé"),
        (1, None, "ana", ""),
    ]
    assert [(one.action, one.actor) for one in log] == [
        ("entry.replace", "bob"),
        ("entry.add", "ana"),
    ]


def test_of_two_editors_the_second_is_refused_and_both_texts_are_kept(store: Database) -> None:
    _filled(store)
    with store.writing() as connection:
        register.replace(connection, example("tri-urgences", name="De Bob"), "bob", 1)
    with store.writing() as connection:
        late = register.replace(connection, example("tri-urgences", name="De Zoé"), "zoe", 1)
    assert late == register.Kept(3, True, 2)
    assert late.refusal is not None
    assert "revision 2" in str(late.refusal)
    assert "revision 3" in str(late.refusal)
    with store.reading() as connection:
        held = register.get(connection, "tri-urgences")
        assert held is not None
        assert (held.entry.name, held.revision) == ("De Bob", 2)
        assert register.text_of(connection, "tri-urgences", 3).name == "De Zoé"
        assert [one.aside for one in register.history(connection, "tri-urgences")] == [
            True,
            False,
            False,
        ]
    with store.writing() as connection:
        again = register.replace(connection, example("tri-urgences", name="Des deux"), "zoe", 2)
    assert again == register.Kept(4, False, 4)


def test_editors_at_the_same_moment_lose_nothing(store: Database) -> None:
    _filled(store)
    kept: list[register.Kept] = []
    start = threading.Barrier(4)

    def write(number: int) -> None:
        start.wait()
        with store.writing() as connection:
            text = example("tri-urgences", name=f"Éditeur {number}")
            kept.append(register.replace(connection, text, f"e{number}", 1))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(one.number for one in kept) == [2, 3, 4, 5]
    assert sorted(one.aside for one in kept) == [False, True, True, True]
    with store.reading() as connection:
        texts = {register.text_of(connection, "tri-urgences", n).name for n in range(2, 6)}
    assert texts == {f"Éditeur {number}" for number in range(4)}


def test_what_is_withdrawn_is_kept_and_comes_back(store: Database) -> None:
    _filled(store)
    with store.writing() as connection:
        register.withdraw(connection, "tri-urgences", "ana", 1, "doublon")
    with store.reading() as connection:
        shown = {one.entry.id for one in register.find(connection)}
        gone = [one.entry.id for one in register.find(connection, withdrawn=True)]
        held = register.get(connection, "tri-urgences")
    assert "tri-urgences" not in shown
    assert gone == ["tri-urgences"]
    assert held is not None
    assert (held.status, held.revision) == ("withdrawn", 2)
    with store.writing() as connection:
        register.replace(connection, load_entry("tri-urgences"), "ana", 2)
    with store.reading() as connection:
        back = register.get(connection, "tri-urgences")
    assert back is not None
    assert back.status == "current"


@pytest.mark.parametrize(
    ("name", "read", "why", "told"),
    [
        ("tri-urgences", 1, " ", "Say why"),
        ("absent", 1, "x", "no entry named absent"),
        ("tri-urgences", 7, "x", "no revision 7"),
        ("tri-urgences", 0, "x", "no revision 0"),
    ],
)
def test_what_cannot_be_withdrawn_is_told(
    store: Database, name: str, read: int, why: str, told: str
) -> None:
    _filled(store)
    with pytest.raises(PreuveError, match=told), store.writing() as connection:
        register.withdraw(connection, name, "ana", read, why)


def test_a_withdrawal_of_what_has_changed_is_refused(store: Database) -> None:
    _filled(store)
    with store.writing() as connection:
        register.replace(connection, example("tri-urgences", name="Autre"), "bob", 1)
    with pytest.raises(PreuveError, match="revision 2"), store.writing() as connection:
        register.withdraw(connection, "tri-urgences", "ana", 1, "doublon")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, {*examples()}),
        ({"line": "imaging"}, {"lecteur-thorax"}),
        ({"line": "nothing"}, set()),
        ({"usecase": "ecg_interpretation"}, {"lecteur-ecg"}),
        ({"maker": "Fictive Santé"}, {"application-repos"}),
        ({"words": "FICTIF thorax"}, {"lecteur-thorax"}),
        ({"words": "PRIORITE Urgences"}, {"tri-urgences"}),
        ({"words": "Île"}, set()),
        ({"words": "100%"}, set()),
        ({"words": "_"}, set()),
        ({"line": "imaging", "maker": "Fictive Santé"}, set()),
    ],
)
def test_entries_are_found(store: Database, asked: dict[str, Any], found: set[str]) -> None:
    _filled(store)
    with store.reading() as connection:
        held = register.find(connection, **asked)
        assert {one.entry.id for one in held} == found
        names = [one.entry.name.lower() for one in held]
        assert names == sorted(names)


def test_entries_come_page_by_page(store: Database) -> None:
    _filled(store)
    with store.reading() as connection:
        pages = [register.find(connection, limit=4, start=start) for start in (0, 4, 8)]
        assert [len(page) for page in pages] == [4, 2, 0]
        assert register.lines(connection)["imaging"] == 1
        assert sum(register.lines(connection).values()) == 6


def test_the_use_cases_follow_the_text_that_stands(store: Database) -> None:
    _filled(store)
    with store.writing() as connection:
        text = entry(id="lecteur-ecg", usecase="heart_disease")
        register.replace(connection, text, "ana", 1)
    with store.reading() as connection:
        assert register.find(connection, usecase="ecg_interpretation") == ()
        assert len(register.find(connection, usecase="heart_disease")) == 1


def test_the_tables_are_those_of_the_migration(store: Database) -> None:
    from sqlalchemy import inspect

    from preuve.registry import tables

    with store.reading() as connection:
        seen = inspect(connection)
        for table in (tables.entry, tables.revision, tables.usecase):
            found = {one["name"]: one["nullable"] for one in seen.get_columns(table.name)}
            assert found == {one.name: bool(one.nullable) for one in table.columns}
            kept = {one["column_names"][0] for one in seen.get_indexes(table.name)}
            assert kept == {column.name for one in table.indexes for column in one.columns}
            primary = seen.get_pk_constraint(table.name)["constrained_columns"]
            assert set(primary) == {one.name for one in table.primary_key.columns}
