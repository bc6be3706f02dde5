"""Fetch: one page of a catalogue, from the web or from a folder, within limits."""

from __future__ import annotations

import re
import ssl
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import httpcore

from preuve.catalogue.harvest.addresses import (
    Guarded,
    file_path,
    is_file,
    origin,
    shown,
    web_address,
)
from preuve.catalogue.syntax import WRITTEN
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.record import digest

_ACCEPT = (
    "text/turtle, application/ld+json;q=0.9, application/rdf+xml;q=0.8, "
    "application/n-triples;q=0.8, */*;q=0.1"
)
_REDIRECTS = (301, 302, 303, 307, 308)
_AGAIN = (429, 500, 502, 503, 504)
_PART = 30.0
_LINK = re.compile(r'<([^<>]*)>\s*((?:;\s*[\w*-]+\s*(?:=\s*(?:"[^"]*"|[^\s",;]*))?\s*)*)')
_NEXT = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]*))', re.IGNORECASE)


@dataclass(frozen=True)
class Limits:
    """What a harvest may cost.

    Attributes:
        page_bytes: of one page, unpacked.
        seconds: to fetch one page, redirections included.
        redirects: that are followed for one page.
        tries: of one page, when the server is busy or does not answer.
        wait: seconds before the second try, doubled at each; a server that says how long to wait
            is heard, up to half a minute.
        pages: of one harvest.
        private: whether addresses of private networks may be fetched.
    """

    page_bytes: int = 50 * 1024 * 1024
    seconds: float = 120.0
    redirects: int = 5
    tries: int = 4
    wait: float = 1.0
    pages: int = 1_000_000
    private: bool = False


