"""Language of a request: `/fr/…` and `/en/…` for pages, Accept-Language for everything else."""

from __future__ import annotations

from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from preuve.core.language import LANGUAGES, Language, speaking

NEUTRAL = ("api", "id", "static", "oidc", "health", "robots.txt", "favicon.ico")
"""First segments of the paths that have no language."""


class Languages:
    """Says each request in its language; sends a page without language to the reader's own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        first, slash, rest = scope["path"][1:].partition("/")
        spoken = next((language for language in LANGUAGES if language == first), None)
        wished = spoken or preferred(Headers(scope=scope).get("accept-language", ""))
        if spoken and slash and rest.partition("/")[0] not in NEUTRAL:
            scope = {**scope, "root_path": f"/{spoken}"}
        elif not spoken and first not in NEUTRAL:
            return await _redirected(scope, f"/{wished}{written_path(scope)}")(scope, receive, send)
        elif spoken and not slash:
            return await _redirected(scope, f"/{spoken}/")(scope, receive, send)
        with speaking(wished):
            return await self.app(scope, receive, send)


def _redirected(scope: Scope, path: str) -> ASGIApp:
    if scope["method"] not in ("GET", "HEAD"):
        return PlainTextResponse("405 — /fr/… /en/…", 405, {"Allow": "GET, HEAD"})
    query = scope["query_string"].decode("latin-1")
    target = path + (f"?{query}" if query else "")
    return RedirectResponse(target, 307, {"Vary": "Accept-Language"})


def written_path(scope: Scope) -> str:
    """The path as the reader wrote it, its escapes kept: an escaped slash stays one."""
    raw: bytes = scope.get("raw_path") or b""
    path = raw.partition(b"?")[0].decode("latin-1") or quote(scope["path"])
    return path.removeprefix(scope.get("root_path", "")) or "/"


def preferred(accepted: str) -> Language:
    """The language of an Accept-Language header: English where it comes before French."""
    best: tuple[float, Language] = (0.0, "fr")
    for part in accepted[:500].split(","):
        tag, _, weight = part.partition(";")
        name = tag.strip().lower().partition("-")[0]
        spoken = next((language for language in LANGUAGES if language == name), None)
        if spoken and (worth := _worth(weight)) > best[0]:
            best = (worth, spoken)
    return best[1]


def _worth(written: str) -> float:
    name, _, value = written.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
