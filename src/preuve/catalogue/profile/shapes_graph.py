"""The triples of SHACL files, by subject, in the order of the files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import pyoxigraph as ox

from preuve.catalogue.profile.shacl import RDF
from preuve.catalogue.profile.terms import Term
from preuve.core.errors import PreuveError
from preuve.core.language import _

Node: TypeAlias = ox.NamedNode | ox.BlankNode


@dataclass
class ShapesGraph:
    """What the files say of each node."""

    subjects: dict[Node, list[tuple[str, Term]]] = field(default_factory=dict)
    inside: set[Term] = field(default_factory=set)
    """What is the object of something."""

    def read(self, file: Path) -> None:
        try:
            triples = list(
                ox.parse(
                    file.read_bytes(),
                    format=ox.RdfFormat.TURTLE,
                    base_iri=f"urn:shapes:{file.stem}",
                    rename_blank_nodes=True,
                )
            )
        except OSError as error:
            raise PreuveError(_("The file does not exist."), where=file) from error
        except SyntaxError as error:
            raise PreuveError(
                _("The file is not valid Turtle: {error}").format(error=error.msg),
                where=f"{file}:{error.lineno}",
            ) from error
        for triple in dict.fromkeys(triples):
            if isinstance(triple.subject, ox.NamedNode | ox.BlankNode):
                row = self.subjects.setdefault(triple.subject, [])
                row.append((triple.predicate.value, triple.object))
                self.inside.add(triple.object)

    def objects(self, subject: Term, predicate: str) -> list[Term]:
        if not isinstance(subject, ox.NamedNode | ox.BlankNode):
            return []
        return [o for p, o in self.subjects.get(subject, ()) if p == predicate]

    def members(self, head: Term) -> list[Term]:
        """The members of an RDF list; none where it is empty or not well formed."""
        members: list[Term] = []
        seen = set()
        while head != ox.NamedNode(RDF + "nil"):
            first, rest = self.objects(head, RDF + "first"), self.objects(head, RDF + "rest")
            if len(first) != 1 or len(rest) != 1 or head in seen:
                return []
            seen.add(head)
            members.append(first[0])
            head = rest[0]
        return members
