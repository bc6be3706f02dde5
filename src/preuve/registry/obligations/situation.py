"""Situation: the system, the role and the establishment that an obligation is computed for."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property

from preuve.core.language import _
from preuve.registry.classification import Classification, Verdict, qualify
from preuve.registry.classification.standing import unanswered
from preuve.registry.entry import Deployment, Entry, Version
from preuve.registry.entry.vocabulary import Role


@dataclass(frozen=True)
class Situation:
    """What the conditions look at.

    Attributes:
        deployment: the establishment's; None for the system in general.
    """

    entry: Entry
    role: Role
    deployment: Deployment | None
    classification: Classification

    @classmethod
    def of(cls, entry: Entry, role: Role, deployment: Deployment | None) -> Situation:
        return cls(entry, role, deployment, qualify(entry))

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        """The roles of the one who owes: all of the establishment's where the role is its own."""
        held = roles_of(self.entry, self.deployment) if self.deployment else ()
        return held if self.role in held else (self.role,)

    @cached_property
    def version(self) -> Version | None:
        """The version that is deployed; the last one written for the system in general."""
        if self.deployment is not None:
            return self.entry.version(self.deployment.version)
        return self.entry.versions[-1] if self.entry.versions else None

    @cached_property
    def placed(self) -> datetime.date | None:
        """When the system was first placed on the market or put into service."""
        return min(
            (one.placed_on_market for one in self.entry.versions if one.placed_on_market),
            default=None,
        )

    @cached_property
    def changes(self) -> tuple[datetime.date, ...]:
        """The days of a significant change in design, up to the version deployed."""
        found = [
            one.placed_on_market
            for one in self.entry.versions
            if one.significant_change and one.placed_on_market
        ]
        if self.entry.ai_act.significant_change is not None:
            found.append(self.entry.ai_act.significant_change)
        last = None
        if self.deployment is not None and self.version is not None:
            last = self.version.placed_on_market
        return tuple(sorted({day for day in found if last is None or day <= last}))

    def of_establishment(self, field: str, yes: str, no: str) -> Verdict:
        """The verdict of an answer of the deployment; not known without one."""
        if self.deployment is None:
            return Verdict(None, _("It depends on the establishment: name a deployment."))
        answer = getattr(self.deployment, field)
        if answer is None:
            return unanswered(f"deployments.{field}")
        return Verdict(answer, yes if answer else no)


def roles_of(entry: Entry, deployment: Deployment) -> tuple[Role, ...]:
    """What an establishment is for a deployment, the provider's role included where it takes it.

    It becomes the provider of what it rebrands, diverts or substantially modifies (AI Act,
    Article 25), and of what it makes for itself (MDR and IVDR, Article 5(5)).
    """
    becomes = deployment.modification != "none" or entry.device.in_house is not None
    return tuple(dict.fromkeys((*deployment.roles, *(("provider",) if becomes else ()))))
