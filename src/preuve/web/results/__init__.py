"""Results seen through the front door: signed evidence, impacts of scenarios, appraisals."""

from preuve.core.language import _
from preuve.web.part import Entry, Part
from preuve.web.results.api import api
from preuve.web.results.home import at_home
from preuve.web.results.pages import pages
from preuve.web.results.publishing import (
    publish_appraisal,
    publish_evidence,
    publish_impact,
    publish_page,
)

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

__all__ = ["part", "publish_appraisal", "publish_evidence", "publish_impact", "publish_page"]
