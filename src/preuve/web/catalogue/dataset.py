"""Data set page: what it is, who may ask for it and how, how well it is described."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from preuve.catalogue import holdings
from preuve.catalogue.cleaning import clean
from preuve.catalogue.describe import describe
from preuve.catalogue.description import Agent, Coded, Description
from preuve.catalogue.dirt import Dirt
from preuve.catalogue.export import schema_org
from preuve.catalogue.holdings import Kept
from preuve.catalogue.label import Family, label
from preuve.catalogue.record import Kind, Record
from preuve.catalogue.vocabulary import concept
from preuve.core.language import _, current_language
from preuve.web.catalogue.card import chips
from preuve.web.catalogue.kept import kept_of, may_edit
from preuve.web.catalogue.told import access_label, access_meaning, others, said, text_of, tongue
from preuve.web.catalogue.verdict import Shown, verdicts
from preuve.web.errors import NotFound
from preuve.web.rendering import page
from preuve.web.site import reading, site

router = APIRouter()
Number = Annotated[int, Path(ge=1, le=2**53)]
VARIABLES = 300
"""Variables of a table that the page shows; the downloads have all."""
DIRT = 40
"""Things found in reading that the page shows."""
FORMATS = (
    ("turtle", "Turtle"),
    ("rdf-xml", "RDF/XML"),
    ("json-ld", "JSON-LD"),
    ("croissant", "Croissant"),
    ("schema-org", "schema.org"),
)


@dataclass(frozen=True)
class Opened:
    """A record read for its page.

    Attributes:
        record: as it came.
        view: as it is read, once what is safe to mend is mended.
        says: what the view says.
        dirt: what was mended, and what could not be.
        verdicts: of each profile, on the record as it came.
        label: the six families of the quality and utility label.
    """

    record: Record
    view: Record
    says: Description
    dirt: tuple[Dirt, ...]
    verdicts: tuple[Shown, ...]
    label: tuple[Family, ...]


def opened(record: Record) -> Opened:
    """A record read for its page."""
    cleaned = clean(record.triples)
    view = replace(record, triples=cleaned.triples)
    return Opened(
        record,
        view,
        describe(view),
        cleaned.dirt,
        tuple(verdicts(record)),
        label(view) if record.kind is Kind.DATASET else (),
    )


@router.get("/catalogue/{number}")
def shown(request: Request, number: Number) -> Response:
    with reading(request) as connection:
        kept = kept_of(connection, request, number)
        record = holdings.read(connection, kept.iri)
        history = holdings.history(connection, kept.iri)
    return _page(request, kept, opened(record), history=history)


@router.get("/catalogue/{number}/history/{revision}")
def revision(
    request: Request, number: Number, revision: Annotated[int, Path(ge=1, le=2**31 - 1)]
) -> Response:
    with reading(request) as connection:
        kept = kept_of(connection, request, number)
        history = holdings.history(connection, kept.iri)
        if all(one.number != revision for one in history):
            raise NotFound(_("The record has no such revision."), where=f"{kept.iri} {revision}")
        record = holdings.read(connection, kept.iri, revision)
    return _page(request, kept, opened(record), history=history, old=revision)


def _page(request: Request, kept: Kept, found: Opened, **more: Any) -> Response:
    says, old = found.says, more.get("old")
    shown_revision = next(one for one in more["history"] if one.number == (old or kept.revision))
    address = f"{site(request).settings.address}/{current_language()}/catalogue/{kept.id}"
    return page(
        request,
        "catalogue/dataset.html.j2",
        title=text_of(says.titles, kept.iri),
        public=kept.status == "published",
        kept=kept,
        shown_revision=shown_revision,
        title_said=said(says.titles),
        says=says,
        found=found,
        access=access_label(kept.access),
        access_meaning=access_meaning(kept.access),
        askable=_askable(says),
        applications=[one for one in map(_application, says.categories) if one],
        places=", ".join(one.label(current_language()) for one in says.territory[:6]),
        synthetic=is_synthetic(says),
        chips=chips(kept.verdicts),
        formats=FORMATS,
        schema=schema_org(found.view, current_language(), address),
        may_edit=may_edit(request, kept),
        tongue=tongue,
        said=said,
        others=others,
        most_variables=VARIABLES,
        most_dirt=DIRT,
        **{"old": None, **more},
    )


def is_synthetic(says: Description) -> bool:
    """Whether the record says that a program made the data."""
    return any(one.code == "SYNTHETIC_DATA" for one in says.types)


@dataclass(frozen=True)
class Application:
    """From when a category of data falls under the European Health Data Space."""

    category: Coded
    article: str
    date: str


def _application(category: Coded) -> Application | None:
    known = concept(category.iri)
    if known is None or not known.applies_from:
        return None
    return Application(category, known.article, known.applies_from)


@dataclass(frozen=True)
class Door:
    """Somebody to ask, and in which role."""

    role: str
    agent: Agent


def _askable(says: Description) -> list[Door]:
    """Whom to ask, in the order in which to ask."""
    doors = [Door(_("Contact for this data set"), one) for one in says.contacts]
    if says.hdab:
        doors.append(Door(_("Health data access body"), says.hdab))
    if says.custodian:
        doors.append(Door(_("Data holder"), says.custodian))
    if says.publisher and says.publisher != says.custodian:
        doors.append(Door(_("Publisher of the description"), says.publisher))
    return doors
