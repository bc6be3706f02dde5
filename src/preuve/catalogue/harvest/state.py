"""State: where a harvest stands, kept in the same transactions as the records it brings."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from preuve.catalogue.dirt import Dirt
from preuve.catalogue.harvest.addresses import shown, source_address
from preuve.catalogue.harvest.fetch import Validators
from preuve.catalogue.tables import (
    harvest_page,
    harvest_problem,
    harvest_run,
    harvest_seen,
    harvest_source,
)
from preuve.core.errors import PreuveError
from preuve.core.language import _, both
from preuve.core.record import canonical
from preuve.core.store import audit

Outcome: TypeAlias = Literal["added", "changed", "unchanged", "aside", "withdrawn"]
State: TypeAlias = Literal["reading", "withdrawing", "complete", "partial", "abandoned"]
UNFINISHED: tuple[State, ...] = ("reading", "withdrawing")
_AT_ONCE = 500


@dataclass(frozen=True)
class Source:
    """A catalogue that is harvested."""

    id: int
    name: str
    address: str
    added_at: str

    @property
    def actor(self) -> str:
        """The name under which its records are changed."""
        return f"harvest:{self.name}"


@dataclass(frozen=True)
class Run:
    """One pass over a source.

    Attributes:
        state: reading or withdrawing while it is not finished; complete; partial when something
            may have been missed, so that nothing was withdrawn; abandoned for a fresh start.
        next: the page to read next.
        complete: that nothing was missed so far.
        counts: records by outcome, and problems by kind.
    """

    id: int
    source: int
    state: State
    started_at: str
    ended_at: str | None
    next: str | None
    complete: bool
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Problem:
    """Something of a page or of a record that a person should look at.

    Attributes:
        page: its address, without secrets.
        subject: the record, or empty for the page.
        kind: "dirt", "claimed", "unreadable", "duplicate", "edited-here", "no-address", "paging",
            "unreachable", "held-elsewhere", "incomplete".
        detail: explanation and remedy in French and English, where and what.
    """

    page: str
    subject: str
    kind: str
    detail: Mapping[str, Any]


@dataclass(frozen=True)
class Seen:
    """What a source last said of a record, on which page, and what was done."""

    iri: str
    page: int | None
    run: int
    outcome: Outcome
    digest: str


@dataclass(frozen=True)
class KnownPage:
    """What is known of a page from the last time it was read whole."""

    id: int
    run: int
    validators: Validators
    digest: str
    next: str | None


def source(connection: Connection, name: str, address: str | None, actor: str) -> Source:
    """The source of a name; a new one is kept, and an address that moved is taken over.

    Raises:
        PreuveError: a new source without an address, or an address that is not fetched.
    """
    found = find_source(connection, name)
    if found is None and address is None:
        raise PreuveError(
            _("No source of this name is known."),
            where=name,
            remedy=_("Give its address."),
        )
    wanted = source_address(address) if address is not None else ""
    if found is None:
        values = {"name": name, "address": wanted, "added_at": _now()}
        made = insert(harvest_source).values(values).returning(harvest_source.c.id)
        found = Source(connection.execute(made).scalar_one(), **values)
        audit.append(connection, actor, "source.add", name, {"address": shown(wanted)})
    elif wanted and wanted != found.address:
        of_it = harvest_source.c.id == found.id
        connection.execute(update(harvest_source).where(of_it).values(address=wanted))
        audit.append(connection, actor, "source.move", name, {"address": shown(wanted)})
        found = Source(found.id, name, wanted, found.added_at)
    return found


def find_source(connection: Connection, name: str) -> Source | None:
    """The source of a name."""
    query = select(harvest_source).where(harvest_source.c.name == name)
    row = connection.execute(query).mappings().first()
    return Source(**row) if row else None


def sources(connection: Connection) -> list[Source]:
    """Every source, by name."""
    rows = connection.execute(select(harvest_source).order_by(harvest_source.c.name)).mappings()
    return [Source(**row) for row in rows]


def begin(connection: Connection, of: Source, first: str, *, fresh: bool) -> Run:
    """The run to go on with: the unfinished one of a source, unless fresh, or a new one."""
    query = select(harvest_run).where(
        harvest_run.c.source == of.id, harvest_run.c.state.in_(UNFINISHED)
    )
    row = connection.execute(query.order_by(harvest_run.c.id.desc())).mappings().first()
    if row and not fresh:
        return _run(row)
    if row:
        _set(connection, row["id"], state="abandoned", ended_at=_now())
    values = {
        "source": of.id,
        "state": "reading",
        "started_at": _now(),
        "next": first,
        "complete": True,
        "counts": "{}",
    }
    made = connection.execute(insert(harvest_run).values(values).returning(harvest_run))
    return _run(made.mappings().one())


def runs(connection: Connection, of: Source, limit: int = 20) -> list[Run]:
    """The last runs of a source, newest first."""
    query = select(harvest_run).where(harvest_run.c.source == of.id)
    rows = connection.execute(query.order_by(harvest_run.c.id.desc()).limit(limit)).mappings()
    return [_run(row) for row in rows]


def known_page(connection: Connection, of: Source, address: str) -> KnownPage | None:
    query = select(harvest_page).where(
        harvest_page.c.source == of.id, harvest_page.c.address == address
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    validators = Validators(row["etag"], row["last_modified"])
    return KnownPage(row["id"], row["run"], validators, row["digest"], row["next"])


def begin_page(connection: Connection, run: Run, address: str) -> int:
    """Note that a page is being read: should it stop halfway, it will be read again whole."""
    connection.execute(
        delete(harvest_problem).where(
            harvest_problem.c.run == run.id, harvest_problem.c.page == shown(address)
        )
    )
    blank = {"etag": "", "last_modified": "", "digest": ""}
    of_it = (harvest_page.c.source == run.source) & (harvest_page.c.address == address)
    changed = update(harvest_page).where(of_it).values(blank).returning(harvest_page.c.id)
    number = connection.execute(changed).scalar_one_or_none()
    if number is None:
        values = {"source": run.source, "address": address, "run": run.id, **blank}
        made = insert(harvest_page).values(values).returning(harvest_page.c.id)
        number = connection.execute(made).scalar_one()
    return int(number)


def left(connection: Connection, run: Run, page: int) -> None:
    """Note that a page no longer speaks of records that it had; another page still may."""
    before = (harvest_seen.c.page == page) & (harvest_seen.c.run != run.id)
    connection.execute(update(harvest_seen).where(before).values(page=None))


def end_page(
    connection: Connection, run: Run, number: int, following: str | None, known: Mapping[str, str]
) -> None:
    """Note that a page was read whole, and where to go on."""
    values = {"run": run.id, "next": following, **known}
    connection.execute(update(harvest_page).where(harvest_page.c.id == number).values(values))
    _set(connection, run.id, next=following)


def same_page(connection: Connection, run: Run, page: KnownPage, following: str | None) -> int:
    """Note that a page has not changed, nor any record of it; gives back how many it has."""
    still = (harvest_seen.c.page == page.id) & (harvest_seen.c.run != run.id)
    still &= harvest_seen.c.outcome != "withdrawn"
    noted = connection.execute(
        update(harvest_seen).where(still).values(run=run.id, outcome="unchanged")
    )
    known = {"run": run.id, "next": following}
    connection.execute(update(harvest_page).where(harvest_page.c.id == page.id).values(known))
    _set(connection, run.id, next=following)
    return int(noted.rowcount)


def still_there(connection: Connection, run: Run, page: int) -> None:
    """Note that what a page says of its records cannot be known: none of them vanished."""
    before = (harvest_seen.c.page == page) & (harvest_seen.c.run != run.id)
    before &= harvest_seen.c.outcome != "withdrawn"
    connection.execute(update(harvest_seen).where(before).values(run=run.id, outcome="aside"))


def not_vanished(connection: Connection, run: Run, iris: Iterable[str]) -> None:
    """Note that some records were met and could not be read."""
    for some in _chunks(sorted(iris)):
        met = (harvest_seen.c.source == run.source) & harvest_seen.c.iri.in_(some)
        met &= (harvest_seen.c.run != run.id) & (harvest_seen.c.outcome != "withdrawn")
        connection.execute(update(harvest_seen).where(met).values(run=run.id, outcome="aside"))


def vanished(connection: Connection, run: Run, iris: Iterable[str]) -> None:
    """Note that records are no longer at their source."""
    for some in _chunks(list(iris)):
        gone = (harvest_seen.c.source == run.source) & harvest_seen.c.iri.in_(some)
        connection.execute(update(harvest_seen).where(gone).values(run=run.id, outcome="withdrawn"))


def pages_read(connection: Connection, run: Run) -> int:
    """How many pages a run has read."""
    query = select(func.count()).select_from(harvest_page)
    return int(connection.execute(query.where(harvest_page.c.run == run.id)).scalar_one())


def seen(connection: Connection, of: int, iris: Sequence[str]) -> dict[str, Seen]:
    """What a source said of some records."""
    query = select(harvest_seen).where(harvest_seen.c.source == of, harvest_seen.c.iri.in_(iris))
    names = ("iri", "page", "run", "outcome", "digest")
    rows = connection.execute(query).mappings()
    return {row["iri"]: Seen(**{name: row[name] for name in names}) for row in rows}


def note(connection: Connection, of: int, found: Sequence[Seen]) -> None:
    """Keep what a source said of some records."""
    if not found:
        return
    iris = [one.iri for one in found]
    connection.execute(
        delete(harvest_seen).where(harvest_seen.c.source == of, harvest_seen.c.iri.in_(iris))
    )
    connection.execute(insert(harvest_seen), [{"source": of, **vars(one)} for one in found])


def tell(connection: Connection, run: Run, problems: Iterable[Problem]) -> None:
    """Keep problems with the run that met them."""
    rows = [
        {
            "run": run.id,
            "page": one.page,
            "subject": one.subject,
            "kind": one.kind,
            "detail": canonical(dict(one.detail)).decode(),
        }
        for one in problems
    ]
    if rows:
        connection.execute(insert(harvest_problem), rows)


def problems(
    connection: Connection, run: Run, *, kind: str = "", after: int = 0, limit: int = 100
) -> list[tuple[int, Problem]]:
    """Problems of a run with their numbers, in the order they were met; more after a number."""
    query = select(harvest_problem).where(
        harvest_problem.c.run == run.id, harvest_problem.c.id > after
    )
    if kind:
        query = query.where(harvest_problem.c.kind == kind)
    rows = connection.execute(query.order_by(harvest_problem.c.id).limit(limit)).mappings()
    return [
        (
            row["id"],
            Problem(row["page"], row["subject"], row["kind"], json.loads(row["detail"])),
        )
        for row in rows
    ]


def set_state(connection: Connection, run: Run, state: State) -> None:
    _set(connection, run.id, state=state)


def miss(connection: Connection, run: Run) -> None:
    """Note that something may have been missed: this run will withdraw nothing."""
    _set(connection, run.id, complete=False)


def read_run(connection: Connection, number: int) -> Run:
    query = select(harvest_run).where(harvest_run.c.id == number)
    return _run(connection.execute(query).mappings().one())


def finish(connection: Connection, run: Run, state: State) -> Run:
    """End a run, its records and problems counted."""
    counted = count(connection, run)
    _set(connection, run.id, state=state, ended_at=_now(), counts=canonical(counted).decode())
    return read_run(connection, run.id)


def count(connection: Connection, run: Run) -> dict[str, int]:
    """Records of a run by outcome, pages, and problems by kind."""
    counts: Counter[str] = Counter()
    by_outcome = select(harvest_seen.c.outcome, func.count()).where(harvest_seen.c.run == run.id)
    for outcome, number in connection.execute(by_outcome.group_by(harvest_seen.c.outcome)):
        counts[outcome] = number
    by_kind = select(harvest_problem.c.kind, func.count()).where(harvest_problem.c.run == run.id)
    for kind, number in connection.execute(by_kind.group_by(harvest_problem.c.kind)):
        counts[f"problem:{kind}"] = number
    counts["pages"] = pages_read(connection, run)
    return dict(counts)


def of_error(page: str, subject: str, kind: str, error: PreuveError) -> Problem:
    """A problem told by an error."""
    detail = {
        "explanation": both(error.problem),
        "remedy": both(error.remedy) if error.remedy else None,
        "where": shown(error.where) if "://" in error.where else error.where,
    }
    return Problem(shown(page), subject, kind, detail)


def of_dirt(page: str, subject: str, dirt: Dirt) -> Problem:
    """A problem told by dirt."""
    return Problem(shown(page), subject, "dirt", dirt.record())


def _chunks(items: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]


def _set(connection: Connection, number: int, **values: Any) -> None:
    connection.execute(update(harvest_run).where(harvest_run.c.id == number).values(values))


def _run(row: RowMapping) -> Run:
    return Run(**dict(row) | {"counts": json.loads(row["counts"])})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
