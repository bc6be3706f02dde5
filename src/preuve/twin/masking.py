"""Masking: the rows of an impact that are not exported, because they count too few people.

A row is a place (or a day), an activity and a measure. Where a measure counts people or what
happens to them, a row whose median figure, without or with the scenario, is at least one tenth and
less than the smallest publishable number is masked whole: reference, scenario and difference, so
that none is had back from the two others. Then:

- further rows are masked so that none is had back by subtraction (`preuve.twin.complement`)
  from its département, its région, France, the whole of its activities, or the sum of its days;
- measures worked out from a masked count (an occupancy from days, a mean stay …) are masked too;
- of the rows that stay, a bound of an interval under the smallest number is left out.

France as a whole is always shown: nobody is recognised in it, and its figures are taken as known
to everybody when the rest is masked. Minutes, beds, hours and shares are not counts of people. A
difference between two shown rows may be small: both are shown. The figures are medians of runs,
hence sums of them are only nearly exact: taking them for exact masks more, never less. Effects on
health over France are expected numbers that no person can be recognised in; they are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
import polars as pl

from preuve.twin.baseline import packaged
from preuve.twin.complement import KNOWN, Balance, Sum, complement
from preuve.twin.disciplines import ACUTE
from preuve.twin.impact import BOUNDS, COLUMNS, WORLDS, Impact

SMALLEST = 11
"""Counts of people under this are masked, unless another number is asked for."""

PEOPLE = (
    "asked",
    "stays",
    "days",
    "moved",
    "transferred_out",
    "transferred_in",
    "refused",
    "outlying",
    "postponed_days",
    "blocked_days",
    "extra_beds_days",
    "still_waiting",
    "visits",
    "admitted",
    "births",
    "boarded_nights",
    "boarded_nights_elderly",
    "occupied",
    "arrivals",
    "transferred",
    "boarded",
    "deaths",
)
"""Measures that count people, or nights and days that people spent."""

DERIVED: Mapping[str, tuple[str, ...]] = {
    "occupancy": ("days",),
    "mean_stay": ("days", "stays"),
    "transfer_km": ("transferred_out",),
    "transfer_minutes": ("transferred_out",),
    "use_rate": ("stays",),
    "leak": ("stays",),
    "attraction": ("stays",),
}
"""Measures from which, with what is shown, a count could be worked out."""

OF_DAYS = ("hours_required", "overload")
"""Measures of the carers of a place, worked out from all its bed-days."""

FLOW = ("stays", "transferred_in", "transferred_out", "refused", "asked")
"""Who asks here or is sent here takes a bed, is sent elsewhere or is refused; where one must be
masked beside another, the last first."""

_LEAST = 0.05
_COUNTED = [f"{world}_value" for world in WORLDS[:2]]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Level:
    """A table of the hierarchy of places under France.

    Attributes:
        name: of the table. key: its column of places.
        above: for each place, the place of the level above it.
    """

    name: str
    key: str
    above: Mapping[str, str]


@dataclass(frozen=True)
class Masked(Impact):
    """An impact as it may leave: its tables that count people at a place have a column `masked`.

    Attributes:
        smallest: counts of people under it are masked.
    """

    smallest: int = SMALLEST


def mask(impact: Impact, smallest: int = SMALLEST) -> Masked:
    """An impact as it may leave; one that is masked already is given back as it is."""
    if isinstance(impact, Masked):
        return impact
    kept = {field.name: getattr(impact, field.name) for field in fields(impact)}
    return Masked(**{**kept, **masked(impact, smallest)}, smallest=smallest)


def masked(impact: Impact, smallest: int = SMALLEST) -> dict[str, pl.DataFrame]:
    """The tables of an impact as they are exported: a column `masked`, and no figure where true.

    Args:
        impact: the complete tables.
        smallest: counts of people under it are masked.

    Returns:
        national, regions, departments, sites, communes, days; the other tables hold no count of
        people at a place.
    """
    by_site = _hierarchy(impact, smallest)
    by_home = _with_groups(
        impact.communes.join(
            packaged("communes").select("commune", "department"), on="commune", how="left"
        ),
        [["department", "activity", "measure"], ["commune", "measure"]],
        smallest,
    ).drop("department")
    by_day = _with_groups(
        impact.days,
        [
            ["date", "region", "measure"],
            ["date", "activity", "measure"],
            ["region", "activity", "measure"],
        ],
        smallest,
    )
    france = impact.national.with_columns(masked=pl.lit(value=False))
    tables = {"national": france, **by_site, "communes": by_home, "days": by_day}
    places = {"communes": "commune", "sites": "finess", "departments": "department"}
    places |= {"regions": "region"}
    return {
        name: _blanked(_with_derived(table, places.get(name, "")), smallest)
        for name, table in tables.items()
    }


def _small(table: pl.DataFrame, smallest: int) -> Flags:
    """Rows of people whose median, in either world, is under the smallest number and not nil."""
    small = pl.any_horizontal(
        (pl.col(name) >= _LEAST) & (pl.col(name) < smallest) for name in _COUNTED
    )
    if "region" in table.columns:
        small &= pl.col("region") != ""
    found: Flags = (
        table.select(
            (pl.col("measure").is_in(PEOPLE) & small).fill_null(value=False).alias("small")
        )
        .to_series()
        .to_numpy()
    )
    return found


def _levels(impact: Impact) -> list[Level]:
    communes = packaged("communes").select("department", "region").unique()
    sites = packaged("sites").select("finess", "department")
    regions = sorted({*communes["region"], *impact.regions["region"]})
    return [
        Level("regions", "region", dict.fromkeys(regions, "")),
        Level("departments", "department", dict(communes.iter_rows())),
        Level("sites", "finess", dict(sites.iter_rows())),
    ]


def _hierarchy(impact: Impact, smallest: int) -> dict[str, pl.DataFrame]:
    """Régions, départements and sites, masked together."""
    levels = _levels(impact)
    stacked = pl.concat(
        [
            getattr(impact, level.name).select(
                pl.lit(depth).alias("depth"),
                pl.col(level.key).alias("place"),
                "activity",
                "measure",
                *_COUNTED,
            )
            for depth, level in enumerate(levels)
        ]
    )
    above = pl.DataFrame(
        [
            (depth, place, parent)
            for depth, level in enumerate(levels)
            for place, parent in level.above.items()
        ],
        schema={"depth": pl.Int32, "place": pl.String, "above": pl.String},
        orient="row",
    )
    rows = (
        stacked.with_row_index("row")
        .join(above, on=["depth", "place"], how="left")
        .filter(pl.col("measure").is_in(PEOPLE))
    )
    sums = [*_sums_of_places(rows), *_sums_of_activities(rows, ["depth", "place", "measure"])]
    balances = [
        Balance(np.array(group, dtype=np.int64))
        for group in rows.filter(pl.col("measure").is_in(FLOW))
        .sort(pl.col("measure").cast(pl.Enum(FLOW)))
        .group_by("depth", "place", "activity", maintain_order=True)
        .agg("row")["row"]
        .to_list()
    ]
    values = np.nan_to_num(stacked.select(_COUNTED).to_numpy())
    hidden = complement(np.maximum(values, 0), _small(stacked, smallest), sums, balances, smallest)
    starts = np.cumsum([0, *(getattr(impact, level.name).height for level in levels)])
    return {
        level.name: getattr(impact, level.name).with_columns(masked=pl.Series(hidden[start:end]))
        for level, start, end in zip(levels, starts, starts[1:], strict=False)
    }


def _sums_of_places(rows: pl.DataFrame) -> Iterator[Sum]:
    """A place is the sum of those under it; a whole that is in no row is taken as known."""
    wholes = rows.select(
        pl.col("depth") + 1,
        pl.col("place").alias("above"),
        "activity",
        "measure",
        pl.col("row").alias("whole"),
    )
    parts = (
        rows.filter(pl.col("above").is_not_null())
        .group_by("depth", "above", "activity", "measure")
        .agg("row")
        .join(wholes, on=["depth", "above", "activity", "measure"], how="left")
        .sort("depth", "above", "activity", "measure")
    )
    for whole, members in parts.select("whole", "row").iter_rows():
        yield _sum(whole, members)


def _sums_of_activities(rows: pl.DataFrame, keys: Sequence[str]) -> Iterator[Sum]:
    """Short stay as a whole is the sum of its disciplines."""
    grouped = (
        rows.filter(pl.col("activity").is_in(["", *ACUTE]))
        .group_by(keys)
        .agg(
            pl.col("row").filter(pl.col("activity") == "").first().alias("whole"),
            pl.col("row").filter(pl.col("activity") != "").alias("parts"),
        )
        .filter((pl.col("parts").list.len() > 0) & pl.col("whole").is_not_null())
        .sort(keys)
    )
    for whole, members in grouped.select("whole", "parts").iter_rows():
        yield _sum(whole, members)


def _sum(whole: int | None, members: Sequence[int]) -> Sum:
    return Sum(KNOWN if whole is None else whole, np.sort(np.array(members, dtype=np.int64)))


def _with_groups(
    table: pl.DataFrame, groups: Sequence[Sequence[str]], smallest: int
) -> pl.DataFrame:
    """A table masked so that the sum of each of its groups of rows may be known to everybody."""
    rows = table.with_row_index("row").filter(pl.col("measure").is_in(PEOPLE))
    if "region" in rows.columns:
        rows = rows.filter(pl.col("region") != "")
    sums = [
        _sum(None, members)
        for keys in groups
        for members in rows.group_by(keys).agg("row").sort(keys)["row"].to_list()
        if len(members) > 1
    ]
    values = np.maximum(np.nan_to_num(table.select(_COUNTED).to_numpy()), 0)
    hidden = complement(values, _small(table, smallest), sums, [], smallest)
    return table.with_columns(masked=pl.Series(hidden, dtype=pl.Boolean))


def _with_derived(table: pl.DataFrame, key: str) -> pl.DataFrame:
    """The table with the measures worked out from a masked count masked too."""
    places = [key] if key else []
    for measure, counts in DERIVED.items():
        table = _follow(table, [*places, "activity"], [measure], counts)
    return _follow(table, places, OF_DAYS, ("days",)) if places else table


def _follow(
    table: pl.DataFrame, keys: Sequence[str], measures: Sequence[str], counts: Sequence[str]
) -> pl.DataFrame:
    if not keys or not table["measure"].is_in(list(measures)).any():
        return table
    hidden = (
        table.filter(pl.col("masked") & pl.col("measure").is_in(counts))
        .select(keys)
        .unique()
        .with_columns(follows=pl.lit(value=True))
    )
    followed = pl.col("follows").fill_null(value=False) & pl.col("measure").is_in(measures)
    return (
        table.join(hidden, on=keys, how="left", maintain_order="left")
        .with_columns(masked=pl.col("masked") | followed)
        .drop("follows")
    )


def _blanked(table: pl.DataFrame, smallest: int) -> pl.DataFrame:
    """No figure in the masked rows, no bound of people under the smallest number in the others."""
    bounds = [f"{world}_{bound}" for world in WORLDS[:2] for bound in BOUNDS if bound != "value"]
    if not {"finess", "commune", "department", "region"} & set(table.columns):
        return table
    people = pl.col("measure").is_in(PEOPLE)
    if "region" in table.columns:
        people &= pl.col("region") != ""
    kept = table.with_columns(
        pl.when(people & (pl.col(name) >= _LEAST) & (pl.col(name) < smallest))
        .then(None)
        .otherwise(pl.col(name))
        .alias(name)
        for name in bounds
    )
    return kept.with_columns(
        pl.when(pl.col("masked")).then(None).otherwise(pl.col(name)).alias(name) for name in COLUMNS
    )
