"""Use case: a clinical question and how an answer is judged, fixed before anything runs."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from preuve.core.errors import PreuveError
from preuve.core.language import _, current_language
from preuve.core.record import digest
from preuve.core.written import Written, parse, read_yaml

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.+-]{1,40}$")]
Probability = Annotated[float, Field(gt=0, lt=1)]


class Text(Written):
    """A text in the two languages of the house."""

    fr: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def __str__(self) -> str:
        return self.en if current_language() == "en" else self.fr


class BinaryTask(Written):
    """One finding, present or absent."""

    kind: Literal["binary"]


class MultilabelTask(Written):
    """Several findings, each present or absent on its own."""

    kind: Literal["multilabel"]


Task = Annotated[BinaryTask | MultilabelTask, Field(discriminator="kind")]


class Input(Written):
    """An array that the use case offers to a system, one row per case."""

    name: Code
    type: Literal["float32", "int64"]
    shape: tuple[int, ...] = Field(description="Shape of one case; empty for a single number.")
    unit: str
    about: Text


class Finding(Written):
    """What a system is asked to tell; scored on its own."""

    code: Code
    label: Text
    thresholds: tuple[Probability, ...] | None = Field(
        default=None, description="Replaces the protocol's thresholds for this finding."
    )
    operating_point: Probability | None = Field(
        default=None, description="Replaces the protocol's operating point for this finding."
    )


class Level(Written):
    code: Code
    label: Text


class Subgroup(Written):
    """A variable whose levels are compared; the first level is the reference."""

    code: Code
    label: Text
    levels: tuple[Level, ...] = Field(min_length=1)


Measure = Literal[
    "auroc",
    "average_precision",
    "sensitivity",
    "specificity",
    "ppv",
    "npv",
    "brier",
    "calibration_slope",
    "observed_expected",
]


class Acceptance(Written):
    """What "acceptable" means, said before the results are known."""

    measure: Measure
    finding: Code | Literal["*"] = "*"
    at_least: float | None = None
    at_most: float | None = None

    @model_validator(mode="after")
    def _bounded(self) -> Acceptance:
        if self.at_least is None and self.at_most is None:
            raise ValueError("say at_least, at_most or both")
        return self


class UseCase(Written):
    """The protocol of an evaluation, as written in `usecase.yaml`."""

    schema_version: Literal[1] = Field(alias="schema")
    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,60}$")]
    version: str
    title: Text
    question: Text
    population: Text
    reference_standard: Text
    limits: tuple[Text, ...] = Field(min_length=1)
    task: Task
    inputs: tuple[Input, ...] = Field(min_length=1)
    findings: tuple[Finding, ...] = Field(min_length=1)
    subgroups: tuple[Subgroup, ...] = ()
    thresholds: tuple[Probability, ...] = Field(
        min_length=1, description="Scores at or above a threshold are read as positive."
    )
    operating_point: Probability
    acceptance: tuple[Acceptance, ...] = ()
    minimum_events: int = Field(
        default=10, ge=1, description="A finding with fewer events or non-events is not printed."
    )

    @model_validator(mode="after")
    def _coherent(self) -> UseCase:
        for what, codes in (
            ("findings", [f.code for f in self.findings]),
            ("inputs", [i.name for i in self.inputs]),
            ("subgroups", [s.code for s in self.subgroups]),
            *((f"subgroups.{s.code}.levels", [v.code for v in s.levels]) for s in self.subgroups),
        ):
            if len(set(codes)) < len(codes):
                raise ValueError(f"{what}: the same code stands twice")
        if self.task.kind == "binary" and len(self.findings) != 1:
            raise ValueError("findings: a binary task has exactly one finding")
        for finding in self.findings:
            thresholds, point = self.thresholds_of(finding), self.operating_point_of(finding)
            if list(thresholds) != sorted(set(thresholds)):
                raise ValueError(f"thresholds of {finding.code}: must be increasing")
            if point not in thresholds:
                raise ValueError(
                    f"operating_point of {finding.code}: {point} is not among its thresholds"
                )
        known = {f.code for f in self.findings} | {"*"}
        for rule in self.acceptance:
            if rule.finding not in known:
                raise ValueError(f"acceptance: no finding is named {rule.finding}")
        return self

    def thresholds_of(self, finding: Finding) -> tuple[float, ...]:
        return self.thresholds if finding.thresholds is None else finding.thresholds

    def operating_point_of(self, finding: Finding) -> float:
        return self.operating_point if finding.operating_point is None else finding.operating_point

    def finding(self, code: str) -> Finding:
        for finding in self.findings:
            if finding.code == code:
                return finding
        raise PreuveError(
            _("The use case {case} has no finding {code}.").format(case=self.code, code=code),
            remedy=_("Choose among {codes}.").format(
                codes=", ".join(f.code for f in self.findings)
            ),
        )

    @cached_property
    def digest(self) -> str:
        return digest(self.record())

    def record(self) -> dict[str, Any]:
        return self.model_dump(mode="json", by_alias=True)

    @classmethod
    def read(cls, path: Path) -> UseCase:
        """The use case of a `usecase.yaml` file.

        Raises:
            PreuveError: names the file and the field that is wrong, and what was expected.
        """
        return cls.from_record(read_yaml(path), where=path)

    @classmethod
    def from_record(cls, record: Any, *, where: object) -> UseCase:
        return parse(cls, record, where)
