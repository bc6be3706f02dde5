"""The model in words: what is asked, its structure, its pathway, its checks, its provenance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.language import _, both, current_language
from preuve.core.lines import Location
from preuve.economics.analysis.interval import mean_and_bounds
from preuve.economics.compilation.pathway import PREFIX
from preuve.economics.compilation.scope import Scope
from preuve.economics.page.reading import Reading
from preuve.economics.page.words import Unit, length, shares, symbol
from preuve.economics.reference_case.discounting import Rule, discounting, named_rules
from preuve.economics.specification.formula import is_rest
from preuve.economics.specification.structure import Branch
from preuve.pages.numbers import NOTHING, listed, number, percent

Row = tuple[str, str]


def decision(reading: Reading) -> Iterator[Row]:
    """What is asked, for whom, over what time, in whose money."""
    asked = reading.written.decision
    yield str(_("Population")), str(asked.population)
    yield str(_("Whose costs are counted")), _perspective(asked.perspective)
    if asked.horizon is not None and asked.cycle is not None:
        yield (
            str(_("How long people are followed")),
            str(
                _("{horizon}, in steps of {cycle}").format(
                    horizon=length(asked.horizon.count, asked.horizon.word),
                    cycle=length(asked.cycle.count, asked.cycle.word),
                )
            ),
        )
        yield str(_("Discounting (a later year counts for less)")), _discounting(reading)
        yield str(_("When in a step people are counted")), _correction(asked.correction)
    yield (
        str(_("Prices")),
        str(
            _("{currency} of {year}").format(currency=symbol(asked.currency), year=asked.price_year)
        ),
    )
    yield (
        str(_("Values of one {effect} looked at").format(effect=reading.one_effect)),
        listed(reading.certain(one) for one in asked.willingness_to_pay),
    )  # fmt: skip


def _perspective(perspective: str) -> str:
    named = {
        "collective": _("Those of everyone who pays for care"),
        "payer": _("Those of the payer"),
        "hospital": _("Those of the hospital"),
        "societal": _("Those of society, losses of production included"),
    }
    return str(named[perspective])


def _discounting(reading: Reading) -> str:
    written = reading.written.decision.discounting
    found = discounting(written)
    named = named_rules().get(found.name)
    costs, effects = _rates(found.costs), _rates(found.effects)
    said = (
        costs
        if costs == effects
        else _("costs: {costs}; effects: {effects}").format(costs=costs, effects=effects)
    )
    return f"{said} ({named.title})" if named is not None else str(said)


def _rates(rule: Rule) -> str:
    told = [
        _("{rate} until year {end}").format(rate=percent(rate), end=number(end))
        for rate, (_start, end) in zip(rule.rates, pairwise(rule.starts), strict=False)
    ]
    last = percent(rule.rates[-1])
    if not told:
        return str(_("{rate} a year").format(rate=last))
    return ", ".join([*told, _("then {rate}").format(rate=last)])


def _correction(rule: Any) -> str:
    named = {
        "half_cycle": _("At its middle (mean of both ends)"),
        "trapezoid": _("At both ends, by trapezoids"),
        "simpson": _("By Simpson’s rule"),
        "start": _("At its start"),
        "end": _("At its end"),
    }
    return str(named[rule]) if isinstance(rule, str) else str(_("By weights of the author’s own"))


def structure(reading: Reading) -> str:
    """What kind of model it is, in a sentence."""
    kind = reading.written.structure.kind
    return str(
        {
            "tree": _(
                "A decision tree: what may happen, with its probability, its cost and its health."
            ),
            "cohort": _(
                "A cohort that moves between states of health from step to step (a Markov model)."
            ),
            "microsimulation": _("Individuals followed one by one between states of health."),
            "partitioned_survival": _("Shares of people in each state, read off survival curves."),
            "continuous": _("A cohort that moves between states in continuous time."),
            "queue": _("People who wait for a service that has several servers."),
        }[kind]
    )  # fmt: skip


def states(reading: Reading) -> list[list[str]]:
    """Each state: whether it is the end, whether what happens depends on the time spent in it."""
    found = getattr(reading.written.structure, "states", {})
    return [
        [
            reading.state(name),
            str(_("yes")) if one.dead else str(_("no")),
            str(_("yes")) if one.tunnel > 1 else str(_("no")),
        ]
        for name, one in found.items()
    ]


# --- the pathway and the trees -------------------------------------------------------------------


def pathway(reading: Reading) -> list[list[str]]:
    """The AI pathway, from who has the finding to the final reading, under each strategy."""
    if reading.written.ai_pathway is None:
        return []
    scopes = [_under(reading, name) for name in reading.strategies]
    return [
        [label, *(_told(unit, scope(PREFIX + name)) for scope in scopes)]
        for name, label, unit in _pathway_lines()
    ]


def _pathway_lines() -> list[tuple[str, str, Unit]]:
    thousand = Unit(factor=1000.0)
    return [
        ("prevalence", str(_("Exams with the finding, of 1,000")), thousand),
        ("adoption", str(_("Exams on which the device is used, of 1,000")), thousand),
        ("reader_sensitivity", str(_("Sensitivity of the carer alone")), shares()),
        ("reader_specificity", str(_("Specificity of the carer alone")), shares()),
        ("device_sensitivity", str(_("Sensitivity of the device")), shares()),
        ("device_specificity", str(_("Specificity of the device")), shares()),
        ("follow_alert", str(_("Alerts followed when the carer saw nothing")), shares()),
        ("follow_clear", str(_("Silences followed when the carer saw something")), shares()),
        ("dependence", str(_("Errors that carer and device share")), shares()),
        ("sensitivity", str(_("Sensitivity of the final reading")), shares()),
        ("specificity", str(_("Specificity of the final reading")), shares()),
        ("true_positive", str(_("Rightly found, of 1,000 exams")), thousand),
        ("false_negative", str(_("Missed, of 1,000 exams")), thousand),
        ("false_positive", str(_("False alarms in the end, of 1,000 exams")), thousand),
        ("alerts", str(_("Alerts of the device, of 1,000 exams")), thousand),
        ("false_alerts", str(_("False alerts of the device, of 1,000 exams")), thousand),
        ("minutes", str(_("Minutes of the carer added, per exam")), Unit()),
    ]


def _under(reading: Reading, strategy: str) -> Scope:
    appraisal = reading.appraisal
    return Scope(appraisal.model.compiled, appraisal.draws).under(strategy)


def _told(unit: Unit, found: Floats) -> str:
    """A name of the model: its first point of time where it varies."""
    draws = found[0] if found.ndim == 2 else found
    if draws.size == 1 or np.ptp(draws) == 0:
        return unit.text(float(draws.flat[0]))
    return str(unit.words(*mean_and_bounds(draws)))


def branches(reading: Reading) -> list[list[str]]:
    """The forks that people go through, with their probability under each strategy."""
    written = reading.written.structure
    for word in ("branches", "entry"):
        forks: Sequence[Branch] = getattr(written, word, ())
        if forks:
            scopes = [_under(reading, name) for name in reading.strategies]
            return list(_forks(reading, scopes, ("structure", word), forks, 0))
    return []


def _forks(
    reading: Reading, scopes: Sequence[Scope], at: Location, forks: Sequence[Branch], depth: int
) -> Iterator[list[str]]:
    known = [
        [scope.at(*at, k, "probability") for scope in scopes]
        if not is_rest(fork.probability)
        else None
        for k, fork in enumerate(forks)
    ]
    told = [one for one in known if one is not None]
    rest = [1.0 - np.sum([_first(one[s]) for one in told], axis=0) for s in range(len(scopes))]
    for k, fork in enumerate(forks):
        found = known[k] or rest
        end = reading.state(fork.to) if fork.to else NOTHING
        label = str(fork.label or fork.name)
        yield [
            "→ " * depth + label,
            *(_told(shares(), np.atleast_1d(one)) for one in found),
            end,
        ]
        yield from _forks(reading, scopes, (*at, k, "then"), fork.then, depth + 1)


def _first(found: Floats) -> Floats:
    return np.asarray(found[0] if found.ndim == 2 else found)


# --- checks and provenance -----------------------------------------------------------------------


def validation(reading: Reading) -> list[Row]:
    """What was done to see whether the model is right."""
    found = reading.written.validation
    named = {
        "internal": _("Inside the model"),
        "external": _("Against data that did not build it"),
        "crossed": _("Against other models"),
        "face": _("By people who know the field"),
    }
    return [
        (str(label), str(getattr(found, name) or _("Nothing is written.")))
        for name, label in named.items()
    ]


def invariants(reading: Reading) -> list[list[str]]:
    """The laws of the calculation, with the largest departure from each."""
    language = current_language()
    return [
        [both(law.name)[language], _tiny(law.departure), _tiny(law.allowed)]
        for law in reading.appraisal.invariants
    ]


def _tiny(value: float) -> str:
    if value == 0:
        return number(0)
    if value >= 1e-4:
        return number(value, 4)
    mantissa, _e, exponent = f"{value:.0e}".partition("e")
    return f"{mantissa}·10{_raised(int(exponent))}"


def _raised(power: int) -> str:
    return str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def provenance(reading: Reading) -> list[Row]:
    """Where the figures come from, and how to make them again."""
    told = reading.appraisal.provenance
    return [
        (str(_("Version of Preuve")), str(told.get("preuve", NOTHING))),
        (str(_("Draws")), number(float(told.get("draws") or 0))),
        (str(_("Seed")), str(told.get("seed", NOTHING))),
        (str(_("File of the model")), Path(str(told.get("file", ""))).name or NOTHING),
    ]


def digests(reading: Reading) -> list[Row]:
    """Fingerprints of the model and of each evidence."""
    told = reading.appraisal.provenance
    found = [(str(_("Model")), str(told.get("model", "")))]
    for name, one in (told.get("evidence") or {}).items():
        found.append((str(_("Evidence “{name}”").format(name=name)), str(one)))
    return found


def command(reading: Reading) -> str:
    """What to type to make the same page."""
    from preuve.economics.model import Model

    told = reading.appraisal.provenance
    file = Path(str(told.get("file", "")))
    named = file.stem if file.stem in Model.names() else file.name
    return f"preuve economics run {named} --draws {told.get('draws')} --seed {told.get('seed')}"
