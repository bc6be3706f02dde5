"""Refusal: why somebody who came back from a provider is not let in."""

from __future__ import annotations

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.web.errors import means


class SignInRefused(PreuveError):  # noqa: N818
    """A sign-in that proves nothing.

    Attributes:
        reason: for the audit log, e.g. "state", "signature", "nonce".
    """

    def __init__(self, reason: str, problem: str = "", *, where: str = "") -> None:
        super().__init__(
            problem or _("This sign-in could not be verified: nobody was let in."),
            where=where,
            remedy=_("Start again from the sign-in page of this site."),
        )
        self.reason = reason


means(SignInRefused, 401)
