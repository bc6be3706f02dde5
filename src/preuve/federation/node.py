"""Node: a hospital's folder, with its name, its data, its policy, its key and its ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.record import digest
from preuve.core.signature import Key
from preuve.core.source import Source
from preuve.core.usecase import Text
from preuve.core.written import Written, parse, read_yaml
from preuve.federation.ledger import Ledger

FILE = "node.yaml"


class Policy(Written):
    """What a node lets out.

    Attributes:
        smallest_cell: k; nothing is released about 1 to k - 1 people of one class. 1 switches
            the protection of small groups off: it is for public data only.
        merge_operating_point: False (the default) releases the four counts at the protocol's
            operating point even where one of them is small: the people with and the people
            without the finding are each k or more, and keeping small counts of errors back would
            keep back exactly the good results. True treats the operating point as any other
            threshold: its counts are released only where no count is small.
    """

    smallest_cell: int = Field(
        default=11, ge=1, description="Nothing is released about 1 to k - 1 people of one class."
    )
    merge_operating_point: bool = Field(
        default=False,
        description="Keep the counts at the operating point back where one of them is small.",
    )

    def record(self) -> dict[str, Any]:
        return self.model_dump(mode="json")


class NodeFile(Written):
    """What `node.yaml` holds."""

    schema_version: Literal[1] = Field(alias="schema")
    name: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,40}$")]
    label: Text
    data: Mapping[str, Annotated[str, Field(min_length=1)]] = Field(
        description="Code of a use case: a path from the node's folder, or the URL of a database."
    )
    policy: Policy = Policy()


@dataclass(frozen=True)
class Node:
    """A node: `Node("folder")`. The folder must be writable: its key and its ledger live there."""

    folder: Path

    def __init__(self, folder: str | Path) -> None:
        object.__setattr__(self, "folder", Path(folder).resolve())

    @classmethod
    def load(cls, folder: str | Path) -> Node:
        """The node of a folder, its file read at once.

        Raises:
            PreuveError: `node.yaml` is absent, or not as its schema says; names the field.
        """
        node = cls(folder)
        node.written  # noqa: B018
        return node

    @cached_property
    def written(self) -> NodeFile:
        return parse(NodeFile, read_yaml(self.folder / FILE), self.folder / FILE)

    @property
    def name(self) -> str:
        return self.written.name

    @property
    def label(self) -> dict[str, str]:
        return {"fr": self.written.label.fr, "en": self.written.label.en}

    @property
    def policy(self) -> Policy:
        return self.written.policy

    @cached_property
    def key(self) -> Key:
        """The node's signing key, made at first use."""
        return Key.load_or_create(self.folder / "key.pem")

    @property
    def ledger(self) -> Ledger:
        """The releases of this node so far, verified."""
        return Ledger.open(self.folder)

    def source(self, usecase: str) -> Source:
        """Where the node's data of a use case are.

        Raises:
            PreuveError: the node has no data for it.
        """
        address = self.written.data.get(usecase)
        if address is None:
            raise PreuveError(
                _("The node {node} has no data for the use case {usecase}.").format(
                    node=self.name, usecase=usecase
                ),
                where=self.folder / FILE,
                remedy=_("Add it under `data`: `{usecase}: path or URL`.").format(usecase=usecase),
            )
        return Source(address if "://" in address else str(self.folder / address))

    def __getstate__(self) -> dict[str, Any]:
        """Sent to other processes without its key."""
        return {"folder": self.folder}

    def __setstate__(self, state: dict[str, Any]) -> None:
        object.__setattr__(self, "folder", state["folder"])


def fingerprint(source: Source) -> str | None:
    """What tells whether data have changed: digest of the names, sizes and times of the files.

    None for a database, whose content cannot be watched from outside.
    """
    if not source.is_folder:
        return None
    root = source.folder
    found = []
    for path in sorted(root.rglob("*")):
        if path.is_file():
            state = path.stat()
            found.append([path.relative_to(root).as_posix(), state.st_size, str(state.st_mtime_ns)])
    return digest(found)
