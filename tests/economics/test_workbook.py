"""The workbook, computed by another program, gives what the engines give, before and after."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as some

from preuve.core.errors import PreuveError
from preuve.economics.expression.evaluation import evaluate
from preuve.economics.expression.syntax import (
    Call,
    Choice,
    Comparison,
    Expression,
    Name,
    Negation,
    Number,
    Operation,
)
from preuve.economics.model import Model
from preuve.economics.simulate import simulate
from preuve.economics.workbook import write
from preuve.economics.workbook.formula import letters, number
from preuve.economics.workbook.sheet import FIRST, unique
from preuve.economics.workbook.translation import translate

openpyxl = pytest.importorskip("openpyxl")
formulas = pytest.importorskip("formulas")
pytest.importorskip("xlsxwriter")

HEAD = """
preuve_model: 1
name: {name}
title: {{fr: Modèle, en: Model}}
synthetic: true
decision:
  question: {{fr: q, en: q}}
  population: {{fr: p, en: p}}
  perspective: payer
  {time}
  price_year: 2024
  willingness_to_pay: [30000]
"""

HOMOGENEOUS = (
    HEAD.format(
        name="homogeneous",
        time="horizon: 6 years\n  cycle: 1 year\n  discounting: 3 %\n  correction: trapezoid",
    )
    + """
parameters:
  r_die: {value: 0.02, unit: rate/year, source: assumed, grade: D}
  r_fall: {value: 0.15, unit: rate/year, source: assumed, grade: D}
  hr: {value: 0.6, unit: ratio, distribution: "lognormal(0.6, 0.1)", source: assumed, grade: D}
  c_sick: {value: 4000, unit: EUR/year, source: assumed, grade: D}
  c_drug: {value: 1300, unit: EUR/year, source: assumed, grade: D}
  c_fall: {value: 900, unit: EUR, source: assumed, grade: D}
  u_sick: {value: 0.7, unit: utility, source: assumed, grade: D}
values:
  treated: 0
  die: probability(r_die)
  fall: "r_fall * (hr if treated > 0 else 1)"
  drug: "treated * c_drug"
structure:
  kind: cohort
  states: {Well: {}, Sick: {}, Dead: {dead: true}}
  start: {Well: 1}
  transitions:
    Well: {Sick: "(1 - die) * probability(fall)", Dead: die, Well: rest}
    Sick: {Dead: probability(r_die * 4), Sick: rest}
rewards:
  costs:
    care: {states: {Well: drug, Sick: c_sick + drug}, entering: {Sick: c_fall}}
    funeral:
      payer: {insurance: 0.6, household: "1 - 0.6"}
      transitions: {"Sick > Dead": c_fall * 2}
      once: 10
  effects:
    qaly: {states: {Well: 1, Sick: u_sick}, entering: {Sick: -0.01}}
strategies:
  usual: {label: {fr: Habituel, en: Usual}}
  drug_a: {label: {fr: A, en: Drug A}, set: {treated: 1}}
  drug_b: {label: {fr: B, en: Drug B}, set: {treated: 1, hr: "hr * 1.2", c_drug: "c_drug * 2"}}
"""
)

AGEING = (
    HEAD.format(
        name="ageing",
        time="horizon: 36 years\n  cycle: 4 years\n  start_age: first_age\n  discounting: has_2020",
    )
    + """
tables:
  mortality:
    values: {0: 0.001, 60: 0.01, 70: 0.03, 80.0: 0.09, 90: 0.2}
    unit: rate/year
    source: assumed
    grade: D
parameters:
  first_age: {value: 58.5, unit: year, source: assumed, grade: D}
  p_stroke: {value: 0.03, unit: probability/year, source: assumed, grade: D}
  rr: {value: 0.7, unit: ratio, source: assumed, grade: D}
  fee: {value: 12.5, unit: EUR, source: assumed, grade: D}
  ecg: {value: 3, unit: 1/year, source: assumed, grade: D}
  c_year: {value: 100, unit: EUR/year, source: assumed, grade: D}
  u_well: {value: 0.9, unit: utility, source: assumed, grade: D}
  c_stroke: {value: 9000, unit: EUR, source: assumed, grade: D}
values:
  stroke: "1 - (1 - per_cycle(p_stroke)) ** (1 + 0.02 * step)"
  worn: "exp(-0.01 * (age - 58.5 * year) / year)"
structure:
  kind: cohort
  states: {Well: {}, Stroke: {}, Dead: {dead: true}}
  start: {Well: 0.9, Stroke: rest}
  transitions:
    Well: {Stroke: stroke, Dead: "probability(mortality(age)) * 0.9", Well: rest}
    Stroke: {Dead: "probability(mortality(floor(age / year) * year) * 2)", Stroke: rest}
