"""AI Act facts of a system, as answers; None is not answered."""

from __future__ import annotations

from pydantic import Field

from preuve.core.written import Written
from preuve.registry.entry.vocabulary import AnnexIII, EhrCategory, Prohibited
from preuve.registry.entry.words import Day

Answer = bool | None


class AiAct(Written):
    """What decides how Regulation (EU) 2024/1689 and the EHDS reach a system.

    Attributes:
        annex_iii: uses of Annex III; an empty list says that there is none.
        exemption_claimed: an Annex III use that the provider holds not to be high risk, 6(3).
        prohibited: practices of Article 5; an empty list says that the screening found none.
        publishes_generated: shows deep fakes, or publishes generated texts of public interest.
        interoperability: categories of records it claims to exchange with record systems.
        significant_change: the day of a significant change in design, if there was one.
    """

    ai_system: Answer = None
    annex_iii: tuple[AnnexIII, ...] | None = None
    exemption_claimed: bool = False
    profiles_persons: Answer = None
    prohibited: tuple[Prohibited, ...] | None = None
    interacts_with_people: Answer = None
    generates_content: Answer = None
    publishes_generated: Answer = None
    emotion_or_biometric: Answer = None
    general_purpose: Answer = Field(default=None, description="A general-purpose model.")
    systemic_risk: Answer = Field(default=None, description="Such a model with systemic risk.")
    research_only: Answer = None
    real_world_testing: Answer = None
    sensitive_data_for_bias: Answer = Field(
        default=None, description="Special categories processed to correct bias, Article 10(5)."
    )
    for_public_authorities: Answer = Field(
        default=None, description="Meant to be used by public authorities, Article 111(2)."
    )
    interoperability: tuple[EhrCategory, ...] | None = None
    significant_change: Day | None = None
