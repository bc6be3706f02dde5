"""Study: what a planned study would measure, and how it would be observed."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _


@dataclass(frozen=True)
class Binomial:
    """Counts of a probability; `share` of the participants inform it (the diseased, say)."""

    parameter: str
    share: float = 1.0

    def observe(self, truth: Floats, sizes: Floats, random: np.random.Generator) -> list[Floats]:
        _within(self.parameter, truth, 0, 1)
        counted, total = np.zeros(truth.size), 0
        shown = []
        for size in sizes:
            more = int(size) - total
            counted = counted + random.binomial(more, truth)
            total += more
            shown.append(counted / max(total, 1))
        return shown


@dataclass(frozen=True)
class Normal:
    """The mean of a quantity whose standard deviation between persons is known."""

    parameter: str
    standard_deviation: float
    share: float = 1.0

    def observe(self, truth: Floats, sizes: Floats, random: np.random.Generator) -> list[Floats]:
        return _means(truth, self.standard_deviation, sizes, random)


@dataclass(frozen=True)
class Poisson:
    """Counts of events at a rate; `exposure` is the time at risk of one participant."""

    parameter: str
    exposure: float
    share: float = 1.0

    def observe(self, truth: Floats, sizes: Floats, random: np.random.Generator) -> list[Floats]:
        _within(self.parameter, truth, 0, math.inf)
        counted, before = np.zeros(truth.size), 0.0
        shown = []
        for size in sizes:
            counted = counted + random.poisson(truth * self.exposure * (size - before))
            before = size
            shown.append(counted / max(size * self.exposure, 1e-300))
        return shown


@dataclass(frozen=True)
class LogRatio:
    """The logarithm of a ratio, with standard error `unit_error` / √n."""

    parameter: str
    unit_error: float
    share: float = 1.0

    def observe(self, truth: Floats, sizes: Floats, random: np.random.Generator) -> list[Floats]:
        if (truth <= 0).any():
            raise PreuveError(
                _("The ratio {name} must be positive in every draw.").format(name=self.parameter),
                where="study",
            )
        return _means(np.log(truth), self.unit_error, sizes, random)


Measure: TypeAlias = Binomial | Normal | Poisson | LogRatio


@dataclass(frozen=True)
class Study:
    """A planned study.

    Attributes:
        measures: what is observed, each independently of the others given the parameters.
        cluster_size: participants a cluster (ECGs read by one general practitioner, say).
        intracluster_correlation: of the outcomes within a cluster, in [0, 1].
    """

    measures: tuple[Measure, ...]
    cluster_size: float = 1.0
    intracluster_correlation: float = 0.0

    def __post_init__(self) -> None:
        if not self.measures:
            raise PreuveError(_("A study must measure something."), where="study.measures")
        if self.cluster_size < 1 or not 0 <= self.intracluster_correlation <= 1:
            raise PreuveError(
                _("A cluster holds one participant or more; its correlation lies in [0, 1]."),
                where="study",
            )
        for measure in self.measures:
            if not 0 < measure.share <= 1 or _spread(measure) <= 0:
                raise PreuveError(
                    _(
                        "The measure of {name} needs a share in ]0, 1] and a positive spread."
                    ).format(name=measure.parameter),
                    where="study.measures",
                )

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(measure.parameter for measure in self.measures))

    def effective(self, sizes: Floats, share: float = 1.0) -> Floats:
        """Independent observations that the participants amount to: n / (1 + (m − 1) icc).

        The design effect is that of clusters of equal size m; `share` thins them too.
        """
        design = 1 + max(self.cluster_size * share - 1, 0.0) * self.intracluster_correlation
        return np.asarray(sizes, dtype=float) * share / design

    def clusters(self, sizes: Floats) -> Floats:
        """Clusters that hold these numbers of participants."""
        return np.ceil(np.asarray(sizes, dtype=float) / self.cluster_size)

    def observe(
        self, truth: dict[str, Floats], sizes: Floats, random: np.random.Generator
    ) -> list[Floats]:
        """What the study shows at each of the rising sizes, in each draw: a list of (M, D).

        It is one study that grows: a larger size holds the observations of the smaller.
        """
        shown = [
            measure.observe(truth[measure.parameter], self._observed(measure, sizes), random)
            for measure in self.measures
        ]
        return [np.stack(at_size) for at_size in zip(*shown, strict=True)]

    def _observed(self, measure: Measure, sizes: Floats) -> Floats:
        effective = self.effective(sizes, measure.share)
        if not isinstance(measure, Binomial):
            return effective
        return np.asarray(np.floor(effective + 1e-9))


def _means(
    truth: Floats, spread: float, sizes: Iterable[float], random: np.random.Generator
) -> list[Floats]:
    noise, before = np.zeros(truth.size), 0.0
    shown = []
    for size in sizes:
        noise = noise + np.sqrt(size - before) * random.standard_normal(truth.size)
        before = size
        shown.append(truth + spread * noise / size if size > 0 else np.zeros(truth.size))
    return shown


def _spread(measure: Measure) -> float:
    if isinstance(measure, Normal):
        return measure.standard_deviation
    if isinstance(measure, Poisson):
        return measure.exposure
    return measure.unit_error if isinstance(measure, LogRatio) else 1.0


def _within(name: str, truth: Floats, low: float, high: float) -> None:
    if (truth < low).any() or (truth > high).any():
        raise PreuveError(
            _("The draws of {name} must lie between {low} and {high}.").format(
                name=name, low=low, high=high
            ),
            where="study",
        )