rewards:
  costs:
    care: {states: {Stroke: "c_year * min(age / year, 80)"}, entering: {Stroke: "c_stroke * worn"}}
  effects:
    qaly: {states: {Well: "u_well * worn", Stroke: "u_well * 0.7 * sqrt(worn)"}}
strategies:
  usual: {label: {fr: Habituel, en: Usual}}
  reader:
    label: {fr: Lecteur, en: Reader}
    set: {stroke: "stroke * rr"}
    price: {scheme: {scheme: per_use, amount: fee}, uses: ecg}
"""
)

TUNNEL = (
    HEAD.format(
        name="tunnel",
        time="horizon: 3 years\n  cycle: 6 months\n  correction: simpson\n"
        "  discounting: {costs: 4 %, effects: 1.5 %}",
    )
    + """
parameters:
  base: {value: 0.3, unit: probability/year, source: assumed, grade: D}
  hr: {value: 0.5, unit: ratio, source: assumed, grade: D}
  c_first: {value: 700, unit: EUR/month, source: assumed, grade: D}
values:
  relapse: "hazard_ratio(per_cycle(base), exp(-sojourn / year)) * (1 - 0.02 * step)"
  fading: "1 / (1 + sojourn / year)"
structure:
  kind: cohort
  states: {Remission: {tunnel: 3}, Relapse: {}, Dead: {dead: true}}
  start: {Remission: 1}
  transitions:
    Remission: {Relapse: relapse, Dead: 0.01, Remission: rest}
    Relapse: {Remission: 0.2, Dead: "0.1 + 0.05 * fading", Relapse: rest}
rewards:
  costs:
    care: {states: {Remission: "c_first * fading", Relapse: c_first}}
  effects:
    qaly: {states: {Remission: "0.8 if sojourn > 0.4 else 0.7", Relapse: 0.5}}
strategies:
  usual: {label: {fr: Habituel, en: Usual}}
  drug: {label: {fr: Remède, en: Drug}, set: {relapse: "relapse * hr"}}
"""
)

ENTRY = (
    HEAD.format(name="entry", time="horizon: 5 months\n  cycle: 1 month\n  correction: end")
    + """
parameters:
  prevalence: {value: 0.2, unit: proportion, source: assumed, grade: D}
  se: {value: 0.7, unit: proportion, source: assumed, grade: D}
  fee: {value: 40, unit: EUR, source: assumed, grade: D}
structure:
  kind: cohort
  states: {Treated: {}, Missed: {}, Free: {}, Dead: {dead: true}}
  entry:
    - name: sick
      probability: prevalence
      then:
        - {name: found, probability: se, costs: {exam: 30}, effects: {qaly: -0.001}, to: Treated}
        - {name: lost, probability: rest, to: Missed}
    - {name: free, probability: rest, costs: {exam: "fee / 4"}, to: Free}
  transitions:
    Treated: {Dead: 0.01, Treated: rest}
    Missed: {Dead: 0.05, Treated: 0.1, Missed: rest}
rewards:
  costs:
    exam: {once: 5}
    care: {states: {Treated: 1200, Missed: 300}}
  effects:
    qaly: {states: {Treated: 0.8, Missed: 0.7, Free: 0.95}}
strategies:
  usual: {label: {fr: Habituel, en: Usual}}
  reader:
    label: {fr: Lecteur, en: Reader}
    set: {se: "odds_ratio(se, 3)"}
    price: {scheme: {scheme: per_use, amount: fee}, once: true}
"""
)

TREE = (
    HEAD.format(name="only-tree", time="discounting: 0 %")
    + """
parameters:
  p_cure: {value: 0.4, unit: proportion, source: assumed, grade: D}
  c_test: {value: 25, unit: EUR, source: assumed, grade: D}
structure:
  kind: tree
  branches:
    - {name: cured, probability: p_cure, costs: {care: 100}, effects: {qaly: 2}}
    - {name: not, probability: rest, costs: {care: c_test * 30}, effects: {qaly: 1.5}}
rewards:
  costs: {care: {once: c_test}}
  effects: {qaly: {}}
strategies:
  usual: {label: {fr: Habituel, en: Usual}}
  better: {label: {fr: Mieux, en: Better}, set: {p_cure: "min(1, p_cure + 0.2)", c_test: 400}}
"""
)

CURVES = (
    HEAD.format(name="curves", time="horizon: 8 years\n  cycle: 1 year\n  correction: start")
    + """
