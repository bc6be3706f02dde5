"""Batch: what becomes of some records of a page, decided and written in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from preuve.catalogue.changes import Changes, Claimed
from preuve.catalogue.cleaning import Harvested
from preuve.catalogue.dirt import Dirt
from preuve.catalogue.harvest import state
from preuve.catalogue.harvest.state import Outcome, Problem, Run, Seen, Source
from preuve.catalogue.prepared import Prepared, prepare
from preuve.core.errors import PreuveError
from preuve.core.language import _

_DIRT = 50
"""Dirt of one record that is kept; more of it says nothing new."""


@dataclass
class Taken:
    """Records of a page that are ready, and the problems of those that are not.

    Attributes:
        trouble: that something of the page should be read again next time.
        count: records that were looked at.
    """

    page: str
    ready: list[tuple[Prepared, tuple[Dirt, ...]]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    trouble: bool = False
    count: int = 0

    def take(self, one: Harvested) -> None:
        """Make a record ready; one that cannot be is set aside and never stops the others."""
        self.count += 1
        try:
            self.ready.append((prepare(one.record, one.repaired), one.dirt))
        except PreuveError as error:
            kind = "no-address" if one.record.anonymous else "unreadable"
            self.set_aside(one.record.iri, kind, error)
        except Exception as error:  # a record so odd that our own code fails on it
            told = PreuveError(_("The record cannot be understood: {error}").format(error=error))
            self.set_aside(one.record.iri, "unreadable", told)

    def set_aside(self, iri: str, kind: str, error: PreuveError) -> None:
        self.trouble = True
        self.problems.append(state.of_error(self.page, iri, kind, error))
        if not iri.startswith("_:"):
            self.aside.append(iri)


def keep(connection: Connection, source: Source, run: Run, page: int, taken: Taken) -> None:
    """Keep the records of a batch, and what was noted of each."""
    batch = _Batch(connection, source, run, page, taken)
    for prepared, dirt in taken.ready:
        batch.decide(prepared, dirt)
    batch.write()


class _Batch:
    def __init__(
        self, connection: Connection, source: Source, run: Run, page: int, taken: Taken
    ) -> None:
        self._connection, self._source, self._run = connection, source, run
        self._page, self._taken = page, taken
        self._changes = Changes(connection, source.actor, source.id)
        self._changes.look_up([prepared for prepared, _dirt in taken.ready])
        iris = [*(prepared.iri for prepared, _dirt in taken.ready), *taken.aside]
        self._before = state.seen(connection, source.id, iris)
        self._seen: list[Seen] = []

    def decide(self, prepared: Prepared, dirt: Sequence[Dirt]) -> None:
        before = self._before.get(prepared.iri)
        if before is not None and before.run == self._run.id and before.page != self._page:
            self._twice(prepared, before)
            return
        try:
            outcome = self._outcome(prepared, before)
        except Claimed as error:
            self._set_aside(prepared, "claimed", error)
            return
        if outcome is None:
            return
        self._note(prepared.iri, outcome, prepared.digest)
        self._taken.problems.extend(
            state.of_dirt(self._taken.page, prepared.iri, one) for one in dirt[:_DIRT]
        )

    def _outcome(self, prepared: Prepared, before: Seen | None) -> Outcome | None:
        """What is done with a record; None when it was set aside."""
        again = before is not None and before.run == self._run.id
        if before is not None and again and before.digest == prepared.digest:
            if before.outcome == "aside":
                self._tell_edited(prepared)
            return before.outcome  # the page is read again after a stop: all is as it was
        row = self._changes.row(prepared.iri)
        if row is None:
            self._changes.add(prepared, "published")
            return "added"
        gone = row.status == "withdrawn" and row.actor.startswith("harvest:")
        if row.source != self._source.id and not gone:
            self._set_aside(prepared, "held-elsewhere", _held_elsewhere(prepared))
            return None
        if not gone and prepared.digest in (before.digest if before else "", row.digest):
            return "unchanged"
        if not gone and before is not None and before.digest not in ("", row.digest):
            self._changes.keep_aside(row, prepared, row.revision)
            self._tell_edited(prepared)
            return "aside"
        self._changes.revise(row, prepared, "published" if gone else row.status)
        return "changed"

    def _tell_edited(self, prepared: Prepared) -> None:
        """The source and a person of here both changed a record: both texts are kept."""
        error = PreuveError(
            _("The record was changed here and at its source."),
            where=prepared.iri,
            remedy=_("The source’s text is kept aside in its history: compare, and save one."),
        )
        self._tell(prepared, "edited-here", error)

    def _twice(self, prepared: Prepared, before: Seen) -> None:
        self._taken.trouble = True
        if before.digest == prepared.digest:
            return
        error = PreuveError(
            _("Two pages describe this record in two ways; the first is kept."),
            where=prepared.iri,
            remedy=_("Ask the publisher which one is right."),
        )
        self._tell(prepared, "duplicate", error)

    def _set_aside(self, prepared: Prepared, kind: str, error: PreuveError) -> None:
        self._tell(prepared, kind, error)
        self._taken.trouble = True
        self._note_aside(prepared.iri)

    def _tell(self, prepared: Prepared, kind: str, error: PreuveError) -> None:
        self._taken.problems.append(state.of_error(self._taken.page, prepared.iri, kind, error))

    def _note_aside(self, iri: str) -> None:
        """A record that is left as it was, with what its source last said that was dealt with."""
        before = self._before.get(iri)
        self._note(iri, "aside", before.digest if before else "")

    def _note(self, iri: str, outcome: Outcome, digest: str) -> None:
        self._seen.append(Seen(iri, self._page, self._run.id, outcome, digest))

    def write(self) -> None:
        for iri in dict.fromkeys(self._taken.aside):
            self._note_aside(iri)
        self._changes.write()
        state.note(self._connection, self._source.id, self._seen)
        state.tell(self._connection, self._run, self._taken.problems)


def _held_elsewhere(prepared: Prepared) -> PreuveError:
    return PreuveError(
        _("This record is kept already, and comes from elsewhere."),
        where=prepared.iri,
        remedy=_("Withdraw it there first, if it is to come from this source."),
    )
