"""A message shown once, on the page that follows a change; signed, so that it is ours."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from starlette.requests import HTTPConnection
from starlette.responses import Response

from preuve.web.site import site

_NAME = "preuve_message"
_LONGEST = 600


def leave(request: HTTPConnection, response: Response, message: str) -> None:
    """Keep a message for the next page."""
    text = base64.urlsafe_b64encode(str(message)[:_LONGEST].encode()).decode()
    settings = site(request).settings
    value = f"{text}.{_mark(settings.secret, text)}"
    response.set_cookie(
        _NAME, value, max_age=60, httponly=True, samesite="lax", secure=settings.secure
    )


def read(request: HTTPConnection) -> str:
    """The message that waits; empty without one, or when it is not ours."""
    text, _, mark = request.cookies.get(_NAME, "").partition(".")
    if not text or not hmac.compare_digest(
        mark.encode(), _mark(site(request).settings.secret, text).encode()
    ):
        return ""
    try:
        return base64.urlsafe_b64decode(text).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def forget(request: HTTPConnection, response: Response) -> None:
    response.delete_cookie(
        _NAME, httponly=True, samesite="lax", secure=site(request).settings.secure
    )


def _mark(secret: bytes, text: str) -> str:
    return hmac.new(secret, b"message:" + text.encode(), hashlib.sha256).hexdigest()
