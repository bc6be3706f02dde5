"""System: an AI system (or a human reader) that answers the cases of a use case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from preuve.core.cases import Cases
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.progress import Progress, silent
from preuve.core.usecase import UseCase
from preuve.registry.card import Card
from preuve.registry.door import Artefact, Door, Question
from preuve.registry.limits import Limits
from preuve.registry.reader import Reader
from preuve.registry.scores import Scores


@dataclass(frozen=True)
class System:
    """A system: its name, its card and its artefact.

    Attributes:
        name: short name, from the card, else from the file.
        artefact: what answers.
        card: what its maker says of it.
    """

    name: str
    artefact: Artefact
    card: Card

    @property
    def door(self) -> Door:
        return self.artefact.door

    @property
    def digest(self) -> str:
        """Content address of the artefact; another digest is another system."""
        return self.artefact.digest

    def record(self) -> dict[str, Any]:
        """What the evidence says of the system."""
        return {
            "name": self.name,
            "version": self.card.version,
            "door": self.door,
            "digest": self.digest,
            "card": self.card.record(),
        }

    def check(self, usecase: UseCase) -> None:
        """Refuse a system that cannot answer this use case, before any case is read.

        Raises:
            PreuveError: says what does not fit.
        """
        self.artefact.check(usecase)

    def predict(
        self,
        cases: Cases,
        usecase: UseCase,
        progress: Progress = silent,
        hidden: Sequence[Path] = (),
    ) -> Scores:
        """The scores of the cases of a node.

        Args:
            cases: the cases, n of them.
            usecase: the protocol; its findings are the columns.
            progress: told as the cases are answered, under the name of the system.
            hidden: paths that a command must not see, even inside its own folder (node folders,
                keys). Other doors run nothing that could look.

        Raises:
            PreuveError: what is wrong with the artefact or with its answers. Only `problem` may
                leave the node: `where` may name a case, `remedy` may quote what was printed.
        """

        def told(task: str, done: int, total: int, note: str = "") -> None:
            progress(task or self.name, done, total, note)

        question = Question(cases, usecase, tuple(hidden), told)
        values, log = self.artefact.answer(question)
        return Scores.checked(values, cases, usecase, where=self.name, log=log)

    def unknown_rows(self, known: Iterable[str]) -> int:
        """How many rows of a predictions file name a case that is not in `known`.

        One file serves several nodes, so only the caller, who has asked all of them, can tell.
        Other doors answer what they are asked: 0.
        """
        from preuve.registry.predictions import Predictions

        if not isinstance(self.artefact, Predictions):
            return 0
        return self.artefact.unknown_rows(known)

    @classmethod
    def onnx(cls, path: str | Path, card: Card | None = None) -> System:
        """The model of an ONNX file; its card is `<stem>.card.yaml` beside it unless given."""
        from preuve.registry.onnx_model import OnnxModel

        path = _file(path)
        card = card or Card.beside(path)
        return cls(card.name or path.stem, OnnxModel.read(path, card.findings), card)

    @classmethod
    def predictions(cls, path: str | Path, card: Card | None = None) -> System:
        """The answers of a system that stays at its maker's: a CSV or Parquet file.

        Columns: `case`, and one per finding. An empty cell is a case without an answer.
        """
        from preuve.registry.predictions import Predictions

        path = _file(path)
        card = card or Card.beside(path)
        return cls(card.name or path.stem, Predictions.read(path), card)

    @classmethod
    def command(
        cls,
        command: Sequence[str],
        *,
        name: str = "",
        folder: str | Path | None = None,
        limits: Limits | None = None,
        card: Card | None = None,
    ) -> System:
        """A program, run in a sandbox at the node.

        Args:
            command: the program and its arguments; `python` is the interpreter that runs Preuve.
                The path of its work folder is added as the last argument.
            name: name of the system; else that of the card, else that of the program.
            folder: the files of the program; it starts there and may only read it.
            limits: what it may use.
            card: what its maker says of it.
        """
        from preuve.registry.command import Command

        artefact = Command.of(command, folder, limits or Limits())
        card = card or Card()
        return cls(name or card.name or Path(command[0]).stem, artefact, card)

    @classmethod
    def reader(cls, name: str, card: Card | None = None) -> System:
        """The human reader of that name, whose judgements are in the data of the nodes."""
        return cls(name, Reader(name), card or Card())

    @classmethod
    def load(cls, path: str | Path) -> System:
        """The system of a file: `.onnx`, `.csv`, `.parquet`, or a `system.yaml` (or its folder).

        Raises:
            PreuveError: the file is absent, of another kind, or not as its schema says.
        """
        path = Path(path)
        path = path / "system.yaml" if path.is_dir() else path
        match path.suffix.lower():
            case ".onnx":
                return cls.onnx(path)
            case ".csv" | ".parquet":
                return cls.predictions(path)
            case ".yaml" | ".yml":
                from preuve.registry.declaration import declared

                return declared(path)
        raise PreuveError(
            _("This is not a kind of file that a system comes in."),
            where=path,
            remedy=_("Give a .onnx, .csv or .parquet file, or a system.yaml."),
        )


def _file(path: str | Path) -> Path:
    path = Path(path).absolute()
    if not path.is_file():
        raise PreuveError(_("The file does not exist."), where=path)
    return path
