"""Conclusion of an appraisal, in sentences computed from its figures; none without an interval."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.language import _, ngettext
from preuve.economics.analysis.interval import mean_and_bounds
from preuve.economics.analysis.plane import Plane
from preuve.economics.analysis.sample_information import Sampling
from preuve.economics.claimed_price import ClaimedPrice
from preuve.economics.page.reading import Reading
from preuve.economics.page.words import Unit, Words
from preuve.economics.specification.analyses import Study
from preuve.pages.numbers import chance, listed, number, percent
from preuve.pages.numbers import named as labelled

SETTLED, LIKELY = 0.95, 0.8
"""Probabilities of being the best choice from which it is called so, and probably so."""
DECISIVE = 0.05
"""Share of the value of knowing everything under which a figure is not said to decide."""
NEARLY = 0.9
"""Share of the best net benefit from which a size of study is said to do nearly as well."""
_NAMED = 3
_WIDTH = 1.96

Said = tuple[str, str]
"""A few words, and the sentence that they announce."""


@dataclass(frozen=True)
class Told:
    """What is said of one strategy against the reference."""

    label: str
    sentences: tuple[Said, ...]


def bounded(words: Words) -> str:
    """A figure in a sentence, with the interval that holds 95 % of the draws."""
    if not words.interval:
        return str(_("{value} (certain in this model)").format(value=words.value))
    return str(
        _("{value} (95% interval {interval})").format(value=words.value, interval=words.interval)
    )


def computed(words: Words) -> str:
    """A figure in a sentence, with the 95 % interval of its Monte-Carlo error."""
    if not words.interval:
        return words.value
    return str(
        _("{value} (95% interval of the calculation {interval})").format(
            value=words.value, interval=words.interval
        )
    )


def headline(reading: Reading) -> str:
    """The answer in one sentence."""
    probability = float(reading.appraisal.acceptability.frontier[reading.place])
    if len(reading.strategies) == 1:
        return str(_("One strategy is modelled: nothing is compared."))
    if reading.is_certain:
        said = _(
            "At {willingness}, {best} is the best choice in the base case. No figure of this model "
            "is uncertain: how sure that is cannot be told."
        )
    elif probability >= SETTLED:
        said = _("At {willingness}, {best} is the best choice (probability {chance}).")
    elif probability >= LIKELY:
        said = _(
            "At {willingness}, {best} is probably the best choice (probability {chance}), but this "
            "is not settled."
        )
    else:
        said = _(
            "At {willingness}, {best} is the best choice on average, but the choice remains "
            "uncertain (probability {chance})."
        )
    return str(
        said.format(
            willingness=reading.willing(),
            best=reading.quoted(reading.best),
            chance=chance(probability),
        )
    )


def strategies(reading: Reading) -> list[Told]:
    """Each strategy against the reference."""
    return [Told(reading.label(name), tuple(_strategy(reading, name))) for name in reading.others]


def _strategy(reading: Reading, name: str) -> Iterator[Said]:
    found = reading.appraisal.planes[name]
    yield str(_("Cost")), _cost(reading, name)
    yield str(_("Health")), _health(reading, found)
    yield str(_("Is it worth it?")), _worth(reading, name)
    yield str(_("Ratio")), _ratio(reading, name, found)
    for claimed in reading.appraisal.prices:
        if claimed.strategy == name:
            yield str(_("Price")), _price(reading, claimed)


def _cost(reading: Reading, name: str) -> str:
    draws = reading.difference(name, reading.appraisal.drawn.costs)
    words = reading.amounts(draws, difference=True)
    said = _by_sign(
        draws,
        _("It costs more: {figure} per person on average."),
        _("It costs less: {figure} per person on average."),
        _("Whether it costs more or less is not settled: {figure} per person on average."),
        _("It costs the same."),
    )
    return said.format(figure=bounded(words))


def _health(reading: Reading, found: Plane) -> str:
    effect = found.effect
    words = reading.effect_unit.words(effect.mean, effect.low, effect.high, difference=True)
    said = _by_bounds(
        effect.low,
        effect.high,
        _("It brings health: {figure}."),
        _("It takes health away: {figure}."),
        _("Whether it brings health or takes it away is not settled: {figure}."),
        _("It brings the same health."),
    )
    return said.format(figure=_effect(reading, words, found))


def _effect(reading: Reading, words: Words, found: Plane) -> str:
    if not reading.is_small:
        return str(
            _("{figure} {effect} per person on average").format(
                figure=bounded(words), effect=reading.one_effect
            )
        )
    effect = found.effect
    thousand = Unit(factor=1000.0).words(effect.mean, effect.low, effect.high, difference=True)
    return str(
        _(
            "{days} days of life in full health for 1,000 people on average, that is {qaly} QALY"
        ).format(days=bounded(words), qaly=thousand)
    )


def _by_sign(draws: Floats, more: str, less: str, unsettled: str, same: str) -> str:
    _mean, low, high = mean_and_bounds(draws)
    return _by_bounds(low, high, more, less, unsettled, same)


def _by_bounds(low: float, high: float, more: str, less: str, unsettled: str, same: str) -> str:
    if low == high == 0:
        return same
    if low > 0:
        return more
    return less if high < 0 else unsettled


def _worth(reading: Reading, name: str) -> str:
    benefit, place = reading.appraisal.benefits[name], reading.place
    words = reading.amount(
        *(float(one[place]) for one in (benefit.mean, benefit.low, benefit.high)), difference=True
    )
    if reading.is_certain:
        said = _("Net benefit at {willingness} (the health gained, minus what is spent): {figure}.")
        return said.format(willingness=reading.willing(), figure=words.value)
    first = _(
        "The probability that it is worth its cost at {willingness} is {chance}. Net benefit (the "
        "health gained at that value, minus what is spent): {figure} per person."
    ).format(
        willingness=reading.willing(),
        chance=chance(float(benefit.probability_positive[place])),
        figure=bounded(words),
    )
    others = [
        _("{chance} at {willingness}").format(
            chance=chance(
                float(benefit.probability_positive[_nearest(benefit.willingness, value)])
            ),
            willingness=reading.willing(value),
        )
        for value in reading.written.decision.willingness_to_pay[1:]
    ]
    more = _("The probability is {others}.").format(others=", ".join(others)) if others else ""
    return f"{first} {more}".strip()


def _nearest(grid: Floats, value: float) -> int:
    return int(np.argmin(np.abs(grid - value)))


def _ratio(reading: Reading, name: str, found: Plane) -> str:
    said = _against_reference(reading, found)
    return f"{said} {_standing(reading, name)}".strip()


def _against_reference(reading: Reading, found: Plane) -> str:
    meaning = found.ratio.meaning
    if meaning == "more_effective_more_costly":
        return _incremental_ratio(reading, found)
    said = {
        "dominant": _(
            "It dominates {reference} on average: it costs no more and brings no less, so that no "
            "ratio is told."
        ),
        "dominated": _(
            "It is dominated by {reference} on average: it saves nothing and brings no more, so "
            "that no ratio is told."
        ),
        "less_effective_less_costly": _(
            "It saves money and loses health on average (south-west of the plane): a low ratio "
            "would be bad news there, so that none is told; read the net benefit."
        ),
        "same_effect_more_costly": _("Same health at a higher cost: no ratio exists."),
        "same_effect_less_costly": _("Same health at a lower cost: no ratio exists."),
        "same": _("Same cost and same health: no ratio exists."),
    }[meaning].format(reference=reading.reference)
    shares = {
        "dominant": found.dominant,
        "dominated": found.dominated,
        "less_effective_less_costly": found.quadrants.less_effective_less_costly,
    }
    if meaning not in shares or reading.is_certain:
        return said
    held = _("This holds in {share} of the draws.").format(share=chance(shares[meaning]))
    return f"{said} {held}"


def _incremental_ratio(reading: Reading, found: Plane) -> str:
    assert found.ratio.value is not None
    if found.ratio_interval is None:
        return str(
            _(
                "It costs more and brings more on average, but the gain of health is too close to "
                "none: the cost of one more {effect} (ICER) has no bound. Read the net benefit."
            ).format(effect=reading.one_effect)
        )
    words = reading.amount(float(found.ratio.value), *found.ratio_interval)
    return str(
        _(
            "One more {effect} costs {figure}: that is the incremental cost-effectiveness ratio."
        ).format(effect=reading.one_effect, figure=bounded(words))
    )


def _standing(reading: Reading, name: str) -> str:
    """Where it stands among more than two strategies; "" for two."""
    if len(reading.strategies) < 3:
        return ""
    at = reading.strategies.index(name)
    standing = reading.appraisal.frontier.standings[at]
    rivals = _(" and ").join(
        reading.quoted(reading.strategies[k]) for k in standing.dominated_by[:2]
    )
    said = {
        "reference": _("Among all the strategies it starts the frontier: it costs least."),
        "on_frontier": _("Among all the strategies it is on the frontier."),
        "dominated": _("Among all the strategies it is dominated by {rivals}."),
        "extendedly_dominated": _(
            "Among all the strategies it is beaten by a mix of {rivals} (extended dominance)."
        ),
    }[standing.status]
    return said.format(rivals=rivals)


def borne(reading: Reading, claimed: ClaimedPrice) -> Words:
    """The price that its value would bear at the main willingness to pay."""
    found = claimed.value_based
    place = _nearest(found.willingness, reading.appraisal.willingness)
    return reading.amount(*(float(one[place]) for one in (found.price, found.low, found.high)))


def _price(reading: Reading, claimed: ClaimedPrice) -> str:
    found = claimed.value_based
    place = _nearest(found.willingness, reading.appraisal.willingness)
    words = borne(reading, claimed)
    said = _(
        "“{parameter}”: at {willingness} the value of the strategy would bear {figure}. At the "
        "price of the base case ({claimed}), the probability that it is worth its cost is {chance}."
    ).format(
        parameter=reading.parameter(claimed.parameter),
        willingness=reading.willing(),
        figure=bounded(words),
        claimed=reading.certain(claimed.claimed),
        chance=chance(float(found.probability_worth(claimed.claimed)[place])),
    )
    if found.low[place] >= 0:
        return said
    free = _("One bound is below zero: it may not be worth it even for free.")
    return f"{said} {free}"


# --- what is said once, whatever the strategy ---------------------------------------------------


def general(reading: Reading) -> Iterator[Said]:
    """What decides, the hospitals, the budget, the studies."""
    if reading.others and not reading.is_certain:
        yield from _decides(reading)
    yield from _hospitals(reading)
    yield from _budget(reading)
    if reading.others and not reading.is_certain:
        yield from _information(reading)
    for study, found in reading.appraisal.known.studies:
        yield str(_("A study")), _study(reading, study, found)


def decisive(reading: Reading) -> list[tuple[str, float]]:
    """Parameters worth knowing, with the share of what knowing everything would be worth."""
    whole = float(reading.appraisal.known.perfect.value[reading.place])
    if whole <= 0:
        return []
    found = [
        (one.parameters[0], float(one.value[0]) / whole) for one in reading.appraisal.known.single
    ]
    return [(name, share) for name, share in found if share >= DECISIVE][:_NAMED]


def _decides(reading: Reading) -> Iterator[Said]:
    found = decisive(reading)
    title = str(_("What decides"))
    if found:
        named = listed(
            _("{parameter} ({share} of the value of knowing everything)").format(
                parameter=reading.parameter(name), share=chance(share)
            )
            for name, share in found
        )
        yield title, str(_("What is not known of: {named}.").format(named=named))
        return
    tornado = reading.appraisal.tornados.get(reading.focus or "")
    turning = [bar.name for bar in tornado.bars if bar.reverses] if tornado else []
    if turning:
        named = listed(reading.parameter(name) for name in turning[:_NAMED])
        yield (
            title,
            str(_("Alone, at a bound of its interval, each turns the result: {named}.")).format(
                named=named
            ),
        )
        return
    yield title, str(_("No single figure, within its interval, changes the choice."))


def _hospitals(reading: Reading) -> Iterator[Said]:
    name, centres = reading.focus, reading.appraisal.centres
    if name is None or len(centres) < 2:
        return
    found = sorted(
        ((one.benefit(name, reading.appraisal.willingness), str(one.label)) for one in centres),
        key=lambda one: one[0][0],
    )
    ends = [
        _("{figure} at {hospital}").format(figure=words, hospital=label)
        for figures, label in (found[0], found[-1])
        for words in (reading.amount(*figures, difference=True),)
    ]
    said = _(
        "With the readings of each hospital in turn, the net benefit per person of {strategy} goes "
        "from {lowest} to {highest}; 95% intervals in brackets."
    )
    yield (
        str(_("From one hospital to another")),
        str(said.format(strategy=reading.quoted(name), lowest=ends[0], highest=ends[1])),
    )


def _budget(reading: Reading) -> Iterator[Said]:
    found = reading.appraisal.budget
    if found is None:
        return
    total = reading.amounts(found.net.sum(axis=0), difference=True)
    title = ngettext("Budget over {years} year", "Budget over {years} years", found.years)
    said = _(
        "{figure} in all, not discounted, for the people reached under the expected uptake."
    ).format(figure=bounded(total))
    parts = [
        labelled(reading.payer(payer), f"{reading.amounts(spent.sum(axis=0), difference=True)}")
        for payer, spent in zip(found.payers, found.by_payer, strict=True)
    ]
    more = _("By payer: {parts}.").format(parts=listed(parts)) if len(parts) > 1 else ""
    yield title.format(years=number(found.years)), f"{said} {more}".strip()


def _information(reading: Reading) -> Iterator[Said]:
    known, place = reading.appraisal.known, reading.place
    value, error = (
        float(one[place]) for one in (known.perfect.value, known.perfect.standard_error)
    )
    if value <= 0:
        yield (
            str(_("What a mistake may cost")),
            str(
                _("In every draw the same strategy is the best: nothing is gained by knowing more.")
            ),
        )
        return
    words = reading.amount(*_around(value, error))
    said = _("Knowing everything before deciding would be worth {figure} per person").format(
        figure=computed(words)
    )
    more = ""
    if known.people:
        whole = reading.amount(*_around(value * known.people, error * known.people))
        more = _("; {figure} for everyone concerned").format(figure=whole)
    end = _("No study can be worth more.")
    yield str(_("What a mistake may cost")), f"{said}{more}. {end}"


def _around(value: float, error: float) -> tuple[float, float, float]:
    return value, max(0.0, value - _WIDTH * error), value + _WIDTH * error


def best_size(study: Study, found: Sampling) -> float:
    """The size of highest net benefit, in the unit of the study (clusters)."""
    return float(found.sizes[found.best]) / study.cluster


def _nearly_as_good(study: Study, found: Sampling) -> str:
    """The sizes that bring nearly as much as the best one."""
    near = found.sizes[found.net >= NEARLY * found.net[found.best]] / study.cluster
    if len(near) < 2:
        return ""
    return str(
        _("From {fewest} to {most} {unit}, it would bring at least {share} of that.").format(
            fewest=number(float(near.min())),
            most=number(float(near.max())),
            unit=study.unit,
            share=percent(NEARLY, 0),
        )
    )


def _study(reading: Reading, study: Study, found: Sampling) -> str:
    if found.value[found.best] <= 0:
        return str(
            _(
                "“{study}” would not pay for itself: whatever it found, at any size looked at, the "
                "choice would stay the same."
            ).format(study=study.label)
        )
    net, error = float(found.net[found.best]), float(found.standard_error[found.best])
    words = reading.amount(net, net - _WIDTH * error, net + _WIDTH * error, difference=True)
    said = (
        _(
            "“{study}” would pay for itself. Of the sizes looked at, {size} {unit} would bring the "
            "most: {figure}, once its cost of {cost} is paid. {near}"
        )
        if found.pays
        else _(
            "“{study}” would not pay for itself at any size looked at: at best, with {size} "
            "{unit}, {figure}, once its cost of {cost} is paid."
        )
    )
    return str(
        said.format(
            study=study.label,
            size=number(best_size(study, found)),
            unit=study.unit,
            figure=computed(words),
            near=_nearly_as_good(study, found),
            cost=reading.certain(float(found.cost[found.best])),
        )
    ).strip()
