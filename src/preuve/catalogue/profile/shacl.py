"""The words of SHACL: what is a constraint, what only informs, what is not supported."""

from __future__ import annotations

SH = "http://www.w3.org/ns/shacl#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"

TYPE = RDF + "type"
SUBCLASS = RDFS + "subClassOf"

COUNTS = ("minCount", "maxCount", "minLength", "maxLength")
TERMS = ("class", "datatype", "disjoint", "equals", "hasValue", "nodeKind")
LISTS = ("in", "languageIn")
SHAPES = ("node", "not", "property")
SHAPE_LISTS = ("and", "or", "xone")
ONCE = (*COUNTS, "datatype", "in", "languageIn", "nodeKind", "uniqueLang")
"""Constraints that one shape may state once only."""
ON_PATHS = ("maxCount", "minCount", "uniqueLang")
"""Constraints that need a path."""

TARGETS = {
    "targetClass": "class",
    "targetNode": "node",
    "targetSubjectsOf": "subjectsOf",
    "targetObjectsOf": "objectsOf",
}
READ_ELSEWHERE = frozenset(
    {"path", "severity", "message", "deactivated", "flags", "ignoredProperties"}
)
INFORMS = frozenset({"name", "description", "order", "group", "defaultValue"})
NOT_SHACL = frozenset({"shape", "extends"})
"""Words that some publishers use in the SHACL namespace and that SHACL does not define."""

NODE_KINDS = (
    "IRI",
    "BlankNode",
    "Literal",
    "BlankNodeOrIRI",
    "BlankNodeOrLiteral",
    "IRIOrLiteral",
)
STEPS = ("alternativePath", "inversePath", "oneOrMorePath", "zeroOrMorePath", "zeroOrOnePath")

COMPONENTS = {
    name: f"{SH}{name[0].upper()}{name[1:]}ConstraintComponent"
    for name in (*COUNTS, *TERMS, *LISTS, *SHAPES, *SHAPE_LISTS, "closed", "pattern", "uniqueLang")
}
"""By parameter: the IRI of the constraint component (SHACL, W3C 2017, section 4)."""
