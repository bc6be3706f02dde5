"""CHAI applied model cards: read into a draft of an entry, and written from an entry."""

from preuve.registry.chai.card import ChaiCard
from preuve.registry.chai.drafting import Draft, draft
from preuve.registry.chai.exporting import export
from preuve.registry.chai.reading import ChaiFile, parse, read
from preuve.registry.chai.writing import to_record, to_xml

__all__ = [
    "ChaiCard",
    "ChaiFile",
    "Draft",
    "draft",
    "export",
    "parse",
    "read",
    "to_record",
    "to_xml",
]
