"""Model: an economic model read from its YAML, checked, and ready to run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from preuve.core.errors import PreuveError
from preuve.core.evidence import Evidence
from preuve.core.language import _
from preuve.core.lines import Location, Origin, read_lines
from preuve.core.mistakes import Mistake, explained, nearest, refusal, unreadable
from preuve.core.record import digest
from preuve.economics.compilation.compiled import Compiled
from preuve.economics.compilation.reading import Read, read
from preuve.economics.specification.written import WrittenModel
from preuve.economics.uncertainty.draws import Joint

_FEW = 8
"""How many keys are told where a list of keys and values is missing."""
PACKAGED = Path(__file__).parent / "models"


@dataclass(frozen=True)
class Model:
    """An economic model.

    Attributes:
        compiled: names resolved, units checked.
        joint: its figures and how they are drawn.
        evidence: the evidence they come from, by name.
    """

    compiled: Compiled
    joint: Joint
    evidence: Mapping[str, Evidence]

    @property
    def written(self) -> WrittenModel:
        return self.compiled.written

    @property
    def name(self) -> str:
        return self.written.name

    @property
    def origin(self) -> Origin:
        return self.compiled.origin

    @property
    def synthetic(self) -> bool:
        """Whether any figure comes from data made by a generator, or the model says so."""
        made = any(one.synthetic for one in self.evidence.values())
        return self.written.synthetic or made

    @cached_property
    def digest(self) -> str:
        """Digest of what is written and of the evidence it rests on."""
        written = self.written.model_dump(mode="json", by_alias=True, exclude_none=True)
        tables = {
            name: [one.keys.tolist(), one.values.tolist()]
            for name, one in self.compiled.tables.items()
        }
        evidence = {name: one.digest for name, one in self.evidence.items()}
        return digest({"model": written, "tables": tables, "evidence": evidence})

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The packaged models."""
        return tuple(sorted(path.stem for path in PACKAGED.glob("*.yaml")))

    @classmethod
    def load(cls, path_or_name: Path | str, **evidence: Evidence) -> Model:
        """The model of a YAML file, or a packaged one by its name.

        Args:
            path_or_name: the file, or the name.
            evidence: evidence in place of that of the model's files, by its name there.

        Raises:
            PreuveError: there is no such model, or it is not written as it must be; tells every
                mistake with its line.
        """
        path = Path(path_or_name)
        if str(path_or_name) in cls.names():
            path = PACKAGED / f"{path_or_name}.yaml"
        if not path.is_file():
            raise PreuveError(
                _("This is a folder, not a file.")
                if path.is_dir()
                else _("The file does not exist."),
                where=path,
                remedy=_("Give a file, or a packaged model: {names}.").format(
                    names=", ".join(cls.names())
                )
                + nearest(path.stem, cls.names()),
            )
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise PreuveError(_("The file is not in UTF-8."), where=path) from error
        return cls.parse(text, name=str(path), **evidence)

    @classmethod
    def parse(
        cls, source: str | Mapping[str, Any], *, name: str = "", **evidence: Evidence
    ) -> Model:
        """The model of a YAML text or of a record; files it names stand beside `name`."""
        try:
            record, origin = (
                read_lines(source, name) if isinstance(source, str) else (source, Origin(name))
            )
        except PreuveError as refused:
            raise unreadable(refused) from refused.__cause__
        try:
            written = WrittenModel.model_validate(record)
        except ValidationError as error:
            mistakes = [_mistake(one, origin) for one in _meant(error.errors())]
            raise refusal(_("This model cannot be read:"), mistakes, origin) from error
        found: Read = read(written, origin, evidence)
        return cls(found.compiled, found.joint, found.evidence)


def _meant(errors: Sequence[Any]) -> list[Any]:
    """The errors without those of the ways to tie figures that are further from what is written."""
    ways: dict[Location, Counter[str]] = {}
    for one in errors:
        if one["loc"][:1] == ("joint",) and len(one["loc"]) > 2:
            ways.setdefault(one["loc"][:2], Counter())[one["loc"][2]] += 1
    nearest_way = {at: min(found, key=found.__getitem__) for at, found in ways.items()}
    return [
        one
        for one in errors
        if one["loc"][:2] not in nearest_way or one["loc"][2] == nearest_way[one["loc"][:2]]
    ]


def _mistake(error: Any, origin: Origin) -> Mistake:
    written: Location = error["loc"]
    at = _as_written(written, origin)
    if error["type"] != "missing" and origin.lines:
        at = origin.known(at)
    told = explained(error, _keys(WrittenModel, written[:-1]))
    if error["type"] == "model_type":
        told += _keys_to_write(written)
    if error["type"] == "string_pattern_mismatch":
        told = _as_expected(error)
    return Mistake(at, told)


def _keys_to_write(location: Location) -> str:
    """The keys of a part of a model, where they are few enough to be told."""
    keys = _keys(WrittenModel, location)
    if not 0 < len(keys) <= _FEW:
        return ""
    return _(" Its keys: {keys}.").format(keys=", ".join(sorted(keys)))


def _as_expected(error: Any) -> str:
    """How a text that has a fixed form is written, by its field."""
    forms: dict[Location, str] = {
        ("name",): _("small letters without accents, digits and hyphens, as my-model"),
        ("currency",): _("three capital letters, as EUR"),
        ("country",): _("two capital letters, as FR"),
        ("eq5d5l_fr",): _("five digits from 1 to 5, as 21232"),
    }
    other = _("letters without accents, digits and _, starting with a letter")
    form = forms.get(error["loc"]) or forms.get(error["loc"][-1:], other)
    if error["loc"][-1:] == ("name",) and len(error["loc"]) > 1:
        form = other
    return _("“{text}” is not written as it must be: {form}.").format(
        text=error["input"], form=form
    )


def _as_written(location: Location, origin: Origin) -> Location:
    """A location without the words by which pydantic chose among several models."""
    kept: Location = ()
    for place, part in enumerate(location):
        chosen = (*kept, part) not in origin.lines and place + 1 < len(location)
        if not (chosen and (*kept, location[place + 1]) in origin.lines):
            kept = (*kept, part)
    return kept


def _keys(model: Any, location: Location) -> set[str]:
    """The keys that may stand in the part of a model at a location."""
    if isinstance(model, type) and issubclass(model, BaseModel):
        if not location:
            return {one.alias or name for name, one in model.model_fields.items()}
        head, *rest = location
        field = {one.alias or name: one for name, one in model.model_fields.items()}.get(str(head))
        return _keys(field.annotation, tuple(rest)) if field is not None else set()
    inner = get_args(model)
    if not inner:
        return set()
    container = getattr(model, "__origin__", None)
    below = (
        location[1:] if container in (dict, tuple) or _is_union_tag(inner, location) else location
    )
    return set().union(*(_keys(one, below) for one in inner))


def _is_union_tag(inner: tuple[Any, ...], location: Location) -> bool:
    """Whether a part of a location is the word that chose among several models."""
    return bool(location) and any(
        isinstance(one, type)
        and issubclass(one, BaseModel)
        and "kind" in one.model_fields
        and location[0] in get_args(one.model_fields["kind"].annotation)
        for one in inner
    )
