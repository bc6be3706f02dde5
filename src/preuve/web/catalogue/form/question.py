"""Questions: the fields of a profile with what a record answers, or what somebody just wrote."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pyoxigraph import Literal, NamedNode

from preuve.catalogue.names import ADMS, DCT, HEALTH, PROV, short
from preuve.catalogue.nodes import Nodes, Term
from preuve.catalogue.profile.form import Field
from preuve.core.errors import PreuveError
from preuve.web.catalogue.form.answer import term_of
from preuve.web.catalogue.form.posted import MOST, Posted

DEPTH = 2
"""How deep nodes stand inside nodes: data set, body, its contact point."""
TICKED = 40
"""Codes of a list that are shown as boxes; a longer one is chosen from."""
ELSEWHERE = frozenset(
    {HEALTH + "hasVariables", PROV + "qualifiedAttribution", ADMS + "identifier", DCT + "rights"}
)
"""Properties that have a page of their own, or that the form leaves as they are."""


@dataclass(frozen=True)
class Entry:
    """One answer.

    Attributes:
        name: beginning of the names of its controls.
        value: what the control shows.
        language: tag of the text; empty where it has none.
        term: the value as the record has it; None for a new one.
        inner: the questions about the node that the value is.
        problem: what is wrong with it.
        removed: whether the node is to be taken out.
    """

    name: str
    value: str = ""
    language: str = ""
    term: Term | None = None
    inner: tuple[Question, ...] = ()
    problem: str = ""
    removed: bool = False

    @property
    def is_new(self) -> bool:
        return self.term is None

    @property
    def is_text(self) -> bool:
        """Whether a text stands where a node is expected."""
        return isinstance(self.term, Literal)

    @property
    def is_empty(self) -> bool:
        return not self.value and all(e.is_empty for q in self.inner for e in q.entries)


@dataclass(frozen=True)
class Question:
    """A field and its answers.

    Attributes:
        name: beginning of the names of its controls.
        field: what is asked.
        entries: the answers.
        before: the codes that the record has, where codes are boxes to tick.
    """

    name: str
    field: Field
    entries: tuple[Entry, ...]
    before: frozenset[Term] = frozenset()

    @property
    def required(self) -> bool:
        return self.field.least > 0

    @property
    def repeats(self) -> bool:
        return self.field.most is None or self.field.most > 1

    @property
    def ticked(self) -> bool:
        """Whether the codes are boxes to tick."""
        return self.field.kind == "choice" and self.repeats and len(self.field.choices) <= TICKED

    @property
    def options(self) -> list[tuple[str, str]]:
        """The codes, then the addresses that the record gives and the list has not."""
        listed = [(code.iri, str(code.label)) for code in self.field.choices]
        known = {iri for iri, _label in listed}
        others = [one.value for one in self.entries if one.value and one.value not in known]
        return listed + [(iri, iri) for iri in dict.fromkeys(others)]

    @property
    def chosen(self) -> set[str]:
        return {one.value for one in self.entries if one.value}

    @property
    def answered(self) -> bool:
        return any(not one.is_empty or one.term is not None for one in self.entries)

    @property
    def is_rare(self) -> bool:
        """Whether it may stay folded: nobody asks for it, and nothing is answered."""
        return not (self.required or self.answered or self.problems)

    @property
    def problems(self) -> tuple[str, ...]:
        own = [one.problem for one in self.entries if one.problem]
        inner = [p for one in self.entries for q in one.inner for p in q.problems]
        return (*own, *inner)


Fields = Callable[[str], Sequence[Field]]
"""The fields of a class, by its IRI."""


@dataclass(frozen=True)
class Asking:
    """What a form is made from.

    Attributes:
        fields: the fields of a class.
        nodes: of the record as it is kept.
        posted: what was sent; None for a form nobody has filled yet.
    """

    fields: Fields
    nodes: Nodes
    posted: Posted | None = None


def questions(
    asking: Asking, kind: str, node: Term | None, prefix: str = "", depth: int = 0
) -> tuple[Question, ...]:
    """The questions about a node of a class.

    Args:
        asking: what the form is made from.
        kind: the IRI of the class.
        node: the node; None for one that is not there yet.
        prefix: beginning of the names of its controls.
        depth: how many nodes stand around it.
    """
    found = []
    for field in asking.fields(kind):
        if field.path in ELSEWHERE or (field.nested and depth >= DEPTH):
            continue
        name = prefix + short(field.path)
        values = [v for v in _values(asking.nodes, node, field) if _is_shown(v, field)]
        question = Question(name, field, ())
        if question.ticked:
            found.append(_ticked(asking, question, values))
        else:
            found.append(replace(question, entries=_entries(asking, question, values, depth)))
    return tuple(found)


def _values(nodes: Nodes, node: Term | None, field: Field) -> Sequence[Term]:
    return nodes.values(node, field.path) if node is not None else ()


def _is_shown(value: Term, field: Field) -> bool:
    return bool(field.nested) or isinstance(value, Literal | NamedNode)


def _ticked(asking: Asking, question: Question, values: Sequence[Term]) -> Question:
    kept = [Entry(question.name, v.value, term=v) for v in values]
    if asking.posted is None:
        return replace(question, entries=tuple(kept), before=frozenset(values))
    sent = asking.posted.all(f"{question.name}/all")
    known = {one.value: one for one in kept}
    entries = [known.get(iri) or _new(question, iri) for iri in dict.fromkeys(sent) if iri]
    return replace(question, entries=tuple(entries), before=frozenset(values))


def _new(question: Question, iri: str) -> Entry:
    return replace(Entry(question.name, iri), problem=_problem(question.field, iri, ""))


def _entries(
    asking: Asking, question: Question, values: Sequence[Term], depth: int
) -> tuple[Entry, ...]:
    """The values of the record, what was written beside, and one empty entry where it may be."""
    posted, name = asking.posted, question.name
    written = max(len(values), posted.count(name) if posted else 0)
    found = []
    for number in range(written):
        term = values[number] if number < len(values) else None
        one = _entry(asking, question, f"{name}/{number}", term, depth)
        if term is not None or not one.is_empty or question.field.nested:
            found.append(one)
    wanted = bool(posted and posted.asks_more(name))
    if len(found) < MOST and (not found or wanted):
        found.append(_entry(asking, question, f"{name}/{len(found)}", None, depth, empty=True))
    return tuple(found)


def _entry(
    asking: Asking,
    question: Question,
    name: str,
    term: Term | None,
    depth: int,
    *,
    empty: bool = False,
) -> Entry:
    field, posted = question.field, None if empty else asking.posted
    shown, language = _shown(term)
    if field.nested and not isinstance(term, Literal):
        inside = replace(asking, posted=None) if empty else asking
        inner = questions(inside, field.nested, term, f"{name}/", depth + 1)
        address = posted.text(f"{name}/@id") if posted and term is None else ""
        removed = bool(posted and f"{name}/remove" in posted)
        return Entry(name, address, "", term, inner, removed=removed)
    if posted is not None and f"{name}/value" in posted:
        value = posted.text(f"{name}/value")
        tag = posted.text(f"{name}/language") if field.in_languages else language
        same = told(value) == told(shown) and tag == language
        return Entry(name, value, tag, term, problem="" if same else _problem(field, value, tag))
    return Entry(name, shown, language, term)


def _shown(term: Term | None) -> tuple[str, str]:
    if isinstance(term, Literal):
        return term.value, term.language or ""
    return (term.value.removeprefix("mailto:"), "") if isinstance(term, NamedNode) else ("", "")


def told(text: str) -> str:
    """A text as a control may give it back: without its own line ends and outer spaces."""
    return " ".join(text.split())


def _problem(field: Field, value: str, language: str) -> str:
    try:
        term_of(field, value, language)
    except PreuveError as error:
        return str(error.problem)
    return ""
