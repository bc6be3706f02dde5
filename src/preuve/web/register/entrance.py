"""Entrance: the register as a part of the site."""

from __future__ import annotations

from fastapi import APIRouter

from preuve.core.language import _
from preuve.web.part import Entry, Part
from preuve.web.register import calendar, comparing, editing, exporting, importing, pages, parts
from preuve.web.register.api import api
from preuve.web.register.home import at_home

_router = APIRouter()
for _one in (editing, importing, parts, exporting, calendar, comparing, pages):
    _router.include_router(_one.pages)

part = Part(
    pages=_router,
    api=api,
    navigation=(
        Entry("/register", lambda: _("AI systems")),
        Entry("/calendar", lambda: _("Obligations")),
    ),
    home="register/on_home.html.j2",
    at_home=at_home,
)
