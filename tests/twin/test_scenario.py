"""A scenario as written: every word, its record, its schema, and what is refused."""

from __future__ import annotations

import dataclasses
import json
from datetime import date
from pathlib import Path
from typing import Any, get_args

import jsonschema  # type: ignore[import-untyped]
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preuve.core.errors import PreuveError
from preuve.core.estimate import Estimate
from preuve.core.lines import read_lines
from preuve.twin.disciplines import ACTIVITIES, DISCIPLINES
from preuve.twin.parameters import Parameter
from preuve.twin.scenario.elements import (
    KINDS,
    Activity,
    Ai,
    Close,
    Demography,
    Discipline,
    Epidemic,
    Heat,
    NightClosure,
    Open,
    Period,
    Practice,
    PrimaryCare,
    Resize,
    Staff,
)
from preuve.twin.scenario.written import PACKAGED, ChangedRules, Scenario, schema
from preuve.twin.world import Rules

PUBLISHED = Path(__file__).parents[2] / "docs" / "schemas" / "scenario.schema.json"
PAGE = Path(__file__).parents[2] / "docs" / "rooms" / "twin-scenario.md"

VALIDATOR = jsonschema.Draft202012Validator(schema())

HEAD = """\
name: a-scenario
title: {fr: Un scénario, en: A scenario}
period: {from: 2025-01-01, to: 2025-12-31}
"""


def written(elements: str) -> Scenario:
    return Scenario.parse(HEAD + "elements:\n" + elements, name="s.yaml")


def only(element: str) -> Any:
    return written(f"  - {element}\n").elements[0]


def refused(text: str) -> PreuveError:
    with pytest.raises(PreuveError) as caught:
        Scenario.parse(text, name="s.yaml")
    return caught.value


def refused_element(element: str) -> PreuveError:
    return refused(HEAD + f"elements:\n  - {element}\n")


def year() -> np.ndarray[Any, np.dtype[np.datetime64]]:
    return np.arange(np.datetime64("2025-01-01"), np.datetime64("2026-01-01"))


# What is read


def test_close() -> None:
    element = only("close: {site: 460000110, discipline: obstetrics, from: 2025-03-01}")
    assert isinstance(element, Close)
    assert (element.site, element.discipline) == ("460000110", "obstetrics")
    assert (element.start, element.end) == (date(2025, 3, 1), None)
    period = Period.model_validate({"from": "2025-01-01", "to": "2025-12-31"})
    assert element.during(period) == (date(2025, 3, 1), date(2025, 12, 31))
    assert element.active(year()).sum() == 306
    assert len(period.dates) == 365
    assert period.dates[-1] == np.datetime64("2025-12-31")


def test_codes_with_a_leading_zero_need_no_quotes() -> None:
    """YAML would read 010000024 as an octal number."""
    assert only("close: {site: 010000024, discipline: medicine}").site == "010000024"
    territory = only("staff: {change: -1 %, territory: {department: [01, 2A, 46]}}").territory
    assert territory.codes == ("01", "2A", "46")


def test_open_in_steps() -> None:
    element = only(
        "open: {site: a, discipline: medicine, from: 2025-02-01, to: 2025-11-30, "
        "beds: [{beds: 10}, {from: 2025-06-01, beds: 20}]}"
    )
    assert isinstance(element, Open)
    beds = element.beds_on(year())
    assert beds[[0, 31, 150, 151, 333, 334]].tolist() == [0, 10, 10, 20, 20, 0]


@pytest.mark.parametrize(
    ("change", "after"),
    [
        ("beds: 30", 30.0),
        ("change: -10", 90.0),
        ("change: -10 %", 90.0),
        ("change: '−12,5 %'", 87.5),
        ("change: 7", 107.0),
        ("share: -0.1", 90.0),
    ],
)
def test_resize(change: str, after: float) -> None:
    element = only(f"resize: {{site: a, discipline: surgery, {change}, from: 2025-07-01}}")
    assert isinstance(element, Resize)
    beds = element.beds_on(year(), 100.0)
    assert (beds[180], beds[181]) == (100.0, pytest.approx(after))


