"""Progress of long work, told to whoever shows it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """What long work calls as it advances; the command line draws it as a bar per task."""

    def __call__(self, task: str, done: int, total: int, note: str = "") -> None: ...


def silent(task: str, done: int, total: int, note: str = "") -> None:
    """Progress that nobody watches."""
