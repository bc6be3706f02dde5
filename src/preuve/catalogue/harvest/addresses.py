"""Addresses: which may be fetched, and how one is told without the secrets it may hold.

Only http and https, or files for a source that is one. A name is looked up once and the connection
goes to the address that was checked, so that a name cannot change between the two. Addresses that
are not public (RFC 1918 networks, this machine, link-local metadata services) are refused unless
the source is allowed to be inside.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urljoin, urlsplit, urlunsplit

import httpcore

from preuve.core.errors import PreuveError
from preuve.core.language import _

_SECRET = re.compile(r"key|token|secret|passw|pwd|sig|auth|credential|session", re.IGNORECASE)
_LONGEST = 2_000


def source_address(written: str) -> str:
    """The address of a source as it is kept: an absolute URL, or the URL of a file or folder.

    Raises:
        PreuveError: another scheme, no host, or a password in the address.
    """
    if "://" not in written:
        path = Path(written)
        if not path.exists():
            raise PreuveError(
                _("There is no such file or folder."),
                where=written,
                remedy=_("Give a file, a folder, or an http(s) address."),
            )
        return path.resolve().as_uri()
    if written.lower().startswith("file://"):
        return source_address(str(file_path(written)))
    return web_address(written)


def web_address(written: str, base: str = "") -> str:
    """An http(s) address made absolute and without its fragment.

    Raises:
        PreuveError: another scheme, no host, or a password in the address.
    """
    try:
        parts = urlsplit(urljoin(base, written))
        _port = parts.port
    except ValueError as error:
        raise PreuveError(_("This is not an address."), where=shown(written)) from error
    if parts.scheme not in ("http", "https") or not parts.hostname or len(written) > _LONGEST:
        raise PreuveError(_("Only http and https addresses are fetched."), where=shown(written))
    if parts.username or parts.password:
        raise PreuveError(
            _("The address holds a name or a password, which would be kept and shown."),
            where=shown(written),
            remedy=_("Give the address without it, and the secret in a header."),
        )
    return urlunsplit(parts._replace(fragment=""))


def file_path(address: str) -> Path:
    """The path of a file:// address."""
    return Path(unquote(urlsplit(address).path))


def is_file(address: str) -> bool:
    return address.startswith("file://")


def origin(address: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port: what a secret header may be sent to."""
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port


def shown(address: str) -> str:
    """An address as it may be written in a log: no password, no secret of the query."""
    try:
        parts = urlsplit(address)
        host = parts.netloc.rpartition("@")[2]
        asked = [
            (name, "***" if _SECRET.search(name) else value)
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
        ]
    except ValueError:
        return re.sub(r"//[^/@]*@", "//", address.partition("?")[0])[:_LONGEST]
    if not any(value == "***" for _name, value in asked):
        return urlunsplit(parts._replace(netloc=host))[:_LONGEST]
    return urlunsplit(parts._replace(netloc=host, query=urlencode(asked, safe="*")))[:_LONGEST]


class Guarded(httpcore.NetworkBackend):
    """Connections to addresses that were checked."""

    def __init__(self, *, private: bool) -> None:
        self._private, self._real = private, httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(_("the name is not known")) from error
        numbers = list(dict.fromkeys(str(one[4][0]) for one in found))
        if not self._private and not all(is_public(number) for number in numbers):
            raise PreuveError(
                _("This address is inside a private network."),
                where=host,
                remedy=_("Allow private addresses for this source if it is one of yours."),
            )
        for number in numbers[:-1]:
            try:
                return self._real.connect_tcp(number, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._real.connect_tcp(numbers[-1], port, timeout, local_address, socket_options)


def is_public(number: str) -> bool:
    """Whether an IP address is one of the public internet."""
    found = ipaddress.ip_address(number.partition("%")[0])
    inside = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    checked = inside or found
    return bool(checked.is_global and not checked.is_multicast)