parameters:
  median: {value: 3, unit: year, source: assumed, grade: D}
  sigma: {value: 0.8, unit: ratio, source: assumed, grade: D}
  hr: {value: 0.7, unit: ratio, source: assumed, grade: D}
values:
  effect: 1
structure:
  kind: partitioned_survival
  states: {Stable: {}, Worse: {}, Dead: {dead: true}}
  curves:
    Stable: "lognormal(time, median, sigma) ** effect"
    Worse: "(1 / (1 + (time / (6 * year)) ** 1.5)) ** effect"
rewards:
  costs:
    care: {states: {Stable: 1000, Worse: 5000}, entering: {Dead: 3000}}
  effects:
    qaly: {states: {Stable: 0.8, Worse: 0.6}}
strategies:
  usual: {label: {fr: Habituel, en: Usual}}
  drug: {label: {fr: Remède, en: Drug}, set: {effect: hr}}
"""
)

MODELS = {
    "homogeneous": (HOMOGENEOUS, {"hr": 0.8, "r_fall": 0.2, "u_sick": 0.55}),
    "ageing": (AGEING, {"first_age": 64.0, "rr": 0.9, "fee": 20.0}),
    "tunnel": (TUNNEL, {"base": 0.4, "c_first": 650.0}),
    "entry": (ENTRY, {"prevalence": 0.3, "se": 0.5}),
    "tree": (TREE, {"p_cure": 0.1, "c_test": 40.0}),
    "curves": (CURVES, {"median": 2.0, "hr": 0.9}),
}

Cells = dict[tuple[str, str], Any]


def computed(path: Path) -> Cells:
    """Every cell of a workbook, computed by another program."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        solved = formulas.ExcelModel().loads(str(path)).finish().calculate()
    found = {}
    for key, held in solved.items():
        if isinstance(key, str) and "!" in key and ":" not in key and hasattr(held, "value"):
            sheet, cell = key.rsplit("!", 1)
            found[sheet.split("]")[1].strip("'"), cell] = held.value[0, 0]
    return found


def row_of(path: Path, sheet: str, title: str) -> int:
    page = openpyxl.load_workbook(path)[sheet]
    return next(row for row in range(1, page.max_row + 1) if page.cell(row, 1).value == title)


def line(cells: Cells, path: Path, title: str, count: int) -> list[Any]:
    row = row_of(path, "Results", title)
    return [cells.get(("RESULTS", f"{letters(1 + place)}{row}")) for place in range(count)]


def changed(path: Path, figures: dict[str, float]) -> Path:
    """The workbook with some inputs typed over by hand."""
    book = openpyxl.load_workbook(path)
    for name, value in figures.items():
        ((sheet, cell),) = book.defined_names[name].destinations
        book[sheet][cell.replace("$", "")].value = value
    after = path.with_name(f"changed-{path.name}")
    book.save(after)
    return after


def close(found: list[Any], wanted: Any) -> None:
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-12)


def same_as_engine(cells: Cells, path: Path, model: Model, figures: dict[str, Any]) -> None:
    found = simulate(model.compiled, model.joint.central() | figures)
    count = len(found.strategies)
    np.testing.assert_allclose(
        line(cells, path, "Cost in all", count), found.costs[:, 0], rtol=1e-9, atol=1e-12
    )
    for title, effect in (("QALY", "qaly"), ("Life years", "life_years")):
        if title == "Life years" and found.trace is None:
            continue
        wanted = found.effect_of(effect)[:, 0]
        close(line(cells, path, title, count), wanted)
    for place, item in enumerate(found.items):
        if item != "technology":
            wanted = found.costs_by_item()[:, place, 0]
            np.testing.assert_allclose(
                line(cells, path, item, count), wanted, rtol=1e-9, atol=1e-12
            )
    for place, payer in enumerate(found.payers if len(found.payers) > 1 else ()):
        title = "no payer named" if payer == "unsplit" else payer
        wanted = found.costs_by_payer()[:, place, 0]
        paid = line(cells, path, title, count)
        close(paid, wanted)
    ratios = line(cells, path, "Incremental cost-effectiveness ratio", count)
    extra = found.costs[:, 0] - found.costs[0, 0]
    gained = found.traded[:, 0] - found.traded[0, 0]
    for place in range(1, count):
        if gained[place] > 1e-12 and extra[place] > 1e-9:
            assert ratios[place] == pytest.approx(extra[place] / gained[place], rel=1e-9)
        else:
            assert (
                "dominant" in ratios[place] if gained[place] > 0 else isinstance(ratios[place], str)
            )


