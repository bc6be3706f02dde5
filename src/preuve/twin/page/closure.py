"""Closure: where the patients of a closed service go, in sentences computed from the tables."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from preuve.core.language import _
from preuve.pages.numbers import number, percent
from preuve.twin.page.names import region_name, site_name
from preuve.twin.page.reading import Reading, Row, is_visible, visible, words
from preuve.twin.page.words import activity_name, measure_name

NEAREST = (1, 3, 6)
"""Numbers of nearest sites at which the stays of a closed service are counted."""

_LOCAL = frozenset(("close", "open", "resize", "night_closure"))
_NAMED = 4
_NEIGHBOURS = 3
_EARTH_KM = 6371.0


def sentences(reading: Reading) -> Iterator[tuple[str, str]]:
    """For each closed service: what it loses and who takes it; then how full the takers are.

    Where the scenario holds other changes than those of services, what the neighbours take is
    not told apart from them: only the loss is told.
    """
    for finess in reading.closed:
        lost = reading.services.filter(pl.col("finess") == finess)
        if lost.height and is_visible(lost.row(0, named=True)):
            yield _title(finess), " ".join(_told(reading, lost.row(0, named=True)))
    if reading.closed and is_alone(reading):
        yield from _neighbours(reading)


def _title(finess: str) -> str:
    return str(_("What becomes of {site}").format(site=site_name(finess)))


def is_alone(reading: Reading) -> bool:
    """Whether the scenario changes services of sites and nothing else."""
    elements = reading.impact.scenario.get("elements") or ()
    return all(set(element) <= _LOCAL for element in elements)


def _told(reading: Reading, lost: Row) -> Iterator[str]:
    change = words(lost, "difference")
    yield _(
        "{activity}: {change} (95% interval {interval}), from {before} to {after} over the period."
    ).format(
        activity=activity_name(reading.activity),
        change=change.value,
        interval=change.interval,
        before=words(lost, "reference").value,
        after=words(lost, "scenario").value,
    )
    if not is_alone(reading) or len(reading.closed) > 1:
        return
    takers = _takers(reading)
    if not takers.height:
        return
    yield _("{count} sites do visibly more, the most (95% interval): {sites}.").format(
        count=number(takers.height),
        sites="; ".join(
            f"{site_name(row['finess'])} {words(row, 'difference')}"
            for row in takers.head(_NAMED).iter_rows(named=True)
        ),
    )
    shares = _found_again(reading, lost)
    yield _(
        "Found again at the nearest site {first}, at the 3 nearest {third}, at the 6 nearest "
        "{sixth} (as the crow flies, at the medians of the runs)."
    ).format(**{key: percent(shares[n], 0) for key, n in zip(_KEYS, NEAREST, strict=True)})


_KEYS = ("first", "third", "sixth")


def _takers(reading: Reading) -> pl.DataFrame:
    return reading.services.filter(visible() & (pl.col("difference_value") > 0)).sort(
        "difference_value", "finess", descending=[True, False]
    )


def _found_again(reading: Reading, lost: Row) -> dict[int, float]:
    """Share of the stays lost that the nearest sites with the same service gain."""
    others = reading.services.filter(
        (pl.col("finess") != lost["finess"]) & (pl.col("reference_value") > 0)
    )
    distance = _km(others["lon"].to_numpy(), others["lat"].to_numpy(), lost["lon"], lost["lat"])
    gained = others["difference_value"].to_numpy()[np.argsort(distance, kind="stable")]
    return {count: float(gained[:count].sum() / -lost["difference_value"]) for count in NEAREST}


def _km(
    lon: np.ndarray[tuple[int], np.dtype[np.float64]],
    lat: np.ndarray[tuple[int], np.dtype[np.float64]],
    lon0: float,
    lat0: float,
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Great-circle distances to a point (haversine), degrees to kilometres."""
    east, north = np.radians(lon - lon0), np.radians(lat - lat0)
    scale = np.cos(np.radians(lat)) * np.cos(np.radians(lat0))
    chord = np.sin(north / 2) ** 2 + scale * np.sin(east / 2) ** 2
    return np.asarray(2 * _EARTH_KM * np.arcsin(np.sqrt(chord)))


def _neighbours(reading: Reading) -> Iterator[tuple[str, str]]:
    """Occupancy of the sites that take most, and transfers in the régions of the closed ones."""
    wanted = _takers(reading)["finess"].head(_NEIGHBOURS).to_list()
    rows = reading.of_services("occupancy").filter(pl.col("finess").is_in(wanted))
    said = [
        _("{site} from {before} to {after}, {change}").format(
            site=site_name(row["finess"]),
            before=words(row, "reference").value,
            after=words(row, "scenario").value,
            change=words(row, "difference"),
        )
        for row in sorted(rows.iter_rows(named=True), key=lambda row: wanted.index(row["finess"]))
    ]
    if said:
        title = _("How full the neighbours are")
        yield (
            str(title),
            str(
                _("Mean occupancy of the beds (95% interval of the change): {sites}.").format(
                    sites="; ".join(said)
                )
            ),
        )
    for region in sorted(regions_of(reading, reading.closed)):
        row = reading.impact.regions.filter(
            (pl.col("region") == region)
            & (pl.col("activity") == reading.activity)
            & (pl.col("measure") == "transferred_out")
        )
        if row.height and is_visible(row.row(0, named=True)):
            yield _title_of_transfers(region), _transfers(row.row(0, named=True))


def _title_of_transfers(region: str) -> str:
    return f"{measure_name('transferred_out')} ({region_name(region)})"


def _transfers(row: Row) -> str:
    change = words(row, "difference")
    return str(
        _("{change} (95% interval {interval}), from {before} to {after}.").format(
            change=change.value,
            interval=change.interval,
            before=words(row, "reference").value,
            after=words(row, "scenario").value,
        )
    )


def regions_of(reading: Reading, sites: list[str]) -> set[str]:
    """The régions of some sites, by their code."""
    departments = reading.sites.filter(pl.col("finess").is_in(sites))["department"].unique()
    places = reading.communes.filter(pl.col("department").is_in(departments.to_list()))
    return set(places["region"].unique().to_list())
