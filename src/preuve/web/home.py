"""Home: what a reader finds behind the door."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from preuve.core.language import _
from preuve.web.rendering import page
from preuve.web.site import reading, site

router = APIRouter()


@router.get("/")
def home(request: Request) -> Response:
    """Each part of the site shows what it has."""
    with reading(request) as connection:
        blocks = [
            (part.home, part.at_home(connection) if part.at_home else {})
            for part in site(request).parts
            if part.home
        ]
    title = _("What exists, what is proved, what is owed")
    return page(request, "home.html.j2", title=title, blocks=blocks)
