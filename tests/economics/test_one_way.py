"""One figure at a time: each at its bounds, the others as they are, sums kept."""

from __future__ import annotations

import numpy as np
import pytest

from preuve.economics.appraise import one_way
from preuve.economics.model import Model
from preuve.economics.simulate import simulate

TEXT = """\
preuve_model: 1
name: test
title: {fr: Test, en: Test}
decision:
  question: {fr: q, en: q}
  population: {fr: p, en: p}
  perspective: payer
  horizon: 5 years
  cycle: 1 year
  price_year: 2024
  willingness_to_pay: [20000]
parameters:
  care: {unit: EUR/year, distribution: "gamma(mean=1000, sd=200)", source: own, grade: C}
  drug: {value: 500, unit: EUR/year, source: own, grade: C}
  good: {value: 0.8, unit: utility, distribution: "beta(80, 20)", source: own, grade: C}
joint:
  - {dirichlet: {stay: 70, fall: 20, die: 10}, unit: probability/year, source: own, grade: B}
values:
  with_drug: 0
  avoided: fall * (0.5 if with_drug > 0 else 0)
structure:
  kind: cohort
  states: {well: {}, ill: {}, dead: {dead: true}}
  start: {well: 1}
  transitions:
    well: {well: stay, ill: fall - avoided, dead: die + avoided}
    ill: {dead: die, ill: rest}
rewards:
  costs:
    care: {states: {ill: care, well: with_drug * drug}}
  effects:
    qaly: {states: {well: good, ill: 0.5 * good}}
strategies:
  usual: {label: {fr: u, en: u}}
  drug: {label: {fr: d, en: d}, set: {with_drug: 1}}
"""


def test_each_bar_is_the_model_run_at_that_bound() -> None:
    model = Model.parse(TEXT)
    bars = {bar.name: bar for bar in one_way(model)["drug"].bars}
    assert set(bars) == {"care", "good", "stay", "fall", "die"}
    for name in ("care", "good"):
        for bound, told in zip(
            model.joint.figures[name].interval, (bars[name].low, bars[name].high), strict=True
        ):
            found = simulate(model.compiled, model.joint.central() | {name: np.array([bound])})
            gained = 20_000 * np.diff(found.traded, axis=0) - np.diff(found.costs, axis=0)
            assert told == pytest.approx(gained.item())


def test_probabilities_of_a_dirichlet_still_sum_to_one() -> None:
    model = Model.parse(TEXT)
    bar = next(one for one in one_way(model)["drug"].bars if one.name == "fall")
    high = model.joint.figures["fall"].interval[1]
    left = (1 - high) / 0.8
    figures = model.joint.central() | {
        "fall": np.array([high]),
        "stay": np.array([0.7 * left]),
        "die": np.array([0.1 * left]),
    }
    found = simulate(model.compiled, figures)
    gained = 20_000 * np.diff(found.traded, axis=0) - np.diff(found.costs, axis=0)
    assert bar.high == pytest.approx(gained.item())
