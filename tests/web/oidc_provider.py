"""A real OpenID Connect provider on a port of this machine: it signs, and it can be told to lie."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "preuve-test", "a secret of the client"


@cache
def _key(_whose: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "one"})


@dataclass
class Provider:
    """The provider and what it was told to do.

    Attributes:
        claims: put into the identity token over the true ones.
        algorithm: "none" signs nothing, "HS256" with the public key as a secret.
        forged: sign with a key that is not published.
        userinfo: what is told of the person beside the token.
        status: of the answers of the token endpoint.
        issuer_said: in the description, when not its own.
    """

    address: str
    key: RSAKey = field(default_factory=lambda: _key("own"))
    stranger: RSAKey = field(default_factory=lambda: _key("stranger"))
    claims: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    forged: bool = False
    userinfo: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    issuer_said: str = ""
    token: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def described(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer_said or self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "jwks_uri": f"{self.address}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        }

    def authorised(self, asked: dict[str, str]) -> str:
        """Where the browser is sent back, as if the person had shown their card."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        sent = urlencode({"code": code, "state": asked["state"]})
        return f"{asked['redirect_uri']}?{sent}"

    def exchanged(self, sent: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """Tokens for a code: once, to the client, with the verifier of the challenge."""
        asked = self.codes.pop(sent.get("code", ""), None)
        shown = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        hashed = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()
        if (
            asked is None
            or authorization != f"Basic {shown}"
            or asked["code_challenge"] != challenge
            or asked["code_challenge_method"] != "S256"
            or asked["redirect_uri"] != sent["redirect_uri"]
            or self.status != 200
        ):
            return 400 if self.status == 200 else self.status, {"error": "invalid_grant"}
        token = self.token or self._signed(asked)
        return 200, {"access_token": "opened", "token_type": "Bearer", "id_token": token}

    def _signed(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.address,
            "sub": "899700123456",
            "aud": CLIENT,
            "iat": now,
            "exp": now + 60,
            "nonce": asked["nonce"],
        }
        claims |= self.claims
        header = {"alg": self.algorithm, "kid": "one"}
        if self.algorithm != "RS256":
            return self._misused(header, claims)
        return jwt.encode(header, claims, self.stranger if self.forged else self.key)

    def _misused(self, header: dict[str, Any], claims: dict[str, Any]) -> str:
        """Without a signature, or signed with what everybody knows: the public key as a secret."""
        text = ".".join(_encoded(json.dumps(part).encode()) for part in (header, claims))
        if self.algorithm == "none":
            return f"{text}."
        public = self.key.as_pem(private=False)
        return f"{text}.{_encoded(hmac.digest(public, text.encode(), 'sha256'))}"


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that answers until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    made = Provider(f"http://127.0.0.1:{server.server_port}")
    server.provider = made  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    thread.join(5)
    server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        made: Provider = self.server.provider  # type: ignore[attr-defined]
        parts = urlsplit(self.path)
        if parts.path == "/authorize":
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self.send_response(302)
            self.send_header("Location", made.authorised(asked))
            self.end_headers()
        elif parts.path == "/.well-known/openid-configuration":
            self._answer(200, made.described())
        elif parts.path == "/keys":
            self._answer(200, {"keys": [made.key.as_dict(private=False)]})
        elif self.headers.get("Authorization") == "Bearer opened":
            told = {"sub": "899700123456", "given_name": "Camille", "family_name": "Exemple"}
            self._answer(200, told | made.userinfo)
        else:
            self._answer(401, {})

    def do_POST(self) -> None:
        made: Provider = self.server.provider  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        sent = {name: values[0] for name, values in parse_qs(body).items()}
        self._answer(*made.exchanged(sent, self.headers.get("Authorization", "")))

    def _answer(self, status: int, told: dict[str, Any]) -> None:
        content = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_told: object) -> None:
        pass