def test_resize_in_steps_leaves_the_beds_before_the_first() -> None:
    element = only(
        "resize: {site: a, discipline: surgery, beds: "
        "[{from: 2025-02-01, beds: 5}, {from: 2025-03-01, beds: 6}], to: 2025-03-31}"
    )
    assert element.beds_on(year(), 9.0)[[30, 31, 59, 89, 90]].tolist() == [9, 5, 6, 6, 9]


def test_resize_of_a_territory() -> None:
    element = only("resize: {territory: {region: 76}, discipline: medicine, change: -10 %}")
    assert element.territory.level == "region"
    assert element.share == -0.1


def test_night_closure() -> None:
    element = only("night_closure: {site: a, from: 2025-07-01, to: 2025-08-31}")
    assert isinstance(element, NightClosure)
    assert element.share_of_visits is None


def test_staff() -> None:
    element = only("staff: {change: -10 %, territory: {department: 46}, disciplines: [medicine]}")
    assert isinstance(element, Staff)
    assert element.change == -0.1
    assert element.disciplines == ("medicine",)
    assert only("staff: {change: -0.1}").disciplines == ACTIVITIES


def test_practice() -> None:
    element = only("practice: {discipline: surgery, towards: day_surgery, share: 5 %}")
    assert isinstance(element, Practice)
    assert element.share == 0.05


def test_demography() -> None:
    element = only("demography: {variant: central, year: 2040}")
    assert isinstance(element, Demography)
    assert (element.chosen, element.year) == (("central",), 2040)
    assert only("demography: {variants: [low, high], year: 2040}").chosen == ("low", "high")


def test_heat() -> None:
    element = only("heat: {from: 2025-07-01, to: 2025-07-10, celsius: 8, territory: {region: 76}}")
    assert isinstance(element, Heat)
    assert element.celsius == 8
    assert element.active(year()).sum() == 10


def test_epidemic_by_reproduction_number() -> None:
    element = only(
        "epidemic: {from: 2025-02-01, reproduction_number: 1.4, generation_days: 5, "
        "severity: {hospitalised: 2 %, critical: 20 %}}"
    )
    assert isinstance(element, Epidemic)
    assert (element.reproduction_number, element.generation_days) == (1.4, 5.0)
    assert (element.severity.hospitalised, element.severity.critical) == (0.02, 0.2)


def test_epidemic_by_a_curve_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "curve.csv").write_text("date,cases\n2025-02-03,7\n2025-02-01,5\n2025-02-02,6.5\n")
    path = tmp_path / "s.yaml"
    path.write_text(
        HEAD + "elements:\n  - epidemic: {incidence: curve.csv, severity: {hospitalised: 2 %}}\n",
        encoding="utf-8",
    )
    scenario = Scenario.load(path)
    element = scenario.elements[0]
    assert isinstance(element, Epidemic)
    assert element.cases_on(year())[[30, 31, 32, 33, 34]].tolist() == [0, 5, 6.5, 7, 0]
    assert Scenario.parse(scenario.record()) == scenario  # the record holds the curve itself


def test_epidemic_by_a_weekly_curve() -> None:
    element = only(
        "epidemic: {incidence: [{date: 2025-02-03, cases: 4}, {date: 2025-02-10, cases: 0}], "
        "severity: {hospitalised: 0.1}}"
    )
    assert element.cases_on(year()).sum() == 28


def test_primary_care() -> None:
    element = only("primary_care: {commune: 01004, general_practitioners: 6, from: 2025-02-01}")
    assert isinstance(element, PrimaryCare)
    assert (element.commune, element.general_practitioners) == ("01004", 6.0)


def test_ai_takes_bounds() -> None:
    element = only(
        "ai: {effect: low_acuity_visits_avoided, estimate: "
        "{value: 0.05, low: 0.01, high: 0.1, unit: proportion, source: a trial}}"
    )
    assert isinstance(element, Ai)
    estimate = element.estimate
    low, high = estimate.interval
    assert (estimate.value, estimate.unit, estimate.source) == (0.05, "proportion", "a trial")
    draws = estimate.draws(20_000, seed=1)
    assert draws.mean() == pytest.approx(0.05, abs=0.001)
    assert ((draws > 0.01) & (draws < 0.1)).mean() == pytest.approx(0.95, abs=0.01)
    assert 0 < low < 0.05 < high < 1


