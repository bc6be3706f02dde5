"""Rules: what the French reference case asks, read from its table."""

from __future__ import annotations

import datetime
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import Field, model_validator

from preuve.core.usecase import Text
from preuve.core.written import Written, parse, read_yaml
from preuve.economics.reference_case.discounting import Confidence
from preuve.economics.reference_case.verdict import Grade

Part: TypeAlias = Literal[
    "structuring",
    "modelling",
    "utility",
    "costs",
    "uncertainty",
    "results",
    "transparency",
    "budget",
]

TABLE = Path(__file__).with_suffix(".yaml")


class Guide(Written):
    """A published guide that rules come from."""

    title: str
    publisher: str
    date: datetime.date


class Rule(Written):
    """One thing the reference case asks.

    Attributes:
        id: its name, that of the function that judges it.
        part: the part of the analysis.
        title: what it is about.
        asks: what is asked.
        mend: what to do when it is not met.
        grade: the reservation expected when it is not met; a prediction of this program.
        location: where it is written in a model, keys from the root.
        source: the guide it comes from.
        confidence: how sure its wording is.
    """

    id: str
    part: Part
    title: Text
    asks: Text
    mend: Text
    grade: Grade
    location: tuple[str, ...] = Field(min_length=1)
    source: str
    confidence: Confidence


class PartTitle(Written):
    name: Part
    title: Text


class Table(Written):
    """The packaged reference case."""

    guides: dict[str, Guide]
    parts: tuple[PartTitle, ...]
    grades: dict[Grade, Text]
    rules: tuple[Rule, ...]

    @model_validator(mode="after")
    def _coherent(self) -> Table:
        ids = [rule.id for rule in self.rules]
        twice = {one for one in ids if ids.count(one) > 1}
        if twice:
            raise ValueError(f"written twice: {', '.join(sorted(twice))}")
        lost = {rule.source for rule in self.rules} - set(self.guides)
        if lost:
            raise ValueError(f"no such guide: {', '.join(sorted(lost))}")
        return self


@cache
def table() -> Table:
    """The packaged reference case: guides, parts, grades and rules."""
    return parse(Table, read_yaml(TABLE), TABLE)


def rules() -> tuple[Rule, ...]:
    """Every rule, in the order of the guides."""
    return table().rules
