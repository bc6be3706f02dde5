"""Filled: the form of a record at its access level, and the record that its answers make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from pyoxigraph import Literal, NamedNode, Triple

from preuve.catalogue.describe import describe
from preuve.catalogue.names import ADMS, CV, DCAT, DCATAP, DCT, EHDS, HEALTH, SKOS, TYPE
from preuve.catalogue.profile.form import Field, fields
from preuve.catalogue.profile.levels import LATEST, LEVELS
from preuve.catalogue.profile.shelf import load
from preuve.catalogue.profile.tables import Profile
from preuve.catalogue.rdf import Graph
from preuve.catalogue.record import Kind, Record, split
from preuve.core.errors import PreuveError
from preuve.core.language import _, current_language
from preuve.web.catalogue.form.applied import applied
from preuve.web.catalogue.form.posted import Posted
from preuve.web.catalogue.form.question import Asking, Question, questions

DATASET = DCAT + "Dataset"
_BESIDE = "dcat-ap-3.0.1"
_WITHOUT_LANGUAGE = frozenset(
    {
        ADMS + "version",
        CV + "telephone",
        DCAT + "version",
        DCT + "identifier",
        HEALTH + "hasCodeValues",
        SKOS + "notation",
    }
)
"""Texts that are the same in every language."""
_AUTHORITY = "http://publications.europa.eu/resource/authority/"


@dataclass(frozen=True)
class Form:
    """A record's form.

    Attributes:
        record: the record that the form started from.
        profile: what the fields come from.
        asked: the questions, those that must be answered first.
    """

    record: Record
    profile: Profile
    asked: tuple[Question, ...]

    @property
    def must(self) -> list[Question]:
        return [one for one in self.asked if one.required]

    @property
    def may(self) -> list[Question]:
        """What the regulation numbers, or the record answers."""
        return [one for one in self.asked if not one.required and not self._is_rare(one)]

    @property
    def rare(self) -> list[Question]:
        return [one for one in self.asked if self._is_rare(one)]

    @staticmethod
    def _is_rare(one: Question) -> bool:
        return one.is_rare and one.field.element is None

    @property
    def problems(self) -> list[tuple[Question, str]]:
        """What is wrong, with the question it belongs to."""
        return [(one, problem) for one in self.asked for problem in one.problems]

    def made(self) -> Record:
        """The record that the answers make.

        Raises:
            PreuveError: an answer that cannot be a value of its field.
        """
        return whole(self.record, applied(self.record.triples, self.record.node, self.asked))


def form_of(record: Record, posted: Posted | None = None) -> Form:
    """The form of a record; with what was sent, the form as it was filled.

    Raises:
        PreuveError: the record is not a data set.
    """
    if record.kind is not Kind.DATASET:
        raise PreuveError(
            _("Only data sets have an edit form."),
            where=record.iri,
            remedy=_("Send the record as a file."),
        )
    profile = load(f"{LATEST}-{level(record)}")
    language = current_language()
    asking = Asking(lambda kind: _fields(profile.id, kind, language), record.nodes, posted)
    return Form(record, profile, questions(asking, DATASET, record.node))


def level(record: Record) -> str:
    """The access level of a record; non-public, which asks for most, where it does not say."""
    access = describe(record).access
    return LEVELS.get(access.iri, "non-public") if access else "non-public"


@cache
def _fields(profile: str, kind: str, _language: str) -> Sequence[Field]:
    """The fields of a class; their words are those of the language."""
    return tuple(
        replace(one, in_languages=False) if one.path in _WITHOUT_LANGUAGE else one
        for one in fields(load(profile), kind, [load(_BESIDE)])
    )


def whole(record: Record, triples: Iterable[Triple]) -> Record:
    """The record with other triples, less what nothing in it refers to any more."""
    graph = Graph(tuple(triples), record.prefixes)
    roots = {record.node: record.kind}
    return next(one for one in split(graph, roots) if one.iri == record.iri)


def begun(iri: str, title: str, language: str, access: str) -> Record:
    """A new data set: what every one of its access class says."""
    node = NamedNode(iri)
    says = (
        (TYPE, NamedNode(DATASET)),
        (DCT + "title", Literal(title, language=language)),
        (DCT + "identifier", Literal(iri)),
        (DCT + "accessRights", NamedNode(f"{_AUTHORITY}access-right/{access}")),
        (DCATAP + "applicableLegislation", NamedNode(EHDS)),
        (DCAT + "theme", NamedNode(f"{_AUTHORITY}data-theme/HEAL")),
    )
    triples = tuple(Triple(node, NamedNode(name), value) for name, value in says)
    return Record(iri, Kind.DATASET, triples)


def with_triples(record: Record, gone: str, new: Iterable[Triple]) -> Record:
    """The record with new triples in place of what it says under a property."""
    kept = [t for t in record.triples if (t.subject, t.predicate.value) != (record.node, gone)]
    return whole(record, (*whole(record, kept).triples, *new))
