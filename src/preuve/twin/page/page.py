"""The impact page: what a planner reads, one file per language that needs nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from preuve.core.language import LANGUAGES, _, speaking
from preuve.core.record import write_whole
from preuve.pages.layout import render
from preuve.pages.numbers import number
from preuve.twin.impact import Impact
from preuve.twin.masking import SMALLEST
from preuve.twin.page import charts, conclusion, tables
from preuve.twin.page.commune_maps import commune_maps
from preuve.twin.page.department_maps import department_maps
from preuve.twin.page.elements import elements, period
from preuve.twin.page.maps import frames as frames_of
from preuve.twin.page.reading import Reading, is_visible
from preuve.twin.page.site_maps import site_maps
from preuve.twin.page.words import activity_name, say

_TEMPLATE = Path(__file__).parent / "templates" / "impact.html.j2"


def write(impact: Impact, folder: Path, smallest: int = SMALLEST) -> tuple[Path, ...]:
    """Write the page of an impact in French and in English: no network, no script to read it.

    Args:
        impact: the impact.
        folder: where `impact.fr.html` and `impact.en.html` are written.
        smallest: counts of people under it are left out.

    Returns:
        The two paths, French first.

    Raises:
        PreuveError: the optional part "pages" is not installed.
    """
    pages, reading = {}, Reading.of(impact, smallest)
    for language in LANGUAGES:
        with speaking(language):
            pages[folder / f"impact.{language}.html"] = page(reading)
    for path, text in pages.items():
        write_whole(path, text.encode())
    return tuple(pages)


def page(reading: Reading) -> str:
    """The page in the current language."""
    return render(_TEMPLATE, **shown(reading))


def shown(reading: Reading) -> dict[str, Any]:
    """Everything the template shows, in the current language."""
    scenario, provenance = reading.impact.scenario, reading.impact.provenance
    frames = frames_of(reading)
    needed, services = tables.beds(reading)
    main = [row for row in reading.impact.national.iter_rows(named=True) if is_visible(row)]
    return {
        "title": say(scenario.get("title") or scenario.get("name") or _("Impact of a scenario")),
        "period": period(scenario),
        "question": say(scenario.get("question") or ""),
        "synthetic": reading.synthetic,
        "headline": conclusion.headline(reading),
        "sentences": list(conclusion.sentences(reading)),
        "unchanged": conclusion.unchanged(reading),
        "limits": list(conclusion.limits(reading)),
        "elements": elements(scenario),
        "hypotheses": tables.hypotheses(reading),
        "counted": tables.counted(reading),
        "own_figures": [say(one) for one in provenance.get("own_figures") or ()],
        "maps": [
            {
                "name": frame.name,
                "where": frame.where,
                "communes": commune_maps(reading, frame),
                "departments": [] if reading.drawn else department_maps(reading, frame),
                "sites": site_maps(reading, frame),
            }
            for frame in reversed(frames)
        ],
        "is_local": len(frames) > 1,
        "activity": activity_name(reading.activity),
        "ranked": [
            figure
            for figure in (charts.ranked_sites(reading), charts.ranked_communes(reading))
            if figure
        ],
        "communes": tables.communes(reading),
        "territories": tables.territories(reading),
        "days": charts.daily(reading),
        "beds_columns": needed,
        "beds": services,
        "doubt": charts.doubt(main),
        "carers": tables.carers(reading),
        "health": tables.health(reading),
        "national": tables.national(reading),
        "provenance": tables.provenance(reading),
        "digests": tables.digests(reading),
        "command": str(provenance.get("command", "")),
        "ranked_count": number(charts.RANKED),
    }
