"""Prices: a cost of one year told in the euros of another, by French consumer prices."""

from __future__ import annotations

import datetime
import math
from functools import cache
from pathlib import Path

from pydantic import Field

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.usecase import Text
from preuve.core.written import Written, parse, read_yaml
from preuve.economics.reference_case.discounting import Confidence

TABLE = Path(__file__).with_name("price_index.yaml")


class PriceIndex(Written):
    """Yearly growth of prices.

    Attributes:
        growth: by year, growth of the annual mean on the year before, in per cent.
    """

    title: Text
    source: str
    date: datetime.date
    confidence: Confidence
    growth: dict[int, float] = Field(min_length=1)

    @property
    def years(self) -> tuple[int, int]:
        """First and last year that can be told in the euros of another."""
        return min(self.growth) - 1, max(self.growth)


@cache
def price_index() -> PriceIndex:
    """The packaged index of French consumer prices."""
    return parse(PriceIndex, read_yaml(TABLE), TABLE)


def ratio(of: int, to: int) -> float:
    """What a price of year `of` is multiplied by to be told in the euros of year `to`.

    Raises:
        PreuveError: a year is out of the table.
    """
    index = price_index()
    first, last = index.years
    for year in (of, to):
        if not first <= year <= last:
            raise PreuveError(
                _("The price index knows the years {first} to {last}, not {year}.").format(
                    first=first, last=last, year=year
                ),
                where=TABLE.name,
                remedy=_("Give the cost in the euros of a year of the table."),
            )
    early, late = sorted((of, to))
    grown = math.prod(1 + index.growth[year] / 100 for year in range(early + 1, late + 1))
    return grown if of <= to else 1 / grown
