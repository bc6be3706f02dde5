"""Card: what a system says of itself, beside its artefact."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.usecase import Code, Text
from preuve.core.written import parse, read_yaml


class Card(BaseModel):
    """The card of a system: the keys below, and any other its maker wants to add.

    A text in two languages is `{fr: …, en: …}`. Keys without a fixed form (`training_data`,
    `measured`, `limits`, `licence`, …) are kept and shown as they are written.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    name: str | None = Field(default=None, description="Short name; else that of the file.")
    version: str = ""
    title: Text | str | None = None
    intended_use: Text | str | None = None
    training_data: Any = Field(default=None, description="What the system learnt from.")
    measured: Any = Field(default=None, description="Performance its maker measured, and on what.")
    limits: Any = Field(default=None, description="Where the system is known to fail.")
    licence: Any = None
    findings: tuple[Code, ...] | None = Field(
        default=None, description="The findings of the system, in the order of its output."
    )

    def record(self) -> dict[str, Any]:
        """The card as JSON values, without the keys that were not written."""
        return self.model_dump(mode="json", exclude_unset=True)

    @classmethod
    def read(cls, path: Path) -> Card:
        """The card of a YAML file.

        Raises:
            PreuveError: names the field that is wrong.
        """
        content = read_yaml(path)
        if not isinstance(content, dict):
            raise PreuveError(_("A card is a list of `key: value`."), where=path)
        return parse(cls, content, path)

    @classmethod
    def beside(cls, artefact: Path) -> Card:
        """The card `<stem>.card.yaml` in the folder of an artefact; an empty card without it."""
        path = artefact.with_name(f"{artefact.stem}.card.yaml")
        return cls.read(path) if path.exists() else cls()
