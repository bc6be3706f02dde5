"""Export: the tables of an impact as files, small cells masked, written whole or not at all.

    folder/impact.json        the scenario, the provenance, the masking, a digest of each table
    folder/README.md          what every table and column holds, in French and in English
    folder/tables/*.parquet   the tables
    folder/tables/*.csv       the same tables

What is saved is what may leave: the masked tables. The complete ones are not kept; the same
command makes them again.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from preuve.core.errors import PreuveError
from preuve.core.language import LANGUAGES, _, both, speaking
from preuve.core.record import canonical, digest_file, read_json, write_whole
from preuve.twin.impact import COLUMNS, Impact
from preuve.twin.masking import SMALLEST, Masked, mask

SCHEMA = "preuve/impact/1"

TABLES = (
    "hypotheses",
    "national",
    "regions",
    "departments",
    "sites",
    "communes",
    "days",
    "beds",
    "health",
)

_SHARES = ("proportion", "ratio")
_DIGITS_OF_SHARES, _DIGITS = 4, 1
_TEXTS = ("label", "source")


def write(impact: Impact, folder: Path, smallest: int = SMALLEST) -> tuple[Path, ...]:
    """Write every table of an impact to Parquet and CSV, with a README and a record.

    Args:
        impact: the complete tables, or those that are masked already.
        folder: made if need be; tables it held of an earlier impact are replaced.
        smallest: counts of people under it are masked, unless they are already.

    Returns:
        Every file written.

    Raises:
        PreuveError: the scenario or the provenance holds what a record cannot (a NaN, an object).
    """
    hidden = mask(impact, smallest)
    folder.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=folder, prefix=".tables."))
    try:
        for name, table in exported(hidden).items():
            table.write_parquet(made / f"{name}.parquet", compression="zstd")
            table.write_csv(made / f"{name}.csv")
        record = canonical(
            {
                "schema": SCHEMA,
                "scenario": dict(impact.scenario),
                "provenance": dict(impact.provenance),
                "masking": {"smallest": hidden.smallest},
                "tables": {path.name: digest_file(path) for path in sorted(made.iterdir())},
            }
        )
        made.chmod(0o755)
        _put(made, folder / "tables")
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    write_whole(folder / "README.md", _readme(hidden.smallest).encode())
    write_whole(folder / "impact.json", record)
    return (
        folder / "impact.json",
        folder / "README.md",
        *sorted((folder / "tables").iterdir()),
    )


def exported(impact: Impact, smallest: int = SMALLEST) -> dict[str, pl.DataFrame]:
    """The tables as they are written: masked, rounded, every text in both languages."""
    hidden = mask(impact, smallest)
    return {name: _rounded(_worded(getattr(hidden, name))) for name in TABLES}


def read(folder: Path) -> Masked:
    """The impact of a folder: its masked tables, as they were written.

    Raises:
        PreuveError: a file is missing, is not an impact, or is not the one that was written.
    """
    record = read_json(folder / "impact.json")
    if not isinstance(record, Mapping) or record.get("schema") != SCHEMA:
        raise PreuveError(
            _("This is not the record of an impact of this version."),
            where=folder / "impact.json",
            remedy=_("Run the scenario again."),
        )
    for name, written in record["tables"].items():
        path = folder / "tables" / name
        if not path.exists() or digest_file(path) != written:
            raise PreuveError(
                _("This table is missing or is not the one that was written."),
                where=path,
                remedy=_("Run the scenario again."),
            )
    return Masked(
        scenario=record["scenario"],
        provenance=record["provenance"],
        **{name: pl.read_parquet(folder / "tables" / f"{name}.parquet") for name in TABLES},
        smallest=record["masking"]["smallest"],
    )


def _put(made: Path, place: Path) -> None:
    """Put a finished folder in its place; the one that was there goes last."""
    old = made.with_name(f"{made.name}.old")
    if place.exists():
        place.rename(old)
    try:
        made.rename(place)
    except BaseException:
        if old.exists():
            old.rename(place)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _worded(table: pl.DataFrame) -> pl.DataFrame:
    """Messages in a column for each language; a text known in one language stays as it is."""
    for name in _TEXTS:
        if name not in table.columns:
            continue
        said = [both(text if text is not None else "") for text in table[name].to_list()]
        columns = [
            pl.Series(f"{name}_{language}", [one[language] for one in said], dtype=pl.String)
            for language in LANGUAGES
        ]
        table = table.drop(name).with_columns(columns)
    return table


def _rounded(table: pl.DataFrame) -> pl.DataFrame:
    """Shares to four digits, other figures to one; a NaN is a figure that is not known."""
    figures = [name for name in COLUMNS if name in table.columns]
    share = pl.col("unit").is_in(_SHARES) if "unit" in table.columns else pl.lit(value=False)
    return table.with_columns(
        pl.when(share)
        .then(pl.col(name).cast(pl.Float64).fill_nan(None).round(_DIGITS_OF_SHARES))
        .otherwise(pl.col(name).cast(pl.Float64).fill_nan(None).round(_DIGITS))
        .alias(name)
        for name in figures
    )


def _readme(smallest: int) -> str:
    parts = []
    for language in LANGUAGES:
        with speaking(language):
            parts.append("\n".join(_lines(smallest)))
    return "\n\n---\n\n".join(parts) + "\n"


def _lines(smallest: int) -> Iterator[str]:
    yield "# " + _("Tables of an impact")
    yield ""
    yield _(
        "Counts of people under {smallest} are masked (column `masked`, figures left empty), and "
        "with them what would give them back by subtraction; France as a whole is always shown. "
        "These are the tables that may leave; the complete ones are not kept."
    ).format(smallest=smallest)
    yield ""
    yield "## " + _("Tables")
    yield ""
    for name, about in _about_tables():
        yield f"- `{name}`: {about}"
    yield ""
    yield "## " + _("Columns")
    yield ""
    for name, about in _about_columns():
        yield f"- `{name}`: {about}"


def _about_tables() -> list[tuple[str, str]]:
    return [
        ("hypotheses", _("every parameter: value, 95% bounds, unit, kind, source")),
        ("national", _("France")),
        ("regions", _("régions, by their INSEE code")),
        ("departments", _("départements")),
        ("sites", _("establishments, by their FINESS number")),
        ("communes", _("communes, by their INSEE code")),
        ("days", _("each day; region is empty for France")),
        ("beds", _("beds needed at a chosen risk of refusal")),
        ("health", _("effects on health, each apart; never to be added up")),
    ]


def _about_columns() -> list[tuple[str, str]]:
    return [
        ("activity", _("a discipline, emergency, carers; empty for short stay as a whole")),
        ("measure", _("what is counted")),
        ("unit", _("unit of the figures")),
        ("reference_*", _("without the scenario")),
        ("scenario_*", _("with the scenario")),
        ("difference_*", _("scenario less reference, run by run")),
        ("*_value", _("median of the runs")),
        ("*_low80, *_high80", _("bounds that hold 80% of the runs")),
        (
            "*_low95, *_high95",
            _("bounds that hold 95% of the runs; empty where they are a small count of people"),
        ),
        (
            "chance, parameters, variants",
            _("standard deviation of the difference due to each; empty where it is not known"),
        ),
        ("masked", _("true where the figures are left out")),
        ("risk", _("share of patients refused")),
        ("beds_open, beds_needed_*", _("beds open today, beds needed at that risk")),
        ("shown", _("whether the effect is switched on in the scenario")),
    ]
