"""Kept: the record of a page's address, and who may see and change it."""

from __future__ import annotations

from fastapi import Request
from sqlalchemy import Connection, select

from preuve.catalogue import holdings
from preuve.catalogue.holdings import STATUSES, Kept
from preuve.catalogue.tables import revision as revision_table
from preuve.core.language import _
from preuve.core.store import audit
from preuve.web.errors import NotFound, Refused, means
from preuve.web.identity import visitor
from preuve.web.roles import may
from preuve.web.site import reading, writing

LARGEST = 2**53
"""Numbers of records beyond this are no record's."""


class Gone(NotFound):
    """A record that was withdrawn."""


means(Gone, 410)
means(holdings.Conflict, 409)
means(holdings.Claimed, 409)


def kept_of(connection: Connection, request: Request, number: int) -> Kept:
    """The record of a number, for a reader who may see it.

    Raises:
        NotFound: there is none, or it is a draft that this reader may not see.
        Gone: it was withdrawn.
    """
    return visible(request, by_number(connection, number), f"catalogue/{number}")


def visible(request: Request, kept: Kept | None, where: str) -> Kept:
    """The record, when this reader may see it."""
    role = visitor(request).role
    if kept is None or (kept.status == "draft" and not may(role, "catalogue.propose")):
        raise NotFound(_("No data set has this address here."), where=where)
    if kept.status == "withdrawn" and not may(role, "catalogue.edit"):
        raise Gone(
            _("This data set was withdrawn from the catalogue."),
            where=kept.iri,
            remedy=_("Ask whoever published it."),
        )
    return kept


def by_number(connection: Connection, number: int) -> Kept | None:
    """The record of a number."""
    if not 1 <= number <= LARGEST:
        return None
    found = holdings.listed(connection, after=number - 1, limit=1, statuses=STATUSES)
    return found[0] if found and found[0].id == number else None


def check_may_edit(request: Request, kept: Kept) -> None:
    """Refuse, and tell the audit log, when this visitor may not change this record.

    A curator may change any record; a contributor the drafts that they began.
    """
    who = visitor(request)
    if may_edit(request, kept):
        return
    with writing(request) as connection:
        audit.append(connection, who.actor, "request.refused", "catalogue.edit", {"iri": kept.iri})
    raise Refused(
        _("Your role ({role}) lets you change the drafts that you began, not this record.").format(
            role=who.role_shown
        ),
        where=kept.iri,
        remedy=_("Ask a curator."),
    )


def may_edit(request: Request, kept: Kept) -> bool:
    """Whether this visitor may change this record."""
    who = visitor(request)
    if may(who.role, "catalogue.edit"):
        return True
    if kept.status != "draft" or not may(who.role, "catalogue.propose"):
        return False
    begun = select(revision_table.c.actor).where(
        revision_table.c.record == kept.id, revision_table.c.number == 1
    )
    with reading(request) as connection:
        return bool(connection.execute(begun).scalar_one_or_none() == who.actor)
