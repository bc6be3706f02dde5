"""Provider: an OpenID Connect service that vouches for people, as its file declares it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.written import Written, parse, read_yaml

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Provider(Written):
    """One provider.

    Attributes:
        name: short, in addresses and in the names of accounts: "psc".
        shown: on the button: "Pro Santé Connect".
        issuer: exactly as its tokens say it.
        metadata: where it describes itself; below the issuer unless said.
        client_id: that it gave to this site.
        client_secret: file that holds the secret it gave; none for a public client.
        scopes: asked for.
        acr_values: strength of authentication asked for.
        named_by: claims that make the name shown.
        certificate: file of the client certificate (PEM, with its key) where it asks for one.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,20}$")]
    shown: Annotated[str, Field(min_length=1, max_length=60)]
    issuer: str
    metadata: str = ""
    client_id: Annotated[str, Field(min_length=1)]
    client_secret: Path | None = None
    scopes: tuple[str, ...] = ("openid",)
    acr_values: str = ""
    named_by: tuple[str, ...] = ("given_name", "family_name")
    certificate: Path | None = None

    @field_validator("issuer", "metadata")
    @classmethod
    def _safe(cls, address: str) -> str:
        if address and not trusted(address):
            raise ValueError(_("An address begins with https://."))
        return address

    @property
    def described_at(self) -> str:
        return self.metadata or f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"

    def secret(self) -> str | None:
        """The secret of its file.

        Raises:
            PreuveError: the file cannot be read.
        """
        if self.client_secret is None:
            return None
        try:
            return self.client_secret.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise PreuveError(
                _("The file of the secret cannot be read."), where=self.client_secret
            ) from error


class Providers(Written):
    """The file of providers."""

    providers: tuple[Provider, ...]

    @field_validator("providers")
    @classmethod
    def _distinct(cls, found: tuple[Provider, ...]) -> tuple[Provider, ...]:
        names = [provider.name for provider in found]
        if len(set(names)) < len(names):
            raise ValueError(_("Two providers have the same name."))
        return found


def providers(path: Path | None) -> dict[str, Provider]:
    """The providers of a file, by name.

    Raises:
        PreuveError: the file is absent or not valid; says the line.
    """
    if path is None:
        return {}
    return {
        provider.name: provider for provider in parse(Providers, read_yaml(path), path).providers
    }


def trusted(address: str) -> bool:
    """Whether what is said at this address comes from who it says: https, or this machine."""
    parts = urlsplit(address)
    local = parts.scheme == "http" and parts.hostname in _LOOPBACK
    return bool(parts.hostname) and (parts.scheme == "https" or local) and not _ODD.search(address)


_ODD = re.compile(r"[\s<>\"\\]")
