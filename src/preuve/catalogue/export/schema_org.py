"""schema.org: a record as a Dataset in JSON-LD, which search engines of data sets read.

Data that are not public have no download: the record says who holds them, under which conditions,
and where access is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from preuve.catalogue.describe import describe
from preuve.catalogue.description import Agent, Coded, Description, Distribution
from preuve.catalogue.record import Record
from preuve.catalogue.texts import Said, Texts
from preuve.core.language import Language

DESCRIPTION = 5_000
"""Characters a description may have for the search engines that read it."""
COLUMNS = 1_000
"""Variables that are told; the record keeps them all."""


def schema_org(record: Record, language: Language = "fr", page: str = "") -> dict[str, Any]:
    """The record as schema.org's Dataset.

    Args:
        record: what is known of the data.
        language: of the texts, where the record has several.
        page: the address of the record's page, where it has one.
    """
    said = describe(record)
    public = is_public(said)
    found: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": None if record.anonymous else record.iri,
        "name": text_of(said.titles, language) or record.iri,
        "description": (text_of(said.descriptions, language) or "")[:DESCRIPTION],
        "alternateName": [one.text for one in said.alternatives],
        "identifier": list(said.identifiers),
        "url": page or next(iter(said.landing_pages), None),
        "keywords": [one.text for one in said.keywords.all(language)]
        + labels((*said.categories, *said.health_themes), language),
        "inLanguage": [_language(one) for one in said.languages],
        "isAccessibleForFree": True if public else None,
        "conditionsOfAccess": said.access.label(language) if said.access else None,
        "license": _licence(said),
        "creator": [agent(one, language) for one in said.creators],
        "publisher": agent(said.publisher, language) if said.publisher else None,
        "maintainer": agent(said.custodian, language) if said.custodian else None,
        "contactPoint": [_contact(one, language) for one in said.contacts],
        "temporalCoverage": [f"{one.start or '..'}/{one.end or '..'}" for one in said.temporal],
        "spatialCoverage": labels(said.territory, language),
        "variableMeasured": _variables(said, language),
        "measurementTechnique": labels(said.generated_by, language),
        "datePublished": said.issued or None,
        "dateModified": said.modified or None,
        "version": said.version or None,
        "distribution": [_download(one, language) for one in said.distributions] if public else [],
    }
    return without_empty(found)


def is_public(said: Description) -> bool:
    return said.access is not None and said.access.code == "PUBLIC"


def text_of(texts: Texts, language: Language) -> str:
    said: Said | None = texts.said(language)
    return said.text if said else ""


def labels(codes: Iterable[Coded], language: Language) -> list[str]:
    return [one.label(language) for one in codes if one.label(language)]


def agent(found: Agent, language: Language) -> dict[str, Any]:
    """An organisation as schema.org says it."""
    return without_empty(
        {
            "@type": "Organization",
            "@id": None if found.iri.startswith("_:") else found.iri,
            "name": found.label(language),
            "email": next(iter(found.emails), None),
            "url": next(iter(found.pages), None),
        }
    )


def without_empty(found: dict[str, Any]) -> dict[str, Any]:
    """The keys that say something; lists of one are written as the one."""
    kept = {key: value for key, value in found.items() if value not in (None, "", [], {})}
    return {
        key: value[0] if isinstance(value, list) and len(value) == 1 else value
        for key, value in kept.items()
    }


def _contact(found: Agent, language: Language) -> dict[str, Any]:
    return without_empty(
        {
            "@type": "ContactPoint",
            "name": found.label(language),
            "email": next(iter(found.emails), None),
            "url": next(iter(found.pages), None),
            "telephone": next(iter(found.telephones), None),
        }
    )


def _licence(said: Description) -> str | None:
    return next((one.licence for one in said.distributions if one.licence), None)


_TWO_LETTERS = {"FRA": "fr", "ENG": "en", "DEU": "de", "SPA": "es", "ITA": "it", "NLD": "nl"}


def _language(one: Coded) -> str:
    return _TWO_LETTERS.get(one.code, one.code.lower())


def _variables(said: Description, language: Language) -> list[dict[str, Any]]:
    found = [
        without_empty(
            {
                "@type": "PropertyValue",
                "name": variable.name,
                "description": text_of(variable.descriptions, language)
                or text_of(variable.titles, language),
            }
        )
        for table in said.variables
        for variable in table.variables
    ]
    return found[:COLUMNS]


def _download(one: Distribution, language: Language) -> dict[str, Any]:
    return without_empty(
        {
            "@type": "DataDownload",
            "name": text_of(one.titles, language),
            "contentUrl": next(iter((*one.download, *one.access)), None),
            "encodingFormat": one.media_type or (one.format.code if one.format else None),
            "contentSize": f"{one.byte_size} B" if one.byte_size.isdigit() else None,
        }
    )