def test_ai_takes_an_estimate_of_the_house() -> None:
    estimate = Estimate.from_beta(5, 95, unit="proportion", source="sha256:0")
    element = {"effect": "low_acuity_visits_avoided", "estimate": estimate.record()}
    record, _origin = read_lines(HEAD)
    scenario = Scenario.parse({**record, "elements": [{"ai": element}]})
    assert isinstance(scenario.elements[0], Ai)
    assert scenario.elements[0].estimate == estimate


def test_the_disciplines_are_those_of_the_twin() -> None:
    assert get_args(Discipline) == DISCIPLINES
    assert get_args(Activity) == ACTIVITIES


def test_every_kind_of_element_may_stand_in_a_scenario() -> None:
    accepted = schema()["properties"]["elements"]["items"]["oneOf"]
    assert {one["$ref"].split("/")[-1] for one in accepted} == {
        one.__name__ for one in KINDS.values()
    }


def test_rules_are_those_of_the_world() -> None:
    assert set(ChangedRules.model_fields) == {one.name for one in dataclasses.fields(Rules)}
    scenario = Scenario.parse(
        HEAD
        + "elements:\n  - staff: {change: -1 %}\n"
        + "rules: {board_first: 30 %, outlying: false, longest_block: 10}\n"
    )
    rules = scenario.rules.applied(Rules())
    assert (rules.board_first, rules.outlying, rules.longest_block) == (0.3, False, 10)
    assert rules.transfer_minutes == Rules().transfer_minutes


def test_parameters_are_replaced() -> None:
    distance = Parameter("gravity.distance", "Distance", 2.0, 1.5, 2.5, "power", "measured", "here")
    other = dataclasses.replace(distance, name="gravity.other")
    scenario = Scenario.parse(
        HEAD
        + "elements:\n  - staff: {change: -1 %}\n"
        + "parameters:\n  gravity.distance: {value: 3, low: 2.5, high: 3.5, unit: power}\n"
    )
    new, same = scenario.parameters_of((distance, other))
    assert (new.value, new.low, new.high, new.kind) == (3.0, 2.5, 3.5, "assumed")
    assert same is other


# Packaged scenarios, the schema and the page


@pytest.mark.parametrize("name", Scenario.names())
def test_packaged_scenario_is_its_record(name: str) -> None:
    scenario = Scenario.load(name)
    assert scenario.name == name
    record = scenario.record()
    again = Scenario.parse(json.dumps(record, indent=1))
    assert again == scenario
    assert again.digest == scenario.digest


@pytest.mark.parametrize("name", Scenario.names())
def test_packaged_scenario_follows_the_published_schema(name: str) -> None:
    raw, _origin = read_lines((PACKAGED / f"{name}.yaml").read_text(encoding="utf-8"))
    VALIDATOR.validate(raw)
    VALIDATOR.validate(Scenario.load(name).record())


def test_the_published_schema_is_that_of_the_code() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == schema()


def test_the_schema_refuses_what_the_code_refuses() -> None:
    raw, _origin = read_lines(HEAD + "elements:\n  - close: {site: a, discipline: dentistry}\n")
    assert not VALIDATOR.is_valid(raw)


def test_every_example_of_the_page_is_read() -> None:
    blocks = PAGE.read_text(encoding="utf-8").split("```yaml\n")[1:]
    texts = [block.split("```")[0] for block in blocks]
    kinds = set()
    for text in texts:
        whole = text if text.startswith("name:") else HEAD + "elements:\n" + text
        kinds |= {element.kind for element in Scenario.parse(whole).elements}
    assert kinds == set(KINDS)


# Round trip

PLACES = st.sampled_from(
    [None, {"department": "46"}, {"department": ["01", "2A"]}, {"region": "76"}]
)
SHARES = st.floats(min_value=0.001, max_value=1)
DAYS = st.dates(date(2025, 1, 1), date(2025, 12, 31)).map(str)


@st.composite
def dates(draw: st.DrawFn, required: bool = False) -> dict[str, Any]:
    first, last = sorted([draw(DAYS), draw(DAYS)])
    keep = [True, True] if required else [draw(st.booleans()), draw(st.booleans())]
    return {k: v for k, v, kept in zip(("from", "to"), (first, last), keep, strict=True) if kept}


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(fields).map(
        lambda found: {key: value for key, value in found.items() if value is not None}
    )


