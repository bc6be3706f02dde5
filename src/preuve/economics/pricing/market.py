"""Market: how many patients, professionals and sites use a system, month by month."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from pydantic import Field, model_validator

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.written import Written
from preuve.economics.pricing.quantity import (
    CertainShare,
    Draws,
    Months,
    Positive,
    Share,
    central,
)


class Uptake(Written):
    """A logistic adoption curve.

    Attributes:
        start: share reached in the first month.
        plateau: share reached in the end.
        half_after: months until half of the plateau is reached.
    """

    start: CertainShare
    plateau: Share
    half_after: Positive

    @model_validator(mode="after")
    def _rises(self) -> Uptake:
        plateau = central(self.plateau)
        if self.start == plateau:
            return self
        if not 0 < self.start < plateau / 2:
            raise ValueError(
                _(
                    "The curve starts above 0 and below half of its plateau, "
                    "or at the plateau where nothing grows."
                )
            )
        if central(self.half_after) <= 0:
            raise ValueError(_("Half of the plateau is reached after more than 0 months."))
        return self


class WrittenMarket(Written):
    """A market in a few figures.

    Attributes:
        months: horizon, M.
        eligible: patients who become eligible in a year.
        uptake: share of them who enter the programme.
        dropout: share of the enrolled who leave in a month.
        uses: uses per enrolled patient and month.
        professionals: professionals who could be equipped; they follow the same curve.
        sites: hospitals or practices that could be equipped; they follow the same curve.
    """

    months: Months = Field(default=60, le=600)
    eligible: Positive
    uptake: Uptake
    dropout: Share = 0.0
    uses: Positive = 1.0
    professionals: Positive = 0.0
    sites: Positive = 0.0


@dataclass(frozen=True)
class Market:
    """A market as arrays, draws on the last axis.

    Attributes:
        entering: patients who enter in each month (M, D).
        stay: share still enrolled, by month since entry (M, D); 1 in the month of entry.
        uses: uses per enrolled patient-month (D,).
        professionals: equipped in each month (M, D).
        sites: equipped in each month (M, D).
    """

    entering: Floats
    stay: Floats
    uses: Floats
    professionals: Floats
    sites: Floats

    def __post_init__(self) -> None:
        months, draws = self.entering.shape
        shapes = {self.stay.shape, self.professionals.shape, self.sites.shape}
        if months < 1 or shapes != {(months, draws)} or self.uses.shape != (draws,):
            raise PreuveError(_("The arrays of a market do not agree in size."), where="market")
        arrays = (self.entering, self.stay, self.uses, self.professionals, self.sites)
        if any(not np.all(np.isfinite(one)) or np.any(one < 0) for one in arrays):
            raise PreuveError(_("A market counts finite numbers, 0 or more."), where="market")

    @property
    def months(self) -> int:
        return int(self.entering.shape[0])

    @cached_property
    def enrolled(self) -> Floats:
        """Patients in the programme in each month (M, D)."""
        return self.weighted(np.ones((self.months, 1)))

    @property
    def uses_made(self) -> Floats:
        """Uses in each month (M, D)."""
        return self.enrolled * self.uses

    def weighted(self, weight: Floats) -> Floats:
        """Enrolled patients in each month (M, D), each counted by his months since entry.

        Args:
            weight: by month since entry, (M, 1) or (M, D).
        """
        counted = self.stay * weight
        total = np.zeros_like(self.entering)
        for age in range(self.months):
            total[age:] += self.entering[: self.months - age] * counted[age]
        return total


def adoption(months: int, start: Floats, plateau: Floats, half_after: Floats) -> Floats:
    """Logistic adoption (months, D): `start` in month 0, half of the plateau at `half_after`.

    It rises and stays under the plateau; where `start` is the plateau it is constant.

    Args:
        months: number of months.
        start: share in month 0 (D,), above 0 and below half of the plateau, or the plateau.
        plateau: share in the end (D,).
        half_after: months until half of the plateau (D,).
    """
    flat = start >= plateau
    ratio = np.where(flat | (start <= 0), 2.0, plateau / np.where(start > 0, start, 1.0))
    elapsed = np.arange(months)[:, np.newaxis] / np.where(half_after > 0, half_after, 1.0)
    curve = plateau / (1 + (ratio - 1) ** (1 - elapsed))
    return np.where(flat, plateau, curve)


def market_of(written: WrittenMarket, draws: Draws) -> Market:
    """The arrays of a written market.

    An uncertain plateau scales the whole curve; professionals and sites follow the same curve.
    """
    months = written.months
    plateau = draws.share("market.uptake.plateau", written.uptake.plateau)
    scale = (
        plateau / central(written.uptake.plateau) if central(written.uptake.plateau) else plateau
    )
    curve = adoption(
        months,
        written.uptake.start * scale,
        plateau,
        draws.positive("market.uptake.half_after", written.uptake.half_after),
    )
    dropout = draws.share("market.dropout", written.dropout)
    return Market(
        entering=draws.positive("market.eligible", written.eligible) / 12 * curve,
        stay=(1 - dropout) ** np.arange(months)[:, np.newaxis],
        uses=draws.positive("market.uses", written.uses),
        professionals=draws.positive("market.professionals", written.professionals) * curve,
        sites=draws.positive("market.sites", written.sites) * curve,
    )


def steady_market(
    months: int,
    patients: float,
    *,
    uses: float = 1.0,
    count: int = 1,
    sites: float = 0.0,
    professionals: float = 0.0,
) -> Market:
    """A market whose `patients` all enter in the first month and stay."""
    entering = np.zeros((months, count))
    entering[0] = patients
    return Market(
        entering=entering,
        stay=np.ones((months, count)),
        uses=np.full(count, uses),
        professionals=np.full((months, count), professionals),
        sites=np.full((months, count), sites),
    )


def one_patient(months: int, entry: int, uses: Floats) -> Market:
    """A market of one patient, who enters in month `entry` and stays.

    Args:
        months: number of months.
        entry: month of entry, from 0.
        uses: uses per month (D,).
    """
    shape = (months, len(uses))
    entering = np.zeros(shape)
    entering[entry] = 1
    return Market(entering, np.ones(shape), uses, np.zeros(shape), np.zeros(shape))
