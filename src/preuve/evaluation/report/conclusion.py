"""Conclusion and limits of an evidence, in sentences computed from its figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from preuve.core.language import _, ngettext
from preuve.core.usecase import Finding
from preuve.evaluation.report.reading import Reading, reason_name, requirement, said, words
from preuve.pages.numbers import chance, number

_FEW_HOSPITALS = 10
_LISTED = 10
_LIKELY, _UNLIKELY = 0.9, 0.5


def headline(reading: Reading) -> str:
    """What was tested, where, and where it does best and least well, in one sentence."""
    told = {"tested": _tested(reading), "system": reading.system_name()}
    if not reading.measured:
        return _("{tested}, {system} gave nothing that could be measured.").format(**told)
    best, worst = reading.compared[0], reading.compared[-1]
    if best is worst:
        return _("{tested}, {system} was measured on one finding, “{finding}”: {figure}.").format(
            finding=best.label, figure=expectation(reading, best), **told
        )
    return _(
        "{tested}, {system} tells cases with a finding from cases without it best for “{best}” and "
        "least well for “{worst}”."
    ).format(best=best.label, worst=worst.label, **told)


def extremes(reading: Reading) -> list[tuple[str, str]]:
    """The findings that the headline names, each with its figures; none when it has them."""
    found = reading.compared
    if len(found) < 2:
        return []
    return [(str(f.label), expectation(reading, f)) for f in (found[0], found[-1])]


def _tested(reading: Reading) -> str:
    sites = len(reading.released)
    return ngettext(
        "Tested for “{usecase}” at {sites} hospital on {cases} cases",
        "Tested for “{usecase}” at {sites} hospitals on {cases} cases",
        sites,
    ).format(usecase=reading.usecase.title, sites=number(sites), cases=number(reading.cases))


def expectation(reading: Reading, finding: Finding) -> str:
    """The area under the ROC curve of a finding at the mean and at the next hospital."""
    estimand, centre = reading.known_centre("auroc", finding)
    here = words("auroc", centre)
    if estimand != "mean_hospital":
        return _(
            "area under the ROC curve {value} (95% confidence interval {interval}) at this "
            "hospital; nothing can be said of another"
        ).format(value=here.value, interval=here.interval)
    ahead = reading.estimate("auroc", finding, "next_hospital")
    if ahead is None:
        return _(
            "area under the ROC curve {value} (95% confidence interval {interval}) at the mean "
            "hospital; too few hospitals to say what the next one may show"
        ).format(value=here.value, interval=here.interval)
    return _(
        "area under the ROC curve {value} (95% confidence interval {interval}) at the mean "
        "hospital; the next hospital may show {ahead} (95% prediction interval)"
    ).format(value=here.value, interval=here.interval, ahead=words("auroc", ahead).interval)


def verdict(reading: Reading) -> list[str]:
    """What the protocol required, and how likely the next hospital is to find it met."""
    rows = reading.content["acceptance"]
    if not rows:
        return [_("The protocol set no requirement: nothing is called acceptable or not.")]
    known = [row for row in rows if row["probability"] is not None]
    if len(known) == 1 and len(rows) == 1:
        return [_one_verdict(known[0])]
    likely = [row for row in known if row["probability"] >= _LIKELY]
    unlikely = [row for row in known if row["probability"] < _UNLIKELY]
    between = len(known) - len(likely) - len(unlikely)
    sentences: list[str] = [
        ngettext(
            "The protocol set {count} requirement before the results were known.",
            "The protocol set {count} requirements before the results were known.",
            len(rows),
        ).format(count=number(len(rows)))
    ]
    if known:
        sentences.append(
            _(
                "At the next hospital of the same kind, the predictive distribution gives a "
                "probability of {likely} or more to {many} of them, between {unlikely} and "
                "{likely} to {some}, and less than {unlikely} to {few}."
            ).format(
                likely=chance(_LIKELY),
                unlikely=chance(_UNLIKELY),
                many=number(len(likely)),
                some=number(between),
                few=number(len(unlikely)),
            )
        )
    if len(known) < len(rows):
        sentences.append(
            _("Nothing can be said of {count} of them: too few hospitals or events.").format(
                count=number(len(rows) - len(known))
            )
        )
    return sentences


def _one_verdict(row: Mapping[str, Any]) -> str:
    return _(
        "The protocol required, before the results were known: {rule}. {met} of {hospitals} "
        "hospitals met it; at the next hospital of the same kind, the predictive distribution "
        "gives it a probability of {probability}."
    ).format(
        rule=requirement(row),
        met=row["hospitals_met"],
        hospitals=row["hospitals"],
        probability=chance(row["probability"]),
    )


def limits(reading: Reading) -> Iterator[str]:
    """What forbids reading more into the figures, the gravest first."""
    sites = len(reading.released)
    if sites < 3:
        yield _(
            "Fewer than three hospitals answered: how another hospital would do cannot be "
            "predicted."
        )
    elif sites < _FEW_HOSPITALS:
        yield _(
            "{sites} hospitals are few: how much hospitals differ is itself poorly known, and the "
            "prediction interval rests on the assumption that they vary like draws from one bell "
            "curve, on the scale of each measure. They are not known to be a random sample of "
            "hospitals."
        ).format(sites=number(sites))
    for site in reading.absent:
        template = (
            _("{site} refused to release its results: {reason}")
            if site["outcome"] == "refused"
            else _("{site} failed: {reason}")
        )
        reason = said(site["reason"]) if site["reason"] else _("no reason was recorded.")
        yield template.format(site=said(site["label"]), reason=reason)
    if reading.withheld:
        yield _(
            "No figure for {findings}: too few events or non-events (at least {events} of each "
            "are needed, at one hospital or more), or nothing released."
        ).format(
            findings=", ".join(
                _("“{name}”").format(name=finding.label) for finding in reading.withheld
            ),
            events=number(reading.usecase.minimum_events),
        )
    yield from _suppression_limits(reading)
    excluded = [count for site in reading.released for _reason, count in site.exclusions]
    if excluded:
        yield _(
            "{count} records were set aside before the test, not counting groups too small to be "
            "told; the reasons are listed below."
        ).format(count=number(sum(count or 0 for count in excluded)))
    yield from _unanswered(reading)


def _suppression_limits(reading: Reading) -> Iterator[str]:
    unpredicted = [f for f in reading.measured if not reading.predicts(f)]
    if unpredicted and len(reading.released) > 2:
        yield _(
            "Measured at one or two hospitals only, hence without a word on the next one: "
            "{findings}."
        ).format(findings=_named(unpredicted))
    left_out = _left_out(reading)
    if len(left_out) > _LISTED:
        yield _(
            "{sites} hospitals are left out of the figures of some findings; the reasons are "
            "listed below."
        ).format(sites=number(len({site for site, _reason in left_out})))
        left_out = {}
    for (site, reason), findings in left_out.items():
        yield _("{site} is left out of {findings}: {reason}.").format(
            site=reading.labels[site], findings=_named(findings), reason=reason_name(reason)
        )
    parts = sum(
        bool(hidden.place.variable) for site in reading.released for hidden in site.suppressed
    )
    if parts:
        yield ngettext(
            "{count} figure of a subgroup was kept back by its hospital to protect its patients.",
            "{count} figures of subgroups were kept back by their hospitals to protect their "
            "patients.",
            parts,
        ).format(count=number(parts))


def _left_out(reading: Reading) -> dict[tuple[str, str], list[Finding]]:
    """Hospital and reason -> the measured findings that it does not enter."""
    measured = {finding.code: finding for finding in reading.measured}
    found: dict[tuple[str, str], list[Finding]] = {}
    for row in reading.content["suppression"]:
        for site in row["sites"]:
            if row["finding"] in measured and site["reason"] not in ("refused", "failed"):
                place = site["site"], site["reason"]
                found.setdefault(place, []).append(measured[row["finding"]])
    return found


def _named(findings: Iterable[Finding]) -> str:
    return ", ".join(_("“{name}”").format(name=finding.label) for finding in findings)


def _unanswered(reading: Reading) -> Iterator[str]:
    for site in reading.released:
        answered = site.answered.get("system")
        if answered is not None and answered < site.cases:
            yield _("{site}: the system answered {answered} of {cases} cases.").format(
                site=reading.labels[site.site],
                answered=number(answered),
                cases=number(site.cases),
            )
