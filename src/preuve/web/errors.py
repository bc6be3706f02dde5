"""Errors as a reader sees them: a page, or a problem (RFC 9457) for a machine."""

from __future__ import annotations

import logging
import secrets
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from preuve.core.errors import PreuveError
from preuve.core.language import _, current_language
from preuve.web import problem as problems
from preuve.web.rendering import page

_log = logging.getLogger("preuve.web")
_meanings: dict[type[PreuveError], int] = {}


class NotFound(PreuveError):  # noqa: N818
    """There is no such thing here."""


class Refused(PreuveError):  # noqa: N818
    """A visitor who may not do this."""


def means(kind: type[PreuveError], status: int) -> None:
    """Answer errors of a kind, and of those below it, with an HTTP status."""
    _meanings[kind] = status


means(PreuveError, 400)
means(NotFound, 404)
means(Refused, 403)


def status_of(error: PreuveError) -> int:
    return next(_meanings[kind] for kind in type(error).__mro__ if kind in _meanings)


def for_machine(request: Request) -> bool:
    """Whether the answer is read by a program."""
    path = request.scope["path"]
    return path.startswith("/api/") and not path.startswith("/api/docs")


def shown(
    request: Request,
    status: int,
    problem: str,
    where: str = "",
    remedy: str = "",
    headers: dict[str, str] | None = None,
    **more: Any,
) -> Response:
    """An error in the form its reader expects."""
    title = titled(status)
    if not for_machine(request):
        return page(
            request,
            "error.html.j2",
            status=status,
            headers=headers,
            public=False,
            title=title,
            problem=problem,
            where=where,
            remedy=remedy,
            more=more,
        )
    told = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": problem,
        "instance": request.scope["path"],
    }
    told |= {"where": where} if where else {}
    told |= {"remedy": remedy} if remedy else {}
    return JSONResponse(
        told | more,
        status,
        {"Content-Language": current_language(), "Cache-Control": "no-store", **(headers or {})},
        problems.MEDIA_TYPE,
    )


def titled(status: int) -> str:
    """What a status means, in plain words."""
    return str(
        {
            400: _("This request cannot be answered"),
            401: _("You are not signed in"),
            403: _("You may not do this"),
            404: _("There is nothing here"),
            405: _("This cannot be done here"),
            406: _("This form is not offered"),
            408: _("The request took too long to arrive"),
            409: _("Somebody else changed this meanwhile"),
            413: _("This is too large"),
            415: _("This kind of file is not accepted"),
            422: _("Something in this request is not valid"),
            429: _("Too many tries"),
            500: _("Something went wrong on our side"),
        }.get(status, HTTPStatus(status).phrase)
    )


def install(app: FastAPI) -> None:
    """Answer every error of the application."""
    app.add_exception_handler(PreuveError, _mistake)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(DataError, _unkeepable)


def _mistake(request: Request, error: Exception) -> Response:
    if not isinstance(error, PreuveError):
        raise error
    headers: dict[str, str] = getattr(error, "headers", {})
    return shown(
        request, status_of(error), error.problem, error.where, error.remedy, headers=headers
    )


def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    problem = {
        400: _("The request is malformed."),
        404: _("No page has this address."),
        405: _("This address does not accept that kind of request."),
    }.get(error.status_code, error.detail)
    headers = dict(error.headers) if error.headers else None
    return shown(request, error.status_code, str(problem), headers=headers)


def _unkeepable(request: Request, _error: Exception) -> Response:
    """A value that no database takes: a zero byte, a number beyond its range."""
    return shown(request, 400, _("A value in this request cannot be read by the database."))


def _invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    found = [
        {"where": ".".join(str(part) for part in one["loc"]), "problem": str(one["msg"])}
        for one in error.errors()
    ]
    status = 422 if for_machine(request) else 400
    first = f"{found[0]['where']}: {found[0]['problem']}" if found else ""
    return shown(request, status, _("A value is missing or not valid."), first, errors=found[:20])


class Failures:
    """Answers what nobody foresaw with a number to quote; the traceback goes to the log alone."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            return await self.app(scope, receive, sending)
        except Exception:
            number = secrets.token_hex(4)
            _log.exception("failure %s: %s %s", number, scope["method"], scope["path"])
            if started:
                raise
        remedy = _("Quote the number {number} to whoever runs this site.").format(number=number)
        problem = _("The request could not be completed.")
        request = Request({**scope, "app": scope["app"]}, receive)
        request.state.visitor = None
        return await shown(request, 500, problem, remedy=remedy)(scope, receive, send)
