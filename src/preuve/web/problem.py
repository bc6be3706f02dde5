"""Problem: how an error is told to a program (RFC 9457), and described beforehand."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

MEDIA_TYPE = "application/problem+json"


class Problem(BaseModel):
    """An error: what is wrong, where, and how to mend it."""

    type: str = "about:blank"
    title: str = Field(description="What the status means, in the language of the request.")
    status: int = Field(ge=400, le=599)
    detail: str = Field(description="What is wrong.")
    instance: str = Field(description="The address that was asked for.")
    where: str | None = Field(None, description="The field, line or thing concerned.")
    remedy: str | None = Field(None, description="What to do about it.")


def described(*codes: int) -> dict[int | str, dict[str, Any]]:
    """The errors that an operation may answer, for the description of the interface.

    Args:
        codes: those that it has besides the ones that any operation may answer.
    """
    return {
        status: {"description": _TOLD[status], "content": {MEDIA_TYPE: {"schema": _SCHEMA}}}
        for status in sorted({*_ANY, *codes})
    }


_TOLD = {
    400: "The request cannot be answered as it is.",
    401: "Nobody is signed in.",
    403: "The role of the account does not allow this.",
    404: "There is no such thing.",
    406: "None of the forms that are offered is accepted.",
    409: "Somebody else changed this meanwhile; nothing was lost.",
    410: "This was withdrawn.",
    412: "This is no longer the revision that was given.",
    413: "The body is too large.",
    415: "The kind of body is not accepted.",
    422: "A value is missing or not valid.",
    428: "Say which revision the change starts from.",
    429: "Too many tries.",
}
_ANY = (400, 401, 403, 404, 413, 415, 422)
_SCHEMA = Problem.model_json_schema()
