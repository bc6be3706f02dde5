"""Services closed, opened, resized, or closed at night."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Annotated, Any, ClassVar, TypeAlias

import numpy as np
from pydantic import (
    BeforeValidator,
    Field,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from preuve.core.language import _
from preuve.core.quantities import NotNegative, Number, percentage
from preuve.core.written import Written
from preuve.twin.scenario.elements.element import Activity, Dated, Dates, Discipline, Floats
from preuve.twin.scenario.quantities import Code, Day, Proportion, RelativeChange
from preuve.twin.scenario.territory import Territory


class BedsFrom(Written):
    """A number of open beds from a day on; `start` None: from the first day of the element."""

    start: Day | None = Field(default=None, alias="from")
    beds: NotNegative


def _schedule(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [{"beds": value}]


def _increasing(value: tuple[BedsFrom, ...] | None) -> tuple[BedsFrom, ...] | None:
    if value is None:
        return None
    if not value:
        raise ValueError(_("must not be empty."))
    days = [step.start or date.min for step in value]
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise ValueError(_("the dates of the beds must increase."))
    return value


_WRITTEN_BEDS = {
    "anyOf": [
        {"type": "number", "minimum": 0},
        {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "properties": {
                    "from": {"type": "string", "format": "date"},
                    "beds": {"type": "number", "minimum": 0},
                },
                "required": ["beds"],
                "additionalProperties": False,
            },
        },
    ]
}
Beds: TypeAlias = Annotated[
    tuple[BedsFrom, ...], BeforeValidator(_schedule), WithJsonSchema(_WRITTEN_BEDS)
]
"""A number of beds, or a list of {from, beds} where it varies in time."""


_WRITTEN_CHANGE = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": "%"}]}


class Close(Dated):
    """Close a service (emergency included) of an establishment."""

    kind: ClassVar[str] = "close"
    site: Code
    discipline: Activity


class Open(Dated):
    """Open a service that the establishment does not have.

    Attributes:
        beds: open beds, constant or in steps; None for emergency, which has none.
    """

    kind: ClassVar[str] = "open"
    site: Code
    discipline: Activity
    beds: Beds | None = None

    @field_validator("beds")
    @classmethod
    def _steps(cls, beds: tuple[BedsFrom, ...] | None) -> tuple[BedsFrom, ...] | None:
        return _increasing(beds)

    @model_validator(mode="after")
    def _furnished(self) -> Open:
        if self.discipline == "emergency" and self.beds is not None:
            raise ValueError(_("an emergency department has no beds of its own: remove beds."))
        if self.discipline != "emergency" and self.beds is None:
            raise ValueError(_("say how many beds are opened."))
        _within(self.beds, self)
        return self

    def beds_on(self, dates: Dates) -> Floats:
        """Beds that it opens each day, 0 outside its dates, shape (T,)."""
        return np.where(self.active(dates), _beds(self.beds or (), dates, 0.0), 0.0)


class Resize(Dated):
    """Change the beds of a service of a site, or by a share over a territory.

    Attributes:
        site: the establishment; None where a territory is given.
        territory: where each service changes by `share`; None where a site is given.
        beds: open beds from now on, constant or in steps.
        change: beds more or less (-10).
        share: relative change (-0.1), written `change: -10 %`.
    """

    kind: ClassVar[str] = "resize"
    site: Code | None = None
    territory: Territory | None = None
    discipline: Discipline
    beds: Beds | None = None
    change: Annotated[Number, WithJsonSchema(_WRITTEN_CHANGE)] | None = None
    share: RelativeChange | None = None

    @classmethod
    def _read(cls, written: dict[str, Any]) -> dict[str, Any]:
        change = written.get("change")
        if not isinstance(change, str):
            return written
        if percentage(change) is None:
            raise ValueError(_("change is a number of beds (−10) or a share (−10 %)."))
        return {key: value for key, value in written.items() if key != "change"} | {"share": change}

    @field_validator("beds")
    @classmethod
    def _steps(cls, beds: tuple[BedsFrom, ...] | None) -> tuple[BedsFrom, ...] | None:
        return _increasing(beds)

    @model_validator(mode="after")
    def _one_way(self) -> Resize:
        if sum(one is not None for one in (self.beds, self.change, self.share)) != 1:
            raise ValueError(_("give exactly one of beds and change."))
        if self.change == 0:
            raise ValueError(_("a change of 0 changes nothing."))
        if self.site is not None and self.territory is not None:
            raise ValueError(_("give a site or a territory, not both."))
        if self.site is None and self.share is None:
            raise ValueError(_("name the site, or give the change in % for a territory."))
        _within(self.beds, self)
        return self

    def beds_on(self, dates: Dates, before: Floats | float) -> Floats:
        """Beds open each day where `before` were open (a number, or shape (T,)), shape (T,)."""
        unchanged = np.broadcast_to(np.asarray(before, dtype=float), dates.shape)
        if self.beds is not None:
            after = _beds(self.beds, dates, unchanged)
        elif self.change is not None:
            after = unchanged + self.change
        else:
            after = unchanged * (1 + (self.share or 0.0))
        return np.where(self.active(dates), np.maximum(after, 0.0), unchanged)


class NightClosure(Dated):
    """Close an emergency department at night.

    Attributes:
        share_of_visits: share of the day's visits that come at night; None for the twin's own.
    """

    kind: ClassVar[str] = "night_closure"
    site: Code
    share_of_visits: Proportion | None = None


def _within(beds: tuple[BedsFrom, ...] | None, element: Dated) -> None:
    """The steps of the beds lie within the dates of their element.

    Raises:
        ValueError: a step is before the first day or after the last.
    """
    for step in beds or ():
        early = step.start and element.start and step.start < element.start
        late = step.start and element.end and step.start > element.end
        if early or late:
            raise ValueError(
                _("the beds of {date} are outside the dates of the element.").format(
                    date=step.start
                )
            )


def _beds(steps: tuple[BedsFrom, ...], dates: Dates, before: Floats | float) -> Floats:
    """Beds each day by steps, `before` the first one, shape (T,)."""
    result = np.array(np.broadcast_to(np.asarray(before, dtype=float), dates.shape))
    for step in steps:
        begun = slice(None) if step.start is None else dates >= np.datetime64(step.start)
        result[begun] = step.beds
    return result
