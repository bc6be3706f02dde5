"""Measures: what is computed from a cell, on which scale it varies, and where it is good."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from preuve.core.distribution import Beta, Distribution, Floats, Normal, Scale, to_scale


@dataclass(frozen=True)
class Value:
    """A figure with its sampling variance and the number of cases it rests on."""

    value: float
    variance: float
    size: float


@dataclass(frozen=True)
class Measure:
    """A named measure.

    Attributes:
        code: its name in records.
        unit: of its value.
        scale: where site values are about normal.
        ideal: the best value, or None where more is not better.
    """

    code: str
    unit: str
    scale: Scale
    ideal: float | None


MEASURES: dict[str, Measure] = {
    m.code: m
    for m in (
        Measure("auroc", "proportion", "logit", 1.0),
        Measure("average_precision", "proportion", "logit", 1.0),
        Measure("sensitivity", "proportion", "logit", 1.0),
        Measure("specificity", "proportion", "logit", 1.0),
        Measure("ppv", "proportion", "logit", 1.0),
        Measure("npv", "proportion", "logit", 1.0),
        Measure("positive_likelihood_ratio", "ratio", "log", None),
        Measure("negative_likelihood_ratio", "ratio", "log", 0.0),
        Measure("net_benefit", "net true positives per case", "identity", None),
        Measure("brier", "squared probability", "log", 0.0),
        Measure("observed_expected", "ratio", "log", 1.0),
        Measure("calibration_slope", "ratio", "identity", 1.0),
        Measure("calibration_intercept", "logit", "identity", 0.0),
        Measure("prevalence", "proportion", "logit", None),
        Measure("positive_rate", "proportion", "logit", None),
    )
}

# Each ratio is a·v / b·v for the sums v of true positive, false positive, false negative, true
# negative cases.
_RATIOS: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "sensitivity": ((1, 0, 0, 0), (1, 0, 1, 0)),
    "specificity": ((0, 0, 0, 1), (0, 1, 0, 1)),
    "ppv": ((1, 0, 0, 0), (1, 1, 0, 0)),
    "npv": ((0, 0, 0, 1), (0, 0, 1, 1)),
    "positive_rate": ((1, 1, 0, 0), (1, 1, 1, 1)),
    "prevalence": ((1, 0, 1, 0), (1, 1, 1, 1)),
}

DECISION_MEASURES = (
    "sensitivity",
    "specificity",
    "ppv",
    "npv",
    "positive_likelihood_ratio",
    "negative_likelihood_ratio",
    "net_benefit",
)


def decision_value(
    measure: str, confusion: Floats, products: Floats, people: float, threshold: float
) -> Value | None:
    """A measure of the confusion counts; None where its denominator is empty.

    The variance is that of a ratio estimator, clustered by person (Cochran, Sampling techniques,
    1977): the persons' products of counts say all that is needed.

    Args:
        measure: one of `DECISION_MEASURES`, "positive_rate" or "prevalence".
        confusion: (4,) true positive, false positive, false negative, true negative cases.
        products: (4, 4) sum over persons of the outer product of their four counts.
        people: number of persons.
        threshold: the probability at which a case is read as positive.
    """
    v = np.asarray(confusion, dtype=float)
    if measure == "net_benefit":
        a = np.array([1.0, -threshold / (1 - threshold), 0.0, 0.0])
        return _ratio(a, np.ones(4), v, products, people)
    if measure in _RATIOS:
        above, below = (np.array(part, dtype=float) for part in _RATIOS[measure])
        return _ratio(above, below, v, products, people)
    return _likelihood_ratio(measure, v, products, people)


def _ratio(
    above: Floats, below: Floats, v: Floats, products: Floats, people: float
) -> Value | None:
    size = float(below @ v)
    if size == 0:
        return None
    value = float(above @ v) / size
    gradient = (above - value * below) / size
    return Value(value, _clustered(gradient, products, people), size)


def _likelihood_ratio(measure: str, v: Floats, products: Floats, people: float) -> Value | None:
    """Of a positive result (sensitivity / (1 - specificity)) or of a negative one.

    Variance on the log scale (Simel, Samsa and Matchar, J Clin Epidemiol 1991;44:763), clustered;
    a cell of zero gets half a case.
    """
    events, others = v[0] + v[2], v[1] + v[3]
    if events == 0 or others == 0:
        return None
    empty = bool(np.any(v == 0))
    v = v + 0.5 if empty else v
    events, others = v[0] + v[2], v[1] + v[3]
    hit, alarm = (0, 1) if measure == "positive_likelihood_ratio" else (2, 3)
    value = float((v[hit] / events) / (v[alarm] / others))
    gradient = np.array([-1 / events, 1 / others, -1 / events, 1 / others])
    gradient[hit] += 1 / v[hit]
    gradient[alarm] -= 1 / v[alarm]
    variance = float(gradient**2 @ v) if empty else _clustered(gradient, products, people)
    return Value(value, variance * value**2, float(events + others))


def score_value(measure: str, sums: Floats, moments: Floats, people: float) -> Value | None:
    """Brier score, or observed over expected events, from the sums of 1, y, p and (p - y)²."""
    n, observed, expected, squared = (float(x) for x in sums)
    if n == 0:
        return None
    if measure == "brier":
        value = squared / n
        gradient = np.array([-value, 0.0, 0.0, 1.0]) / n
        return Value(value, _clustered(gradient, moments, people), n)
    if observed == 0 or expected == 0:
        return None
    gradient = np.array([0.0, 1 / observed, -1 / expected, 0.0])
    value = observed / expected
    return Value(value, _clustered(gradient, moments, people) * value**2, n)


def _clustered(gradient: Floats, products: Floats, people: float) -> float:
    correction = people / (people - 1) if people > 1 else 1.0
    return max(float(gradient @ products @ gradient), 0.0) * correction


def distribution_of(measure: Measure, value: Value) -> Distribution | None:
    """What is believed of a figure of one sample; None where it cannot be said.

    A proportion: Jeffreys' beta on the effective sample size (Brown, Cai and DasGupta, Stat Sci
    2001;16:101). Others: normal on their scale. A ranking figure of exactly 0 or 1 shows no
    sampling variance: it is treated as a proportion of the smaller class, the cautious reading.
    """
    if measure.scale == "logit" and not _is_smooth_area(measure, value):
        size = _effective_size(value)
        return Beta(size * value.value + 0.5, size * (1 - value.value) + 0.5)
    pair = on_scale(measure, value)
    return None if pair is None else Normal(pair[0], float(np.sqrt(pair[1])), measure.scale)


def on_scale(measure: Measure, value: Value) -> tuple[float, float] | None:
    """Value and variance on the measure's scale; None where they are not finite."""
    x, variance = value.value, value.variance
    if measure.scale == "logit":
        if not _is_smooth_area(measure, value):
            size = _effective_size(value)
            if x in (0.0, 1.0):
                x, size = (size * x + 0.5) / (size + 1), size + 1
            variance = x * (1 - x) / size
        slope = 1 / (x * (1 - x))
    elif measure.scale == "log":
        if x <= 0:
            return None
        slope = 1 / x
    else:
        slope = 1.0
    scaled = variance * slope**2
    if not np.isfinite(scaled) or scaled <= 0:
        return None
    return float(to_scale(x, measure.scale)), float(scaled)


def _is_smooth_area(measure: Measure, value: Value) -> bool:
    ranking = measure.code in ("auroc", "average_precision")
    return ranking and 0 < value.value < 1 and value.variance > 0


def _effective_size(value: Value) -> float:
    spread = value.value * (1 - value.value)
    return spread / value.variance if spread > 0 and value.variance > 0 else value.size
