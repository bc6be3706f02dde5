"""Limits of an appraisal: what forbids reading more into its figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from preuve.core.language import _, ngettext
from preuve.economics.compared import Compared
from preuve.economics.page.conclusion import decisive
from preuve.economics.page.reading import Reading
from preuve.economics.reference_case.check import Finding, overall
from preuve.economics.uncertainty.figures import Figure
from preuve.pages.numbers import listed, number, percent

_NAMED = 3
_WIDTH = 1.96


def limits(reading: Reading, findings: Sequence[Finding]) -> Iterator[str]:
    """Every limit, the weightiest first."""
    if reading.appraisal.synthetic:
        yield str(_("These figures are SYNTHETIC: a generator made them, nothing here is true."))
    if reading.is_certain:
        yield str(
            _("No figure of this model is uncertain: no interval, no probability can be told.")
        )
    if reading.others:
        yield _threshold(reading)
    yield from _assumed(reading)
    yield from _between_hospitals(reading)
    yield from _reservations(findings)
    yield from _turning(reading)
    yield from _fixed(reading)
    yield from _excluded(reading)
    yield from _regressions(reading)
    yield from _years(reading)
    yield from _calculation(reading)


def _threshold(reading: Reading) -> str:
    return str(
        _(
            "France has no official value of a QALY: {willingness} is a choice of this analysis. "
            "The curves below tell the result for other values."
        ).format(willingness=reading.willing())
    )


def _assumed(reading: Reading) -> Iterator[str]:
    figures = reading.figures
    assumed = [name for name, one in figures.items() if one.grade == "D"]
    if not assumed:
        return
    said = ngettext(
        "{count} of the {all} figures is assumed (grade D), without a source that measured it.",
        "{count} of the {all} figures are assumed (grade D), without a source that measured them.",
        len(assumed),
    ).format(count=number(len(assumed)), all=number(len(figures)))
    weighty = [name for name in weights(reading) if name in assumed][:_NAMED]
    if not weighty:
        yield str(said)
        return
    named = listed(reading.parameter(name) for name in weighty)
    most = _("Those that move the result most: {named}.").format(named=named)
    yield f"{said} {most}"


def weights(reading: Reading) -> list[str]:
    """Parameters that move the result, those that move it most first."""
    tornado = reading.appraisal.tornados.get(reading.focus or "")
    moved = [bar.name for bar in tornado.bars if bar.swing > 0] if tornado else []
    return list(dict.fromkeys([*(name for name, _share in decisive(reading)), *moved]))


def _between_hospitals(reading: Reading) -> Iterator[str]:
    compared = reading.appraisal.model.compiled.compared
    read = [
        one
        for name, one in reading.figures.items()
        if name in compared and one.written and one.written.evidence
    ]
    if not read:
        return
    hospitals = set().union(*(_sites(reading, one) for one in read))
    counted = ngettext(
        "The performance of the device was measured at {count} hospital.",
        "The performance of the device was measured at {count} hospitals.",
        len(hospitals),
    ).format(count=number(len(hospitals)))
    if all(_estimand(one) == "next_hospital" for one in read):
        more = _("What may differ at the next hospital is in the intervals.")
    else:
        more = _(
            "The intervals are those of the mean hospital: what differs from one hospital to "
            "another is not in them; see the comparison hospital by hospital."
        )
    yield f"{counted} {more}"


def _sites(reading: Reading, figure: Figure) -> set[str]:
    """The hospitals where a figure of an evidence was measured."""
    written = figure.written
    assert written is not None
    rows = reading.appraisal.model.evidence[str(written.evidence)].rows(
        measure=written.measure,
        finding=written.finding,
        estimand="site",
        role=written.role,
        variable="",
    )
    return {row["site"] for row in rows if row["estimate"] is not None}


def _estimand(figure: Figure) -> str:
    return figure.written.estimand if figure.written is not None else ""


def _reservations(findings: Sequence[Finding]) -> Iterator[str]:
    found = overall(findings)
    for grade, count in (("major", found.major), ("important", found.important)):
        titles = listed(str(one.rule.title) for one in findings if one.reservation == grade)
        if grade == "major" and count:
            yield ngettext(
                "{count} major reservation is predicted against the reference case of HAS: "
                "{titles}.",
                "{count} major reservations are predicted against the reference case of HAS: "
                "{titles}.",
                count,
            ).format(count=number(count), titles=titles)
        elif count:
            yield ngettext(
                "{count} important reservation is predicted: {titles}.",
                "{count} important reservations are predicted: {titles}.",
                count,
            ).format(count=number(count), titles=titles)


def turning(reading: Reading) -> list[Compared]:
    """Scenarios whose mean net benefit has another sign than the main analysis."""
    name = reading.focus
    if name is None:
        return []
    main = float(reading.appraisal.benefits[name].mean[reading.place])
    willingness = reading.appraisal.willingness
    return [
        one
        for one in reading.appraisal.scenarios
        if np.sign(one.benefit(name, willingness)[0]) != np.sign(main)
    ]


def _turning(reading: Reading) -> Iterator[str]:
    scenarios, found = reading.appraisal.scenarios, turning(reading)
    if not scenarios:
        yield str(_("No other world was tried: the structure of the model is taken for granted."))
        return
    structural = [one for one in found if one.structural]
    others = [one for one in found if not one.structural]
    if structural:
        yield str(
            _("With another structure the result turns: {named}.").format(named=_list(structural))
        )
    if others:
        yield str(_("In these scenarios the result turns: {named}.").format(named=_list(others)))


def _list(found: Sequence[Compared]) -> str:
    return listed(str(one.label) for one in found)


def _fixed(reading: Reading) -> Iterator[str]:
    fixed = [
        name for name, one in reading.figures.items() if one.is_certain and one.kind != "price"
    ]
    if fixed and not reading.is_certain:
        yield ngettext(
            "{count} figure is held fixed: what is not known of it is in no interval.",
            "{count} figures are held fixed: what is not known of them is in no interval.",
            len(fixed),
        ).format(count=number(len(fixed)))


def _excluded(reading: Reading) -> Iterator[str]:
    for name, one in reading.written.strategies.items():
        if one.excluded is not None:
            yield str(
                _("Not compared: {strategy}. {reason}").format(
                    strategy=reading.label(name), reason=one.excluded
                )
            )


def _regressions(reading: Reading) -> Iterator[str]:
    known = reading.appraisal.known
    alone = [reading.parameter(one.parameters[0]) for one in known.single if not one.adequate[0]]
    groups = [reading.group(name) for name, one in known.together.items() if not one.adequate[0]]
    if alone or groups:
        yield str(
            _(
                "What knowing these figures would be worth is poorly fitted, and may be wrong: "
                "{named}."
            ).format(named=listed([*alone, *groups]))
        )


def _years(reading: Reading) -> Iterator[str]:
    year = reading.written.decision.price_year
    other = {
        one.written.price_year
        for one in reading.figures.values()
        if one.written is not None and one.written.price_year not in (None, year)
    }
    if other:
        yield str(
            _("Costs are told in the prices of {year}, but some are of {others}.").format(
                year=year, others=", ".join(str(one) for one in sorted(filter(None, other)))
            )
        )


def _calculation(reading: Reading) -> Iterator[str]:
    found, share = reading.appraisal.convergence, reading.appraisal.drawn.repairs.share
    if not found.enough:
        yield str(
            _(
                "{draws} draws are not enough: {needed} would be needed for the mean net benefit "
                "to be known to within {precision}."
            ).format(
                draws=number(found.draws),
                needed=number(found.needed),
                precision=reading.certain(found.precision),
            )
        )
    elif not found.settled:
        yield str(_("The two best strategies are nearly equal: which one is first may be chance."))
    spread = reading.appraisal.base.spread
    if spread.size and np.any(spread > 0):
        yield str(
            _(
                "People are followed one by one: in the base case chance alone moves the mean cost "
                "of a strategy by ± {amount} (95%)."
            ).format(amount=reading.certain(float(f"{_WIDTH * spread[:, 0].max():.2g}")))
        )
    if share > 0:
        yield str(
            _(
                "{share} of the probabilities fell outside 0 to 1 and were put right (more than "
                "0.1% would be refused)."
            ).format(share=percent(share, 3))
        )
    yield str(
        _(
            "The intervals hold what the draws vary. What the model leaves out is in no interval; "
            "its assumptions are listed below."
        )
    )