@st.composite
def estimates(draw: st.DrawFn) -> dict[str, Any]:
    low, value, high = sorted(
        draw(st.lists(st.floats(0.01, 0.99), min_size=3, max_size=3, unique=True))
    )
    return {"value": value, "low": low, "high": high, "unit": "proportion", "source": "supposed"}


SITES = st.sampled_from(["460000110", "010000024", "2A0000014"])
WARDS = st.sampled_from(DISCIPLINES)
ELEMENTS = {
    "close": some(site=SITES, discipline=st.sampled_from(ACTIVITIES)),
    "open": some(site=SITES, discipline=WARDS, beds=st.floats(0, 500)),
    "resize": some(site=SITES, discipline=WARDS, change=st.integers(-50, -1)),
    "night_closure": some(site=SITES, share_of_visits=st.none() | estimates()),
    "staff": some(change=SHARES.map(lambda share: -share), territory=PLACES),
    "practice": some(
        discipline=WARDS, towards=st.just("home_hospitalisation"), share=SHARES, territory=PLACES
    ),
    "heat": some(celsius=st.floats(0.1, 20), territory=PLACES),
    "epidemic": some(
        reproduction_number=st.floats(0.5, 20),
        generation_days=st.floats(1, 30),
        severity=some(hospitalised=SHARES, critical=SHARES),
        territory=PLACES,
    ),
    "primary_care": some(commune=st.just("01004"), general_practitioners=st.floats(0.5, 20)),
    "ai": some(effect=st.just("low_acuity_visits_avoided"), estimate=estimates(), territory=PLACES),
}


@st.composite
def elements(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from([*ELEMENTS, "demography"]))
    if kind == "demography":
        return {kind: {"variant": "low", "year": draw(st.integers(2021, 2070))}}
    days = draw(dates(required=kind in ("heat", "epidemic")))
    if kind == "epidemic":
        del days["to"]
    return {kind: draw(ELEMENTS[kind]) | days}


@settings(max_examples=150, deadline=None)
@given(st.lists(elements(), min_size=1, max_size=6))
def test_a_scenario_is_its_record(written_elements: list[dict[str, Any]]) -> None:
    record = {
        "name": "a-scenario",
        "title": {"fr": "Un", "en": "One"},
        "period": {"from": "2025-01-01", "to": "2025-12-31"},
        "elements": written_elements,
    }
    scenario = Scenario.parse(record)
    assert Scenario.parse(scenario.record()) == scenario
    assert Scenario.parse(json.dumps(record)) == scenario
    assert VALIDATOR.is_valid(scenario.record())


# What is refused: message, line, suggestion


