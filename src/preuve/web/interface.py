"""Interface for machines: its operations on one page, read from its own OpenAPI description."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from preuve.core.language import _
from preuve.web.rendering import page

router = APIRouter()


@router.get("/interface")
def interface(request: Request) -> Response:
    described = request.app.openapi()
    operations = [
        _operation(path, verb, told)
        for path, verbs in described.get("paths", {}).items()
        for verb, told in verbs.items()
    ]
    return page(
        request, "interface.html.j2", title=_("Interface for programs"), operations=operations
    )


def _operation(path: str, verb: str, told: dict[str, Any]) -> dict[str, Any]:
    description = told.get("description", "").strip()
    return {
        "path": path,
        "verb": verb.upper(),
        "summary": description.splitlines()[0] if description else told.get("summary", ""),
        "parameters": [
            {"name": one["name"], "where": one["in"], "required": one.get("required", False)}
            for one in told.get("parameters", [])
        ],
        "sends": ", ".join(told.get("requestBody", {}).get("content", {})),
    }
