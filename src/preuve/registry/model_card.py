"""Model card: one view of a system for a page, a PDF or a file, each line with what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from preuve.core.evidence import Evidence
from preuve.core.language import _
from preuve.core.usecase import Text
from preuve.pages.numbers import NOTHING, number
from preuve.registry import energy
from preuve.registry.classes import classify, function_label
from preuve.registry.comparison import Measured, checked
from preuve.registry.entry import Entry
from preuve.registry.facts import load
from preuve.registry.public import Row, claim_words, figure_words, rows
from preuve.registry.published import evidence_of

Basis = Literal["declared", "claimed", "measured", "worked_out", "absent"]
"""declared: written by its maker. claimed: a figure that nothing backs. measured: from a signed
evidence. worked_out: follows from the answers. absent: nobody said."""


@dataclass(frozen=True)
class Line:
    """A line of the card: its name, what it says in the current language, what it rests on."""

    label: str
    text: str
    basis: Basis


@dataclass(frozen=True)
class Section:
    """A part of the card."""

    code: str
    title: str
    lines: tuple[Line, ...]

    def record(self) -> dict[str, Any]:
        return {
            "section": self.code,
            "title": str(self.title),
            "lines": [
                {"label": str(line.label), "text": str(line.text), "basis": line.basis}
                for line in self.lines
            ],
        }


def basis_name(basis: Basis) -> str:
    return {
        "declared": _("declared"),
        "claimed": _("claim"),
        "measured": _("measured"),
        "worked_out": _("worked out"),
        "absent": _("not stated"),
    }[basis]


def model_card(entry: Entry, evidence: Sequence[Evidence] = ()) -> tuple[Section, ...]:
    """The card of an entry, in the current language.

    Args:
        entry: the system.
        evidence: signed evidence files already checked; those of other systems are left aside.
    """
    measured = evidence_of(entry, evidence)
    return (
        Section("identity", _("Identity"), tuple(_identity(entry))),
        Section("intended_use", _("Intended use"), tuple(_intended_use(entry))),
        Section("classes", _("Classes"), tuple(_classes(entry))),
        Section("data_and_model", _("Data and model"), tuple(_grid(entry, "D", "M"))),
        Section("performance", _("Performance"), tuple(_performance(entry, measured, evidence))),
        Section("limits", _("Limits"), tuple(_limits(entry, measured))),
        Section("energy", _("Energy"), tuple(_energy(entry, measured))),
        Section("documents", _("Documents"), tuple(_documents(entry))),
    )


def _line(label: str, words: Text | str | None, basis: Basis = "declared") -> Line:
    """A line; « — » and “not stated” where nobody wrote anything."""
    if words is None or not str(words).strip():
        return Line(label, NOTHING, "absent")
    return Line(label, str(words), basis)


def _identity(entry: Entry) -> Iterator[Line]:
    if entry.synthetic:
        yield Line(_("Nature"), _("SYNTHETIC: this entry is made up."), "declared")
    yield _line(_("Name"), entry.name)
    yield _line(_("Maker"), entry.maker.name)
    yield _line(_("Contact"), entry.maker.contact)
    yield _line(_("Summary"), entry.summary)
    versions = [
        one.version if one.digest is None else f"{one.version} ({one.digest[:19]}…)"
        for one in entry.versions
    ]
    yield _line(_("Versions"), ", ".join(versions))


def _intended_use(entry: Entry) -> Iterator[Line]:
    uses = entry.intended_use
    yield _line(_("Indication or disease"), uses.indication)
    yield _line(_("Body part or tissue"), uses.body_part)
    yield _line(_("Use environment"), uses.environment)
    yield _line(_("User profile"), uses.users)
    yield _line(_("Patient population"), uses.population)
    yield _line(_("Operating principle"), uses.principle)


def _classes(entry: Entry) -> Iterator[Line]:
    device = entry.device
    yield Line(_("Function"), function_label(entry), "declared")
    yield _line(_("Class declared by the maker"), device.declared_class)
    yield _line(_("CE certificate"), device.ce_certificate)
    yield _line(_("Notified body"), device.notified_body)
    for one in classify(entry):
        name = {
            "has_functional": _("Functional level (HAS 2021)"),
            "european": _("European grid (EvalEUDMD style)"),
        }[one.frame]
        yield _line(name, one.label, "worked_out")


def _grid(entry: Entry, *domains: str) -> Iterator[Line]:
    """The items of the descriptive grid that the entry answers, in those domains."""
    for code, item in load().grid.items.items():
        if item.domain in domains and code in entry.grid:
            yield _line(str(item), entry.grid[code])


def _performance(
    entry: Entry, measured: Sequence[Measured], evidence: Sequence[Evidence]
) -> Iterator[Line]:
    shown = [row for row in rows([entry], evidence) if row.measured]
    for row in shown:
        for figure in row.figures():
            yield Line(_version(row), figure_words(figure, row), "measured")
    for claim in checked(entry.claims, measured):
        yield Line(_("Claim of the maker"), claim_words(claim), "claimed")
    if not shown and not entry.claims:
        yield Line(_("Performance"), NOTHING, "absent")


def _version(row: Row) -> str:
    name = "" if row.version is None else row.version.version
    return _("Version {version}").format(version=name)


def _limits(entry: Entry, measured: Sequence[Measured]) -> Iterator[Line]:
    yield _line(_("Known limits"), entry.grid.get("HAS-03"))
    card = next((one.system.get("card") or {} for one in measured), {})
    for limit in card.get("limits") or ():
        words = Text(**limit) if isinstance(limit, Mapping) else str(limit)
        yield _line(_("Limit stated by the system’s card"), words)
    for one in measured:
        if one.evidence.synthetic:
            yield Line(_("Evidence"), _("SYNTHETIC: a generator made the cases."), "measured")
        for limit in one.usecase.limits:
            yield Line(_("Limit of the protocol"), str(limit), "measured")


def _energy(entry: Entry, measured: Sequence[Measured]) -> Iterator[Line]:
    found = [energy.declared(entry.energy)]
    found += [energy.of_evidence(one.evidence) for one in measured if one.role == "system"]
    kept = [one for one in found if one is not None]
    if not kept:
        yield Line(_("Energy per 1,000 uses"), NOTHING, "absent")
    for one in kept:
        basis: Basis = "declared" if one.evidence is None else "measured"
        yield Line(_("Energy per 1,000 uses"), str(one), basis)
    if entry.energy is not None and entry.energy.training_kwh is not None:
        told = _("{kwh} kWh").format(kwh=number(entry.energy.training_kwh, 1))
        yield Line(_("Energy of training"), told, "declared")


def _documents(entry: Entry) -> Iterator[Line]:
    for document in entry.documents:
        where = document.url or document.digest
        yield _line(str(document.title), where)
