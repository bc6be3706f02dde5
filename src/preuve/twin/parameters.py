"""Parameters: every uncertain quantity of the twin, its interval, its kind and its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from preuve.core.distribution import Scale, to_scale
from preuve.core.errors import PreuveError
from preuve.core.estimate import Estimate
from preuve.core.language import _, both

Kind = Literal["measured", "published", "assumed"]
"""Fitted by a script of the project on open data, read in a cited publication, or supposed."""

NORMAL_95 = 1.959963984540054


@dataclass(frozen=True)
class Parameter:
    """One uncertain quantity.

    Attributes:
        name: "layer.quantity"; what a scenario uses to replace it.
        label: what it is, a few words, in the reader's language.
        value: the central figure, in `unit`.
        low, high: bounds that hold 95 %.
        unit: what it counts; never empty.
        kind: measured, published or assumed.
        source: where the figure comes from.
        scale: where the belief is symmetrical: identity, log or logit.
    """

    name: str
    label: str
    value: float
    low: float
    high: float
    unit: str
    kind: Kind
    source: str
    scale: Scale = "identity"

    def estimate(self) -> Estimate:
        """The parameter as the currency of the house: normal on its scale, by its 95 % bounds.

        It is the same, and so are its draws, in whatever language the source is told.

        Raises:
            PreuveError: the value is not between its bounds.
        """
        if not self.low <= self.value <= self.high:
            raise PreuveError(
                _("The value of {name} is not between its bounds.").format(name=self.name),
                where=self.name,
            )
        low, high = (float(to_scale(bound, self.scale)) for bound in (self.low, self.high))
        return Estimate.from_normal(
            self.value,
            (high - low) / (2 * NORMAL_95),
            unit=self.unit,
            source=both(self.source)["en"],
            scale=self.scale,
        )


def central(parameters: Sequence[Parameter]) -> Mapping[str, float]:
    """The central figure of every parameter, by name."""
    return {parameter.name: parameter.value for parameter in parameters}
