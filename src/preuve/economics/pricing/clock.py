"""Clock: the one year of PECAN, its deadlines, and when cover is lost or made permanent.

Code de la sécurité sociale, L. 162-1-23; decree 2023-232 of 30 March 2023. The same rule serves
dates (one device) and months since the start (many draws).
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.economics.pricing.tariffs import amount

Kind: TypeAlias = Literal["therapeutic", "remote_monitoring"]
"""Digital therapy (then the LPPR) or remote monitoring (then the LATM)."""

Fate: TypeAlias = Literal["not_filed", "expired", "refused", "permanent", "permanent_after_gap"]
"""What became of the cover: no file in time; a year without decision; a refusal; ordinary cover,
at once or after months without cover."""


@dataclass(frozen=True)
class Deadlines:
    """The dates that follow from a start.

    Attributes:
        start: first day covered.
        file_by: last day to file for ordinary cover.
        expiry: first day no longer covered if nothing is decided.
    """

    start: date
    file_by: date
    expiry: date


@dataclass(frozen=True)
class Cover:
    """What a device really gets.

    Attributes:
        until: first day no longer covered by PECAN.
        permanent_from: first day of ordinary cover; None where there is none.
        fate: why.
    """

    until: date
    permanent_from: date | None
    fate: Fate


def filing_months(kind: Kind) -> int:
    """Months to file for ordinary cover."""
    return int(amount(f"pecan.filing.{kind}"))


def months_later(day: date, months: int) -> date:
    """The same day `months` later, or the last day of a shorter month."""
    year, month = divmod(day.month - 1 + months, 12)
    year += day.year
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def deadlines(kind: Kind, start: date) -> Deadlines:
    """The deadlines of a cover that starts on a day."""
    return Deadlines(
        start,
        file_by=months_later(start, filing_months(kind)),
        expiry=months_later(start, int(amount("pecan.duration"))),
    )


def cover(
    kind: Kind,
    start: date,
    *,
    filed: date | None = None,
    decided: date | None = None,
    favourable: bool = False,
) -> Cover:
    """What a device gets, from what happened to its file.

    Args:
        kind: digital therapy or remote monitoring.
        start: first day covered.
        filed: day of the file for ordinary cover; None where none was filed.
        decided: day of the decision on it; None where there is none.
        favourable: whether that decision grants cover.

    Raises:
        PreuveError: a decision without a file, or dates that go backwards.
    """
    limits = deadlines(kind, start)
    if decided and not filed:
        raise PreuveError(_("A decision needs a file."), where="filed")
    if (filed and filed < start) or (filed and decided and decided < filed):
        raise PreuveError(_("The start, the file and the decision must follow in this order."))
    if filed is None or filed > limits.file_by:
        return Cover(limits.file_by, None, "not_filed")
    if decided is None:
        return Cover(limits.expiry, None, "expired")
    until = min(decided, limits.expiry)
    if not favourable:
        return Cover(until, None, "refused" if decided < limits.expiry else "expired")
    gap = decided > limits.expiry
    return Cover(until, decided, "permanent_after_gap" if gap else "permanent")


def cover_in_months(
    kind: Kind, filed: Floats, decided: Floats, favourable: Floats
) -> tuple[Floats, Floats]:
    """The same rule in months since the start, for many draws.

    Args:
        kind: digital therapy or remote monitoring.
        filed: month of the file (D,); infinity where none is filed.
        decided: month of the decision (D,).
        favourable: 1 where it grants cover, else 0 (D,).

    Returns:
        The month when PECAN ends and the month when ordinary cover starts, infinity where it never
        does; (D,) each.
    """
    limit = float(filing_months(kind))
    in_time = filed <= limit
    end = np.where(in_time, np.minimum(decided, amount("pecan.duration")), limit)
    permanent = np.where(in_time & (favourable > 0), decided, np.inf)
    return end, permanent


def share_before(limit: Floats, months: int) -> Floats:
    """Share of each month that lies before `limit` months (months, D)."""
    return np.clip(limit - np.arange(months)[:, np.newaxis], 0, 1)
