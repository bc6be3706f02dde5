"""From SHACL shapes in Turtle to the tables of a profile; what is not understood is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as File
from typing import Any

import pyoxigraph as ox

from preuve.catalogue.profile.shacl import (
    COUNTS,
    INFORMS,
    LISTS,
    NODE_KINDS,
    NOT_SHACL,
    ON_PATHS,
    ONCE,
    RDF,
    RDFS,
    READ_ELSEWHERE,
    SH,
    SHAPE_LISTS,
    SHAPES,
    STEPS,
    TARGETS,
    TERMS,
    TYPE,
)
from preuve.catalogue.profile.shapes_graph import Node, ShapesGraph
from preuve.catalogue.profile.tables import (
    Constraint,
    Digest,
    Ignored,
    Path,
    Profile,
    Shape,
    Steps,
    Target,
)
from preuve.catalogue.profile.terms import Term
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.mistakes import nearest
from preuve.core.record import digest
from preuve.core.written import parse

_FLAGS = "ims"


def compile_profile(files: Sequence[File], about: Mapping[str, Any]) -> Profile:
    """The profile of SHACL files.

    Args:
        files: Turtle files; shapes of the same IRI are put together.
        about: the other fields of `Profile` (id, version, date, title, producer, licence, source…).

    Raises:
        PreuveError: a file is not Turtle (says the line), a constraint is not supported or is
            ill-formed (says the shape), a field of `about` is missing.
    """
    graph = ShapesGraph()
    digests = []
    for file in files:
        graph.read(file)
        digests.append(Digest(file=file.name, digest=digest(file.read_bytes())))
    compiler = _Compiler(graph, ", ".join(file.name for file in files))
    record = {**about, "files": digests, "shapes": compiler.compile()}
    record["ignored"] = tuple(
        Ignored(word=word, shapes=count) for word, count in compiler.ignored.items()
    )
    record["absent"] = tuple(compiler.absent)
    return parse(Profile, record, about.get("id", ""))


@dataclass
class _Compiler:
    graph: ShapesGraph
    where: str
    names: dict[Node, str] = field(default_factory=dict)
    shapes: dict[str, Shape] = field(default_factory=dict)
    open: list[Node] = field(default_factory=list)
    ignored: dict[str, int] = field(default_factory=dict)
    absent: list[str] = field(default_factory=list)

    def compile(self) -> tuple[Shape, ...]:
        roots = [node for node in self.graph.subjects if self._is_root(node)]
        if not roots:
            raise PreuveError(
                _("No SHACL shape was found."),
                where=self.where,
                remedy=_("Give the Turtle file of the shapes (sh:NodeShape, sh:property…)."),
            )
        for node in roots:
            self._shape(node, "")
        return tuple(self.shapes.values())

    def _is_root(self, node: Node) -> bool:
        if isinstance(node, ox.BlankNode) and node in self.graph.inside:
            return False
        rows = self.graph.subjects[node]
        types = {o.value for p, o in rows if p == TYPE and isinstance(o, ox.NamedNode)}
        words = {p.removeprefix(SH) for p, o in rows if p.startswith(SH)}
        return bool(
            types & {SH + "NodeShape", SH + "PropertyShape"}
            or words & {*TARGETS, "property", "node"}
        )

    def _shape(self, node: Term, parent: str) -> str:
        """Compile a shape once; its identifier."""
        if not isinstance(node, ox.NamedNode | ox.BlankNode):
            problem = _("A shape cannot be the literal {term}.").format(term=node)
            raise self._refused(parent, problem)
        if node in self.open:
            raise self._refused(
                parent, _("The shape {shape} refers to itself.").format(shape=self.names[node])
            )
        if node in self.names:
            return self.names[node]
        name = node.value if isinstance(node, ox.NamedNode) else parent or f"_:{len(self.shapes)}"
        self.names[node] = name
        self.open.append(node)
        if node not in self.graph.subjects:
            self.absent.append(name)
        self.shapes[name] = self._compiled(node, name)
        self.open.pop()
        return name

    def _compiled(self, node: Node, name: str) -> Shape:
        rows = self.graph.subjects.get(node, [])
        self.shapes[name] = Shape(id=name)  # holds the place: parents stand before children
        paths = self.graph.objects(node, SH + "path")
        if len(paths) > 1:
            raise self._refused(name, _("A property shape has one path only."))
        path = self._path(paths[0], name) if paths else None
        return Shape(
            id=name,
            path=path,
            label=self._label(node),
            targets=tuple(self._targets(node, rows)),
            severity=self._severity(node),
            messages=tuple(
                (o.language or "", o.value)
                for o in self.graph.objects(node, SH + "message")
                if isinstance(o, ox.Literal)
            ),
            deactivated=any(
                isinstance(o, ox.Literal) and o.value in ("true", "1")
                for o in self.graph.objects(node, SH + "deactivated")
            ),
            constraints=tuple(self._constraints(node, name, rows, on_path=path is not None)),
        )

    def _label(self, node: Node) -> str:
        labels = [*self.graph.objects(node, SH + "name"), *self.graph.objects(node, RDFS + "label")]
        return next((o.value for o in labels if isinstance(o, ox.Literal)), "")

    def _severity(self, node: Node) -> str:
        found = self.graph.objects(node, SH + "severity")
        iri = found[0].value if found and isinstance(found[0], ox.NamedNode) else SH + "Violation"
        return iri.removeprefix(SH)

    def _targets(self, node: Node, rows: Iterable[tuple[str, Term]]) -> Iterable[Target]:
        for predicate, value in rows:
            kind = TARGETS.get(predicate.removeprefix(SH))
            if kind is not None and predicate.startswith(SH):
                yield Target.model_validate({"kind": kind, "term": str(value)})
            if predicate == TYPE and value == ox.NamedNode(RDFS + "Class"):
                yield Target(kind="class", term=str(node))

    def _constraints(
        self, node: Node, name: str, rows: Sequence[tuple[str, Term]], *, on_path: bool
    ) -> Iterable[Constraint]:
        seen: dict[str, int] = {}
        for predicate, value in rows:
            if not predicate.startswith(SH):
                continue
            word = predicate.removeprefix(SH)
            if word in READ_ELSEWHERE or word in INFORMS or word in TARGETS:
                continue
            if word in NOT_SHACL:
                self.ignored[word] = self.ignored.get(word, 0) + 1
                continue
            seen[word] = seen.get(word, 0) + 1
            if word in ONCE and seen[word] > 1:
                raise self._refused(name, _("sh:{word} is stated twice.").format(word=word))
            if word in ON_PATHS and not on_path:
                raise self._refused(name, _("sh:{word} needs a path.").format(word=word))
            yield self._constraint(node, f"{name}/{word}/{seen[word]}", name, word, value)

    def _constraint(self, node: Node, place: str, name: str, word: str, value: Term) -> Constraint:
        made: dict[str, Any] = {"component": word}
        if word in COUNTS:
            made["number"] = self._count(name, word, value)
        elif word in TERMS:
            self._known_kind(name, word, value)
            made["terms"] = (str(value),)
        elif word in LISTS:
            made["terms"] = tuple(str(one) for one in self._list(value, name))
        elif word in SHAPES:
            made["shapes"] = (self._shape(value, place),)
        elif word in SHAPE_LISTS:
            members = self._list(value, name)
            made["shapes"] = tuple(
                self._shape(one, f"{place}/{number}") for number, one in enumerate(members, 1)
            )
        elif word == "pattern":
            made |= self._pattern(node, name, value)
        elif word in ("closed", "uniqueLang"):
            made |= self._switch(node, name, word, value)
        else:
            raise self._unknown(name, word)
        return Constraint.model_validate(made)

    def _count(self, name: str, word: str, value: Term) -> int:
        if isinstance(value, ox.Literal) and re.fullmatch(r"\+?[0-9]{1,9}", value.value):
            return int(value.value)
        raise self._refused(
            name, _("sh:{word} takes a whole number, not {term}.").format(word=word, term=value)
        )

    def _known_kind(self, name: str, word: str, value: Term) -> None:
        if word == "hasValue":
            return
        if not isinstance(value, ox.NamedNode):
            raise self._refused(
                name, _("sh:{word} takes an IRI, not {term}.").format(word=word, term=value)
            )
        if word == "nodeKind" and value.value.removeprefix(SH) not in NODE_KINDS:
            raise self._refused(
                name, _("The node kind {term} is not known.").format(term=value.value)
            )

    def _pattern(self, node: Node, name: str, value: Term) -> dict[str, Any]:
        text = value.value if isinstance(value, ox.Literal) else ""
        given = self.graph.objects(node, SH + "flags")
        flags = given[0].value if given and isinstance(given[0], ox.Literal) else ""
        try:
            re.compile(text)
        except re.error as error:
            raise self._refused(
                name, _("The pattern {text} cannot be read: {error}").format(text=text, error=error)
            ) from error
        if set(flags) - set(_FLAGS):
            raise self._refused(name, _("The flags {flags} are not known.").format(flags=flags))
        return {"text": text, "flags": flags}

    def _switch(self, node: Node, name: str, word: str, value: Term) -> dict[str, Any]:
        if not isinstance(value, ox.Literal) or value.value not in ("true", "false", "1", "0"):
            raise self._refused(name, _("sh:{word} takes true or false.").format(word=word))
        made: dict[str, Any] = {"number": int(value.value in ("true", "1"))}
        if word == "closed":
            ignored = self.graph.objects(node, SH + "ignoredProperties")
            made["terms"] = tuple(str(one) for given in ignored for one in self._list(given, name))
        return made

    def _list(self, head: Term, name: str) -> list[Term]:
        members = self.graph.members(head)
        if not members:
            raise self._refused(name, _("A list of the shape is empty or not well formed."))
        return members

    def _path(self, node: Term, name: str) -> Path:
        if isinstance(node, ox.NamedNode):
            return node.value
        for word in STEPS:
            found = self.graph.objects(node, SH + word)
            if not found:
                continue
            step = word.removesuffix("Path")
            inside = self._list(found[0], name) if step == "alternative" else found[:1]
            return Steps.model_validate(
                {"step": step, "of": tuple(self._path(one, name) for one in inside)}
            )
        if self.graph.objects(node, RDF + "first"):
            parts = tuple(self._path(one, name) for one in self._list(node, name))
            return Steps(step="sequence", of=parts)
        raise self._refused(name, _("The path {term} cannot be read.").format(term=node))

    def _unknown(self, name: str, word: str) -> PreuveError:
        known = (*COUNTS, *TERMS, *LISTS, *SHAPES, *SHAPE_LISTS, "closed", "pattern", "uniqueLang")
        problem = _("The constraint sh:{word} is not supported.").format(word=word)
        return self._refused(name, problem + nearest(word, known))

    def _refused(self, name: str, problem: str) -> PreuveError:
        return PreuveError(
            problem,
            where=f"{self.where} · {name}" if name else self.where,
            remedy=_("Mend the shape: a profile is not used in part."),
        )
