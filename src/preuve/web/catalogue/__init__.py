"""The catalogue seen through the front door: search, data sets, edit forms, harvest, its API."""

from fastapi import APIRouter

from preuve.core.language import _
from preuve.web.catalogue import (
    api,
    api_changes,
    api_document,
    changing,
    dataset,
    editing,
    harvesting,
    permalink,
    search,
    sending,
)
from preuve.web.catalogue.home import at_home
from preuve.web.part import Entry, Part

pages = APIRouter()
for _one in (search, sending, editing, changing, dataset, permalink, harvesting):
    pages.include_router(_one.router)
_api = APIRouter()
_api.include_router(api_document.document)
_api.include_router(api.api)
_api.include_router(api_changes.changes)

part = Part(
    pages=pages,
    api=_api,
    navigation=(Entry("/catalogue", lambda: _("Data")),),
    home="catalogue/on_home.html.j2",
    at_home=at_home,
)

__all__ = ["part"]
