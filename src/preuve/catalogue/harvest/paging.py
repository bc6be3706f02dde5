"""Paging: the page that follows, as a page of a catalogue says it (Hydra, old words and new)."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, Triple

from preuve.catalogue.harvest.addresses import web_address
from preuve.catalogue.names import HYDRA

_NEXT = {HYDRA + "next", HYDRA + "nextPage"}
_TOTAL = HYDRA + "totalItems"


def next_page(triples: Iterable[Triple], *here: str) -> str | None:
    """The address of the next page; what is said of this very page goes first.

    Args:
        triples: what the page says.
        here: the addresses under which the page was found.

    Raises:
        PreuveError: the next page is at an address that is not fetched.
    """
    found: dict[str, str] = {}
    for triple in triples:
        if triple.predicate.value in _NEXT:
            value = triple.object
            if isinstance(value, NamedNode | Literal):
                subject = getattr(triple.subject, "value", "")
                found[subject] = web_address(value.value, here[0])
    own = next((found[address] for address in here if address in found), None)
    return own or (min(found.values()) if found else None)


def total(triples: Iterable[Triple]) -> int:
    """How many records the catalogue says it has; 0 when it does not say."""
    for triple in triples:
        if triple.predicate.value == _TOTAL and isinstance(triple.object, Literal):
            text = triple.object.value
            return int(text) if text.isdecimal() and len(text) < 10 else 0
    return 0
