"""Rows of a node of the benchmark -> cases."""

from __future__ import annotations

import numpy as np

from preuve.core.cases import Cases
from preuve.core.source import Source
from preuve.core.usecase import UseCase


def read(source: Source, usecase: UseCase) -> Cases:  # noqa: ARG001  every use case reads so
    """The cases of `rows.npy`: (n, 21) float32, features and then 1 for an event, else 0."""
    rows = np.load(source.folder / "rows.npy")
    identifiers = np.char.add(f"{source.folder.parent.name}-", np.arange(len(rows)).astype(np.str_))
    return Cases(
        identifiers=identifiers,
        persons=identifiers,
        reference=rows[:, -1:].astype(np.int8),
        inputs={"features": rows[:, :-1].__getitem__},
        synthetic=True,
    )
