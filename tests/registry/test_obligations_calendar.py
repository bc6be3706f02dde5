"""The calendar: days in order, documents that end, and a file that agendas read."""

from __future__ import annotations

import datetime

from registry.registered import example

from preuve.registry.entry import examples, load_entry
from preuve.registry.obligations import calendar, icalendar

DAY = datetime.date(2026, 11, 28)


def test_days_are_in_order_and_after_the_first() -> None:
    found = calendar([load_entry(name) for name in examples()], "deployer", since=DAY)
    days = [one.day for one in found]
    assert days == sorted(days)
    assert min(days) >= DAY
    assert {one.entry for one in found} == {*examples()} - {"recherche-sepsis"}


def test_a_deployment_has_its_own_days() -> None:
    found = calendar(load_entry("lecteur-thorax"), "deployer", since=DAY)
    use = {
        (one.deployment, one.day.isoformat())
        for one in found
        if any(each.id == "AIA-026-1" for each in one.obligations)
    }
    assert use == {("valmere-radiologie", "2030-08-02")}  # never in the private clinic


def test_a_document_that_ends_is_a_day() -> None:
    found = calendar(load_entry("lecteur-thorax"), "deployer", since=DAY)
    ends = [one for one in found if one.kind == "expires"]
    assert [(one.day.isoformat(), one.deployment) for one in ends] == [
        ("2028-03-01", "valmere-radiologie")
    ]
    assert ends[0].binding
    assert calendar(load_entry("lecteur-thorax"), "provider", since=DAY)[-1].day.year == 2031


def test_nothing_is_lost_between_calendar_and_day() -> None:
    found = calendar(load_entry("tri-urgences"), "deployer", deployment="valmere-urgences")
    begun = [each.id for one in found for each in one.obligations]
    assert len(begun) == len(set(begun))
    assert "AIA-027" in begun


def test_the_file_for_agendas_follows_the_standard() -> None:
    one = example("tri-urgences", name="Tri, « fictif » ; d'été")
    found = calendar(one, "deployer", since=DAY)
    text = icalendar(found)
    lines = text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-2:] == ["END:VCALENDAR", ""]
    assert all(len(line.encode()) <= 75 for line in lines)
    unfolded = text.replace("\r\n ", "")
    assert unfolded.count("BEGIN:VEVENT") == len(found)
    assert "SUMMARY:Tri\\, « fictif » \\; d'été" in unfolded
    uids = [line for line in unfolded.split("\r\n") if line.startswith("UID:")]
    assert len(set(uids)) == len(found)
    assert "DTSTART;VALUE=DATE:20271202" in unfolded
