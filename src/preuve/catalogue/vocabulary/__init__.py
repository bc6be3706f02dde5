"""Vocabulary: the code lists of health catalogues, their labels, and the hosts that serve them."""

from preuve.catalogue.vocabulary.concepts import LISTS, Concept, concept, concepts, source
from preuve.catalogue.vocabulary.hosts import (
    for_target,
    is_equivalent_host,
    normal,
    right_namespace,
)

__all__ = [
    "LISTS",
    "Concept",
    "concept",
    "concepts",
    "for_target",
    "is_equivalent_host",
    "normal",
    "right_namespace",
    "source",
]
