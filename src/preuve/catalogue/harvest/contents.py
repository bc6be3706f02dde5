"""Contents: what a page says, as far as it can be read, and what is wrong with it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pyoxigraph import BlankNode, NamedNode

from preuve.catalogue.cleaning import Harvested, clean, harvested
from preuve.catalogue.harvest import state
from preuve.catalogue.harvest.addresses import shown
from preuve.catalogue.harvest.fetch import Page
from preuve.catalogue.harvest.paging import next_page, total
from preuve.catalogue.harvest.recover import recover
from preuve.catalogue.harvest.state import Problem
from preuve.catalogue.rdf import Graph, guess, read
from preuve.catalogue.record import Kind, Record, split
from preuve.core.errors import PreuveError


@dataclass(frozen=True)
class Contents:
    """A page that was read.

    Attributes:
        records: what it describes, without the catalogue itself, which each page repeats; each is
            let go once it is given out, so that a large page is never held twice.
        count: how many records there are.
        problems: of the page as a whole.
        lost: nodes it speaks of that cannot be read.
        blind: whether it may speak of nodes nobody can name, so that what it lacks means nothing.
        next: the page that follows, when it says so.
        total: how many records the catalogue says it has; 0 when it does not say.
    """

    records: Iterator[Harvested]
    count: int
    problems: tuple[Problem, ...]
    lost: frozenset[str]
    blind: bool
    next: str | None
    total: int

    def is_whole(self, one: Harvested) -> bool:
        """Whether a record leads to nothing that was lost."""
        return not self.lost or self.lost.isdisjoint(_nodes(one))


def contents(page: Page, content: bytes, limit: int) -> Contents:
    """What a page says; one that is not valid is read as far as it goes."""
    problems: list[Problem] = []
    where = shown(page.base)
    lost: frozenset[str] = frozenset()
    blind = False
    try:
        graph = read(
            content,
            where=where,
            media_type=page.media_type,
            base_iri=page.base,
            limit=limit,
            tolerant=True,
        )
    except PreuveError as error:
        syntax = guess(content, page.media_type, where)
        saved = recover(content, syntax, where, page.base)
        errors = [one.error for one in saved.lost] if saved else [error]
        problems += [state.of_error(page.address, "", "unreadable", one) for one in errors]
        graph = saved.graph if saved else Graph(())
        lost = frozenset(one.node for one in saved.lost if one.node) if saved else frozenset()
        blind = saved is None or any(not one.node for one in saved.lost)
    problems += [state.of_dirt(page.address, "", one) for one in graph.dirt]
    records, stopped = _records(graph)
    if stopped is not None:
        problems.append(state.of_error(page.address, "", "unreadable", stopped))
    following = None
    try:
        following = page.next or next_page(graph, page.base, page.address)
    except PreuveError as error:
        blind = True
        problems.append(state.of_error(page.address, "", "paging", error))
    return Contents(
        records=_cleaned(records, page.base),
        count=len(records),
        problems=tuple(problems),
        lost=lost,
        blind=blind or stopped is not None,
        next=following,
        total=total(graph),
    )


def _records(graph: Graph) -> tuple[deque[Record], PreuveError | None]:
    """The records of a page; where its classes are too dirty to be seen, those of its repair."""
    found: deque[Record] = deque()
    try:
        found.extend(split(graph))
        if not found:
            found.extend(one.record for one in harvested(graph))
    except PreuveError as error:
        return found, error
    return deque(one for one in found if one.kind is not Kind.CATALOGUE), None


def _cleaned(records: deque[Record], base: str) -> Iterator[Harvested]:
    while records:
        one = records.popleft()
        cleaned = clean(one.triples, base)
        yield Harvested(one, replace(one, triples=cleaned.triples), cleaned.dirt)


def _nodes(one: Harvested) -> Iterator[str]:
    """Every node of a record as it is named: an address, or `_:label`."""
    for triple in one.record.triples:
        for node in (triple.subject, triple.object):
            if isinstance(node, NamedNode):
                yield node.value
            elif isinstance(node, BlankNode):
                yield f"_:{node.value}"
