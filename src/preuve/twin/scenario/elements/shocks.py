"""Shocks from outside: heat and epidemics."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, ClassVar, TypeAlias

import numpy as np
from pydantic import (
    BeforeValidator,
    Field,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from preuve.core.language import _
from preuve.core.quantities import NotNegative, Share
from preuve.core.written import Written
from preuve.twin.scenario.elements.element import Dated, Dates, Floats
from preuve.twin.scenario.quantities import Day
from preuve.twin.scenario.table import Column, Format, read_table
from preuve.twin.scenario.territory import Level, Territory


class Heat(Dated):
    """A heat wave: every day so many degrees above what is usual at that date."""

    kind: ClassVar[str] = "heat"
    levels: ClassVar[tuple[Level, ...]] = ("department", "region")
    start: Day = Field(alias="from")
    end: Day = Field(alias="to")
    celsius: Annotated[float, Field(strict=True, allow_inf_nan=False, gt=0, le=20)]
    territory: Territory | None = None

    @field_validator("territory")
    @classmethod
    def _wide(cls, territory: Territory | None) -> Territory | None:
        return _whole_departments(territory)


class Severity(Written):
    """Attributes: hospitalised, of the infected; critical, of the hospitalised."""

    hospitalised: Share
    critical: Share = 0.0


class Cases(Written):
    """Infections per day in the territory, from this day until the next of the curve."""

    day: Day = Field(alias="date")
    cases: NotNegative


_CURVE = Format(columns=(Column("date", "day"), Column("cases", "number")), key=("date",))


def _curve(value: Any, info: ValidationInfo) -> Any:
    if not isinstance(value, str):
        return value
    folder = (info.context or {}).get("folder", Path())
    table = read_table(folder / value, _CURVE).sort("date")
    return [{"date": day, "cases": cases} for day, cases in table.select("date", "cases").rows()]


Curve: TypeAlias = Annotated[
    tuple[Cases, ...],
    Field(min_length=1),
    BeforeValidator(_curve),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "description": "A CSV file with the columns date and cases."},
                {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "properties": {
                            "date": {"type": "string", "format": "date"},
                            "cases": {"type": "number", "minimum": 0},
                        },
                        "required": ["date", "cases"],
                        "additionalProperties": False,
                    },
                },
            ]
        }
    ),
]


class Epidemic(Dated):
    """An epidemic, by its reproduction number or by a curve of infections.

    Attributes:
        start: day of the first infections; None with a curve, which has its own days.
        end: last day read of a curve; None with a reproduction number.
        reproduction_number: infections due to one, when nobody is immune.
        generation_days: mean days between two generations.
        incidence: infections per day, from a CSV file (date, cases) or a list.
        severity: shares hospitalised and critical.
        territory: départements or régions; None for France.
    """

    kind: ClassVar[str] = "epidemic"
    levels: ClassVar[tuple[Level, ...]] = ("department", "region")
    reproduction_number: Annotated[
        float | None, Field(strict=True, allow_inf_nan=False, gt=0, le=30)
    ] = None
    generation_days: Annotated[
        float | None, Field(strict=True, allow_inf_nan=False, gt=0, le=60)
    ] = None
    incidence: Curve | None = None
    severity: Severity
    territory: Territory | None = None

    @field_validator("territory")
    @classmethod
    def _wide(cls, territory: Territory | None) -> Territory | None:
        return _whole_departments(territory)

    @model_validator(mode="after")
    def _one_way(self) -> Epidemic:
        if (self.reproduction_number is None) == (self.incidence is None):
            raise ValueError(_("give exactly one of reproduction_number and incidence."))
        if (self.reproduction_number is None) != (self.generation_days is None):
            raise ValueError(_("generation_days goes with reproduction_number."))
        if self.reproduction_number is not None and self.start is None:
            raise ValueError(_("from is missing: the day of the first infections."))
        if self.reproduction_number is not None and self.end is not None:
            raise ValueError(_("this epidemic ends by itself: remove to."))
        days = [one.day for one in self.incidence or ()]
        if any(later <= earlier for earlier, later in pairwise(days)):
            raise ValueError(_("the dates of the incidence must increase."))
        return self

    def cases_on(self, dates: Dates) -> Floats:
        """Infections each day by the curve, shape (T,); 0 before it, after `to` or its last day.

        Raises:
            ValueError: the epidemic has no curve.
        """
        if not self.incidence:
            raise ValueError(self.kind)
        days = np.array([one.day for one in self.incidence], dtype="datetime64[D]")
        cases = np.array([0.0, *(one.cases for one in self.incidence)])
        last = np.datetime64(self.end) if self.end else days[-1]
        found = cases[np.searchsorted(days, dates, side="right")]
        return np.where(self.active(dates) & (dates <= last), found, 0.0)


def _whole_departments(territory: Territory | None) -> Territory | None:
    if territory is not None and territory.level not in ("department", "region"):
        raise ValueError(_("give départements or régions here, not a smaller place."))
    return territory
