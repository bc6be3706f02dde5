"""Migration: what can be done is done once, nothing is invented, what is left is listed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, Triple

from preuve.catalogue.canonical import digest
from preuve.catalogue.migration import Migrated, migrate, polyglot
from preuve.catalogue.names import CSVW, CV, DCT, HEALTH
from preuve.catalogue.profile import check_all, check_record, load
from preuve.catalogue.rdf import Syntax, read, read_file, write
from preuve.catalogue.record import Record, record_of

RECORDS = Path(__file__).parent / "records"
R5 = "healthdcat-ap-r5-non-public"
R8 = "healthdcat-ap-r8-non-public"
HDH = "hdh-2026-08"
DCAT_AP = "dcat-ap-3.0.1"


def loaded(name: str) -> Record:
    return record_of(read_file(RECORDS / f"{name}.ttl"))


def findings(record: Record, profile: str) -> list[tuple[str, str]]:
    """The focus and path of each violation."""
    (verdict,) = check_all(record.triples, [load(profile)])
    return sorted((str(one.focus), str(one.path)) for one in verdict.violations)


def values(record: Record, name: str) -> set[str]:
    return {str(t.object) for t in record.triples if t.predicate.value == name}


def test_only_what_a_person_must_fill_is_left() -> None:
    before = loaded("r5")
    assert len(findings(before, R8)) > 10
    migrated = migrate(before)
    left = findings(migrated.record, R8)
    assert {path for _focus, path in left} == {CSVW + "column", DCT + "description"}
    assert {todo.property for todo in migrated.todos} == {CSVW + "column", DCT + "description"}
    assert all(todo.what and todo.why and todo.mend for todo in migrated.todos)


def test_what_is_done_follows_from_the_record() -> None:
    before = loaded("r5")
    record = migrate(before).record
    assert values(record, CSVW + "title") == values(before, CSVW + "titles")
    assert values(record, HEALTH + "hasCodeValues") == {'"I21"'}
    assert values(record, CV + "email") == {'"ch@valmere.example"'}
    assert values(record, CV + "contactPage") == {"<https://organisme.example/acces>"}
    structured = values(record, HEALTH + "hasStructuredData")
    assert structured == {'"true"^^<http://www.w3.org/2001/XMLSchema#boolean>'}
    coding = "https://hdeu-dcat.data.health.europa.eu/resource/authority/coding-system/ICD-10"
    assert f"<{coding}>" in values(record, HEALTH + "hasCodingSystem")


def test_the_digits_of_numbers_stay() -> None:
    record = migrate(loaded("r5")).record
    kind = "^^<http://www.w3.org/2001/XMLSchema#nonNegativeInteger>"
    assert values(record, HEALTH + "numberOfRecords") == {f'"0042"{kind}'}
    assert values(record, HEALTH + "minTypicalAge") == {f'"0"{kind}'}


def test_texts_of_the_original_are_kept_and_none_is_invented() -> None:
    before = loaded("r5")
    after = migrate(before).record

    def texts(record: Record) -> set[str]:
        found = (t.object for t in record.triples if isinstance(t.object, Literal))
        return {one.value for one in found}

    dropped = texts(before) - texts(after)
    assert dropped == {"https://icd.example/I21"}
    assert texts(after) - texts(before) == {"Variables", "true", "ch@valmere.example"}


def test_the_record_given_is_untouched() -> None:
    before = loaded("r5")
    kept = before.digest
    migrate(before)
    assert digest(before.triples) == kept


def _same(first: Migrated, second: Migrated) -> None:
    assert second.record.digest == first.record.digest
    assert not second.changes
    assert not [dirt for dirt in second.dirt if dirt.repair]


@given(dropped=st.sets(st.integers(0, 90), max_size=40))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_second_migration_changes_nothing(dropped: set[int]) -> None:
    whole = loaded("r5")
    kept = [t for place, t in enumerate(whole.triples) if place not in dropped]
    record = Record(whole.iri, whole.kind, tuple(kept))
    first = migrate(record)
    _same(first, migrate(first.record))
    spoken = polyglot(record)
    _same(spoken, polyglot(spoken.record))
    left = {(todo.focus, todo.property) for todo in first.todos}
    for leveled in check_record(first.record.triples):
        for finding in leveled.verdict.findings:
            name = finding.path if isinstance(finding.path, str) else None
            focus = getattr(finding.focus, "value", "")
            assert name is None or {(focus, name), (f"_:{focus}", name)} & left


def test_migration_survives_a_round_trip_through_a_file() -> None:
    first = migrate(loaded("r5"))
    again = record_of(read(write(first.record.triples, Syntax.JSON_LD), Syntax.JSON_LD))
    assert again.digest == first.record.digest
    _same(first, migrate(again))


def test_real_records_migrate_twice_the_same(data_root: Path) -> None:
    files = [*(data_root / "healthdcat/fixtures").glob("*.ttl"),
             *(data_root / "healthdcat/de").glob("*.ttl")]  # fmt: skip
    assert len(files) == 23
    for file in files:
        first = migrate(record_of(read_file(file, tolerant=True)))
        _same(first, migrate(first.record))


def test_a_valid_record_of_release_8_is_left_alone(data_root: Path) -> None:
    record = record_of(read_file(data_root / "healthdcat/fixtures/valid-non_public.ttl"))
    migrated = migrate(record)
    assert migrated.record.digest == record.digest
    assert migrated.todos == ()


@pytest.mark.parametrize("profile", [R5, R8, HDH, DCAT_AP])
def test_one_record_conforms_to_every_release_at_once(profile: str) -> None:
    record = polyglot(loaded("full")).record
    assert findings(record, profile) == []


def test_the_full_record_alone_conforms_to_release_8_only() -> None:
    record = loaded("full")
    assert findings(record, R8) == []
    assert findings(record, R5)
    assert findings(record, HDH)


def test_two_contact_points_are_left_to_a_person() -> None:
    whole = loaded("full")
    point = next(t for t in whole.triples if t.predicate.value == CV + "contactPoint")
    other = next(
        t for t in whole.triples
        if t.predicate.value == CV + "contactPoint" and t.object != point.object
    )  # fmt: skip
    both = Record(
        whole.iri,
        whole.kind,
        (*whole.triples, Triple(point.subject, point.predicate, other.object)),
    )
    migrated = migrate(both)
    assert not migrated.changes
    assert migrated.todos
