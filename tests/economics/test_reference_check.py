"""The check: each rule met and not met, predictions, and facts of any kind."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from typing import Any, get_type_hints

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preuve.core.language import speaking
from preuve.economics.reference_case.check import JUDGES, Finding, check, overall
from preuve.economics.reference_case.discounting import Rule
from preuve.economics.reference_case.facts import Exclusion, ModelFacts, ParameterFacts
from preuve.economics.reference_case.rules import rules, table

HAS = Rule((0, 30), (0.025, 0.015))
SOURCED = {"source": "doi:10.1", "grade": "B", "country": "FR"}


def parameter(name: str, **known: Any) -> ParameterFacts:
    drawn: dict[str, Any] = {"has_distribution": True, "location": ("parameters", name)}
    return ParameterFacts(name, **{**SOURCED, **drawn, **known})


GOOD = ModelFacts(
    question="Does it pay?",
    context="Cover",
    perspective="collective",
    productivity_in_reference_case=False,
    population="Adults",
    whole_indication=True,
    heterogeneity_expected=True,
    subgroups=2,
    subgroups_justified=True,
    strategies=2,
    usual_care_compared=True,
    exclusions=(Exclusion("other", "not sold in France"),),
    quality_of_life_matters=True,
    has_qaly=True,
    has_life_years=True,
    horizon_years=40,
    lifetime=True,
    mortality_differs=True,
    other_horizons=1,
    discount_costs=HAS,
    discount_effects=HAS,
    discount_sensitivities=(0.0, 0.045),
    structure_reason="The course of the disease",
    cycle_years=0.25,
    half_cycle_correction=True,
    extrapolates=True,
    extrapolation_alternatives=2,
    validation_internal="done",
    validation_external="done",
    validation_cross="done",
    parameters=(
        parameter("progression", kind="probability"),
        parameter("rate_ratio", kind="effect", country="GB", transfer="same care"),
        parameter("utility_stroke", kind="utility", instrument="eq5d5l_fr"),
        parameter("cost_stay", kind="cost", price_year=2020, updated=True),
        parameter("price", kind="price", has_distribution=None, country=""),
        parameter("time_spent", kind="resource", assumed=True, varied=True),
    ),
    price_year=2025,
    hospital_costing="encc",
    city_costing="tariff",
    implementation_costs=True,
    vat_stated=True,
    payers=("amo", "amc"),
    deterministic=True,
    draws=5000,
    correlations_considered=True,
    scenarios=3,
    structural_scenarios=1,
    plane=True,
    acceptability_curves=True,
    outcomes_by_strategy=True,
    costs_by_item=True,
    frontier=True,
    ratio_by_price=True,
    official_threshold_claimed=False,
    executable=True,
    reproducible=True,
    has_budget=True,
    budget_payers=("amo", "amc"),
    budget_years=5,
    budget_discounted=False,
    budget_with_and_without=True,
    budget_population_by_year=True,
    budget_uptake_justified=True,
    budget_uptake_scenarios=2,
    budget_by_item=True,
    budget_by_year=True,
    budget_price_with_tax=True,
    budget_same_sources=True,
    budget_sensitivity=True,
)


def with_parameter(name: str, **changes: Any) -> dict[str, Any]:
    """GOOD's parameters with one of them changed."""
    return {
        "parameters": tuple(
            replace(one, **changes) if one.name == name else one for one in GOOD.parameters
        )
    }


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("question", {"question": " "}, "important"),
    ("context", {"context": ""}, "minor"),
    ("cost_utility", {"has_qaly": False}, "major"),
    ("cost_utility", {"has_qaly": False, "no_qaly_reason": "acute"}, "important"),
    ("life_years", {"has_life_years": False}, "minor"),
    ("perspective", {"perspective": "hospital"}, "major"),
    ("perspective", {"perspective": "societal"}, "important"),
    ("productivity", {"productivity_in_reference_case": True}, "important"),
    ("whole_population", {"whole_indication": False}, "important"),
    ("whole_population", {"population": ""}, "important"),
    ("subgroups", {"subgroups": 0}, "minor"),
    ("subgroups", {"subgroups_justified": False}, "minor"),
    ("comparators", {"strategies": 1}, "major"),
    ("usual_care", {"usual_care_compared": False}, "major"),
    ("exclusions", {"exclusions": (Exclusion("other"),)}, "important"),
    ("horizon", {"lifetime": False}, "major"),
    ("other_horizons", {"other_horizons": 0}, "minor"),
    ("discount_rate", {"discount_costs": Rule((0,), (0.04,))}, "important"),
    ("discount_rate", {"discount_effects": Rule((0,), (0.025,))}, "important"),
    ("discount_sensitivity", {"discount_sensitivities": ()}, "minor"),
    ("discount_sensitivity", {"discount_sensitivities": (0.03, 0.045)}, "minor"),
    ("discount_sensitivity", {"discount_sensitivities": (0.0, 0.025)}, "minor"),
    ("discount_sensitivity", {"discount_sensitivities": (0.025, 0.045)}, "minor"),
    ("structure", {"structure_reason": ""}, "important"),
    ("cycle", {"half_cycle_correction": False}, "minor"),
    ("parameter_sources", with_parameter("price", source=""), "important"),
    ("parameter_sources", {"parameters": (parameter("a", source=""),)}, "major"),
    ("parameter_grades", with_parameter("price", grade=""), "minor"),
    ("assumptions", with_parameter("time_spent", varied=False), "important"),
    ("effectiveness", with_parameter("rate_ratio", assumed=True, varied=True), "major"),
    ("transfer", with_parameter("rate_ratio", transfer=""), "important"),
    ("extrapolation", {"extrapolation_alternatives": 0}, "important"),
    ("validation_internal", {"validation_internal": ""}, "important"),
    ("validation_external", {"validation_external": ""}, "important"),
    ("validation_cross", {"validation_cross": ""}, "minor"),
    ("utility_instrument", with_parameter("utility_stroke", instrument="other"), "important"),
    ("utility_instrument", with_parameter("utility_stroke", instrument="eq5d3l_fr"), "minor"),
    ("utility_source", with_parameter("utility_stroke", assumed=True), "important"),
    ("hospital_costs", {"hospital_costing": "tariff"}, "important"),
    ("hospital_costs", {"hospital_costing": "other"}, "important"),
    ("city_costs", {"city_costing": "reimbursed"}, "minor"),
    ("city_costs", {"city_costing": "other"}, "minor"),
    ("implementation_costs", {"implementation_costs": False}, "important"),
    ("price_year", {"price_year": None}, "important"),
    ("price_year", with_parameter("cost_stay", updated=False), "minor"),
    ("vat", {"vat_stated": False}, "minor"),
    ("payers", {"payers": ()}, "minor"),
    ("deterministic", {"deterministic": False}, "important"),
    ("probabilistic", {"draws": 0}, "major"),
    ("probabilistic", {"draws": 999}, "minor"),
    ("distributions", with_parameter("cost_stay", has_distribution=False), "important"),
    ("correlations", {"correlations_considered": False}, "minor"),
    ("scenarios", {"scenarios": 0}, "important"),
    ("structural", {"structural_scenarios": 0}, "important"),
    ("acceptability", {"plane": False}, "important"),
    ("acceptability", {"acceptability_curves": False}, "important"),
    ("outcomes", {"outcomes_by_strategy": False}, "important"),
    ("costs_by_item", {"costs_by_item": False}, "minor"),
    ("frontier", {"frontier": False}, "important"),
    ("ratio_by_price", {"ratio_by_price": False}, "important"),
    ("no_threshold", {"official_threshold_claimed": True}, "minor"),
    ("executable", {"executable": False}, "major"),
    ("reproducible", {"reproducible": False}, "minor"),
    ("budget_payer", {"budget_payers": ()}, "important"),
    ("budget_payer", {"budget_payers": ("hospital", "amo")}, "important"),
    ("budget_years", {"budget_years": 2}, "important"),
    ("budget_years", {"budget_years": 6}, "important"),
    ("budget_undiscounted", {"budget_discounted": True}, "important"),
    ("budget_scenarios", {"budget_with_and_without": False}, "major"),
    ("budget_population", {"budget_population_by_year": False}, "important"),
    ("budget_uptake", {"budget_uptake_justified": False}, "important"),
    ("budget_uptake", {"budget_uptake_scenarios": 0}, "minor"),
    ("budget_by_item", {"budget_by_item": False}, "minor"),
    ("budget_by_year", {"budget_by_year": False}, "minor"),
    ("budget_price", {"budget_price_with_tax": False}, "minor"),
    ("budget_consistency", {"budget_same_sources": False}, "important"),
    ("budget_sensitivity", {"budget_sensitivity": False}, "important"),
]


