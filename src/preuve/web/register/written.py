"""Written: an entry as the YAML that a person edits, and what is wrong in a text, line by line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from preuve.core.errors import PreuveError


class _Dumper(yaml.SafeDumper):
    """YAML with the items of lists set in, and long texts folded."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        super().increase_indent(flow, False)


def written(record: Mapping[str, Any]) -> str:
    """An entry as YAML; `parse_entry` reads the same entry back."""
    text: str = yaml.dump(
        dict(record), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=92
    )
    return text


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in a text.

    Attributes:
        line: its number; 0 where none is known.
        source: that line, as it is written.
        problem: what is wrong.
    """

    line: int
    source: str
    problem: str


def faults(refused: PreuveError, text: str) -> list[Fault]:
    """What an error tells of a text, one fault a line, beside the line that it speaks of."""
    lines = text.splitlines()
    heading, *told = refused.problem.splitlines()
    found = [_fault(one.strip(), lines, refused) for one in told if one.strip()]
    return found or [_fault(heading, lines, refused)]


def _fault(problem: str, lines: list[str], refused: PreuveError) -> Fault:
    named = re.match(r"\D{0,10}(\d+)\s*,", problem) or re.search(r"(\d+)$", refused.where)
    line = int(named[1]) if named else 0
    source = lines[line - 1] if 0 < line <= len(lines) else ""
    return Fault(line if source else 0, source.strip()[:160], problem)
