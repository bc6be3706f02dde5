"""Rows: the probabilities of leaving one place, made to lie between 0 and 1 and to sum to 1."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from preuve.core.distribution import Floats
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.lines import Location
from preuve.economics.compilation.scope import Scope
from preuve.economics.outcomes import Repairs
from preuve.economics.specification.formula import is_rest
from preuve.economics.structure.sums import full

TOLERANCE = 1e-9


def row(
    scope: Scope, at: Location, written: Mapping[str, float | str], draws: int
) -> tuple[dict[str, Floats], Repairs]:
    """The probabilities of one row, `rest` made out, and how many had to be put right.

    Each has shape (B,), or (T + 1, B) where it varies.

    Raises:
        PreuveError: a row without `rest` does not sum to 1, or a probability is not a number.
    """
    given = {
        name: full(scope.at(*at, name), draws)
        for name, formula in written.items()
        if not is_rest(formula)
    }
    rest = next((name for name, formula in written.items() if is_rest(formula)), None)
    return _completed(given, rest, scope, at, draws)


def _completed(
    given: dict[str, Floats], rest: str | None, scope: Scope, at: Location, draws: int
) -> tuple[dict[str, Floats], Repairs]:
    for name, chance in given.items():
        if not np.all(np.isfinite(chance)):
            raise PreuveError(
                _("The probability of {name} is not a number in some draws.").format(
                    name=".".join(str(part) for part in (*at, name))
                ),
                where=scope.model.origin.where((*at, name)),
                remedy=_("Look for a division by 0, a logarithm of 0 or an age out of a table."),
            )
    total = np.asarray(sum(given.values(), np.zeros(draws)))
    if rest is None and np.any(np.abs(total - 1) > TOLERANCE):
        worst = float(total.flat[np.argmax(np.abs(total - 1))])
        raise PreuveError(
            _("The probabilities of {row} sum to {total}, not to 1.").format(
                row=".".join(str(part) for part in at), total=f"{worst:.6g}"
            ),
            where=scope.model.origin.where(at),
            remedy=_("Write `rest` in place of the one that remains."),
        )
    wrong = total > 1 + TOLERANCE
    for chance in given.values():
        wrong = wrong | (chance < 0) | (chance > 1)
    count = int(np.count_nonzero(np.atleast_2d(wrong).any(axis=0)))
    if count:
        given = {name: np.clip(chance, 0.0, 1.0) for name, chance in given.items()}
        total = np.asarray(sum(given.values(), np.zeros(draws)))
        scale = np.maximum(total, 1.0)
        given = {name: chance / scale for name, chance in given.items()}
        total = np.minimum(total, 1.0)
    if rest is not None:
        given[rest] = given.get(rest, 0.0) + np.maximum(1.0 - total, 0.0)
    place = (".".join(str(part) for part in at),) if count else ()
    return given, Repairs(count, wrong.shape[-1], place)
