"""preuve catalogue migrate, convert, ingest: records to another release, syntax or place."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from preuve.cli.console import out, show_json
from preuve.core.errors import PreuveError
from preuve.core.language import _, current_language, ngettext

if TYPE_CHECKING:
    from preuve.catalogue.hdh import Outcome
    from preuve.catalogue.migration import Migrated
    from preuve.catalogue.record import Record

Json = Annotated[bool, typer.Option("--json", help=_("Machine-readable output."))]
File = Annotated[Path, typer.Argument(help=_("A file of records: Turtle, RDF/XML, JSON-LD…"))]
Into = Annotated[
    Path | None, typer.Option("--into", help=_("The file to write; standard output unless said."))
]


def migrate(
    file: File,
    into: Annotated[
        Path | None, typer.Option("--into", help=_("The file to write; nothing unless said."))
    ] = None,
    polyglot: Annotated[
        bool,
        typer.Option(
            "--polyglot", help=_("Also say what Release 5, the HDH catalogue and DCAT-AP ask.")
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    from preuve.catalogue import migration

    records = _records(file)
    made = [migration.polyglot(r) if polyglot else migration.migrate(r) for r in records]
    if into:
        _write_records([one.record for one in made], into)
    if as_json:
        show_json([_as_json(one) for one in made])
        return
    for one in made:
        _show_migrated(one)
    if into:
        out.print(_("Written: {path}").format(path=into.resolve()), markup=False)


def register(app: typer.Typer) -> None:
    """Add the three commands to `preuve catalogue`."""
    app.command(
        "migrate",
        help=_("Bring records to HealthDCAT-AP R8: what was done, and what a person must fill."),
        epilog="preuve catalogue migrate record.ttl --into record-r8.ttl",
    )(migrate)
    app.command(
        "convert",
        help=_("Write records in another syntax, or as schema.org, Croissant or a dictionary."),
        epilog="preuve catalogue convert record.ttl --to json-ld --into record.jsonld",
    )(convert)
    app.command(
        "ingest",
        help=_(
            "Send records to the metadata catalogue of the Health Data Hub, each checked first. "
            "Without --send, nothing is sent. A run that was stopped goes on where it stopped."
        ),
        epilog="preuve catalogue ingest records/ --to https://catalogue.example.org --send",
    )(ingest)


def _as_json(one: Migrated) -> dict[str, Any]:
    return {
        "record": one.record.iri,
        "digest": one.record.digest,
        "changes": [vars(change) for change in one.changes],
        "repairs": [dirt.record() for dirt in one.dirt],
        "todos": [vars(todo) for todo in one.todos],
    }


def _show_migrated(one: Migrated) -> None:
    out.print(f"\n{one.record.iri}", style="bold", markup=False)
    count = len(one.changes) + sum(1 for dirt in one.dirt if dirt.repair)
    out.print(ngettext("{count} thing done:", "{count} things done:", count).format(count=count))
    for dirt in one.dirt:
        if dirt.repair:
            out.print(f"  · {dirt.explanation} → {dirt.repair}", markup=False)
    for change in one.changes:
        out.print(f"  · {change.what} ({change.focus})", markup=False)
    if not one.todos:
        out.print(_("Nothing is left to fill."))
        return
    left = len(one.todos)
    out.print(
        ngettext("{count} thing to fill:", "{count} things to fill:", left).format(count=left)
    )
    for todo in one.todos:
        out.print(f"  · {todo.what} {todo.why}\n    {todo.mend}", markup=False)


def convert(
    file: File,
    to: Annotated[
        str,
        typer.Option(
            help=_("turtle, json-ld, rdf-xml, n-triples, schema.org, croissant or dictionary.")
        ),
    ] = "turtle",
    into: Into = None,
    hosts: Annotated[
        str, typer.Option(help=_("Name vocabularies as a target does: r8 or hdh."))
    ] = "",
    tolerant: Annotated[
        bool, typer.Option("--tolerant", help=_("Read dirty files; write the repaired view."))
    ] = False,
) -> None:
    if hosts not in ("", "r8", "hdh"):
        raise PreuveError(
            _("The target {hosts} is not known.").format(hosts=hosts),
            remedy=_("Choose r8 or hdh."),
        )
    _out(_converted(file, to, hosts, tolerant), into)


def _converted(file: Path, to: str, hosts: str, tolerant: bool) -> bytes:
    from preuve.catalogue.cleaning import clean
    from preuve.catalogue.export.pages import at_hosts
    from preuve.catalogue.rdf import read_file, write
    from preuve.catalogue.syntax import WRITTEN, Syntax

    if to in ("schema.org", "croissant", "dictionary"):
        return _described(_record(file, tolerant), to)
    syntax = Syntax.named(to)
    if syntax not in WRITTEN:
        raise PreuveError(
            _("Records are not written as {syntax}.").format(syntax=to),
            remedy=_("Choose among {words}.").format(
                words=", ".join([*(s.word for s in WRITTEN), "schema.org", "croissant"])
            ),
        )
    graph = read_file(file, tolerant=tolerant)
    triples = clean(graph).triples if tolerant else graph.triples
    return write(at_hosts(triples, hosts), syntax, graph.prefixes)


def _described(record: Record, to: str) -> bytes:
    from preuve.catalogue.dictionary import write_dictionary
    from preuve.catalogue.export import croissant, schema_org
    from preuve.catalogue.variables import tables

    language = current_language()
    if to == "dictionary":
        return write_dictionary(tables(record), language)
    found = schema_org(record, language) if to == "schema.org" else croissant(record, language)
    return json.dumps(found, ensure_ascii=False, indent=2).encode() + b"\n"


def ingest(
    files: Annotated[list[Path], typer.Argument(help=_("Files or folders of records."))],
    to: Annotated[str, typer.Option(help=_("Address of the HDH catalogue's interface."))],
    send: Annotated[
        bool, typer.Option("--send", help=_("Send; without it, only say what would be sent."))
    ] = False,
    state: Annotated[Path, typer.Option(help=_("The file that knows what was sent."))] = Path(
        "hdh-state.json"
    ),
    remove_missing: Annotated[
        bool,
        typer.Option("--remove-missing", help=_("Remove there what is no longer among the files.")),
    ] = False,
    as_json: Json = False,
) -> None:
    from preuve.catalogue.hdh import Client, State, key_of_environment
    from preuve.catalogue.hdh import ingest as sending

    records = [record for file in _files(files) for record in _records(file)]
    kept = State(state, to)
    if not send:
        outcomes = list(sending(records, kept, remove_missing=remove_missing))
        _show_outcomes(outcomes, as_json=as_json)
        if not as_json:
            out.print(_("Nothing was sent. Add --send to send."))
        return
    with Client(to, key_of_environment()) as client:
        outcomes = []
        for one in sending(records, kept, client, remove_missing=remove_missing):
            outcomes.append(one)
            if not as_json:
                _show_outcomes([one], as_json=False)
    if as_json:
        _show_outcomes(outcomes, as_json=True)
    if any(one.action == "refused" for one in outcomes):
        raise typer.Exit(1)


def _show_outcomes(outcomes: list[Outcome], *, as_json: bool) -> None:
    if as_json:
        show_json([one.record() for one in outcomes])
        return
    words = {
        "create": _("new"),
        "replace": _("changed"),
        "unchanged": _("unchanged"),
        "remove": _("removed"),
        "refused": _("refused"),
    }
    for one in outcomes:
        size = _("{size} bytes").format(size=one.size) if one.size else ""
        out.print(f"{words[one.action]:<12} {one.iri} {size}", markup=False)
        for why in one.why:
            out.print(f"    · {why}", markup=False)


def _files(paths: list[Path]) -> list[Path]:
    from preuve.catalogue.profile.files import files_of

    return list(files_of(paths))


def _records(file: Path) -> list[Record]:
    """The data sets of a file, each with its own nodes.

    Raises:
        PreuveError: the file describes none.
    """
    from preuve.catalogue.rdf import read_file
    from preuve.catalogue.record import Kind, split

    found = [one for one in split(read_file(file)) if one.kind is Kind.DATASET]
    if not found:
        raise PreuveError(_("The file describes no data set."), where=file)
    return found


def _record(file: Path, tolerant: bool) -> Record:
    from dataclasses import replace

    from preuve.catalogue.cleaning import clean
    from preuve.catalogue.rdf import read_file
    from preuve.catalogue.record import record_of

    graph = read_file(file, tolerant=tolerant)
    if tolerant:
        graph = replace(graph, triples=clean(graph).triples)
    return record_of(graph)


def _write_records(records: list[Record], into: Path) -> None:
    from preuve.catalogue.rdf import guess, write

    syntax = guess(b"", name=into.name)
    triples = [triple for record in records for triple in record.triples]
    _out(write(triples, syntax), into)


def _out(content: bytes, into: Path | None) -> None:
    from preuve.core.record import write_whole

    if into is None:
        sys.stdout.buffer.write(content)
        return
    write_whole(into, content)
