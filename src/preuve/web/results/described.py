"""Described: what the interface says of its answers, errors included."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


class Problem(BaseModel):
    """An error, in the form of RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    where: str | None = None
    remedy: str | None = None


_TOLD = {
    400: "The request cannot be answered as it is written",
    401: "No key, or a key that is not known",
    403: "The role of the account does not allow this",
    404: "There is no such thing",
    406: "None of the forms asked for is offered",
    409: "Somebody else changed it meanwhile; both texts are kept",
    412: "The revision is not the one that stands",
    413: "The body is too large",
    415: "The media type is not accepted",
    422: "A value is missing or not valid",
    428: "Say the revision that was read: If-Match",
}


def errors(*codes: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may answer these errors; 400 and 422 always may."""
    return {
        code: {
            "description": _TOLD[code],
            "content": {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            },
            "model": Problem,
        }
        for code in sorted({400, 422, *codes})
    }


def file(*media_types: str) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that answers with a file."""
    content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in media_types}
    return {200: {"description": "The file", "content": content}}


def body(*media_types: str, what: str) -> dict[str, Any]:
    """The `openapi_extra` of a route that reads a whole file as its body."""
    content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in media_types}
    return {"requestBody": {"required": True, "description": what, "content": content}}
