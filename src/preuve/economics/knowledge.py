"""Knowledge: what it would be worth to know more before deciding, and which study would pay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.language import _
from preuve.core.progress import Progress, silent
from preuve.economics.analysis import study as analysis
from preuve.economics.analysis.information import (
    PerfectInformation,
    effective_population,
    perfect_information,
)
from preuve.economics.analysis.partial_information import PartialInformation, partial_information
from preuve.economics.analysis.sample_information import (
    Sampling,
    StudyCost,
    sample_information,
    sampling,
)
from preuve.economics.compilation.scope import Scope
from preuve.economics.model import Model
from preuve.economics.outcomes import Outcomes
from preuve.economics.reference_case.discounting import discounting, factor
from preuve.economics.specification.analyses import Measured, Study


@dataclass(frozen=True)
class Known:
    """The value of knowing.

    Attributes:
        perfect: everything, per person, along the willingness to pay.
        single: each uncertain parameter alone, the most valuable first.
        together: groups of parameters, by name.
        people: discounted number of people whom the decision concerns; 0 where not written.
        studies: each study with what it would bring and cost.
    """

    perfect: PerfectInformation
    single: tuple[PartialInformation, ...]
    together: dict[str, PartialInformation]
    people: float
    studies: tuple[tuple[Study, Sampling], ...]


def known(
    model: Model,
    found: Outcomes,
    draws: dict[str, Floats],
    willingness: Floats,
    progress: Progress = silent,
) -> Known:
    """The value of knowing, from the draws of the probabilistic analysis."""
    main = float(model.written.decision.willingness_to_pay[0])
    cost, effect = found.costs, found.traded
    uncertain = [name for name, one in model.joint.figures.items() if not one.is_certain]
    single = []
    for done, name in enumerate(uncertain):
        single.append(partial_information(cost, effect, main, draws, name))
        progress(_("Value of knowing each parameter"), done + 1, len(uncertain))
    written = model.written.analyses.information
    groups = written.groups if written else {}
    people = _people(model, draws)
    seed = model.written.analyses.seed
    studies = []
    for done, study in enumerate(model.written.analyses.studies):
        sizes = np.array(study.sizes, dtype=float) * study.cluster
        planned = analysis.Study(
            tuple(_measure(one) for one in study.measures), study.cluster, study.intracluster
        )
        value = sample_information(cost, effect, main, draws, planned, sizes, seed)
        spent = StudyCost(study.fixed_cost, study.cost_per_person, study.cost_per_cluster)
        studies.append((study, sampling(value, people, spent)))
        progress(_("Studies"), done + 1, len(model.written.analyses.studies))
    return Known(
        perfect_information(cost, effect, willingness),
        tuple(sorted(single, key=lambda one: -float(one.value[0]))),
        {
            name: partial_information(cost, effect, main, draws, group.figures)
            for name, group in groups.items()
        },
        people,
        tuple(studies),
    )


def _people(model: Model, draws: dict[str, Floats]) -> float:
    written = model.written.analyses.information
    if written is None:
        return 0.0
    times = np.arange(np.ceil(written.years - 1e-9), dtype=float)
    scope = Scope(model.compiled, draws).over({"time": times[:, None]})
    yearly = np.atleast_1d(scope.at("analyses", "information", "people")).mean(axis=-1)
    lasting = np.minimum(written.years - times, 1.0)
    discount = factor(discounting(model.written.decision.discounting).costs, times)
    return effective_population(yearly, discount * lasting)


def _measure(written: Measured) -> analysis.Measure:
    name, share = written.parameter, written.share
    match written.how:
        case "binomial":
            return analysis.Binomial(name, share)
        case "poisson":
            return analysis.Poisson(name, float(written.exposure or 0.0), share)
        case "log_ratio":
            return analysis.LogRatio(name, float(written.spread or 0.0), share)
    return analysis.Normal(name, float(written.spread or 0.0), share)
