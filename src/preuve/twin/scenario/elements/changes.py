"""Lasting changes: staff, practice, population, general practitioners, AI systems."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, TypeAlias, get_args

from pydantic import (
    Field,
    field_validator,
    model_validator,
)

from preuve.core.language import _
from preuve.core.quantities import Number, Share
from preuve.twin.scenario.elements.element import Activity, Dated, Discipline, Element
from preuve.twin.scenario.quantities import Code, Proportion, RelativeChange
from preuve.twin.scenario.territory import Territory

Variant: TypeAlias = Literal["low", "central", "high"]
Effect: TypeAlias = Literal["low_acuity_visits_avoided"]

FIRST_YEAR, LAST_YEAR = 2021, 2070
"""Years for which the population is projected."""


class Staff(Dated):
    """More or fewer carers.

    Attributes:
        change: relative, -0.1 for one in ten missing.
        territory: where; None for France.
        disciplines: in which wards, emergency included; all unless said.
    """

    kind: ClassVar[str] = "staff"
    change: RelativeChange
    territory: Territory | None = None
    disciplines: tuple[Activity, ...] = Field(default=get_args(Activity), min_length=1)


class Practice(Dated):
    """Full-time stays that become day surgery or home hospitalisation.

    Attributes:
        share: of the full-time stays of the discipline.
    """

    kind: ClassVar[str] = "practice"
    discipline: Discipline
    towards: Literal["day_surgery", "home_hospitalisation"]
    share: Share
    territory: Territory | None = None

    @model_validator(mode="after")
    def _surgical(self) -> Practice:
        if self.share == 0:
            raise ValueError(_("a share of 0 changes nothing."))
        if self.towards == "day_surgery" and self.discipline != "surgery":
            raise ValueError(_("only surgery can go towards day_surgery."))
        return self


class Demography(Element):
    """The population of another year, in place of that of the baseline.

    Attributes:
        variants: the variants to run, from `variant` or `variants`, in the order written.
        year: the 1 January whose population is taken.
    """

    kind: ClassVar[str] = "demography"
    variant: Variant | None = None
    variants: Annotated[tuple[Variant, ...], Field(min_length=1)] | None = None
    year: Annotated[int, Field(strict=True, ge=FIRST_YEAR, le=LAST_YEAR)]

    @model_validator(mode="after")
    def _some_variant(self) -> Demography:
        if (self.variant is None) == (self.variants is None):
            raise ValueError(_("give exactly one of variant and variants."))
        if len(set(self.chosen)) < len(self.chosen):
            raise ValueError(_("the same variant stands twice."))
        return self

    @property
    def chosen(self) -> tuple[Variant, ...]:
        """The variants to run, one or more."""
        return self.variants or ((self.variant,) if self.variant else ())


class PrimaryCare(Dated):
    """General practitioners who settle in (or, below zero, leave) a commune.

    Attributes:
        general_practitioners: full-time equivalents.
    """

    kind: ClassVar[str] = "primary_care"
    commune: Code
    general_practitioners: Number

    @field_validator("general_practitioners")
    @classmethod
    def _some(cls, number: float) -> float:
        if number == 0:
            raise ValueError(_("a change of 0 changes nothing."))
        return number


class Ai(Dated):
    """What an AI system changes, as an estimate made elsewhere.

    Attributes:
        effect: low_acuity_visits_avoided, the share of low-acuity emergency visits avoided.
        estimate: the share, uncertain.
    """

    kind: ClassVar[str] = "ai"
    effect: Effect
    estimate: Proportion
    territory: Territory | None = None
