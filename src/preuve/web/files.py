"""Static files: served under the digest of their content, so that they may be kept for ever."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from preuve import pages as kit

FOLDER = Path(__file__).parent / "static"
TEMPLATES = Path(__file__).parent / "templates"
_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}
_EVER = "public, max-age=31536000, immutable"


@lru_cache
def asset(name: str) -> str:
    """The address of a static file."""
    stem, _, suffix = name.rpartition(".")
    fingerprint = hashlib.sha256(_content(name)).hexdigest()[:16]
    return f"/static/{stem}.{fingerprint}.{suffix}"


def served(request: Request) -> Response:
    """A static file under the address that `asset` gives; nothing else is there."""
    found = _addresses().get(request.scope["path"])
    if found is None:
        return Response(status_code=404)
    kind = _TYPES[Path(found).suffix]
    return Response(_content(found), media_type=kind, headers={"Cache-Control": _EVER})


@lru_cache
def _addresses() -> dict[str, str]:
    names = [path.name for path in FOLDER.iterdir() if path.suffix in _TYPES]
    return {asset(name): name for name in names}


@lru_cache
def _content(name: str) -> bytes:
    """The bytes of a file; the style of the pages comes first, that of the site, of its parts."""
    if name != "style.css":
        return (FOLDER / name).read_bytes()
    kit_style = next(Path(folder, "templates/style.css") for folder in kit.__path__)
    own = [FOLDER / name, *sorted(path for path in FOLDER.glob("*.css") if path.name != name)]
    return b"\n".join(path.read_bytes() for path in [kit_style, *own])
