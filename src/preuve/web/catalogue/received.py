"""Received: a file of RDF that somebody sends, known by its content, never by its name alone."""

from __future__ import annotations

from dataclasses import dataclass

from preuve.catalogue.cleaning import Harvested, harvested
from preuve.catalogue.dirt import Dirt
from preuve.catalogue.migration import Migrated, migrate
from preuve.catalogue.names import DCT
from preuve.catalogue.rdf import Graph, Syntax, guess, read
from preuve.catalogue.record import Kind
from preuve.catalogue.texts import Texts
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.web.catalogue.told import text_of
from preuve.web.catalogue.verdict import Shown, verdicts
from preuve.web.errors import means

LARGEST = 8 * 2**20
"""Bytes of a file that is checked on a page; larger ones are harvested or checked by command."""
SHOWN = 20
"""Records of a file that the page shows one by one."""
_SIGNS = {
    b"%PDF": "PDF",
    b"PK\x03\x04": "ZIP, DOCX, XLSX",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF8": "GIF",
    b"\x7fELF": "ELF",
    b"MZ": "EXE",
    b"\xd0\xcf\x11\xe0": "DOC, XLS",
    b"\x1f\x8b": "GZIP",
    b"SQLite format 3": "SQLite",
    b"DICM": "DICOM",
}
"""First bytes of files that people send by mistake."""


class WrongType(PreuveError):  # noqa: N818 - what it says of the file
    """The file is not RDF."""


class TooLarge(PreuveError):  # noqa: N818 - what it says of the file
    """The file is larger than a page checks."""


means(WrongType, 415)
means(TooLarge, 413)


@dataclass(frozen=True)
class Received:
    """A record of the file, judged as it came.

    Attributes:
        found: the record and what was not clean in it.
        title: what it is called, else its address.
        verdicts: of each profile.
        migrated: the record brought to release 8; None where it is no data set.
    """

    found: Harvested
    title: str
    verdicts: tuple[Shown, ...]
    migrated: Migrated | None


@dataclass(frozen=True)
class File:
    """A file that was read: its records, and the dirt of its writing."""

    graph: Graph
    dirt: tuple[Dirt, ...]
    records: tuple[Received, ...]
    total: int


def graph_of(content: bytes, name: str = "", media_type: str = "") -> Graph:
    """The graph of a file.

    Raises:
        TooLarge: it is larger than `LARGEST`.
        WrongType: it is not RDF.
        PreuveError: it is RDF with a fault.
    """
    if len(content) > LARGEST:
        raise TooLarge(
            _("The file holds more than {limit} MB.").format(limit=LARGEST // 2**20),
            where=name,
            remedy=_("Cut it into files of some records each, or have it harvested."),
        )
    kind = next((kind for sign, kind in _SIGNS.items() if content.startswith(sign)), "")
    if content[128:132] == b"DICM":
        kind = "DICOM"
    if kind or guess(content, "", name) is Syntax.HTML:
        raise WrongType(
            _("This file is not RDF: it is {kind}.").format(kind=kind or "HTML"),
            where=name,
            remedy=_("Send Turtle, JSON-LD, RDF/XML, N-Triples, TriG or N-Quads."),
        )
    return read(content, where=name, media_type=media_type, limit=LARGEST, tolerant=True)


def opened(graph: Graph) -> File:
    """The records of a graph, the first ones judged."""
    found = list(harvested(graph))
    if not found:
        raise PreuveError(
            _("The file describes no data set, series, service or catalogue."),
            where=graph.where,
            remedy=_("Say what the record is: “a dcat:Dataset”."),
        )
    judged = tuple(_judged(one) for one in found[:SHOWN])
    return File(graph, graph.dirt, judged, len(found))


def _judged(found: Harvested) -> Received:
    record = found.record
    title = text_of(Texts.of(record.nodes.values(record.node, DCT + "title")), record.iri)
    if record.kind is not Kind.DATASET:
        return Received(found, title, (), None)
    return Received(found, title, tuple(verdicts(record)), migrate(record))
