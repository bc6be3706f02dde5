"""Words of a comparison: measures, estimands and figures as a clinician reads them."""

from __future__ import annotations

import re

from preuve.core.language import _
from preuve.pages.numbers import number, percent, signed, span

_SHARES = ("sensitivity", "specificity", "ppv", "npv")


def measure_name(measure: str) -> str:
    """A measure as a clinician calls it; an unknown one as it is written."""
    names = {
        "auroc": _("Area under the ROC curve"),
        "sensitivity": _("Sensitivity"),
        "specificity": _("Specificity"),
        "ppv": _("Positive predictive value"),
        "npv": _("Negative predictive value"),
        "observed_expected": _("Observed over expected cases"),
        "brier": _("Brier score"),
    }
    return names.get(measure, measure)


def estimand_name(estimand: str) -> str:
    return {
        "site": _("Hospital"),
        "pooled": _("All cases together"),
        "within_site": _("Average within hospitals"),
        "mean_hospital": _("Mean hospital"),
        "next_hospital": _("Next hospital"),
    }[estimand]


def figure(measure: str, value: float, low: float, high: float) -> str:
    """A figure and its interval: « 88,5 % (80,4 % à 94,1 %) »."""
    return f"{one(measure, value)} ({span(one(measure, low), one(measure, high))})"


def one(measure: str, value: float) -> str:
    """A value with the digits that its measure deserves."""
    if measure in _SHARES:
        return percent(value)
    return number(value, 3 if measure in ("auroc", "brier") else 2)


def difference(measure: str, value: float, low: float, high: float) -> str:
    """A difference and its interval; percentage points for a share."""
    if measure not in _SHARES:
        return f"{signed(value, 3)} ({span(signed(low, 3), signed(high, 3))})"
    told = [signed(100 * part, 1) for part in (value, low, high)]
    return _("{value} points ({interval})").format(value=told[0], interval=span(told[1], told[2]))


def plain(value: float) -> str:
    """A number with the decimals that it was written with."""
    return number(value, len(f"{value:.6f}".rstrip("0").partition(".")[2]))


def as_share(measure: str, value: float) -> float:
    """The value of a claim in the unit that is measured: a sensitivity of 88.5 is 0.885."""
    return value / 100 if measure in (*_SHARES, "auroc") and 1 < value <= 100 else value


def claim(measure: str, value: float, interval: tuple[float, float] | None, finding: str) -> str:
    """A claim: what, its value, and its interval or the word that its source gives none."""
    code = known_measure(measure)
    name = measure_name(code) if code else measure
    told = f"{name}, {finding}" if finding else name
    values = [value, *(interval or ())]
    if code in _SHARES:
        digits = [_decimals(100 * as_share(code, one)) for one in values]
        said = [percent(as_share(code, one), max(digits)) for one in values]
    else:
        said = [plain(one) for one in values]
    if interval is None:
        return _("{what}: {value} (no interval given)").format(what=told, value=said[0])
    return _("{what}: {value} ({interval})").format(
        what=told, value=said[0], interval=span(said[1], said[2])
    )


def _decimals(value: float) -> int:
    return len(f"{value:.4f}".rstrip("0").partition(".")[2])


_KNOWN = {
    "auc": "auroc",
    "auroc": "auroc",
    "area under the roc curve": "auroc",
    "aire sous la courbe roc": "auroc",
    "sensitivity": "sensitivity",
    "sensibilité": "sensitivity",
    "specificity": "specificity",
    "spécificité": "specificity",
    "ppv": "ppv",
    "vpp": "ppv",
    "positive predictive value": "ppv",
    "valeur prédictive positive": "ppv",
    "npv": "npv",
    "vpn": "npv",
    "negative predictive value": "npv",
    "valeur prédictive négative": "npv",
    "brier": "brier",
    "brier score": "brier",
    "observed_expected": "observed_expected",
}


def known_measure(name: str) -> str | None:
    """The code of a measure that somebody names in plain words, or None."""
    return _KNOWN.get(re.sub(r"\s+", " ", name).strip().lower())
