"""Variants: the same comparison in other worlds: scenarios, subgroups, hospitals, thresholds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.progress import Progress, silent
from preuve.core.usecase import Text
from preuve.economics.compared import Compared
from preuve.economics.compilation.compiled import Compiled
from preuve.economics.compilation.scope import Change, Scope
from preuve.economics.model import Model
from preuve.economics.simulate import simulate
from preuve.economics.specification.analyses import Scenario
from preuve.economics.uncertainty.figures import Figure, at_site, at_threshold

Draws = Mapping[str, Floats]


def scenarios(model: Model, draws: Draws, progress: Progress = silent) -> tuple[Compared, ...]:
    """Each scenario, with the same draws as the probabilistic analysis."""
    written = model.written.analyses.scenarios
    found = []
    for place, one in enumerate(written):
        changed = _with(model.compiled, one)
        changes = _changes(model.compiled, "scenarios", place, draws)
        outcomes = simulate(changed, draws, changes=changes)
        found.append(Compared.of(one.name, one.label, outcomes, structural=one.structural))
        progress(_("Scenarios"), place + 1, len(written))
    return tuple(found)


def subgroups(model: Model, draws: Draws) -> tuple[Compared, ...]:
    """Each subgroup, with the same draws."""
    return tuple(
        Compared.of(
            one.name,
            one.label,
            simulate(
                model.compiled, draws, changes=_changes(model.compiled, "subgroups", place, draws)
            ),
            share=one.share,
        )
        for place, one in enumerate(model.written.analyses.subgroups)
    )


def _changes(model: Compiled, kind: str, place: int, draws: Draws) -> dict[str, Change]:
    return Scope(model, draws).changes("analyses", kind, place, "set")


def _with(model: Compiled, scenario: Scenario) -> Compiled:
    """The model with the rules of a scenario."""
    changed = {
        name: getattr(scenario, name)
        for name in ("horizon", "discounting", "correction")
        if getattr(scenario, name) is not None
    }
    if not changed:
        return model
    decision = model.written.decision.model_copy(update=changed)
    return replace(model, written=model.written.model_copy(update={"decision": decision}))


def centres(model: Model, draws: Draws, seed: int) -> tuple[Compared, ...]:
    """The comparison as it would be at each hospital of the evidence.

    The figures of an evidence are replaced by those that the hospital showed on its own cases;
    every other draw stays the same. A hospital that lacks one of them is left out.
    """
    found = []
    for site, label in sites(model):
        figures = dict(_at_site(model, site))
        if not figures:
            continue
        count = len(next(iter(draws.values())))
        local = dict(draws) | {name: one.drawn(count, seed) for name, one in figures.items()}
        found.append(Compared.of(site, label, simulate(model.compiled, local)))
    return tuple(found)


def sites(model: Model) -> Iterator[tuple[str, Text]]:
    """Name and label of each hospital of the evidence that the model reads."""
    seen = set()
    for evidence in model.evidence.values():
        for site in evidence.content["sites"]:
            if site["site"] not in seen:
                seen.add(site["site"])
                yield site["site"], _text(site["label"] or site["site"])


def _text(label: Mapping[str, str] | str) -> Text:
    """A label of an evidence: in the two languages, or in one for both."""
    if isinstance(label, str):
        return Text(fr=label, en=label)
    first = next(iter(label.values()))
    return Text(fr=label.get("fr", first), en=label.get("en", first))


def _at_site(model: Model, site: str) -> Iterator[tuple[str, Figure]]:
    read = [one for one in model.joint.figures.values() if one.written and one.written.evidence]
    local = {one.name: at_site(one, site, model.evidence) for one in read}
    if all(local.values()):
        yield from ((name, one) for name, one in local.items() if one is not None)


def thresholds(model: Model, draws: Draws, seed: int) -> tuple[Compared, ...]:
    """The comparison at each threshold of the device that the evidence tells of."""
    count = len(next(iter(draws.values())))
    found = []
    for threshold in told_thresholds(model):
        figures = {}
        for one in model.joint.figures.values():
            if one.written is None or not one.written.evidence:
                continue
            try:
                figures[one.name] = at_threshold(one, threshold, model.evidence)
            except PreuveError:
                break
        else:
            drawn = {name: one.drawn(count, seed) for name, one in figures.items()}
            outcomes = simulate(model.compiled, dict(draws) | drawn)
            found.append(Compared.of(f"{threshold:g}", _text(f"{threshold:g}"), outcomes))
    return tuple(found)


def told_thresholds(model: Model) -> tuple[float, ...]:
    """Thresholds at which an evidence tells the measures that the model reads."""
    found = set()
    for one in model.written.parameters.values():
        if one.evidence is None:
            continue
        wanted = {"measure": one.measure, "finding": one.finding, "estimand": one.estimand}
        for row in model.evidence[one.evidence].rows(**wanted, role=one.role, variable=""):
            if row["threshold"] is not None and row["estimate"] is not None:
                found.add(float(row["threshold"]))
    return tuple(sorted(found))
