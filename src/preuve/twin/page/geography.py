"""Geography: France laid flat on the pixels of a map, overseas départements in boxes of their own.

Metropolitan France is drawn in a Lambert conformal conic projection with the standard parallels of
Lambert-93 (44° and 49° N, origin 46.5° N 3° E), on a sphere: right for a drawing, not for a survey.
Each overseas département is drawn flat about its centre, at a scale of its own.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from preuve.twin.baseline import PACKAGED

Floats = npt.NDArray[np.float64]
Texts = npt.NDArray[np.str_]

OVERSEAS = ("971", "972", "973", "974", "976")
_EARTH_KM = 6371.0
_INSET, _GAP, _NAME = 58, 8, 12
_SMALLEST_RING = 3.0
_SHORTEST_STEP = 2.5


class Box(NamedTuple):
    """A rectangle of pixels: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Part:
    """A territory in its box: kilometres from a centre become pixels.

    Attributes:
        department: the overseas département, "" for metropolitan France.
        centre: kilometres (or lon, lat overseas) that fall on the middle of the box.
        scale: pixels per kilometre.
        box: where it is drawn; what falls outside is left out.
    """

    department: str
    centre: tuple[float, float]
    scale: float
    box: Box

    def pixels(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Pixels of places of this territory."""
        if self.department:
            x, y = flat(lon, lat, *self.centre)
        else:
            x, y = lambert(lon, lat)
            x, y = x - self.centre[0], y - self.centre[1]
        middle = (self.box.left + self.box.right) / 2, (self.box.top + self.box.bottom) / 2
        return middle[0] + x * self.scale, middle[1] - y * self.scale


@dataclass(frozen=True)
class Frame:
    """A map: its size in pixels and the territories it shows."""

    width: int
    height: int
    parts: tuple[Part, ...]

    @property
    def scale(self) -> float:
        """Pixels per kilometre of the first territory."""
        return self.parts[0].scale

    def pixels(self, lon: Floats, lat: Floats, departments: Texts) -> tuple[Floats, Floats]:
        """Pixels of places, nan for those outside the map."""
        x, y = np.full(len(lon), np.nan), np.full(len(lon), np.nan)
        overseas = np.isin(departments, OVERSEAS)
        for part in self.parts:
            here = departments == part.department if part.department else ~overseas
            px, py = part.pixels(lon[here], lat[here])
            box = part.box
            out = (px < box.left) | (px > box.right) | (py < box.top) | (py > box.bottom)
            x[here], y[here] = np.where(out, np.nan, px), np.where(out, np.nan, py)
        return x, y

    def outlines(self) -> list[list[tuple[float, float]]]:
        """Rings of the départements in pixels, without the detail too small to be seen."""
        return [ring for drawn in self.departments().values() for ring in drawn]

    def departments(self) -> dict[str, list[list[tuple[float, float]]]]:
        """Those rings by département; whole ones are closed, others are cut at the edge."""
        found: dict[str, list[list[tuple[float, float]]]] = {}
        for part in self.parts:
            for department, lon, lat in rings():
                if (department if department in OVERSEAS else "") == part.department:
                    found.setdefault(department, []).extend(_drawn(part, lon, lat))
        return found


def lambert(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Kilometres east and north of 3° E, 46.5° N."""
    first, second, origin = np.radians([44.0, 49.0, 46.5])

    def slope(angle: Any) -> Any:
        return np.tan(np.pi / 4 + angle / 2)

    n = np.log(np.cos(first) / np.cos(second)) / np.log(slope(second) / slope(first))
    factor = _EARTH_KM * np.cos(first) * slope(first) ** n / n
    radius = factor / slope(np.radians(lat)) ** n
    turn = n * np.radians(lon - 3.0)
    return radius * np.sin(turn), factor / slope(origin) ** n - radius * np.cos(turn)


def flat(lon: Floats, lat: Floats, lon0: float, lat0: float) -> tuple[Floats, Floats]:
    """Kilometres east and north of a place, for places near it."""
    degree = np.pi * _EARTH_KM / 180
    return (lon - lon0) * degree * np.cos(np.radians(lat0)), (lat - lat0) * degree


@cache
def national(width: int = 360) -> Frame:
    """France as a whole, overseas départements in a row of boxes under it."""
    x, y = _extent()
    scale = (width - 8) / (x[1] - x[0])
    tall = (y[1] - y[0]) * scale + 8
    metropolitan = Part(
        "", (float(x.mean()), float(y.mean())), scale, Box(0.0, 0.0, float(width), tall)
    )
    height = int(tall + _INSET + 2 * _GAP + _NAME)
    step = width / len(OVERSEAS)
    insets = [
        _inset(code, Box(step * i + _GAP, tall + _GAP, step * (i + 1) - _GAP, tall + _GAP + _INSET))
        for i, code in enumerate(OVERSEAS)
    ]
    return Frame(width, height, (metropolitan, *insets))


def around(lon: Floats, lat: Floats, departments: Texts, width: int = 360) -> Frame | None:
    """A closer map of the places given, of one territory: the one that holds most of them.

    None where they spread over more than 450 km: the map of France shows them as well.
    """
    if not len(lon):
        return None
    overseas = np.where(np.isin(departments, OVERSEAS), departments, "")
    names, counts = np.unique(overseas, return_counts=True)
    department = str(names[counts.argmax()])
    here = overseas == department
    centre = (float(lon[here].mean()), float(lat[here].mean()))
    x, y = flat(lon[here], lat[here], *centre) if department else lambert(lon[here], lat[here])
    low, high = (np.array([edge(x), edge(y)]) for edge in (np.min, np.max))
    size = max(float((high - low).max()) * 1.25, 90.0)
    if size > 450:
        return None
    middle = (low + high) / 2
    if department:
        degree = np.pi * _EARTH_KM / 180
        middle = np.array(centre) + middle / degree / [np.cos(np.radians(centre[1])), 1.0]
    box = Box(0.0, 0.0, float(width), float(width))
    part = Part(department, (float(middle[0]), float(middle[1])), width / size, box)
    return Frame(width, width, (part,))


@cache
def rings() -> tuple[tuple[str, Floats, Floats], ...]:
    """Every ring of every département: its code, longitudes and latitudes."""
    with gzip.open(PACKAGED / "departments.geojson.gz") as stream:
        features = json.load(stream)["features"]
    return tuple(
        (feature["properties"]["code"], *np.array(ring, dtype=np.float64).T)
        for feature in features
        for ring in _rings_of(feature["geometry"])
    )


def _rings_of(geometry: Any) -> Iterator[Sequence[Any]]:
    shapes = geometry["coordinates"]
    for polygon in shapes if geometry["type"] == "MultiPolygon" else [shapes]:
        yield from polygon


def _extent() -> tuple[Floats, Floats]:
    flat = [lambert(lon, lat) for code, lon, lat in rings() if code not in OVERSEAS]
    x, y = (np.concatenate([pair[axis] for pair in flat]) for axis in (0, 1))
    return np.array([x.min(), x.max()]), np.array([y.min(), y.max()])


def _inset(department: str, box: Box) -> Part:
    lon = np.concatenate([x for code, x, _ in rings() if code == department])
    lat = np.concatenate([y for code, _, y in rings() if code == department])
    centre = float((lon.min() + lon.max()) / 2), float((lat.min() + lat.max()) / 2)
    x, y = flat(lon, lat, *centre)
    size = max(np.ptp(x) / (box.right - box.left), np.ptp(y) / (box.bottom - box.top))
    return Part(department, centre, 0.98 / float(size), box)


def _drawn(part: Part, lon: Floats, lat: Floats) -> Iterator[list[tuple[float, float]]]:
    """A ring in pixels, in pieces cut at the edge of the box."""
    x, y = part.pixels(lon, lat)
    if np.ptp(x) * np.ptp(y) < _SMALLEST_RING:
        return
    box = part.box
    inside = (x >= box.left) & (x <= box.right) & (y >= box.top) & (y <= box.bottom)
    piece: list[tuple[float, float]] = []
    for px, py, kept in zip(x.tolist(), y.tolist(), inside.tolist(), strict=True):
        if not kept:
            yield from [piece] if len(piece) > 1 else []
            piece = []
            continue
        far = not piece or abs(px - piece[-1][0]) + abs(py - piece[-1][1]) >= _SHORTEST_STEP
        if far:
            piece.append((_half(px), _half(py)))
    if len(piece) > 1:
        if inside.all():
            piece.append(piece[0])
        yield piece


def _half(value: float) -> float:
    """A pixel to the half: what the eye tells apart."""
    return round(2 * value) / 2
