"""The first page of a dossier: what may be concluded, and what may not."""

from __future__ import annotations

from collections.abc import Iterator

from preuve.core.language import _, ngettext
from preuve.pages.numbers import listed, number
from preuve.registry.comparison import told
from preuve.registry.facts import load
from preuve.registry.tender.days import day_words
from preuve.registry.tender.offer import Offer, Tender


def conclusion(tender: Tender) -> Iterator[str]:
    """The sentences of the conclusion, computed from what the tender holds."""
    measured = [offer for offer in tender.offers if offer.measured]
    claimed = [offer for offer in tender.offers if not offer.measured and offer.claims]
    silent = [offer for offer in tender.offers if not offer.measured and not offer.claims]
    if measured:
        yield _("Measured by signed evidence: {names}.").format(names=_names(measured))
    if claimed:
        yield _("Rests on claims alone, nothing measured: {names}.").format(names=_names(claimed))
    if silent:
        yield _("Nothing measured, nothing claimed: {names}.").format(names=_names(silent))
    for comparison in tender.comparisons:
        yield told.headline(comparison)
    for offer in tender.offers:
        yield _duties(offer, tender)
    count = sum(len(offer.questions) for offer in tender.offers)
    yield ngettext(
        "{count} question awaits an answer of a supplier.",
        "{count} questions await an answer of a supplier.",
        count,
    ).format(count=number(count))


def _names(offers: list[Offer]) -> str:
    return listed(offer.entry.name for offer in offers)


def _duties(offer: Offer, tender: Tender) -> str:
    binding = [one for one in offer.duties if one.binding]
    states = {
        state: [one for one in binding if one.state == state]
        for state in ("in_force", "coming", "to_settle")
    }
    shown = [one for one in states["in_force"] if one.expected and not one.gap]
    return _(
        "{system}, {role}, on {day}: {force} binding obligations in force, {shown} of which shown "
        "as met; {coming} to come; {open} that an answer would settle. Its supplier does not show "
        "{owed} documents that it owes."
    ).format(
        system=offer.entry.name,
        role=str(load().word("role", tender.role)).lower(),
        day=day_words(tender.on),
        force=number(len(states["in_force"])),
        shown=number(len(shown)),
        coming=number(len(states["coming"])),
        open=number(len(states["to_settle"])),
        owed=number(len(offer.owed)),
    )


def limits(tender: Tender) -> Iterator[str]:
    """What forbids reading more into the dossier, the gravest first."""
    if tender.synthetic:
        yield _("SYNTHETIC: an entry is made up, or a generator made the cases of an evidence.")
    for offer in tender.offers:
        if offer.unseen:
            yield ngettext(
                "{system} lists {count} evidence file that was not handed over: it counts for "
                "nothing here.",
                "{system} lists {count} evidence files that were not handed over: they count for "
                "nothing here.",
                len(offer.unseen),
            ).format(system=offer.entry.name, count=number(len(offer.unseen)))
        if offer.classification.differs:
            yield _("{system}: the declared class is not the one its answers lead to.").format(
                system=offer.entry.name
            )
    seen: list[str] = []
    for comparison in tender.comparisons:
        for sentence in told.reservations(comparison):
            if sentence not in seen:
                seen.append(sentence)
                yield sentence
    yield _(
        "A claim is what a maker says; it is no proof, whatever its interval. Only figures called "
        "measured come from a signed evidence."
    )
    yield _(
        "Obligations are worked out from the answers in the register and from facts of law whose "
        "confidence is shown; they are no legal advice."
    )
    if tender.comparisons == ():
        yield _("No signed evidence was handed over: this dossier compares nothing.")
