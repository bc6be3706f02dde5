"""Reading: a parser's triples as they were written, its faults told with line and remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pyoxigraph import DefaultGraph, RdfFormat, Triple, parse

from preuve.catalogue.dirt import Dirt, Kind
from preuve.catalogue.prefixes import KNOWN
from preuve.catalogue.syntax import Syntax
from preuve.catalogue.xml_guard import at
from preuve.core.errors import PreuveError
from preuve.core.language import _

FORMATS = {
    Syntax.TURTLE: RdfFormat.TURTLE,
    Syntax.N_TRIPLES: RdfFormat.N_TRIPLES,
    Syntax.RDF_XML: RdfFormat.RDF_XML,
    Syntax.JSON_LD: RdfFormat.JSON_LD,
    Syntax.TRIG: RdfFormat.TRIG,
    Syntax.N_QUADS: RdfFormat.N_QUADS,
}
_UNBOUND = re.compile(r"The prefix ([^\s:]*): has not been declared")
_NEAR = 4_096
"""Bytes after a JSON-LD context in which its address is looked for."""
_NOWHERE = "https://unbound.invalid/"


@dataclass(frozen=True)
class Graph:
    """What a file says: its triples as they were written, its prefixes, the dirt met in reading."""

    triples: tuple[Triple, ...]
    prefixes: Mapping[str, str] = field(default_factory=dict)
    syntax: Syntax = Syntax.TURTLE
    dirt: tuple[Dirt, ...] = ()
    where: str = ""
    base_iri: str | None = None

    def __iter__(self) -> Iterator[Triple]:
        return iter(self.triples)

    def __len__(self) -> int:
        return len(self.triples)


class Reading:
    """One content being read, and what had to be added to read it."""

    def __init__(
        self, text: bytes, syntax: Syntax, where: str, base_iri: str | None, tolerant: bool
    ) -> None:
        self.text, self.syntax, self.where = text, syntax, where
        self.base_iri, self.tolerant = base_iri, tolerant
        self.added: dict[str, str] = {}
        self.dirt: list[Dirt] = []
        self.lenient = False

    def graph(self) -> Graph:
        if self.syntax is Syntax.RDF_XML:
            self._bind_xml()
        while True:
            try:
                return self._parsed()
            except SyntaxError as error:
                if not (self.tolerant and self._eased(error)):
                    raise self._refusal(error) from error
            except ValueError as error:
                raise PreuveError(str(error), where=self.where) from error

    def _parsed(self) -> Graph:
        head = b"".join(
            b"@prefix %s: <%s> . " % (p.encode(), ns.encode()) for p, ns in self.added.items()
        )
        content = self.text if self.syntax is Syntax.RDF_XML else head + self.text
        quads = parse(
            content, format=FORMATS[self.syntax], base_iri=self.base_iri, lenient=self.lenient
        )
        triples = []
        graphs = set()
        default = DefaultGraph()
        holds_graphs = self.syntax in (Syntax.TRIG, Syntax.N_QUADS, Syntax.JSON_LD)
        for quad in quads:
            triples.append(quad.triple)
            if holds_graphs and quad.graph_name != default:
                graphs.add(str(quad.graph_name))
        if b"\\u0000" in content or b"\\U00000000" in content:
            self._no_nul(triples)
        dirt = [*self.dirt, *(_merged(graph) for graph in sorted(graphs))]
        return Graph(
            tuple(dict.fromkeys(triples)),
            dict(quads.prefixes),
            self.syntax,
            tuple(dirt),
            self.where,
            self.base_iri,
        )

    def _no_nul(self, triples: list[Triple]) -> None:
        for triple in triples:
            if "\x00" in getattr(triple.object, "value", ""):
                raise PreuveError(
                    _("A text holds the character NUL, which no database can keep."),
                    where=f"{self.where} {triple.subject} {triple.predicate}",
                    remedy=_("Remove \\u0000 from the text."),
                )

    def _eased(self, error: SyntaxError) -> bool:
        """Whether something was added or allowed so that another attempt may succeed."""
        prefix = _UNBOUND.search(str(error))
        if prefix and prefix[1] not in self.added and len(self.added) < 100:
            if self.syntax not in (Syntax.TURTLE, Syntax.TRIG):
                return False
            self._bind(prefix[1], at(self.where, error.lineno))
            return True
        if not self.lenient and ("IRI" in str(error) or "subtag" in str(error)):
            self.lenient = True
            return True
        return False

    def _bind(self, prefix: str, where: str) -> None:
        namespace = KNOWN.get(prefix.lower())
        self.added[prefix] = namespace or f"{_NOWHERE}{prefix}#"
        self.dirt.append(
            Dirt(
                Kind.UNBOUND_PREFIX,
                where,
                "",
                f"{prefix}:",
                _("The prefix {prefix}: is used and never declared.").format(prefix=prefix),
                _("read as {namespace}").format(namespace=namespace) if namespace else None,
            )
        )

    def _bind_xml(self) -> None:
        """Prefixes of element and attribute names that no xmlns declares."""
        declared = set(re.findall(rb"xmlns:([\w.\-]+)\s*=", self.text)) | {b"xml"}
        used = dict.fromkeys(re.findall(rb"<([A-Za-z_][\w.\-]*):[A-Za-z_]", self.text))
        unbound = [prefix.decode() for prefix in used if prefix not in declared]
        if not unbound:
            return
        first = self.text.find(b"<%s:" % unbound[0].encode())
        if not self.tolerant:
            line = self.text.count(b"\n", 0, first) + 1
            raise self._unbound(unbound[0], at(self.where, line))
        for prefix in unbound[:100]:
            self._bind(prefix, self.where)
        bound = "".join(f' xmlns:{p}="{ns}"' for p, ns in self.added.items()).encode()
        self.text = re.sub(
            rb"(<[A-Za-z_][\w.\-]*(?::[A-Za-z_][\w.\-]*)?)(?=[\s>/])",
            lambda found: found[1] + bound,
            self.text,
            count=1,
        )

    def _unbound(self, prefix: str, where: str) -> PreuveError:
        namespace = KNOWN.get(prefix.lower(), "…")
        line = (
            f'xmlns:{prefix}="{namespace}"'
            if self.syntax is Syntax.RDF_XML
            else f"@prefix {prefix}: <{namespace}> ."
        )
        return PreuveError(
            _("The prefix {prefix}: is used and never declared.").format(prefix=prefix),
            where=where,
            remedy=_("Add {line}").format(line=line),
        )

    def _refusal(self, error: SyntaxError) -> PreuveError:
        detail = re.sub(r"^Parser error at [^:]*:\s*|\s*\(line \d+\)$", "", str(error))
        column = error.offset
        if error.lineno == 1 and column and self.added and self.syntax is not Syntax.RDF_XML:
            column -= sum(len(f"@prefix {p}: <{ns}> . ") for p, ns in self.added.items())
        where = at(self.where, error.lineno, column)
        prefix = _UNBOUND.search(detail)
        if prefix:
            return self._unbound(prefix[1], where)
        if "LoadDocumentCallback" in detail:
            return self._remote_context()
        return PreuveError(
            _("This is not valid {syntax}: {error}").format(
                syntax=FORMATS[self.syntax].name, error=detail
            ),
            where=where,
            remedy=_remedy(detail),
        )

    def _remote_context(self) -> PreuveError:
        start = max(self.text.find(b'"@context"'), 0)
        near = self.text[start : start + _NEAR]
        found = re.search(rb'"@(?:context|import)"\s*:\s*"([^"]*)"', near)
        found = found or re.search(rb'[\[,]\s*"(https?:[^"]*)"\s*[\],]', near)
        line = self.text.count(b"\n", 0, start) + 1
        address = found[1].decode(errors="replace") if found else ""
        return PreuveError(
            _("The JSON-LD context is at {address}, and nothing is fetched while reading.").format(
                address=address or "?"
            ),
            where=at(self.where, line),
            remedy=_("Write the context inside the file, or send the record in Turtle."),
        )


def _remedy(detail: str) -> str:
    if "No scheme found" in detail:
        return _("Write the address in full, or give a base with @base.")
    if "IRI" in detail:
        return _("Write spaces and other signs of an address as %20 and the like.")
    if "end of file" in detail.lower() or "dot" in detail:
        return _("Look for a quote or a bracket left open, or a final dot that is missing.")
    return _("Mend this place, or export the record again from its source.")


def _merged(graph: str) -> Dirt:
    return Dirt(
        Kind.NAMED_GRAPHS,
        graph,
        "",
        graph,
        _("The file keeps its statements in named graphs."),
        _("read as one graph"),
    )
