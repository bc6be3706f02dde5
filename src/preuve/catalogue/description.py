"""Description: what a record says, as typed values for search and pages; the triples stay aside."""

from __future__ import annotations

from dataclasses import dataclass, field

from preuve.catalogue.conditions import Conditions
from preuve.catalogue.record import Kind
from preuve.catalogue.texts import Texts
from preuve.catalogue.variables import TableOfVariables
from preuve.core.language import Language


@dataclass(frozen=True)
class Coded:
    """A code of a list, or what stands for one.

    Args:
        iri: the usual address; empty where the record gives a text or a node without one.
        code: the last part of the address, or the text.
        list: the packaged list it belongs to; empty when it is in none.
        texts: what it is called, from the list, else from the record.
    """

    iri: str
    code: str
    list: str = ""
    texts: Texts = field(default_factory=Texts)

    def label(self, language: Language = "fr") -> str:
        said = self.texts.said(language)
        return said.text if said else self.code


@dataclass(frozen=True)
class Agent:
    """Who publishes, holds or decides."""

    iri: str
    names: Texts
    emails: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    telephones: tuple[str, ...] = ()
    type: Coded | None = None
    trusted_holder: bool | None = None

    def label(self, language: Language = "fr") -> str:
        said = self.names.said(language)
        return said.text if said else self.iri


@dataclass(frozen=True)
class Period:
    """From a day to a day, as the record writes them; empty where it does not say."""

    start: str
    end: str


@dataclass(frozen=True)
class Distribution:
    """A way to the data, to a sample or to aggregates."""

    iri: str
    titles: Texts
    descriptions: Texts
    access: tuple[str, ...]
    download: tuple[str, ...]
    format: Coded | None
    media_type: str
    byte_size: str
    licence: str
    rights: Texts
    conforms_to: tuple[Coded, ...] = ()
    sha256: str = ""


@dataclass(frozen=True)
class Description:
    """All that search, pages and exports read of a record. Numbers are written as they were."""

    iri: str
    kind: Kind
    identifiers: tuple[str, ...]
    titles: Texts
    descriptions: Texts
    keywords: Texts
    alternatives: Texts
    access: Coded | None
    themes: tuple[Coded, ...]
    types: tuple[Coded, ...]
    categories: tuple[Coded, ...]
    health_themes: tuple[Coded, ...]
    coding_systems: tuple[Coded, ...]
    code_values: Texts
    territory: tuple[Coded, ...]
    languages: tuple[Coded, ...]
    frequency: Coded | None
    conforms_to: tuple[Coded, ...]
    legislation: tuple[str, ...]
    purposes: tuple[Coded, ...]
    personal_data: tuple[Coded, ...]
    provenance: Texts
    generated_by: tuple[Coded, ...]
    quality: Texts
    population: Texts
    publisher: Agent | None
    creators: tuple[Agent, ...]
    hdab: Agent | None
    custodian: Agent | None
    contacts: tuple[Agent, ...]
    temporal: tuple[Period, ...]
    retention: Period | None
    records: str
    people: str
    age: Period
    structured: bool | None
    distributions: tuple[Distribution, ...]
    samples: tuple[Distribution, ...]
    analytics: tuple[Distribution, ...]
    variables: tuple[TableOfVariables, ...]
    conditions: Conditions
    landing_pages: tuple[str, ...]
    series: tuple[str, ...]
    version: str
    issued: str
    modified: str
