"""The funding page: who pays whom under a scheme, in each language, and its tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from preuve.core.language import LANGUAGES, _, speaking
from preuve.core.record import write_whole
from preuve.economics.funding import Funding
from preuve.economics.model import Model
from preuve.economics.page import funding_charts as charts
from preuve.economics.page import funding_conclusion as conclusion
from preuve.economics.page import funding_tables as tables
from preuve.economics.page.funding_limits import limits
from preuve.economics.page.funding_reading import Line, Reading
from preuve.pages.layout import render
from preuve.pages.numbers import NOTHING, number, typeset

if TYPE_CHECKING:
    from rich.console import Group

_TEMPLATE = Path(__file__).parent / "templates" / "funding.html.j2"
_SHOWN_LIMITS = 3


def write(model: Model, found: Funding, folder: Path) -> tuple[Path, ...]:
    """Write the page of a funding in French and in English, and its flows as tables.

    Args:
        model: the model.
        found: what its schemes make flow.
        folder: where `funding.fr.html` and `funding.en.html` are written;
            `tables/flows.parquet` holds each actor by month, `tables/maker.parquet` the maker.

    Returns:
        The two pages, French first.

    Raises:
        PreuveError: the optional part "pages" is not installed.
    """
    reading = Reading(model, found)
    pages = {}
    for language in LANGUAGES:
        with speaking(language):
            pages[folder / f"funding.{language}.html"] = render(_TEMPLATE, **shown(reading))
    for path, text in pages.items():
        write_whole(path, text.encode())
    _write_tables(found, folder / "tables")
    return tuple(pages)


def _write_tables(found: Funding, folder: Path) -> None:
    import polars

    folder.mkdir(parents=True, exist_ok=True)
    priced = found.comparison.schemes
    for name, parts in (
        ("flows", {one: each.flows.table() for one, each in priced.items()}),
        ("maker", {one: each.account.table() for one, each in priced.items()}),
    ):
        named = [part.with_columns(scheme=polars.lit(one)) for one, part in parts.items()]
        polars.concat(named).write_parquet(folder / f"{name}.parquet")


def shown(reading: Reading) -> dict[str, Any]:
    """Everything the template shows, in the current language."""
    model = reading.model
    return {
        "title": str(model.written.title),
        "synthetic": reading.synthetic,
        "is_comparison": reading.is_comparison,
        "span": reading.lines[0].span,
        "months": number(reading.lines[0].months),
        "entered": reading.entered,
        "headline": conclusion.headline(reading),
        "sentences": list(conclusion.sentences(reading)),
        "limits": limits(reading),
        "schemes": tables.schemes(reading),
        "compared": charts.compared(reading) if reading.is_comparison else [],
        "lines": [_line(reading, line) for line in reading.lines],
        "hypotheses": tables.hypotheses(reading),
        "tariffs": tables.tariffs(reading),
        "digest": model.digest,
        "draws": number(reading.drawn.count),
        "seed": str(reading.drawn.seed),
        "model": model.name,
        "has_costs": reading.lines[0].has_costs,
    }


def _line(reading: Reading, line: Line) -> dict[str, Any]:
    clock = reading.clock(line)
    drawn = line.is_own or not reading.is_comparison
    return {
        "name": line.name,
        "label": line.label,
        "about": line.about,
        "flows": tables.flows(line),
        "fates": tables.fates(clock) if clock else [],
        "clock": [charts.timeline(line, clock), charts.cover(line, clock)] if clock else [],
        "spending": charts.spending(line) if drawn else None,
        "cash": charts.cash(line) if drawn else None,
        "break_even": charts.break_even(line) if drawn else None,
    }


def summary(model: Model, found: Funding) -> Group:
    """Conclusion, schemes side by side and limits, for `rich` to print; the page holds the rest."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    reading = Reading(model, found)
    parts: list[Any] = []
    if reading.synthetic:
        parts.append(Text(_("SYNTHETIC FIGURES: true of no hospital."), style="bold reverse"))
    parts.append(Text(typeset(conclusion.headline(reading)), style="bold"))
    parts += [
        Text(typeset(_("{title}: {text}").format(title=title, text=said)))
        for title, said in conclusion.sentences(reading)
    ]
    if reading.is_comparison:
        table = Table(box=None, pad_edge=False)
        for heading in (
            _("scheme"),
            _("payers spend"),
            _("for each use"),
            _("break-even"),
            _("probability"),
        ):
            table.add_column(heading, overflow="fold")
        for row in tables.schemes(reading):
            cells = (row[key] for key in ("spending", "each", "break_even", "chance"))
            table.add_row(
                row["label"],
                *(str(one) if one else NOTHING for one in cells),
                style="bold" if row["is_own"] else "",
            )
        parts.append(table)
    parts += [Text(typeset(f"· {one}"), style="dim") for one in limits(reading)[:_SHOWN_LIMITS]]
    return Group(*parts)
