"""State: what a catalogue has received from here, kept in a file so that a run can go on."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.record import canonical, read_json, write_whole
from preuve.core.written import Written, parse


class Sent(Written):
    """One record there."""

    id: str = Field(default="", description="Its identifier there; empty while it is being sent.")
    digest: str = Field(description="Of what was sent.")


class _Kept(Written):
    version: int = 1
    address: str
    records: dict[str, Sent] = Field(default_factory=dict)


class State:
    """The records sent to one address, by the identifier they have here.

    Args:
        path: the file; made at the first record.
        address: the catalogue it is about.

    Raises:
        PreuveError: the file is not a state, or is about another catalogue.
    """

    def __init__(self, path: Path, address: str) -> None:
        self.path, self.address = path, address.rstrip("/")
        self.records: dict[str, Sent] = {}
        if not path.exists():
            return
        kept = parse(_Kept, read_json(path), path)
        if kept.address != self.address:
            raise PreuveError(
                _("This state file is about {address}.").format(address=kept.address),
                where=path,
                remedy=_("Give each catalogue its own state file."),
            )
        self.records = dict(kept.records)

    def keep(self, iri: str, digest: str, identifier: str = "") -> None:
        """Write that a record is being sent (no identifier yet) or was."""
        self.records[iri] = Sent(id=identifier, digest=digest)
        self._write()

    def forget(self, iri: str) -> None:
        self.records.pop(iri, None)
        self._write()

    def _write(self) -> None:
        kept = _Kept(address=self.address, records=self.records)
        write_whole(self.path, canonical(kept.model_dump()) + b"\n", private=True)
