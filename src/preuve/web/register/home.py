"""Home: what the home page says of the register."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from preuve.registry.facts import load
from preuve.registry.public import status_name
from preuve.web.register.listing import BEST, Filter, listed
from preuve.web.register.shown import all_evidence, every

_NEWEST = 4


def at_home(connection: Connection) -> dict[str, Any]:
    """How many systems by line and by what is proved of them, and those that changed last."""
    held = every(connection)
    found = listed([one.entry for one in held], all_evidence(connection), Filter())
    words = load().words["line"]
    lines: dict[str, int] = {}
    for one in found:
        lines[one.entry.line] = lines.get(one.entry.line, 0) + 1
    newest = sorted(held, key=lambda one: one.modified_at, reverse=True)[:_NEWEST]
    return {
        "total": len(found),
        "lines": [(line, str(words[line]), count) for line, count in lines.items()],
        "proofs": [
            (status, str(status_name(status)), sum(one.status == status for one in found))
            for status in BEST
        ],
        "newest": [(one.entry.id, str(one.entry.title), one.entry.synthetic) for one in newest],
    }
