"""Numbers found again in another way, where rooms of the code meet."""

from __future__ import annotations

from math import comb
from pathlib import Path

import numpy as np
import pytest

from preuve.core.errors import PreuveError
from preuve.economics.analysis.sample_information import sample_information
from preuve.economics.analysis.study import Binomial, Study
from preuve.economics.appraise import appraise
from preuve.economics.model import Model
from preuve.economics.simulate import simulate

MODEL = """\
preuve_model: 1
name: reader
title: {fr: Un lecteur, en: A reader}
decision:
  question: {fr: q, en: Does it pay}
  population: {fr: p, en: Adults}
  perspective: payer
  horizon: 3 years
  cycle: 1 year
  discounting: 4 %
  price_year: 2024
  willingness_to_pay: [20000]
parameters:
  die: {distribution: "beta(10, 90)", unit: probability/year, source: a study, grade: B}
  saved: {distribution: "beta(30, 70)", unit: proportion, source: a study, grade: B}
  care: {distribution: "gamma(mean=5000, sd=900)", unit: EUR/year, source: a study, grade: B}
  price: {value: 300, unit: EUR, source: assumed, grade: D}
values:
  with_it: 0
  dying: "per_cycle(die) * (1 - with_it * saved)"
structure:
  kind: cohort
  states:
    well: {}
    dead: {dead: true}
  start: {well: 1}
  transitions:
    well: {dead: dying, well: rest}
rewards:
  costs:
    care: {states: {well: care}, payer: {amo: 0.6, amc: 0.4}}
    visit: {once: price, payer: {amo: 0.7, patient: 0.3}}
  effects:
    qaly: {states: {well: 0.8}}
strategies:
  usual: {label: {fr: Sans, en: Without}}
  aided:
    label: {fr: Avec, en: With}
    set: {with_it: 1}
    price: {scheme: {scheme: per_use, amount: price}, uses: 1, payer: {amo: 1}}
analyses:
  draws: 500
  information: {people: 1000, years: 4}
  budget:
    years: 3
    eligible: 1000
    uptake: {aided: [10 %, 20 %, 30 %]}
    payers: [amo]
  distribution:
    opportunity_cost: 10000
    aversion: [0, 2]
    groups:
      - {name: poor, label: {fr: a, en: a}, population: 0.4, health: 60, gain: 0.5, burden: 0.3}
      - {name: rich, label: {fr: b, en: b}, population: 0.6, health: 70, gain: 0.5, burden: 0.7}
"""
SCHEME = "{scheme: per_use, amount: price}, uses: 1"


def written(**changed: str) -> Model:
    """The model with some words changed, each given as `what=(before, after)`."""
    text = MODEL
    for before, after in (one.split(" -> ") for one in changed.values()):
        assert before in text, before
        text = text.replace(before, after)
    return Model.parse(text)


def technology(model: Model) -> np.ndarray:
    """What the technology costs a person each year, undiscounted."""
    found = simulate(model.compiled, model.joint.central(), years=3)
    return found.yearly_by_item()[1, -1, :, 0]


@pytest.mark.parametrize("cycle", ["1 month", "3 months", "1 year"])
@pytest.mark.parametrize(
    ("scheme", "yearly"),
    [
        ("{scheme: bundle, amount: 100, shared: {maker: 1}}", [100, 0, 0]),
        ("{scheme: front_loaded, first: 90, first_months: 2, monthly: 8}", [170, 96, 96]),
        (
            "{scheme: diga, price: 100, prescriptions: 5, drop: 0, prolonged: 0, removed: 0,"
            " vat: {rate: 0}}",
            [400, 100, 0],
        ),
    ],
)
def test_what_a_scheme_asks_each_year_does_not_depend_on_the_cycle(
    cycle: str, scheme: str, yearly: list[float]
) -> None:
    model = written(
        cycle=f"cycle: 1 year -> cycle: {cycle}",
        scheme=f"{SCHEME} -> {scheme}",
        alive='"per_cycle(die) * (1 - with_it * saved)" -> "0 * per_cycle(die) * with_it * saved"',
    )
    assert technology(model) == pytest.approx(yearly, rel=1e-12)


def test_uses_that_change_over_time_are_paid_as_they_are_made() -> None:
    model = written(uses='uses: 1 -> uses: "3 if time < 1 * year else 0"')
    dies = 0.1 * (1 - 0.3)
    assert technology(model) == pytest.approx([900 * (1 - dies / 2), 0, 0], rel=1e-12)


def test_a_month_is_twelve_times_a_year_and_discounted_mid_cycle() -> None:
    model = written(
        cycle="cycle: 1 year -> cycle: 3 months",
        scheme=f"{SCHEME} -> {{scheme: per_patient_month, amount: price}}",
        same="per_cycle(die) * (1 - with_it * saved) -> per_cycle(die) + 0 * with_it * saved",
    )
    found = simulate(model.compiled, model.joint.central(), years=3)
    alive = 0.9 ** (np.arange(13) / 4)
    lived = (alive[1:] + alive[:-1]) / 2
    worth = 1.04 ** -((np.arange(12) + 0.5) / 4)
    assert found.costs_by_item()[1, -1, 0] == pytest.approx(900 * lived @ worth, rel=1e-12)
    assert technology(model) == pytest.approx(900 * lived.reshape(3, 4).sum(axis=1), rel=1e-12)


