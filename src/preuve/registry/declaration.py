"""system.yaml: a system declared by hand, with its card and its limits."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.written import Written, parse, read_yaml
from preuve.registry.card import Card
from preuve.registry.limits import Limits
from preuve.registry.system import System

Word = Annotated[str, Field(min_length=1)]
DOORS = ("onnx", "predictions", "command", "reader")


class Declaration(Written):
    """What stands in `system.yaml`: one door, a card, and limits for a command.

    Paths start from the folder of the file and stay inside it.
    """

    schema_version: Literal[1] = Field(alias="schema")
    onnx: Word | None = Field(default=None, description="Path of an ONNX file.")
    predictions: Word | None = Field(default=None, description="Path of a CSV or Parquet file.")
    command: tuple[Word, ...] | None = Field(
        default=None,
        min_length=1,
        description="A program and its arguments; `python` is the interpreter that runs Preuve.",
    )
    reader: Word | None = Field(default=None, description="Name of a human reader in the data.")
    limits: Limits | None = Field(default=None, description="What a command may use.")
    card: Card = Card()

    @model_validator(mode="after")
    def _one_door(self) -> Declaration:
        given = [door for door in DOORS if getattr(self, door) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {', '.join(DOORS)}")
        if self.limits and self.command is None:
            raise ValueError("limits: only a command has limits")
        return self


def schema() -> dict[str, Any]:
    """The JSON schema of `system.yaml`."""
    return Declaration.model_json_schema()


def declared(path: Path) -> System:
    """The system that a `system.yaml` declares.

    Raises:
        PreuveError: names the file, the line and the field that is wrong.
    """
    said = parse(Declaration, read_yaml(path), path)
    card = said.card if "card" in said.model_fields_set else None
    if said.onnx:
        return System.onnx(_inside(path, said.onnx), card)
    if said.predictions:
        return System.predictions(_inside(path, said.predictions), card)
    if said.command:
        return System.command(said.command, folder=path.parent, limits=said.limits, card=card)
    return System.reader(str(said.reader), card)


def _inside(declaration: Path, written: str) -> Path:
    folder = declaration.parent.resolve()
    path = (folder / written).resolve()
    if path.is_relative_to(folder):
        return path
    raise PreuveError(
        _("The path {path} leaves the folder of the declaration.").format(path=written),
        where=declaration,
        remedy=_("Put the file beside system.yaml."),
    )
