"""Identity: who sends a request, by the cookie of a session or the key of a program."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from preuve.web.accounts import keys, sessions
from preuve.web.roles import PUBLIC, role_shown
from preuve.web.site import site


@dataclass(frozen=True)
class Visitor:
    """Who is there.

    Attributes:
        id: of the account; None for nobody.
        actor: the name that the audit log gets.
        name: the name that a page shows.
        role: what they may do.
        csrf: the mark of their own forms; empty without a session.
    """

    id: int | None = None
    actor: str = "public"
    name: str = ""
    role: str = PUBLIC
    csrf: str = ""

    @property
    def signed_in(self) -> bool:
        return self.id is not None

    @property
    def role_shown(self) -> str:
        return role_shown(self.role)


NOBODY = Visitor()


def visitor(request: HTTPConnection) -> Visitor:
    """Who sends this request; looked up once."""
    known: Visitor | None = getattr(request.state, "visitor", None)
    if known is None:
        known = _found(request) if presented(request) else NOBODY
        request.state.visitor = known
    return known


def presented(request: HTTPConnection) -> bool:
    """Whether the request says who sends it."""
    return bool(session_of(request) or _key(request))


def session_of(request: HTTPConnection) -> str:
    """The token of the session cookie; empty without one."""
    return request.cookies.get(cookie_name(request), "")


def cookie_name(request: HTTPConnection) -> str:
    """Over https, a name that a browser accepts from this host alone."""
    return "__Host-preuve" if site(request).settings.secure else "preuve"


def csrf_of(secret: bytes, token: str) -> str:
    """The mark of the forms of a session: only this site can compute it."""
    return hmac.new(secret, b"csrf:" + token.encode(), hashlib.sha256).hexdigest()


def by_key(request: HTTPConnection) -> bool:
    """Whether a program shows a key, so that no cookie is believed."""
    return bool(_key(request))


def _found(request: HTTPConnection) -> Visitor:
    key, token = _key(request), session_of(request)
    with site(request).database.reading() as connection:
        account = keys.owner(connection, key) if key else sessions.owner(connection, token)
    if account is None:
        return NOBODY
    csrf = "" if key else csrf_of(site(request).settings.secret, token)
    return Visitor(account.id, account.name, account.shown, account.role, csrf)


def _key(request: HTTPConnection) -> str:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""
