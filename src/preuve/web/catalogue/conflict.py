"""Conflict: two editors on one record; the second sees both texts, and neither is lost."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request
from pyoxigraph import BlankNode, Literal
from starlette.responses import Response

from preuve.catalogue import holdings
from preuve.catalogue.holdings import Conflict
from preuve.catalogue.nodes import Nodes, Term
from preuve.catalogue.profile.elements import label
from preuve.catalogue.record import Record
from preuve.core.language import _
from preuve.web.rendering import page
from preuve.web.site import reading

DEPTH = 6
"""How deep nodes inside nodes are told."""


@dataclass(frozen=True)
class Difference:
    """A property that two texts answer differently."""

    name: str
    path: str
    standing: tuple[str, ...]
    yours: tuple[str, ...]


def conflict(request: Request, number: int, told: Conflict) -> Response:
    """The page that shows both texts."""
    with reading(request) as connection:
        standing = holdings.read(connection, told.iri, told.current)
        yours = holdings.read(connection, told.iri, told.aside)
        history = {one.number: one for one in holdings.history(connection, told.iri)}
    return page(
        request,
        "catalogue/conflict.html.j2",
        title=_("Somebody else changed this record meanwhile"),
        status=409,
        public=False,
        number_of_record=number,
        told=told,
        theirs=history[told.current],
        mine=history[told.aside],
        differences=differences(standing, yours),
    )


def differences(standing: Record, yours: Record) -> list[Difference]:
    """The properties of the record that two texts answer differently."""
    first, second = _properties(standing), _properties(yours)
    return [
        Difference(label(path), path, first.get(path, ()), second.get(path, ()))
        for path in dict.fromkeys([*first, *second])
        if first.get(path, ()) != second.get(path, ())
    ]


def _properties(record: Record) -> dict[str, tuple[str, ...]]:
    says = record.nodes.outgoing.get(record.node, {})
    return {
        path: tuple(sorted(_said(record.nodes, value, (record.node,)) for value in values))
        for path, values in sorted(says.items())
    }


def _said(nodes: Nodes, value: Term, around: tuple[Term, ...]) -> str:
    """A value in words, with what is said of it where it is a node of the record."""
    if isinstance(value, Literal):
        return f"{value.value} ({value.language})" if value.language else value.value
    says = {} if value in around or len(around) > DEPTH else nodes.outgoing.get(value, {})
    inside = [
        f"{label(path)} : {' · '.join(sorted(_said(nodes, v, (*around, value)) for v in values))}"
        for path, values in sorted(says.items())
        if not path.endswith("#type")
    ]
    name = "" if isinstance(value, BlankNode) else value.value
    return " ; ".join(part for part in (name, *inside) if part)
