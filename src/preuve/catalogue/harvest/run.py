"""Run: one pass over a catalogue, page by page, that may be stopped at any moment and gone on with.

Each batch of records is one transaction. A page that was not finished is read again; records that
are kept already are recognised by their digest. Records that vanished are withdrawn only after a
pass that missed nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice

from sqlalchemy import Connection, select

from preuve.catalogue.changes import Changes
from preuve.catalogue.cleaning import Harvested
from preuve.catalogue.harvest import batch, state
from preuve.catalogue.harvest.addresses import shown
from preuve.catalogue.harvest.batch import Taken
from preuve.catalogue.harvest.contents import Contents, contents
from preuve.catalogue.harvest.fetch import Fetcher, Limits, Page, Unreachable, Validators, fetcher
from preuve.catalogue.harvest.state import KnownPage, Run, Source
from preuve.catalogue.holdings import read
from preuve.catalogue.prepared import prepare
from preuve.catalogue.tables import harvest_seen
from preuve.catalogue.tables import record as record_table
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.progress import Progress, silent
from preuve.core.store import audit
from preuve.core.store.database import Database

AT_ONCE = 200
"""Records of one transaction."""

USUAL = Limits()


def harvest(
    database: Database,
    name: str,
    address: str | None = None,
    *,
    limits: Limits = USUAL,
    headers: Mapping[str, str] | None = None,
    fresh: bool = False,
    actor: str = "system",
    progress: Progress = silent,
) -> Run:
    """Bring the records of a source up to date; go on with a pass that was stopped.

    Args:
        database: where records are kept.
        name: of the source.
        address: an http(s) address, a file or a folder; needed for a new source.
        limits: what it may cost, and whether private addresses may be fetched.
        headers: sent to the source's own host, never kept (a key of an interface).
        fresh: start anew instead of going on with an unfinished pass.
        actor: who asked.
        progress: told records done, and how many there are where the catalogue says it.

    Returns:
        The finished pass: complete, or partial when something may have been missed.

    Raises:
        PreuveError: the source is not known, or a page cannot be had and nothing tells what
            follows it. The pass stays unfinished, and goes on there the next time.
    """
    with database.writing() as connection:
        source = state.source(connection, name, address, actor)
    with fetcher(source.address, limits, headers) as pages:
        with database.writing() as connection:
            run = state.begin(connection, source, pages.first(), fresh=fresh)
            detail = {"run": run.id, "address": shown(source.address)}
            audit.append(connection, actor, "harvest.start", name, detail)
        harvesting = _Pass(database, source, run, pages, limits, progress)
        with _rare_collections():
            harvesting.read()
    return harvesting.finish(actor)


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Look for unreachable cycles less often: a page is many objects and few cycles."""
    usual = gc.get_threshold()
    gc.set_threshold(max(usual[0], 100_000), *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@dataclass
class _Pass:
    """A pass as it goes."""

    database: Database
    source: Source
    run: Run
    pages: Fetcher
    limits: Limits
    progress: Progress
    done: int = 0
    total: int = 0

    def read(self) -> None:
        """Read pages until there is none left."""
        while self.run.state == "reading":
            if self.run.next is None:
                self._note(lambda connection: state.set_state(connection, self.run, "withdrawing"))
            else:
                self._page(self.run.next)

    def _note(self, change: Callable[[Connection], None]) -> None:
        """Change where the pass stands, in a transaction of its own."""
        with self.database.writing() as connection:
            change(connection)
            self.run = state.read_run(connection, self.run.id)

    def _page(self, address: str) -> None:
        with self.database.reading() as connection:
            known = state.known_page(connection, self.source, address)
        try:
            page = self.pages.get(address, known.validators if known else Validators())
        except Unreachable as error:
            self._unreachable(address, known, error)
            return
        if page.content is not None and (known is None or page.digest != known.digest):
            self._changed(page, page.content, known)
        elif known is not None and known.digest:
            self._same(known, replace(page, next=page.next or known.next))
        else:
            never = PreuveError(
                _("The server says “unchanged” of a page that was never read whole."),
                where=shown(address),
            )
            self._unreachable(address, known, never)

    def _unreachable(self, address: str, known: KnownPage | None, error: PreuveError) -> None:
        """Go on after a page that cannot be had, if it is known what follows it."""
        if known is None or known.next is None:
            raise error

        def note(connection: Connection) -> None:
            number = state.begin_page(connection, self.run, address)
            state.tell(connection, self.run, [state.of_error(address, "", "unreachable", error)])
            state.still_there(connection, self.run, number)
            state.miss(connection, self.run)
            following = self._after(connection, address, known.next)
            state.end_page(connection, self.run, number, following, {})

        self._note(note)

    def _same(self, known: KnownPage, page: Page) -> None:
        def note(connection: Connection) -> None:
            following = self._after(connection, page.address, page.next)
            self.done += state.same_page(connection, self.run, known, following)

        self._note(note)
        self.progress(self.source.name, self.done, max(self.total, self.done))

    def _changed(self, page: Page, content: bytes, known: KnownPage | None) -> None:
        found = contents(page, content, self.limits.page_bytes)
        self.total = max(self.total, found.total)
        with self.database.writing() as connection:
            number = state.begin_page(connection, self.run, page.address)
            state.tell(connection, self.run, found.problems)
        trouble = bool(found.problems)
        for _batch in range(0, found.count, AT_ONCE):
            taken = self._taken(page.address, found)
            with self.database.writing() as connection:
                batch.keep(connection, self.source, self.run, number, taken)
            trouble |= taken.trouble
            self.done += taken.count
            self.progress(self.source.name, self.done, max(self.total, self.done))

        def note(connection: Connection) -> None:
            remembered = known.next if known and found.blind else None
            following = self._after(connection, page.address, found.next or remembered)
            if found.blind:
                state.still_there(connection, self.run, number)
                state.miss(connection, self.run)
            state.not_vanished(connection, self.run, found.lost)
            state.left(connection, self.run, number)
            kept = {} if trouble else {**vars(page.validators), "digest": page.digest}
            state.end_page(connection, self.run, number, following, kept)

        self._note(note)

    def _taken(self, address: str, found: Contents) -> Taken:
        """Some records of a page, made ready before the transaction opens."""
        taken = Taken(address)
        for one in islice(found.records, AT_ONCE):
            if found.is_whole(one):
                taken.take(one)
            else:
                taken.set_aside(one.record.iri, "incomplete", _incomplete(one))
        return taken

    def _after(self, connection: Connection, address: str, following: str | None) -> str | None:
        """The next page, unless the pass has been there or is long enough."""
        if following is None:
            return None
        next_known = state.known_page(connection, self.source, following)
        error = None
        if following == address or (next_known and next_known.run == self.run.id):
            error = PreuveError(
                _("The next page is one that was read already."), where=shown(following)
            )
        elif state.pages_read(connection, self.run) >= self.limits.pages:
            error = PreuveError(
                _("The catalogue has more than {pages} pages.").format(pages=self.limits.pages),
                where=shown(following),
            )
        if error is None:
            return following
        state.tell(connection, self.run, [state.of_error(address, "", "paging", error)])
        state.miss(connection, self.run)
        return None

    def finish(self, actor: str) -> Run:
        """Withdraw what vanished, if nothing was missed, and end the pass."""
        while self.run.complete and self._withdraw_some():
            self.progress(self.source.name, self.done, self.done, _("withdrawing"))
        with self.database.writing() as connection:
            ended = "complete" if self.run.complete else "partial"
            run = state.finish(connection, self.run, ended)  # type: ignore[arg-type]
            detail = {"run": run.id, "state": run.state, **run.counts}
            audit.append(connection, actor, "harvest.end", self.source.name, detail)
        return run

    def _withdraw_some(self) -> bool:
        """Withdraw some records that this pass did not see; says whether there were any."""
        met = select(harvest_seen.c.iri).where(
            harvest_seen.c.source == self.source.id, harvest_seen.c.run == self.run.id
        )
        query = select(record_table.c.iri).where(
            record_table.c.source == self.source.id,
            record_table.c.status != "withdrawn",
            record_table.c.iri.not_in(met),
        )
        with self.database.writing() as connection:
            iris = connection.execute(query.limit(AT_ONCE)).scalars().all()
            gone = [prepare(read(connection, iri)) for iri in iris]
            changes = Changes(connection, self.source.actor, self.source.id)
            changes.look_up(gone)
            for prepared in gone:
                row = changes.row(prepared.iri)
                if row is not None:
                    changes.revise(row, prepared, "withdrawn")
            changes.write()
            state.vanished(connection, self.run, iris)
        return bool(iris)


def _incomplete(one: Harvested) -> PreuveError:
    return PreuveError(
        _("A part of this record cannot be read; the record is left as it was."),
        where=one.record.iri,
        remedy=_("See the problems of the page."),
    )