@pytest.mark.parametrize("name", MODELS)
def test_another_program_finds_what_the_engine_finds_before_and_after_a_change(
    name: str, tmp_path: Path
) -> None:
    text, figures = MODELS[name]
    model = Model.parse(text)
    path = write(model, tmp_path / f"{name}.xlsx", "en")
    cells = computed(path)
    same_as_engine(cells, path, model, {})
    shown_is_computed(cells, path)

    by_hand = changed(path, {f"p_{one}": value for one, value in figures.items()})
    after = {one: np.array([value]) for one, value in figures.items()}
    moved = computed(by_hand)
    same_as_engine(moved, by_hand, model, after)
    costs = [line(one, path, "Cost in all", 2) for one in (cells, moved)]
    assert costs[0] != costs[1]


def shown_is_computed(cells: Cells, path: Path) -> None:
    """The figures written beside the formulas are those the formulas come to."""
    seen = 0
    for page in openpyxl.load_workbook(path, data_only=True):
        for row in page.iter_rows():
            for cell in row:
                if cell.value in (None, "") or (page.title.upper(), cell.coordinate) not in cells:
                    continue
                held = cells[page.title.upper(), cell.coordinate]
                seen += 1
                if isinstance(cell.value, str):
                    assert str(held) == cell.value, (page.title, cell.coordinate)
                else:
                    where = (page.title, cell.coordinate)
                    assert float(held) == pytest.approx(cell.value, rel=1e-9, abs=1e-9), where
    assert seen > 50
    assert "Every check holds: these are the program's figures." in [str(v) for v in cells.values()]


def test_rates_and_tables_are_live(tmp_path: Path) -> None:
    path = write(Model.parse(AGEING), tmp_path / "model.xlsx", "en")
    by_hand = changed(path, {"r_costs_rate1": 0.04, "r_effects_rate2": 0.03})
    book = openpyxl.load_workbook(by_hand)
    table = book["Tables"]
    row = next(row for row in range(1, 20) if table.cell(row, 1).value == 70)
    table.cell(row, 2).value = 0.05
    book.save(by_hand)
    steps = (
        "discounting: {costs: {steps: [{from: 0, rate: 4 %}, {from: 30, rate: 1.5 %}]}, "
        "effects: {steps: [{from: 0, rate: 2.5 %}, {from: 30, rate: 3 %}]}}"
    )
    text = AGEING.replace("discounting: has_2020", steps).replace("70: 0.03", "70: 0.05")
    assert text.count("0.05") == 1
    same_as_engine(computed(by_hand), by_hand, Model.parse(text), {})


def test_the_checks_tell_a_figure_changed_by_hand_and_a_sum_that_breaks(tmp_path: Path) -> None:
    path = write(Model.parse(TREE), tmp_path / "tree.xlsx", "en")

    def verdict(value: float) -> str:
        by_hand = changed(path, {"p_p_cure": value})
        cells = computed(by_hand)
        return str(cells["CHECKS", f"B{row_of(by_hand, 'Checks', 'Verdict')}"])

    assert "changed by hand" in verdict(0.5)
    assert "do not hold" in verdict(1.5)


def test_no_cell_of_a_trajectory_is_a_pasted_number(tmp_path: Path) -> None:
    path = write(Model.parse(TUNNEL), tmp_path / "tunnel.xlsx", "en")
    book = openpyxl.load_workbook(path)
    for sheet in ("usual", "drug", "Time"):
        held = [cell for row in book[sheet].iter_rows(min_row=FIRST + 1) for cell in row]
        filled = [cell for cell in held if cell.value is not None]
        assert len(filled) > 50
        assert {cell.data_type for cell in filled} == {"f"}
    held = [cell for row in book["Values"].iter_rows(min_row=6, min_col=4) for cell in row]
    assert {cell.data_type for cell in held if cell.value is not None} == {"f"}


def test_the_workbook_says_what_it_is(tmp_path: Path) -> None:
    model = Model.parse(HOMOGENEOUS)
    path = write(model, tmp_path / "model.xlsx", "en")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [
        "Conclusion", "Parameters", "Values", "Time", "usual", "drug_a", "drug_b", "Results",
        "Checks",
    ]  # fmt: skip
    first = [str(cell.value) for row in book["Conclusion"].iter_rows() for cell in row]
    assert any(one.startswith("SYNTHETIC") for one in first)
    assert f"Digest: {model.digest}" in first
    assert not any(page.protection.sheet for page in book)
    assert book["usual"].freeze_panes == "C9"
    figure = book["Parameters"]["C7"]
    assert figure.value == 0.6
    assert figure.fill.fgColor.rgb == "FFEAF2FF"
    assert book["Parameters"]["G7"].value == "lognormal(0.6, 0.1)"


