"""Methods: what a file must say of how it was made, for the checks of the reference case."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from preuve.core.usecase import Text
from preuve.core.written import Written


class Methods(Written):
    """What no figure shows: choices, and the reasons for them. What is absent is not said.

    Attributes:
        context: who decides what, and when.
        structure: why this structure.
        whole_indication: whether the population is the whole one that the claim speaks of.
        usual_care: whether usual care is among the strategies.
        heterogeneity: whether results are expected to differ between people.
        quality_of_life: whether the technology bears on it. no_qaly: why QALYs are not told.
        lifetime: whether the horizon is that of a life. mortality: whether it differs.
        extrapolates: whether results go beyond what was observed; `alternatives`: how many
            other extrapolations were tried.
        hospital_costing, city_costing: where production costs come from.
        implementation: whether installing and training are counted. tax: whether VAT is told.
        productivity: whether losses of production are in the reference case.
        correlations: how ties between parameters were treated.
        uptake: why the uptake of the budget is what it is.
        transfer: why figures of other countries hold here.
        threshold_claimed: whether the file speaks of an official threshold (there is none).
    """

    context: Text | None = None
    structure: Text | None = None
    whole_indication: bool | None = None
    usual_care: bool | None = None
    heterogeneity: bool | None = None
    quality_of_life: bool | None = None
    no_qaly: Text | None = None
    lifetime: bool | None = None
    mortality: bool | None = None
    extrapolates: bool | None = None
    alternatives: int = Field(default=0, ge=0)
    hospital_costing: Literal["encc", "tariff", "other", "none"] | None = None
    city_costing: Literal["tariff", "reimbursed", "other", "none"] | None = None
    implementation: bool | None = None
    tax: bool | None = None
    productivity: bool = False
    correlations: Text | None = None
    uptake: Text | None = None
    transfer: Text | None = None
    threshold_claimed: bool = False
