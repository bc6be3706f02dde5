"""Client: the three verbs of the ingest interface, as a public exporter implements it.

    POST   /ingest/datasets                       text/turtle -> {"id": …}
    PUT    /ingest/datasets/origin?originalId=…   text/turtle
    DELETE /ingest/datasets/{id}

with the header X-API-Key. 400: the record is refused; 401, 403: the key is; 404: not known there.
The contract is a reading of open code (August 2026), not a published specification.
"""

from __future__ import annotations

import os
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from preuve.core.errors import PreuveError
from preuve.core.language import _

if TYPE_CHECKING:
    import httpx

KEY = "PREUVE_HDH_KEY"
"""The environment variable that holds the key; it is never written, shown or logged."""
SECONDS = 60.0
TRIES = 3
SHOWN = 300
"""Characters of the server's answer that are told."""


class RefusedError(Exception):
    """The server refuses one record; the others may go on."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(status, detail)
        self.status, self.detail = status, detail


def key_of_environment() -> str:
    """The key.

    Raises:
        PreuveError: the variable is not set.
    """
    key = os.environ.get(KEY, "").strip()
    if not key:
        raise PreuveError(
            _("No key for the Health Data Hub catalogue."),
            where=KEY,
            remedy=_("Put the key of your data provider's account in this variable."),
        )
    return key


class Client:
    """A connection to one catalogue.

    Args:
        address: of the interface, `https://…`; plain http only to this machine.
        key: sent with each request, and to no other address: redirections are not followed.
        pause: seconds before a second try; the third waits twice as long.

    Raises:
        PreuveError: the address is not one a key may be sent to.
    """

    def __init__(self, address: str, key: str, *, pause: float = 1.0) -> None:
        import httpx

        parts = urlsplit(address)
        local = parts.hostname in ("localhost", "127.0.0.1", "::1")
        if parts.scheme != "https" and not (local and parts.scheme == "http"):
            raise PreuveError(
                _("The key is only sent over https."),
                where=address,
                remedy=_("Give an address that begins with https://."),
            )
        self.address = address.rstrip("/")
        self._pause = pause
        self._http = httpx.Client(
            headers={"X-API-Key": key}, timeout=SECONDS, follow_redirects=False
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def create(self, turtle: bytes) -> str:
        """Send a new record; its identifier there."""
        answer = self._send("POST", "/ingest/datasets", turtle)
        found = _identifier(answer)
        if not found:
            raise PreuveError(
                _("The catalogue answered without an identifier."),
                where=f"POST {self.address}/ingest/datasets",
                remedy=_("Check the address; the record may have been taken."),
            )
        return found

    def replace(self, original_id: str, turtle: bytes) -> str | None:
        """Send a record anew by the identifier it has here; None where it is not known there."""
        path = f"/ingest/datasets/origin?originalId={quote(original_id, safe='')}"
        answer = self._send("PUT", path, turtle, absent=True)
        return None if answer.status_code == 404 else _identifier(answer)

    def remove(self, identifier: str) -> bool:
        """Remove a record; false where it was not there any more."""
        path = f"/ingest/datasets/{quote(identifier, safe='')}"
        return self._send("DELETE", path, absent=True).status_code != 404

    def _send(
        self, verb: str, path: str, body: bytes | None = None, *, absent: bool = False
    ) -> httpx.Response:
        where = f"{verb} {self.address}{path}"
        answer = self._tried(verb, path, body, where)
        status = answer.status_code
        if status in (401, 403):
            raise PreuveError(
                _("The catalogue refuses the key ({status}).").format(status=status),
                where=where,
                remedy=_("Check {variable}, and that it has the role of data provider.").format(
                    variable=KEY
                ),
            )
        if status == 404 and absent:
            return answer
        if status >= 500 or 300 <= status < 400:
            raise PreuveError(
                _("The catalogue answers {status}.").format(status=status),
                where=where,
                remedy=_("Start the same command again later: what was sent is known."),
            )
        if status >= 400:
            raise RefusedError(status, answer.text[:SHOWN])
        return answer

    def _tried(self, verb: str, path: str, body: bytes | None, where: str) -> httpx.Response:
        """The answer, after more tries where the catalogue is busy or cannot be reached.

        A POST is not sent again when its answer was lost: the record may have been taken.
        """
        import httpx

        headers = {"Content-Type": "text/turtle; charset=utf-8"} if body is not None else {}
        for attempt in range(1, TRIES + 1):
            try:
                answer = self._http.request(
                    verb, self.address + path, content=body, headers=headers
                )
            except httpx.TransportError as error:
                lost = verb == "POST" and not isinstance(error, httpx.ConnectError)
                if lost or attempt == TRIES:
                    raise PreuveError(
                        _("The catalogue cannot be reached: {error}").format(
                            error=type(error).__name__
                        ),
                        where=where,
                        remedy=_("Start the same command again later: what was sent is known."),
                    ) from error
            else:
                if answer.status_code not in (429, 502, 503, 504) or attempt == TRIES:
                    return answer
            time.sleep(self._pause * attempt)
        raise AssertionError


def _identifier(answer: httpx.Response) -> str:
    try:
        found: Any = answer.json()
    except ValueError:
        return ""
    return str(found.get("id", "")) if isinstance(found, dict) else ""
