"""Scenario: a question put to the twin, as a planner writes it in YAML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import BaseModel, Field, PrivateAttr, ValidationError, model_validator

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.lines import Location, Origin, read_lines
from preuve.core.mistakes import Mistake, explained, refusal
from preuve.core.quantities import Number, Share
from preuve.core.record import digest
from preuve.core.usecase import Text
from preuve.core.written import Written
from preuve.twin.baseline import YEARS
from preuve.twin.parameters import Parameter
from preuve.twin.scenario.elements import KINDS, AnyElement, Period
from preuve.twin.world import Rules

PACKAGED = Path(__file__).parent / "house"


class Replacement(Written):
    """A figure put in place of a parameter of the twin; the bounds hold 95 %."""

    value: Number
    low: Number
    high: Number
    unit: Annotated[str, Field(min_length=1)]
    source: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> Replacement:
        if not (self.low <= self.value <= self.high and self.low < self.high):
            raise ValueError(_("the value must lie between low and high."))
        return self

    def applied(self, parameter: Parameter) -> Parameter:
        """The parameter with this figure: assumed, unless a source is given."""
        return replace(
            parameter,
            value=self.value,
            low=self.low,
            high=self.high,
            kind="published" if self.source else "assumed",
            source=self.source or _("Replaced in the scenario."),
        )


Minutes = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=0, le=1440)]


class ChangedRules(Written):
    """The fields of `preuve.twin.world.Rules` that a scenario changes; None: unchanged."""

    outlying: Annotated[bool, Field(strict=True)] | None = None
    board_first: Share | None = None
    transfer_minutes: Minutes | None = None
    critical_transfer_minutes: Minutes | None = None
    leave_waiting_list: Share | None = None
    longest_block: Annotated[int, Field(strict=True, ge=0, le=366)] | None = None

    def applied(self, rules: Rules) -> Rules:
        """The rules with those changes."""
        changed = {one.name: getattr(self, one.name) for one in fields(Rules)}
        return replace(rules, **{name: new for name, new in changed.items() if new is not None})


HealthEffect: TypeAlias = Literal[
    "boarding_deaths",
    "boarding_life_years",
    "heat_deaths",
    "heat_life_years",
    "births_outside",
    "refusal_deaths",
]
"""Effects that the runs hold the counts of; `refusal_deaths` is told only where it is asked."""


class Scenario(Written):
    """A question put to the twin.

    Attributes:
        name: short identifier. title, question: in the two languages.
        baseline: year of the packaged figures it starts from.
        period: the days that are counted.
        elements: what changes, in the order written.
        parameters: figures put in place of the twin's own, by name of the parameter.
        rules: changes to what is done when no bed is free.
        health: effects on health to tell, by name; those shown by default where None.
    """

    schema_version: Literal[1] = Field(default=1, alias="schema")
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,60}$")]
    title: Text
    question: Text | None = None
    baseline: Annotated[int, Field(strict=True, ge=YEARS[0], le=YEARS[-1])] = YEARS[-1]
    period: Period
    elements: tuple[AnyElement, ...] = Field(min_length=1)
    parameters: dict[str, Replacement] = Field(default_factory=dict)
    rules: ChangedRules = ChangedRules()
    health: tuple[HealthEffect, ...] | None = None
    _origin: Origin = PrivateAttr(default_factory=Origin)

    @property
    def origin(self) -> Origin:
        """Where it was read: its file and the line of each field."""
        return self._origin

    @cached_property
    def digest(self) -> str:
        return digest(self.record())

    def record(self) -> dict[str, Any]:
        """What is written: `Scenario.parse(scenario.record())` is the same scenario."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    def parameters_of(self, parameters: Iterable[Parameter]) -> tuple[Parameter, ...]:
        """The twin's parameters, those of the scenario in place of theirs."""
        return tuple(
            self.parameters[one.name].applied(one) if one.name in self.parameters else one
            for one in parameters
        )

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """The packaged scenarios."""
        return tuple(sorted(path.stem for path in PACKAGED.glob("*.yaml")))

    @classmethod
    def load(cls, path_or_name: Path | str) -> Scenario:
        """The scenario of a YAML file, or a packaged one by its name.

        Raises:
            PreuveError: there is no such scenario, or it is not written as it must be; names
                the file and the line of every mistake.
        """
        path = Path(path_or_name)
        if str(path_or_name) in cls.names():
            path = PACKAGED / f"{path_or_name}.yaml"
        if not path.is_file():
            raise _absent(path)
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise PreuveError(_("The file is not in UTF-8."), where=path) from error
        return cls.parse(text, name=str(path))

    @classmethod
    def parse(cls, source: str | Mapping[str, Any], *, name: str = "") -> Scenario:
        """The scenario of a YAML text or of a record.

        Args:
            source: the text, or the record of a scenario.
            name: the file it comes from; files it names are looked for beside it.

        Raises:
            PreuveError: names the line of every mistake, what was found and the nearest word.
        """
        record, origin = (
            read_lines(source, name) if isinstance(source, str) else (source, Origin(name))
        )
        try:
            scenario = cls.model_validate(record, context={"folder": origin.folder})
        except ValidationError as error:
            mistakes = [_mistake(one, origin) for one in _told_once(error.errors())]
            raise refusal(_("This scenario cannot be read:"), mistakes, origin) from error
        scenario._origin = origin
        return scenario


def schema() -> dict[str, Any]:
    """The JSON schema of a scenario, as published."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Scenario.model_json_schema(by_alias=True),
    }


def _absent(path: Path) -> PreuveError:
    names = Scenario.names()
    near = get_close_matches(path.stem, names, n=1)
    hint = _("Did you mean “{word}”?").format(word=near[0]) if near else ""
    return PreuveError(
        _("The file does not exist."),
        where=path,
        remedy=hint
        or _("Give a file, or a packaged scenario: {names}.").format(names=", ".join(names)),
    )


def _told_once(errors: Sequence[Any]) -> list[Any]:
    """The faults, without a list said to be empty because its items are faulty."""
    places = [error["loc"] for error in errors]
    return [
        error
        for error in errors
        if error["type"] != "too_short"
        or not any(
            place[: len(error["loc"])] == error["loc"] and place != error["loc"] for place in places
        )
    ]


def _mistake(error: Any, origin: Origin) -> Mistake:
    location: Location = error["loc"]
    at = location if error["type"] == "missing" or not origin.lines else origin.known(location)
    return Mistake(at, explained(error, _keys(location)))


def _keys(location: Location) -> set[str]:
    """The keys that may stand where a field stands."""
    model: type[BaseModel] = Scenario
    if location[:1] == ("elements",) and len(location) > 2 and location[2] in KINDS:
        model = KINDS[str(location[2])]
    parts = [part for part in location[:-1] if isinstance(part, str) and part not in KINDS]
    inner = parts[-1] if parts and parts[-1] != "elements" else ""
    nested = _nested(model, inner) if inner else None
    return {one.alias or name for name, one in (nested or model).model_fields.items()}


def _nested(model: type[BaseModel], name: str) -> type[BaseModel] | None:
    """The model that a field holds, None where it holds something else."""
    for key, one in model.model_fields.items():
        if name in (key, one.alias):
            held = [one.annotation, *get_args(one.annotation)]
            return next(
                (kind for kind in held if isinstance(kind, type) and issubclass(kind, BaseModel)),
                None,
            )
    return None
