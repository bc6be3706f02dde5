"""Tariffs: amounts and clocks set by law or published, each with its source and its confidence."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.mistakes import nearest
from preuve.core.usecase import Text
from preuve.core.written import Written, parse, read_yaml

_TABLE = Path(__file__).with_name("tariffs.yaml")


class Tariff(Written):
    """One figure of law or of a published report.

    Attributes:
        value: the figure, in `unit`.
        vat: whether value-added tax is in the amount; none where the figure is not taxed.
        date: day, month or year of the source, as precisely as it is known.
        confidence: high, read in a source; medium, deduced from one; low, assumed.
    """

    value: float = Field(ge=0, allow_inf_nan=False)
    unit: str = Field(min_length=1)
    vat: Literal["included", "excluded", "none"]
    source: str = Field(min_length=1)
    date: str = Field(pattern=r"^\d{4}(-\d{2}){0,2}$")
    confidence: Literal["high", "medium", "low"]
    remark: Text


class Tariffs(Written):
    """The packaged table, and what the sources leave unsettled."""

    tariffs: dict[str, Tariff]
    unsettled: dict[str, Text]


@cache
def tariffs() -> Tariffs:
    """The packaged table."""
    return parse(Tariffs, read_yaml(_TABLE), _TABLE)


def tariff(name: str) -> Tariff:
    """One tariff.

    Raises:
        PreuveError: no tariff has this name; says the nearest one.
    """
    table = tariffs().tariffs
    if name not in table:
        raise PreuveError(
            _("No tariff is named “{name}”.").format(name=name) + nearest(name, table),
            where=_TABLE.name,
        )
    return table[name]


def amount(name: str) -> float:
    """The figure of a tariff, in its unit."""
    return tariff(name).value


def unsettled(name: str) -> Text:
    """What the sources leave open on a point."""
    return tariffs().unsettled[name]
