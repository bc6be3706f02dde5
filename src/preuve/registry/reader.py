"""A human reader whose judgements are in the data of the nodes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.record import digest
from preuve.core.usecase import UseCase
from preuve.registry.door import Door, Question


@dataclass(frozen=True)
class Reader:
    """A human reader: the seam for a comparison of AI and clinician."""

    name: str
    door: Door = "reader"

    @property
    def digest(self) -> str:
        """Address of the name: a person has no content to address."""
        return digest({"door": self.door, "name": self.name})

    def check(self, usecase: UseCase) -> None:
        """Nothing to refuse before the cases are read."""

    def answer(self, question: Question) -> tuple[NDArray[np.float64], str]:
        readers = question.cases.readers
        if self.name in readers:
            return np.asarray(readers[self.name], dtype=np.float64), ""
        raise PreuveError(
            _("No reader named {name} judged the cases of this node.").format(name=self.name),
            where=self.name,
            remedy=_("Readers in the data: {names}.").format(names=", ".join(readers) or "–"),
        )
