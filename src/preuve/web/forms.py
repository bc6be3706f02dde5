"""Forms: what is sent is accepted from this site's own pages, in a form the route declares."""

from __future__ import annotations

import hmac
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from preuve.core.language import _
from preuve.web.errors import Refused, for_machine
from preuve.web.identity import by_key, session_of, visitor
from preuve.web.site import site

_SAFE = ("GET", "HEAD", "OPTIONS")
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


async def guarded(request: Request) -> None:
    """Refuse what another site sends in the visitor's name; a dependency of every route.

    A program that shows a key has no cookie to abuse. Others come from this origin, and those
    who are signed in send the mark of their session, in the field `csrf` or the header
    `X-CSRF-Token`.
    """
    if request.method in _SAFE:
        return
    await _accepted(request)
    if by_key(request):
        return
    _same_origin(request)
    if not session_of(request):
        return
    who = await run_in_threadpool(visitor, request)
    if who.signed_in and not hmac.compare_digest(
        (await _mark(request)).encode(), who.csrf.encode()
    ):
        raise Refused(
            _("This form does not come from your session."),
            remedy=_("Open the page again and send it from there."),
        )


async def _mark(request: Request) -> str:
    shown = request.headers.get("x-csrf-token")
    if shown is not None or _media_type(request) not in FORMS:
        return shown or ""
    return str((await request.form()).get("csrf", ""))


def _same_origin(request: Request) -> None:
    fetched = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    own = {request.headers.get("host", ""), urlsplit(site(request).settings.address).netloc}
    foreign = origin is not None and (urlsplit(origin).netloc not in own or origin == "null")
    if foreign or fetched not in (None, "same-origin", "none"):
        raise Refused(
            _("This form was sent from another site."),
            remedy=_("Open the page on this site and send it from there."),
        )


async def _accepted(request: Request) -> None:
    kind = _media_type(request)
    empty = not kind and not int(request.headers.get("content-length") or 0)
    if empty and "transfer-encoding" not in request.headers:
        return
    declared = _declared(request)
    if kind not in declared:
        raise HTTPException(415, _("Send one of these: {kinds}.").format(kinds=", ".join(declared)))


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _declared(request: Request) -> tuple[str, ...]:
    """The media types that the route says it reads."""
    if not for_machine(request):
        return FORMS
    route: Any = request.scope.get("route")
    extra = (getattr(route, "openapi_extra", None) or {}).get("requestBody", {}).get("content")
    if extra:
        return tuple(extra)
    field = getattr(route, "body_field", None)
    declared = getattr(getattr(field, "field_info", None), "media_type", None)
    return (str(declared),) if declared else ("application/json",)
