"""Payers: the share of each in each cost, and what falls to each, as formulas."""

from __future__ import annotations

from preuve.core.language import _
from preuve.economics.outcomes import TECHNOLOGY, UNSPLIT
from preuve.economics.simulate import payers_of
from preuve.economics.workbook.formula import Formula, total
from preuve.economics.workbook.result import Result
from preuve.economics.workbook.under import Under


def by_payer(under: Under, result: Result) -> dict[str, Formula]:
    """The discounted cost that falls to each payer; nothing where no cost names one."""
    payers = payers_of(under.model)
    if payers == (UNSPLIT,):
        return {}
    parts: dict[str, list[Formula]] = {payer: [] for payer in payers}
    for item, amount in result.costs.items():
        for payer, share in _shares(under, item).items():
            parts[payer].append(amount.discounted * share if share else amount.discounted)
    return {payer: total(found) for payer, found in parts.items()}


def _shares(under: Under, item: str) -> dict[str, Formula | None]:
    """The share of each payer in a cost; all of it is `unsplit` where none is named."""
    written = under.model.written
    price = written.strategies[under.strategy].price
    if item in written.rewards.costs:
        split, at = written.rewards.costs[item].payer, ("rewards", "costs", item, "payer")
    else:
        split = price.payer if price is not None else {}
        at = ("strategies", under.strategy, "price", "payer")
    if not split:
        return {UNSPLIT: None} if item != TECHNOLOGY or price is not None else {}
    shares: dict[str, Formula | None] = {}
    for payer in split:
        title = _("{item}: share of {payer}").format(item=item, payer=payer)
        formula = under.now(under.at((*at, payer))) if under.clock else under.at((*at, payer))
        shares[payer] = under.kept(
            under.groups.payers, title, formula, style="probability", written=str(split[payer])
        )
    return shares
