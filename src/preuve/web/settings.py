"""Settings: where the site keeps its things, under which address it is known, whom it trusts."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.record import write_whole

KEY = "secret.key"
_LOCAL = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True)
class Settings:
    """What the site needs to know before it opens.

    Attributes:
        folder: where the database, the key and the files of the site are.
        database: address of the database.
        secret: 32 random bytes that sign forms and messages.
        address: the site as its readers know it, without a last slash.
        hosts: names under which it answers.
        providers: file that names the OpenID Connect providers; None for none.
        body_limit: the largest body of a request, in bytes.
        threads: requests worked on at once by a process.
    """

    folder: Path
    database: str
    secret: bytes = field(repr=False)
    address: str = "http://127.0.0.1:8000"
    hosts: tuple[str, ...] = _LOCAL
    providers: Path | None = None
    body_limit: int = 16 * 2**20
    threads: int = 8

    @property
    def secure(self) -> bool:
        """Whether readers come over https, so that cookies never travel in clear."""
        return self.address.startswith("https://")

    @classmethod
    def read(cls, given: Mapping[str, str] = os.environ) -> Settings:
        """The settings of the environment.

        `PREUVE_SITE` (folder), `PREUVE_DATABASE`, `PREUVE_ADDRESS`, `PREUVE_HOSTS` (separated by
        commas), `PREUVE_OIDC` (file of providers), `PREUVE_BODY_LIMIT` (bytes), `PREUVE_THREADS`.

        Raises:
            PreuveError: a value that cannot be.
        """
        folder = Path(given.get("PREUVE_SITE") or "build/site")
        address = (given.get("PREUVE_ADDRESS") or cls.address).rstrip("/")
        named = [name.strip() for name in given.get("PREUVE_HOSTS", "").split(",")]
        providers = given.get("PREUVE_OIDC")
        return cls(
            folder=folder,
            database=given.get("PREUVE_DATABASE") or str(folder / "preuve.db"),
            secret=secret_of(folder),
            address=address,
            hosts=tuple(dict.fromkeys([_host(address), *_LOCAL, *filter(None, named)])),
            providers=Path(providers) if providers else None,
            body_limit=_whole("PREUVE_BODY_LIMIT", given, cls.body_limit),
            threads=_whole("PREUVE_THREADS", given, cls.threads),
        )


def secret_of(folder: Path) -> bytes:
    """The key of the site, made on first use; only its owner may read the file.

    Raises:
        PreuveError: the file is not a key, or others may read it.
    """
    path = folder / KEY
    if not path.exists():
        write_whole(path, secrets.token_hex(32).encode() + b"\n", private=True)
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise PreuveError(
            _("Others than its owner may read the key of the site."),
            where=path,
            remedy=f"chmod 600 {path}",
        )
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        key = b""
    if len(key) < 32:
        raise PreuveError(
            _("This file does not hold a key."),
            where=path,
            remedy=_("Remove it: a new one is made; everyone signs in again."),
        )
    return key


def _host(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise PreuveError(
            _("The address of the site begins with http:// or https://."), where=address
        )
    return f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname


def _whole(name: str, given: Mapping[str, str], default: int) -> int:
    written = given.get(name)
    if not written:
        return default
    if not written.isdecimal() or int(written) < 1:
        raise PreuveError(_("This must be a whole number, at least 1."), where=f"{name}={written}")
    return int(written)
