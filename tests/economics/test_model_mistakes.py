# ruff: noqa: E501
"""What a person may write wrong in a model: each told with its line, its cause and its mend."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import preuve
from preuve.core.errors import PreuveError
from preuve.economics.model import Model
from preuve.economics.simulate import simulate

EVIDENCE = Path(preuve.__file__).parent / "economics/models/ecg-example.evidence.json"

GOOD = """\
preuve_model: 1
name: two-states
title: {fr: Deux états, en: Two states}
decision:
  question: {fr: q, en: Does it pay}
  population: {fr: p, en: Adults}
  perspective: payer
  horizon: 10 years
  cycle: 1 year
  start_age: 60
  price_year: 2024
tables:
  mortality:
    values: {0: 0.01, 70: 0.03}
    unit: probability/year
    source: SYNTHETIC table
    grade: D
parameters:
  p_sick: {value: 0.1, unit: probability/year, distribution: "beta(10, 90)", source: a study, grade: B}
  rr: {value: 0.8, unit: ratio, distribution: "lognormal(0.8, 0.1)", source: a trial, grade: A}
  c_sick: {value: 1000, unit: EUR/year, distribution: "gamma(mean=1000, sd=100)", source: tariffs, grade: B}
  c_drug: {value: 20, unit: EUR/month, source: tariffs, grade: B}
  c_ward: {value: 3000, unit: EUR, source: ENCC, grade: B}
  u_sick: {value: 0.7, unit: utility, distribution: "beta(mean=0.7, sd=0.05)", source: a study, grade: B}
joint:
  - {names: [p_sick, c_sick], matrix: [[1, 0.5], [0.5, 1]], source: a study}
  - dirichlet: {to_ward: 30, to_home: 70}
    source: a study
    grade: B
values:
  treated: 0
  effect: "rr if treated > 0 else 1"
  stay: "to_ward * c_ward"
structure:
  kind: cohort
  states:
    well: {}
    sick: {}
    dead: {dead: true}
  start: {well: 1, sick: 0}
  transitions:
    well:
      sick: "p_sick * effect"
      dead: mortality(age)
      well: rest
    sick:
      dead: "hazard_ratio(mortality(age), 2)"
      sick: rest
rewards:
  costs:
    care:
      states: {sick: c_sick}
      entering: {sick: stay}
      payer: {amo: 0.7, amc: 0.3}
    drug:
      states: {well: "treated * yearly(c_drug)"}
      payer: {amo: 1}
  effects:
    qaly: {states: {well: 0.9, sick: u_sick}}
strategies:
  usual: {label: {fr: u, en: Usual}}
  drug: {label: {fr: m, en: Drug}, set: {treated: 1}}
