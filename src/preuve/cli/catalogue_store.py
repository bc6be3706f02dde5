"""preuve catalogue harvest, add, search, reindex: the records that are kept."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from preuve.cli.console import bars, out, show_json
from preuve.cli.database import SITE, Address
from preuve.core.errors import PreuveError
from preuve.core.language import _, both, current_language, ngettext

if TYPE_CHECKING:
    from preuve.catalogue.harvest import Run
    from preuve.catalogue.search import Results
    from preuve.core.store.database import Database

Json = Annotated[bool, typer.Option("--json", help=_("Machine-readable output."))]
_TOLD = 20
_HEADER = "PREUVE_HARVEST_HEADER"
_ACTOR = "system"


def register(app: typer.Typer) -> None:
    """Add the four commands to `preuve catalogue`."""
    app.command(
        "harvest",
        help=_(
            "Bring here the records of another catalogue or a folder, and keep them up to date. "
            "A harvest that was stopped goes on where it stopped. Exit code 1 when it is partial."
        ),
        epilog="preuve catalogue harvest voisin https://catalogue.example.org/catalog",
    )(harvest)
    app.command(
        "add",
        help=_("Keep records of files; a record that is kept already gets a new revision."),
        epilog="preuve catalogue add records/ --publish",
    )(add)
    app.command(
        "search",
        help=_("Search the records that are kept; accents, plurals and typos are forgiven."),
        epilog='preuve catalogue search "urgences pediatriques" --facet access=PUBLIC',
    )(search)
    app.command(
        "reindex",
        help=_("Compute summaries, verdicts and the search index anew."),
        epilog="preuve catalogue reindex",
    )(reindex)


def harvest(
    name: Annotated[str, typer.Argument(help=_("The name of the source, here."))],
    address: Annotated[
        str | None,
        typer.Argument(help=_("Its http(s) address, a file or a folder; needed the first time.")),
    ] = None,
    database: Address = SITE,
    private: Annotated[
        bool, typer.Option("--private", help=_("Allow addresses of private networks."))
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help=_("Start anew, forgetting an unfinished harvest."))
    ] = False,
    as_json: Json = False,
) -> None:
    from preuve.catalogue.harvest import Limits
    from preuve.catalogue.harvest import harvest as bring

    opened = _opened(database)
    with bars(hidden=as_json) as progress:
        run = bring(
            opened,
            name,
            address,
            limits=Limits(private=private),
            headers=_headers(),
            fresh=fresh,
            actor=_ACTOR,
            progress=progress,
        )
    if as_json:
        show_json({"state": run.state, "counts": dict(run.counts), "run": run.id})
    else:
        _show_run(opened, run)
    opened.close()
    if run.state != "complete":
        raise typer.Exit(1)


def _headers() -> dict[str, str]:
    """The secret header of the environment, which no command line and no log shows."""
    written = os.environ.get(_HEADER, "")
    name, colon, value = written.partition(":")
    if written and not (colon and name.strip() and value.strip()):
        raise PreuveError(
            _("The variable {name} is not a header.").format(name=_HEADER),
            remedy=_("Write it as “X-API-Key: value”."),
        )
    return {name.strip(): value.strip()} if written else {}


def _show_run(database: Database, run: Run) -> None:
    from preuve.catalogue.harvest import problems

    names = {
        "added": _("added"),
        "changed": _("changed"),
        "unchanged": _("unchanged"),
        "withdrawn": _("withdrawn: no longer at the source"),
        "aside": _("set aside"),
        "pages": _("pages read"),
    }
    for word, label in names.items():
        if run.counts.get(word):
            out.print(f"{run.counts[word]:>9}  {label}", markup=False)
    if run.state == "partial":
        out.print(_("Something may have been missed: nothing was withdrawn."), style="yellow")
    with database.reading() as connection:
        found = [one for _number, one in problems(connection, run, limit=_TOLD)]
    total = sum(count for word, count in run.counts.items() if word.startswith("problem:"))
    if total:
        told = ngettext("{count} problem:", "{count} problems:", total).format(count=total)
        out.print(told, style="bold")
    for one in found:
        explanation = one.detail["explanation"][current_language()]
        out.print(f"  · {one.subject or one.page}: {explanation}", markup=False)
    if total > len(found):
        out.print(_("… and {count} more.").format(count=total - len(found)))


def add(
    paths: Annotated[
        list[Path], typer.Argument(help=_("Files or folders: Turtle, RDF/XML, JSON-LD, N-Triples."))
    ],
    database: Address = SITE,
    publish: Annotated[
        bool, typer.Option("--publish", help=_("Publish them; else new ones are drafts."))
    ] = False,
) -> None:
    from preuve.catalogue import holdings
    from preuve.catalogue.profile.files import files_of
    from preuve.catalogue.rdf import read_file
    from preuve.catalogue.record import record_of

    opened = _opened(database)
    for file in files_of(paths):
        record = record_of(read_file(file))
        with opened.reading() as connection:
            known = holdings.find(connection, record.iri)
        if known is None:
            with opened.writing() as connection:
                kept = holdings.add(
                    connection, record, _ACTOR, status="published" if publish else "draft"
                )
        else:
            status: Any = "published" if publish else None
            kept = holdings.edit(opened, record, _ACTOR, expected=known.revision, status=status)
        told = _("{iri}: revision {revision}, {status}")
        out.print(
            told.format(iri=kept.iri, revision=kept.revision, status=kept.status), markup=False
        )
    opened.close()


def search(
    text: Annotated[
        str, typer.Argument(help=_("Words in any order; `card*` for a beginning."))
    ] = "",
    facet: Annotated[
        list[str] | None,
        typer.Option(help=_("Narrow to a value: facet=value; repeat it.")),
    ] = None,
    page: Annotated[int, typer.Option(min=1)] = 1,
    size: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    database: Address = SITE,
    as_json: Json = False,
) -> None:
    from preuve.catalogue.search import search as find

    opened = _opened(database)
    with opened.reading() as connection:
        results = find(connection, text, _chosen(facet or []), page=page, size=size)
    opened.close()
    if as_json:
        show_json(_record(results))
    else:
        _show_results(results)


def _chosen(written: list[str]) -> dict[str, list[str]]:
    chosen: dict[str, list[str]] = {}
    for one in written:
        name, equals, value = one.partition("=")
        if not equals:
            raise PreuveError(
                _("This is not facet=value."), where=one, remedy="--facet access=PUBLIC"
            )
        chosen.setdefault(name.strip(), []).append(value.strip())
    return chosen


def _record(results: Results) -> dict[str, Any]:
    return {
        "text": results.text,
        "total": results.total,
        "page": results.page,
        "size": results.size,
        "relaxed": results.relaxed,
        "corrections": [vars(one) for one in results.corrections],
        "unknown": list(results.unknown),
        "hits": [vars(hit) for hit in results.hits],
        "facets": {
            one.facet: {
                "title": both(one.title),
                "values": [vars(value) for value in one.values],
                "more": one.more,
            }
            for one in results.facets
        },
    }


def _show_results(results: Results) -> None:
    total = results.total
    if results.corrections:
        used = ", ".join(one.used for one in results.corrections)
        out.print(_("Results for “{words}”").format(words=used), style="bold", markup=False)
    for word in results.unknown:
        out.print(_("No record has “{word}”.").format(word=word), markup=False)
    if results.relaxed:
        out.print(_("No record has every word: these have the most of them."))
    out.print(ngettext("{count} record", "{count} records", total).format(count=total))
    for hit in results.hits:
        titles = hit.summary.get("titles", {})
        title = titles.get(current_language()) or next(iter(titles.values()), hit.iri)
        out.print(f"  {title}\n    {hit.iri}", markup=False)
    table = Table(box=None, show_header=False)
    for facet in results.facets:
        values = [f"{one.label(current_language())} ({one.count})" for one in facet.values[:5]]
        if values:
            table.add_row(facet.title, ", ".join(values) + (" …" if facet.more else ""))
    out.print(table)


def reindex(database: Address = SITE) -> None:
    from preuve.catalogue.search import rebuild

    opened = _opened(database)
    with bars() as progress:
        count = rebuild(opened, progress)
    out.print(ngettext("{count} record", "{count} records", count).format(count=count))
    opened.close()


def _opened(database: str) -> Database:
    from preuve.core.store.database import Database

    return Database.open(database)
