"""The catalogue itself as RDF: a dcat:Catalog, page by page, for whoever harvests it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pyoxigraph import Literal, NamedNode, Triple

from preuve.catalogue import holdings
from preuve.catalogue.export import page as catalogue_page
from preuve.catalogue.names import DCATAP, DCT, EHDS, FOAF, TYPE
from preuve.catalogue.rdf import Syntax
from preuve.catalogue.search.find import search
from preuve.web.caching import public
from preuve.web.catalogue.wire import MEDIA_TYPES, OFFERED, Format, answer, file, wanted
from preuve.web.problem import described
from preuve.web.site import reading, site

document = APIRouter(prefix="/catalogue", tags=["catalogue"])
_RDF = tuple(one for one in OFFERED if one is not Syntax.HTML)


@document.get("", responses=file(*MEDIA_TYPES) | described(406), response_class=Response)
def catalogue(
    request: Request,
    page: Annotated[int, Query(ge=1, le=100_000, description="Page, from 1.")] = 1,
    size: Annotated[int, Query(ge=1, le=100, description="Records on a page.")] = 50,
    named: Annotated[
        Format | None, Query(alias="format", description="In place of Accept.")
    ] = None,
) -> Response:
    """The catalogue as a dcat:Catalog, newest records first, page by page (hydra and Link)."""
    syntax = wanted(request, named, _RDF)
    if syntax is Syntax.HTML:
        syntax = Syntax.TURTLE
    address = f"{site(request).settings.address}/api/catalogue"
    with reading(request) as connection:
        found = search(connection, page=page, size=size, shown=1)
        records = [holdings.read(connection, hit.iri) for hit in found.hits]
    made = catalogue_page(
        records,
        f"{address}?size={size}",
        number=page,
        size=size,
        total=found.total,
        catalogue=_about(address),
        catalogue_iri=address,
    )
    headers = {"Vary": "Accept"} | ({"Link": made.link} if made.link else {})
    return public(answer(made.triples, syntax, headers))


def _about(address: str) -> list[Triple]:
    """What the catalogue says of itself, as HealthDCAT-AP asks of one."""
    node, publisher = NamedNode(address), NamedNode(f"{address}#publisher")
    says = (
        (node, DCT + "title", Literal("Catalogue de données de santé", language="fr")),
        (node, DCT + "title", Literal("Catalogue of health data", language="en")),
        (node, DCT + "description", Literal("Descriptions HealthDCAT-AP.", language="fr")),
        (node, DCT + "description", Literal("HealthDCAT-AP descriptions.", language="en")),
        (node, DCATAP + "applicableLegislation", NamedNode(EHDS)),
        (node, DCT + "publisher", publisher),
        (publisher, TYPE, NamedNode(FOAF + "Agent")),
        (publisher, FOAF + "name", Literal("Preuve")),
    )
    return [Triple(subject, NamedNode(name), value) for subject, name, value in says]
