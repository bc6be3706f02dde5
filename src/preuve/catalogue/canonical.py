"""Canonical form: one name for each blank node, so that one graph gives one sequence of bytes.

Names come from RDF Dataset Canonicalization (RDFC-1.0, W3C 2024) where few nodes look alike; its
cost is exponential in the nodes that do, so that a graph made to exhaust it is named by bounded
colour refinement instead (Weisfeiler and Leman 1968), and its digest says so.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Quad,
    RdfFormat,
    Triple,
    serialize,
)

ALIKE = 6
"""Blank nodes that look alike and touch blank nodes, beyond which RDFC-1.0 is not tried."""
WORK = 200_000
"""Steps that refinement may take in all."""


def named(triples: Iterable[Triple]) -> list[Triple]:
    """The same graph, its blank nodes named `c14n…` by their place in it, in canonical order.

    Nodes of a graph too symmetric to be told apart in bounded work keep the order of the file.
    """
    listed = list(triples)
    graph = _Blanks(listed)
    if not graph.nodes:
        return sorted(set(listed), key=str)
    if graph.alike() <= ALIKE:
        return _standard(listed)
    names = {node: BlankNode(f"c14n{place}") for node, place in graph.places().items()}
    return sorted(renamed(listed, names), key=str)


def digest(triples: Iterable[Triple]) -> str:
    """`sha256:` of the canonical N-Triples: equal for graphs equal but for blank node names.

    A graph too symmetric for RDFC-1.0 is digested by the colours of its nodes, with a first line
    that says so; two such graphs that refinement cannot tell apart share a digest.
    """
    listed = list(triples)
    graph = _Blanks(listed)
    if graph.alike() <= ALIKE:
        ordered = _standard(listed) if graph.nodes else sorted(set(listed), key=str)
        content: Any = serialize(ordered, format=RdfFormat.N_TRIPLES)
        return "sha256:" + hashlib.sha256(content or b"").hexdigest()
    colours = graph.colours()
    names = {node: f"_:{colours[place]}" for node, place in graph.nodes.items()}
    lines = sorted(
        f"{names.get(t.subject, t.subject)} {t.predicate} {names.get(t.object, t.object)}"
        for t in set(listed)
    )
    told = "# colour refinement\n" + "\n".join(lines)
    return "sha256:" + hashlib.sha256(told.encode()).hexdigest()


def _standard(triples: list[Triple]) -> list[Triple]:
    dataset = Dataset(Quad(t.subject, t.predicate, t.object) for t in triples)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return sorted((quad.triple for quad in dataset), key=str)


def renamed(triples: Iterable[Triple], names: Mapping[Any, BlankNode]) -> set[Triple]:
    """The triples with blank nodes replaced; a node without a new name keeps its own."""
    return {
        Triple(names.get(t.subject, t.subject), t.predicate, names.get(t.object, t.object))
        for t in triples
    }


class _Blanks:
    """The blank nodes of a graph, what they say of the world, and how they hang together."""

    def __init__(self, triples: Sequence[Triple]) -> None:
        self.nodes: dict[Any, int] = {}
        self.ground: list[list[tuple[int, str, str]]] = []
        self.edges: list[list[tuple[int, str, int]]] = []
        for triple in triples:
            subject = self._index(triple.subject)
            target = self._index(triple.object)
            predicate = triple.predicate.value
            if subject is not None and target is not None:
                self.edges[subject].append((0, predicate, target))
                self.edges[target].append((1, predicate, subject))
            elif subject is not None:
                self.ground[subject].append((0, predicate, str(triple.object)))
            elif target is not None:
                self.ground[target].append((1, predicate, str(triple.subject)))

    def _index(self, term: Any) -> int | None:
        if not isinstance(term, BlankNode):
            return None
        if term not in self.nodes:
            self.nodes[term] = len(self.nodes)
            self.ground.append([])
            self.edges.append([])
        return self.nodes[term]

    def _first(self) -> list[int]:
        """Colours by what each node alone says."""
        return _ranks(
            [
                (tuple(sorted(ground)), tuple(sorted((way, name) for way, name, _n in edges)))
                for ground, edges in zip(self.ground, self.edges, strict=True)
            ]
        )

    def alike(self) -> int:
        """How many nodes share their first colour with another and touch a blank node."""
        colours = self._first()
        count = Counter(colours)
        return sum(
            1 for place, colour in enumerate(colours) if count[colour] > 1 and self.edges[place]
        )

    @property
    def _step(self) -> int:
        return sum(map(len, self.edges)) + len(self.edges)

    def colours(self) -> list[int]:
        """Colours refined as far as the work allows: whatever the names and the order."""
        return self._refined(self._first(), WORK // self._step)[0]

    def places(self) -> dict[Any, int]:
        """A place for each node: by refined colour, those still alike set apart one by one."""
        colours, left = self._first(), WORK
        while left > 0:
            colours, used = self._refined(colours, left // self._step)
            left -= (used + 1) * self._step
            count = Counter(colours)
            twins = [(colour, p) for p, colour in enumerate(colours) if count[colour] > 1]
            if not twins:
                break
            colours = [2 * colour + 1 for colour in colours]
            colours[min(twins)[1]] -= 1
        order = sorted(range(len(colours)), key=lambda place: (colours[place], place))
        rank = {place: at for at, place in enumerate(order)}
        return {node: rank[place] for node, place in self.nodes.items()}

    def _refined(self, colours: list[int], rounds: int) -> tuple[list[int], int]:
        """Colours by the colours around, until no new one appears; and the rounds it took."""
        known = len(set(colours))
        for done in range(rounds):
            colours = _ranks(
                [
                    (colours[place], tuple(sorted((w, p, colours[other]) for w, p, other in edges)))
                    for place, edges in enumerate(self.edges)
                ]
            )
            now = len(set(colours))
            if now in (known, len(colours)):
                return colours, done + 1
            known = now
        return colours, rounds


def _ranks(signatures: list[Any]) -> list[int]:
    rank = {signature: at for at, signature in enumerate(sorted(set(signatures)))}
    return [rank[signature] for signature in signatures]
