"""The edit form of a profile: its properties as typed fields, labelled and explained."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from preuve.catalogue.profile.elements import (
    Code,
    code_lists,
    element,
    elements,
    label,
    said,
    short,
    whole,
)
from preuve.catalogue.profile.shacl import SH
from preuve.catalogue.profile.shelf import shapes_of
from preuve.catalogue.profile.tables import Profile, Shape
from preuve.catalogue.profile.terms import iri, term

Kind: TypeAlias = Literal[
    "boolean", "choice", "date", "email", "integer", "iri", "long-text", "nested", "number", "text"
]
_DATASET = "http://www.w3.org/ns/dcat#Dataset"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_DATATYPES: dict[str, Kind] = {
    _XSD + "boolean": "boolean",
    _XSD + "nonNegativeInteger": "integer",
    _XSD + "integer": "integer",
    _XSD + "decimal": "number",
    _XSD + "date": "date",
    _XSD + "dateTime": "date",
}
_KNOWN: dict[str, Kind] = {
    "date": "date",
    "email": "email",
    "long-text": "long-text",
    "text": "text",
    "url": "iri",
}


@dataclass(frozen=True)
class Field:
    """A property of a class, as a form asks for it; texts in the current language.

    Attributes:
        path: the IRI of the property.
        label: its name.
        help: what it says.
        least: how many values at least.
        most: how many at most; None for any number.
        kind: how it is asked for.
        datatype: the IRI of the datatype that the shapes want; empty where they want none.
        in_languages: whether a value may bear a language.
        choices: the codes to choose from.
        open: whether another value than a choice may be written (the list is not whole).
        nested: the class of the node that the value is, where it is a node with fields of its own.
        element: number in Implementing Regulation (EU) 2026/2098.
        example: a line of Turtle.
    """

    path: str
    label: str
    help: str
    least: int
    most: int | None
    kind: Kind
    datatype: str = ""
    in_languages: bool = False
    choices: tuple[Code, ...] = ()
    open: bool = True
    nested: str = ""
    element: int | None = None
    example: str = ""


def fields(profile: Profile, kind: str, beside: Sequence[Profile] = ()) -> tuple[Field, ...]:
    """The fields of a class in a profile: those asked for first, then by element number.

    Args:
        profile: the profile.
        kind: the IRI of the class, as `http://www.w3.org/ns/dcat#Dataset`.
        beside: profiles that ask for more of the same class; the strictest bounds are kept.
    """
    found: dict[str, Field] = {}
    for one in (profile, *beside):
        for shape in _property_shapes(one, kind):
            path = shape.path
            assert isinstance(path, str)
            made = _field(one, shape, path)
            found[path] = _merged(found[path], made) if path in found else made
    for path in _unasked(kind):
        if path not in found:
            found[path] = _field(profile, Shape(id="", path=path), path)
    return tuple(sorted(found.values(), key=_order))


def _order(field: Field) -> tuple[bool, int, str]:
    return field.least == 0, field.element or 100, field.path


def _property_shapes(profile: Profile, kind: str) -> Iterable[Shape]:
    """The property shapes on a class: of shapes that target it, or that its nodes are sent to."""
    shapes = shapes_of(profile)
    heads = [
        shape.id
        for shape in profile.shapes
        if any(t.kind == "class" and t.term == f"<{kind}>" for t in shape.targets)
    ]
    heads += [
        constraint.shapes[0]
        for shape in profile.shapes
        for constraint in shape.constraints
        if constraint.component == "node" and _nested(profile, shape) == kind
    ]
    for head in dict.fromkeys(heads):
        for constraint in shapes[head].constraints:
            if constraint.component == "property":
                child = shapes[constraint.shapes[0]]
                if isinstance(child.path, str) and not child.deactivated:
                    yield child


def _unasked(kind: str) -> Iterable[str]:
    """Properties that the regulation or the usage of a class names and shapes may not."""
    known = elements()
    if kind == _DATASET:
        return (whole(name) for name, one in known.properties.items() if one.element)
    return (whole(name) for name in known.nodes.get(short(kind), ()))


def _field(profile: Profile, shape: Shape, path: str) -> Field:
    asked = {one.component: one for one in shape.constraints}
    least = asked["minCount"].number or 0 if "minCount" in asked else 0
    most = asked["maxCount"].number if "maxCount" in asked else None
    known = element(path)
    datatype = iri(term(asked["datatype"].terms[0])) if "datatype" in asked else ""
    made = Field(
        path=path,
        label=label(path),
        help=said(known.what) if known else "",
        least=max(least, 1 if "hasValue" in asked else 0),
        most=most,
        kind=_DATATYPES.get(datatype, "text"),
        datatype=datatype,
        element=known.element if known else None,
        example=known.example if known else "",
    )
    return _with_kind(made, profile, shape)


def _with_kind(field: Field, profile: Profile, shape: Shape) -> Field:
    """The field with what its values are: codes, nodes, addresses or texts."""
    known = element(field.path)
    if known and known.list:
        codes = code_lists()[known.list]
        return replace(field, kind="choice", choices=codes.codes, open=not codes.whole)
    nested = _nested(profile, shape)
    if nested:
        return replace(field, kind="nested", nested=nested)
    if field.datatype in _DATATYPES:
        return field
    if known and known.kind:
        kind = _KNOWN[known.kind]
        return replace(field, kind=kind, in_languages=kind in ("text", "long-text"))
    kinds = [one.terms[0] for one in shape.constraints if one.component == "nodeKind"]
    if f"<{SH}Literal>" in kinds:
        return replace(field, kind="text", in_languages=True)
    return replace(field, kind="iri") if kinds else field


def _nested(profile: Profile, shape: Shape) -> str:
    """The class of the nodes that are the values, where the shapes or the example say it."""
    for constraint in shape.constraints:
        if constraint.component == "class":
            return iri(term(constraint.terms[0]))
        if constraint.component == "node":
            inner = shapes_of(profile)[constraint.shapes[0]]
            for target in inner.targets:
                if target.kind == "class":
                    return target.term.strip("<>")
    return _class_in_example(shape.path)


def _class_in_example(path: object) -> str:
    known = element(path) if isinstance(path, str) else None
    _before, found, after = (known.example if known else "").partition("[ a ")
    if not found:
        return ""
    return whole(after.split(" ", 1)[0])


def _merged(one: Field, other: Field) -> Field:
    """Two fields of one property: the strictest bounds, the kind that says more."""
    bounds = [field.most for field in (one, other) if field.most is not None]
    kept = other if one.kind in ("text", "iri") and other.kind not in ("text", "iri") else one
    return replace(
        kept,
        least=max(one.least, other.least),
        most=min(bounds) if bounds else None,
        datatype=one.datatype or other.datatype,
        nested=one.nested or other.nested,
    )
