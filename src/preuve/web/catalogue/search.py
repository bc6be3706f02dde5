"""Search page: which data sets there are, found by words and narrowed by facets."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.datastructures import QueryParams
from starlette.responses import Response

from preuve.catalogue.profile.levels import LATEST
from preuve.catalogue.search.entry import FACETS
from preuve.catalogue.search.find import PUBLIC, search
from preuve.catalogue.search.results import Results
from preuve.core.errors import PreuveError
from preuve.core.language import _, current_language
from preuve.web.catalogue.card import card
from preuve.web.catalogue.told import tongue
from preuve.web.identity import visitor
from preuve.web.rendering import page
from preuve.web.roles import may
from preuve.web.site import reading

router = APIRouter()
SIZE = 20
"""Data sets on a page of results."""
MORE = 80
"""Values of a facet that are shown when more are asked for."""
DEEPEST = 500
"""Last page of results: whoever is further narrows instead."""
_MOST = 50
_LONGEST = 400


@dataclass(frozen=True)
class Wish:
    """What is searched."""

    text: str
    facets: dict[str, list[str]]
    page: int
    drafts: bool
    more: bool

    @property
    def narrowed(self) -> bool:
        return any(self.facets.values())


def wish_of(asked: QueryParams) -> Wish:
    """The search that a query string asks for.

    Raises:
        PreuveError: a page that is no number, or too far.
    """
    facets = {
        name: list(dict.fromkeys(v[:_LONGEST] for v in asked.getlist(name) if v))[:_MOST]
        for name in FACETS
    }
    number = asked.get("page", "1")
    if not (number.isascii() and number.isdecimal() and 1 <= int(number[:9]) <= DEEPEST):
        raise PreuveError(
            _("There is no such page of results."),
            where=f"page={number[:40]}",
            remedy=_("Pages count from 1 to {last}; narrow the search instead.").format(
                last=DEEPEST
            ),
        )
    return Wish(asked.get("q", "")[:1000], facets, int(number), "drafts" in asked, "more" in asked)


@router.get("/catalogue")
def found(request: Request) -> Response:
    wish = wish_of(request.query_params)
    drafts = wish.drafts and may(visitor(request).role, "catalogue.propose")
    with reading(request) as connection:
        results = search(
            connection,
            wish.text,
            wish.facets,
            page=wish.page,
            size=SIZE,
            statuses=("draft",) if drafts else PUBLIC,
            shown=MORE if wish.more else 8,
        )
    return page(
        request,
        "catalogue/search.html.j2",
        title=_("Drafts") if drafts else _("Health data sets"),
        wish=wish,
        drafts=drafts,
        results=results,
        cards=[card(hit) for hit in results.hits],
        conforming=None if wish.facets["verdict"] else conforming(results),
        chosen=_chosen(results),
        last=min(results.pages, DEEPEST),
        tongue=tongue,
        public=not drafts,
    )


def conforming(results: Results) -> int:
    """How many of the results conform to the latest release."""
    return sum(
        choice.count
        for facet in results.facets
        if facet.facet == "verdict"
        for choice in facet.values
        if choice.value == f"{LATEST}/conforms"
    )


def _chosen(results: Results) -> list[tuple[str, str, str]]:
    """The values that narrow the search: facet, value, words."""
    return [
        (
            facet.facet,
            choice.value,
            _("{facet}: {value}").format(facet=facet.title, value=choice.label(current_language())),
        )
        for facet in results.facets
        for choice in facet.values
        if choice.chosen
    ]
