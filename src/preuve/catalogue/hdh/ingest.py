"""Ingest: each record checked against the catalogue's profile, then sent once, whatever happens.

Before a record is sent for the first time the state file says so; a run that is killed before the
answer asks, when it starts again, whether the record is there (PUT by the identifier it has here)
before it sends it as new. So one record here is one record there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from preuve.catalogue.export.pages import at_hosts
from preuve.catalogue.hdh.client import Client, RefusedError
from preuve.catalogue.hdh.state import State
from preuve.catalogue.rdf import Syntax, write
from preuve.catalogue.record import Record
from preuve.core.language import _

PROFILE = "hdh-2026-08"


class Action(StrEnum):
    """What is done with a record."""

    CREATE = "create"
    REPLACE = "replace"
    UNCHANGED = "unchanged"
    REMOVE = "remove"
    REFUSED = "refused"


@dataclass(frozen=True)
class Outcome:
    """One record: what was done, or would be; why it was refused."""

    iri: str
    action: Action
    done: bool
    size: int = 0
    why: tuple[str, ...] = ()

    def record(self) -> dict[str, object]:
        return {
            "iri": self.iri,
            "action": str(self.action),
            "done": self.done,
            "size": self.size,
            "why": list(self.why),
        }


def ingest(
    records: Iterable[Record],
    state: State,
    client: Client | None = None,
    *,
    remove_missing: bool = False,
) -> Iterator[Outcome]:
    """Send records; without a client nothing is sent, and each outcome says what would be.

    A record that the profile or the catalogue refuses does not stop the others.

    Args:
        records: what is known here.
        state: what was sent before; brought up to date after each record.
        client: the catalogue; None for a dry run.
        remove_missing: also remove there what was sent before and is not among `records`.

    Raises:
        PreuveError: the key is refused, or the catalogue cannot be reached; what was done is kept,
            and the same call goes on.
    """
    met = set()
    for record in records:
        met.add(record.iri)
        yield _one(record, state, client)
    if not remove_missing:
        return
    for iri in sorted(state.records.keys() - met):
        if client is not None:
            identifier = state.records[iri].id
            if identifier:
                client.remove(identifier)
            state.forget(iri)
        yield Outcome(iri, Action.REMOVE, done=client is not None)


def _one(record: Record, state: State, client: Client | None) -> Outcome:
    if record.anonymous:
        return Outcome(record.iri, Action.REFUSED, False, why=(_("The record has no address."),))
    sent = replace(record, triples=tuple(at_hosts(record.triples, "hdh")))
    why = findings(sent)
    if why:
        return Outcome(record.iri, Action.REFUSED, False, why=why)
    body = write(sent.triples, Syntax.TURTLE)
    before = state.records.get(record.iri)
    if before and before.id and before.digest == sent.digest:
        return Outcome(record.iri, Action.UNCHANGED, True, len(body))
    action = Action.REPLACE if before and before.id else Action.CREATE
    if client is None:
        return Outcome(record.iri, action, False, len(body))
    try:
        return _send(record.iri, sent.digest, body, state, client)
    except RefusedError as refused:
        told = _("The catalogue refuses the record ({status}): {detail}").format(
            status=refused.status, detail=refused.detail
        )
        return Outcome(record.iri, Action.REFUSED, False, len(body), (told,))


def _send(iri: str, digest: str, body: bytes, state: State, client: Client) -> Outcome:
    before = state.records.get(iri)
    if before:
        identifier = client.replace(iri, body)
        if identifier is not None:
            state.keep(iri, digest, identifier or before.id or iri)
            return Outcome(iri, Action.REPLACE, True, len(body))
    state.keep(iri, digest)
    try:
        identifier = client.create(body)
    except RefusedError:
        state.forget(iri)
        raise
    state.keep(iri, digest, identifier)
    return Outcome(iri, Action.CREATE, True, len(body))


def findings(record: Record) -> tuple[str, ...]:
    """What the catalogue's profile asks and the record does not give, in words."""
    from preuve.catalogue.profile import check_all, load
    from preuve.catalogue.profile.explain import explain

    profile = load(PROFILE)
    (verdict,) = check_all(record.triples, [profile])
    told = (explain(finding, profile).what for finding in verdict.violations)
    return tuple(dict.fromkeys(str(text) for text in told))
