"""Territory: the sites, communes, départements or régions that an element touches."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl
from pydantic import model_validator

from preuve.core.language import _
from preuve.core.written import Written
from preuve.twin.baseline import Baseline
from preuve.twin.scenario.quantities import Codes

Flags: TypeAlias = npt.NDArray[np.bool_]
Level: TypeAlias = Literal["site", "commune", "department", "region"]
LEVELS: tuple[Level, ...] = ("site", "commune", "department", "region")

CITIES = {
    "75056": tuple(str(75101 + place) for place in range(20)),
    "69123": tuple(str(69381 + place) for place in range(9)),
    "13055": tuple(str(13201 + place) for place in range(16)),
}
"""Paris, Lyon and Marseille, whose residents are counted by arrondissement."""


class Territory(Written):
    """Where an element acts: codes of exactly one of the four levels."""

    site: Codes | None = None
    commune: Codes | None = None
    department: Codes | None = None
    region: Codes | None = None

    @model_validator(mode="after")
    def _one_level(self) -> Territory:
        if sum(getattr(self, level) is not None for level in LEVELS) != 1:
            raise ValueError(
                _("give exactly one of {words}.").format(words=", ".join(map(str, LEVELS)))
            )
        return self

    @property
    def level(self) -> Level:
        """Which of the four is given."""
        return next(level for level in LEVELS if getattr(self, level) is not None)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of that level."""
        found: tuple[str, ...] = getattr(self, self.level)
        return found

    def sites(self, baseline: Baseline) -> Flags:
        """The establishments that stand there, shape (S,)."""
        if self.level == "site":
            return baseline.sites["finess"].is_in(list(self.codes)).to_numpy()
        if self.level == "commune":
            return baseline.sites["commune"].is_in(sorted(self._communes())).to_numpy()
        return self._departments(baseline)[baseline.department]

    def communes(self, baseline: Baseline) -> Flags:
        """The communes it holds, shape (C,); of a site, the commune where it stands."""
        if self.level in ("department", "region"):
            return self._departments(baseline)[baseline.communes.department]
        codes = self._communes()
        if self.level == "site":
            stand = baseline.sites.filter(pl.col("finess").is_in(list(self.codes)))["commune"]
            codes = set(stand) | {one for city in stand for one in CITIES.get(city, ())}
        return baseline.communes.table["commune"].is_in(sorted(codes)).to_numpy()

    def departments(self, baseline: Baseline) -> Flags:
        """The départements it covers whole, shape (Z,).

        Raises:
            ValueError: the territory is made of sites or communes.
        """
        if self.level not in ("department", "region"):
            raise ValueError(self.level)
        return self._departments(baseline)

    def _departments(self, baseline: Baseline) -> Flags:
        held = baseline.departments if self.level == "department" else baseline.regions
        return np.array([code in self.codes for code in held])

    def _communes(self) -> set[str]:
        """The codes; those of a whole city with its arrondissements."""
        return {one for code in self.codes for one in (code, *CITIES.get(code, ()))}


def sites_of(territory: Territory | None, baseline: Baseline) -> Flags:
    """The establishments of a territory, shape (S,); all of them for no territory."""
    if territory is None:
        return np.ones(baseline.sites.height, dtype=bool)
    return territory.sites(baseline)


def communes_of(territory: Territory | None, baseline: Baseline) -> Flags:
    """The communes of a territory, shape (C,); all of them for no territory."""
    if territory is None:
        return np.ones(baseline.communes.table.height, dtype=bool)
    return territory.communes(baseline)


def departments_of(territory: Territory | None, baseline: Baseline) -> Flags:
    """The départements of a territory, shape (Z,); all of them for no territory."""
    if territory is None:
        return np.ones(len(baseline.departments), dtype=bool)
    return territory.departments(baseline)
