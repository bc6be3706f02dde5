"""Conditions in words: what a shape asks for, told before anything is wrong."""

from __future__ import annotations

from preuve.catalogue.profile.naming import path_name, term_name
from preuve.catalogue.profile.shacl import SH
from preuve.catalogue.profile.shelf import shapes_of
from preuve.catalogue.profile.tables import Constraint, Profile, Shape
from preuve.catalogue.profile.terms import term
from preuve.core.language import Message, _


def kind_name(kind: str) -> str:
    """What a node kind asks for, in words."""
    names = {
        "IRI": _("an address (IRI)"),
        "BlankNode": _("a node without address"),
        "Literal": _("a text or a number (literal)"),
        "BlankNodeOrIRI": _("an address (IRI) or a node"),
        "BlankNodeOrLiteral": _("a text, a number or a node without address"),
        "IRIOrLiteral": _("an address (IRI), a text or a number"),
    }
    return names[kind.strip("<>").removeprefix(SH)]


def condition(name: str, profile: Profile) -> str:
    """What a shape asks for, in a few words of the current language."""
    shape = shapes_of(profile)[name]
    parts = [_asked(shape, one, profile) for one in shape.constraints]
    return _(" and ").join(part for part in parts if part) or _("anything")


def _asked(shape: Shape, constraint: Constraint, profile: Profile) -> str:
    inner = [condition(one, profile) for one in constraint.shapes]
    if constraint.component in ("property", "node", "and"):
        return _(" and ").join(inner)
    if constraint.component in ("or", "xone"):
        return "(" + _(" or ").join(inner) + ")"
    if constraint.component == "not":
        return _("not ({condition})").format(condition=inner[0])
    text = _text(constraint)
    return text.format(
        name=path_name(shape.path),
        number=constraint.number,
        terms=", ".join(term_name(term(one)) for one in constraint.terms),
        kind=kind_name(constraint.terms[0]) if constraint.component == "nodeKind" else "",
        word=constraint.component,
    )


def _text(constraint: Constraint) -> Message:
    """The words of a constraint, with places for its values."""
    number = constraint.number or 0
    if constraint.component == "minCount":
        return _("{name} present") if number <= 1 else _("{name} at least {number} times")
    if constraint.component == "maxCount":
        return _("{name} absent") if number == 0 else _("{name} at most {number} times")
    texts = {
        "hasValue": _("{name} equal to {terms}"),
        "nodeKind": _("{name} written as {kind}"),
        "datatype": _("{name} of type {terms}"),
        "class": _("{name} of type {terms}"),
        "in": _("{name} among {terms}"),
    }
    return texts.get(constraint.component) or _("{name} as sh:{word} asks")
