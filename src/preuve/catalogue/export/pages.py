"""Pages: a catalogue handed out some records at a time (hydra:PartialCollectionView)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pyoxigraph import Literal, NamedNode, Triple

from preuve.catalogue.names import DCAT, DCT, HYDRA, TYPE, XSD
from preuve.catalogue.record import Record
from preuve.catalogue.vocabulary import for_target


@dataclass(frozen=True)
class Page:
    """A page of a catalogue.

    Args:
        triples: the records, the catalogue that lists them, and where the other pages are.
        link: the value of an HTTP Link header (RFC 8288) that says the same.
    """

    triples: tuple[Triple, ...]
    link: str


def page(
    records: Iterable[Record],
    address: str,
    *,
    number: int,
    size: int,
    total: int,
    catalogue: Iterable[Triple] = (),
    catalogue_iri: str = "",
    target: str = "",
) -> Page:
    """One page.

    Args:
        records: those of the page.
        address: of the catalogue, without the page; other parameters are kept.
        number: of the page, from 1.
        size: records a page.
        total: records in all.
        catalogue: what the catalogue says of itself.
        catalogue_iri: its address; `address` when empty.
        target: `r8` or `hdh` to name vocabularies at that target's hosts; empty to leave them.
    """
    last = max(1, -(-total // size))
    views = {"first": 1, "last": last}
    if number > 1:
        views["previous"] = number - 1
    if number < last:
        views["next"] = number + 1
    links = {name: _at(address, place) for name, place in views.items()}
    whole = NamedNode(catalogue_iri or address)
    view = NamedNode(_at(address, number))
    triples = [
        Triple(whole, NamedNode(TYPE), NamedNode(DCAT + "Catalog")),
        Triple(whole, NamedNode(TYPE), NamedNode(HYDRA + "Collection")),
        Triple(whole, NamedNode(HYDRA + "totalItems"), _whole_number(total)),
        Triple(whole, NamedNode(HYDRA + "view"), view),
        Triple(view, NamedNode(TYPE), NamedNode(HYDRA + "PartialCollectionView")),
        *(Triple(view, NamedNode(HYDRA + name), NamedNode(to)) for name, to in links.items()),
        *catalogue,
    ]
    for record in records:
        if not record.anonymous:
            triples.append(Triple(whole, NamedNode(DCAT + "dataset"), NamedNode(record.iri)))
        triples.extend(record.triples)
    told = ", ".join(f'<{to}>; rel="{"prev" if n == "previous" else n}"' for n, to in links.items())
    return Page(tuple(dict.fromkeys(at_hosts(triples, target))), told)


def at_hosts(triples: Iterable[Triple], target: str) -> Iterable[Triple]:
    """The triples with codes named at the hosts a target knows; as they are without a target."""
    if not target:
        yield from triples
        return
    for triple in triples:
        value = triple.object
        if isinstance(value, NamedNode) and triple.predicate.value != DCT + "identifier":
            there = for_target(value.value, target)
            if there != value.value:
                yield Triple(triple.subject, triple.predicate, NamedNode(there))
                continue
        yield triple


def _at(address: str, number: int) -> str:
    parts = urlsplit(address)
    kept = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "page"]
    return urlunsplit(parts._replace(query=urlencode([*kept, ("page", str(number))])))


def _whole_number(number: int) -> Literal:
    return Literal(str(number), datatype=NamedNode(XSD + "integer"))
