"""Names of places: sites, communes, départements, régions, from their official codes."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Mapping
from functools import cache

from preuve.twin.baseline import PACKAGED, packaged

REGIONS: Mapping[str, str] = {
    "01": "Guadeloupe",
    "02": "Martinique",
    "03": "Guyane",
    "04": "La Réunion",
    "06": "Mayotte",
    "11": "Île-de-France",
    "24": "Centre-Val de Loire",
    "27": "Bourgogne-Franche-Comté",
    "28": "Normandie",
    "32": "Hauts-de-France",
    "44": "Grand Est",
    "52": "Pays de la Loire",
    "53": "Bretagne",
    "75": "Nouvelle-Aquitaine",
    "76": "Occitanie",
    "84": "Auvergne-Rhône-Alpes",
    "93": "Provence-Alpes-Côte d’Azur",
    "94": "Corse",
}
"""Régions by their official code (INSEE)."""

_SMALL = frozenset(
    ("de", "du", "des", "la", "le", "les", "et", "en", "au", "aux", "sur", "sous", "lès", "d", "l")
)
_CAPITALS = frozenset(
    (
        "AP",
        "CHI",
        "CHIC",
        "CHU",
        "CHRU",
        "GCS",
        "GHU",
        "GHI",
        "GHEF",
        "HIA",
        "SIH",
        "USLD",
        "CMCO",
        "HAD",
        "MCO",
    )
)
_ABBREVIATIONS = {"ST": "St", "STE": "Ste", "DR": "Dr", "PR": "Pr", "MGR": "Mgr", "NTRE": "Notre"}
_WORD = re.compile(r"[^\W\d_]+")
_VOWELS = frozenset("AEIOUYÀÂÉÈÊËÎÏÔÛÙ")


def region_name(code: str) -> str:
    return REGIONS.get(code, code)


def department_name(code: str) -> str:
    """“Lot (46)”; the code alone where it is not known."""
    name = _departments().get(code)
    return f"{name} ({code})" if name else code


def commune_name(code: str) -> str:
    """Name of a commune; its code where it is not known."""
    return _communes().get(code, code)


def site_name(finess: str) -> str:
    """“CH Jean Rougier Cahors (460000110)”; the number alone where it is not known."""
    name = _sites().get(finess)
    return f"{capitals(name)} ({finess})" if name else finess


def capitals(name: str) -> str:
    """A name written all in capitals, as a reader writes it: acronyms kept, articles small."""
    if name != name.upper():
        return name
    spoken = _WORD.sub(lambda word: _cased(word[0]), name)
    return spoken[:1].upper() + spoken[1:]


def _cased(word: str) -> str:
    if word in _ABBREVIATIONS:
        return _ABBREVIATIONS[word]
    if word in _CAPITALS or not _VOWELS & set(word):
        return word
    return word.lower() if word.lower() in _SMALL else word.capitalize()


@cache
def _departments() -> Mapping[str, str]:
    with gzip.open(PACKAGED / "departments.geojson.gz") as stream:
        features = json.load(stream)["features"]
    return {one["properties"]["code"]: one["properties"]["name"] for one in features}


@cache
def _communes() -> Mapping[str, str]:
    return dict(packaged("communes").select("commune", "name").iter_rows())


@cache
def _sites() -> Mapping[str, str]:
    return dict(packaged("sites").select("finess", "name").iter_rows())
