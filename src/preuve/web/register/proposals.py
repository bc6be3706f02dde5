"""Proposals: texts of contributors, kept until a curator publishes or refuses them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import Connection, RowMapping, Select, insert, select, update

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.record import canonical
from preuve.core.store import audit
from preuve.registry import register
from preuve.registry.entry import Entry, parse_entry
from preuve.registry.register import Kept
from preuve.web.errors import NotFound
from preuve.web.register.tables import proposal

Status = Literal["waiting", "published", "refused"]


@dataclass(frozen=True)
class Proposal:
    """A text that waits for a curator, or that one has decided on.

    Attributes:
        read: the revision its author had read; 0 for a new entry.
        why: what its author says of it.
        answer: what the curator said.
    """

    id: int
    entry: Entry
    read: int
    why: str
    actor: str
    at: str
    status: Status
    decided_by: str
    decided_at: str
    answer: str


def propose(
    connection: Connection, entry: Entry, actor: str, *, read: int = 0, why: str = ""
) -> Proposal:
    """Keep a text for a curator to decide on.

    Raises:
        PreuveError: a new entry has the identifier of one that is there, or a change that of
            none.
    """
    held = register.get(connection, entry.id)
    if read == 0 and held is not None:
        raise PreuveError(
            _("The register already holds an entry named {name}.").format(name=entry.id),
            where="id",
            remedy=_("Choose another identifier, or change that entry."),
        )
    if read and (held is None or not 1 <= read <= held.revision):
        raise PreuveError(
            _("The entry {name} has no revision {number}.").format(name=entry.id, number=read)
        )
    values = {
        "entry": entry.id,
        "read": read,
        "content": canonical(entry.record()).decode(),
        "why": why,
        "actor": actor,
        "at": _now(),
        "status": "waiting",
        "decided_by": "",
        "decided_at": "",
        "answer": "",
    }
    made = connection.execute(insert(proposal).values(values).returning(proposal.c.id))
    number = int(made.scalar_one())
    detail = {"digest": entry.digest, "proposal": number, "read": read}
    audit.append(connection, actor, "entry.propose", entry.id, detail)
    return get(connection, number)


def get(connection: Connection, number: int) -> Proposal:
    """The proposal of that number.

    Raises:
        NotFound: there is none.
    """
    query = select(proposal).where(proposal.c.id == number)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NotFound(_("There is no such proposal."), where=number)
    return _proposal(row)


def waiting(connection: Connection, *, actor: str = "", limit: int = 100) -> list[Proposal]:
    """Those that wait, oldest first; of one author when given."""
    query: Select[Any] = select(proposal).where(proposal.c.status == "waiting")
    if actor:
        query = query.where(proposal.c.actor == actor)
    rows = connection.execute(query.order_by(proposal.c.id).limit(limit)).mappings()
    return [_proposal(row) for row in rows]


def publish(connection: Connection, found: Proposal, actor: str) -> Kept:
    """Put a proposal in the register.

    Where the entry has changed since its author read it, the text is kept aside (`Kept.aside`)
    and the proposal goes on waiting.

    Raises:
        PreuveError: it has been decided on already.
    """
    _refuse_decided(found)
    if found.read == 0:
        kept = register.add(connection, found.entry, actor, found.why)
    else:
        kept = register.replace(connection, found.entry, actor, found.read, found.why)
    if not kept.aside:
        _decide(connection, found, "published", actor, "")
    return kept


def refuse(connection: Connection, found: Proposal, actor: str, answer: str) -> None:
    """Refuse a proposal; its text stays.

    Raises:
        PreuveError: no reason is given, or it has been decided on already.
    """
    _refuse_decided(found)
    if not answer.strip():
        raise PreuveError(_("Say why: its author reads it."), where="answer")
    _decide(connection, found, "refused", actor, answer.strip())


def _decide(
    connection: Connection, found: Proposal, status: Status, actor: str, answer: str
) -> None:
    connection.execute(
        update(proposal)
        .where(proposal.c.id == found.id)
        .values(status=status, decided_by=actor, decided_at=_now(), answer=answer)
    )
    detail = {"proposal": found.id, "answer": answer, "author": found.actor}
    action = {"published": "proposal.publish", "refused": "proposal.refuse"}[status]
    audit.append(connection, actor, action, found.entry.id, detail)


def _refuse_decided(found: Proposal) -> None:
    if found.status != "waiting":
        raise PreuveError(_("This proposal has been decided on already."), where=found.id)


def _proposal(row: RowMapping) -> Proposal:
    held = {name: value for name, value in row.items() if name not in ("content", "entry")}
    entry = parse_entry(json.loads(row["content"]), name=row["entry"])
    return Proposal(entry=entry, **held)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
