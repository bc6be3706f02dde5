"""Lines: one fact is one line, dated, with its confidence, written so that a person corrects it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from pydantic import Field

from preuve.core.language import current_language
from preuve.core.usecase import Text
from preuve.core.written import Written
from preuve.registry.entry.vocabulary import DeviceClass, Role
from preuve.registry.entry.words import Day

Confidence: TypeAlias = Literal["high", "medium", "low"]
Law: TypeAlias = Literal["ai_act", "device", "ehds", "has_certification", "ethics"]
Route: TypeAlias = Literal["annex_i", "annex_iii"]
Scope: TypeAlias = Literal[
    "any",
    "all",
    "annex_i",
    "annex_iii",
    "annex_iii_exempted",
    "high_risk",
    "legacy",
    "transparency",
    "gpai",
    "research",
    "testing",
    "sandbox",
    "device",
    "interoperability",
    "certification",
    "establishment",
    "ethics",
]
Condition: TypeAlias = Literal[
    "annex_i",
    "not_annex_i",
    "bias_data",
    "outside_union",
    "modified",
    "no_device_vigilance",
    "device_vigilance",
    "public_body",
    "public_service",
    "interacts",
    "generates",
    "publishes",
    "emotion_or_biometric",
    "general_purpose",
    "systemic_risk",
    "device",
    "not_device",
    "mdr",
    "ivdr",
    "in_house",
    "not_in_house",
    "class_i",
    "class_iia",
    "class_iib_iii",
    "class_a_b",
    "class_c_d",
    "interoperable_first",
    "interoperable_later",
    "health_establishment",
]


class Named(Written):
    """A fact said in the two languages."""

    fr: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def __str__(self) -> str:
        return self.en if current_language() == "en" else self.fr


class Meta(Written):
    """Where the lines of a file come from, and what is not sure in them.

    Attributes:
        as_of: the month the facts were last looked at. pending: a change of law under way.
    """

    law: Law | None = None
    title: Text
    as_of: str
    binding: bool = True
    licence: str
    sources: tuple[str, ...] = Field(min_length=1)
    note: Text | None = None
    pending: Text | None = None


class Grace(Written):
    """A later day for systems placed on the market before a day."""

    placed_before: Day
    until: Day


class Line(Named):
    """One duty, or one recommendation.

    Attributes:
        roles: who owes it; an authority's is kept and never computed.
        scope: the systems it reaches. when: what must hold besides.
        applies: its first day, or one by route to high risk. until: its last day, if repealed.
        grace: a later day for systems already on the market.
        public_authorities: the day when it reaches older systems that public authorities use.
        evidence: codes of the artefacts that show it is met.
    """

    id: str = Field(pattern=r"^[A-Za-z0-9.-]{2,30}$")
    article: str
    roles: tuple[Role | Literal["authority"], ...] = Field(min_length=1)
    scope: Scope
    when: tuple[Condition, ...] = ()
    applies: Day | Mapping[Route, Day]
    grace: Grace | None = None
    public_authorities: Day | None = None
    until: Day | None = None
    evidence: tuple[str, ...] = ()
    confidence: Confidence
    note: Text | None = None
    principle: str | None = None
    phase: str | None = None


class LawFile(Written):
    meta: Meta
    lines: tuple[Line, ...]


class Artefact(Named):
    """A document that obligations ask for; `serves_all`: one actor's serves the others."""

    serves_all: bool = False


class ArtefactFile(Written):
    meta: Meta
    artefacts: dict[str, Artefact]


class Domain(Named):
    id: str


class Item(Named):
    """One item of the descriptive grid; `filled_by`: artefacts that fill it."""

    id: str
    domain: str
    group: str
    type: str
    confidence: Confidence
    filled_by: tuple[str, ...] = ()


class Grid(Written):
    meta: Meta
    domains: tuple[Domain, ...]
    lines: tuple[Item, ...] = Field(alias="items")

    @property
    def items(self) -> dict[str, Item]:
        """The items by identifier, in order."""
        return {one.id: one for one in self.lines}


class Question(Named):
    """A question of the classification; `field` is where the answer stands in `device`."""

    id: str
    field: str
    reference: str
    confidence: Confidence


class Rule(Named):
    """A classification rule: the answers it needs, and the class it gives (None: a principle)."""

    id: str
    reference: str
    when: dict[str, str | bool] = Field(default_factory=dict)
    gives: DeviceClass | None = Field(default=None, alias="class")
    confidence: Confidence

    @property
    def group(self) -> str:
        """The rule of the regulation that it is a case of: R11 for R11-d."""
        return self.id.partition("-")[0]


class Matrix(Written):
    """IMDRF: significance of the information by state of the patient."""

    reference: str
    confidence: Confidence
    gives: dict[str, dict[str, DeviceClass]] = Field(alias="class")


class Rules(Written):
    meta: Meta
    questions: tuple[Question, ...]
    rules: tuple[Rule, ...]
    imdrf: Matrix

    def rule(self, name: str) -> Rule:
        return next(one for one in self.rules if one.id == name)

    def question(self, field: str) -> Question | None:
        return next((one for one in self.questions if one.field == field), None)


class Part(Named):
    """A part of an intended use, and the share of marketed products that stated it."""

    id: str
    field: str
    share: float = Field(ge=0, le=1)


class Parts(Written):
    meta: Meta
    products: int
    parts: tuple[Part, ...]


class WordFile(Written):
    words: dict[str, dict[str, Named]]
