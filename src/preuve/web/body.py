"""Body of a request: read in pieces, never more than is allowed, never waited for without end."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from preuve.core.language import _
from preuve.pages.numbers import number

_PATIENCE = 30.0


class Bodies:
    """Stops a body that is larger than `limit` bytes, or that ceases to arrive."""

    def __init__(self, app: ASGIApp, *, limit: int, patience: float = _PATIENCE) -> None:
        self.app, self.limit, self.patience = app, limit, patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        announced = int(declared) if declared.isdecimal() else 0
        read, whole = 0, False

        async def reading() -> Message:
            nonlocal read, whole
            if announced > self.limit:
                raise self._too_large()
            if whole:
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), self.patience)
            except TimeoutError as error:
                raise HTTPException(408, _("The body of the request did not arrive.")) from error
            read += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if read > self.limit:
                raise self._too_large()
            return message

        await self.app(scope, reading, send)

    def _too_large(self) -> HTTPException:
        return HTTPException(
            413,
            _("At most {size} MiB can be sent at once.").format(
                size=number(self.limit / 2**20, 0 if self.limit >= 2**20 else 3)
            ),
            {"Connection": "close"},
        )
