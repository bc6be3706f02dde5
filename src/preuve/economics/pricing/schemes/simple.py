"""Simple schemes: those that a contract with a condition can be built on."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from preuve.economics.pricing.schemes.front_loaded import FrontLoaded
from preuve.economics.pricing.schemes.per_patient_month import PerPatientMonth
from preuve.economics.pricing.schemes.per_use import PerUse
from preuve.economics.pricing.schemes.subscription import PerProfessional, PerSite

Simple: TypeAlias = Annotated[
    PerUse | PerProfessional | PerSite | PerPatientMonth | FrontLoaded,
    Field(discriminator="scheme"),
]
"""A scheme without condition, whose payers and tax are those of the contract."""
