"""The dossier as blocks: conclusion and limits first, then systems, proofs and questions."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from preuve.core.language import _
from preuve.core.usecase import Finding
from preuve.pages.chart import draw
from preuve.pages.numbers import NOTHING, listed, number
from preuve.registry.classes import function_label
from preuve.registry.comparison import Comparison, Side, told, verdict_name, words
from preuve.registry.comparison.chart import chart
from preuve.registry.comparison.measured import DECISIONS, MEASURES
from preuve.registry.energy import footprint_words, method_words
from preuve.registry.facts import load
from preuve.registry.intended_use import PartState, completeness
from preuve.registry.tender.blocks import Block, Box, Bullets, Chart, Heading, Paragraph, table
from preuve.registry.tender.conclusion import conclusion, limits
from preuve.registry.tender.days import day_words
from preuve.registry.tender.duties import article_words
from preuve.registry.tender.guide import guide
from preuve.registry.tender.offer import Offer, Tender


def blocks(tender: Tender) -> Iterator[Block]:
    """The dossier, in the current language."""
    yield Box(_("Conclusion"), tuple(conclusion(tender)))
    yield Box(_("Limits"), tuple(limits(tender)))
    yield from _systems(tender)
    for comparison in tender.comparisons:
        yield from _comparison(comparison)
    for offer in tender.offers:
        yield from _offer(offer, tender)
    yield from _questions(tender)


def _systems(tender: Tender) -> Iterator[Block]:
    yield Heading(_("Systems"))
    yield table(
        (_("System"), _("Maker"), _("Version"), _("Function"), _("Class"), _("Proof")),
        [
            (
                offer.entry.name,
                offer.entry.maker.name,
                ", ".join(one.version for one in offer.entry.versions) or NOTHING,
                function_label(offer.entry),
                _class(offer),
                _proof(offer),
            )
            for offer in tender.offers
        ],
        (1.6, 1.2, 0.9, 1.5, 1.2, 1.3),
    )


def _class(offer: Offer) -> str:
    declared = offer.classification.declared
    found = offer.classification.possible
    told_declared = _("declared {name}").format(name=declared) if declared else _("not declared")
    told_found = (
        _("worked out {names}").format(names=" / ".join(found)) if found else _("not worked out")
    )
    return f"{told_declared}\n{told_found}"


def _proof(offer: Offer) -> str:
    if offer.measured:
        return _("signed evidence: {count}").format(count=number(len(offer.measured)))
    return _("claims only") if offer.claims else _("none")


def _comparison(comparison: Comparison) -> Iterator[Block]:
    yield Heading(_("Side by side: {usecase}").format(usecase=comparison.usecase.title))
    yield Paragraph(str(comparison.usecase.question))
    yield table(
        (_("System"), _("Hospitals"), _("Cases"), _("Price"), _("Energy")),
        [
            (
                side.name,
                number(len(side.measured.released)),
                number(side.measured.cases),
                told.price_words(side),
                told.energy_words(side),
            )
            for side in comparison.sides
        ],
        (2, 0.8, 0.8, 1.6, 2),
    )
    for finding in comparison.usecase.findings:
        yield from _figures(comparison, finding)
    yield from _differences(comparison)
    yield from _gaps(comparison)


def _figures(comparison: Comparison, finding: Finding) -> Iterator[Block]:
    rows = [
        (
            _name(measure, side, finding),
            side.name,
            told.figure_words(centre),
            _ahead(side, measure, finding),
        )
        for measure in MEASURES
        for side in comparison.sides
        if (centre := side.measured.centre(measure, finding)) is not None
    ]
    yield Heading(str(finding.label), 2)
    if not rows:
        yield Paragraph(_("No figure: too few events, or nothing released."))
        return
    drawn = chart(comparison, finding)
    if drawn is not None:
        yield Chart(draw(drawn.specification), drawn.description, drawn.caption)
    columns = (_("Measure"), _("System"), _("Mean hospital"), _("Next hospital"))
    yield table(columns, rows, (1.6, 1.6, 1.7, 1.7))


def _name(measure: str, side: Side, finding: Finding) -> str:
    name = words.measure_name(measure)
    if measure not in DECISIONS:
        return name
    return _("{measure} at threshold {threshold}").format(
        measure=name, threshold=told.threshold_words(side, finding)
    )


def _ahead(side: Side, measure: str, finding: Finding) -> str:
    return told.figure_words(side.measured.figure(measure, finding, "next_hospital"))


def _differences(comparison: Comparison) -> Iterator[Block]:
    rows = [
        (
            _("{first} minus {second}").format(first=pair.first.name, second=pair.second.name),
            f"{words.measure_name(one.measure)}, {comparison.usecase.finding(one.finding).label}",
            told.difference_words(one),
            told.probability_words(one),
            told.verdict_words(pair, one),
        )
        for pair in comparison.pairs
        for one in pair.differences
        if one.estimand == "mean_hospital"
    ]
    if rows:
        yield Heading(_("Differences at the mean hospital"), 2)
        columns = (
            _("Systems"),
            _("Measure"),
            _("Difference (95% interval)"),
            _("Probability that the first is at least as good"),
            _("What may be said"),
        )
        yield table(columns, rows, (1.6, 1.4, 1.4, 1, 1.5))
    for basis in dict.fromkeys(pair.basis for pair in comparison.pairs):
        yield Paragraph(_("Basis: {basis}.").format(basis=told.basis_words(basis)))


def _gaps(comparison: Comparison) -> Iterator[Block]:
    """Differences between groups of patients, for the area under the ROC curve."""
    labels = {
        group.code: {level.code: str(level.label) for level in group.levels}
        for group in comparison.usecase.subgroups
    }
    rows = []
    for side in comparison.sides:
        for gap in side.measured.gaps():
            if gap["measure"] == "auroc":
                found, named = gap["estimate"], labels[gap["variable"]]
                rows.append(
                    (
                        side.name,
                        str(comparison.usecase.finding(gap["finding"]).label),
                        f"{named[gap['level']]} − {named[gap['reference']]}",
                        words.difference("auroc", found["value"], found["low"], found["high"]),
                    )
                )
    if rows:
        yield Heading(_("Gaps between groups of patients"), 2)
        columns = (_("System"), _("Finding"), _("Groups"), _("Difference of the areas"))
        yield table(columns, rows, (1.6, 1.6, 1.6, 1.6))


def _offer(offer: Offer, tender: Tender) -> Iterator[Block]:
    entry = offer.entry
    yield Heading(entry.name)
    if entry.synthetic:
        yield Paragraph(_("SYNTHETIC: this entry is made up."))
    if entry.summary is not None:
        yield Paragraph(str(entry.summary))
    yield Heading(_("Intended use"), 2)
    state = completeness(entry)
    yield table(
        (_("Part"), _("What the maker writes")),
        [(str(one.part), one.text if one.filled else _unfilled(one)) for one in state.parts],
        (1, 3),
    )
    yield from _classes(offer)
    yield from _claims(offer)
    yield Heading(_("Energy"), 2)
    yield Paragraph(_energy(offer))
    yield from _duties(offer, tender)
    yield from _grid(offer)
    yield from _guide(offer)


def _energy(offer: Offer) -> str:
    if offer.energy is None:
        return _("The register does not hold it.")
    return f"{footprint_words(offer.energy)}\n{method_words(offer.energy)}".strip()


def _unfilled(part: PartState) -> str:
    return f"{part.text} [{part.why}]" if part.text else part.why


def _classes(offer: Offer) -> Iterator[Block]:
    yield Heading(_("Classes"), 2)
    found = offer.classification
    steps = [
        (one.id, one.question, one.answer or _("not answered"), one.consequence)
        for one in found.steps
    ]
    yield Paragraph(
        _(
            "Device: {told}. Indicative: the manufacturer is responsible for the final class."
        ).format(told=_class(offer).replace("\n", ", "))
    )
    if steps:
        columns = (_("Rule"), _("Question"), _("Answer"), _("Consequence"))
        yield table(columns, steps, (0.6, 2, 1, 1.6))
    yield Bullets(
        tuple(
            _("{source}: {label}. {reasoning} {note}").format(
                source=one.source,
                label=one.label or _("cannot be told yet"),
                reasoning=" ".join((*one.reasoning, *one.missing)),
                note=one.note,
            )
            for one in offer.classes
        )
    )


def _claims(offer: Offer) -> Iterator[Block]:
    if not offer.claims:
        return
    yield Heading(_("What the maker claims"), 2)
    rows = []
    for one in offer.claims:
        claim = one.claim
        said = words.claim(claim.measure, claim.value, claim.interval, claim.finding or "")
        rows.append((said, told.figure_words(one.figure), verdict_name(one.verdict)))
    yield table((_("Claim"), _("Measured"), _("Verdict")), rows, (2.4, 1.5, 1.4))


def _duties(offer: Offer, tender: Tender) -> Iterator[Block]:
    role = str(load().word("role", tender.role))
    yield Heading(
        _("Obligations on {day}: {role}").format(day=day_words(tender.on), role=role.lower()), 2
    )
    binding = [one for one in offer.duties if one.binding]
    artefacts = load().artefacts
    yield table(
        (_("Article"), _("What is due"), _("State"), _("Missing"), _("Confidence")),
        [
            (
                article_words(one),
                one.text,
                _dated(_word("state", one.state), one.applies_from),
                listed(str(artefacts[code]) for code in one.gap) or NOTHING,
                _word("confidence", one.confidence),
            )
            for one in binding
        ],
        (0.9, 2.2, 1, 1.6, 0.8),
    )
    others = len(offer.duties) - len(binding)
    yield Paragraph(
        _(
            "{count} recommendations (ethics) are in the file of obligations, with the reasons of "
            "every line."
        ).format(count=number(others))
    )


def _dated(state: str, day: datetime.date | None) -> str:
    return state if day is None else f"{state}\n{day_words(day)}"


def _word(field: str, code: str) -> str:
    return str(load().word(field, code))


def _grid(offer: Offer) -> Iterator[Block]:
    state = offer.grid
    yield Heading(_("Descriptive grid of HAS"), 2)
    yield Paragraph(
        _("{filled} of {count} items filled. {note}").format(
            filled=number(state.filled),
            count=number(len(state.items)),
            note=state.numbering or "",
        )
    )
    yield table(
        (_("Item"), _("What is asked"), _("What is known")),
        [
            (
                one.item.id,
                str(one.item),
                one.text
                or listed(proof.title for proof in one.proofs)
                or _("to be answered by the supplier"),
            )
            for one in state.items
        ],
        (0.6, 2, 2.2),
    )


def _guide(offer: Offer) -> Iterator[Block]:
    yield Heading(_("Ten themes before choosing"), 2)
    meta = guide().meta
    yield Paragraph(
        _("{source} (confidence: {confidence}).").format(
            source=meta.source, confidence=_word("confidence", meta.confidence)
        )
    )
    yield table(
        (_("Theme"), _("What the register knows"), _("To ask")),
        [
            (f"{one.theme.id} {one.theme}", "\n".join(one.known) or NOTHING, one.ask)
            for one in offer.guide
        ],
        (1.4, 1.8, 1.6),
    )


def _questions(tender: Tender) -> Iterator[Block]:
    yield Heading(_("Questions to the suppliers"))
    for offer in tender.offers:
        yield Heading(offer.entry.name, 2)
        yield table(
            (_("Theme"), _("Question"), _("Why it is asked")),
            [(one.theme, one.ask, one.because) for one in offer.questions],
            (0.9, 2.2, 1.8),
        )
