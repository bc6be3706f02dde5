"""The four hospitals of the study, and the figures their SYNTHETIC doubles follow."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Hospital:
    """A hospital: its name in the public table, and the figures its SYNTHETIC double follows.

    Attributes:
        synthetic_patients: how many patients the generator makes.
        synthetic_prevalence: share of them with a narrowed artery.
        rarely_done: whether fluoroscopy, thallium scan and ST slope are mostly missing.
    """

    node: str
    dataset: str
    french: str
    english: str
    synthetic_patients: int
    synthetic_prevalence: float
    rarely_done: bool = True

    def label(self, *, synthetic: bool) -> dict[str, str]:
        if not synthetic:
            return {"fr": self.french, "en": self.english}
        return {"fr": f"SYNTHÉTIQUE · {self.french}", "en": f"SYNTHETIC · {self.english}"}


HOSPITALS = (
    Hospital("cleveland", "Cleveland", "Cleveland (Ohio)", "Cleveland (Ohio)", 303, 0.46, False),
    Hospital("hungary", "Hungary", "Budapest (Hongrie)", "Budapest (Hungary)", 294, 0.36),
    Hospital("switzerland", "Switzerland", "Zurich et Bâle", "Zurich and Basel", 123, 0.93),
    Hospital(
        "long_beach",
        "VA Long Beach",
        "Long Beach (Californie)",
        "Long Beach (California)",
        200,
        0.75,
    ),
)
