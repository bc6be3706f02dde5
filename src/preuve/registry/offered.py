"""An input that the use case offers, read at a node."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from preuve.core.cases import Cases
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.usecase import Input


def read_input(cases: Cases, offered: Input, rows: slice) -> NDArray[Any]:
    """One input of some rows: (rows, *shape) of the type that the use case says.

    Raises:
        PreuveError: the node does not give this input, or gives it with another shape.
    """
    if offered.name not in cases.inputs:
        raise PreuveError(
            _("This node does not give the input “{name}”.").format(name=offered.name),
            where=f"inputs.{offered.name}",
            remedy=_("Correct `read` in data.py of the use case."),
        )
    array = np.asarray(cases.inputs[offered.name](rows), dtype=offered.type)
    expected = (rows.stop - rows.start, *offered.shape)
    if array.shape != expected:
        raise PreuveError(
            _("The input “{name}” was read with shape {found} instead of {expected}.").format(
                name=offered.name, found=array.shape, expected=expected
            ),
            where=f"inputs.{offered.name}",
            remedy=_("Correct `read` in data.py of the use case."),
        )
    return array