"""


def refused(text: str, tmp_path: Path, *, draws: int = 200) -> PreuveError:
    """What is told of a model when it is read, then run."""
    file = tmp_path / "model.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PreuveError) as told:
        _run(file, draws)
    return told.value


def _run(file: Path, draws: int) -> None:
    model = Model.load(file)
    simulate(model.compiled, model.joint.central())
    simulate(model.compiled, model.joint.drawn(draws, seed=1))


def changed(*changes: tuple[str, str]) -> str:
    text = GOOD
    for old, new in changes:
        assert text.count(old) == 1, (old, text.count(old))
        text = text.replace(old, new)
    return text


def line_of(text: str, written: str) -> int:
    before, found, _after = text.partition(written)
    assert found, written
    return before.count("\n") + 1


def test_the_base_text_runs(tmp_path: Path) -> None:
    file = tmp_path / "model.yaml"
    file.write_text(GOOD, encoding="utf-8")
    model = Model.load(file)
    found = simulate(model.compiled, model.joint.drawn(100, seed=1))
    assert found.costs.shape == (2, 100)
    assert model.digest.startswith("sha256:")


P_SICK = 'p_sick: {value: 0.1, unit: probability/year, distribution: "beta(10, 90)", source: a study, grade: B}'
C_SICK = 'c_sick: {value: 1000, unit: EUR/year, distribution: "gamma(mean=1000, sd=100)", source: tariffs, grade: B}'
RR = 'rr: {value: 0.8, unit: ratio, distribution: "lognormal(0.8, 0.1)", source: a trial, grade: A}'
TIED = "  - {names: [p_sick, c_sick], matrix: [[1, 0.5], [0.5, 1]], source: a study}\n"

CASES: dict[str, tuple[tuple[tuple[str, str], ...], str, tuple[str, ...]]] = {
    # name: changes, a text on the line that must be told, words of the message
    "over 1 in some draws": (
        ((TIED, ""), ("beta(10, 90)", "normal(0.1, 0.05)")),
        "structure:",
        ("In [0-9.]+ % of the draws", "0.1 %", "structure.transitions.well", "beta"),
    ),
    "row over 1": (
        (("dead: mortality(age)\n", "dead: mortality(age) + 0.95\n"),),
        "structure:",
        ("In [0-9.]+ % of the draws", "structure.transitions.well"),
    ),
    "row that does not sum": (
        (("      well: rest\n", "      well: 0.5\n"),),
        "    well:\n      sick:",
        ("structure.transitions.well sum to", "not to 1", "`rest`"),
    ),
    "start that does not sum": (
        (("start: {well: 1, sick: 0}", "start: {well: 1, sick: 0.5}"),),
        "start: {well",
        ("sum to 1.5, not to 1",),
    ),
    "negative cost": (
        (("entering: {sick: stay}", "entering: {sick: stay - 10000}"),),
        "      entering: {sick",
        ("negative", "negative: true"),
    ),
    "negative cost in some draws": (
        ((TIED, ""), ("gamma(mean=1000, sd=100)", "normal(1000, 900)")),
        "      states: {sick: c_sick}",
        ("negative in [0-9.]+ % of the draws", "gamma, lognormal"),
    ),
    "unknown state": (
        (("      dead: mortality(age)\n", "      daed: mortality(age)\n"),),
        "      daed",
        ("daed is not a state", "Did you mean “dead”"),
    ),
    "unknown state of a reward": (
        (("states: {well: 0.9, sick: u_sick}", "states: {wel: 0.9, sick: u_sick}"),),
        "    qaly: {states",
        ("Did you mean “well”",),
    ),
    "missing source": (
        (
            (
                'unit: ratio, distribution: "lognormal(0.8, 0.1)", source: a trial, ',
                'unit: ratio, distribution: "lognormal(0.8, 0.1)", ',
            ),
        ),
        "  rr:",
        ("the source is missing",),
    ),
    "missing grade": (
        (("source: a trial, grade: A", "source: a trial"),),
        "  rr:",
        ("the grade is missing",),
    ),
    "missing grade of a Dirichlet": (
        (("    source: a study\n    grade: B\nvalues", "    source: a study\nvalues"),),
        "  - dirichlet",
        ("grade", "missing"),
    ),
    "missing source of a table": (
        (("    source: SYNTHETIC table\n", ""),),
        "  mortality:",
        ("source", "missing"),
    ),
    "missing unit": ((("unit: ratio, ", ""),), "  rr:", ("the unit is missing",)),
    "euros a month against euros a year": (
        (("states: {sick: c_sick}", "states: {sick: c_sick + c_drug}"),),
        "      states: {sick: c_sick + c_drug}",
        ("EUR/year", "EUR/month", r"yearly\(x\)"),
    ),
    "a chance a month in a yearly cycle": (
        (("value: 0.1, unit: probability/year", "value: 0.1, unit: probability/month"),),
        '      sick: "p_sick',
        ("per month", r"per_cycle\(…\)"),
    ),
    "a rate for a probability": (
        (("value: 0.1, unit: probability/year", "value: 0.1, unit: rate/year"),),
        '      sick: "p_sick',
        (r"probability\(rate\)",),
    ),
    "euros against QALY": (
        (("sick: u_sick}", "sick: c_sick}"),),
        "    qaly: {states",
        ("EUR", "QALY"),
    ),
    "a set that clashes": (
        (("set: {treated: 1}", "set: {c_sick: c_drug}"),),
        "  drug: {label",
        ("EUR/month", "EUR/year"),
    ),
    "a set that gives its unit to a bare value": (
        (
            ("treated: 0\n", "treated: 0\n  extra: 0\n"),
            ("states: {sick: c_sick}", "states: {sick: c_sick + extra}"),
            ("set: {treated: 1}", "set: {treated: 1, extra: c_drug}"),
        ),
        "      states: {sick: c_sick + extra}",
        ("EUR/month", "EUR/year"),
    ),
    "not a unit": ((("unit: ratio", 'unit: "?!"'),), "  rr:", ("“\\?!” is not a unit",)),
    "horizon shorter than the cycle": (
        (("horizon: 10 years", "horizon: 6 months"),),
        "decision:",
        ("shorter than the cycle",),
    ),
    "not a whole number of cycles": (
        (("cycle: 1 year", "cycle: 4 years"),),
        "decision:",
        (r"whole number of cycles \(2.5\)",),
    ),
    "not a length of time": (
        (("cycle: 1 year", "cycle: 1 fortnight"),),
        "  cycle:",
        ("not a length of time", "3 months"),
    ),
    "a horizon without a cycle": ((("  cycle: 1 year\n", ""),), "decision:", ("go together",)),
    "Simpson on an odd number of cycles": (
        (("horizon: 10 years", "horizon: 9 years\n  correction: simpson"),),
        "decision:",
        ("even number of cycles", "half_cycle"),
    ),
    "impossible moments of a beta": (
        (("beta(mean=0.7, sd=0.05)", "beta(mean=0.7, sd=0.5)"),),
        "  u_sick",
        ("no beta has this mean",),
    ),
    "impossible moments of a gamma": (
        (("gamma(mean=1000, sd=100)", "gamma(mean=-1000, sd=100)"),),
        "  c_sick",
        ("above 0",),
    ),
    "a gamma of rate 0": (
        (("gamma(mean=1000, sd=100)", "gamma(shape=1, rate=0)"),),
        "  c_sick",
        ("gamma",),
    ),
    "a lognormal beyond numbers": (
        (("lognormal(0.8, 0.1)", "lognormal(meanlog=800, sdlog=1)"),),
        "  rr",
        ("lognormal",),
    ),
    "a gamma beyond numbers": (
        (("gamma(mean=1000, sd=100)", "gamma(mean=1e200, sd=1e-200)"),),
        "  c_sick",
        ("gamma",),
    ),
    "negative parameters": (
        (("beta(10, 90)", "beta(-10, 90)"),),
        "  p_sick",
        ("positive numbers",),
    ),
    "unknown distribution": (
        (("beta(10, 90)", "betta(10, 90)"),),
        "  p_sick",
        ("betta", "Did you mean “beta”", "triangular"),
    ),
    "a distribution that is not one": (
        (("beta(10, 90)", "beta(10, n)"),),
        "  p_sick",
        ("is not a distribution",),
    ),
    "value far from its distribution": (
        (("rr: {value: 0.8", "rr: {value: 2.8"),),
        "  rr",
        ("far from its own distribution",),
    ),
    "matrix that is not positive": (
        (("[[1, 0.5], [0.5, 1]]", "[[1, 1.5], [1.5, 1]]"),),
        "  - {names",
        ("not positive semi-definite", "eigenvalue"),
    ),
    "matrix that is not symmetric": (
        (("[[1, 0.5], [0.5, 1]]", "[[1, 0.5], [0.4, 1]]"),),
        "  - {names",
        ("not symmetric",),
    ),
    "matrix of another size": (
        (("[[1, 0.5], [0.5, 1]]", "[[1, 0.5]]"),),
        "  - {names",
        ("one row and one column for each name",),
    ),
    "correlation of a stranger": (
        (("names: [p_sick, c_sick]", "names: [p_sick, c_sik]"),),
        "  - {names",
        ("c_sik is not a parameter", "Did you mean “c_sick”"),
    ),
    "correlation of what is certain": (
        (("names: [p_sick, c_sick]", "names: [p_sick, c_drug]"),),
        "  - {names",
        ("c_drug has no distribution",),
    ),
    "circular values": (
        (
            ("treated: 0\n", 'treated: "0 * stay"\n'),
            ('"to_ward * c_ward"', '"c_ward * to_ward * treated"'),
        ),
        "  treated",
        ("circle", "→"),
    ),
    "a value of itself": (
        (('"to_ward * c_ward"', '"stay + 1"'),),
        "  stay",
        ("circle", "stay → stay"),
    ),
    "a name that hides another": (
        (("treated: 0\n", "treated: 0\n  rr: 1\n"),),
        "\n  rr: 1",
        ("rr hides the one of line",),
    ),
    "a house word": (
        (("treated: 0\n", "treated: 0\n  age: 60\n"),),
        "\n  age: 60",
        ("age hides a word of the house",),
    ),
    "a value that is no name": (
        (("treated: 0\n", "treated: 0\n  pathway.sensitivity: 1\n"),),
        "\n  pathway.sensitivity",
        ("pathway.sensitivity", "name"),
    ),
    "unused parameter": (
        (("yearly(c_drug)", "240"),),
        "  c_drug",
        ("c_drug is not used", "remove it, or use it"),
    ),
    "unused value": (
        (("entering: {sick: stay}", "entering: {sick: c_ward}"),),
        "  stay",
        ("stay is not used",),
    ),
    "a value that is only set": (
        (
            ("treated: 0\n", "treated: 0\n  idle: 0\n"),
            ("set: {treated: 1}", "set: {treated: 1, idle: idle + 1}"),
        ),
        "\n  idle",
        ("idle is not used",),
    ),
    "unused table": (
        (
            ("dead: mortality(age)\n", "dead: 0.01\n"),
            ('"hazard_ratio(mortality(age), 2)"', "0.02"),
            ("  start_age: 60\n", ""),
        ),
        "  mortality",
        ("mortality is not used",),
    ),
    "an age that nothing reads": (
        (
            ("dead: mortality(age)\n", "dead: mortality(time)\n"),
            ('"hazard_ratio(mortality(age), 2)"', "0.02"),
        ),
        "  start_age",
        ("no formula uses the age",),
    ),
    "unknown name": (
        (('"p_sick * effect"', '"p_sik * effect"'),),
        '      sick: "p_sik',
        ("p_sik stands for nothing", "Did you mean “p_sick”"),
    ),
    "an age that is not given": (
        (("  start_age: 60\n", ""),),
        "      dead: mortality(age)",
        ("age stands for nothing",),
    ),
    "unknown function": (
        (("hazard_ratio(", "hazard_rato("),),
        '      dead: "hazard_rato',
        ("hazard_rato", "Did you mean “hazard_ratio”"),
    ),
    "a function that is not called": (
        (('"p_sick * effect"', '"p_sick * exp"'),),
        '      sick: "p_sick * exp',
        ("exp is a function", "exp\\(…\\)"),
    ),
    "a table that is not called": (
        (("dead: mortality(age)\n", "dead: mortality * age\n"),),
        "      dead: mortality * age",
        ("mortality is a table", "mortality\\(…\\)"),
    ),
    "a parameter that is called": (
        (('"p_sick * effect"', '"p_sick(effect)"'),),
        '      sick: "p_sick(',
        ("p_sick",),
    ),
    "too many arguments": (
        (("hazard_ratio(mortality(age), 2)", "hazard_ratio(mortality(age), 2, 3)"),),
        '      dead: "hazard_ratio',
        ("takes 2 values, not 3",),
    ),
    "duplicate key": (
        (("treated: 0\n", "treated: 0\n  treated: 1\n"),),
        "\n  treated: 1",
        ("written twice", "Keep one"),
    ),
    "empty strategies": (
        ((GOOD[GOOD.index("strategies:") :], "strategies: {}\n"),),
        "strategies:",
        ("must not be empty|at least 1",),
    ),
    "every strategy excluded": (
        (
            (
                "usual: {label: {fr: u, en: Usual}}",
                "usual: {label: {fr: u, en: Usual}, excluded: {fr: n, en: No}}",
            ),
            ("set: {treated: 1}}", "set: {treated: 1}, excluded: {fr: n, en: No}}"),
        ),
        "strategies:",
        ("no strategy is modelled",),
    ),
    "shares of payers": (
        (("payer: {amo: 0.7, amc: 0.3}", "payer: {amo: 0.7, amc: 0.2}"),),
        "      payer: {amo: 0.7",
        ("shares of the payers sum to 0.9",),
    ),
    "a negative share": (
        (("payer: {amo: 0.7, amc: 0.3}", "payer: {amo: 1.3, amc: -0.3}"),),
        "      payer: {amo: 1.3",
        ("amo", "between 0 and 1"),
    ),
    "set of a stranger": (
        (("set: {treated: 1}", "set: {traeted: 1}"),),
        "  drug: {label",
        ("no parameter or value traeted", "Did you mean “treated”"),
    ),
    "age under the table": (
        (("values: {0: 0.01, 70: 0.03}", "values: {65: 0.01, 70: 0.03}"),),
        "      dead: mortality(age)",
        ("not a number", "age out of a table"),
    ),
    "not a number": (
        (('"to_ward * c_ward"', '"to_ward * c_ward * log(0)"'),),
        "      entering: {sick",
        ("not a number in some draws", "logarithm of 0"),
    ),
    "NaN": ((("value: 20,", "value: .nan,"),), "  c_drug", ("finite number",)),
    "NaN in a formula": (
        (("treated: 0\n", "treated: .nan\n"),),
        "  treated",
        ("finite number|too large",),
    ),
    "infinite formula": (
        (("treated: 0\n", "treated: .inf\n"),),
        "  treated",
        ("finite number|too large",),
    ),
    "text for a number": ((("value: 20,", "value: twenty,"),), "  c_drug", ("number|share",)),
    "true for a number": (
        (("treated: 0\n", "treated: true\n"),),
        "  treated",
        ("must be a number or a formula",),
    ),
    "a list for a mapping": (
        (("      states: {sick: c_sick}\n", "      states: [sick, c_sick]\n"),),
        "      states: [sick",
        ("must be a list of keys and values",),
    ),
    "unknown key": (
        (("  perspective: payer", "  perspectiv: payer"),),
        "  perspectiv",
        ("not known", "Did you mean “perspective”"),
    ),
    "unknown key in the structure": (
        (("    dead: {dead: true}", "    dead: {daed: true}"),),
        "    dead: {daed",
        ("not known", "Did you mean “dead”"),
    ),
    "unknown kind of structure": (
        (("kind: cohort", "kind: cohorte"),),
        "structure:",
        ("cohort",),
    ),
    "unknown word": (
        (("perspective: payer", "perspective: payor"),),
        "  perspective",
        ("Did you mean “payer”", "collective"),
    ),
    "two rests": (
        (("      sick: rest\n", "      sick: rest\n      well: rest\n"),),
        '    sick:\n      dead: "haz',
        ("`rest` stands twice",),
    ),
    "leaving death": (
        (("      sick: rest\n", "      sick: rest\n    dead: {well: 0.1, dead: rest}\n"),),
        "    dead: {well: 0.1",
        ("nothing leaves the state dead",),
    ),
    "a reward of the dead": (
        (("states: {well: 0.9, sick: u_sick}", "states: {well: 0.9, dead: u_sick}"),),
        "    qaly",
        ("state that is dead",),
    ),
    "an event that never happens": (
        (("entering: {sick: stay}", "transitions: {sick > well: stay}"),),
        "      transitions: {sick",
        ("sick > well", "never"),
    ),
    "an entry that never happens": (
        (("entering: {sick: stay}", "entering: {well: stay}"),),
        "      entering: {well",
        ("nobody enters well",),
    ),
    "half an arrow": (
        (("entering: {sick: stay}", "transitions: {well: stay}"),),
        "      transitions: {well",
        ("A > B",),
    ),
    "an effect that is not there": (
        (("  price_year: 2024", "  price_year: 2024\n  effect: qualy"),),
        "  effect: qualy",
        ("qualy is not among the rewards", "Did you mean “qaly”"),
    ),
    "a scheme without its amount": (
        (
            (
                "set: {treated: 1}}",
                "set: {treated: 1}, price: {scheme: {scheme: per_patient_month, amout: 3}}}",
            ),
        ),
        "  drug: {label",
        ("amount|amout",),
    ),
    "an unknown scheme": (
        (
            (
                "set: {treated: 1}}",
                "set: {treated: 1}, price: {scheme: {scheme: per_user, amount: 3}}}",
            ),
        ),
        "  drug: {label",
        ("per_user", "Did you mean “per_use"),
    ),
    "a price by use without uses": (
        (
            (
                "set: {treated: 1}}",
                "set: {treated: 1}, price: {scheme: {scheme: per_use, amount: 3}}}",
            ),
        ),
        "  drug: {label",
        ("uses",),
    ),
    "a price a site without its patients": (
        (
            (
                "set: {treated: 1}}",
                "set: {treated: 1}, price: {scheme: {scheme: per_site, amount: 3}}}",
            ),
        ),
        "  drug: {label",
        ("patients",),
    ),
    "an amount a year": (
        (
            (
                "set: {treated: 1}}",
                "set: {treated: 1}, price: {scheme: {scheme: per_patient_month, amount: c_sick}}}",
            ),
        ),
        "  drug: {label",
        ("EUR/year", "EUR/month"),
    ),
    "a negative amount": (
        (
            (
                "set: {treated: 1}}",
                "set: {treated: 1}, price: {scheme: {scheme: per_patient_month, amount: 1 - c_drug}}}",
            ),
        ),
        "  drug: {label",
        ("negative",),
    ),
    "a horizon without end": (
        (("horizon: 10 years", "horizon: 100000000 years"),),
        "decision:",
        ("1e\\+08 cycles", "choose a longer cycle"),
    ),
    "a key of a table that is no number": (
        (("values: {0: 0.01, 70: 0.03}", "values: {.nan: 0.01, 70: 0.03}"),),
        "  mortality:",
        ("not a finite number",),
    ),
    "an evidence that is a folder": (
        (("tables:\n", "evidence: {reader: ..}\ntables:\n"),),
        "evidence: {reader",
        ("name a file",),
    ),
    "an estimate whose name is none": (
        (("tables:\n", 'estimates: {reader: "a\\0b"}\ntables:\n'),),
        "estimates: {reader",
        ("name a file",),
    ),
    "rest of a cost": (
        (("payer: {amo: 0.7, amc: 0.3}", "payer: {amo: 0.7, amc: rest}"),),
        "      payer: {amo: 0.7",
        ("the name rest stands for nothing",),
    ),
    "nobody for each site": (
        (
            (
                "set: {treated: 1}}",
                "set: {treated: 1}, price: {scheme: {scheme: per_site, amount: 3}, patients: 0}}",
            ),
        ),
        "  drug: {label",
        ("must be more than 0",),
    ),
    "evidence that is not there": (
        (("tables:\n", "evidence: {reader: absent.json}\ntables:\n"),),
        "evidence: {reader",
        ("absent.json", "does not exist"),
    ),
    "evidence that is not listed": (
        ((RR, "rr: {evidence: reader, measure: sensitivity, finding: AFIB_AFLT}"),),
        "  rr:",
        ("the evidence “reader” is not listed",),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_told_with_its_line_and_cause(case: str, tmp_path: Path) -> None:
    changes, marked, words = CASES[case]
    text = changed(*changes)
    told = refused(text, tmp_path)
    line = (
        line_of(text, marked.removeprefix("\n"))
        if not marked.startswith("\n")
        else (line_of(text, marked) + 1)
    )
    assert f"model.yaml:{line}" in told.where or f"line {line}," in told.problem, (line, told)
    for word in words:
        assert re.search(word, str(told)), (word, str(told))


def test_several_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = changed(
        ("value: 20,", "value: twenty,"),
        ("kind: cohort", "kind: cohort\n  typo: 1"),
        ("perspective: payer", "perspective: payor"),
    )
    told = refused(text, tmp_path)
    assert told.problem.count("\n  line ") >= 3
    deeper = changed(
        ('"p_sick * effect"', '"p_sik * effect"'),
        ("set: {treated: 1}", "set: {traeted: 1}"),
        ("hazard_ratio(mortality(age), 2)", "hazard_ratio(mortalty(age), 2)"),
    )
    assert refused(deeper, tmp_path).problem.count("\n  line ") == 3


def test_only_the_tie_that_was_meant_is_told(tmp_path: Path) -> None:
    told = refused(changed(("to_home: 70", "to_home: -70")), tmp_path)
    assert told.problem.count("\n") == 1
    assert "joint.1.dirichlet.to_home: must be more than 0" in told.problem


FORMULAS = {
    "attribute of a call": ("exp(1).real", "no place in a formula"),
    "a method": ("c_ward.__class__()", "stands for nothing"),
    "lambda": ("(lambda: 1)()", "no place in a formula"),
    "comprehension": ("[x for x in (1, 2)]", "no place in a formula"),
    "a text": ("'3'", "no place in a formula"),
    "bytes": ("b'3'", "no place in a formula"),
    "a formatted text": ("f'{c_ward}'", "no place in a formula"),
    "keyword arguments": ("max(1, other=2)", "no place in a formula"),
    "starred": ("max(*c_ward)", "no place in a formula"),
    "an index": ("c_ward[0]", "no place in a formula"),
    "a truth": ("True", "no place in a formula"),
    "a complex number": ("1j", "no place in a formula"),
    "and": ("1 and 2", "no place in a formula"),
    "a chain": ("0 < c_ward < 1", "no place in a formula"),
    "walrus": ("(x := 1)", "no place in a formula"),
    "an assignment": ("x = 1", "is not a formula"),
    "two lines": ("1\n2", "is not a formula"),
    "import": ("__import__('os').system('true')", "no place in a formula"),
    "a shift": ("1 << 9", "no place in a formula"),
    "a remainder": ("9 % 2", "no place in a formula"),
    "nothing": (" ", "is not a formula|no place in a formula"),
    "a null character": ("1 + \x00", "is not a formula"),
    "a surrogate": ("\ud800", "is not a formula"),
    "a huge number": ("1e400", "too large"),
    "a huge whole number": ("9" * 400, "too large"),
    "too long": ("1+" * 5_000 + "1", "longer than 2000"),
    "too deep": ("(" * 250 + "1" + ")" * 250, "is not a formula"),
    "a long sum": ("+".join(["1"] * 500), "too deep"),
    "minus": ("-" * 1900 + "c_ward", "too deep|is not a formula"),
    "logits": ("logit(" * 60 + "0.5" + ")" * 60, "too long to compute"),
    "odds": ("odds_ratio(" * 40 + "0.5" + ", 2)" * 40, "too long to compute"),
}


@pytest.mark.parametrize("case", FORMULAS)
def test_a_formula_out_of_the_grammar_is_refused(case: str) -> None:
    import yaml

    formula, words = FORMULAS[case]
    record = yaml.safe_load(GOOD)
    record["values"]["stay"] = f"to_ward * c_ward + 0 * ({formula})"
    for written in (f"to_ward * c_ward + 0 * c_ward * ({formula})", formula):
        record["values"]["stay"] = written
        try:
            Model.parse(record)
        except PreuveError as error:
            told = str(error)
        else:
            told = ""
        assert re.search(words, told), (written[:80], told[:300])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "mapping|list of keys|dict"),
        ("- 1\n- 2\n", "list of keys|dict"),
        ("just a text\n", "list of keys|dict"),
        ("a: [1\n", "not closed"),
        ("a: *b\n", "aliases"),
        ("a: !!python/object:os.system {}\n", "tags"),
        ("? [1, 2]\n: 3\n", "not valid YAML|key"),
        ("[" * 3000, "nested|not valid"),
    ],
)
def test_what_is_no_mapping_is_refused(text: str, words: str, tmp_path: Path) -> None:
    assert re.search(words, str(refused(text, tmp_path)))


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "model.yaml"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PreuveError, match="UTF-8"):
        Model.load(file)
    with pytest.raises(PreuveError, match="folder, not a file"):
        Model.load(tmp_path)
    with pytest.raises(PreuveError, match="packaged"):
        Model.load("ecg-pg")


WITH_EVIDENCE = changed(
    ("tables:\n", "evidence: {reader: reader.json}\ntables:\n"),
    (RR, "rr: {evidence: reader, measure: sensitivity, finding: AFIB_AFLT, label: {fr: s, en: s}}"),
)


def test_a_figure_of_an_evidence_is_read(tmp_path: Path) -> None:
    (tmp_path / "reader.json").write_bytes(EVIDENCE.read_bytes())
    file = tmp_path / "model.yaml"
    file.write_text(WITH_EVIDENCE, encoding="utf-8")
    figure = Model.load(file).joint.figures["rr"]
    assert 0 < figure.interval[0] < figure.value < figure.interval[1] < 1
    assert figure.grade == "A"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("measure: sensitivity", "measure: sensitivty", "does not hold sensitivty"),
        ("measure: sensitivity", "measure: odds", "does not hold odds"),
        ("finding: AFIB_AFLT", "finding: STEMI", "AFIB_AFLT|STEMI"),
        (", measure: sensitivity", "", "names its measure and its finding"),
    ],
)
def test_an_evidence_without_the_figure_is_told(
    old: str, new: str, words: str, tmp_path: Path
) -> None:
    (tmp_path / "reader.json").write_bytes(EVIDENCE.read_bytes())
    text = WITH_EVIDENCE.replace(old, new)
    told = refused(text, tmp_path)
    assert f"model.yaml:{line_of(text, '  rr:')}" in told.where
    assert re.search(words, str(told)), str(told)


def test_an_evidence_that_was_altered_is_refused(tmp_path: Path) -> None:
    written = EVIDENCE.read_text(encoding="utf-8")
    (tmp_path / "reader.json").write_text(written.replace("0.9", "0.8"), encoding="utf-8")
    told = refused(WITH_EVIDENCE, tmp_path)
    assert f"model.yaml:{line_of(WITH_EVIDENCE, 'evidence: {reader')}" in told.where
    assert "altered" in str(told)
    assert "reader.json" in str(told)


def test_an_evidence_that_nothing_reads_is_told(tmp_path: Path) -> None:
    (tmp_path / "reader.json").write_bytes(EVIDENCE.read_bytes())
    text = changed(("tables:\n", "evidence: {reader: reader.json}\ntables:\n"))
    told = refused(text, tmp_path)
    assert "no parameter reads this evidence" in str(told)
    assert "reader.json" not in told.where


def test_a_long_chain_of_values_is_computed() -> None:
    chain = "".join(f"  v{place}: v{place - 1} * 1\n" for place in range(1, 400))
    model = Model.parse(
        changed(
            ("  treated: 0\n", "  treated: 0\n  v0: to_ward\n" + chain),
            ('"to_ward * c_ward"', '"v399 * c_ward"'),
        )
    )
    plain = Model.parse(GOOD)
    found, expected = (simulate(one.compiled, one.joint.central()) for one in (model, plain))
    assert found.costs.tolist() == expected.costs.tolist()


def test_an_age_in_years_is_an_age(tmp_path: Path) -> None:
    """A start age with its unit and the bare number give the same model."""
    parameter = changed(
        ("start_age: 60", "start_age: start"),
        ("  p_sick:", "  start: {value: 60, unit: year, source: stated, grade: D}\n  p_sick:"),
    )
    costs = [
        simulate(model.compiled, model.joint.central()).costs.tolist()
        for model in (Model.parse(GOOD), Model.parse(parameter))
    ]
    assert costs[0] == costs[1]


def test_a_row_of_rest_alone_keeps_its_people() -> None:
    alone = changed(('      dead: "hazard_ratio(mortality(age), 2)"\n', ""))
    model = Model.parse(alone)
    assert simulate(model.compiled, model.joint.drawn(7, seed=1)).draws == 7


WORDS = sorted(set(re.findall(r"[A-Za-z_]+|[0-9.]+|[{}\[\],:>*()\"-]", GOOD)))
ODD = ["", "~", "{}", "[]", "-1", "0", ".nan", "1e999", "true", "'", "null", "rest", "a.b", "é"]


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_nothing_but_a_told_mistake_comes_of_a_mutated_model(data: st.DataObject) -> None:
    text = GOOD
    for _time in range(data.draw(st.integers(1, 3))):
        pieces = re.findall(r"[A-Za-z_]+|[0-9.]+|\s+|[^\sA-Za-z0-9_]", text)
        place = data.draw(st.integers(0, len(pieces) - 1))
        how = data.draw(st.sampled_from(["replace", "drop", "insert", "line"]))
        word = data.draw(st.sampled_from(WORDS + ODD))
        if how == "line":
            lines = text.splitlines()
            del lines[data.draw(st.integers(0, len(lines) - 1))]
            text = "\n".join(lines) + "\n"
            continue
        pieces[place : place + (how != "insert")] = [] if how == "drop" else [word]
        text = "".join(pieces)
    with suppress(PreuveError):
        model = Model.parse(text)
        if model.compiled.cycles <= 1000:
            simulate(model.compiled, model.joint.drawn(5, seed=1), years=3)
