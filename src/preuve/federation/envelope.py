"""Envelope: the signed record in which a release leaves its node."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.record import canonical, digest
from preuve.core.signature import Key, verify
from preuve.evaluation.release import ReleasedSite

SCHEMA = "preuve/release/1"
_KEYS = {
    "schema",
    "usecase",
    "system",
    "comparator",
    "node_key",
    "policy",
    "released",
    "ledger_head",
    "signature",
}


class Asked(NamedTuple):
    """What a release answers: digests of the use case, the system, and what it is compared with."""

    usecase: str
    system: str
    comparator: str | None = None


@dataclass(frozen=True, eq=False)
class Envelope:
    """A release with what it answers, who released it, and under which rules.

    Attributes:
        asked: what it answers.
        node_key: public key of the node.
        policy: the node's policy.
        site: the release.
        ledger_head: digest of the line of this release in the node's ledger.
        signature: of all the above by the node, `site` by its digest.
    """

    asked: Asked
    node_key: str
    policy: Mapping[str, Any]
    site: ReleasedSite
    ledger_head: str
    signature: Mapping[str, str]

    def record(self) -> dict[str, Any]:
        """JSON values only; `from_record` reads it back."""
        return {**self._head(), "released": self.site.record(), "signature": dict(self.signature)}

    def content(self) -> bytes:
        """The canonical bytes of the record."""
        return canonical(self.record())

    def _head(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            **self.asked._asdict(),
            "node_key": self.node_key,
            "policy": dict(self.policy),
            "ledger_head": self.ledger_head,
        }

    @classmethod
    def seal(
        cls,
        key: Key,
        site: ReleasedSite,
        *,
        asked: Asked,
        policy: Mapping[str, Any],
        ledger_head: str,
    ) -> Envelope:
        """Sign a release."""
        unsigned = cls(asked, key.public, policy, site, ledger_head, signature={})
        signed = {**unsigned._head(), "released": digest(site.record())}
        return replace(unsigned, signature=key.sign(signed))

    @classmethod
    def from_record(cls, record: Any, *, where: object = "") -> Envelope:
        """The envelope of a record, if it is as its node signed it.

        Raises:
            PreuveError: it was altered, or is no envelope; names the site where it says one.
        """
        where = " · ".join(part for part in (_site(record), str(where)) if part)
        if not isinstance(record, dict) or set(record) != _KEYS or record["schema"] != SCHEMA:
            raise PreuveError(_("This is not the signed release of a site."), where=where)
        signature = record["signature"]
        signed = {k: v for k, v in record.items() if k not in ("released", "signature")}
        signed["released"] = digest(record["released"])
        if not _signed(signed, signature) or signature["key"] != record["node_key"]:
            raise PreuveError(
                _("The release was altered after its node signed it."),
                where=where,
                remedy=_("Ask the node for its release again."),
            )
        return cls(
            asked=Asked(record["usecase"], record["system"], record["comparator"]),
            node_key=record["node_key"],
            policy=record["policy"],
            site=ReleasedSite.from_record(record["released"]),
            ledger_head=record["ledger_head"],
            signature=signature,
        )

    @classmethod
    def from_content(cls, content: bytes, *, where: object = "") -> Envelope:
        """The envelope of a file's bytes, which are canonical to the last one.

        Raises:
            PreuveError: as `from_record`.
        """
        try:
            record = json.loads(content)
        except ValueError as error:
            raise PreuveError(
                _("This is not the signed release of a site."), where=where
            ) from error
        envelope = cls.from_record(record, where=where)
        if canonical(record) != content:
            raise PreuveError(_("The release was altered after its node signed it."), where=where)
        return envelope

    @classmethod
    def read(cls, path: Path) -> Envelope:
        """The envelope of a file."""
        return cls.from_content(path.read_bytes(), where=path)


def _site(record: Any) -> str:
    released = record.get("released") if isinstance(record, dict) else None
    return str(released.get("site", "")) if isinstance(released, dict) else ""


def _signed(record: dict[str, Any], signature: Any) -> bool:
    if not isinstance(signature, dict) or set(signature) != {"key", "value"}:
        return False
    if not all(isinstance(value, str) for value in signature.values()):
        return False
    return signature["value"].islower() and verify(record, signature)
