"""Journey: from the sign-in page to a provider and back, once, in the same browser."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from preuve.web.accounts.tables import journey
from preuve.web.sign_in.refusal import SignInRefused

LASTS = timedelta(minutes=10)


@dataclass(frozen=True)
class Journey:
    """What was sent out, and must come back.

    Attributes:
        provider: name of the provider it goes to.
        nonce: comes back inside the token.
        verifier: shows that the code comes from the one who asked (PKCE).
        after: path of this site to go to at the end.
        language: of the reader.
    """

    provider: str
    nonce: str
    verifier: str
    after: str
    language: str


def begin(
    connection: Connection, provider: str, after: str, language: str
) -> tuple[Journey, str, str]:
    """A new journey, its `state`, and the token that the browser keeps in a cookie."""
    now = datetime.now(UTC)
    nonce, verifier = secrets.token_urlsafe(48), secrets.token_urlsafe(48)
    made = Journey(provider, nonce, verifier, after, language)
    state, browser = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    connection.execute(delete(journey).where(journey.c.expires_at <= now.isoformat()))
    connection.execute(
        insert(journey).values(
            state=_digest(state),
            browser=_digest(browser),
            expires_at=(now + LASTS).isoformat(),
            **asdict(made),
        )
    )
    return made, state, browser


def end(connection: Connection, state: str) -> tuple[Journey, str] | None:
    """The journey of a state and the digest of its browser, forgotten here: a state serves once."""
    own = journey.c.state == _digest(state)
    row = connection.execute(select(journey).where(own)).mappings().first()
    if row is None:
        return None
    connection.execute(delete(journey).where(own))
    if row["expires_at"] <= datetime.now(UTC).isoformat():
        return None
    names = ("provider", "nonce", "verifier", "after", "language")
    return Journey(*(row[name] for name in names)), str(row["browser"])


def checked(found: tuple[Journey, str] | None, provider: str, browser: str) -> Journey:
    """The journey, when it is this provider's and this browser's.

    Raises:
        SignInRefused: it is neither, was already used, or is too old.
    """
    if found is None:
        raise SignInRefused("state")
    made, of = found
    if made.provider != provider or not secrets.compare_digest(of, _digest(browser)):
        raise SignInRefused("browser")
    return made


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
