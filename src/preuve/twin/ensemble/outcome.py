"""Outcome: what one run of one world is remembered by."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from preuve.twin.disciplines import ACUTE
from preuve.twin.world import DAY_MEASURES, Flow

Shorts = npt.NDArray[np.int32]
Singles = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

REGIONAL = ("occupied", "refused", "boarded")
"""The daily measures that are kept for each région, over the acute disciplines."""


@dataclass(frozen=True)
class Outcome:
    """One run of one world.

    Attributes:
        services: counts by site, discipline and `SERVICE_MEASURES`, shape (S, D, 12).
        sites: counts by site and `SITE_MEASURES`, shape (S, 4).
        transfer_km: kilometres of transfers out of each service, shape (S, D).
        national: counts by day, discipline and `DAY_MEASURES`, shape (T', D, 6).
        regional: counts by day, région and `REGIONAL`, shape (T', G, 3).
        expected: figures of the layers that draw no chance of their own (hours of carers, deaths
            of heat, …), each an array.
    """

    services: Shorts
    sites: Shorts
    transfer_km: Singles
    national: Shorts
    regional: Shorts
    expected: Mapping[str, Floats] = field(default_factory=dict)

    @classmethod
    def of(cls, flow: Flow, expected: Mapping[str, Floats]) -> Outcome:
        """What is kept of a flow."""
        kept = [DAY_MEASURES.index(name) for name in REGIONAL]
        return cls(
            services=flow.services.astype(np.int32),
            sites=flow.sites.astype(np.int32),
            transfer_km=flow.transfer_km.astype(np.float32),
            national=flow.daily.sum(axis=1, dtype=np.int32),
            regional=flow.daily[:, :, : len(ACUTE)][..., kept].sum(axis=2, dtype=np.int32),
            expected=expected,
        )

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Every array by its name."""
        return {
            "services": self.services,
            "sites": self.sites,
            "transfer_km": self.transfer_km,
            "national": self.national,
            "regional": self.regional,
            **{f"expected.{name}": value for name, value in self.expected.items()},
        }


def pack(outcomes: Mapping[str, Outcome]) -> bytes:
    """The outcomes of one run, by world, as the bytes of an npz archive."""
    stream = io.BytesIO()
    arrays = {
        f"{world}/{name}": array
        for world, outcome in outcomes.items()
        for name, array in outcome.arrays().items()
    }
    np.savez_compressed(stream, **arrays)  # type: ignore[arg-type]
    return stream.getvalue()


def stacked(
    paths: Sequence[Path],
    world: str,
    name: str,
    then: Callable[[npt.NDArray[Any]], npt.NDArray[Any]] | None = None,
) -> npt.NDArray[Any]:
    """One array of a world from every run, stacked on a first axis of runs.

    `then` makes each array smaller (a sum over places, a part of the sites) before it is kept.
    """

    def one(path: Path) -> npt.NDArray[Any]:
        with np.load(path) as archive:
            array: npt.NDArray[Any] = archive[f"{world}/{name}"]
            return array if then is None else then(array)

    return np.stack([one(path) for path in paths])
