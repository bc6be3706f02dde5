"""Proof: what is claimed of a system, and the documents that show it."""

from __future__ import annotations

import datetime
from typing import Literal

from pydantic import Field, model_validator

from preuve.core.language import _
from preuve.core.written import Written
from preuve.registry.entry.vocabulary import Role
from preuve.registry.entry.words import Day, Digest, Label, Slug, Word, Words


class Claim(Written):
    """A figure said of a system; without evidence it is shown as a claim, nothing more.

    Attributes:
        interval: low and high of the interval that the source gives, at `level`.
        evidence: digest of a signed evidence file that holds the figure.
    """

    measure: Word
    value: float = Field(allow_inf_nan=False)
    interval: tuple[float, float] | None = None
    level: float = Field(default=0.95, gt=0, lt=1)
    finding: Word | None = None
    population: Words | None = None
    source: Words | None = None
    evidence: Digest | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Claim:
        if self.interval and not self.interval[0] <= self.value <= self.interval[1]:
            raise ValueError(_("the value must lie inside its interval."))
        return self

    @property
    def proved(self) -> bool:
        """Whether it names an evidence file; whether that file holds it is another question."""
        return self.evidence is not None


class Artefact(Written):
    """A document that an obligation may ask for; `kind` is one of the evidence artefacts.

    Attributes:
        date: when it was made. valid_until: its last day; no end when absent.
        provided_by: who made it. deployment: the one it is about; all when absent.
        version: the version it is about; all when absent.
    """

    kind: Word
    title: Words
    digest: Digest | None = None
    url: Word | None = None
    date: Day
    valid_until: Day | None = None
    provided_by: Role
    deployment: Slug | None = None
    version: Label | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Artefact:
        if self.valid_until and self.valid_until < self.date:
            raise ValueError(_("valid_until comes before date."))
        return self

    def valid(self, on: datetime.date) -> bool:
        """Whether it exists and still holds on a day."""
        return self.date <= on and (self.valid_until is None or on <= self.valid_until)


class Energy(Written):
    """Energy of a system, with how it is known.

    energy (kWh) = power of the device (kW) × hours × PUE; carbon (g) = energy × grid factor.
    """

    hardware: Word | None = None
    hours: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    pue: float | None = Field(default=None, ge=1, allow_inf_nan=False)
    grid_factor: float | None = Field(
        default=None, ge=0, allow_inf_nan=False, description="gCO2e per kWh."
    )
    grid_factor_source: Words | None = None
    measured_or_estimated: Literal["measured", "estimated"] | None = None
    per_1000_uses: float | None = Field(
        default=None, ge=0, allow_inf_nan=False, description="kWh per 1 000 uses."
    )
    training_kwh: float | None = Field(default=None, ge=0, allow_inf_nan=False)


class Price(Written):
    """A price as it is published or contracted."""

    amount: float = Field(ge=0, allow_inf_nan=False)
    currency: Literal["EUR"] = "EUR"
    per: Words
    source: Words | None = None
    since: Day | None = None


class Contract(Written):
    """What is known of the terms of a purchase."""

    price: Price | None = None
    notes: Words | None = None
    reversibility: Words | None = None
    hosting: Words | None = None


class Document(Written):
    """A document beside the entry: instructions, publication, decision."""

    title: Words
    url: Word | None = None
    digest: Digest | None = None
    date: Day | None = None
