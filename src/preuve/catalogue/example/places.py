"""Places: the invented region of the example, its departments, towns and establishments."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

BASE = "https://valmere.example/"
"""`.example` is a reserved domain (RFC 2606): nothing of the example can be taken for real."""

_REGIONS = ("Pays de Valmère", "Grande Orsanne", "Terres de Tressol", "Côte de Fontalière")
_DEPARTMENTS = ("Haute", "Basse", "Val de", "Monts de", "Rives de")
_BEGINNINGS = (
    "Val Or Tres Font Sévr Gant Auln Marc Clar Brév Lorn Pern Vern Morn Beln Courn Dam Espr"
)
_ENDINGS = (
    "mère sanne sol alière anvre elme erive ombe igny ouze enelle urde ivois andre ieule ombre"
)
_KINDS = (
    ("CH {of}", "ch"),
    ("CHU {of}", "chu"),
    ("Clinique {of}", "clinique"),
    ("Centre anticancéreux {of}", "clcc"),
    ("Groupement de laboratoires {of}", "laboratoires"),
)


@dataclass(frozen=True)
class Establishment:
    """An invented establishment and where it is."""

    name: str
    code: str
    town: str
    department: str
    region: str


@cache
def establishments() -> tuple[Establishment, ...]:
    """All of them, always in the same order; those of the first department come first."""
    towns = [beginning + ending for beginning in _BEGINNINGS.split() for ending in _ENDINGS.split()]
    regions = [
        (f"{word} {region.split()[-1]}", region) for region in _REGIONS for word in _DEPARTMENTS
    ]
    found = []
    for rank, town in enumerate(towns):
        department, region = regions[rank * len(regions) // len(towns)]
        of = f"d’{town}" if town[0] in "AEO" else f"de {town}"
        for name, kind in _KINDS[: 1 + rank % len(_KINDS)]:
            found.append(
                Establishment(name.format(of=of), f"{kind}-{rank + 1}", town, department, region)
            )
    return tuple(found)
