"""What a funding says in a few sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator

from preuve.core.language import _
from preuve.economics.page.funding_clock import Clock
from preuve.economics.page.funding_reading import Line, Reading
from preuve.economics.page.funding_words import actor_name, share_words
from preuve.pages.numbers import listed, named, number


def headline(reading: Reading) -> str:
    """The conclusion in one sentence."""
    line = reading.own if reading.is_comparison else reading.lines[0]
    if line is None:
        return str(
            _(
                "The model writes no scheme of funding of its own: {count} examples of the house "
                "are compared on its market."
            ).format(count=number(len(reading.lines)))
        )
    if line.is_idle:
        return str(
            _("Under the scheme “{scheme}” nobody pays anything on this market.").format(
                scheme=line.label
            )
        )
    template = (
        _(
            "Under the scheme that the model writes (“{scheme}”), payers would spend {spent} over "
            "{time}, tax included; the maker would receive {received} without tax."
        )
        if line.is_own
        else _(
            "Under the scheme “{scheme}”, at the amounts of an example of the house, payers would "
            "spend {spent} over {time}, tax included; the maker would receive {received} without "
            "tax."
        )
    )
    return str(
        template.format(
            scheme=line.label,
            spent=line.words(line.spending),
            time=line.span,
            received=line.over(line.priced.account.revenue),
        )
    )


def sentences(reading: Reading) -> Iterator[tuple[str, str]]:
    """What follows the headline: a label and what is said under it."""
    line = reading.own if reading.is_comparison else reading.lines[0]
    if line is not None and not line.is_idle:
        yield from _of_line(reading, line)
    if reading.is_comparison:
        yield str(_("The other schemes")), _others(reading)


def _of_line(reading: Reading, line: Line) -> Iterator[tuple[str, str]]:
    yield str(_("Who pays")), _payers(line)
    each = line.per_use(reading.found.market.uses)
    if each is not None:
        yield str(_("For each use of the system")), str(_("{each}, tax included").format(each=each))
    yield str(_("Break-even of the maker")), _break_even(line)
    if line.has_costs:
        need = line.words(line.priced.account.funding_need)
        yield (
            str(_("Money the maker must advance")),
            str(_("{need} at the lowest point of its cash").format(need=need)),
        )
    yield str(_("Hospital or practice")), _hospital(line)
    clock = reading.clock(line)
    if clock is not None:
        yield str(_("Cover")), _cover(clock)


def _payers(line: Line) -> str:
    flows = line.priced.flows
    told = [named(actor_name(one), f"{line.over(flows.paid(one))}") for one in line.payers]
    return listed(told)


def _break_even(line: Line) -> str:
    if not line.has_costs:
        return str(_("not told: the model does not write what the system costs its maker"))
    median = line.priced.account.break_even_interval[0]
    template = (
        _(
            "in most draws not within {months} months (95% interval: {interval}); probability: "
            "{chance}"
        )
        if math.isinf(median)
        else _("{month} (95% interval: {interval}); probability by month {months}: {chance}")
    )
    return str(
        template.format(
            month=line.break_even.value,
            interval=line.break_even.interval,
            months=number(line.months),
            chance=line.chance,
        )
    )


def _hospital(line: Line) -> str:
    if "hospital" not in line.active:
        return str(_("neither pays nor receives anything"))
    net = line.over(line.priced.flows.net("hospital"), difference=True)
    return str(_("{net}, received less paid").format(net=net))


def _cover(clock: Clock) -> str:
    fates = clock.fates
    obtained = tuple(
        sum(fates[fate][place] for fate in ("permanent", "permanent_after_gap"))
        for place in range(3)
    )
    return str(
        _(
            "ordinary cover in the end: {obtained}, an assumed chance; after months without cover: "
            "{gap}"
        ).format(obtained=share_words(*obtained), gap=share_words(*fates["permanent_after_gap"]))
    )


def _others(reading: Reading) -> str:
    others = [one for one in reading.lines if not one.is_own and not one.is_idle]
    if not others:
        return str(_("none makes money flow on this market"))
    ranked = sorted(others, key=lambda one: float(one.spending.mean()))
    return str(
        _(
            "payers would spend from {low} (“{lowest}”) to {high} (“{highest}”); each is taken at "
            "the amounts of an example, so that their order says what these amounts are worth on "
            "this market, not which scheme is best"
        ).format(
            low=ranked[0].words(ranked[0].spending),
            lowest=ranked[0].label,
            high=ranked[-1].words(ranked[-1].spending),
            highest=ranked[-1].label,
        )
    )
