"""Questions to the supplier: one for each gap that the register finds, with the reason to ask."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from preuve.core.language import _, ngettext
from preuve.pages.numbers import listed, number
from preuve.registry.classes import classify
from preuve.registry.classification import qualify
from preuve.registry.comparison import Measured, checked, words
from preuve.registry.entry import Entry
from preuve.registry.facts import load
from preuve.registry.grid import GridState
from preuve.registry.intended_use import completeness
from preuve.registry.tender.duties import Owed


@dataclass(frozen=True)
class Question:
    """One question, in the current language.

    Attributes:
        system: name of the system. theme: under what it is asked.
        ask: what the supplier must answer or hand over.
        because: the gap that makes it be asked.
    """

    system: str
    theme: str
    ask: str
    because: str


def questions(
    entry: Entry, measured: Sequence[Measured], state: GridState, owed: Sequence[Owed]
) -> list[Question]:
    """The questions that an entry leaves open, each once.

    Args:
        entry: the system.
        measured: what signed evidence says of it.
        state: its descriptive grid.
        owed: the obligations of its supplier that no artefact shows.
    """
    asked = [
        *_intended_use(entry),
        *_identity(entry),
        *_classes(entry),
        *_proof(entry, measured),
        *_grid(state),
        *_terms(entry),
        *_owed(owed),
    ]
    found = {(theme, ask): because for theme, ask, because in reversed(asked)}
    kept = dict.fromkeys((theme, ask) for theme, ask, _because in asked)
    return [Question(entry.name, theme, ask, found[theme, ask]) for theme, ask in kept]


Asked = tuple[str, str, str]


def _intended_use(entry: Entry) -> Iterator[Asked]:
    for part in completeness(entry).parts:
        if not part.filled:
            yield (
                _("Intended use"),
                _("State this part of the intended use: {part}.").format(
                    part=str(part.part).lower()
                ),
                part.why,
            )


def _identity(entry: Entry) -> Iterator[Asked]:
    theme = _("Identity and marking")
    if not entry.versions:
        yield theme, _("Which version is offered?"), _("No version is in the register.")
    for version in entry.versions:
        if version.digest is None:
            yield (
                theme,
                _("Give the digest (SHA-256) of version {version}.").format(
                    version=version.version
                ),
                _("Without it nobody can tell that what is installed is what was tested."),
            )
    device = entry.device
    if device.medical_purpose is not False:
        for held, ask in (
            (device.declared_class, _("Which class of device do you declare, by which rule?")),
            (device.ce_certificate, _("Attach the CE certificate.")),
            (device.udi, _("Give the UDI-DI of the device.")),
        ):
            if held is None:
                yield theme, ask, _("The register does not hold it.")


def _classes(entry: Entry) -> Iterator[Asked]:
    theme = _("Class")
    standing = qualify(entry)
    if standing.differs:
        yield (
            theme,
            _("Justify class {declared}.").format(declared=standing.declared),
            _("From the answers in the register, {possible} would follow.").format(
                possible=", ".join(standing.possible)
            ),
        )
    for field in standing.unanswered:
        question = load().rules.question(field.removeprefix("device."))
        if question is not None:
            yield theme, str(question), _("The class depends on the answer.")
    for one in classify(entry):
        for missing in one.missing:
            yield theme, missing, _("The functional class depends on the answer.")


def _proof(entry: Entry, measured: Sequence[Measured]) -> Iterator[Asked]:
    theme = _("Proof")
    if not measured:
        yield (
            theme,
            _("Will you accept an evaluation on the cases of our hospitals, signed and published?"),
            _("No signed evidence speaks of this system."),
        )
    for one in checked(entry.claims, measured):
        claim = one.claim
        told = words.claim(claim.measure, claim.value, claim.interval, claim.finding or "")
        if one.verdict == "not_measured":
            yield (
                theme,
                _("Show what backs this figure: “{claim}”.").format(claim=told),
                _("It is a claim: no signed evidence holds it."),
            )
        elif one.verdict != "within":
            yield (
                theme,
                _("Explain the difference between “{claim}” and what was measured.").format(
                    claim=told
                ),
                _("The claim lies outside the measured interval."),
            )
    if measured and not any(True for one in measured for _gap in one.gaps()):
        yield (
            theme,
            _("Give the results by group of patients (sex, age, site)."),
            _("No difference between groups was measured."),
        )


def _grid(state: GridState) -> Iterator[Asked]:
    empty = len(state.items) - state.filled
    if empty:
        yield (
            _("Descriptive grid"),
            ngettext(
                "Fill in the {count} item left empty in the descriptive grid.",
                "Fill in the {count} items left empty in the descriptive grid.",
                empty,
            ).format(count=number(empty)),
            _("The register does not hold them."),
        )


def _terms(entry: Entry) -> Iterator[Asked]:
    theme = _("Terms")
    contract = entry.contract
    for held, ask in (
        (contract and contract.price, _("What is the price, per what, for which volume?")),
        (contract and contract.hosting, _("Where are the data processed and hosted?")),
        (
            contract and contract.reversibility,
            _("How does one leave the product, and get the data back?"),
        ),
    ):
        if held is None:
            yield theme, ask, _("The register does not hold it.")
    if entry.energy is None or entry.energy.per_1000_uses is None:
        yield (
            theme,
            _("Give the energy per 1,000 uses, with hardware, PUE, and whether it is measured."),
            _("The register does not hold it."),
        )


def _owed(owed: Sequence[Owed]) -> Iterator[Asked]:
    for one in owed:
        yield (
            _("Obligations"),
            _("Hand over: {artefact}.").format(artefact=one.artefact),
            _("Asked by {articles}; nothing shows it.").format(articles=listed(one.articles)),
        )
