"""Dirt: something in a record that is not as it should be, explained, and what was done to it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from preuve.core.language import both


class Kind(StrEnum):
    """What is wrong; the word is stable, so that a store may count by it."""

    UNBOUND_PREFIX = "unbound-prefix"
    RELATIVE_IRI = "relative-iri"
    INVALID_IRI = "invalid-iri"
    EQUIVALENT_HOST = "equivalent-host"
    WRONG_NAMESPACE = "wrong-namespace"
    MISSPELT_PROPERTY = "misspelt-property"
    MISSPELT_CLASS = "misspelt-class"
    LITERAL_FOR_IRI = "literal-for-iri"
    MISSING_TYPE = "missing-type"
    PLACEHOLDER = "placeholder"
    DATE_AS_TEXT = "date-as-text"
    IMPOSSIBLE_DATE = "impossible-date"
    NUMBER_AS_TEXT = "number-as-text"
    LANGUAGE_IN_TEXT = "language-in-text"
    NAMED_GRAPHS = "named-graphs"


@dataclass(frozen=True)
class Dirt:
    """One thing found.

    Args:
        kind: what is wrong.
        subject: the node it was found on (an IRI, `_:label`), or the place in the file.
        property: the IRI of the property, empty where none is concerned.
        value: what was found, as it was written.
        explanation: why it is wrong, in the reader's language.
        repair: what was done in the repaired view; None where a person must decide.
    """

    kind: Kind
    subject: str
    property: str
    value: str
    explanation: str
    repair: str | None = None

    def record(self) -> dict[str, object]:
        """The find as JSON values, explanation and repair in both languages."""
        return {
            "kind": str(self.kind),
            "subject": self.subject,
            "property": self.property,
            "value": self.value,
            "explanation": both(self.explanation),
            "repair": None if self.repair is None else both(self.repair),
        }