@dataclass(frozen=True)
class Validators:
    """What tells whether a page has changed since it was last read; empty when nothing does."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True)
class Page:
    """A page as it came.

    Attributes:
        address: where it was asked.
        base: where it was found, which relative addresses are relative to.
        content: its bytes; None when it has not changed since it was last read.
        media_type: what the server said of it.
        validators: what to ask with next time.
        digest: of the content.
        next: the page that follows, as the server's header or the folder says.
    """

    address: str
    base: str
    content: bytes | None
    media_type: str = ""
    validators: Validators = Validators()
    digest: str = ""
    next: str | None = None


class Unreachable(PreuveError):  # noqa: N818 - what it says of the page
    """A page that could not be fetched."""


class Fetcher(Protocol):
    """Where pages come from."""

    def first(self) -> str: ...

    def get(self, address: str, known: Validators) -> Page: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


def fetcher(address: str, limits: Limits, headers: Mapping[str, str] | None = None) -> Fetcher:
    """What fetches the pages of a source; `headers` are sent to its own host alone, never kept."""
    if is_file(address):
        return Folder(file_path(address), limits)
    return Web(address, limits, dict(headers or {}))


@dataclass
class Folder:
    """The RDF files of a folder, in the order of their names; or one file."""

    path: Path
    limits: Limits
    _files: list[Path] = field(default_factory=list)

    def __enter__(self) -> Self:
        endings = {f".{ending}" for syntax in WRITTEN for ending in syntax.value[2]}
        if self.path.is_dir():
            self._files = sorted(
                one for one in self.path.rglob("*") if one.suffix.lower() in endings
            )
        elif self.path.is_file():
            self._files = [self.path]
        if not self._files:
            raise PreuveError(_("There is no RDF file here."), where=self.path)
        return self

    def __exit__(self, *_of: object) -> None:
        return None

    def first(self) -> str:
        return self._files[0].as_uri()

    def get(self, address: str, known: Validators) -> Page:
        path = file_path(address)
        following = next((one for one in self._files if one > path), None)
        after = following.as_uri() if following else None
        try:
            if path.stat().st_size > self.limits.page_bytes:
                raise _too_large(address, self.limits)
            content = path.read_bytes()
        except OSError as error:
            raise Unreachable(_("The file cannot be read."), where=path) from error
        own = digest(content)
        unchanged = own == known.etag
        return Page(
            address, address, None if unchanged else content, "", Validators(own), own, after
        )


class Web:
    """Pages over http(s)."""

    def __init__(self, address: str, limits: Limits, headers: dict[str, str]) -> None:
        self._address, self._limits = address, limits
        self._headers, self._origin = headers, origin(address)
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl.create_default_context(),
            max_connections=4,
            network_backend=Guarded(private=limits.private),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_of: object) -> None:
        self._pool.close()

    def first(self) -> str:
        return self._address

    def get(self, address: str, known: Validators) -> Page:
        """A page; asked again a few times while the server is busy.

        Raises:
            Unreachable: it cannot be had.
            PreuveError: it must not be had.
        """
        wait = self._limits.wait
        for attempt in range(1, self._limits.tries + 1):
            try:
                return self._asked(address, known)
            except _Busy as busy:
                if attempt == self._limits.tries:
                    raise Unreachable(
                        _("The server does not give this page: {reason}").format(
                            reason=busy.reason
                        ),
                        where=shown(address),
                        remedy=_("Start the harvest again later: it goes on where it stopped."),
                    ) from busy
                time.sleep(min(max(wait, busy.after), _PART))
                wait *= 2
        raise AssertionError("tries is at least one")

    def _asked(self, address: str, known: Validators) -> Page:
        end = time.monotonic() + self._limits.seconds
        here = address
        for _hop in range(self._limits.redirects + 1):
            response = self._response(here, known, end)
            if response.status not in _REDIRECTS or not response.header("location"):
                return self._page(address, here, response)
            here = web_address(response.header("location"), here)
        raise Unreachable(_("The server sends from one address to the next."), where=shown(address))

    def _response(self, here: str, known: Validators, end: float) -> _Response:
        headers = {
            "Accept": _ACCEPT,
            "Accept-Encoding": "gzip",
            "User-Agent": "preuve/" + version("preuve"),
        }
        if known.etag:
            headers["If-None-Match"] = known.etag
        if known.last_modified:
            headers["If-Modified-Since"] = known.last_modified
        if origin(here) == self._origin:
            headers |= self._headers
        limits = dict.fromkeys(("connect", "read", "write", "pool"), self._left(here, end))
        try:
            with self._pool.stream(
                "GET", here, headers=list(headers.items()), extensions={"timeout": limits}
            ) as answer:
                return _Response(answer.status, answer.headers, self._body(here, answer, end))
        except httpcore.UnsupportedProtocol as error:
            raise Unreachable(_("This is not an address."), where=shown(here)) from error
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            raise _Busy(str(error) or type(error).__name__) from error

    def _body(self, here: str, answer: httpcore.Response, end: float) -> bytes:
        if answer.status != 200:
            return b""
        packed = any(
            name.lower() == b"content-encoding" and b"gzip" in value.lower()
            for name, value in answer.headers
        )
        unpack = zlib.decompressobj(47) if packed else None
        found = bytearray()
        for part in _parts(answer):
            self._left(here, end)
            room = self._limits.page_bytes + 1 - len(found)
            found += unpack.decompress(part, room) if unpack else part
            if len(found) > self._limits.page_bytes:
                raise _too_large(here, self._limits)
        return bytes(found)

    def _left(self, here: str, end: float) -> float:
        left = end - time.monotonic()
        if left <= 0:
            raise Unreachable(
                _("The page takes longer than {seconds} seconds.").format(
                    seconds=round(self._limits.seconds)
                ),
                where=shown(here),
            )
        return min(left, _PART)

    def _page(self, address: str, here: str, response: _Response) -> Page:
        if response.status == 304:
            return Page(address, here, None, next=_following(response, here))
        if response.status in _AGAIN:
            raise _Busy(f"HTTP {response.status}", _seconds(response.header("retry-after")))
        if response.status != 200:
            raise Unreachable(
                _("The server answers HTTP {status}.").format(status=response.status),
                where=shown(address),
                remedy=_("Look at this address in a browser; the source may have moved."),
            )
        return Page(
            address,
            here,
            response.body,
            response.header("content-type"),
            Validators(response.header("etag"), response.header("last-modified")),
            digest(response.body),
            _following(response, here),
        )


@dataclass(frozen=True)
class _Response:
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def header(self, name: str) -> str:
        found = (value for key, value in self.headers if key.lower() == name.encode())
        return next(found, b"").decode("latin-1").strip()


class _Busy(Exception):  # noqa: N818 - a state of the server
    """Ask again later."""

    def __init__(self, reason: str, after: float = 0.0) -> None:
        super().__init__(reason)
        self.reason, self.after = reason, after


def _parts(answer: httpcore.Response) -> Iterator[bytes]:
    stream: Any = answer.iter_stream()
    yield from stream


def _too_large(address: str, limits: Limits) -> Unreachable:
    return Unreachable(
        _("The page holds more than {limit} MB.").format(limit=limits.page_bytes // 1_000_000),
        where=shown(address),
        remedy=_("Ask the publisher for pages of some hundred records."),
    )


def _seconds(text: str) -> float:
    return float(text) if re.fullmatch(r"\d{1,6}", text) else 0.0


def _following(response: _Response, here: str) -> str | None:
    """The address of a `Link: <…>; rel="next"` header (RFC 8288)."""
    for key, value in response.headers:
        if key.lower() != b"link":
            continue
        for link in _LINK.finditer(value.decode("latin-1")):
            relation = _NEXT.search(link[2])
            if relation and "next" in (relation[1] or relation[2] or "").lower().split():
                return web_address(link[1], here)
    return None
