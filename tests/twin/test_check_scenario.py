"""A scenario against the baseline and against itself: each mistake, its line, its suggestion."""

from __future__ import annotations

import pytest

from preuve.core.errors import PreuveError
from preuve.twin.baseline import Baseline
from preuve.twin.parameters import Parameter
from preuve.twin.scenario.check import check
from preuve.twin.scenario.written import Scenario

CAHORS = "460000110"
HEAD = """\
name: a-scenario
title: {fr: Un scénario, en: A scenario}
period: {from: 2025-01-01, to: 2025-12-31}
elements:
"""
PARAMETERS = (
    Parameter("gravity.distance", "Distance", 2.0, 1.5, 2.5, "power", "measured", "here"),
    Parameter("a.ratio", "Ratio", 2.0, 1.5, 2.5, "ratio", "measured", "here", "log"),
    Parameter("a.share", "Share", 0.2, 0.1, 0.3, "proportion", "measured", "here", "logit"),
)


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    return Baseline.load(2024)


def checked(baseline: Baseline, *elements: str, after: str = "") -> None:
    text = HEAD + "".join(f"  - {element}\n" for element in elements) + after
    check(Scenario.parse(text, name="s.yaml"), baseline, PARAMETERS)


def refused(baseline: Baseline, *elements: str, after: str = "") -> PreuveError:
    with pytest.raises(PreuveError) as caught:
        checked(baseline, *elements, after=after)
    return caught.value


@pytest.mark.parametrize("name", Scenario.names())
def test_packaged_scenarios_may_run(name: str, baseline: Baseline) -> None:
    check(Scenario.load(name), baseline, ())


@pytest.mark.parametrize(
    ("element", "message"),
    [
        (
            "close: {site: 460000111, discipline: obstetrics}",
            "site: no establishment has the FINESS number 460000111. "
            "Did you mean 460000110 (CH JEAN ROUGIER CAHORS)?",
        ),
        (
            "open: {site: cahors, discipline: obstetrics, beds: 3}",
            "Did you mean 460000110 (CH JEAN ROUGIER CAHORS)?",
        ),
        ("resize: {site: '1', discipline: medicine, beds: 3}", "has the FINESS number 1."),
        (
            "night_closure: {site: 460780216}",
            "460780216 is a legal entity; name one of its establishments: 460000110 (CH JEAN",
        ),
        (
            "staff: {change: -1 %, territory: {site: [460000110, 46000110]}}",
            "territory.site: no establishment has the FINESS number 46000110. Did you mean 4600001",
        ),
        (
            "primary_care: {commune: 46420, general_practitioners: 6}",
            "commune: no commune has the code 46420. Did you mean 46",
        ),
        (
            "primary_care: {commune: Figeac, general_practitioners: 6}",
            "Did you mean 46102 (Figeac)?",
        ),
        (
            "primary_care: {commune: 13055, general_practitioners: 6}",
            "13055 is counted by arrondissement: give one of 13201 to 13216.",
        ),
        (
            "staff: {change: -1 %, territory: {commune: 46043x}}",
            "territory.commune: no commune has the code 46043x. Did you mean 46043 (",
        ),
        (
            "heat: {from: 2025-07-01, to: 2025-07-02, celsius: 3, territory: {department: 1}}",
            "territory.department: no département has the code 1. Did you mean “01”?",
        ),
        ("staff: {change: -1 %, territory: {department: 20}}", "no département has the code 20."),
        (
            "staff: {change: -1 %, territory: {region: 73}}",
            "territory.region: no région has the code 73. Choose among 01, 02",
        ),
        ("staff: {change: -1 %, territory: {region: 7 6}}", "Did you mean “76”?"),
        (
            "staff: {change: -1 %, territory: {commune: 01001}}",
            "no establishment stands there, so nothing would change.",
        ),
        (
            "close: {site: 460000045, discipline: obstetrics}",
            "460000045 (CH FIGEAC SITE MARTIN MALVY) has no obstetrics in 2024: it cannot",
        ),
        ("close: {site: 460000060, discipline: emergency}", "has no emergency in 2024"),
        (
            "open: {site: 460000110, discipline: obstetrics, beds: 5}",
            "(CH JEAN ROUGIER CAHORS) has obstetrics in 2024 already: it cannot be opened.",
        ),
        ("open: {site: 460000110, discipline: emergency}", "has emergency in 2024 already"),
        (
            "resize: {site: 460000045, discipline: obstetrics, beds: 5}",
            "has no obstetrics in 2024: open it instead of resizing it.",
        ),
        (
            "resize: {site: 460000110, discipline: obstetrics, change: -19}",
            "has 18.0 beds of obstetrics: 19 cannot be taken away.",
        ),
        ("night_closure: {site: 460000060}", "has no emergency department in 2024."),
        (
            "close: {site: 460000110, discipline: obstetrics, from: 2024-03-01}",
            "close.from: 2024-03-01 is outside the period, from 2025-01-01 to 2025-12-31.",
        ),
        (
            "close: {site: 460000110, discipline: obstetrics, to: 2026-01-01}",
            "close.to: 2026-01-01 is outside the period",
        ),
        (
            "resize: {site: 460000110, discipline: medicine, "
            "beds: [{beds: 3}, {from: 2026-01-01, beds: 4}]}",
            "resize.beds: 2026-01-01 is outside the period",
        ),
        (
            "epidemic: {incidence: [{date: 2024-02-01, cases: 4}], severity: {hospitalised: 1 %}}",
            "epidemic.incidence: no day of the curve is in the period",
        ),
    ],
)
def test_one_element(element: str, message: str, baseline: Baseline) -> None:
    error = refused(baseline, "staff: {change: -1 %}", element)
    assert message in error.problem
    assert "line 6, elements.1" in error.problem
    assert error.where == "s.yaml:6"