def test_items_of_a_budget_sum_to_what_the_payers_told_spend() -> None:
    found = appraise(written()).budget
    assert found is not None
    assert found.by_item.sum(axis=0) == pytest.approx(found.net, rel=1e-9)
    assert found.by_payer.sum(axis=0) == pytest.approx(found.net, rel=1e-9)


def test_a_budget_adds_the_years_of_those_who_came_before() -> None:
    made = appraise(written())
    assert made.budget is not None
    added = np.diff(made.drawn.yearly_by_payer()[:, 0], axis=0)[0]
    for year in range(3):
        share = [0.1, 0.2, 0.3]
        hand = sum(1000 * share[entry] * added[year - entry] for entry in range(year + 1))
        assert made.budget.net[year] == pytest.approx(hand, rel=1e-9)


def test_health_of_the_reference_is_that_of_the_groups() -> None:
    made = appraise(written())
    gain = made.drawn.traded[1] - made.drawn.traded[0]
    cost = made.drawn.costs[1] - made.drawn.costs[0]
    shares = np.array([0.4, 0.6])
    gained, borne = np.array([0.5, 0.5]) / shares, np.array([0.3, 0.7]) / shares
    health = np.array([60, 70]) + np.outer(gain, gained) - np.outer(cost / 10_000, borne)
    equal = 1 / (1 / health @ shares) - 1 / (shares @ (1 / np.array([60, 70])))
    for found in made.equity.values():
        assert found.health[0] == pytest.approx([60, 70], rel=1e-12)
        assert found.health[1] == pytest.approx(health.mean(axis=0), rel=1e-9)
    assert made.equity[2.0].welfare.mean[1] == pytest.approx(equal.mean(), rel=1e-6)


@pytest.mark.parametrize(
    ("people", "years", "expected"),
    [
        ("1000", 4, sum(1000 * 1.04**-t for t in range(4))),
        ("1000", 2.5, 1000 * (1 + 1.04**-1 + 0.5 * 1.04**-2)),
        ('"1000 * (1 + time / year)"', 4, sum(1000 * (1 + t) * 1.04**-t for t in range(4))),
    ],
)
def test_people_concerned_are_counted_year_by_year(
    people: str, years: float, expected: float
) -> None:
    model = written(people=f"people: 1000, years: 4 -> people: {people}, years: {years}")
    assert appraise(model, draws=100).known.people == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("eligible", ['"1000 * year"', "price", "die"])
def test_people_are_not_told_in_years_nor_in_money(eligible: str) -> None:
    with pytest.raises(PreuveError, match="uses or of people"):
        written(eligible=f"eligible: 1000 -> eligible: {eligible}")


def test_a_study_is_worth_what_the_sum_over_its_results_says() -> None:
    """The value of two tracings, and of ten, summed over every number of them read rightly."""
    model = Model.load("ecg-gp")
    figures = model.joint.drawn(10_000, seed=3)
    found = simulate(model.compiled, figures)
    benefit = 50_000 * np.diff(found.traded, axis=0)[0] - np.diff(found.costs, axis=0)[0]
    right = figures["ai_sensitivity"]
    for size in (2, 10):
        seen = (
            comb(size, k) * np.mean(right**k * (1 - right) ** (size - k) * benefit)
            for k in range(size + 1)
        )
        exact = sum(max(0.0, one) for one in seen) - max(0.0, benefit.mean())
        study = Study((Binomial("ai_sensitivity"),))
        room = sample_information(
            found.costs, found.traded, 50_000, figures, study, np.array([float(size)]), 1
        )
        assert room.value[0] == pytest.approx(exact, rel=0.05)


def test_a_yearly_cap_holds_beyond_ten_years() -> None:
    scheme = "{scheme: front_loaded, first: 90, first_months: 2, monthly: 20, yearly_cap: 150}"
    model = written(
        horizon="horizon: 3 years -> horizon: 15 years",
        scheme=f"{SCHEME} -> {scheme}",
        alive='"per_cycle(die) * (1 - with_it * saved)" -> "0 * per_cycle(die) * with_it * saved"',
    )
    found = simulate(model.compiled, model.joint.central(), years=15)
    assert found.yearly_by_item()[1, -1, :, 0] == pytest.approx(150, rel=1e-12)


def test_a_share_of_a_payer_that_varies_over_time_is_refused() -> None:
    changing = "amo: 0.6 if time < year else 1, amc: 0.4 if time < year else 0"
    model = written(payer=f"amo: 0.6, amc: 0.4 -> {changing}")
    with pytest.raises(PreuveError, match="varies over time"):
        simulate(model.compiled, model.joint.central())


@pytest.mark.parametrize("eligible", ["-1000", '"1000 / with_it"'])
def test_people_eligible_are_a_number(eligible: str) -> None:
    with pytest.raises(PreuveError, match="eligible"):
        appraise(written(eligible=f"eligible: 1000 -> eligible: {eligible}"), draws=100)


def test_uses_per_time_are_not_paid_once() -> None:
    """Three uses a month cannot be a number paid at the start."""
    text = (Path(__file__).parents[2] / "docs/rooms/economics-model.md").read_text("utf-8")
    model = text.split("```yaml\n")[1].split("```")[0]
    wrong = model.replace("once: true,", "once: true, uses: 3 / month,")
    with pytest.raises(PreuveError, match="paid once asks a number of uses"):
        Model.parse(wrong)
    Model.parse(model.replace("once: true,", "once: true, uses: 3,"))
