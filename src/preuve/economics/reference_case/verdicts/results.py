"""What the results show, and whether they can be run again."""

from __future__ import annotations

from preuve.core.language import _
from preuve.economics.reference_case.facts import ModelFacts
from preuve.economics.reference_case.verdict import Judge, Verdict, not_applicable, settled


def outcomes(facts: ModelFacts) -> Verdict:
    return settled(
        facts.outcomes_by_strategy,
        _("Costs and effects of each strategy are told apart."),
        _("Costs and effects of each strategy are not told apart."),
    )


def costs_by_item(facts: ModelFacts) -> Verdict:
    return settled(
        facts.costs_by_item,
        _("Costs are told by item."),
        _("Costs are not told by item."),
    )


def frontier(facts: ModelFacts) -> Verdict:
    if facts.strategies < 2:
        return not_applicable(_("Fewer than two strategies are compared."))
    return settled(
        facts.frontier,
        _("The ratios are read on the efficiency frontier."),
        _("The efficiency frontier is not shown."),
    )


def ratio_by_price(facts: ModelFacts) -> Verdict:
    if not any(one.kind == "price" for one in facts.parameters) and facts.ratio_by_price is None:
        return not_applicable(_("The model has no price of what is assessed."))
    return settled(
        facts.ratio_by_price,
        _("The ratio is told for several prices."),
        _("The ratio is told for one price only."),
    )


def no_threshold(facts: ModelFacts) -> Verdict:
    claimed = facts.official_threshold_claimed
    return settled(
        None if claimed is None else not claimed,
        _("No threshold is presented as official."),
        _("A threshold is presented as official; France has none."),
    )


def executable(facts: ModelFacts) -> Verdict:
    return settled(
        facts.executable,
        _("The model can be run by the assessor."),
        _("The model cannot be run by the assessor."),
    )


def reproducible(facts: ModelFacts) -> Verdict:
    return settled(
        facts.reproducible,
        _("The version, the inputs and the seed of the run are recorded."),
        _("The version, the inputs and the seed of the run are not recorded."),
    )


JUDGES: tuple[Judge, ...] = (
    outcomes,
    costs_by_item,
    frontier,
    ratio_by_price,
    no_threshold,
    executable,
    reproducible,
)
