"""The AI pathway as formulas: each name that it gives stands in the open and can be checked.

The carer reads (R), the system reads (D). Where both agree, that is the final reading. Where only
the system raises an alert, the carer follows it with probability `alert`; where only the carer
saw something, the system's silence prevails with probability `clear` (automation bias). Given the
truth, P(R and D) = P(R) P(D) + dependence (min(P(R), P(D)) - P(R) P(D)).
"""

from __future__ import annotations

from collections.abc import Iterator

from preuve.economics.specification.pathway import Adoption, AiPathway, Alerts

PREFIX = "pathway."


def formulas(pathway: AiPathway) -> dict[str, str]:
    """Each name of the pathway and its formula, in the order in which they build on each other."""
    return {f"{PREFIX}{name}": formula for name, formula in _formulas(pathway)}


def _formulas(pathway: AiPathway) -> Iterator[tuple[str, str]]:
    reader, device, drift = pathway.reader, pathway.device, pathway.drift
    yield "prevalence", f"{pathway.prevalence}"
    yield "adoption", _adoption(pathway.adoption)
    for measure in ("sensitivity", "specificity"):
        lost = f"({getattr(drift, measure)}) * ({drift.years}) / year"
        kept = f"logistic(logit({getattr(device, measure)}) - {lost})"
        still = getattr(drift, measure) in (0, 0.0)
        yield f"device_{measure}", f"{getattr(device, measure)}" if still else kept
        yield f"reader_{measure}", f"{getattr(reader, measure)}"
    yield "follow_alert", f"{pathway.follow.alert}"
    yield "follow_clear", f"{pathway.follow.clear}"
    yield "dependence", f"{pathway.dependence}"
    sick = ("pathway.reader_sensitivity", "pathway.device_sensitivity")
    well = ("1 - pathway.reader_specificity", "1 - pathway.device_specificity")
    yield "both_if_sick", _both(*sick)
    yield "both_if_well", _both(*well)
    yield "assisted_sensitivity", _final("pathway.both_if_sick", *sick)
    yield "assisted_specificity", f"1 - ({_final('pathway.both_if_well', *well)})"
    for measure in ("sensitivity", "specificity"):
        gained = f"pathway.assisted_{measure} - pathway.reader_{measure}"
        yield measure, f"pathway.reader_{measure} + pathway.adoption * ({gained})"
    yield "true_positive", "pathway.prevalence * pathway.sensitivity"
    yield "false_negative", "pathway.prevalence * (1 - pathway.sensitivity)"
    yield "false_positive", "(1 - pathway.prevalence) * (1 - pathway.specificity)"
    yield "true_negative", "(1 - pathway.prevalence) * pathway.specificity"
    true = "pathway.prevalence * pathway.device_sensitivity"
    false = "(1 - pathway.prevalence) * (1 - pathway.device_specificity)"
    yield "alerts", f"pathway.adoption * ({true} + {false})"
    yield "false_alerts", f"pathway.adoption * {false}"
    work = pathway.alerts
    yield "minutes", " + ".join(_work(work)) or "0"


def _work(work: Alerts) -> Iterator[str]:
    if work.minutes_per_exam not in (0, 0.0):
        yield f"pathway.adoption * ({work.minutes_per_exam})"
    if work.minutes_per_alert not in (0, 0.0):
        yield f"pathway.alerts * ({work.minutes_per_alert})"


def _adoption(adoption: Adoption | float | str) -> str:
    """A share, or start + (plateau - start) x logistic curve whose half is at `half`.

    The curve is 1 / (1 + exp(-4 (year - half) / half)): 2 % at year 0, 98 % at twice `half`.
    """
    if not isinstance(adoption, Adoption):
        return f"{adoption}"
    risen = f"logistic(4 * (({adoption.year}) - ({adoption.half})) / ({adoption.half}))"
    return f"({adoption.start}) + (({adoption.plateau}) - ({adoption.start})) * {risen}"


def _both(reader: str, device: str) -> str:
    apart = f"({reader}) * ({device})"
    return f"{apart} + pathway.dependence * (min({reader}, {device}) - {apart})"


def _final(both: str, reader: str, device: str) -> str:
    """The share of people called positive in the end."""
    only_device = f"(({device}) - {both}) * pathway.follow_alert"
    only_reader = f"(({reader}) - {both}) * (1 - pathway.follow_clear)"
    return f"{both} + {only_device} + {only_reader}"
