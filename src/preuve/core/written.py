"""What a person writes: YAML read into frozen models; errors name line and field."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from preuve.core.errors import PreuveError
from preuve.core.language import _


class Written(BaseModel):
    """A noun that a person writes in YAML: frozen, and without a word it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Model = TypeVar("Model", bound=BaseModel)


class _Loader(yaml.SafeLoader):
    """The safe loader, which tells the line of a date that does not exist."""

    def construct_yaml_timestamp(self, node: yaml.ScalarNode) -> Any:
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError as error:
            raise yaml.constructor.ConstructorError(
                None, None, _("{date} is not a date.").format(date=node.value), node.start_mark
            ) from error


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_yaml_timestamp)


def read_yaml(path: Path) -> Any:
    """The value of a YAML file.

    Raises:
        PreuveError: the file is absent, is not YAML, or holds a date that does not exist; names
            the line.
    """
    try:
        text = path.read_text(encoding="utf-8")
        return yaml.load(text, _Loader)  # noqa: S506 - a safe loader
    except (FileNotFoundError, IsADirectoryError) as error:
        raise PreuveError(_("The file does not exist."), where=path) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        detail = getattr(error, "problem", None) or str(error)
        raise PreuveError(
            _("The file is not valid YAML: {error}").format(error=detail),
            where=f"{path}:{mark.line + 1}" if mark else path,
        ) from error


def parse(model: type[Model], record: Any, where: object) -> Model:
    """The model of a record.

    Raises:
        PreuveError: names each field that is wrong (with its line where `where` is a YAML file),
            what was found, and the nearest known word.
    """
    try:
        return model.model_validate(record)
    except ValidationError as error:
        wrong = error.errors()
        first = wrong[0]["loc"]
        line = _line_of(where, first) if isinstance(where, Path) else None
        problems = "\n".join(f"  {_name(e['loc'])}: {_explain(e, model)}" for e in wrong[:8])
        raise PreuveError(
            _("The file does not follow its schema:") + "\n" + problems,
            where=f"{where}:{line}" if line else where,
        ) from error


def _name(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location) or "(file)"


def _explain(error: Any, model: type[BaseModel]) -> str:
    if error["type"] == "extra_forbidden":
        near = get_close_matches(str(error["loc"][-1]), _words(model), n=1)
        hint = _(" Did you mean “{word}”?").format(word=near[0]) if near else ""
        return _("this key is not known.") + hint
    if error["type"] == "missing":
        return _("this field is missing.")
    return str(error["msg"]).removeprefix("Value error, ")


def _words(model: type[BaseModel]) -> set[str]:
    schema = model.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    return {word for part in parts for word in part.get("properties", {})}


def _line_of(path: Path, location: tuple[int | str, ...]) -> int | None:
    """The line where a field stands in its YAML file, or its nearest parent that is there."""
    try:
        node = yaml.compose(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError):
        return None
    line: int | None = None
    for part in location:
        if isinstance(node, yaml.MappingNode):
            found = [(k, v) for k, v in node.value if k.value == str(part)]
            if not found:
                continue
            line, node = found[0][0].start_mark.line + 1, found[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            if part >= len(node.value):
                break
            node = node.value[part]
            line = node.start_mark.line + 1
    return line