@pytest.mark.parametrize(
    ("element", "message"),
    [
        ("clos: {site: a}", "“clos” is not an element. Did you mean “close”?"),
        ("fermeture: {site: a}", "Choose among close, open, resize"),
        ("close:", "close is empty: give its fields."),
        ("close", "one word followed by its fields; this one is “close”"),
        ("{close: {site: a}, open: {site: b}}", "this one is “close, open”"),
        ("close: {discipline: medicine}", "elements.0.close.site: this field is missing."),
        ("close: {site: a, discipline: medicin}", "Did you mean “medicine”?"),
        ("close: {site: a, discipline: medicine, form: 2025-01-01}", "Did you mean “from”?"),
        ("close: {site: a, discipline: medicine, from: 03/2025}", "“03/2025” is not a date"),
        ("close: {site: a, discipline: medicine, from: 2025}", "“2025” is not a date"),
        ("close: {site: a, discipline: medicine, from: 2025-02-30}", "not a day of the calendar"),
        (
            "close: {site: a, discipline: medicine, from: 2025-03-02, to: 2025-03-01}",
            "elements.0.close.to: the last day 2025-03-01 is before the first 2025-03-02.",
        ),
        ("open: {site: a, discipline: medicine}", "say how many beds are opened."),
        ("open: {site: a, discipline: emergency, beds: 3}", "no beds of its own"),
        ("open: {site: a, discipline: medicine, beds: -3}", "elements.0.open.beds: must be 0 or"),
        ("open: {site: a, discipline: medicine, beds: []}", "must not be empty"),
        ("open: {site: a, discipline: medicine, beds: .nan}", "no NaN"),
        (
            "open: {site: a, discipline: medicine, beds: "
            "[{from: 2025-02-01, beds: 1}, {from: 2025-01-01, beds: 1}]}",
            "the dates of the beds must increase.",
        ),
        (
            "open: {site: a, discipline: medicine, from: 2025-03-01, beds: "
            "[{from: 2025-02-01, beds: 1}]}",
            "the beds of 2025-02-01 are outside the dates of the element.",
        ),
        ("resize: {site: a, discipline: medicine}", "give exactly one of beds and change."),
        (
            "resize: {site: a, discipline: medicine, beds: 3, change: -1}",
            "give exactly one of beds and change.",
        ),
        ("resize: {site: a, discipline: medicine, change: 0}", "changes nothing"),
        ("resize: {site: a, discipline: medicine, change: -.inf}", "no NaN, no infinity"),
        ("resize: {site: a, discipline: medicine, change: ten}", "a number of beds (−10) or"),
        ("resize: {discipline: medicine, change: -10}", "name the site, or give the change in %"),
        (
            "resize: {site: a, territory: {region: 76}, discipline: medicine, change: -1 %}",
            "give a site or a territory, not both.",
        ),
        ("staff: {change: -10}", "-10 is not a change between −100 % and 100 %"),
        ("staff: {change: -120 %}", "-1.2 is not a change between"),
        ("staff: {change: .nan}", "no NaN"),
        ("staff: {change: yes}", "“yes” is not a share: write 5 % or 0.05."),
        ("staff: {change: true}", "is not a share"),
        ("staff: {change: -1 %, disciplines: []}", "elements.0.staff.disciplines: must not be"),
        ("staff: {change: -1 %, territory: {}}", "give exactly one of site, commune"),
        (
            "staff: {change: -1 %, territory: {region: 76, department: 46}}",
            "give exactly one of site, commune",
        ),
        ("staff: {change: -1 %, territory: {departement: 46}}", "Did you mean “department”?"),
        ("staff: {change: -1 %, territory: {department: [46, 46]}}", "the same code stands twice"),
        ("staff: {change: -1 %, territory: {department: []}}", "must not be empty"),
        ("practice: {discipline: surgery, towards: day_surgery, share: 5}", "5 is not between 0"),
        ("practice: {discipline: surgery, towards: day_surgery, share: 0}", "changes nothing"),
        ("practice: {discipline: medicine, towards: day_surgery, share: 5 %}", "only surgery"),
        ("practice: {discipline: surgery, towards: day, share: 5 %}", "“day” is not known."),
        ("demography: {variant: centrl, year: 2040}", "Did you mean “central”?"),
        ("demography: {variant: low, year: 2020}", "must be 2021 or more."),
        ("demography: {variant: low, year: 2071}", "must be 2070 or less."),
        ("demography: {variant: low, year: 2040.5}", "must be a whole number."),
        ("demography: {year: 2040}", "give exactly one of variant and variants."),
        ("demography: {variants: [], year: 2040}", "must not be empty."),
        ("demography: {variants: [low, low], year: 2040}", "the same variant stands twice."),
        ("heat: {from: 2025-07-01, celsius: 8}", "elements.0.heat.to: this field is missing."),
        ("heat: {from: 2025-07-02, to: 2025-07-01, celsius: 8}", "is before the first"),
        ("heat: {from: 2025-07-01, to: 2025-07-02, celsius: 40}", "must be 20 or less."),
        (
            "heat: {from: 2025-07-01, to: 2025-07-02, celsius: 4, territory: {commune: 46042}}",
            "give départements or régions here",
        ),
        (
            "epidemic: {from: 2025-07-01, severity: {hospitalised: 2 %}}",
            "give exactly one of reproduction_number and incidence.",
        ),
        (
            "epidemic: {from: 2025-07-01, reproduction_number: 2, severity: {hospitalised: 2 %}}",
            "generation_days goes with reproduction_number.",
        ),
        (
            "epidemic: {reproduction_number: 2, generation_days: 5, severity: {hospitalised: 2 %}}",
            "from is missing: the day of the first infections.",
        ),
        (
            "epidemic: {from: 2025-02-01, to: 2025-03-01, reproduction_number: 2, "
            "generation_days: 5, severity: {hospitalised: 2 %}}",
            "this epidemic ends by itself: remove to.",
        ),
        (
            "epidemic: {incidence: [{date: 2025-02-01, cases: 1}, {date: 2025-02-01, cases: 1}], "
            "severity: {hospitalised: 2 %}}",
            "the dates of the incidence must increase.",
        ),
        ("epidemic: {incidence: [], severity: {hospitalised: 2 %}}", "must not be empty"),
        (
            "epidemic: {from: 2025-07-01, reproduction_number: -1, generation_days: 5, "
            "severity: {hospitalized: 2 %}}",
            "Did you mean “hospitalised”?",
        ),
        ("primary_care: {commune: 46042, general_practitioners: 0}", "changes nothing"),
        ("primary_care: {commune: 46042, general_practitioners: six}", "must be a number."),
        ("ai: {effect: low_acuity_visit_avoided}", "Did you mean “low_acuity_visits_avoided”?"),
    ],
)
def test_a_wrong_element_is_refused(element: str, message: str) -> None:
    error = refused_element(element)
    assert message in error.problem
    assert error.where == "s.yaml:5"
    assert "line 5, elements.0" in error.problem


