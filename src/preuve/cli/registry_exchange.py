"""preuve registry …: what a register exchanges: cards in and out, comparison, tender pack."""

from __future__ import annotations

import datetime
import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from preuve.cli.console import err, out
from preuve.core.errors import PreuveError
from preuve.core.language import _, current_language

if TYPE_CHECKING:
    from preuve.core.evidence import Evidence
    from preuve.registry.chai import Draft
    from preuve.registry.comparison import Comparison
    from preuve.registry.entry import Entry
    from preuve.registry.entry.vocabulary import Role


class Format(StrEnum):
    """Formats that a system is written in."""

    CHAI = "chai"
    CHAI_JSON = "chai-json"
    FHIR = "fhir"
    CARD = "card"


class PublicFormat(StrEnum):
    """Formats of the public register."""

    CSV = "csv"
    JSON = "json"


_Evidence = Annotated[
    list[Path] | None,
    typer.Option("--evidence", "-e", help=_("A signed evidence file; several may be given.")),
]


def register(app: typer.Typer) -> None:
    """The commands of this file, put into the app of the register."""
    for name, command, told in (
        (
            "import-chai",
            import_chai,
            _("Make the draft of an entry from a CHAI model card; every figure becomes a claim."),
        ),
        (
            "export",
            export,
            _("Write a system as a CHAI card (XML or JSON), as FHIR R4, or as a model card."),
        ),
        (
            "compare",
            compare,
            _("Lay systems side by side on one use case, from signed evidence."),
        ),
        (
            "tender",
            tender,
            _("Make the tender pack of a buyer: one folder, one PDF, the files they rest on."),
        ),
        (
            "public",
            public,
            _("Write the public register: measured, claimed or absent, one row per version."),
        ),
    ):
        app.command(name, help=told)(command)


def import_chai(
    card: Annotated[Path, typer.Argument(help=_("A CHAI applied model card 0.2, in XML."))],
    to: Annotated[Path | None, typer.Option(help=_("Where to write the entry, in YAML."))] = None,
) -> None:
    from preuve.core.record import write_whole
    from preuve.registry.chai import draft, read
    from preuve.registry.tender.files import entry_yaml

    made = draft(read(card))
    target = to or Path(f"{made.entry.id}.yaml")
    _refuse_existing(target)
    write_whole(target, entry_yaml(made.entry.record()))
    _tell_draft(made, target)


def export(
    system: Annotated[str, typer.Argument(help=_("An entry: a YAML file, or a packaged example."))],
    form: Annotated[Format, typer.Option("--format", help=_("What to write."))] = Format.CHAI,
    to: Annotated[Path | None, typer.Option(help=_("The file; else the terminal."))] = None,
    evidence: _Evidence = None,
) -> None:
    from preuve.core.record import write_whole
    from preuve.registry.entry import load_entry

    entry = load_entry(system)
    content = _exported(entry, form, _loaded(evidence))
    if to is None:
        typer.echo(content.decode(), nl=False)
        return
    _refuse_existing(to)
    write_whole(to, content)
    err.print(_("Written: {path}").format(path=to))


def compare(
    evidence: Annotated[
        list[Path], typer.Argument(help=_("Signed evidence files of one use case."))
    ],
    entries: Annotated[
        list[str] | None,
        typer.Option("--entry", help=_("An entry of the register; several may be given.")),
    ] = None,
    to: Annotated[Path | None, typer.Option(help=_("Write the comparison as JSON."))] = None,
) -> None:
    from preuve.core.record import canonical, write_whole
    from preuve.registry.comparison import compare as laid
    from preuve.registry.entry import load_entry

    comparison = laid(_loaded(evidence), [load_entry(name) for name in entries or ()])
    _tell_comparison(comparison)
    if to is not None:
        _refuse_existing(to)
        write_whole(to, canonical(comparison.record()) + b"\n")
        err.print(_("Written: {path}").format(path=to))


def tender(
    systems: Annotated[list[str], typer.Argument(help=_("Entries: YAML files or examples."))],
    to: Annotated[Path, typer.Option(help=_("The folder to make; it must not exist."))],
    on: Annotated[str, typer.Option(help=_("The day, YYYY-MM-DD."))],
    role: Annotated[str, typer.Option(help=_("Who buys and will owe."))] = "deployer",
    evidence: _Evidence = None,
) -> None:
    from preuve.registry.entry import load_entry
    from preuve.registry.tender import write

    folder = write(
        [load_entry(name) for name in systems],
        _loaded(evidence),
        to,
        current_language(),
        _day(on),
        _role(role),
    )
    err.print(_("Written: {path}").format(path=folder / "dossier.pdf"))