def found(facts: ModelFacts, rule: str) -> Finding:
    return next(one for one in check(facts) if one.rule.id == rule)


def test_every_rule_has_its_function_and_the_reverse() -> None:
    assert [rule.id for rule in rules()] == list(JUDGES)


def test_every_rule_is_tried_below() -> None:
    assert {rule for rule, _changes, _grade in BAD} == set(JUDGES)


@pytest.mark.parametrize("rule", JUDGES)
def test_met(rule: str) -> None:
    finding = found(GOOD, rule)
    assert (finding.state, finding.reservation, finding.mend) == ("met", None, "")
    assert finding.found
    assert finding.location


@pytest.mark.parametrize(("rule", "changes", "grade"), BAD)
def test_not_met(rule: str, changes: dict[str, Any], grade: str) -> None:
    finding = found(replace(GOOD, **changes), rule)
    assert (finding.state, finding.reservation) == ("not_met", grade)
    assert finding.mend == finding.rule.mend.en
    assert finding.found != found(GOOD, rule).found


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("cost_utility", {"has_qaly": False, "quality_of_life_matters": False}),
        ("life_years", {"mortality_differs": False}),
        ("subgroups", {"subgroups": 0, "heterogeneity_expected": False}),
        ("exclusions", {"exclusions": ()}),
        ("cycle", {"cycle_years": None}),
        ("extrapolation", {"extrapolates": False}),
        ("utility_instrument", {"parameters": ()}),
        ("hospital_costs", {"hospital_costing": "none"}),
        ("city_costs", {"city_costing": "none"}),
        ("frontier", {"strategies": 1}),
        ("ratio_by_price", {"parameters": (), "ratio_by_price": None}),
        ("budget_scenarios", {"has_budget": False}),
    ],
)
def test_not_applicable(rule: str, changes: dict[str, Any]) -> None:
    finding = found(replace(GOOD, **changes), rule)
    assert (finding.state, finding.reservation, finding.mend) == ("not_applicable", None, "")


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("cost_utility", {"has_qaly": None}),
        ("subgroups", {"subgroups": 0, "heterogeneity_expected": None}),
        ("horizon", {"lifetime": None, "horizon_years": None}),
        ("horizon", {"lifetime": False, "mortality_differs": None}),
        ("discount_rate", {"discount_effects": None}),
        ("transfer", {"parameters": (parameter("p", kind="effect", country=""),)}),
        ("acceptability", {"plane": None}),
        ("budget_years", {"budget_years": None}),
        ("budget_years", {"has_budget": None}),
    ],
)
def test_cannot_tell(rule: str, changes: dict[str, Any]) -> None:
    finding = found(replace(GOOD, **changes), rule)
    assert (finding.state, finding.reservation) == ("cannot_tell", None)
    assert finding.mend


