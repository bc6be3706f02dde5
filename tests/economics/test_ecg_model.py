"""The ECG model: its figures, an independent calculation, and whether its results make sense."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest

import preuve
from preuve.economics.appraise import appraise
from preuve.economics.model import Model
from preuve.economics.outcomes import Outcomes
from preuve.economics.simulate import simulate
from preuve.economics.uncertainty.figures import at_site

ROOM = Path(preuve.__file__).parent / "economics"
ALIVE = (
    "no_af", "no_af_treated", "af_missed", "af_treated", "af_untreated", "stroke", "after_stroke",
)  # fmt: skip
TREATED = {"af_treated": 1.0, "no_af_treated": 1.0}


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.load("ecg-gp")


@pytest.fixture(scope="module")
def figures(model: Model) -> dict[str, float]:
    return {name: one.value for name, one in model.joint.figures.items()}


@pytest.fixture(scope="module")
def base(model: Model) -> Outcomes:
    return run(model)


@pytest.fixture(scope="module")
def drawn(model: Model) -> Outcomes:
    return simulate(model.compiled, model.joint.drawn(2000, seed=1))


def run(model: Model, **changed: float) -> Outcomes:
    figures = {name: np.array([value]) for name, value in changed.items()}
    return simulate(model.compiled, model.joint.central() | figures, years=5)


def gain(found: Outcomes, effect: str = "qaly") -> float:
    """What the aid adds to an undiscounted effect."""
    usual, aided = found.effect_of(effect, discounted=False)[:, 0]
    return float(aided - usual)


def added_cost(found: Outcomes) -> dict[str, float]:
    """What the aid adds to the discounted cost of each item."""
    usual, aided = found.costs_by_item()[:, :, 0]
    return dict(zip(found.items, aided - usual, strict=True))


def benefit(found: Outcomes, willingness: float = 50_000.0) -> float:
    """Net benefit that the aid adds, EUR per tracing."""
    return float(
        willingness * (found.traded[1] - found.traded[0])[0] - (found.costs[1] - found.costs[0])[0]
    )


@dataclass(frozen=True)
class Hand:
    """Discounted cost and QALYs of one strategy, and what happens on the way."""

    cost: float
    qaly: float
    life_years: float
    strokes: float


def by_hand(p: Mapping[str, float], death: list[float], aided: bool) -> Hand:
    """The model once more, with plain numbers, written from its description and not its YAML."""
    sensitivity, specificity, minutes = reading(p, aided)
    found = p["prevalence"] * sensitivity
    false = (1 - p["prevalence"]) * (1 - specificity)
    wrong = false * (1 - p["referral"]) * p["wrongly_treated"]
    people = dict.fromkeys((*ALIVE, "dead"), 0.0)
    people["no_af"] = 1 - p["prevalence"] - wrong
    people["no_af_treated"] = wrong
    people["af_missed"] = p["prevalence"] - found
    people["af_treated"] = found * p["uptake"]
    people["af_untreated"] = found * (1 - p["uptake"])
    visit = p["cost_cardiologist"] + p["cost_ecg"]
    confirmed = p["referral"] * (visit + p["cost_echo"] + p["cost_laboratory"])
    refuted = visit + p["share_echo"] * p["cost_echo"] + p["share_holter"] * p["cost_holter"]
    cost = p["cost_ecg"] + minutes * p["cost_gp_minute"] + found * confirmed
    cost += false * p["referral"] * refuted
    cost += p["adoption"] * p["price_per_ecg"] if aided else 0.0
    qaly = life = strokes = 0.0
    for year in range(40):
        after, events, late = next_year(people, p, death, year)
        worth = discount(year + 0.5)
        for end in (people, after):
            paid, lived = year_in(end, p, year)
            cost += 0.5 * worth * paid
            qaly += 0.5 * worth * lived
            life += 0.5 * sum(end[state] for state in ALIVE)
        cost += worth * (events * p["cost_stroke"] + late * confirmed)
        strokes += events
        people = after
    return Hand(cost, qaly, life, strokes)


def reading(p: Mapping[str, float], aided: bool) -> tuple[float, float, float]:
    """Sensitivity, specificity and more minutes of the final reading."""
    alone = p["gp_sensitivity"], 1 - p["gp_specificity"]
    if not aided:
        return alone[0], 1 - alone[1], 0.0
    final = []
    for doctor, system in zip(alone, (p["ai_sensitivity"], 1 - p["ai_specificity"]), strict=True):
        both = doctor * system
        both += p["dependence"] * (min(doctor, system) - both)
        together = both + (system - both) * p["follow_alert"]
        together += (doctor - both) * (1 - p["follow_clear"])
        final.append(p["adoption"] * together + (1 - p["adoption"]) * doctor)
    return final[0], 1 - final[1], p["adoption"] * p["minutes_per_exam"]


def next_year(
    people: Mapping[str, float], p: Mapping[str, float], death: list[float], year: int
) -> tuple[dict[str, float], float, float]:
    """People a year later; strokes and late detections of the year."""
    age = p["start_age"] + year
    q = death[min(int(age), 110)]
    rate = p["stroke_rate"] * p["stroke_per_decade"] ** ((age - p["reference_age"]) / 10)
    care = p["treated_after_stroke"]
    again = rate * p["rr_again"] * (1 - care + care * p["rr_stroke"])
    added = p["bleed_rate"] * (1 - 1 / p["hr_bleed"])
    survive_bleeding = np.exp(-added * p["bleed_death"])
    with_af = (1 - q) ** p["hr_death_af"]
    survive = {
        "no_af": 1 - q,
        "no_af_treated": (1 - q) * survive_bleeding,
        "af_missed": with_af,
        "af_treated": with_af * survive_bleeding,
        "af_untreated": with_af,
        "stroke": 1 - p["stroke_death"],
        "after_stroke": (1 - q) ** p["hr_death_after_stroke"],
    }
    struck = {
        "af_missed": rate, "af_untreated": rate, "af_treated": rate * p["rr_stroke"],
        "after_stroke": again,
    }  # fmt: skip
    left, events = {}, 0.0
    for state in ALIVE:
        living = people[state] * survive[state]
        stroke = living * (1 - np.exp(-struck.get(state, 0.0)))
        events += stroke
        left[state] = living - stroke
    late = left["af_missed"] * p["later_detection"]
    stopped = left["af_treated"] * p["stopped"]
    righted = left["no_af_treated"] * p["wrong_stopped"]
    after = {
        "no_af": left["no_af"] + righted,
        "no_af_treated": left["no_af_treated"] - righted,
        "af_missed": left["af_missed"] - late,
        "af_treated": left["af_treated"] - stopped + late * p["uptake"],
        "af_untreated": left["af_untreated"] + stopped + late * (1 - p["uptake"]),
        "stroke": events,
        "after_stroke": left["after_stroke"] + left["stroke"],
    }
    return after | {"dead": 1 - sum(after.values())}, events, late


def year_in(people: Mapping[str, float], p: Mapping[str, float], year: int) -> tuple[float, float]:
    """Cost and QALYs of a year lived as people are."""
    care = p["treated_after_stroke"]
    untreated = p["bleed_rate"] / p["hr_bleed"]
    added = p["bleed_rate"] - untreated
    treated = {"stroke": care, "after_stroke": care} | TREATED
    bleeding = sum(people[state] * share * added for state, share in treated.items())
    bleeding += untreated * sum(people[state] for state in ALIVE[2:])
    yearly = p["cost_anticoagulant"] + p["visits_gp"] * p["cost_gp_visit"] + p["cost_laboratory"]
    yearly += p["visits_cardiologist"] * (p["cost_cardiologist"] + p["cost_ecg"])
    cost = yearly * sum(people[state] * share for state, share in treated.items())
    cost += people["after_stroke"] * p["cost_after_stroke"] + bleeding * p["cost_bleed"]
    utility = p["utility_65"] if p["start_age"] + year < 75 else p["utility_75"]
    ratio = {"stroke": p["utility_ratio_stroke"], "after_stroke": p["utility_ratio_after"]}
    lived = sum(people[state] * ratio.get(state, 1.0) for state in ALIVE)
    return cost, utility * lived - bleeding * p["loss_bleed"]


def discount(years: float) -> float:
    """2.5 % a year to 30 years, 1.5 % beyond."""
    return float(1.025 ** -min(years, 30) * 1.015 ** -max(years - 30, 0))


@pytest.fixture(scope="module")
def death() -> list[float]:
    return pl.read_csv(ROOM / "tables/life_table_france.csv")["both"].to_list()


@pytest.mark.parametrize("changed", [{}, {"start_age": 62.0, "prevalence": 0.2, "dependence": 0.8}])
def test_a_calculation_by_hand_gives_the_same(
    model: Model, figures: dict[str, float], death: list[float], changed: dict[str, float]
) -> None:
    found = run(model, **changed)
    for place, aided in enumerate((False, True)):
        hand = by_hand(figures | changed, death, aided)
        assert found.costs[place, 0] == pytest.approx(hand.cost, rel=1e-9)
        assert found.traded[place, 0] == pytest.approx(hand.qaly, rel=1e-9)
        plain = {name: found.effect_of(name, discounted=False)[place, 0] for name in found.effects}
        assert plain["life_years"] == pytest.approx(hand.life_years, rel=1e-9)
        assert plain["strokes"] == pytest.approx(hand.strokes, rel=1e-9)


def texts(record: object) -> Iterator[Mapping[str, str]]:
    """Every text in two languages of a record."""
    if isinstance(record, dict):
        if set(record) == {"fr", "en"}:
            yield record
            return
        for value in record.values():
            yield from texts(value)
    elif isinstance(record, list | tuple):
        for value in record:
            yield from texts(value)


def test_every_figure_has_a_name_a_source_and_a_grade(model: Model) -> None:
    for name, one in model.written.parameters.items():
        assert one.label is not None, name
        assert one.grade is not None, name
        assert one.evidence or (one.source and len(one.source) >= 7), name
        assumed = bool(one.source and one.source.startswith("Assumed"))
        assert (one.grade == "D") == assumed, name


def test_french_texts_follow_french_typography(model: Model) -> None:
    found = list(texts(model.written.model_dump()))
    assert len(found) > 80
    for text in found:
        assert not re.search(r"(?<!\u202f)([?!%]|;(?!\d))", text["fr"]), text
        assert not re.search(r"(?<!\u00a0):(?!\w)", text["fr"]), text
        assert "'" not in text["fr"] + text["en"], text


def test_a_doctor_who_never_opens_the_aid_reads_as_before(model: Model) -> None:
    found = run(model, adoption=0.0)
    assert found.costs[1] == pytest.approx(found.costs[0], abs=1e-12)
    assert found.traded[1] == pytest.approx(found.traded[0], abs=1e-12)


def test_without_fibrillation_people_live_as_the_life_table_says(
    model: Model, death: list[float]
) -> None:
    found = run(model, prevalence=0.0, gp_specificity=1.0)
    survival = np.cumprod([1.0, *(1 - np.array(death[71:]))])
    expected = survival.sum() - 0.5
    assert found.effect_of("life_years", discounted=False)[0, 0] == pytest.approx(
        expected, rel=1e-9
    )


def test_strokes_are_those_published(model: Model) -> None:
    """On treatment 10.1 per 1,000 at 75 (SNDS); lifetime risk 19.9-22.4 % (Vinter, BMJ 2024)."""
    all_found = {"prevalence": 1.0, "gp_sensitivity": 1.0, "uptake": 1.0, "stopped": 0.0}
    at_75 = run(model, **all_found, start_age=75.0)
    assert at_75.trace is not None
    first = at_75.trace[0, 1, at_75.states.index("stroke")]
    assert first == pytest.approx(0.0101, rel=0.05)
    once = run(model, prevalence=1.0, gp_sensitivity=1.0, rr_again=1e-12)
    assert 0.18 < once.effect_of("strokes", discounted=False)[0, 0] < 0.27


def test_a_detection_is_worth_what_others_found(model: Model) -> None:
    """A tenth to a half of a QALY for one AF found; 0.4 in Sweden (Aronsson, Europace 2015)."""
    detected, missed = (
        run(model, prevalence=1.0, gp_sensitivity=share).traded[0, 0] for share in (1.0, 0.0)
    )
    assert 0.08 < detected - missed < 0.5


def test_a_better_reader_helps_and_a_worse_one_harms(model: Model) -> None:
    trusted = {"follow_alert": 1.0, "follow_clear": 1.0}
    perfect = run(model, ai_sensitivity=1.0, ai_specificity=1.0, **trusted)
    blind = run(model, ai_sensitivity=0.3, ai_specificity=0.5, **trusted)
    assert gain(perfect) > 0 > gain(blind)
    assert gain(perfect, "strokes") < 0 < gain(blind, "strokes")
    assert added_cost(perfect)["confirmation"] < 0 < added_cost(blind)["confirmation"]


def test_each_increment_has_its_reason(base: Outcomes, figures: dict[str, float]) -> None:
    added = added_cost(base)
    assert added["ecg"] == 0
    assert added["technology"] == pytest.approx(figures["adoption"] * figures["price_per_ecg"])
    assert added["confirmation"] < 0, "fewer false positives are referred"
    assert added["stroke"] < 0, "more fibrillations are treated"
    assert added["gp_time"] > 0
    assert gain(base) > 0
    assert gain(base, "life_years") > 0 > gain(base, "strokes")


def test_hospitals_differ_in_euros(model: Model) -> None:
    benefits = []
    for site in (one["site"] for one in model.evidence["reader"].content["sites"]):
        shown = {
            name: at_site(model.joint.figures[name], site, model.evidence)
            for name in ("ai_sensitivity", "ai_specificity")
        }
        if all(shown.values()):
            values = {name: one.value for name, one in shown.items() if one is not None}
            benefits.append(benefit(run(model, **values)))
    assert len(benefits) >= 3
    assert max(benefits) - min(benefits) > 3


def test_the_price_enters_as_a_straight_line(model: Model, figures: dict[str, float]) -> None:
    at_five, free = benefit(run(model)), benefit(run(model, price_per_ecg=0.0))
    threshold = free / figures["adoption"]
    assert free - at_five == pytest.approx(5 * figures["adoption"])
    assert benefit(run(model, price_per_ecg=threshold)) == pytest.approx(0, abs=1e-9)
    assert 3 < threshold < 30


def test_draws_stay_within_bounds_and_near_the_base_case(base: Outcomes, drawn: Outcomes) -> None:
    assert drawn.repairs.repaired == 0
    assert np.all(np.isfinite(drawn.costs))
    assert drawn.costs[0].mean() == pytest.approx(base.costs[0, 0], rel=0.1)
    assert drawn.traded[0].mean() == pytest.approx(base.traded[0, 0], rel=0.02)
    better = 50_000 * (drawn.traded[1] - drawn.traded[0]) > drawn.costs[1] - drawn.costs[0]
    assert 0.5 < better.mean() < 0.98


def test_mass_is_kept(base: Outcomes) -> None:
    assert base.trace is not None
    assert base.trace.sum(axis=-1) == pytest.approx(np.ones(base.trace.shape[:2]), abs=1e-12)
    assert np.all(np.diff(base.trace[..., base.states.index("dead")], axis=1) >= 0)


def test_the_appraisal_answers_price_budget_and_study(model: Model) -> None:
    found = appraise(model, draws=1000)
    price = found.prices[0].value_based
    assert price.low[0] < 0 < price.price[0] < price.high[0]
    assert found.budget is not None
    assert found.budget.net.shape == (5, 1000)
    assert 600_000 < found.budget.people.mean() < 1_000_000
    _study, sampling = found.known.studies[0]
    assert sampling.pays
    assert 50 <= sampling.best_size / 28 <= 1600
    assert {one.reservation for one in found.findings}.isdisjoint({"major"})
    mean = {one.name: float(np.mean(one.cost[1] - one.cost[0])) for one in found.scenarios}
    assert mean["gp_in_context"] > 0 > mean["ai_prevails"]
