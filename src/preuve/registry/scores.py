"""Scores: what a system answers at a node, held to one contract whatever its door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from preuve.core.cases import Cases
from preuve.core.errors import PreuveError
from preuve.core.language import _, ngettext
from preuve.core.usecase import UseCase

ROUNDING = 1e-6
"""How far outside [0, 1] a score may lie: the rounding of 32-bit arithmetic. It is then clipped."""


@dataclass(frozen=True)
class Scores:
    """The answers of one system at one node. They never leave the node.

    Attributes:
        values: (n, findings) float64 in [0, 1], NaN where the system did not answer; read-only.
        log: what the system printed, for the node's own staff.
    """

    values: NDArray[np.float64]
    log: str = ""

    @property
    def answered(self) -> NDArray[np.int64]:
        """(findings,) number of cases that the system answered."""
        return np.asarray(np.sum(~np.isnan(self.values), axis=0), dtype=np.int64)

    @classmethod
    def checked(
        cls, values: NDArray[Any], cases: Cases, usecase: UseCase, *, where: str, log: str = ""
    ) -> Scores:
        """The scores, if they keep the contract of every door.

        Raises:
            PreuveError: the shape is not (n, findings), or a score is neither NaN nor in [0, 1];
                names the finding, and the first case in `where`.
        """
        codes = [finding.code for finding in usecase.findings]
        if values.shape != (len(cases), len(codes)):
            raise PreuveError(
                _("The scores have shape {shape} where {expected} is expected.").format(
                    shape=values.shape, expected=(len(cases), len(codes))
                ),
                where=where,
            )
        values = values.astype(np.float64)
        _refuse_outside(values, cases.identifiers, codes, where)
        np.clip(values, 0, 1, out=values)
        values.setflags(write=False)
        return cls(values, log)


def _refuse_outside(
    values: NDArray[np.float64], identifiers: NDArray[np.str_], codes: Sequence[str], where: str
) -> None:
    wrong = ~(np.isnan(values) | ((values >= -ROUNDING) & (values <= 1 + ROUNDING)))
    count = int(wrong.sum())
    if not count:
        return
    row, column = (int(index) for index in np.argwhere(wrong)[0])
    problem = ngettext(
        "{count} score is outside [0, 1], for the finding {finding}.",
        "{count} scores are outside [0, 1], the first for the finding {finding}.",
        count,
    )
    raise PreuveError(
        problem.format(count=count, finding=codes[column]),
        where=f"{where} · {identifiers[row]} · {values[row, column]:g}",
        remedy=_("Scores are probabilities; leave a score empty where the system has no answer."),
    )
