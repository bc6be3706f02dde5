"""preuve catalogue: records of data sets, checked against the profiles of the field."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.padding import Padding
from rich.text import Text

from preuve.cli.console import bars, language_named, out, show_json
from preuve.core.errors import PreuveError
from preuve.core.language import _, current_language, speaking

app = typer.Typer(no_args_is_help=True, help=_("Which data exist, and what must be said of them."))
profile = typer.Typer(no_args_is_help=True, help=_("Profiles: what a record must hold."))
app.add_typer(profile, name="profile")
Json = Annotated[bool, typer.Option("--json", help=_("Machine-readable output."))]


@app.command(
    "check",
    help=_(
        "Check records against the profiles: what is missing, why it is asked for, how to mend it. "
        "Exit code 0 when all conform, 1 when some do not, 2 when a file cannot be read."
    ),
    epilog="preuve catalogue check records/ --profile healthdcat-ap-r8",
)
def check(
    paths: Annotated[
        list[Path], typer.Argument(help=_("Files or folders: Turtle, RDF/XML, JSON-LD, N-Triples."))
    ],
    asked: Annotated[
        list[str] | None,
        typer.Option(
            "--profile",
            help=_(
                "A profile to check against (repeat it); healthdcat-ap-r8 takes the level of the "
                "record. HealthDCAT-AP R8, Health Data Hub and DCAT-AP 3.0.1 unless said."
            ),
        ),
    ] = None,
    tolerant: Annotated[
        bool, typer.Option("--tolerant", help=_("Read as a harvest does: bind unbound prefixes."))
    ] = False,
    report: Annotated[
        Path | None, typer.Option(help=_("Write the standard SHACL report (Turtle) there."))
    ] = None,
    lang: Annotated[str, typer.Option(help=_("Language of what is shown: fr or en."))] = "",
    as_json: Json = False,
) -> None:
    from preuve.catalogue.profile import files, show
    from preuve.catalogue.profile import report as reports
    from preuve.core.record import write_whole

    with speaking(language_named(lang) if lang else current_language()):
        found = files.files_of(paths)
        verdicts = []
        with bars(hidden=as_json or len(found) < 20) as progress:
            for number, path in enumerate(found, 1):
                verdicts.append(files.check_file(path, asked or files.USUAL, tolerant=tolerant))
                progress(_("Records"), number, len(found))
        if report is not None:
            pairs = [(j.verdict, j.profile) for one in verdicts for j in one.judged]
            write_whole(report, reports.turtle(pairs))
        if as_json:
            show_json(show.record(verdicts))
        else:
            show.print_all(verdicts, out)
    if any(one.refused for one in verdicts):
        raise typer.Exit(2)
    if not all(one.conforms for one in verdicts):
        raise typer.Exit(1)


@app.command(
    "profiles",
    help=_("The profiles that can be checked against: version, date, licence, source."),
    epilog="preuve catalogue profiles",
)
def profiles(as_json: Json = False) -> None:
    from preuve.catalogue.profile import shelf
    from preuve.catalogue.profile.elements import said
    from preuve.catalogue.profile.notes import notes

    found = [shelf.load(name) for name in shelf.names()]
    if as_json:
        fields = {"shapes": True}
        return show_json([one.model_dump(mode="json", exclude=fields) for one in found])
    for one in found:
        heading = Text.assemble((one.id, "bold"), f"  {said(one.title)}")
        about = f"{one.version} · {one.date} · {one.licence} · {one.producer}"
        out.print(heading, Padding(about, (0, 0, 0, 4)), Padding(one.source, (0, 0, 0, 4)))
        for note in notes(one):
            out.print(Padding(f"· {note}", (0, 0, 0, 4)))
    return None


@profile.command(
    "compile",
    help=_("Compile SHACL shapes into a profile; the folder of PREUVE_PROFILES takes it."),
    epilog=(
        "preuve catalogue profile compile shapes.ttl --id my-profile --title 'My profile' "
        "-o my-profile.json"
    ),
)
def compile_(
    shapes: Annotated[list[Path], typer.Argument(help=_("Turtle files of shapes."))],
    name: Annotated[str, typer.Option("--id", help=_("Identifier: a-z, 0-9, point and hyphen."))],
    into: Annotated[Path, typer.Option("-o", "--output", help=_("The file to write."))],
    title: Annotated[str, typer.Option(help=_("Its title."))] = "",
    version: Annotated[str, typer.Option(help=_("Its version."))] = "",
    date: Annotated[str, typer.Option(help=_("Its date, as 2026-09-22."))] = "",
    producer: Annotated[str, typer.Option(help=_("Who publishes the shapes."))] = "",
    licence: Annotated[str, typer.Option(help=_("Under which licence."))] = "",
) -> None:
    from preuve.catalogue.profile import notes, shelf
    from preuve.catalogue.profile.compile import compile_profile

    if into.stem != name:
        raise PreuveError(
            _("The file must bear the identifier of the profile."),
            where=into,
            remedy=_("Write {file}.").format(file=f"{name}.json"),
        )
    about: dict[str, Any] = {
        "id": name,
        "version": version,
        "date": date,
        "title": {"fr": title or name, "en": title or name},
        "producer": producer,
        "licence": licence,
        "source": ", ".join(path.name for path in shapes),
    }
    made = compile_profile(shapes, about)
    shelf.save(made, into)
    out.print(
        _("{file}: {count} shapes.").format(file=into, count=len(made.shapes)),
    )
    for note in notes.notes(made):
        out.print(f"· {note}")
