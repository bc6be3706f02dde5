"""Passwords: kept as argon2id digests, compared in the same time whether or not the name exists."""

from __future__ import annotations

from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from preuve.core.errors import PreuveError
from preuve.core.language import _

SHORTEST, LONGEST = 12, 200
_hasher = PasswordHasher()
_at_once = BoundedSemaphore(2)


def kept(password: str, name: str) -> str:
    """What is kept of a password.

    Raises:
        PreuveError: it is too short, too long, or too easy to guess.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise PreuveError(
            _("A password has {shortest} to {longest} characters.").format(
                shortest=SHORTEST, longest=LONGEST
            )
        )
    if name.lower() in password.lower() or len(set(password)) < 5:
        raise PreuveError(_("This password is too easy to guess."))
    with _at_once:
        return _hasher.hash(password)


def right(digest: str | None, password: str) -> bool:
    """Whether this is the password; takes as long when there is none to compare with."""
    with _at_once:
        try:
            return _hasher.verify(digest or _nobody(), password[:LONGEST]) and digest is not None
        except (VerificationError, InvalidHashError):
            return False


@cache
def _nobody() -> str:
    return _hasher.hash("the password of an account that does not exist")
