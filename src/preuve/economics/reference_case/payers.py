"""Payers: who pays for a kind of care in France, on the tariff."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import Field

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.mistakes import nearest
from preuve.core.usecase import Text
from preuve.core.written import Written, parse, read_yaml
from preuve.economics.reference_case.discounting import Confidence

PayerName: TypeAlias = Literal["amo", "amc", "patient", "state", "hospital"]

TABLE = Path(__file__).with_suffix(".yaml")


class Payer(Written):
    name: PayerName
    title: Text


class _Sourced(Written):
    source: str
    date: datetime.date
    confidence: Confidence


class ComplementaryCover(_Sourced):
    """Share of people whose remainder a complementary insurance pays, with bounds to vary it."""

    value: float = Field(ge=0, le=1)
    low: float = Field(ge=0, le=1)
    high: float = Field(ge=0, le=1)


class CompulsoryShare(_Sourced):
    """Share of the tariff of a kind of care that the compulsory insurance pays."""

    name: str
    title: Text
    share: float = Field(ge=0, le=1)


class _Table(Written):
    payers: tuple[Payer, ...]
    complementary_cover: ComplementaryCover
    compulsory_shares: tuple[CompulsoryShare, ...]


@cache
def _table() -> _Table:
    return parse(_Table, read_yaml(TABLE), TABLE)


def payers() -> tuple[Payer, ...]:
    """The payers a cost may be laid on."""
    return _table().payers


def titles(names: Iterable[str]) -> str:
    """Payers as a reader is told of them, one after the other."""
    known: dict[str, str] = {one.name: str(one.title) for one in payers()}
    return ", ".join(known.get(name, name) for name in names)


def complementary_cover() -> ComplementaryCover:
    """Who has a complementary insurance: an assumption to vary in a sensitivity analysis."""
    return _table().complementary_cover


def kinds_of_care() -> dict[str, CompulsoryShare]:
    """The kinds of care with a packaged share, by name."""
    return {each.name: each for each in _table().compulsory_shares}


def split(care: str, cover: float | None = None) -> dict[PayerName, float]:
    """How the tariff of a kind of care falls on each payer.

    Args:
        care: a name of `kinds_of_care`.
        cover: share of people with a complementary insurance, the packaged one unless said.

    Returns:
        Shares of AMO, AMC and patient; they sum to 1.

    Raises:
        PreuveError: an unknown kind of care.
    """
    known = kinds_of_care()
    if care not in known:
        raise PreuveError(
            _("No share of payers is known for “{care}”.").format(care=care) + nearest(care, known),
            where=TABLE.name,
            remedy=_("Choose among {names}, or write the shares.").format(names=", ".join(known)),
        )
    covered = complementary_cover().value if cover is None else cover
    share = known[care].share
    return {
        "amo": share,
        "amc": (1 - share) * covered,
        "patient": (1 - share) * (1 - covered),
    }
