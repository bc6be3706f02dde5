"""Posted: what a form sent, by the names of its controls (`dct:title/0/value`)."""

from __future__ import annotations

from collections.abc import Iterable

MOST = 100
"""Values of one property that a form takes."""


class Posted:
    """The values of controls; a control may have several (boxes that are ticked)."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        self._counts: dict[str, int] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value)
            self._count(name)

    def _count(self, name: str) -> None:
        parts = name.split("/")
        for place, part in enumerate(parts):
            if part.isdecimal() and len(part) < 4 and int(part) < MOST:
                before = "/".join(parts[:place])
                self._counts[before] = max(self._counts.get(before, 0), int(part) + 1)

    def __bool__(self) -> bool:
        return bool(self._values)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def text(self, name: str) -> str:
        """The first value of a control, with the line ends of Unix; empty without one."""
        found = self._values.get(name)
        return found[0].replace("\r\n", "\n").strip() if found else ""

    def all(self, name: str) -> list[str]:
        return self._values.get(name, [])[:MOST]

    def count(self, name: str) -> int:
        """How many numbered entries were sent under a name."""
        return self._counts.get(name, 0)

    def asks_more(self, name: str) -> bool:
        """Whether one more empty entry was asked for."""
        return name in self._values.get("more", ())
