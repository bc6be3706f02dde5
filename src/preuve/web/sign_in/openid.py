"""OpenID Connect: the questions put to a provider, and what its answers prove.

Authorization code flow with PKCE (RFC 7636), `state` and `nonce`; the identity token is checked
as OpenID Connect Core 1.0 §3.1.3.7 says: signature by a key of the provider, issuer, audience,
expiry, nonce.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

import httpx
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from preuve.core.language import _
from preuve.web.sign_in.journey import Journey
from preuve.web.sign_in.provider import Provider, trusted
from preuve.web.sign_in.refusal import SignInRefused

_SIGNED = [f"{family}{size}" for family in ("RS", "PS", "ES") for size in (256, 384, 512)]
_LEEWAY = 60
_PATIENCE = 10.0
_FRESH = 3600.0
_LARGEST = 2**20
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True)
class Person:
    """Whom a provider vouches for.

    Attributes:
        subject: stable at the provider.
        shown: the name to show.
    """

    subject: str
    shown: str


class Service:
    """A provider at work: what it says of itself and its keys, kept for an hour."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._lock = Lock()
        self._described: tuple[float, dict[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None

    @property
    def name(self) -> str:
        return self.provider.name

    @property
    def shown(self) -> str:
        return self.provider.shown

    def question(self, made: Journey, state: str, callback: str) -> str:
        """The address at the provider where the browser is sent.

        Raises:
            SignInRefused: the provider does not answer, or says something else than its file.
        """
        asked = {
            "response_type": "code",
            "client_id": self.provider.client_id,
            "redirect_uri": callback,
            "scope": " ".join(self.provider.scopes),
            "state": state,
            "nonce": made.nonce,
            "code_challenge": create_s256_code_challenge(made.verifier),
            "code_challenge_method": "S256",
            "ui_locales": made.language,
        }
        if self.provider.acr_values:
            asked["acr_values"] = self.provider.acr_values
        address = self._description()["authorization_endpoint"]
        return str(add_params_to_uri(address, list(asked.items())))

    def answered(self, code: str, made: Journey, callback: str) -> Person:
        """Whom the provider vouches for.

        Raises:
            SignInRefused: the code is refused, or the token does not prove what it must.
        """
        described = self._description()
        tokens = self._exchanged(described["token_endpoint"], code, made, callback)
        claims = self._proved(tokens, made.nonce)
        told = self._told(described, tokens, claims)
        names = [str(told[claim]) for claim in self.provider.named_by if told.get(claim)]
        subject = str(claims["sub"])
        return Person(subject, " ".join(names)[:120] or str(told.get("name") or subject)[:120])

    def _exchanged(self, address: str, code: str, made: Journey, callback: str) -> dict[str, Any]:
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": callback,
            "code_verifier": made.verifier,
        }
        secret = self.provider.secret()
        if secret is None:
            sent["client_id"] = self.provider.client_id
        proof = httpx.BasicAuth(self.provider.client_id, secret) if secret else None
        return self._asked("POST", address, data=sent, auth=proof)

    def _proved(self, tokens: Mapping[str, Any], nonce: str) -> dict[str, Any]:
        """The claims of the identity token, once everything about it is right."""
        written = tokens.get("id_token")
        if not isinstance(written, str):
            raise SignInRefused("no token")
        try:
            token = self._decoded(written)
        except (JoseError, ValueError) as error:
            raise SignInRefused(f"signature: {type(error).__name__}") from error
        if self.provider.client_id not in _several(token.claims.get("aud")):
            raise SignInRefused("claim: aud")
        claims = CodeIDToken(
            token.claims,
            token.header,
            {"iss": {"essential": True, "values": [self.provider.issuer]}},
            {
                "nonce": nonce,
                "client_id": self.provider.client_id,
                "access_token": tokens.get("access_token"),
            },
        )
        try:
            claims.validate(leeway=_LEEWAY)
        except (JoseError, ValueError, TypeError) as error:
            reason = getattr(error, "claim", "") or type(error).__name__
            raise SignInRefused(f"claim: {reason}") from error
        return dict(token.claims)

    def _decoded(self, written: str) -> jwt.Token:
        said = self._description().get("id_token_signing_alg_values_supported") or ["RS256"]
        registry = JWSRegistry(
            algorithms=[one for one in said if one in _SIGNED], strict_check_header=False
        )
        try:
            return jwt.decode(written, key=self._key_set(), registry=registry)
        except InvalidKeyIdError:
            return jwt.decode(written, key=self._key_set(fresh=True), registry=registry)

    def _told(
        self, described: Mapping[str, Any], tokens: Mapping[str, Any], claims: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The claims, with what the provider says of the person beside the token."""
        address, key = described.get("userinfo_endpoint"), tokens.get("access_token")
        known = all(claims.get(claim) for claim in self.provider.named_by)
        if known or not isinstance(address, str) or not isinstance(key, str):
            return dict(claims)
        told = self._asked("GET", address, headers={"Authorization": f"Bearer {key}"})
        if told.get("sub") != claims["sub"]:
            raise SignInRefused("userinfo: sub")
        return {**told, **claims}

    def _description(self) -> dict[str, Any]:
        with self._lock:
            if self._described and time.monotonic() - self._described[0] < _FRESH:
                return self._described[1]
        found = self._asked("GET", self.provider.described_at)
        if found.get("issuer") != self.provider.issuer:
            raise SignInRefused("issuer", where=self.provider.described_at)
        for name in _ENDPOINTS:
            if not trusted(str(found.get(name, ""))):
                raise SignInRefused(f"address: {name}", where=self.provider.described_at)
        with self._lock:
            self._described = time.monotonic(), found
        return found

    def _key_set(self, *, fresh: bool = False) -> KeySet:
        with self._lock:
            if self._keys and not fresh and time.monotonic() - self._keys[0] < _FRESH:
                return self._keys[1]
        keys = KeySet.import_key_set(self._asked("GET", self._description()["jwks_uri"]))  # type: ignore[arg-type]
        with self._lock:
            self._keys = time.monotonic(), keys
        return keys

    def _asked(self, verb: str, address: str, **sent: Any) -> dict[str, Any]:
        """The JSON object that the provider answers; redirections are not followed."""
        certificate = self.provider.certificate
        if not trusted(address):
            raise SignInRefused("address")
        try:
            with httpx.Client(
                timeout=_PATIENCE, cert=str(certificate) if certificate else None
            ) as client:
                answer = client.request(verb, address, **_json(sent))
                found = answer.json() if len(answer.content) <= _LARGEST else None
        except (httpx.HTTPError, OSError, ValueError) as error:
            raise SignInRefused(
                "provider",
                _("The sign-in service does not answer: {name}.").format(name=self.shown),
            ) from error
        if answer.status_code != 200 or not isinstance(found, dict):
            raise SignInRefused(
                f"provider: {answer.status_code}",
                _("The sign-in service refused: {name}.").format(name=self.shown),
            )
        return found


def _json(sent: dict[str, Any]) -> dict[str, Any]:
    return {**sent, "headers": {"Accept": "application/json", **sent.get("headers", {})}}


def _several(audience: Any) -> list[Any]:
    return audience if isinstance(audience, list) else [audience]
