"""One ward: does the hour-level queue wait as long as Erlang says?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from preuve.core.language import _
from preuve.pages.numbers import number, percent, span
from preuve.twin.queueing import erlang
from preuve.twin.queueing.ward import WEEK, Floats, Queue, Ward, queue
from preuve.twin.validation.check import Check, Row

SERVERS, STAY = 30, 5 * 24.0
LOADS = (0.8, 0.9, 0.95)
PATIENTS = 2_000_000
_BATCHES = 100
_TOLERANCE = 3.0


def check(data: Path) -> Check:  # noqa: ARG001  a formula needs no data
    """One ward of 30 beds and a mean stay of 5 days, at three loads, against Erlang C."""
    rows: list[Row] = []
    figures: dict[str, float] = {}
    for rank, use in enumerate(LOADS):
        found = _run(use, rank)
        told = _figures(use, found)
        figures.update({f"{name}_{use}": value for name, value in told.items()})
        rows += _rows(use, told)
    held = all(row.verdict == "met" for row in rows)
    return Check(
        name="ward",
        title=_("One ward against Erlang's formula"),
        method=_(
            "Nothing is fitted. Poisson arrivals, exponential stays of 5 days on average, 30 beds, "
            "first come first served; 2 million patients at each load. The margin is three "
            "standard errors, from the means of 100 successive batches."
        ),
        rows=rows,
        conclusion=_("The queue waits as long as the formula says.")
        if held
        else _("The queue departs from the formula by more than chance explains."),
        source=_("Erlang C formula; Little's law"),
        figures=figures,
    )


def _run(use: float, seed: int) -> Queue:
    rate = use * SERVERS / STAY
    return queue(Ward.steady(rate, SERVERS, STAY), round(PATIENTS / rate / WEEK), seed, warm_up=52)


def _figures(use: float, found: Queue) -> Mapping[str, float]:
    load = use * SERVERS
    mean, margin = _mean(found.waits)
    share, share_margin = _mean((found.waits > 0).astype(np.float64))
    return {
        "mean_wait": mean / 24,
        "mean_wait_margin": margin / 24,
        "mean_wait_expected": erlang.mean_wait(load, SERVERS, STAY) / 24,
        "waited": share,
        "waited_margin": share_margin,
        "waited_expected": erlang.must_wait(load, SERVERS),
        "queue": float(found.queueing.mean()),
        "queue_expected": use * SERVERS / STAY * mean,
        "unaccounted": float(found.present[0] + found.arrived - found.served - found.present[1]),
    }


def _mean(values: Floats) -> tuple[float, float]:
    """The mean, and three standard errors of it."""
    means = [float(batch.mean()) for batch in np.array_split(values, _BATCHES)]
    error = float(np.std(means, ddof=1)) / np.sqrt(_BATCHES)
    return float(values.mean()), _TOLERANCE * float(error)


def _rows(use: float, told: Mapping[str, float]) -> list[Row]:
    load = percent(use, 0)
    mean, margin, expected = (told["mean_wait" + part] for part in ("", "_margin", "_expected"))
    share, around, formula = (told["waited" + part] for part in ("", "_margin", "_expected"))
    return [
        Row(
            _("Mean wait in days, load {load}").format(load=load),
            number(expected, 3),
            f"{number(mean, 3)} ({span(number(mean - margin, 3), number(mean + margin, 3))})",
            "met" if abs(mean - expected) <= margin else "missed",
        ),
        Row(
            _("Patients who wait, load {load}").format(load=load),
            percent(formula),
            f"{percent(share)} ({span(percent(share - around), percent(share + around))})",
            "met" if abs(share - formula) <= around else "missed",
        ),
        Row(
            _("Patients waiting against rate × mean wait, load {load}").format(load=load),
            number(told["queue_expected"], 3),
            number(told["queue"], 3),
            "met" if abs(told["queue"] / told["queue_expected"] - 1) < 0.02 else "missed",
        ),
        Row(
            _("Patients unaccounted for, load {load}").format(load=load),
            "0",
            number(told["unaccounted"]),
            "met" if told["unaccounted"] == 0 else "missed",
        ),
    ]
