"""Asked: the role, the day and the deployment that a reader asks obligations for, checked."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.registry.entry import Entry
from preuve.registry.entry.vocabulary import Role
from preuve.registry.facts import load

ROLES: tuple[Role, ...] = get_args(Role)
FIRST, LAST = datetime.date(2000, 1, 1), datetime.date(2100, 12, 31)


@dataclass(frozen=True)
class Asked:
    """What the obligations are computed for.

    Attributes:
        deployment: its identifier; None for the system in general.
    """

    role: Role
    on: datetime.date
    deployment: str | None = None


def today() -> datetime.date:
    """The day here, as the kept pages reckon it."""
    return datetime.date.today()


def day_of(written: str, otherwise: datetime.date | None = None) -> datetime.date:
    """The day that somebody wrote, or another where nothing is written.

    Raises:
        PreuveError: no such day exists, or it lies outside 2000 to 2100.
    """
    text = written.strip()
    if not text:
        return otherwise or today()
    try:
        found = datetime.date.fromisoformat(text)
    except ValueError as error:
        raise PreuveError(
            _("“{value}” is not a date that exists: write YYYY-MM-DD.").format(value=text[:40]),
            remedy=_("Choose a day between {first} and {last}.").format(first=FIRST, last=LAST),
        ) from error
    if not FIRST <= found <= LAST:
        raise PreuveError(
            _("{day} is too far: nothing is known of the law of that day.").format(day=found),
            remedy=_("Choose a day between {first} and {last}.").format(first=FIRST, last=LAST),
        )
    return found


def role_of(written: str, otherwise: Role = "deployer") -> Role:
    """The role of that code.

    Raises:
        PreuveError: there is none.
    """
    if not written:
        return otherwise
    for role in ROLES:
        if role == written:
            return role
    raise PreuveError(
        _("“{word}” is not known.").format(word=written[:40]),
        where="role",
        remedy=_("Choose among {words}.").format(words=", ".join(ROLES)),
    )


def asked(entry: Entry, role: str, on: str, deployment: str) -> Asked:
    """What a form asks of an entry.

    Raises:
        PreuveError: a role, a day or a deployment that does not exist.
    """
    name = deployment or None
    if name is not None and entry.deployment(name) is None:
        known = ", ".join(one.id for one in entry.deployments) or _("none")
        raise PreuveError(
            _("The entry {entry} has no deployment {name}.").format(entry=entry.id, name=name[:80]),
            remedy=_("Choose among {words}.").format(words=known),
        )
    otherwise: Role = "deployer" if entry.deployments else "provider"
    return Asked(role_of(role, otherwise), day_of(on), name)


def role_choices() -> Sequence[tuple[str, str]]:
    """The roles and their words, for a form."""
    return [(role, str(load().word("role", role))) for role in ROLES]


def deployment_choices(entry: Entry) -> Sequence[tuple[str, str]]:
    """The deployments of an entry and their sites, for a form."""
    return [(one.id, f"{one.site} ({one.id})") for one in entry.deployments]
