"""Device: what classes a software among medical devices, as answers; None is not answered."""

from __future__ import annotations

from pydantic import Field

from preuve.core.usecase import Text
from preuve.core.written import Written
from preuve.registry.entry.vocabulary import DeviceClass, Outcome, Purpose, Significance, Situation
from preuve.registry.entry.words import Word

Answer = bool | None


class Ivdr(Written):
    """Answers to the rules of Regulation (EU) 2017/746, Annex VIII."""

    transmissible_or_life_threatening: Answer = Field(default=None, description="Rule 1.")
    blood_or_tissue_typing: Answer = Field(default=None, description="Rule 2.")
    listed_typing_system: Answer = Field(default=None, description="Rule 2, class D markers.")
    serious_cancer_genetic_or_companion: Answer = Field(default=None, description="Rule 3.")
    self_testing: Answer = Field(default=None, description="Rule 4.")
    self_testing_exception: Answer = Field(default=None, description="Rule 4, class B tests.")
    general_laboratory: Answer = Field(default=None, description="Rule 5.")
    sterile: bool = False


class InHouse(Written):
    """What an establishment that makes its own device declares (Article 5(5)), as answers."""

    not_transferred: Answer = Field(default=None, description="5(5)(a): no other legal entity.")
    quality_system: Answer = Field(default=None, description="5(5)(b).")
    no_equivalent: Answer = Field(default=None, description="5(5)(c): argued in writing.")
    declared_publicly: Answer = Field(default=None, description="5(5)(e)-(f).")
    experience_reviewed: Answer = Field(default=None, description="5(5)(h).")
    quantity: Text | None = Field(default=None, description="Where and how much it is used.")

    @property
    def answers(self) -> dict[str, Answer]:
        """The five conditions by their identifier."""
        return {
            "IH1": self.not_transferred,
            "IH2": self.quality_system,
            "IH3": self.no_equivalent,
            "IH4": self.declared_publicly,
            "IH5": self.experience_reviewed,
        }


class Device(Written):
    """Answers to the questions of MDCG 2019-11 and of the classification rules.

    What the maker declares (class, certificate, notified body, identifiers) stands beside; the
    class that follows from the answers is worked out, never written.
    """

    is_software: Answer = Field(default=None, description="Q1.")
    interprets: Answer = Field(
        default=None, description="Q2: more than storing, archiving, sending, plain search."
    )
    individual_patients: Answer = Field(default=None, description="Q3.")
    medical_purpose: Answer = Field(default=None, description="Q4.")
    from_specimens: Answer = Field(default=None, description="Q5.")
    drives_device: Answer = Field(default=None, description="Q6.")
    driven_class: DeviceClass | None = Field(default=None, description="Class of that device.")
    purpose: Purpose | None = Field(default=None, description="Rule 11.")
    worst_outcome: Outcome | None = Field(
        default=None, description="Rule 11: the worst that a wrong answer may cause."
    )
    vital: Answer = Field(default=None, description="Rule 11: vital parameters.")
    immediate_danger: Answer = Field(default=None, description="Rule 11.")
    significance: Significance | None = Field(default=None, description="IMDRF, what it tells.")
    situation: Situation | None = Field(default=None, description="IMDRF, state of the patient.")
    therapeutic: Answer = Field(default=None, description="Rule 9: gives or controls a therapy.")
    diagnostic_hardware: Answer = Field(
        default=None, description="Rule 10: part of an active device for diagnosis."
    )
    administers_substances: Answer = Field(default=None, description="Rule 12.")
    hazardous: Answer = Field(
        default=None, description="Rules 9 and 12: in a potentially hazardous way."
    )
    contraception: Answer = Field(default=None, description="Rule 15.")
    closed_loop: Answer = Field(default=None, description="Rule 22.")
    sterile: bool = False
    measuring: Answer = Field(default=None, description="Has a measuring function.")
    reusable_surgical: bool = False
    annex_xvi: bool = Field(default=False, description="Listed without a medical purpose.")
    ivdr: Ivdr = Ivdr()
    in_house: InHouse | None = Field(
        default=None, description="Given when the establishment makes the device for itself."
    )
    declared_class: DeviceClass | None = Field(default=None, description="What the maker says.")
    ce_certificate: Word | None = None
    notified_body: Word | None = None
    udi: Word | None = None
    eudamed: Word | None = None
