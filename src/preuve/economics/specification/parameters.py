"""Parameters: the figures of a model, each with its unit, its doubt, its source and its grade."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from preuve.core.evidence import Estimand
from preuve.core.language import _
from preuve.core.mistakes import point_for_comma
from preuve.core.quantities import Number, Share, percentage
from preuve.core.usecase import Text
from preuve.core.written import Written
from preuve.economics.specification.formula import Formula, Formulas

Grade: TypeAlias = Literal["A", "B", "C", "D"]
"""How well a figure is known.

A: a randomised trial or a large French source on the very population. B: an observational study,
or a trial elsewhere. C: another setting, a small study, experts asked by a method. D: assumed.
"""
Name: TypeAlias = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,60}$")]
Kind: TypeAlias = Literal["probability", "effect", "cost", "utility", "price", "other"]


def _central(value: object) -> object:
    """A number, or the one that a percentage stands for."""
    if not isinstance(value, str):
        return value
    share = percentage(value)
    if share is None:
        raise ValueError(
            _("“{value}” is not a number.").format(value=value) + point_for_comma(value)
        )
    return share


Central: TypeAlias = Annotated[
    Number,
    BeforeValidator(_central),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": "%"}]}),
]
"""The value of a figure: a number or a percentage."""


class Sourced(Written):
    """What every figure says of its origin."""

    source: Annotated[str, Field(min_length=3)]
    grade: Grade


class Parameter(Written):
    """One figure: a number with a distribution, a figure of an evidence, or a state of health.

    Attributes:
        value: the central figure. It may be left out where `distribution` gives a mean.
        unit: what it counts ("probability/year", "EUR", "EUR/month", "utility", "ratio").
        distribution: as "beta(40, 960)", "gamma(mean=100, sd=20)", "normal(0.8, 0.1)",
            "lognormal(0.7, 0.1)" (median, standard deviation of the logarithm), "uniform(0, 1)",
            "triangular(1, 2, 4)", "bounds(0.6, 0.9)" (95 % between them); none for a figure
            that is certain.
        source, grade: where it comes from, and how well it is known. An evidence is its own.
        evidence: name of an evidence of the model; with measure, finding, estimand, site,
            subgroup, threshold and role as in `Evidence.estimate`.
        estimate: name of an estimate of the model (a trial's, say).
        eq5d5l_fr: a state of EQ-5D-5L as "21232", valued by the French value set.
        kind: what sort of figure, for the checks of the reference case; guessed from the unit
            where absent.
        price_year: the year of its prices, where not that of the decision.
        country: where it was observed, by its code; FR unless said.
        certain: why a figure has no distribution: a tariff set by law, or a convention.
        instrument: for a utility, how it was measured ("eq5d5l_fr", "eq5d3l_fr", "other").
    """

    label: Text | None = None
    value: Central | None = None
    unit: str | None = None
    distribution: str | None = None
    source: str | None = None
    grade: Grade | None = None
    evidence: str | None = None
    measure: str | None = None
    finding: str | None = None
    estimand: Estimand = "mean_hospital"
    site: str = ""
    subgroup: tuple[str, str] = ("", "")
    threshold: Share | None = None
    role: Literal["system", "comparator"] = "system"
    estimate: str | None = None
    eq5d5l_fr: Annotated[str, Field(pattern=r"^[1-5]{5}$")] | None = None
    kind: Kind | None = None
    price_year: int | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "FR"
    instrument: str | None = None
    certain: Literal["tariff", "convention"] | None = None

    @model_validator(mode="after")
    def _from_somewhere(self) -> Parameter:
        origins = [self.evidence, self.estimate, self.eq5d5l_fr]
        given = sum(one is not None for one in origins)
        if given > 1:
            raise ValueError(_("a figure comes from one place: evidence, estimate or eq5d5l_fr."))
        if self.evidence and not (self.measure and self.finding):
            raise ValueError(_("a figure of an evidence names its measure and its finding."))
        if not given and self.value is None and self.distribution is None:
            raise ValueError(_("give a value or a distribution."))
        if self.evidence or self.estimate:
            return self
        for word in ("source", "grade"):
            if not getattr(self, word):
                raise ValueError(
                    _("the {word} is missing: every figure says where it comes from.").format(
                        word=word
                    )
                )
        if self.unit is None and not self.eq5d5l_fr:
            raise ValueError(_("the unit is missing."))
        return self


class Dirichlet(Sourced):
    """Probabilities that sum to 1, drawn together from counts."""

    dirichlet: dict[Name, Annotated[float, Field(gt=0)]] = Field(min_length=2)
    unit: str = "probability"


class Correlation(Written):
    """Parameters drawn together: the correlations of their normal scores (Gaussian copula)."""

    names: tuple[Name, ...] = Field(min_length=2)
    matrix: tuple[tuple[Number, ...], ...]
    source: Annotated[str, Field(min_length=3)]


class Covariance(Sourced):
    """Parameters that are normal together, as the coefficients of a regression."""

    names: tuple[Name, ...] = Field(min_length=2)
    mean: tuple[Number, ...]
    covariance: tuple[tuple[Number, ...], ...]
    unit: str = "number"


class Table(Sourced):
    """A figure by age or by another key: a file, a table of the house, or written out.

    Attributes:
        file: a CSV beside the model, or `house`: a packaged one (life_table_france).
        key, column: the columns read.
        values: by key, where written out; each holds until the next key.
    """

    file: str | None = None
    house: str | None = None
    key: str = "age"
    column: str | None = None
    values: dict[float, Number] | None = None
    key_unit: str = "year"
    unit: str

    @model_validator(mode="after")
    def _one_origin(self) -> Table:
        if sum(one is not None for one in (self.file, self.house, self.values)) != 1:
            raise ValueError(_("give one of file, house and values."))
        if self.values is None and self.column is None:
            raise ValueError(_("the column is missing."))
        return self


__all__ = ["Correlation", "Covariance", "Dirichlet", "Formula", "Formulas", "Grade", "Parameter"]
