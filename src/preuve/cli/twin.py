"""preuve twin: a scenario on the twin of every French hospital, and how far the twin is right."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from preuve.cli.console import bars, out, show_json, show_pages
from preuve.core.language import LANGUAGES, Language, _, ngettext

if TYPE_CHECKING:
    from preuve.twin import Impact, Scenario
    from preuve.twin.masking import Masked

app = typer.Typer(no_args_is_help=True, help=_("The twin of every French hospital."))
Json = Annotated[bool, typer.Option("--json", help=_("Machine-readable output."))]


@app.command(
    "run",
    help=_(
        "Run a scenario; write the impact page, its maps and its tables. "
        "A run that was stopped goes on where it stopped."
    ),
    epilog="preuve twin run close-maternity-lot --runs 200",
)
def run(
    scenario: Annotated[str, typer.Argument(help=_("A YAML file, or a scenario of the house."))],
    runs: Annotated[int, typer.Option(help=_("How many runs of the country."), min=1)] = 100,
    seed: Annotated[int, typer.Option(help=_("Same seed, same result."))] = 1,
    into: Annotated[
        Path | None, typer.Option(help=_("Folder to write; build/twin/NAME unless said."))
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help=_("Folder of your own tables, used in place of proxies."))
    ] = None,
    processes: Annotated[
        int | None, typer.Option(help=_("Processes; one for each processor unless said."), min=1)
    ] = None,
    cluster: Annotated[
        str | None, typer.Option(help=_("Address of a Dask scheduler to run on."))
    ] = None,
    as_json: Json = False,
) -> None:
    from preuve.twin import Scenario

    written = Scenario.load(scenario)
    folder = into or Path("build/twin") / written.name
    how: dict[str, Any] = {
        "seed": seed,
        "processes": processes,
        "cluster": cluster,
        "data": data,
    }
    if not as_json:
        made(written, runs, folder, **how)
        return None
    done = _run(written, runs, folder, hidden=True, **how)
    return show_json(
        {
            "provenance": dict(done.masked.provenance),
            "national": done.masked.national.to_dicts(),
            "tables": [str(path) for path in done.tables],
            "pages": {lang: str(path) for lang, path in done.pages.items()},
        }
    )


@dataclass(frozen=True)
class Made:
    """An impact, whole and masked, and the files it was written to."""

    impact: Impact
    masked: Masked
    tables: tuple[Path, ...]
    pages: dict[Language, Path]


def made(scenario: Scenario, runs: int, into: Path, **how: Any) -> Impact:
    """Run a scenario, write its masked page and tables, show what it changes; the whole impact."""
    from preuve.twin.page import terminal

    done = _run(scenario, runs, into, **how)
    out.print(terminal.summary(done.masked))
    out.print(_("Tables: {path}").format(path=(into / "tables").resolve()))
    show_pages(done.pages)
    return done.impact


def _run(
    scenario: Scenario,
    runs: int,
    into: Path,
    *,
    hidden: bool = False,
    data: Path | None = None,
    **how: Any,
) -> Made:
    from preuve.twin import France, export
    from preuve.twin.masking import mask
    from preuve.twin.page import page

    france = France.baseline(scenario.baseline, data=data)
    with bars(hidden=hidden) as progress:
        impact = france.run(scenario, runs, into=into, progress=progress, **how)
        masked = mask(impact)
        tables = export.write(masked, into)
        pages = dict(zip(LANGUAGES, page.write(masked, into), strict=True))
    return Made(impact, masked, tables, pages)


@app.command("scenarios", help=_("The scenarios of the house."), epilog="preuve twin scenarios")
def scenarios(as_json: Json = False) -> None:
    from preuve.twin import Scenario

    found = [Scenario.load(name) for name in Scenario.names()]
    if as_json:
        return show_json([scenario.record() for scenario in found])
    table = Table(box=None)
    for heading in (_("name"), _("scenario")):
        table.add_column(heading)
    for scenario in found:
        table.add_row(scenario.name, str(scenario.title))
    out.print(table)
    return None


@app.command(
    "check", help=_("Check a scenario without running it."), epilog="preuve twin check lot.yaml"
)
def check(scenario: Annotated[str, typer.Argument(help=_("A YAML file."))]) -> None:
    from preuve.twin import France, Scenario

    written = Scenario.load(scenario)
    France.baseline(written.baseline).check(written)
    out.print(
        ngettext(
            "{name} is in order: {count} element from {first} to {last}.",
            "{name} is in order: {count} elements from {first} to {last}.",
            len(written.elements),
        ).format(
            name=written.name,
            count=len(written.elements),
            first=written.period.start,
            last=written.period.end,
        )
    )


@app.command(
    "sites",
    help=_("Establishments by name, commune or département, with their FINESS number and beds."),
    epilog="preuve twin sites cahors",
)
def sites(
    words: Annotated[str, typer.Argument(help=_("Part of a name, a commune or a code."))],
    year: Annotated[int, typer.Option(help=_("Year of the figures."))] = 2024,
    as_json: Json = False,
) -> None:
    from preuve.pages.numbers import number
    from preuve.twin import France
    from preuve.twin.disciplines import ACTIVITIES
    from preuve.twin.page.words import activity_name

    found = France.baseline(year).search(words)
    if as_json:
        return show_json(found.to_dicts())
    table = Table(box=None)
    for heading in (_("FINESS"), _("establishment"), _("commune"), _("beds, or visits a year")):
        table.add_column(heading)
    for row in found.iter_rows(named=True):
        offered = [
            f"{activity_name(name).lower()} {number(row[name])}"
            for name in ACTIVITIES
            if row[name] > 0
        ]
        place = f"{row['commune_name']} ({row['department']})"
        table.add_row(row["finess"], row["name"], place, ", ".join(offered))
    out.print(table)
    return None


@app.command(
    "zoom",
    help=_(
        "Look at one service hour by hour: how long patients wait for a place, from the visits or "
        "stays of the year."
    ),
    epilog="preuve twin zoom 460000110 --places 14 --hours 4",
)
def zoom(
    site: Annotated[str, typer.Argument(help=_("FINESS number."))],
    discipline: Annotated[str, typer.Option(help=_("emergency, or a discipline."))] = "emergency",
    places: Annotated[
        int | None, typer.Option(help=_("Places or beds; the beds of the site unless said."), min=1)
    ] = None,
    hours: Annotated[
        float | None, typer.Option(help=_("Mean hours in a place; the mean stay unless said."))
    ] = None,
    year: Annotated[int, typer.Option(help=_("Year of the figures."))] = 2024,
    seed: Annotated[int, typer.Option(help=_("Same seed, same result."))] = 1,
    as_json: Json = False,
) -> None:
    from preuve.pages.numbers import number, percent
    from preuve.twin import Baseline
    from preuve.twin.queueing.zoom import zoomed

    found = zoomed(Baseline.load(year), site, discipline, places, hours, seed)
    if as_json:
        return show_json(found.record())
    out.print(
        _(
            "{rate} arrivals a day, {places} places, {hours} hours each on average: places are "
            "{busy} busy."
        ).format(
            rate=number(found.daily, 1),
            places=found.places,
            hours=number(found.hours, 1),
            busy=percent(found.busy, 0),
        )
    )
    out.print(
        _(
            "Mean wait {mean} h; half wait less than {half} h, nine in ten less than {most} h; "
            "{long} wait more than 4 h. Longest queue: {queue} people, at hour {hour} of the week "
            "(Monday 0 h first)."
        ).format(
            mean=number(found.mean_wait, 2),
            half=number(found.half, 2),
            most=number(found.most, 2),
            long=percent(found.long_waits, 1),
            queue=number(found.queue, 1),
            hour=found.hour,
        )
    )
    out.print(
        _(
            "ASSUMED: the hours of the day are those of one American department, times in a place "
            "are lognormal, first come first served; a real department sorts its patients."
        )
    )
    return None


@app.command("schema", help=_("The JSON schema of a scenario."), epilog="preuve twin schema")
def schema() -> None:
    from preuve.twin.scenario.written import schema as published

    show_json(published())


@app.command(
    "validate",
    help=_("Put the twin to the test of what really happened and write the validation page."),
    epilog="preuve twin validate --data ../shared/data",
)
def validate(
    data: Annotated[
        Path | None, typer.Option(help=_("Folder of the open data; PREUVE_DATA unless said."))
    ] = None,
    into: Annotated[Path, typer.Option(help=_("Folder to write."))] = Path("docs"),
) -> None:
    from preuve.twin.validation.page import write

    with bars() as progress:
        for path in write(data, into, progress):
            out.print(_("Page: {path}").format(path=path))