@pytest.mark.parametrize(
    ("estimate", "message"),
    [
        ("{value: 0.05, low: 0.01, high: 0.1, source: s}", "estimate.unit: this field is missing."),
        ("{value: 0.05, low: 0.01, high: 0.1, unit: '', source: s}", "unit: must not be empty."),
        ("{value: 0.05, low: 0.01, high: 0.1, unit: proportion}", "source: this field is missing."),
        (
            "{value: .nan, low: 0.01, high: 0.1, unit: proportion, source: s}",
            "value: must be a fin",
        ),
        (
            "{value: 0.05, low: 0.01, high: .inf, unit: proportion, source: s}",
            "high: must be a fin",
        ),
        ("{value: 0.5, low: 0.01, high: 0.1, unit: proportion, source: s}", "between low and high"),
        ("{value: 0.5, low: 0.01, high: 1.1, unit: proportion, source: s}", "between 0 and 1."),
        ("{value: 0.5, low: 0, high: 1, unit: proportion, source: s}", "say nothing"),
        ("{value: 5, low: 1, high: 10, unit: percent, source: s}", "“proportion”, not “percent”"),
        ("5 %", "must be a list of keys and values."),
        (
            "{value: 0.1, unit: proportion, source: s, distribution: {family: beta, a: -1, b: 2}}",
            "",
        ),
        (
            "{value: 0.1, unit: '', source: s, level: 0.95, "
            "distribution: {family: beta, a: 1, b: 9}}",
            "An estimate must name its unit.",
        ),
        (
            "{value: .nan, unit: proportion, source: s, level: 0.95, "
            "distribution: {family: beta, a: 1, b: 9}}",
            "An estimate must be a finite number.",
        ),
        (
            "{value: 0.1, unit: proportion, source: s, level: 0.95, "
            "distribution: {family: normal, centre: .nan, spread: 1}}",
            "not finite",
        ),
        (
            "{value: 0.1, unit: proportion, source: s, level: 0.95, "
            "distribution: {family: beta, a: 1, c: 9}}",
            "not the record of an estimate",
        ),
    ],
)
def test_a_wrong_estimate_is_refused(estimate: str, message: str) -> None:
    error = refused_element(f"ai: {{effect: low_acuity_visits_avoided, estimate: {estimate}}}")
    assert message in error.problem
    assert "line 5, elements.0.ai.estimate" in error.problem
    assert error.where == "s.yaml:5"


