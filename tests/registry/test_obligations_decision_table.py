"""The decision table: what is in force, against sets read from the law by hand."""

from __future__ import annotations

import datetime

import pytest
from registry.decision_table import DAYS, TABLE
from registry.registered import example

from preuve.registry.entry import Entry, load_entry
from preuve.registry.entry.vocabulary import Role
from preuve.registry.obligations import obligations

ROWS = [
    (system, role, place, day) for (system, role, place), by_day in TABLE.items() for day in by_day
]


def _system(name: str) -> Entry:
    """The example; the reader has one more deployment, of its planned version."""
    if name != "lecteur-thorax":
        return load_entry(name)
    held = [one.model_dump(mode="json") for one in load_entry(name).deployments]
    planned = {**held[0], "id": "nouvelle-version", "version": "3.0", "since": "2028-08-02"}
    return example(name, deployments=[*held, planned])


def _role(name: str) -> Role:
    return "provider" if name == "provider" else "deployer"


@pytest.mark.parametrize(("system", "role", "place", "day"), ROWS)
def test_what_is_in_force(system: str, role: str, place: str | None, day: str) -> None:
    found = obligations(_system(system), _role(role), datetime.date.fromisoformat(day), place)
    in_force = {one.id for one in found if one.state == "in_force" and one.binding}
    assert in_force == TABLE[system, role, place][day]


def test_the_table_covers_what_is_asked() -> None:
    systems = {system for system, _role, _place in TABLE}
    assert len(systems) == 6
    for system in systems:
        for role in ("provider", "deployer"):
            days = [set(by) for (name, r, _p), by in TABLE.items() if (name, r) == (system, role)]
            assert days
            assert all(set(DAYS) <= one for one in days)


def test_nothing_is_to_settle_where_every_question_is_answered() -> None:
    for system, role, place, day in ROWS:
        found = obligations(_system(system), _role(role), datetime.date.fromisoformat(day), place)
        unsettled = [one.id for one in found if one.state == "to_settle"]
        if place is not None or role == "provider":
            assert unsettled == [], (system, role, place, day)


def test_recommendations_are_told_apart() -> None:
    day = datetime.date(2026, 11, 28)
    for role, count in (("provider", 36), ("deployer", 13)):
        found = obligations(load_entry("lecteur-thorax"), _role(role), day)
        advised = [one for one in found if one.law == "ethics"]
        assert len(advised) == count
        assert not any(one.binding for one in advised)
