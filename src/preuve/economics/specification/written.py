"""The whole file: what a model holds, and its JSON schema."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from preuve.core.usecase import Text
from preuve.core.written import Written
from preuve.economics.specification.analyses import Analyses
from preuve.economics.specification.decision import Decision
from preuve.economics.specification.formula import Formulas
from preuve.economics.specification.methods import Methods
from preuve.economics.specification.parameters import (
    Correlation,
    Covariance,
    Dirichlet,
    Name,
    Parameter,
    Table,
)
from preuve.economics.specification.pathway import AiPathway
from preuve.economics.specification.strategies import Strategy
from preuve.economics.specification.structure import AnyStructure, Rewards


class Validation(Written):
    """What was done to see whether the model is right."""

    internal: Text | None = None
    external: Text | None = None
    crossed: Text | None = None
    face: Text | None = None


class WrittenModel(Written):
    """An economic model, as an evaluator writes it.

    Attributes:
        evidence, estimates: files beside the model, by the names that parameters use.
        tables: figures by age or another key, called as functions: mortality(age).
        parameters: figures. joint: figures drawn together. values: formulas of them.
        assumptions: what the structure takes for granted, in the two languages.
    """

    preuve_model: Literal[1]
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,60}$")]
    title: Text
    synthetic: bool = False
    decision: Decision
    evidence: dict[Name, str] = Field(default_factory=dict)
    estimates: dict[Name, str] = Field(default_factory=dict)
    tables: dict[Name, Table] = Field(default_factory=dict)
    parameters: dict[Name, Parameter] = Field(default_factory=dict)
    joint: tuple[Dirichlet | Correlation | Covariance, ...] = ()
    values: Formulas = Field(default_factory=dict)
    ai_pathway: AiPathway | None = None
    structure: AnyStructure
    rewards: Rewards = Rewards()
    strategies: dict[Name, Strategy] = Field(min_length=1)
    analyses: Analyses = Analyses()
    assumptions: tuple[Text, ...] = ()
    methods: Methods = Methods()
    validation: Validation = Validation()


def schema() -> dict[str, Any]:
    """The JSON schema of a model, as published."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **WrittenModel.model_json_schema(by_alias=True),
    }