def test_every_mistake_is_told_at_once_in_order() -> None:
    error = refused(
        HEAD
        + "elements:\n"
        + "  - close: {site: a, discipline: obstetric}\n"
        + "  - heat:\n"
        + "      from: 2025-07-01\n"
        + "      to: 2025-07-02\n"
        + "      celsius: .nan\n"
        + "rules: {board_first: 2}\n"
        + "colour: red\n"
    )
    lines = [line.strip().split(",")[0] for line in error.problem.splitlines()[1:]]
    assert lines == ["line 5", "line 9", "line 10", "line 11"]
    assert error.where == "s.yaml:5"
    assert "elements: must not be empty" not in error.problem


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        (HEAD, "s.yaml", "elements: this field is missing."),
        (HEAD + "elements: []\n", "s.yaml:4", "elements: must not be empty."),
        (HEAD + "elements: 3\n", "s.yaml:4", "elements: must be a list."),
        ("", "s.yaml", "must be a list of keys and values."),
        ("- a\n", "s.yaml", "must be a list of keys and values."),
        ("name: [\n", "s.yaml:2", "not valid YAML"),
        (HEAD + "name: again\n", "s.yaml:4", "“name” is written twice: on line 1 and here."),
        (HEAD + "elements: &a [*a]\n", "s.yaml:4", "aliases (*) are not read"),
        ("[" * 3000, "s.yaml", "nested levels"),
        (HEAD + "elements: !!int x\n", "s.yaml:4", "tags (!) are not read"),
        ("name: \x00", "s.yaml", "not valid YAML"),
        (
            HEAD.replace("from: 2025-01-01", "from: 2026-01-01"),
            "s.yaml:3",
            "the last day 2025-12-31 is before the first 2026-01-01.",
        ),
        (HEAD.replace("a-scenario", "A scenario!"), "s.yaml:1", "line 1, name"),
        (HEAD + "baseline: 2018\n", "s.yaml:4", "baseline: must be 2019 or more."),
        (HEAD + "rules: {boardfirst: 0.3}\n", "s.yaml:4", "Did you mean “board_first”?"),
        (HEAD + "rules: {longest_block: 1.5}\n", "s.yaml:4", "must be a whole number."),
        (HEAD + "rules: {outlying: 1}\n", "s.yaml:4", "must be true or false."),
        (HEAD + "parameters: {a: {value: 1}}\n", "s.yaml:4", "parameters.a.unit: this field is"),
        (
            HEAD + "parameters: {a: {value: 1, low: 2, high: 3, unit: day}}\n",
            "s.yaml:4",
            "the value must lie between low and high.",
        ),
        (
            HEAD + "parameters: {a: {value: 1, low: 1, high: 1, unit: day}}\n",
            "s.yaml:4",
            "the value must lie between low and high.",
        ),
        (HEAD + "parameters: {a: {value: .nan, unit: day}}\n", "s.yaml:4", "no NaN"),
    ],
)
def test_a_wrong_file_is_refused(text: str, where: str, message: str) -> None:
    error = refused(text)
    assert message in error.problem
    assert error.where == where


TEXTS = tuple((PACKAGED / f"{name}.yaml").read_text(encoding="utf-8") for name in Scenario.names())
SCRAPS = st.sampled_from(
    [
        "",
        ":",
        "- ",
        "{",
        "}",
        "[",
        "\n",
        "  ",
        "null",
        ".nan",
        "1e9",
        "%",
        "'",
        "0",
        "-1",
        "é",
        "\t",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(TEXTS), st.data())
def test_a_damaged_file_is_read_or_refused_in_words(text: str, data: st.DataObject) -> None:
    for _blow in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = start + data.draw(st.integers(0, 12))
        text = text[:start] + data.draw(SCRAPS) + text[end:]
    try:
        scenario = Scenario.parse(text, name="s.yaml")
    except PreuveError as error:
        where = error.where
    else:
        where = "s.yaml"
        assert Scenario.parse(scenario.record()) == scenario
    assert where.startswith("s.yaml")


def test_a_wrong_curve_names_its_own_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "curve.csv").write_text("date,cases\n2025-02-01,5\n2025-02-31,6\n2025-03-01,-1\n")
    path = tmp_path / "s.yaml"
    path.write_text(
        HEAD + "elements:\n  - epidemic: {incidence: curve.csv, severity: {hospitalised: 2 %}}\n"
    )
    with pytest.raises(PreuveError) as caught:
        Scenario.load(path)
    assert caught.value.where == f"{tmp_path / 'curve.csv'}:3"
    assert "line 3: date: “2025-02-31” is not a date" in caught.value.problem
    assert "line 4: cases: -1 is below zero." in caught.value.problem


def test_an_absent_scenario_suggests_the_nearest() -> None:
    with pytest.raises(PreuveError) as caught:
        Scenario.load("ageing-2050")
    assert caught.value.remedy == "Did you mean “ageing-2040”?"


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes("name: é".encode("latin-1"))
    with pytest.raises(PreuveError, match="not in UTF-8"):
        Scenario.load(path)