def test_the_same_model_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = (
        write(Model.parse(ENTRY), tmp_path / f"{one}.xlsx", "fr").read_bytes() for one in "ab"
    )
    assert first == second


def test_months_of_a_scheme_are_numbers_that_are_told(tmp_path: Path) -> None:
    scheme = "{scheme: {scheme: per_use, amount: fee}, once: true}"
    assert scheme in ENTRY
    text = ENTRY.replace(
        scheme, "{scheme: {scheme: front_loaded, first: 90, first_months: 2, monthly: 8}}"
    )
    model = Model.parse(text)
    path = write(model, tmp_path / "scheme.xlsx", "en")
    cells = computed(path)
    same_as_engine(cells, path, model, {})
    assert any("to be typed over" in str(one) for one in cells.values())


def test_what_cannot_be_told_in_cells_is_refused(tmp_path: Path) -> None:
    queue = (
        HEAD.format(name="wait", time="discounting: 0 %")
        + """
parameters:
  good: {value: 0.1, unit: QALY, source: assumed, grade: D}
  calls: {value: 4, unit: 1/hour, source: assumed, grade: D}
  handling: {value: 0.2, unit: hour, source: assumed, grade: D}
structure: {kind: queue, arrivals: calls, service: handling, servers: 2}
rewards:
  effects: {qaly: {once: "queue.wait / hour * good", unit: QALY}}
strategies:
  usual: {label: {fr: Habituel, en: Usual}}
"""
    )
    with pytest.raises(PreuveError, match="queue") as caught:
        write(Model.parse(queue), tmp_path / "queue.xlsx", "en")
    assert caught.value.remedy
    assert not (tmp_path / "queue.xlsx").exists()


_numbers = some.floats(-4, 4).map(lambda x: round(x, 2))
_leaves = some.one_of(_numbers.map(Number), some.sampled_from("ab").map(Name))


def _grown(inner: some.SearchStrategy[Expression]) -> some.SearchStrategy[Expression]:
    signs, tests = some.sampled_from("+-*/"), some.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    return some.one_of(
        some.builds(Operation, signs, inner, inner),
        some.builds(lambda a: Operation("**", Call("abs", (a,)), Number(1.5)), inner),
        some.builds(Negation, inner),
        some.builds(Comparison, tests, inner, inner),
        some.builds(Choice, inner, inner, inner),
        some.builds(lambda f, a: Call(f, (a,)), some.sampled_from(["abs", "floor"]), inner),
        some.builds(
            lambda f, a, b: Call(f, (a, b)), some.sampled_from(["min", "max"]), inner, inner
        ),
        some.builds(lambda a: Call("normal_cdf", (a,)), inner),
    )


@given(some.recursive(_leaves, _grown, max_leaves=8), _numbers, _numbers)
@settings(max_examples=40, deadline=None)
def test_a_formula_in_cells_is_worth_what_it_is_worth(
    expression: Expression, a: float, b: float
) -> None:
    held = {"a": a, "b": b}
    try:
        with np.errstate(divide="raise", invalid="raise", over="raise"):
            wanted = float(evaluate(expression, lambda name: np.asarray(held[name]), {}))
    except FloatingPointError:
        assume(False)
    written = translate(expression, lambda name: number(held[name]), {})
    np.testing.assert_equal(float(written.value), wanted)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        cell = formulas.Parser().ast("=" + written.text("").replace("_xlfn.", ""))[1].compile()()
    assert float(np.asarray(cell).flat[0]) == pytest.approx(wanted, rel=1e-9, abs=1e-12)


def test_a_long_tunnel_stays_readable_and_too_long_a_formula_is_refused(tmp_path: Path) -> None:
    long = TUNNEL.replace("tunnel: 3}", "tunnel: 120}")
    path = write(Model.parse(long.replace("exp(-sojourn / year)", "exp(-1)")), tmp_path / "a.xlsx")
    page = openpyxl.load_workbook(path)["usual"]
    dead = next(cell for cell in page[FIRST] if cell.value == "Dead")
    assert len(page.cell(FIRST + 2, dead.column).value) < 100

    longer = TUNNEL.replace("tunnel: 3}", "tunnel: 650}")
    with pytest.raises(PreuveError, match="characters") as caught:
        write(Model.parse(longer), tmp_path / "b.xlsx")
    assert "tunnels" in caught.value.remedy


def test_names_of_sheets_are_told_apart_whatever_their_case() -> None:
    assert unique("Usual", ["usual"]) == "Usual_2"
    assert unique("a/b*c", []) == "a b c"
    assert len(unique("x" * 60, ["x" * 31])) <= 31
    assert [letters(one) for one in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