def public(
    systems: Annotated[list[str], typer.Argument(help=_("Entries: YAML files or examples."))],
    form: Annotated[PublicFormat, typer.Option("--format")] = PublicFormat.CSV,
    to: Annotated[Path | None, typer.Option(help=_("The file; else the terminal."))] = None,
    evidence: _Evidence = None,
) -> None:
    from preuve.core.record import canonical, write_whole
    from preuve.registry.entry import load_entry
    from preuve.registry.public import to_csv, to_record

    entries, files = [load_entry(name) for name in systems], _loaded(evidence)
    content = (
        to_csv(entries, files, current_language())
        if form is PublicFormat.CSV
        else canonical(to_record(entries, files)) + b"\n"
    )
    if to is None:
        typer.echo(content.decode(), nl=False)
        return
    _refuse_existing(to)
    write_whole(to, content)
    err.print(_("Written: {path}").format(path=to))


def _day(written: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(written)
    except ValueError as error:
        raise PreuveError(
            _("“{value}” is not a date that exists: write YYYY-MM-DD.").format(value=written),
            where="--on",
        ) from error


def _role(name: str) -> Role:
    from preuve.core.mistakes import nearest
    from preuve.registry.entry import vocabulary

    for role in get_args(vocabulary.Role):
        if role == name:
            found: Role = role
            return found
    raise PreuveError(
        _("No role is named {name}.").format(name=name),
        where="--role",
        remedy=nearest(name, get_args(vocabulary.Role)).strip(),
    )


def _loaded(paths: list[Path] | None) -> list[Evidence]:
    from preuve.core.evidence import Evidence

    return [Evidence.load(path) for path in paths or ()]


def _refuse_existing(path: Path) -> None:
    if path.exists():
        raise PreuveError(
            _("The file exists already; nothing is written over it."),
            where=path,
            remedy=_("Give another name with --to."),
        )


def _exported(entry: Entry, form: Format, evidence: list[Evidence]) -> bytes:
    from preuve.registry import fhir
    from preuve.registry.chai import export as card_of
    from preuve.registry.chai import to_record, to_xml
    from preuve.registry.model_card import model_card

    if form is Format.CHAI:
        return to_xml(card_of(entry, evidence)) + b"\n"
    if form is Format.FHIR:
        return fhir.written(entry, evidence, language=current_language())
    record: object = to_record(card_of(entry, evidence))
    if form is Format.CARD:
        record = [section.record() for section in model_card(entry, evidence)]
    return json.dumps(record, ensure_ascii=False, indent=2).encode() + b"\n"


def _tell_draft(made: Draft, target: Path) -> None:
    out.print(_("Draft of an entry: {path}").format(path=target), highlight=False)
    out.print(
        _(
            "{mapped} fields of the card have a place in the entry, {kept} are kept in its model "
            "card alone, {absent} say nothing."
        ).format(mapped=len(made.mapped), kept=len(made.kept), absent=len(made.absent)),
        highlight=False,
    )
    out.print(
        _("{count} figures, all claims: nothing backs them yet.").format(
            count=len(made.entry.claims)
        ),
        highlight=False,
    )
    for one in made.suggestions:
        out.print(
            _("To confirm: {field} = {value} ({because})").format(
                field=one.field, value=one.value, because=one.because
            ),
            markup=False,
            highlight=False,
        )
    for doubt in made.doubts:
        out.print(_("Doubt: {text}").format(text=doubt), markup=False, highlight=False)


def _tell_comparison(comparison: Comparison) -> None:
    from rich.table import Table

    from preuve.registry.comparison import told, words
    from preuve.registry.comparison.measured import MEASURES

    out.print(told.headline(comparison), markup=False, highlight=False)
    for sentence in told.reservations(comparison):
        out.print(f"- {sentence}", markup=False, highlight=False)
    for finding in comparison.usecase.findings:
        table = Table(title=str(finding.label))
        for name in (_("Measure"), _("System"), _("Mean hospital"), _("Next hospital")):
            table.add_column(name)
        for measure in MEASURES:
            for side in comparison.sides:
                centre = side.measured.centre(measure, finding)
                ahead = side.measured.figure(measure, finding, "next_hospital")
                if centre is not None:
                    table.add_row(
                        words.measure_name(measure),
                        side.name,
                        told.figure_words(centre),
                        told.figure_words(ahead),
                    )
        out.print(table)
    for pair in comparison.pairs:
        for one in pair.differences:
            if one.estimand == "mean_hospital":
                name = _("{first} minus {second}").format(
                    first=pair.first.name, second=pair.second.name
                )
                out.print(
                    f"{name}, {words.measure_name(one.measure)} : {told.difference_words(one)} "
                    f"— {told.verdict_words(pair, one)}",
                    markup=False,
                    highlight=False,
                )
