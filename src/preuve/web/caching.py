"""Caching: what any reader may see is kept in memory until the next line of the audit log."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, select
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from preuve.core.store.database import Database
from preuve.core.store.tables import audit
from preuve.web.rendering import PUBLIC

_VARY = "Accept, Accept-Language, Cookie, Authorization, HX-Request"
_LARGEST = 2**20
_AROUND = 2000
"""Bytes that a kept response takes beside its body."""
_newest = select(func.max(audit.c.id))


def public(response: Response) -> Response:
    """Let caches keep this response for readers who are not signed in."""
    response.headers["Cache-Control"] = PUBLIC
    return response


@dataclass(frozen=True)
class _Kept:
    version: Any
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    etag: str


@dataclass
class Shelf:
    """Responses kept in memory, the least used thrown out first.

    Attributes:
        room: bytes that may be kept.
    """

    room: int = 64 * 2**20
    _kept: OrderedDict[Any, _Kept] = field(default_factory=OrderedDict)
    _used: int = 0

    def find(self, key: Any, version: Any) -> _Kept | None:
        found = self._kept.get(key)
        if found is None or found.version != version:
            return None
        self._kept.move_to_end(key)
        return found

    def put(self, key: Any, kept: _Kept) -> None:
        before = self._kept.pop(key, None)
        self._used += _size(kept) - (_size(before) if before else 0)
        self._kept[key] = kept
        while self._used > self.room:
            _, dropped = self._kept.popitem(last=False)
            self._used -= _size(dropped)


def _size(kept: _Kept) -> int:
    return len(kept.body) + _AROUND


class PublicPages:
    """Answers a reader who is not signed in from memory, or with 304, while nothing has changed."""

    def __init__(self, app: ASGIApp, *, database: Database) -> None:
        self.app, self.database, self.shelf = app, database, Shelf()
        self._making: dict[Any, asyncio.Event] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if (
            "cookie" in headers
            or "authorization" in headers
            or scope["path"].startswith("/static/")
        ):
            await self.app(scope, receive, send)
            return
        version = await self._version()
        key = _key(scope, headers)
        kept = await self._found(key, version)
        if kept is None:
            kept = await self._made_once(key, version, scope, receive, send)
            if kept is None:
                return
        await _sent(kept, headers, scope, receive, send)

    async def _found(self, key: Any, version: Any) -> _Kept | None:
        """What is kept under a key; waits for what is being made for somebody else."""
        if making := self._making.get(key):
            await making.wait()
        return self.shelf.find(key, version)

    async def _made_once(
        self, key: Any, version: Any, scope: Scope, receive: Receive, send: Send
    ) -> _Kept | None:
        done = asyncio.Event()
        own = self._making.setdefault(key, done) is done
        try:
            kept = await self._made(scope, receive, send, version)
            if kept is not None:
                self.shelf.put(key, kept)
            return kept
        finally:
            if own:
                del self._making[key]
            done.set()

    async def _version(self) -> tuple[int, date]:
        """The last line of the audit log, as every change adds one; and the day, as dates pass."""
        if self.database.dialect == "sqlite":
            return self._newest(), datetime.now(UTC).date()
        return await run_in_threadpool(self._newest), datetime.now(UTC).date()

    def _newest(self) -> int:
        with self.database.reading() as connection:
            return int(connection.execute(_newest).scalar_one() or 0)

    async def _made(self, scope: Scope, receive: Receive, send: Send, version: Any) -> _Kept | None:
        """The response, when it may be kept; else it is sent as it comes and None is given."""
        start: Message | None = None
        pieces: list[bytes] = []

        async def sending(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _may_keep(message):
                start = message
            elif start is None:
                await send(message)
            elif message["type"] == "http.response.body":
                pieces.append(message.get("body", b""))

        await self.app({**scope, "method": "GET"}, receive, sending)
        if start is None:
            return None
        body = b"".join(pieces)
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        return _Kept(version, start["status"], start["headers"], body, etag)


def _may_keep(start: Message) -> bool:
    headers = MutableHeaders(scope=start)
    size = headers.get("content-length", "")
    small = size.isdecimal() and int(size) <= _LARGEST
    return start["status"] == 200 and headers.get("cache-control") == PUBLIC and small


def _key(scope: Scope, headers: Headers) -> Any:
    wanted = ("accept", "accept-language", "hx-request")
    neutral = not scope.get("root_path")
    told = tuple(headers.get(name, "") for name in wanted) if neutral else headers.get(wanted[2])
    return scope["path"], scope["query_string"], headers.get("host"), told


async def _sent(kept: _Kept, headers: Headers, scope: Scope, receive: Receive, send: Send) -> None:
    seen = [tag.strip() for tag in headers.get("if-none-match", "").split(",")]
    same = kept.etag in seen or f"W/{kept.etag}" in seen
    response = Response(b"" if same else kept.body, 304 if same else kept.status)
    shown = MutableHeaders(raw=list(kept.headers))
    if same or scope["method"] == "HEAD":
        response.body = b""
    if same:
        del shown["content-length"]
    shown["ETag"], shown["Vary"] = kept.etag, _VARY
    response.raw_headers = shown.raw
    await response(scope, receive, send)
