"""Lines: a written YAML read with the line of each of its fields, so that an error names it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from preuve.core.errors import PreuveError
from preuve.core.language import _

Location: TypeAlias = tuple[int | str, ...]
"""Where a field stands: keys and positions from the root."""


@dataclass(frozen=True)
class Origin:
    """Where a text was read. It plays no part in equality: two equal texts are equal.

    Attributes:
        name: the file, empty for a text that was not in a file.
        lines: the line of each key and item, from 1; empty for a record.
    """

    name: str = field(default="", compare=False)
    lines: Mapping[Location, int] = field(default_factory=dict, compare=False, repr=False)

    @property
    def folder(self) -> Path:
        """The folder that the file names written in the text start from."""
        return Path(self.name).parent

    def known(self, location: Location) -> Location:
        """The field, or its nearest parent that is written."""
        while location and location not in self.lines:
            location = location[:-1]
        return location

    def line(self, location: Location) -> int | None:
        """The line of the field, or of its nearest parent that is written."""
        return self.lines.get(self.known(location))

    def where(self, location: Location) -> str:
        """file:line of the field."""
        line = self.line(location)
        return ":".join(str(part) for part in (self.name, line) if part)


def read_lines(text: str, name: str = "") -> tuple[Any, Origin]:
    """The value of a YAML text, and the line of each of its fields.

    Dates and codes with a leading zero stay text, as written. Aliases, tags and a key written
    twice are refused.

    Raises:
        PreuveError: the text is not YAML, or writes a key twice; names the line.
    """
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        value = loader.construct_document(node) if node else None
        return value, Origin(name, dict(_lines(node, (), name)) if node else {})
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        detail = getattr(error, "problem", None) or str(error)
        raise PreuveError(
            _("The file is not valid YAML: {error}").format(error=detail),
            where=Origin(name, {(): mark.line + 1} if mark else {}).where(()),
        ) from error
    except RecursionError as error:
        raise PreuveError(_("The file holds too many nested levels."), where=name) from error


class _Loader(yaml.SafeLoader):
    """YAML whose codes and dates stay text: `01004` is a commune, not an octal number."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, Any]]] = {}  # noqa: RUF012

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        problem = ""
        if isinstance(event, yaml.AliasEvent):
            problem = _("aliases (*) are not read: write it out")
        elif event.tag is not None:
            problem = _("tags (!) are not read")
        if problem:
            raise yaml.composer.ComposerError(None, None, problem, event.start_mark)
        return super().compose_node(parent, index)


def _resolve(tag: str, pattern: str, first: str) -> None:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


_resolve("bool", r"^(?:true|false)$", "tf")
_resolve("null", r"^(?:~|null|)$", "~n")
_Loader.yaml_implicit_resolvers.setdefault("", _Loader.yaml_implicit_resolvers["~"])
_resolve("int", r"^[-+]?(?:0|[1-9][0-9]{0,17})$", "-+0123456789")
_resolve(
    "float",
    r"^(?:[-+]?(?:(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+|\.inf)"
    r"|\.nan)$",
    "-+.0123456789",
)


def _lines(node: yaml.Node, location: Location, name: str) -> Iterator[tuple[Location, int]]:
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            line, word = key.start_mark.line + 1, str(key.value)
            if word in seen:
                raise PreuveError(
                    _("The key “{key}” is written twice: on line {first} and here.").format(
                        key=word, first=seen[word]
                    ),
                    where=Origin(name, {(): line}).where(()),
                    remedy=_("Keep one of them."),
                )
            seen[word] = line
            yield (*location, word), line
            yield from _lines(value, (*location, word), name)
    if isinstance(node, yaml.SequenceNode):
        for place, item in enumerate(node.value):
            yield (*location, place), item.start_mark.line + 1
            yield from _lines(item, (*location, place), name)