def test_a_site_of_another_year_is_told(baseline: Baseline) -> None:
    past = set(Baseline.load(2019).sites["finess"]) - set(baseline.sites["finess"])
    error = refused(baseline, f"close: {{site: {min(past)}, discipline: medicine}}")
    assert "has figures in 2019" in error.problem
    assert "not in 2024" in error.problem


CLOSE = f"close: {{site: {CAHORS}, discipline: medicine, from: 2025-03-01}}"
RESIZE = f"resize: {{site: {CAHORS}, discipline: medicine, beds: 3, from: 2025-06-01}}"


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (CLOSE, CLOSE, "the same element stands on line 5 already."),
        (CLOSE, CLOSE.replace("03", "04"), "this service is closed by line 5 already."),
        (CLOSE, RESIZE, "this contradicts line 5 on the same service and days"),
        (RESIZE, CLOSE, "this contradicts line 5 on the same service and days"),
        (RESIZE, RESIZE.replace("beds: 3", "beds: 4"), "this service is resized by line 5"),
        (
            RESIZE,
            "resize: {territory: {department: 46}, discipline: medicine, change: 5 %}",
            "this service is resized by line 5",
        ),
        (
            "demography: {variant: low, year: 2030}",
            "demography: {variant: high, year: 2030}",
            "a scenario has one demography, and line 5 gives another.",
        ),
        (
            f"night_closure: {{site: {CAHORS}}}",
            f"close: {{site: {CAHORS}, discipline: emergency}}",
            "this contradicts line 5 on the same service and days",
        ),
        (
            f"night_closure: {{site: {CAHORS}}}",
            f"night_closure: {{site: {CAHORS}, from: 2025-02-01}}",
            "this contradicts line 5 on the same service and days",
        ),
        (
            "heat: {from: 2025-07-01, to: 2025-07-09, celsius: 3, territory: {department: 46}}",
            "heat: {from: 2025-07-09, to: 2025-07-19, celsius: 4, territory: {region: 76}}",
            "two heat waves on the same day and place, with line 5.",
        ),
        (
            "practice: {discipline: surgery, towards: day_surgery, share: 70 %}",
            "practice: {discipline: surgery, towards: home_hospitalisation, share: 40 %, "
            "territory: {department: 46}}",
            "elements.1.practice.share: with the elements above, 110 % would leave.",
        ),
        (
            "staff: {change: -60 %, disciplines: [medicine, surgery]}",
            "staff: {change: -50 %, disciplines: [surgery], territory: {department: 46}}",
            "elements.1.staff.change: with the elements above, 110 % would leave.",
        ),
    ],
)
def test_two_elements_that_contradict(
    first: str, second: str, message: str, baseline: Baseline
) -> None:
    error = refused(baseline, first, second)
    assert message in error.problem
    assert error.where == "s.yaml:6"


