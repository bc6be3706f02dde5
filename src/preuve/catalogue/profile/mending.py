"""How to mend a finding: one sentence and a line of Turtle."""

from __future__ import annotations

import re

import pyoxigraph as ox

from preuve.catalogue.profile.conditions import kind_name
from preuve.catalogue.profile.elements import element, short
from preuve.catalogue.profile.findings import Finding
from preuve.catalogue.profile.naming import first_property, term_name
from preuve.catalogue.profile.terms import iri, term
from preuve.core.language import Message, _

_SHOWN = 8


def mend(finding: Finding) -> str:
    """What to do about a finding, in the current language."""
    constraint = finding.constraint
    terms = [term_name(term(one)) for one in constraint.terms]
    return _text(finding).format(
        number=constraint.number,
        kind=kind_name(constraint.terms[0]) if finding.component == "nodeKind" else "",
        type=terms[0] if terms else "",
        some=", ".join(terms[:_SHOWN]),
    )


def _text(finding: Finding) -> Message:
    """What to do, with places for the values of the constraint."""
    component = finding.component
    if component == "hasValue" and finding.count:
        return _("Write the value below in place of the one that is there.")
    if component in ("minCount", "hasValue"):
        return _("Add the line below.") if example_of(finding) else _("Add a value.")
    if component == "maxCount" and not finding.constraint.number:
        return _("Remove it.")
    texts = {
        "maxCount": _("Keep {number} and remove the others."),
        "nodeKind": _("Write {kind}."),
        "datatype": _("Write the value between quotes, followed by ^^{type}."),
        "class": _("Say what the node is: add the line below."),
        "node": _("Complete the node: see what is missing inside."),
        "and": _("Complete the node: see what is missing inside."),
        "or": _("Choose one way: see what each one lacks."),
        "xone": _("Choose one way: see what each one lacks."),
        "in": _("Choose among: {some}."),
        "minLength": _("Write at least {number} characters."),
        "maxLength": _("Write at most {number} characters."),
        "closed": _("Remove this value, or write it under another property."),
        "disjoint": _("Remove this value, or write it under another property."),
        "not": _("Remove this value, or write it under another property."),
        "uniqueLang": _("Keep one value for each language."),
    }
    return texts.get(component) or _("Write the value as it is asked for.")


def example_of(finding: Finding) -> str:
    """A line of Turtle that would mend the finding; nothing where none helps."""
    constraint, predicate = finding.constraint, first_property(finding.path)
    if finding.component == "hasValue":
        return f"{short(predicate)} {term_name(term(constraint.terms[0]))} ;"
    if finding.component == "class" and finding.value is not None:
        kind = short(iri(term(constraint.terms[0])))
        return f"{_subject(finding.value)} a {kind} ."
    if finding.component in ("maxCount", "or", "xone", "not", "closed", "disjoint"):
        return ""
    if finding.component == "datatype" and isinstance(finding.value, ox.Literal):
        return _retyped(finding.value, term_name(term(constraint.terms[0])), predicate)
    known = element(predicate)
    return known.example if known else ""


def _retyped(given: ox.Literal, asked: str, predicate: str) -> str:
    """The same value with the type asked for where it is a plain number, else an example."""
    known = element(predicate)
    whole = asked.removeprefix("xsd:") in ("integer", "nonNegativeInteger", "positiveInteger")
    if whole and re.fullmatch(r"[0-9]+", given.value):
        return f'{short(predicate)} "{given.value}"^^{asked} ;'
    if known and asked in known.example:
        return known.example
    return f'{short(predicate)} "…"^^{asked} ;'


def _subject(node: object) -> str:
    return short(node.value) if isinstance(node, ox.NamedNode) else "[ … ]"
