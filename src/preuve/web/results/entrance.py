"""Entrance: the results as a part of the site."""

from __future__ import annotations

from preuve.core.language import _
from preuve.web.part import Entry, Part
from preuve.web.results.api import api
from preuve.web.results.home import at_home
from preuve.web.results.pages import pages

part = Part(
    pages=pages,
    api=api,
    navigation=(
        Entry("/evidence", lambda: _("Signed evidence")),
        Entry("/impacts", lambda: _("Scenarios")),
        Entry("/appraisals", lambda: _("Appraisals")),
    ),
    home="results/on_home.html.j2",
    at_home=at_home,
)
