"""Viewing: what the page of one system shows, from its entry and the evidence published here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from preuve.core.evidence import Evidence
from preuve.core.language import _
from preuve.pages.numbers import number
from preuve.registry.comparison import Checked, verdict_name
from preuve.registry.comparison.words import figure as figure_of
from preuve.registry.energy import Footprint, declared, footprint_words, method_words, of_evidence
from preuve.registry.entry import Deployment, Entry
from preuve.registry.facts import load
from preuve.registry.obligations import roles_of
from preuve.registry.public import Row, figure_words, said_claim, status_name
from preuve.web.register.asked import Asked
from preuve.web.register.owed import owed
from preuve.web.results.result import Result


@dataclass(frozen=True)
class Ethics:
    """How many of the recommended criteria of ethics have a document."""

    found: int
    all: int


@dataclass(frozen=True)
class Energetic:
    """The energy of 1,000 uses in words, and how it is known."""

    words: str
    method: str


def row_shown(row: Row, results: Sequence[Result]) -> dict[str, Any]:
    """A version: measured figures, their evidence, claims beside what was measured."""
    digests = {one.evidence.digest for one in row.measured}
    return {
        "version": row.version.version if row.version else "",
        "status": row.status,
        "status_words": status_name(row.status),
        "figures": [figure_words(one, row) for one in row.figures()],
        "evidence": [one for one in results if one.content in digests],
        "claims": [_claim(one) for one in row.claims],
    }


def _claim(one: Checked) -> dict[str, Any]:
    measured = ""
    if one.figure is not None:
        low, high = one.figure.estimate.interval
        measured = figure_of(one.figure.measure, one.figure.estimate.value, low, high)
    return {
        "said": said_claim(one.claim),
        "population": one.claim.population,
        "source": one.claim.source,
        "measured": measured,
        "verdict": one.verdict,
        "verdict_words": verdict_name(one.verdict),
    }


def deployment_shown(entry: Entry, one: Deployment) -> dict[str, Any]:
    """A deployment in words."""
    thresholds = [f"{name} {number(value, 2)}" for name, value in one.thresholds.items()]
    if one.threshold is not None:
        thresholds.insert(0, number(one.threshold, 2))
    roles = [str(load().word("role", role)) for role in roles_of(entry, one)]
    return {
        "id": one.id,
        "site": one.site,
        "finess": one.finess,
        "unit": one.unit,
        "version": one.version,
        "threshold": ", ".join(thresholds),
        "roles": ", ".join(roles),
        "since": one.since,
        "until": one.until,
        "uses": " · ".join(str(use.what) for use in one.uses),
    }


def ethics_of(entry: Entry, asked: Asked, evidence: Sequence[Evidence]) -> Ethics:
    """The recommended criteria, and how many have at least one document."""
    found = [
        one for law in owed(entry, asked, evidence, law="ethics").laws for one in law.obligations
    ]
    reached = [one for one in found if one.state != "not_concerned"]
    return Ethics(sum(bool(one.found) for one in reached), len(reached))


def energy_of(entry: Entry, rows: Sequence[Row]) -> Energetic:
    """The energy that an evidence metered or worked out, else what the entry declares."""
    found: Footprint | None = None
    for row in rows:
        for one in row.measured:
            if one.role == "system":
                found = of_evidence(one.evidence) or found
    found = found or declared(entry.energy)
    if found is None:
        return Energetic(_("not stated"), "")
    return Energetic(footprint_words(found), method_words(found))


def documents_of(entry: Entry, kept: Mapping[str, str]) -> list[dict[str, Any]]:
    """The documents and artefacts of an entry.

    Args:
        entry: the system.
        kept: digest -> address of the file, for the files that are kept here.
    """
    facts = load()
    shown = [
        {
            "title": one.title,
            "kind": str(facts.artefacts[one.kind]),
            "address": safe(one.url),
            "date": one.date,
            "valid_until": one.valid_until,
            "digest": one.digest,
            "file": kept.get(one.digest or "", ""),
        }
        for one in entry.artefacts
    ]
    return shown + [
        {
            "title": one.title,
            "kind": "",
            "address": safe(one.url),
            "date": one.date,
            "valid_until": None,
            "digest": one.digest,
            "file": kept.get(one.digest or "", ""),
        }
        for one in entry.documents
    ]


def safe(url: str | None) -> str:
    """An address that a reader may follow; empty for any other (no script in a link)."""
    return url if url and url.lower().startswith(("https://", "http://")) else ""
