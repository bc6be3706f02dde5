"""Life of a system: its versions, where each is deployed, and what it is used for there."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from pydantic import Field

from preuve.core.usecase import Text
from preuve.core.written import Written
from preuve.registry.entry.vocabulary import Learning, Modification, Role
from preuve.registry.entry.words import Day, Departement, Digest, Finess, Label, Slug, Word, Words

UseCaseCode = Label


class Version(Written):
    """One version; its digest is that of the artefact that runs.

    Attributes:
        placed_on_market: when it was put on the market or into service in the Union.
        significant_change: whether its design differs significantly from the one before.
    """

    version: Label
    digest: Digest | None = None
    released: Day | None = None
    placed_on_market: Day | None = None
    learning: Learning | None = None
    changes: Words | None = None
    significant_change: bool = False


class Use(Written):
    """What a deployed system is used for, by whom, how often."""

    what: Words
    usecase: UseCaseCode | None = None
    users: Words | None = None
    per_year: float | None = Field(default=None, ge=0, allow_inf_nan=False)


class Deployment(Written):
    """One version, at one place.

    Attributes:
        site: name of the establishment. finess: its number, 9 characters.
        region: INSEE code. departement: 01 to 976.
        roles: what the establishment is for this deployment.
        public_body: whether it is governed by public law (None: not known).
        public_service: whether it gives a public service; a public body does.
        health_establishment: whether HAS certification reaches it.
        modification: what it does to the system, Article 25.
    """

    id: Slug
    site: Word
    finess: Finess | None = None
    region: Label | None = None
    departement: Departement | None = None
    unit: Words | None = None
    version: Label
    threshold: float | None = Field(default=None, allow_inf_nan=False)
    thresholds: Mapping[str, float] = Field(
        default_factory=dict, description="By finding, where there are several."
    )
    setting: Words | None = None
    roles: tuple[Role, ...] = Field(default=("deployer",), min_length=1)
    public_body: bool | None = None
    public_service: bool | None = None
    health_establishment: bool | None = None
    modification: Modification = "none"
    since: Day | None = None
    until: Day | None = None
    usecase: UseCaseCode | None = None
    uses: tuple[Use, ...] = ()
    note: Text | None = None

    def running(self, on: datetime.date) -> bool:
        """Whether it runs on a day; a day that is not written does not bound it."""
        begun = self.since is None or self.since <= on
        return begun and (self.until is None or on <= self.until)
