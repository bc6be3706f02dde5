"""The contract of a door: what an artefact is asked, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, TypeAlias

from numpy.typing import NDArray

from preuve.core.cases import Cases
from preuve.core.progress import Progress, silent
from preuve.core.usecase import UseCase

Door: TypeAlias = Literal["onnx", "predictions", "command", "reader"]


@dataclass(frozen=True)
class Question:
    """What a door is asked: the cases of a node, under a protocol.

    Attributes:
        hidden: paths that a command must not see, even inside its own folder.
        progress: told as the cases are answered.
    """

    cases: Cases
    usecase: UseCase
    hidden: tuple[Path, ...] = ()
    progress: Progress = silent


class Artefact(Protocol):
    """What stands behind a door. Holds paths, never a session: it is sent to other processes."""

    @property
    def door(self) -> Door: ...

    @property
    def digest(self) -> str: ...

    def check(self, usecase: UseCase) -> None:
        """Refuse what can be refused before any case is seen."""

    def answer(self, question: Question) -> tuple[NDArray[Any], str]:
        """Scores (n, findings), NaN where there is none, and what was printed."""
