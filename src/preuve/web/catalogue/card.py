"""Card: a data set as a list of results shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from preuve.catalogue.profile.levels import LATEST
from preuve.catalogue.search.results import Hit
from preuve.catalogue.texts import Said
from preuve.core.language import _, current_language, ngettext
from preuve.pages.numbers import number
from preuve.web.catalogue.told import access_label, said


@dataclass(frozen=True)
class Chip:
    """A verdict in a few words; `kind` is good, alert or plain."""

    text: str
    kind: str


@dataclass(frozen=True)
class Card:
    """What is shown of one data set."""

    id: int
    iri: str
    title: Said
    description: Said | None
    publisher: Said | None
    access: str
    code: str
    holds: str
    people: str
    chips: tuple[Chip, ...]
    synthetic: bool
    draft: bool


def card(hit: Hit) -> Card:
    """The card of a record found."""
    summary = hit.summary
    return Card(
        id=hit.record,
        iri=hit.iri,
        title=said(summary["titles"]) or Said(hit.iri, current_language()),
        description=said(summary["descriptions"]),
        publisher=said(summary["publisher"]),
        access=access_label(hit.access),
        code=hit.access,
        holds=_holds(summary),
        people=_people(summary["people"]),
        chips=tuple(chips(hit.verdicts)),
        synthetic=bool(summary["synthetic"]),
        draft=hit.status == "draft",
    )


def chips(verdicts: Any) -> list[Chip]:
    """What the check of the latest release found."""
    found = verdicts.get(LATEST)
    if found is None:
        return [Chip(_("Not checked: not a data set"), "plain")]
    if found["conforms"]:
        return [Chip(_("Conforms to HealthDCAT-AP 8"), "good")]
    gaps = int(found["violations"]) + int(found["others"])
    text = ngettext(
        "{count} gap to HealthDCAT-AP 8", "{count} gaps to HealthDCAT-AP 8", gaps
    ).format(count=number(gaps))
    return [Chip(text, "alert")]


def _holds(summary: Any) -> str:
    language = current_language()
    parts = [str(one.get(language, "")) for one in summary["categories"][:2]]
    variables = int(summary["variables"])
    if variables:
        parts.append(
            ngettext("{count} variable", "{count} variables", variables).format(
                count=number(variables)
            )
        )
    return ", ".join(part for part in parts if part)


def _people(written: str) -> str:
    if not written.isdecimal() or len(written) > 15:
        return written
    count = int(written)
    return ngettext("{count} person", "{count} people", count).format(count=number(count))
