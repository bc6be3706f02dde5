"""EQ-5D: the utility of a health state by the French value sets, five levels or three."""

from __future__ import annotations

import datetime
from functools import cache
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import Field

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.usecase import Text
from preuve.core.written import Written, parse, read_yaml
from preuve.economics.reference_case.discounting import Confidence

ValueSetName: TypeAlias = Literal["eq5d5l_fr", "eq5d3l_fr"]

TABLE = Path(__file__).with_name("eq5d_france.yaml")


class _Losses(Written):
    mobility: tuple[float, ...]
    self_care: tuple[float, ...]
    usual_activities: tuple[float, ...]
    pain_discomfort: tuple[float, ...]
    anxiety_depression: tuple[float, ...]


class ValueSet(Written):
    """What each level of each dimension takes away from full health (1).

    Attributes:
        losses: by dimension, the loss of each level from the first.
        worst_level_loss: taken away once when any dimension is at its last level.
    """

    name: ValueSetName
    title: Text
    losses: _Losses
    worst_level_loss: float = Field(ge=0)
    source: str
    date: datetime.date
    confidence: Confidence

    @property
    def by_dimension(self) -> tuple[tuple[float, ...], ...]:
        """Losses in the order of the digits of a state."""
        each = self.losses
        return (
            each.mobility,
            each.self_care,
            each.usual_activities,
            each.pain_discomfort,
            each.anxiety_depression,
        )

    @property
    def levels(self) -> int:
        return len(self.losses.mobility)


class _Table(Written):
    value_sets: tuple[ValueSet, ...]


@cache
def value_set(name: ValueSetName) -> ValueSet:
    """A packaged value set."""
    table = parse(_Table, read_yaml(TABLE), TABLE)
    return next(each for each in table.value_sets if each.name == name)


def utility(state: str, name: ValueSetName = "eq5d5l_fr") -> float:
    """The utility of a state: 1 for full health, 0 for dead, negative for worse than dead.

    Args:
        state: five digits in the order mobility, self-care, usual activities, pain or discomfort,
            anxiety or depression: "21232".
        name: the value set, five levels unless said.

    Returns:
        The utility, between -0.525 and 1 (five levels) or -0.530 and 1 (three levels).

    Raises:
        PreuveError: the state is not five digits, or a digit is not a level of the questionnaire.
    """
    values = value_set(name)
    allowed = "12345"[: values.levels]
    if not isinstance(state, str) or len(state) != 5 or not set(state) <= set(allowed):
        raise PreuveError(
            _("“{state}” is not an EQ-5D state: five digits from 1 to {levels}.").format(
                state=state, levels=values.levels
            ),
            where=name,
            remedy=_("Example: {example}").format(example='"21232"'),
        )
    lost = sum(
        losses[int(digit) - 1] for digit, losses in zip(state, values.by_dimension, strict=True)
    )
    worst = allowed[-1] in state
    return 1 - lost - worst * values.worst_level_loss
