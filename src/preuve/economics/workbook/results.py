"""Results: costs by item, effects, increments, ratios and the frontier, as formulas."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from preuve.core.language import _
from preuve.economics.analysis.frontier import Standing, frontier
from preuve.economics.analysis.ratio import Meaning, Ratio, ratio
from preuve.economics.model import Model
from preuve.economics.outcomes import UNSPLIT
from preuve.economics.workbook.formula import Formula, Spot, called, letters, text, total
from preuve.economics.workbook.result import Result
from preuve.economics.workbook.sheet import Sheet

HEAD = 2
_NO_EFFECT, _NO_COST = "1E-12", "1E-9"
_UNKNOWN = np.asarray(np.nan)


@dataclass
class Results:
    """Cells of the results, by strategy in order."""

    sheet: Sheet
    costs: list[Spot]
    traded: list[Spot]
    items: dict[str, list[Spot]]
    effects: dict[str, list[Spot]]
    payers: dict[str, list[Spot]]
    ratios: list[tuple[Spot, str] | None]
    benefits: list[Spot]
    status: list[tuple[Spot, str]]


def results(
    model: Model, found: Sequence[Result], labels: Sequence[str], willingness: Formula, name: str
) -> Results:
    """The sheet of results.

    Args:
        model: the model.
        found: each strategy, the reference first.
        labels: what they are called.
        willingness: the cell of the willingness to pay.
        name: of the sheet.
    """
    return _Writing(model, list(found), list(labels), willingness, Sheet(name)).results()


@dataclass
class _Writing:
    model: Model
    found: list[Result]
    labels: list[str]
    willingness: Formula
    sheet: Sheet
    row: int = HEAD

    def results(self) -> Results:
        sheet, decision = self.sheet, self.model.written.decision
        sheet.frozen = (HEAD + 1, 1)
        sheet.widths = {0: 46.0} | {1 + place: 20.0 for place in range(len(self.found))}
        sheet.put(0, 0, _("Results for one person of the model"), "title")
        sheet.line(HEAD, ("", *self.labels), "head")
        self._group(_("Discounted costs, {unit}").format(unit=decision.currency))
        items = {
            item: self._line(
                self._item(item), [one.costs[item].discounted for one in self.found], "money"
            )
            for item in self.found[0].costs
        }
        costs = self._line(_("Cost in all"), self._summed(items.values()), "money_total")
        payers = self._payers()
        self._group(_("Discounted effects"))
        effects = {
            effect: self._line(
                self._effect(effect),
                [one.effects[effect].discounted for one in self.found],
                "effect",
            )
            for effect in self.found[0].effects
        }
        traded = effects[decision.effect]
        self._plain()
        self._group(_("Against {reference}").format(reference=self.labels[0]))
        more = self._line(_("Extra cost"), self._increments(costs), "money")
        gained = self._line(_("Extra effect"), self._increments(traded), "effect")
        ratios = [None, *(self._ratio(a, b) for a, b in zip(more[1:], gained[1:], strict=True))]
        self.row += 1
        sheet.put(self.row, 0, _("Incremental cost-effectiveness ratio"), "strong")
        shown = [
            (sheet.put(self.row, 1 + place, one[0], "ratio", one[1]), one[1]) if one else None
            for place, one in enumerate(ratios)
        ]
        benefits = self._net_benefit(costs, traded)
        status = self._frontier(costs, traded)
        return Results(sheet, costs, traded, items, effects, payers, shown, benefits, status)

    def _group(self, title: str) -> None:
        self.row += 2
        self.sheet.put(self.row, 0, title, "group")

    def _line(self, title: str, formulas: Sequence[Formula], style: str) -> list[Spot]:
        self.row += 1
        strong = "strong" if style.endswith("_total") else "text"
        self.sheet.put(self.row, 0, title, strong)
        return [
            self.sheet.put(self.row, 1 + place, formula, style)
            for place, formula in enumerate(formulas)
        ]

    def _summed(self, lines: Iterable[list[Spot]]) -> list[Formula]:
        held = list(lines)
        return [total(line[place].formula for line in held) for place in range(len(self.found))]

    def _item(self, item: str) -> str:
        reward = self.model.written.rewards.costs.get(item)
        return str(reward.label) if reward is not None and reward.label is not None else item

    def _effect(self, effect: str) -> str:
        reward = self.model.written.rewards.effects.get(effect)
        if reward is not None and reward.label is not None:
            return str(reward.label)
        names = {"qaly": _("QALY"), "life_years": _("Life years")}
        return names.get(effect, effect)

    def _payers(self) -> dict[str, list[Spot]]:
        """Discounted costs again, by who pays."""
        if not self.found[0].payers:
            return {}
        self._group(_("Discounted costs by payer"))
        return {
            payer: self._line(
                self._payer(payer), [one.payers[payer] for one in self.found], "money"
            )
            for payer in self.found[0].payers
        }

    def _payer(self, payer: str) -> str:
        return _("no payer named") if payer == UNSPLIT else payer

    def _plain(self) -> None:
        """Undiscounted sums."""
        if not self.model.compiled.cycles:
            return
        self._group(_("Undiscounted"))
        costs = [total(one.plain for one in result.costs.values()) for result in self.found]
        self._line(_("Cost in all"), costs, "money")
        for effect in self.found[0].effects:
            formulas = [result.effects[effect].plain for result in self.found]
            self._line(self._effect(effect), formulas, "effect")

    def _increments(self, spots: list[Spot]) -> list[Formula]:
        return [one.formula - spots[0].formula for one in spots]

    def _ratio(self, cost: Spot, effect: Spot) -> tuple[Formula, str]:
        """The ratio of two increments, or words where a ratio has no meaning."""
        known = ratio(float(cost.value), float(effect.value))
        a, b = cost.text(self.sheet.name, 0), effect.text(self.sheet.name, 0)

        def words(meaning: Meaning) -> str:
            return text(Ratio(0.0, 0.0, meaning, None).words).text("")

        same = (
            f"IF(ABS({a})<={_NO_COST},{words('same')},IF({a}>0,"
            f"{words('same_effect_more_costly')},{words('same_effect_less_costly')}))"
        )
        better = f"IF({a}>{_NO_COST},{a}/{b},{words('dominant')})"
        worse = f"IF({a}<-{_NO_COST},{words('less_effective_less_costly')},{words('dominated')})"
        formula = f"IF(ABS({b})<={_NO_EFFECT},{same},IF({b}>0,{better},{worse}))"
        value = np.asarray(known.value if known.value is not None else np.nan)
        shown = "" if known.value is not None else known.words
        return Formula((formula,), 4, value), shown

    def _net_benefit(self, costs: list[Spot], traded: list[Spot]) -> list[Spot]:
        self._group(_("Net monetary benefit at the willingness to pay"))
        self._line(_("Willingness to pay"), [self.willingness], "money")
        benefits = self._line(
            _("Net monetary benefit"),
            [
                self.willingness * effect.formula - cost.formula
                for cost, effect in zip(costs, traded, strict=True)
            ],
            "money",
        )
        self._line(_("Against the reference"), self._increments(benefits), "money")
        return benefits

    def _frontier(self, costs: list[Spot], traded: list[Spot]) -> list[tuple[Spot, str]]:
        """Where each stands: slopes between every two strategies tell dominance."""
        count = len(costs)
        known = frontier(
            np.array([float(one.value) for one in costs]),
            np.array([float(one.value) for one in traded]),
        )
        self._group(_("Efficiency frontier"))
        note = _(
            "Slope from a less effective strategy (row) to a more effective one (column); one is "
            "off the frontier where the way to it is steeper than the way from it."
        )
        self.row += 1
        self.sheet.put(self.row, 0, note, "note")
        first = self.row + 1
        for before in range(count):
            self._line(
                _("from {strategy}").format(strategy=self.labels[before]),
                [self._slope(costs, traded, before, after) for after in range(count)],
                "ratio",
            )
        found = []
        self.row += 1
        self.sheet.put(self.row, 0, _("Standing"), "strong")
        for place, standing in enumerate(known.standings):
            formula = self._standing(costs, traded, first, place)
            spot = self.sheet.put(self.row, 1 + place, formula, "text_total", standing.words)
            found.append((spot, standing.words))
        self.row += 1
        self.sheet.put(self.row, 0, _("Ratio against the one before it on the frontier"), "strong")
        for place, standing in enumerate(known.standings):
            self._step(found[place][0], first, place, standing)
        return found

    def _slope(self, costs: list[Spot], traded: list[Spot], before: int, after: int) -> Formula:
        extra = traded[after].formula - traded[before].formula
        slope = (costs[after].formula - costs[before].formula) / extra
        asked = Formula((*extra.pieces, f">{_NO_EFFECT}"), 0, _UNKNOWN)
        holds = float(extra.value) > 1e-12
        value = float(slope.value) if holds else np.nan
        return called("IF", (asked, slope, text("")), value)

    def _standing(self, costs: list[Spot], traded: list[Spot], first: int, place: int) -> Formula:
        """Dominated, dominated by a mix, at the start, or on the frontier."""
        last = first + len(costs) - 1
        into = _block(first, last, 1 + place, 1 + place)
        onward = _block(first + place, first + place, 1, len(costs))
        every_cost = _block(costs[0].row, costs[0].row, 1, len(costs))
        every_effect = _block(traded[0].row, traded[0].row, 1, len(costs))
        cost, effect = (one[place].text(self.sheet.name, 0) for one in (costs, traded))
        better = (
            f"SUMPRODUCT(({every_cost}<={cost})*({every_effect}>={effect})"
            f"*((({every_cost}<{cost})+({every_effect}>{effect}))>0))>0"
        )

        def words(status: str) -> str:
            return text(Standing(status).words).text("")  # type: ignore[arg-type]

        mixed = f"AND(COUNT({into})>0,COUNT({onward})>0,MAX({into})>MIN({onward})+1E-9)"
        formula = (
            f"IF({better},{words('dominated')},IF({mixed},{words('extendedly_dominated')},"
            f"IF(MAX({into},0)<=0,{words('reference')},{words('on_frontier')})))"
        )
        return Formula((formula,), 4, _UNKNOWN)

    def _step(self, status: Spot, first: int, place: int, standing: Standing) -> None:
        into = _block(first, first + len(self.found) - 1, 1 + place, 1 + place)
        on = text(Standing("on_frontier").words).text("")
        formula = f'IF({status.text(self.sheet.name, 0)}={on},MAX({into}),"")'
        value = standing.ratio.value if standing.ratio is not None else None
        content = Formula((formula,), 4, np.asarray(np.nan if value is None else value))
        self.sheet.put(self.row, 1 + place, content, "ratio")


def _block(first: int, last: int, left: int, right: int) -> str:
    return f"${letters(left)}${first + 1}:${letters(right)}${last + 1}"
