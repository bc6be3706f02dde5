"""Vocabulary: the closed lists of an entry; their words for people are in `facts/words.yaml`."""

from __future__ import annotations

from typing import Literal, TypeAlias

Line: TypeAlias = Literal[
    "imaging",
    "signal",
    "laboratory",
    "text",
    "generative",
    "triage",
    "prediction",
    "monitoring",
    "organisation",
    "other",
]
"""Technology line: by what the register is browsed."""

Function: TypeAlias = Literal[
    "detection",
    "measurement",
    "diagnosis",
    "prioritisation",
    "prediction",
    "monitoring",
    "therapy",
    "planning",
    "documentation",
    "conversation",
    "coding",
    "organisation",
    "other",
]
"""What the system does, in one word."""

Role: TypeAlias = Literal["provider", "deployer", "importer", "distributor", "gpai_provider"]
"""Who owes: the roles of the AI Act; the manufacturer of a device is its provider."""

DeviceClass: TypeAlias = Literal["I", "IIa", "IIb", "III", "A", "B", "C", "D"]
Purpose: TypeAlias = Literal["inform_decision", "monitor_physiology", "other"]
Outcome: TypeAlias = Literal["death_or_irreversible", "serious_or_surgery", "other"]
Significance: TypeAlias = Literal["treat_or_diagnose", "drive_management", "inform_management"]
Situation: TypeAlias = Literal["critical", "serious", "non_serious"]

AnnexIII: TypeAlias = Literal[
    "emergency_triage",
    "essential_services",
    "insurance_pricing",
    "emotion_recognition",
    "biometrics",
    "education",
    "employment",
]
"""Uses of Annex III that a care establishment may meet."""

Prohibited: TypeAlias = Literal[
    "manipulation",
    "exploitation_of_vulnerability",
    "social_scoring",
    "crime_prediction",
    "face_scraping",
    "emotion_at_work_or_school",
    "biometric_categorisation",
    "remote_biometric_identification",
    "intimate_or_child_abuse_content",
]
"""Practices of Article 5, those of the 2026 amendment included."""

EhrCategory: TypeAlias = Literal[
    "patient_summary",
    "eprescription",
    "edispensation",
    "imaging",
    "laboratory",
    "discharge_report",
]
"""Priority categories of electronic health data (EHDS, Article 14)."""

Learning: TypeAlias = Literal["frozen", "incremental", "continuous"]
Modification: TypeAlias = Literal["none", "rebranding", "purpose", "substantial"]
"""What an establishment does to a system (AI Act, Article 25)."""
