"""Reading: the entry of a YAML file, of a record or of a packaged example."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.lines import Location, Origin, read_lines
from preuve.core.mistakes import Mistake, explained, nearest, refusal, unreadable
from preuve.registry.entry.entry import Entry, IncoherentError

_BRANCHES = ("Text", "constrained-str")
"""How pydantic names the two forms of a text in the place of an error: not written by anyone."""

EXAMPLES = Path(__file__).parent.parent / "examples"


def examples() -> tuple[str, ...]:
    """The identifiers of the packaged entries, all SYNTHETIC."""
    return tuple(sorted(path.stem for path in EXAMPLES.glob("*.yaml")))


def load_entry(path_or_id: Path | str) -> Entry:
    """The entry of a YAML file, or a packaged example by its identifier.

    Raises:
        PreuveError: there is no such file, or it is not written as it must be; names the file
            and the line of every mistake.
    """
    path = Path(path_or_id)
    if str(path_or_id) in examples():
        path = EXAMPLES / f"{path_or_id}.yaml"
    if not path.is_file():
        raise PreuveError(
            _("The file does not exist."),
            where=path,
            remedy=nearest(path.stem, examples()).strip()
            or _("Give a file, or a packaged entry: {names}.").format(names=", ".join(examples())),
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise PreuveError(_("The file is not in UTF-8."), where=path) from error
    return parse_entry(text, name=str(path))


def parse_entry(source: str | Mapping[str, Any], *, name: str = "") -> Entry:
    """The entry of a YAML text or of a record.

    Args:
        source: the text, or the record of an entry.
        name: the file it comes from, for the errors.

    Raises:
        PreuveError: names the line of every mistake, what was found and the nearest word.
    """
    try:
        record, origin = (
            read_lines(source, name) if isinstance(source, str) else (source, Origin(name))
        )
    except PreuveError as refused:
        raise unreadable(refused) from refused.__cause__
    try:
        entry = Entry.model_validate(record)
    except ValidationError as error:
        mistakes = [mistake for one in error.errors() for mistake in _mistakes(one, origin)]
        raise refusal(_("This entry cannot be read:"), _once(mistakes), origin) from error
    entry._origin = origin
    return entry


def schema() -> dict[str, Any]:
    """The JSON schema of an entry, as published."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Entry.model_json_schema(by_alias=True),
    }


def _mistakes(error: Any, origin: Origin) -> list[Mistake]:
    held = error.get("ctx", {}).get("error")
    if isinstance(held, IncoherentError):
        return held.mistakes
    location: Location = tuple(part for part in error["loc"] if part not in _BRANCHES)
    at = location if error["type"] == "missing" or not origin.lines else origin.known(location)
    return [Mistake(at, explained(error, _keys(location)))]


def _once(mistakes: list[Mistake]) -> list[Mistake]:
    """The mistakes, without the two refusals of one field that may be written in two forms."""
    seen: dict[Location, Mistake] = {}
    for one in mistakes:
        if one.location not in seen:
            seen[one.location] = one
    return list(seen.values())


def _keys(location: Location) -> set[str]:
    """The keys that may stand where a field stands."""
    model: type[BaseModel] = Entry
    for part in location[:-1]:
        held = _held(model, part) if isinstance(part, str) else None
        model = held or model
    return {one.alias or name for name, one in model.model_fields.items()}


def _held(model: type[BaseModel], name: str) -> type[BaseModel] | None:
    """The model that a field holds, alone or in a list; None where it holds none."""
    field = model.model_fields.get(name)
    waiting = [field.annotation] if field is not None else []
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
        waiting.extend(get_args(kind))
    return None
