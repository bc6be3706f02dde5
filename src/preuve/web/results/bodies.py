"""Bodies: what the description of the interface says of the files that it gives and takes."""

from __future__ import annotations

from typing import Any


def file(*media_types: str) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that answers with a file."""
    return {200: {"description": "The file", "content": _content(media_types)}}


def body(*media_types: str, what: str) -> dict[str, Any]:
    """The `openapi_extra` of a route that reads a whole file as its body."""
    told = {"required": True, "description": what, "content": _content(media_types)}
    return {"requestBody": told}


def _content(media_types: tuple[str, ...]) -> dict[str, Any]:
    return {kind: {"schema": {"type": "string", "format": "binary"}} for kind in media_types}
