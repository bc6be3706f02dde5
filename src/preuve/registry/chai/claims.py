"""The figures of a card, as claims: each keeps its label, its unit and the interval it gives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from preuve.core.language import _
from preuve.registry.chai.card import ChaiCard, KeyMetric, metric_value, stated
from preuve.registry.entry import Claim

CLAIMED = " [claim of the maker; no signed evidence]"
"""What an exported card writes behind a figure that nothing backs; taken off on import."""

MEASURED = re.compile(r" \[measured; signed evidence (sha256:[0-9a-f]{64})\]$")
"""What an exported card writes behind a figure of a signed evidence."""

_SHARES = (
    "sensitivity",
    "specificity",
    "ppv",
    "npv",
    "positive predictive value",
    "negative predictive value",
)


@dataclass(frozen=True)
class ReadClaim:
    """A claim, or the doubt that kept its figure or its interval out of the entry."""

    path: str
    claim: Claim | None
    doubt: str = ""


def claims(card: ChaiCard) -> Iterator[ReadClaim]:
    """The claims of a card, in its order."""
    for name, field in type(card.key_metrics).model_fields.items():
        metric: KeyMetric = getattr(card.key_metrics, name)
        for index, result in enumerate(metric.results.metric_result, 1):
            path = f"KeyMetrics/{field.alias}/Results/MetricResult[{index}]"
            if stated(result.label) is not None:
                yield _claim(path, result.label, result.value_json, metric)


def _claim(path: str, label: str, written: str, metric: KeyMetric) -> ReadClaim:
    value = metric_value(written)
    number = _number(value, "value", "estimate", "mean") if value else None
    if value is None or number is None:
        return ReadClaim(path, None, _("“{label}” holds no number.").format(label=label))
    backed = MEASURED.search(label)
    measure, scale = _measure(MEASURED.sub("", label).removesuffix(CLAIMED).strip(), value)
    interval, level = _interval(value)
    doubt = ""
    if interval and not interval[0] <= number <= interval[1]:
        doubt = _("“{label}”: the value lies outside its own interval, which is left out.").format(
            label=label
        )
        interval = None
    claim = Claim(
        measure=measure,
        value=_scaled(number, scale),
        interval=interval and (_scaled(interval[0], scale), _scaled(interval[1], scale)),
        level=level,
        population=stated(metric.testing_data_description),
        source=stated(metric.test_type),
        evidence=backed[1] if backed else None,
    )
    return ReadClaim(path, claim, doubt)


def _measure(label: str, value: dict[str, Any]) -> tuple[str, float]:
    """The name of a measure, its unit in it where it is no share of one, and its scale."""
    unit = value.get("unit")
    if unit == "%" and label.lower() in _SHARES:
        return label, 100.0
    notes = [str(unit)] if unit and str(unit) not in label else []
    if value.get("kind") == "mean_sd":
        notes.append(f"mean; standard deviation {value.get('sd')}")
    return (f"{label} ({'; '.join(notes)})" if notes else label), 1.0


def _interval(value: dict[str, Any]) -> tuple[tuple[float, float] | None, float]:
    low, high = _number(value, "lower"), _number(value, "upper")
    level = _number(value, "level") or 95.0
    share = level / 100 if level > 1 else level
    if low is None or high is None or not 0 < share < 1:
        return None, 0.95
    return (low, high), share


def _number(value: dict[str, Any], *names: str) -> float | None:
    for name in names:
        found = value.get(name)
        if isinstance(found, int | float) and not isinstance(found, bool):
            return float(found)
    return None


def _scaled(number: float, scale: float) -> float:
    """The number over its scale, as a person would write it: 88.5 % is 0.885."""
    return number if scale == 1 else float(f"{number / scale:.12g}")