def test_a_short_horizon_is_enough_when_mortality_does_not_differ() -> None:
    facts = replace(GOOD, lifetime=False, horizon_years=2.5, mortality_differs=False)
    assert found(facts, "horizon").state == "met"
    assert "2.5 years" in found(facts, "horizon").found


@pytest.mark.parametrize(("years", "state"), [(59.9, "not_met"), (60, "met")])
def test_sixty_years_are_a_whole_life(years: float, state: str) -> None:
    facts = replace(GOOD, lifetime=None, horizon_years=years)
    assert found(facts, "horizon").state == state


def test_one_source_missing_in_five_is_not_many() -> None:
    five = tuple(parameter(f"p{i}", source="doi:10.1" if i else "") for i in range(5))
    finding = found(replace(GOOD, parameters=five), "parameter_sources")
    assert finding.reservation == "important"


def test_a_constant_rate_is_right_within_thirty_years() -> None:
    flat = Rule((0,), (0.025,))
    facts = replace(GOOD, discount_costs=flat, discount_effects=flat, horizon_years=30)
    assert found(facts, "discount_rate").state == "met"
    assert found(replace(facts, horizon_years=31), "discount_rate").state == "not_met"


def test_a_rule_written_otherwise_is_the_same_rule() -> None:
    cut = Rule((0, 10, 30), (0.025, 0.025, 0.015))
    assert found(replace(GOOD, discount_costs=cut), "discount_rate").state == "met"


