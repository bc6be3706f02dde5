"""A Hugging Face model card: its YAML front matter read into a draft, its figures as claims."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.registry.chai.drafting import slug
from preuve.registry.entry import Entry, parse_entry

FORMAT = "Hugging Face model card"
LARGEST = 1_000_000
"""Most bytes of a card."""


def read(path: Path) -> Entry:
    """The draft of an entry from a model card in Markdown.

    Line and function are “other”: the card names none. Every figure of its `model-index` is a
    claim; the whole card is kept as model card.

    Raises:
        PreuveError: the file is absent, too large, not UTF-8, or has no front matter in YAML.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise PreuveError(
                _("The file is too large for a model card (more than {size} bytes).").format(
                    size=LARGEST
                ),
                where=path,
            )
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise PreuveError(_("The file cannot be read."), where=path) from error
    return draft(text, path.parent.name if path.stem.lower() == "readme" else path.stem, path)


def draft(text: str, name: str, where: object = "") -> Entry:
    """The draft of a card's text; `name` is used where the card gives none. Raises as `read`."""
    front, body = _parts(text, where)
    claims = list(_claims(front))
    named = next((str(one["name"]) for one in _index(front) if one.get("name")), name)
    maker = str(front.get("author") or front.get("organization") or _("Not stated"))
    record = {
        "preuve_entry": 1,
        "id": slug(named),
        "name": named,
        "title": named,
        "maker": {"name": maker},
        "line": "other",
        "function": "other",
        "claims": claims,
        "model_card": {"format": FORMAT, "front_matter": _plain(front), "text": body},
    }
    return parse_entry(record, name=str(where))


def _parts(text: str, where: object) -> tuple[dict[str, Any], str]:
    """The front matter and the text under it."""
    lines = text.splitlines()
    ends = [place for place, line in enumerate(lines) if line.strip() == "---"]
    if len(ends) < 2 or ends[0] != 0:
        raise PreuveError(
            _("This card has no front matter: it must begin with --- and YAML."), where=where
        )
    written = "\n".join(lines[1 : ends[1]])
    try:
        events = list(yaml.parse(written))
        front = yaml.safe_load(written)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise PreuveError(
            _("The file is not valid YAML: {error}").format(
                error=getattr(error, "problem", None) or error
            ),
            where=f"{where}:{mark.line + 2}" if mark else where,
        ) from error
    if any(isinstance(event, yaml.AliasEvent) for event in events):
        raise PreuveError(_("The front matter repeats itself by reference: refused."), where=where)
    if not isinstance(front, dict):
        raise PreuveError(_("A card is a list of `key: value`."), where=where)
    return front, "\n".join(lines[ends[1] + 1 :]).strip()


def _index(front: dict[str, Any]) -> list[dict[str, Any]]:
    found = front.get("model-index")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _claims(front: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for model in _index(front):
        for result in _dicts(model.get("results")):
            dataset = result.get("dataset")
            source = result.get("source")
            for metric in _dicts(result.get("metrics")):
                value = metric.get("value")
                if isinstance(value, bool) or not isinstance(value, int | float):
                    continue
                if math.isfinite(value):
                    yield {
                        "measure": str(metric.get("name") or metric.get("type") or "?"),
                        "value": float(value),
                        "population": _name(dataset),
                        "source": _name(source),
                    }


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _name(value: Any) -> str | None:
    if not isinstance(value, dict) or not value.get("name"):
        return None
    return str(value["name"])


def _plain(value: Any) -> Any:
    """JSON values; what JSON has no word for (dates, NaN) as text."""
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, str | bool | int):
        return value
    return value if isinstance(value, float) and math.isfinite(value) else str(value)
