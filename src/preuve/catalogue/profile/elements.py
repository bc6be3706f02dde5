"""What each property is: its name in both languages, its element of the regulation, an example."""

from __future__ import annotations

from functools import cache

from pydantic import Field

from preuve.catalogue.prefixes import KNOWN, WRITTEN
from preuve.catalogue.profile.shelf import HOUSE
from preuve.catalogue.profile.tables import AccessLevel, Row, Words
from preuve.core.language import current_language
from preuve.core.record import read_json
from preuve.core.written import parse, read_yaml


class Element(Row):
    """A property of the profiles.

    Attributes:
        label: its name.
        what: what it says of the data set.
        element: its number in Implementing Regulation (EU) 2026/2098, where it has one.
        article: the article of Regulation (EU) 2025/327 behind it, where there is one.
        list: the code list its values come from.
        kind: how a form asks for it, where the shapes do not say.
        example: a line of Turtle.
        remark: what the reader must know at an access level.
    """

    label: Words
    what: Words
    element: int | None = None
    article: str = ""
    list: str = ""
    kind: str = ""
    example: str = ""
    remark: dict[AccessLevel, Words] = Field(default_factory=dict)


class Source(Row):
    """The regulation the numbers come from, and how far the list is sure."""

    regulation: Words
    caveat: Words


class Elements(Row):
    """Every property and class, by their short name."""

    source: Source
    properties: dict[str, Element]
    classes: dict[str, Words]
    nodes: dict[str, tuple[str, ...]]
    """By class: the properties a form asks for where the shapes say nothing."""


class Code(Row):
    """One code of a list."""

    code: str
    iri: str
    fr: str
    en: str

    @property
    def label(self) -> str:
        return said(self)


class CodeList(Row):
    """A code list: who publishes it, and whether all its codes are here."""

    list: str
    producer: str
    licence: str
    whole: bool
    source: str
    codes: tuple[Code, ...]


@cache
def elements() -> Elements:
    """What is known of properties and classes."""
    path = HOUSE / "elements.yaml"
    return parse(Elements, read_yaml(path), path)


@cache
def code_lists() -> dict[str, CodeList]:
    """The packaged code lists, by name."""
    path = HOUSE / "vocabularies.json"
    return {row["list"]: parse(CodeList, row, path) for row in read_json(path)}


@cache
def _codes() -> dict[str, Code]:
    return {code.iri: code for one in code_lists().values() for code in one.codes}


def element(iri: str) -> Element | None:
    """What is known of a property, by its IRI."""
    return elements().properties.get(short(iri))


def label(iri: str) -> str:
    """The name of a property, a class or a code in the current language; else its short form."""
    known = element(iri)
    words = known.label if known else elements().classes.get(short(iri)) or _codes().get(iri)
    return said(words) if words else short(iri)


def said(words: Words | Code) -> str:
    """A text of the data in the current language."""
    return words.fr if current_language() == "fr" else words.en


def whole(name: str) -> str:
    """The IRI of a short form, as `dct:title`; another text as it is."""
    prefix, _colon, local = name.partition(":")
    return KNOWN[prefix] + local if prefix in KNOWN else name


@cache
def short(iri: str) -> str:
    """An IRI with its usual prefix, as `dct:title`; between `<` and `>` where it has none."""
    for prefix, namespace in (*WRITTEN.items(), *KNOWN.items()):
        local = iri.removeprefix(namespace)
        if local != iri and local.replace("-", "").replace("_", "").isalnum():
            return f"{prefix}:{local}"
    return f"<{iri}>"