def test_wrong_rates_are_told() -> None:
    finding = found(replace(GOOD, discount_costs=Rule((0, 30), (0.04, 0.02))), "discount_rate")
    assert "costs 4.0%, then 2.0% from year 30" in finding.found
    assert "effects" not in finding.found


def test_a_finding_names_the_parameter_and_its_place() -> None:
    finding = found(replace(GOOD, **with_parameter("cost_stay", source="")), "parameter_sources")
    assert "cost_stay" in finding.found
    assert finding.location == ("parameters", "cost_stay")


def test_many_names_are_counted() -> None:
    many = tuple(parameter(f"p{i}", grade="") for i in range(8))
    text = found(replace(GOOD, parameters=many), "parameter_grades").found
    assert text == "Without a grade: p0; p1; p2; p3; p4 and 3 others"


def test_overall_of_a_good_model() -> None:
    opinion = overall(check(GOOD))
    assert (opinion.minor, opinion.important, opinion.major, opinion.unsettled) == (0, 0, 0, 0)
    assert opinion.opinion == opinion.worst == "acceptable"
    assert "not the opinion of the CEESP" in opinion.text


@pytest.mark.parametrize(
    ("changes", "opinion", "worst"),
    [
        ({"vat_stated": False}, "acceptable", "acceptable"),
        ({"scenarios": 0, "vat_stated": False}, "with_reservations", "with_reservations"),
        ({"scenarios": 0, "draws": 0}, "not_usable", "not_usable"),
        ({"executable": None}, "acceptable", "not_usable"),
        ({"plane": None}, "acceptable", "with_reservations"),
        ({"has_budget": None}, "acceptable", "not_usable"),
    ],
)
def test_overall(changes: dict[str, Any], opinion: str, worst: str) -> None:
    predicted = overall(check(replace(GOOD, **changes)))
    assert (predicted.opinion, predicted.worst) == (opinion, worst)


def test_overall_counts_by_grade() -> None:
    facts = replace(GOOD, vat_stated=False, payers=(), scenarios=0, draws=0, frontier=None)
    predicted = overall(check(facts))
    assert (predicted.minor, predicted.important, predicted.major) == (2, 1, 1)
    assert predicted.unsettled == 1


def test_french_texts_have_their_spaces() -> None:
    for rule in rules():
        for text in (rule.title.fr, rule.asks.fr, rule.mend.fr):
            assert not any(f" {sign}" in text for sign in ":;?!%»")
            assert "'" not in text


def test_the_mend_follows_the_language() -> None:
    with speaking("fr"):
        finding = found(replace(GOOD, vat_stated=False), "vat")
    assert finding.mend == finding.rule.mend.fr


def test_every_rule_has_a_dated_guide_and_a_part() -> None:
    packaged = table()
    assert {rule.part for rule in packaged.rules} == {part.name for part in packaged.parts}
    assert {rule.source for rule in packaged.rules} == set(packaged.guides)
    assert set(packaged.grades) == {"minor", "important", "major"}


DISCOUNT = st.none() | st.builds(
    lambda late, a, b: Rule((0, late), (a, b)),
    st.floats(0.5, 100),
    st.floats(0, 0.2),
    st.floats(0, 0.2),
)
PARAMETER_HINTS = get_type_hints(ParameterFacts)
HINTS = get_type_hints(ModelFacts)
PARAMETERS = st.builds(
    ParameterFacts,
    **{name: st.from_type(hint) for name, hint in PARAMETER_HINTS.items()},
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    field.name: st.from_type(HINTS[field.name])
    for field in dataclasses.fields(ModelFacts)
    if field.name not in ("parameters", "discount_costs", "discount_effects")
}
ANY_FACTS = st.builds(
    ModelFacts,
    parameters=st.lists(PARAMETERS, max_size=6).map(tuple),
    discount_costs=DISCOUNT,
    discount_effects=DISCOUNT,
    **FIELDS,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(facts=ANY_FACTS)
def test_any_facts_are_judged(facts: ModelFacts) -> None:
    findings = check(facts)
    assert len(findings) == len(rules())
    for one in findings:
        assert (one.reservation is not None) == (one.state == "not_met")
        assert one.found
        assert one.location
    predicted = overall(findings)
    assert predicted.text
    assert predicted.major == 0 or predicted.opinion == "not_usable"
