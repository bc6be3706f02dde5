"""Decision: the question that a model answers, for whom, over what time, in whose money."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.quantities import NotNegative, Positive
from preuve.core.usecase import Text
from preuve.core.written import Written
from preuve.economics.expression.functions import Span
from preuve.economics.expression.units import TIMES, in_words_of_the_house
from preuve.economics.specification.formula import Formula

MOST_CYCLES = 100_000
"""How many cycles a horizon may last: more than a century of days."""
MOST_YEARS_OF_AGE = 120
_LENGTH_OF_TIME = r"^\d+(\.\d+)? (minute|hour|day|week|month|year)s?$"


def _span(value: object) -> Span:
    if isinstance(value, Span):
        return value
    found = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([a-z]+?)s?\s*", str(value))
    if not found or found[2] not in TIMES or float(found[1]) <= 0:
        meant = re.sub(r"^(1 \w+)s$", r"\1", in_words_of_the_house(str(value)))
        raise ValueError(
            _("“{value}” is not a length of time: write it as 1 year or 3 months.").format(
                value=value
            )
            + (_(" Did you mean “{word}”?").format(word=meant) if meant != str(value) else "")
        )
    return Span(float(found[1]), found[2])


Duration: TypeAlias = Annotated[
    Any,
    BeforeValidator(_span),
    WithJsonSchema({"type": "string", "pattern": _LENGTH_OF_TIME}),
]

Perspective: TypeAlias = Literal["collective", "payer", "hospital", "societal"]
Rule: TypeAlias = Literal["half_cycle", "trapezoid", "simpson", "start", "end"]
"""When within a cycle people are counted.

half_cycle: the mean of its two ends, discounted at its middle (the life-table method).
trapezoid: at each point of time, half for the first and the last. simpson: Simpson's 1/3 rule.
start, end: at one end of each cycle.
"""
Correction: TypeAlias = Rule | tuple[NotNegative, ...]
"""A rule, or weights of one's own for each point of time, from the start to the horizon."""


def _discounting(value: object) -> object:
    from preuve.economics.reference_case.discounting import discounting

    try:
        discounting(value)
    except PreuveError as error:
        raise ValueError(" ".join(filter(None, (error.problem, error.remedy)))) from error
    return value


Discount: TypeAlias = Annotated[
    Any,
    BeforeValidator(_discounting),
    WithJsonSchema(
        {
            "description": "A rule of the reference case, a rate, or rates for costs and effects.",
            "type": ["string", "number", "object"],
        }
    ),
]


class Decision(Written):
    """What is asked.

    Attributes:
        question, population: in the two languages.
        perspective: whose costs are counted.
        horizon, cycle: lengths of time ("30 years", "1 month"); a tree or a queue has none.
        start_age: age at the start, in years, where the model uses ages.
        discounting: a rule of the reference case by its name, or rates of one's own.
        correction: when within a cycle people are counted.
        price_year, currency: of every cost.
        willingness_to_pay: values of a QALY that results are told for, the main one first.
        highest_willingness_to_pay: where the curves end; twice the highest of those unless said.
        effect: name of the health effect that is traded for money.
    """

    question: Text
    population: Text
    perspective: Perspective
    horizon: Duration | None = None
    cycle: Duration | None = None
    start_age: Formula | None = None
    discounting: Discount = "has_2020"
    correction: Correction = "half_cycle"
    price_year: Annotated[int, Field(strict=True, ge=1970, le=2100)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    willingness_to_pay: tuple[NotNegative, ...] = Field(default=(50_000.0,), min_length=1)
    highest_willingness_to_pay: Positive | None = None
    effect: str = "qaly"

    @model_validator(mode="after")
    def _timed(self) -> Decision:
        if isinstance(self.start_age, float) and not 0 <= self.start_age <= MOST_YEARS_OF_AGE:
            raise ValueError(
                _("start_age is an age in years, from 0 to {most}.").format(most=MOST_YEARS_OF_AGE)
            )
        if (self.horizon is None) != (self.cycle is None):
            raise ValueError(_("a horizon and a cycle go together."))
        if self.horizon is None or self.cycle is None:
            return self
        cycles: float = self.horizon.years / self.cycle.years
        if cycles < 1 - 1e-9:
            raise ValueError(
                _(
                    "the horizon ({horizon} years) is shorter than the cycle ({cycle} years)."
                ).format(horizon=f"{self.horizon.years:g}", cycle=f"{self.cycle.years:g}")
            )
        if cycles > MOST_CYCLES:
            raise ValueError(
                _(
                    "the horizon is {cycles} cycles: choose a longer cycle, so that it is at most "
                    "{most}."
                ).format(cycles=f"{cycles:.3g}", most=MOST_CYCLES)
            )
        if abs(cycles - round(cycles)) > 1e-6:
            raise ValueError(
                _("the horizon is not a whole number of cycles ({cycles}).").format(
                    cycles=f"{cycles:g}"
                )
            )
        if self.correction == "simpson" and round(cycles) % 2:
            raise ValueError(
                _(
                    "Simpson's rule needs an even number of cycles, not {cycles}: "
                    "choose half_cycle."
                ).format(cycles=round(cycles))
            )
        if isinstance(self.correction, tuple) and len(self.correction) != round(cycles) + 1:
            raise ValueError(
                _("{given} weights are written for {points} points of time.").format(
                    given=len(self.correction), points=round(cycles) + 1
                )
            )
        return self

    @property
    def cycles(self) -> int:
        """How many cycles; 0 for a model without time."""
        if self.horizon is None or self.cycle is None:
            return 0
        cycles: int = round(self.horizon.years / self.cycle.years)
        return cycles

    @property
    def span(self) -> Span:
        """The length of a cycle; one year for a model without time."""
        return self.cycle if isinstance(self.cycle, Span) else Span(1.0, "year")
