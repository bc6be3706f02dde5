"""Individuals: agreement with cohorts, exact means over traits, and bytes that never change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.economics.model import Model
from preuve.economics.outcomes import Outcomes
from preuve.economics.simulate import simulate
from preuve.economics.structure import microsimulation
from preuve.economics.structure.individual.traits import POINTS, REACH, Traits
from preuve.economics.uncertainty.families import distribution

LABEL = {"fr": "a", "en": "a"}
CYCLES = 12


def figure(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "unit": unit, "source": "test", "grade": "C"}


def record(individuals: int = 20_000, **structure: Any) -> dict[str, Any]:
    """Well, ill, dead; a year ill costs 1000, an onset 500, a death 100."""
    return {
        "preuve_model": 1,
        "name": "people",
        "title": LABEL,
        "decision": {
            "question": LABEL,
            "population": LABEL,
            "perspective": "payer",
            "price_year": 2024,
            "horizon": f"{CYCLES} years",
            "cycle": "1 year",
            "discounting": "3 %",
        },
        "structure": {
            "kind": "microsimulation",
            "individuals": individuals,
            "states": {"well": {}, "ill": {}, "dead": {"dead": True}},
            "start": {"well": 0.7, "ill": "rest"},
            "transitions": {
                "well": {"ill": 0.2, "dead": 0.05, "well": "rest"},
                "ill": {"well": 0.1, "dead": 0.15, "ill": "rest"},
            },
            **structure,
        },
        "parameters": {"good": figure(1, "utility")},
        "rewards": {
            "costs": {
                "care": {"states": {"ill": 1000}},
                "onset": {"transitions": {"well > ill": 500}},
                "death": {"entering": {"dead": 100}, "once": 3},
            },
            "effects": {
                "qaly": {"states": {"well": 0.9, "ill": "good * (0.6 - 0.01 * (time / year))"}}
            },
        },
        "strategies": {"one": {"label": LABEL}, "two": {"label": LABEL}},
    }


def cohort(written: dict[str, Any]) -> dict[str, Any]:
    kept = {name: written["structure"][name] for name in ("states", "start", "transitions")}
    return {**written, "structure": {"kind": "cohort", **kept}}


def ran(written: dict[str, Any], years: int = 2, **figures: Any) -> Outcomes:
    model = Model.parse(written)
    draws = max((len(one) for one in figures.values()), default=1)
    central = {name: np.repeat(one, draws) for name, one in model.joint.central().items()}
    return simulate(model.compiled, central | figures, years=years)


def shares(found: Outcomes) -> Floats:
    """People by state of the base case, (K, T + 1, S)."""
    assert found.trace is not None
    return found.trace


def one_death(risk: str, **more: Any) -> dict[str, Any]:
    """Only death, at a risk a year; a year of life costs 1."""
    written = record(**more)
    written["structure"] |= {
        "states": {"well": {}, "dead": {"dead": True}},
        "start": {"well": 1},
        "transitions": {"well": {"dead": risk, "well": "rest"}},
    }
    written["parameters"] = {}
    written["rewards"] = {
        "costs": {"care": {"states": {"well": 1}}},
        "effects": {"qaly": {"states": {"well": 1}}},
    }
    return written


def test_a_cohort_without_traits() -> None:
    people, expected = ran(record(100_000)), ran(cohort(record()))
    apart = np.array([people.costs - expected.costs, people.traded - expected.traded])[..., 0]
    assert np.all(np.abs(apart) < 4 * people.spread.T)
    assert np.allclose(shares(people), shares(expected), atol=4 * 0.5 / np.sqrt(100_000))
    yearly, same = (one.yearly_by_item()[0, :, :, 0] for one in (people, expected))
    assert np.allclose(yearly, same, rtol=0.04)
    assert np.allclose(people.costs_by_item(), expected.costs_by_item(), rtol=0.03)


def test_standard_errors_are_those_of_repeated_runs() -> None:
    found = [ran({**record(2000), "analyses": {"seed": seed}}) for seed in range(60)]
    expected = ran(cohort(record()))
    apart = np.array([one.costs[0, 0] - expected.costs[0, 0] for one in found])
    scaled = apart / np.array([one.spread[0, 0] for one in found])
    assert abs(scaled.mean()) < 4 / np.sqrt(60)
    assert 0.7 < scaled.std() < 1.35


def test_certain_moves_are_those_of_a_cohort_exactly() -> None:
    """Three years of a tunnel, then death; `sojourn` tells which year it is."""
    written = record(
        5000,
        states={"well": {}, "ill": {"tunnel": 3}, "dead": {"dead": True}},
        start={"well": 1},
        transitions={
            "well": {"ill": "1 if time >= 2 else 0", "well": "rest"},
            "ill": {"dead": "1 if sojourn >= 2 else 0", "ill": "rest"},
        },
    )
    written["rewards"]["costs"]["care"] = {"states": {"ill": "price * (1 + sojourn / year)"}}
    written["parameters"]["price"] = figure(100, "EUR/year")
    people, expected = ran(written), ran(cohort(written))
    assert np.allclose(people.cost, expected.cost, rtol=1e-12, atol=1e-12)
    assert np.allclose(people.effect, expected.effect, rtol=1e-12)
    assert np.array_equal(shares(people), shares(expected))
    assert people.spread[0] == pytest.approx([0, 0], abs=1e-9)


def test_the_last_place_of_a_tunnel_holds_on() -> None:
    states = {"well": {"tunnel": 3}, "ill": {"tunnel": 2}, "dead": {"dead": True}}
    written = record(60_000, states=states)
    written["structure"]["transitions"]["well"]["dead"] = "0.02 + 0.05 * (sojourn / year)"
    people, expected = ran(written), ran(cohort(written))
    assert abs(people.costs - expected.costs)[0, 0] < 4 * people.spread[0, 0]
    assert np.allclose(shares(people), shares(expected), atol=0.01)


def test_a_frailty_has_its_exact_mean() -> None:
    """With a risk p z, z uniform on 0 to 1, the share alive after n years is the mean of
    (1 - p z)^n: (1 - (1 - p)^(n + 1)) / (p (n + 1))."""
    written = one_death("0.4 * frailty", individuals=100_000, traits={"frailty": "uniform(0, 1)"})
    found = ran(written)
    n = np.arange(CYCLES + 1)
    alive = (1 - 0.6 ** (n + 1)) / (0.4 * (n + 1))
    assert np.allclose(shares(found)[0, :, 0], alive, atol=4 * 0.5 / np.sqrt(100_000))
    half = (alive[1:] + alive[:-1]) / 2 * 1.03 ** -(n[1:] - 0.5)
    assert abs(found.costs[0, 0] - half.sum()) < 4 * found.spread[0, 0]
    assert found.spread[0, 0] == pytest.approx(found.spread[0, 1])


def test_rewards_that_rest_on_traits() -> None:
    """Certain death in the fourth year: what is spent is the mean of the trait."""
    written = one_death(
        "1 if time >= 3 else 0", individuals=50_000, traits={"need": "gamma(mean=100, sd=20)"}
    )
    written["decision"] |= {"discounting": "0 %", "correction": "start"}
    written["rewards"]["costs"] = {
        "care": {"states": {"well": "need * EUR_a_year"}},
        "death": {"entering": {"dead": "need * EUR"}, "once": "2 * need * EUR"},
        "move": {"transitions": {"well > dead": "10 * EUR"}},
    }
    written["parameters"] = {
        "EUR_a_year": figure(1, "EUR/year"),
        "EUR": figure(1, "EUR"),
    }
    found = ran(written, years=3)
    error = 20 / np.sqrt(50_000)
    items = found.costs_by_item()[0, :, 0]
    assert items[0] == pytest.approx(400, abs=4 * 4 * error)
    assert items[1] == pytest.approx(300, abs=4 * 3 * error)
    assert items[1] == pytest.approx(items[0] * 0.75, rel=1e-12)
    assert items[2] == pytest.approx(10, rel=1e-12)
    assert found.yearly_by_item()[0, 0, :, 0] == pytest.approx([items[0] / 4] * 3, rel=1e-12)
    assert found.spread[0, 0] == pytest.approx(7 * error, rel=0.03)


def test_an_age_at_the_start_of_ones_own() -> None:
    """Everyone dies in the cycle that begins at 60 or more, having begun between 50 and 60: the
    last cycle is each of the second to the eleventh as often."""
    written = one_death("mortality(age)", individuals=40_000, traits={"before": "uniform(50, 60)"})
    written["decision"] |= {"start_age": "before", "discounting": "0 %", "correction": "start"}
    written["tables"] = {
        "mortality": {
            "key": "age", "key_unit": "year", "unit": "probability/year",
            "values": {0: 0, 60: 1}, "source": "test", "grade": "C",
        }
    }  # fmt: skip
    found = ran(written)
    assert found.costs[0, 0] == pytest.approx(6.5, abs=4 * np.sqrt(99 / 12 / 40_000))


def test_a_strategy_may_set_a_value_by_a_trait() -> None:
    written = one_death("risk", individuals=50_000, traits={"frailty": "uniform(0, 1)"})
    written["values"] = {"risk": "0.4 * frailty"}
    written["strategies"]["two"]["set"] = {"risk": "risk / 2"}
    found, direct = ran(written), one_death("0.2 * frailty", individuals=50_000)
    direct["structure"]["traits"] = {"frailty": "uniform(0, 1)"}
    assert found.costs[1, 0] == ran(direct).costs[0, 0]
    assert found.costs[1, 0] > found.costs[0, 0]


@pytest.mark.parametrize(
    "text",
    [
        "normal(mean=1, sd=0.2)",
        "gamma(mean=100, sd=20)",
        "beta(2, 5)",
        "lognormal(median=1, sigma=0.5)",
    ],
)
def test_quantiles_between_the_points(text: str) -> None:
    traits = Traits.of({"one": text})
    middles = np.linspace(-14, 14, 2001)
    place = (middles / REACH + 1) / 2 * (POINTS - 1)
    read = np.interp(place, np.arange(POINTS), traits.quantiles[0])
    found, _mean = distribution(text)
    exact = found.quantile(1 / (1 + np.exp(-middles)))
    spread = np.std(found.quantile((np.arange(1000) + 0.5) / 1000))
    assert np.max(np.abs(read - exact)) < 1e-5 * spread


def everything(found: Outcomes) -> bytes:
    arrays = (found.cost, found.effect, shares(found), found.spread)
    return b"".join(one.tobytes() for one in arrays)


def varied() -> dict[str, Any]:
    written = record(50_000, traits={"frailty": "gamma(mean=1, sd=0.3)"})
    written["structure"]["transitions"]["ill"]["dead"] = "min(0.15 * frailty, 0.8)"
    written["rewards"]["effects"]["qaly"]["states"]["well"] = "good / (1 + 0.1 * frailty)"
    return written


def test_the_same_seed_gives_the_same_bytes_on_any_threads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = set()
    for threads in (1, 2, 5):
        monkeypatch.setattr(microsimulation, "threads", lambda threads=threads: threads)
        found.add(everything(ran(varied())))
    assert len(found) == 1
    assert everything(ran({**varied(), "analyses": {"seed": 2}})) not in found


def test_groups_change_nothing_but_rounding(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ran(varied())
    monkeypatch.setattr(microsimulation, "GROUP", 777)
    parts = ran(varied())
    assert np.array_equal(shares(whole), shares(parts))
    assert np.allclose(whole.cost, parts.cost, rtol=1e-12, atol=0)
    assert np.allclose(whole.effect, parts.effect, rtol=1e-12, atol=0)
    assert np.allclose(whole.spread, parts.spread, rtol=1e-9)


def test_a_mirror_differs_by_nothing() -> None:
    found = ran(varied())
    assert found.costs[0, 0] == found.costs[1, 0]
    assert found.traded[0, 0] == found.traded[1, 0]


def test_a_trait_that_counts_for_nothing_changes_nobody() -> None:
    written = one_death("risk", individuals=20_000, traits={"frailty": "uniform(0, 1)"})
    written["structure"]["transitions"]["well"] = {"well": "rest", "dead": "risk"}
    written["values"] = {"risk": 0.2}
    written["strategies"]["two"]["set"] = {"risk": "risk + 0 * frailty"}
    found = ran(written)
    assert np.array_equal(shares(found)[0], shares(found)[1])
    assert found.costs[0, 0] == found.costs[1, 0]


def test_common_random_numbers_make_differences_precise() -> None:
    written = record(20_000)
    written["parameters"]["onset"] = figure(0.2, "probability/year")
    written["structure"]["transitions"]["well"]["ill"] = "onset"
    written["strategies"]["two"]["set"] = {"onset": "onset * 0.99"}
    people, expected = ran(written), ran(cohort(written))
    gain, truth = (float(np.diff(one.costs[:, 0])[0]) for one in (people, expected))
    assert gain < 0
    assert abs(gain - truth) < 0.5 * people.spread[0, 0]


def test_each_draw_of_the_parameters_is_its_own() -> None:
    written = record(20_000, draws=10)
    written["parameters"]["onset"] = figure(0.2, "probability/year")
    written["structure"]["transitions"]["well"]["ill"] = "onset * frailty"
    written["structure"]["traits"] = {"frailty": "uniform(0.5, 1.5)"}
    onsets = np.array([0.1, 0.2, 0.3, 0.2])
    found = ran(written, onset=onsets)
    assert found.costs[0, 1] == found.costs[0, 3]
    assert found.costs[0, 0] < found.costs[0, 1] < found.costs[0, 2]
    assert found.cost[..., 2:].tobytes() == ran(written, onset=onsets[2:]).cost.tobytes()
    fewer = ran(
        {**written, "structure": {**written["structure"], "individuals": 2000}}, onset=onsets[:1]
    )
    assert found.costs[0, 0] == pytest.approx(fewer.costs[0, 0], rel=1e-12)


@pytest.mark.parametrize(
    ("individuals", "several", "expected"),
    [(100_000, 200, 1000), (1_000_000, 200, 5000), (300, 2, 300)],
)
def test_individuals_of_a_probabilistic_analysis(
    individuals: int, several: int, expected: int
) -> None:
    structure = Model.parse(record(individuals, draws=several)).written.structure
    assert microsimulation.followed(structure, 1) == individuals  # type: ignore[arg-type]
    assert microsimulation.followed(structure, 50) == expected  # type: ignore[arg-type]


chances = st.lists(st.floats(0, 0.45), min_size=4, max_size=4)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(chances, st.floats(0, 1))
def test_any_chances_against_a_cohort(drawn: list[float], start: float) -> None:
    a, b, c, d = drawn
    written = record(
        10_000,
        start={"well": start, "ill": "rest"},
        transitions={
            "well": {"ill": a, "dead": b, "well": "rest"},
            "ill": {"well": c, "dead": d, "ill": "rest"},
        },
    )
    people, expected = shares(ran(written)), shares(ran(cohort(written)))
    error = np.sqrt(expected * (1 - expected) / 10_000)
    assert np.all(np.abs(people - expected) <= 5.5 * error + 1e-9)
    assert np.allclose(people.sum(axis=2), 1, atol=1e-12)
    assert np.all(np.diff(people[0, :, 2]) >= 0)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"traits": {"frailty": "uniform(2, 1)"}}, "low to high"),
        ({"traits": {"frailty": "uniforme(0, 1)"}}, "not known"),
        ({"start": {"well": "frailty", "ill": "rest"}}, "frailty is not the same for everyone"),
    ],
)
def test_traits_that_cannot_be_are_refused(change: dict[str, Any], told: str) -> None:
    written = varied()
    written["structure"] |= change
    with pytest.raises(PreuveError, match=told):
        Model.parse(written)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"dead": "0.1 * frailty", "well": 0.8}, "do not sum to 1 for some individuals"),
        ({"dead": "0.1 * log(frailty - 2)", "well": "rest"}, "is not a number for some"),
        ({"dead": "0.8 * frailty", "well": "rest"}, "more than the"),
    ],
)
def test_rows_that_cannot_be_are_refused(row: dict[str, Any], told: str) -> None:
    written = one_death("0.1", individuals=2000, traits={"frailty": "uniform(0.5, 1.5)"})
    written["structure"]["transitions"]["well"] = row
    with pytest.raises(PreuveError, match=told):
        ran(written)


def test_a_negative_cost_is_refused_unless_it_is_a_saving() -> None:
    written = one_death("0.1", individuals=2000, traits={"need": "uniform(-1, 1)"})
    written["parameters"] = {"euro": figure(1, "EUR")}
    written["rewards"]["costs"]["care"] = {"once": "need * euro"}
    with pytest.raises(PreuveError, match="negative for some individuals"):
        ran(written)
    written["rewards"]["costs"]["care"]["negative"] = True
    assert abs(ran(written).costs[0, 0]) < 0.06


def test_few_rows_put_right_are_counted() -> None:
    """One individual in ten thousand has a risk above 1."""
    written = one_death("1 if frailty > 0.9999 else 0", individuals=50_000)
    written["structure"]["traits"] = {"frailty": "uniform(0, 1)"}
    written["structure"]["transitions"]["well"]["dead"] = "1.5 if frailty > 0.9999 else 0"
    found = ran(written)
    assert 0 < found.repairs.share < 0.001
    assert found.repairs.places == ("structure.transitions.well",)


@pytest.mark.parametrize("correction", ["half_cycle", "start", "end", "trapezoid"])
@pytest.mark.parametrize("traits", [{}, {"one": "uniform(0.999999, 1.000001)"}])
def test_a_rate_of_the_first_years_is_that_of_their_cycles(
    correction: str, traits: dict[str, str]
) -> None:
    """Nobody moves: two years at 100 a year, told by the clock, whoever is counted."""
    times = " * one" if traits else ""
    written = record(
        200,
        traits=traits,
        start={"well": 1, "ill": 0, "dead": 0},
        transitions={"well": {"well": "rest"}},
    )
    written["decision"] |= {"correction": correction, "discounting": 0}
    written["parameters"]["dose"] = figure(100, "EUR/year")
    written["rewards"] = {
        "costs": {"drug": {"states": {"well": f"(dose if step < 2 else 0){times}"}}},
        "effects": {"qaly": {"states": {"well": "good"}}},
    }
    found = ran(written)
    expected = 150.0 if correction == "trapezoid" else 200.0
    assert found.costs[0, 0] == pytest.approx(expected, rel=1e-5)
