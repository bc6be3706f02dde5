"""Told: a comparison in sentences, the conclusion first, then what forbids reading more into it."""

from __future__ import annotations

from collections.abc import Iterator

from preuve.core.language import _, ngettext
from preuve.core.usecase import Finding
from preuve.pages.numbers import NOTHING, chance, listed, number
from preuve.registry.comparison import words
from preuve.registry.comparison.claimed import verdict_name
from preuve.registry.comparison.compare import Comparison, Pair, Side
from preuve.registry.comparison.difference import Basis, Difference
from preuve.registry.comparison.measured import Figure
from preuve.registry.energy import footprint_words

_FEW_HOSPITALS = 10


def headline(comparison: Comparison) -> str:
    """What is compared, and whether the record shows one to be better."""
    count = len(comparison.sides)
    told: str = ngettext(
        "{count} system measured on “{usecase}”.",
        "{count} systems measured on “{usecase}”.",
        count,
    ).format(count=number(count), usecase=comparison.usecase.title)
    if count < 2:
        return told + " " + _("There is nothing to compare it with.")
    names = [
        _("{system} for “{finding}”").format(system=best.name, finding=finding.label)
        for finding in comparison.usecase.findings
        if (best := comparison.best(finding.code)) is not None
    ]
    if not names:
        return told + " " + _("The record shows none of them to be better than the others.")
    return (
        told
        + " "
        + _("Shown to rank cases better, on the same cases: {names}.").format(names=listed(names))
    )


def basis_words(basis: Basis) -> str:
    """Whether a difference may be read as one of the systems."""
    return {
        "same_cases": _("same cases: the difference is paired"),
        "same_hospitals": _(
            "same hospitals, but the record does not show that the cases are the same: the "
            "interval takes the two as independent, no ranking is claimed"
        ),
        "other_hospitals": _(
            "not the same cases, not the same hospitals: the difference mixes the systems with "
            "the hospitals, no ranking is claimed"
        ),
    }[basis]


def difference_words(one: Difference) -> str:
    return words.difference(one.measure, one.value, one.low, one.high)


def probability_words(one: Difference) -> str:
    """The probability that the first is at least as good; else why it is not given."""
    return NOTHING if one.probability is None else chance(one.probability)


def verdict_words(pair: Pair, one: Difference) -> str:
    """What a difference allows to say."""
    if one.basis != "same_cases":
        return _("not the same cases: no ranking")
    if not one.settled:
        return _("the interval holds zero: neither is shown to be better")
    better = pair.first if one.low > 0 else pair.second
    return _("{system} is better on these cases").format(system=better.name)


def figure_words(figure: Figure | None) -> str:
    """A figure with its interval; a dash where it was not measured."""
    if figure is None:
        return NOTHING
    low, high = figure.estimate.interval
    return words.figure(figure.measure, figure.estimate.value, low, high)


def reservations(comparison: Comparison) -> Iterator[str]:
    """What forbids reading more into the figures, the gravest first."""
    if comparison.synthetic:
        yield _("SYNTHETIC: a generator made cases of at least one of these evidence files.")
    for basis in dict.fromkeys(pair.basis for pair in comparison.pairs):
        if basis != "same_cases":
            yield _sentence(basis_words(basis))
    for side in comparison.sides:
        yield from _of_side(side)
    keys = {side.measured.evidence.record["signature"]["key"] for side in comparison.sides}
    if len(keys) > 1:
        yield _("These evidence files were signed by {count} different keys.").format(
            count=number(len(keys))
        )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def _of_side(side: Side) -> Iterator[str]:
    absent = [str(site) for site in side.measured.sites if site.outcome != "released"]
    if absent:
        yield _("{system}: nothing came from {sites}.").format(
            system=side.name, sites=listed(absent)
        )
    released = len(side.measured.released)
    if released < 3:
        yield _(
            "{system}: fewer than three hospitals answered, nothing is said of the next one."
        ).format(system=side.name)
    elif released < _FEW_HOSPITALS:
        yield _(
            "{system}: {count} hospitals are few, what the next one may show is poorly known."
        ).format(system=side.name, count=number(released))
    for one in side.claims:
        if one.verdict != "within":
            claim = one.claim
            yield _("{system}: {claim}: {verdict}.").format(
                system=side.name,
                claim=words.claim(claim.measure, claim.value, claim.interval, claim.finding or ""),
                verdict=verdict_name(one.verdict),
            )
    if side.entry is None:
        yield _("{system} has no entry in the register: its claims and class are unknown.").format(
            system=side.name
        )


def price_words(side: Side) -> str:
    """The price as published or contracted; a dash where the register knows none."""
    contract = side.entry.contract if side.entry else None
    if contract is None or contract.price is None:
        return NOTHING
    price = contract.price
    told = _("{amount} {currency}, {per}").format(
        amount=words.plain(price.amount), currency=price.currency, per=price.per
    )
    return told if price.source is None else f"{told} ({price.source})"


def energy_words(side: Side) -> str:
    return footprint_words(side.energy)


def threshold_words(side: Side, finding: Finding) -> str:
    """The threshold at which decisions are judged."""
    return words.plain(side.measured.usecase.operating_point_of(finding))