def test_an_opened_service_is_not_opened_twice_nor_resized(baseline: Baseline) -> None:
    opened = "open: {site: 460000045, discipline: obstetrics, beds: 12, from: 2025-03-01}"
    error = refused(baseline, opened, opened.replace("12", "10"))
    assert "this contradicts line 5" in error.problem
    error = refused(baseline, opened, "close: {site: 460000045, discipline: obstetrics}")
    assert "this contradicts line 5" in error.problem


@pytest.mark.parametrize(
    "elements",
    [
        (CLOSE.replace("}", ", to: 2025-05-31}"), RESIZE),
        (CLOSE, CLOSE.replace("medicine", "surgery")),
        (CLOSE, "resize: {territory: {department: 46}, discipline: medicine, change: -5 %}"),
        ("staff: {change: -10 %}", "staff: {change: -5 %, territory: {department: 46}}"),
        (
            "heat: {from: 2025-07-01, to: 2025-07-09, celsius: 3, territory: {department: 46}}",
            "heat: {from: 2025-07-09, to: 2025-07-19, celsius: 4, territory: {region: 53}}",
        ),
        (
            "practice: {discipline: surgery, towards: day_surgery, share: 70 %, to: 2025-05-31}",
            "practice: {discipline: surgery, towards: home_hospitalisation, share: 40 %, "
            "from: 2025-06-01}",
        ),
        (f"resize: {{site: {CAHORS}, discipline: obstetrics, change: -18}}",),
        (
            "staff: {change: -60 %, disciplines: [medicine]}",
            "staff: {change: -50 %, disciplines: [surgery]}",
        ),
        ("staff: {change: -1 %, territory: {commune: 13055}}",),
    ],
)
def test_what_may_stand_together(elements: tuple[str, ...], baseline: Baseline) -> None:
    checked(baseline, *elements)


@pytest.mark.parametrize(
    ("parameter", "message"),
    [
        (
            "gravity.distanse: {value: 1, low: 0.5, high: 2, unit: power}",
            "parameters.gravity.distanse: no parameter is named gravity.distanse. "
            "Did you mean “gravity.distance”?",
        ),
        (
            "gravity.distance: {value: 1, low: 0.5, high: 2, unit: minute}",
            "gravity.distance is counted in power, not in minute.",
        ),
        (
            "a.ratio: {value: 1, low: 0, high: 2, unit: ratio}",
            "parameters.a.ratio.low: must be more than 0.",
        ),
        (
            "a.share: {value: 0.5, low: 0.1, high: 1, unit: proportion}",
            "parameters.a.share.high: must be less than 1.",
        ),
    ],
)
def test_parameters(parameter: str, message: str, baseline: Baseline) -> None:
    error = refused(baseline, "staff: {change: -1 %}", after=f"parameters:\n  {parameter}\n")
    assert message in error.problem
    assert error.where == "s.yaml:7"


def test_every_mistake_is_told_at_once(baseline: Baseline) -> None:
    error = refused(
        baseline,
        "close: {site: 999999999, discipline: obstetrics, from: 2026-01-01}",
        "demography: {variant: low, year: 2030}",
        "demography: {variant: low, year: 2031}",
        after="parameters:\n  a.b: {value: 1, low: 0.5, high: 2, unit: day}\n",
    )
    said = [line.strip().split(":")[0] for line in error.problem.splitlines()[1:]]
    assert said == [
        "line 5, elements.0.close.from",
        "line 5, elements.0.close.site",
        "line 7, elements.2.demography",
        "line 9, parameters.a.b",
    ]


def test_a_record_has_no_line_and_names_the_field(baseline: Baseline) -> None:
    record = {
        "name": "a-scenario",
        "title": {"fr": "Un", "en": "One"},
        "period": {"from": "2025-01-01", "to": "2025-12-31"},
        "elements": [{"close": {"site": "1", "discipline": "medicine"}}] * 2,
    }
    with pytest.raises(PreuveError, match=r"elements\.0\.close\.site: no establishment") as caught:
        check(Scenario.parse(record), baseline, ())
    assert caught.value.where == ""


def test_many_wrong_communes_are_told(baseline: Baseline) -> None:
    elements = [
        f"primary_care: {{commune: 999{i:02d}, general_practitioners: 1}}" for i in range(20)
    ]
    refused(baseline, *elements)
