"""Element: one change, written as a single word and its fields; Period: the days counted."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Literal, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import (
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    field_validator,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from preuve.core.language import _
from preuve.core.written import Written
from preuve.twin.scenario.quantities import Day

Dates: TypeAlias = npt.NDArray[np.datetime64]
Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]


Discipline: TypeAlias = Literal[
    "medicine", "surgery", "obstetrics", "paediatrics", "critical_care", "rehabilitation"
]
Activity: TypeAlias = Literal[
    "medicine",
    "surgery",
    "obstetrics",
    "paediatrics",
    "critical_care",
    "rehabilitation",
    "emergency",
]


class Period(Written):
    """The days that are counted, first and last included."""

    start: Day = Field(alias="from")
    end: Day = Field(alias="to")

    @field_validator("end")
    @classmethod
    def _ordered(cls, end: date, info: ValidationInfo) -> date:
        return _after(end, info)

    @property
    def dates(self) -> Dates:
        """Each day of the period, shape (T,)."""
        return np.arange(np.datetime64(self.start), np.datetime64(self.end) + 1)


class Element(Written):
    """One change. Written as a single word and its fields: `close: {site: …, …}`."""

    kind: ClassVar[str]

    @model_validator(mode="before")
    @classmethod
    def _unnamed(cls, data: Any) -> Any:
        if isinstance(data, dict) and set(data) == {cls.kind}:
            data = data[cls.kind]
        return cls._read(data) if isinstance(data, dict) else data

    @classmethod
    def _read(cls, written: dict[str, Any]) -> dict[str, Any]:
        """The fields as written, before they are read; an element may rename some."""
        return written

    @model_serializer(mode="wrap")
    def _named(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {self.kind: handler(self)}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        reference = handler(core_schema)
        definition = handler.resolve_ref_schema(reference)
        body = dict(definition)
        definition.clear()
        definition |= {
            "type": "object",
            "properties": {cls.kind: body},
            "required": [cls.kind],
            "additionalProperties": False,
        }
        return reference


class Dated(Element):
    """A change that lasts from a day to another, both included.

    Attributes:
        start: first day, written `from`; None for the first day of the period.
        end: last day, written `to`; None for the last day of the period.
    """

    start: Day | None = Field(default=None, alias="from")
    end: Day | None = Field(default=None, alias="to")

    @field_validator("end")
    @classmethod
    def _ordered(cls, end: date | None, info: ValidationInfo) -> date | None:
        return _after(end, info)

    def during(self, period: Period) -> tuple[date, date]:
        """First and last day within a period, both included."""
        return self.start or period.start, self.end or period.end

    def active(self, dates: Dates) -> Flags:
        """Whether it acts on each of the days, shape (T,)."""
        acts = np.ones(len(dates), dtype=bool)
        if self.start is not None:
            acts &= dates >= np.datetime64(self.start)
        if self.end is not None:
            acts &= dates <= np.datetime64(self.end)
        return acts


AnyDay = TypeVar("AnyDay", date, date | None)


def _after(end: AnyDay, info: ValidationInfo) -> AnyDay:
    start = info.data.get("start")
    if start is not None and end is not None and end < start:
        raise ValueError(
            _("the last day {end} is before the first {start}.").format(end=end, start=start)
        )
    return end
