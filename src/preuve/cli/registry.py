"""preuve registry: the AI systems of the register, their class, and what is owed for them."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from preuve.cli import registry_shown as shown
from preuve.cli.console import out, show_json
from preuve.core.errors import PreuveError
from preuve.core.language import _

if TYPE_CHECKING:
    from preuve.registry.entry import Entry
    from preuve.registry.entry.vocabulary import Role

app = typer.Typer(
    no_args_is_help=True, help=_("The register of AI systems: class, obligations, what is missing.")
)
Json = Annotated[bool, typer.Option("--json", help=_("Machine-readable output."))]
File = Annotated[str, typer.Argument(help=_("An entry (YAML), or an example of the register."))]


@app.command(
    "obligations",
    help=_("What a role owes for a system on a day: what shows it, and what is missing."),
    epilog="preuve registry obligations lecteur-thorax --role deployer --on 2027-12-02",
)
def obligations(
    system: File,
    role: Annotated[
        str, typer.Option(help=_("provider, deployer, importer, distributor, gpai_provider."))
    ] = "deployer",
    on: Annotated[str, typer.Option(help=_("The day, YYYY-MM-DD; today unless said."))] = "",
    deployment: Annotated[
        str | None,
        typer.Option(help=_("The deployment; the only one of the entry unless said.")),
    ] = None,
    evidence: Annotated[
        list[Path] | None, typer.Option(help=_("A signed evidence file; several may be given."))
    ] = None,
    everything: Annotated[
        bool,
        typer.Option("--all", help=_("Show recommendations and what does not concern it too.")),
    ] = False,
    as_json: Json = False,
) -> None:
    from preuve.core.evidence import Evidence
    from preuve.registry import obligations as room
    from preuve.registry.entry import load_entry

    entry, owed_by, day = load_entry(system), _role(role), _day(on)
    place = deployment or _only(entry, owed_by)
    files = [Evidence.load(path) for path in evidence or ()]
    found = room.obligations(entry, owed_by, day, place, files)
    aside = room.set_aside(entry, owed_by, day, place, files)
    if as_json:
        return show_json(
            {
                "entry": entry.id,
                "synthetic": entry.synthetic,
                "role": owed_by,
                "on": day.isoformat(),
                "deployment": place,
                "obligations": [one.record() for one in found],
                "set_aside": [{"digest": one.digest, "why": str(one.why)} for one in aside],
            }
        )
    shown.conclusion(entry, owed_by, day, place, found)
    for one in aside:
        out.print(_("Set aside: {digest}. {why}").format(digest=one.digest[:19] + "…", why=one.why))
    out.print(shown.duties(found, everything=everything))
    shown.doubts(found, everything=everything)
    return None


def _role(name: str) -> Role:
    from typing import get_args

    from preuve.registry.entry import vocabulary

    for role in get_args(vocabulary.Role):
        if role == name:
            found: Role = role
            return found
    raise PreuveError(
        _("No role is named {name}.").format(name=name),
        remedy=_("Choose among {words}.").format(words=", ".join(get_args(vocabulary.Role))),
    )


def _day(written: str) -> datetime.date:
    if not written:
        return datetime.date.today()
    try:
        return datetime.date.fromisoformat(written)
    except ValueError as error:
        raise PreuveError(
            _("“{value}” is not a date that exists: write YYYY-MM-DD.").format(value=written),
            where="--on",
        ) from error


def _only(entry: Entry, role: Role) -> str | None:
    """The deployment of an entry that has one alone and where the role is held."""
    if len(entry.deployments) != 1 or role not in ("deployer", "provider"):
        return None
    held = entry.deployments[0]
    return held.id if role in held.roles else None


@app.command(
    "classify",
    help=_("The device class of an entry and its place in the AI Act, question by question."),
    epilog="preuve registry classify lecteur-thorax",
)
def classify(system: File, as_json: Json = False) -> None:
    from preuve.registry.classification import qualify
    from preuve.registry.entry import load_entry

    entry = load_entry(system)
    found = qualify(entry)
    if as_json:
        return show_json({"entry": entry.id, "synthetic": entry.synthetic, **found.record()})
    if entry.synthetic:
        out.print(Text(_("SYNTHETIC: this entry is made up."), style="bold"))
    out.print(Text(shown.class_said(found), style="bold"))
    out.print(shown.steps(found))
    out.print(shown.standing(found))
    if found.unanswered:
        shown.unanswered(found)
    out.print(_("Indicative: the manufacturer is responsible for the class."))
    return None


@app.command(
    "check",
    help=_("Check an entry: its form, and what a person still has to fill in."),
    epilog="preuve registry check lecteur-thorax",
)
def check(system: File, as_json: Json = False) -> None:
    from preuve.registry.classification import qualify
    from preuve.registry.entry import load_entry
    from preuve.registry.grid import grid
    from preuve.registry.intended_use import completeness

    entry = load_entry(system)
    use, items, found = completeness(entry), grid(entry), qualify(entry)
    claims = [one for one in entry.claims if not one.proved]
    if as_json:
        return show_json(
            {
                "entry": entry.id,
                "intended_use": use.record(),
                "grid": items.record(),
                "unanswered": list(found.unanswered),
                "claims_without_evidence": [one.model_dump(mode="json") for one in claims],
            }
        )
    out.print(_("{name} is in order.").format(name=entry.id))
    out.print(
        _("Intended use: {filled} of {count} parts.").format(
            filled=use.filled, count=len(use.parts)
        )
    )
    for one in use.parts:
        if not one.filled:
            out.print(
                f"  {one.part}: {one.why} " + shown.share_of_products(one.part.share, use.products)
            )
    out.print(
        _("Descriptive grid: {filled} of {count} items (working numbering).").format(
            filled=items.filled, count=len(items.items)
        )
    )
    if found.unanswered:
        shown.unanswered(found)
    for claim in claims:
        out.print(
            _("A claim without evidence: {measure} {value}.").format(
                measure=claim.measure, value=claim.value
            )
        )
    return None


@app.command("schema", help=_("The JSON schema of an entry."), epilog="preuve registry schema")
def schema() -> None:
    from preuve.registry.entry import schema as published

    show_json(published())


@app.command(
    "list",
    help=_("The entries of a folder, or the examples of the register, with their class."),
    epilog="preuve registry list",
)
def listed(
    folder: Annotated[
        Path | None, typer.Argument(help=_("A folder of entries; the examples unless said."))
    ] = None,
    as_json: Json = False,
) -> None:
    from preuve.registry.classification import qualify
    from preuve.registry.facts import load

    entries = _entries(folder)
    if as_json:
        return show_json([_line(one) for one in entries])
    table = Table(box=None)
    for heading in (_("identifier"), _("system"), _("line"), _("class"), ""):
        table.add_column(heading)
    for one in entries:
        classes = ", ".join(qualify(one).classes) or "–"
        made_up = _("SYNTHETIC") if one.synthetic else ""
        table.add_row(one.id, one.name, str(load().word("line", one.line)), classes, made_up)
    out.print(table)
    return None


def _entries(folder: Path | None) -> list[Entry]:
    from preuve.registry.entry import examples, load_entry

    if folder is None:
        return [load_entry(name) for name in examples()]
    if not folder.is_dir():
        raise PreuveError(_("The folder does not exist."), where=folder)
    return [load_entry(path) for path in sorted(folder.glob("*.yaml"))]


def _line(entry: Entry) -> dict[str, Any]:
    from preuve.registry.classification import qualify

    return {
        "id": entry.id,
        "name": entry.name,
        "line": entry.line,
        "usecase": entry.usecase,
        "classes": list(qualify(entry).classes),
        "synthetic": entry.synthetic,
    }
