"""Reading an impact: its figures found by place and measure, with the names of the places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import polars as pl

from preuve.twin.baseline import packaged
from preuve.twin.impact import Impact
from preuve.twin.masking import SMALLEST, mask
from preuve.twin.page.words import figure, interval, unit_of

Row = Mapping[str, Any]

_MASKED = ("national", "regions", "departments", "sites", "communes", "days")

LONGEST_ZOOM = 0.25
"""A share of residents whose figures change beyond which the change is that of the country."""


@dataclass(frozen=True)
class Words:
    """An uncertain figure as it is written: never a value without its interval."""

    value: str
    interval: str

    def __str__(self) -> str:
        return f"{self.value} ({self.interval})"


def words(row: Row, world: str, bound: str = "95") -> Words:
    """A figure of a row in one world, with the bounds that hold 95 % (or 80 %) of the runs."""
    unit, moved = shown_unit(row), world == "difference"
    low, high = row[f"{world}_low{bound}"], row[f"{world}_high{bound}"]
    return Words(
        figure(row[f"{world}_value"], unit, difference=moved),
        interval(low, high, unit, difference=moved),
    )


def shown_unit(row: Row) -> str:
    """The unit a figure is shown in: those who are refused or moved are patients."""
    return unit_of(row.get("measure", ""), row["unit"])


def visible(prefix: str = "difference") -> pl.Expr:
    """Rows whose 95 % interval leaves zero out."""
    return (pl.col(f"{prefix}_low95") > 0) | (pl.col(f"{prefix}_high95") < 0)


def is_visible(row: Row) -> bool:
    """Whether the 95 % interval of the difference leaves zero out."""
    low, high = row["difference_low95"], row["difference_high95"]
    return low is not None and high is not None and (low > 0 or high < 0)


@dataclass(frozen=True)
class Reading:
    """An impact, opened for reading, without the rows that are masked.

    Attributes:
        impact: its tables; every row has its figures.
        left_out: how many rows were masked.
        smallest: counts of people under it were masked.
    """

    impact: Impact
    left_out: int = 0
    smallest: int = SMALLEST

    @classmethod
    def of(cls, impact: Impact, smallest: int = SMALLEST) -> Reading:
        """An impact as it may be shown: masked here, unless it is already."""
        hidden = mask(impact, smallest)
        tables = {name: getattr(hidden, name) for name in _MASKED}
        shown = {name: table.filter(~pl.col("masked")) for name, table in tables.items()}
        left_out = sum(tables[name].height - shown[name].height for name in _MASKED)
        return cls(replace(hidden, **shown), left_out, hidden.smallest)

    @cached_property
    def sites(self) -> pl.DataFrame:
        """Every row of sites with the site's name, place and département."""
        places = packaged("sites").select(
            "finess", "name", "commune_name", "department", "lon", "lat"
        )
        return self.impact.sites.join(places, on="finess", how="left").with_columns(
            pl.col("name").fill_null(pl.col("finess"))
        )

    @cached_property
    def communes(self) -> pl.DataFrame:
        """Every row of communes with its name, département, residents and coordinates."""
        return self.impact.communes.join(packaged("communes"), on="commune", how="inner")

    @property
    def synthetic(self) -> bool:
        return bool(self.impact.provenance.get("synthetic"))

    def national(self, measure: str, activity: str = "") -> Row | None:
        """A row of the national table."""
        return _first(
            self.impact.national.filter(
                (pl.col("measure") == measure) & (pl.col("activity") == activity)
            )
        )

    def told(self, measure: str) -> Row | None:
        """The row of a measure over France that the conclusion tells.

        Of a local change the main activity first, else short stay as a whole; the other one where
        only that changes visibly.
        """
        order = ("", self.activity, "carers", "emergency")
        if self.is_local:
            order = (self.activity, "", "carers", "emergency")
        found = [row for code in order if (row := self.national(measure, code)) is not None]
        return next((row for row in found if is_visible(row)), found[0] if found else None)

    @cached_property
    def activity(self) -> str:
        """The activity that the page follows most closely.

        The one that an element of the scenario names, else the one whose stays (or visits) change
        most in proportion to what they were.
        """
        volumes = self.impact.sites.filter(
            pl.col("measure").is_in(["stays", "visits"]) & (pl.col("activity") != "")
        )
        named = [one for one in self._named() if one in volumes["activity"]]
        if named or not volumes.height:
            return named[0] if named else ""
        moved = pl.col("difference_value").abs().filter(visible()).sum()
        share = volumes.group_by("activity").agg(moved / pl.col("reference_value").sum())
        ordered = share.sort("difference_value", "activity", descending=[True, False])
        return str(ordered["activity"][0])

    def _named(self) -> Iterator[str]:
        """The activities that the elements of the scenario name."""
        for element in self.impact.scenario.get("elements") or ():
            for kind, body in element.items():
                if kind == "night_closure":
                    yield "emergency"
                elif isinstance(body, Mapping) and body.get("discipline"):
                    yield str(body["discipline"])

    @property
    def closed(self) -> list[str]:
        """The sites whose service of the main activity an element closes."""
        bodies = (one.get("close") for one in self.impact.scenario.get("elements") or ())
        return [
            str(body["site"]) for body in bodies if body and body["discipline"] == self.activity
        ]

    @property
    def volume(self) -> str:
        """The measure that says how much a service of the main activity does."""
        return "visits" if self.activity == "emergency" else "stays"

    @cached_property
    def services(self) -> pl.DataFrame:
        """The main activity, site by site: its stays, or its visits."""
        return self.sites.filter(
            (pl.col("activity") == self.activity) & (pl.col("measure") == self.volume)
        )

    def of_services(self, measure: str) -> pl.DataFrame:
        """Another measure of the main activity, site by site."""
        return self.sites.filter(
            (pl.col("activity") == self.activity) & (pl.col("measure") == measure)
        )

    @cached_property
    def drawn(self) -> tuple[str, str] | None:
        """Activity and measure of the maps by commune: travel time if it changes, else the
        accessibility of general practitioners, else expected stays; None without communes.
        """
        tables = self.impact.communes
        if not tables.height:
            return None
        moved = (
            self.communes.group_by("activity", "measure")
            .agg((pl.col("difference_value").abs() * pl.col("population")).filter(visible()).sum())
            .sort("activity", "measure")
        )
        for measure in ("minutes", "accessibility", "stays"):
            rows = moved.filter(pl.col("measure") == measure).sort(
                "difference_value", descending=True
            )
            if rows.height and rows["difference_value"][0] > 0:
                return str(rows["activity"][0]), measure
        kept = moved.filter(pl.col("activity") == self.activity)
        row = (kept if kept.height else moved).row(0, named=True)
        return row["activity"], row["measure"]

    @cached_property
    def residents(self) -> pl.DataFrame:
        """The measure of the maps, commune by commune; no row without communes."""
        if self.drawn is None:
            return self.communes
        activity, measure = self.drawn
        return self.communes.filter(
            (pl.col("activity") == activity) & (pl.col("measure") == measure)
        )

    @cached_property
    def affected(self) -> pl.DataFrame:
        """The communes whose mapped figure changes visibly."""
        return self.residents.filter(visible())

    @cached_property
    def is_local(self) -> bool:
        """Whether the change concerns a part of the country that a closer map can show."""
        living = float(self.residents["population"].sum()) or 1.0
        sites = self.services.filter(visible())
        if not self.affected.height and not sites.height:
            return False
        mostly = sites.height <= LONGEST_ZOOM * max(self.services.height, 1)
        return mostly and float(self.affected["population"].sum()) < LONGEST_ZOOM * living


def _first(rows: pl.DataFrame) -> Row | None:
    return rows.row(0, named=True) if rows.height else None
