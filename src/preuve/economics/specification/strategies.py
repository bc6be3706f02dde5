"""Strategies: what is compared, and under what scheme each technology is paid."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from preuve.core.usecase import Text
from preuve.core.written import Written
from preuve.economics.specification.formula import Formula, Formulas
from preuve.economics.specification.parameters import Name
from preuve.economics.specification.payers import Payers


class Price(Written):
    """How a technology is paid for, in the terms of one person of the model.

    Attributes:
        scheme: what is written of the scheme of the pricing room (`scheme: per_use`, ...). A
            figure in it may name a parameter or a value of the model.
        uses: uses per person and unit of time, for schemes by use.
        patients: people of the model for each professional or site, for schemes by those.
        states: the states during which it is paid; every state but the dead unless said.
        once: whether it is paid once at the start (a tree, an exam).
        payer: share by payer, or a kind of care; sums to 1.
    """

    scheme: dict[str, Any]
    uses: Formula | None = None
    patients: Formula | None = None
    states: tuple[Name, ...] = ()
    once: bool = False
    payer: Payers = Field(default_factory=dict)


class Strategy(Written):
    """One way to proceed.

    Attributes:
        set: parameters or values that differ under it, each with a formula. A name in its own
            formula stands for what it is otherwise.
        price: how its technology is paid for.
        excluded: for a comparator that is named but not modelled: the reason why.
    """

    label: Text
    set: Formulas = Field(default_factory=dict)
    price: Price | None = None
    excluded: Text | None = None
