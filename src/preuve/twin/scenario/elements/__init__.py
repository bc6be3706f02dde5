"""Elements: what a scenario changes, one class per word of a planner."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, Discriminator, Tag

from preuve.core.language import _
from preuve.core.mistakes import nearest
from preuve.twin.scenario.elements.changes import (
    FIRST_YEAR,
    LAST_YEAR,
    Ai,
    Demography,
    Effect,
    Practice,
    PrimaryCare,
    Staff,
    Variant,
)
from preuve.twin.scenario.elements.element import Activity, Dated, Discipline, Element, Period
from preuve.twin.scenario.elements.services import BedsFrom, Close, NightClosure, Open, Resize
from preuve.twin.scenario.elements.shocks import Cases, Epidemic, Heat, Severity

__all__ = [
    "FIRST_YEAR",
    "KINDS",
    "LAST_YEAR",
    "Activity",
    "Ai",
    "AnyElement",
    "BedsFrom",
    "Cases",
    "Close",
    "Dated",
    "Demography",
    "Discipline",
    "Effect",
    "Element",
    "Epidemic",
    "Heat",
    "NightClosure",
    "Open",
    "Period",
    "Practice",
    "PrimaryCare",
    "Resize",
    "Severity",
    "Staff",
    "Variant",
]

KINDS: dict[str, type[Element]] = {
    one.kind: one
    for one in (
        Close,
        Open,
        Resize,
        NightClosure,
        Staff,
        Practice,
        Demography,
        Heat,
        Epidemic,
        PrimaryCare,
        Ai,
    )
}


def _one_word(value: Any) -> Any:
    if isinstance(value, Element):
        return value
    if not isinstance(value, dict) or len(value) != 1:
        words = ", ".join(map(str, value)) if isinstance(value, dict) else str(value)
        raise ValueError(
            _("an element is one word followed by its fields; this one is “{words}”.").format(
                words=words
            )
        )
    word, body = next(iter(value.items()))
    if word not in KINDS:
        raise ValueError(
            _("“{word}” is not an element.").format(word=word)
            + (
                nearest(str(word), KINDS)
                or _(" Choose among {words}.").format(words=", ".join(KINDS))
            )
        )
    if not isinstance(body, dict) or not body:
        raise ValueError(_("{word} is empty: give its fields.").format(word=word))
    return value


def _kind(value: Any) -> str:
    return value.kind if isinstance(value, Element) else str(next(iter(value)))


AnyElement: TypeAlias = Annotated[
    Annotated[
        Annotated[Close, Tag("close")]
        | Annotated[Open, Tag("open")]
        | Annotated[Resize, Tag("resize")]
        | Annotated[NightClosure, Tag("night_closure")]
        | Annotated[Staff, Tag("staff")]
        | Annotated[Practice, Tag("practice")]
        | Annotated[Demography, Tag("demography")]
        | Annotated[Heat, Tag("heat")]
        | Annotated[Epidemic, Tag("epidemic")]
        | Annotated[PrimaryCare, Tag("primary_care")]
        | Annotated[Ai, Tag("ai")],
        Discriminator(_kind),
    ],
    BeforeValidator(_one_word),
]
