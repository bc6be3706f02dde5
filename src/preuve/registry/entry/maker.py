"""Maker: who makes a system, and who answers for it in the Union."""

from __future__ import annotations

from preuve.core.written import Written
from preuve.registry.entry.words import Country, Word, Words

UNION = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)
"""The member states of the Union; Iceland, Liechtenstein and Norway are not among them."""


class Maker(Written):
    """The maker of a system.

    Attributes:
        country: ISO 3166 code of where it is established.
        outside_eu: said where the country does not tell (several establishments, EEA).
        authorised_representative: who answers for a maker outside the Union.
    """

    name: Word
    country: Country | None = None
    outside_eu: bool | None = None
    authorised_representative: Words | None = None
    contact: Word | None = None

    @property
    def outside(self) -> bool | None:
        """Whether it is established outside the Union; None where nothing tells."""
        if self.outside_eu is not None:
            return self.outside_eu
        return None if self.country is None else self.country not in UNION
