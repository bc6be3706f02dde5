"""A profile as plain tables: what SHACL shapes ask of a record, without RDF."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

Component: TypeAlias = Literal[
    "and",
    "class",
    "closed",
    "datatype",
    "disjoint",
    "equals",
    "hasValue",
    "in",
    "languageIn",
    "maxCount",
    "maxLength",
    "minCount",
    "minLength",
    "node",
    "nodeKind",
    "not",
    "or",
    "pattern",
    "property",
    "uniqueLang",
    "xone",
]
TargetKind: TypeAlias = Literal["class", "node", "subjectsOf", "objectsOf"]
AccessLevel: TypeAlias = Literal["public", "restricted", "non-public"]
PathStep: TypeAlias = Literal[
    "alternative", "inverse", "oneOrMore", "sequence", "zeroOrMore", "zeroOrOne"
]


class Row(BaseModel):
    """A frozen row of a table; an unknown word is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Steps(Row):
    """A path that is more than one property: a step, and what it is taken over."""

    step: PathStep
    of: tuple[Path, ...] = Field(min_length=1)


Path: TypeAlias = Annotated[str, Field(min_length=1)] | Steps
"""The IRI of a property, or steps."""


class Target(Row):
    """Which nodes a shape looks at: instances of a class, a node, subjects or objects."""

    kind: TargetKind
    term: str
    """In N-Triples: `<iri>` or a literal."""


class Constraint(Row):
    """One constraint: its component, and the parameters that this component takes."""

    component: Component
    number: int | None = None
    terms: tuple[str, ...] = ()
    """Terms in N-Triples."""
    text: str = ""
    flags: str = ""
    shapes: tuple[str, ...] = ()
    """Identifiers of the shapes that are referred to."""


class Shape(Row):
    """A node shape, or a property shape when it has a path."""

    id: str
    path: Path | None = None
    label: str = ""
    targets: tuple[Target, ...] = ()
    severity: str = "Violation"
    """Violation, Warning, Info, or the IRI of another severity."""
    messages: tuple[tuple[str, str], ...] = ()
    """Pairs of language (empty when none is said) and text, as the producer wrote them."""
    deactivated: bool = False
    constraints: tuple[Constraint, ...] = ()


class Digest(Row):
    """A source file and the digest of its bytes."""

    file: str
    digest: str


class Ignored(Row):
    """A word in the SHACL namespace that SHACL does not define, and how many shapes use it."""

    word: str
    shapes: int


class Words(Row):
    """A text in the languages of the house."""

    fr: str
    en: str


class Profile(Row):
    """A version of an application profile: who publishes it, and its shapes."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
    version: str
    date: str
    """ISO 8601, to the day or to the month."""
    title: Words
    producer: str
    licence: str
    source: str
    access: AccessLevel | None = None
    """The access level the profile is for; None where it has no levels."""
    files: tuple[Digest, ...]
    notes: tuple[Words, ...] = ()
    """What a reader of a verdict should know."""
    ignored: tuple[Ignored, ...] = ()
    absent: tuple[str, ...] = ()
    """Shapes that are referred to but not given in the files: they ask for nothing."""
    shapes: tuple[Shape, ...]

    def __hash__(self) -> int:
        return hash((self.id, self.version, len(self.shapes)))
