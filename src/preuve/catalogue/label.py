"""Label: the six families of the quality and utility label, from what a record says.

Regulation (EU) 2025/327, article 78(3), (a) to (f). A family is present, partly present or absent,
each element of it with where it was found or that it was not; no score hides what is missing. The
implementing act on the label (article 78(6)) is due by 26 March 2027: elements follow the article.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pyoxigraph import BlankNode

from preuve.catalogue.describe import describe
from preuve.catalogue.description import Description
from preuve.catalogue.names import ADMS, DCAT, DCT, DQV, OWL, PROV, RDFS, SKOS
from preuve.catalogue.nodes import Nodes, Term
from preuve.catalogue.record import Record
from preuve.core.language import _, both


class Presence(StrEnum):
    """How much of a family the record says."""

    PRESENT = "present"
    PARTLY = "partly"
    ABSENT = "absent"


@dataclass(frozen=True)
class Element:
    """One thing the article asks, and where the record says it; `found` empty where it does not."""

    name: str
    found: str = ""


@dataclass(frozen=True)
class Family:
    """One letter of article 78(3)."""

    id: str
    article: str
    name: str
    elements: tuple[Element, ...]

    @property
    def presence(self) -> Presence:
        said = sum(1 for element in self.elements if element.found)
        if said == 0:
            return Presence.ABSENT
        return Presence.PRESENT if said == len(self.elements) else Presence.PARTLY

    @property
    def missing(self) -> tuple[Element, ...]:
        return tuple(element for element in self.elements if not element.found)

    @property
    def why(self) -> str:
        """What is missing, in words."""
        if not self.missing:
            return _("Every element is said.")
        names = ", ".join(element.name for element in self.missing)
        return _("Not said: {elements}.").format(elements=names)

    def record(self) -> dict[str, object]:
        """The family as JSON values, texts in both languages."""
        return {
            "id": self.id,
            "article": self.article,
            "name": both(self.name),
            "presence": str(self.presence),
            "elements": [{"name": both(one.name), "found": one.found} for one in self.elements],
        }


def label(record: Record) -> tuple[Family, ...]:
    """The six families for a record, in the order of the article."""
    said = describe(record)
    quality = _Quality(record.nodes, record.node)
    return (
        Family("L-a", "78(3)(a)", _("Documentation"), tuple(_documentation(said))),
        Family("L-b", "78(3)(b)", _("Technical quality"), tuple(_technical(quality))),
        Family("L-c", "78(3)(c)", _("Quality management"), tuple(_management(quality))),
        Family("L-d", "78(3)(d)", _("Coverage"), tuple(_coverage(said, quality))),
        Family("L-e", "78(3)(e)", _("Access and delays"), tuple(_access(quality))),
        Family("L-f", "78(3)(f)", _("Modifications"), tuple(_modifications(record))),
    )


def _documentation(said: Description) -> Iterable[Element]:
    yield Element(_("metadata"), _names(said.descriptions and "dct:description"))
    yield Element(_("data dictionary"), _names(said.variables and "healthdcatap:hasVariables"))
    formats = [d for d in said.distributions if d.format or d.media_type]
    yield Element(_("formats"), _names(formats and "dct:format"))
    yield Element(_("standards"), _names(said.coding_systems and "healthdcatap:hasCodingSystem"))
    source = said.provenance or said.generated_by
    yield Element(_("source"), _names(source and "dct:provenance"))
    yield Element(_("data model"), _names(said.conforms_to and "dct:conformsTo"))


def _names(found: object) -> str:
    return found if isinstance(found, str) else ""


class _Quality:
    """What the quality measurements, annotations and metadata of a record speak of."""

    def __init__(self, nodes: Nodes, node: Term) -> None:
        self.nodes = nodes
        self.words: list[tuple[str, str]] = []
        for name in ("hasQualityMeasurement", "hasQualityAnnotation", "hasQualityMetadata"):
            for value in nodes.values(node, DQV + name):
                self.words.append((self._about(value), f"dqv:{name}"))

    def _about(self, value: Term) -> str:
        """The dimension and metric of a statement and what it says, as lower-case words."""
        metrics = self.nodes.values(value, DQV + "isMeasurementOf")
        dimensions = [
            dimension
            for node in (value, *metrics)
            for dimension in self.nodes.values(node, DQV + "inDimension", DCT + "type")
        ]
        said = [
            text
            for node in (value, *metrics, *dimensions)
            for text in self.nodes.values(
                node, SKOS + "prefLabel", RDFS + "label", DCT + "title", SKOS + "notation"
            )
        ]
        named = [t.value for t in (*metrics, *dimensions, *said) if not isinstance(t, BlankNode)]
        return " ".join(_last_word(text) for text in named).lower()

    def of(self, *words: str) -> str:
        """Where the record speaks of one of the words; empty where it does not."""
        for text, name in self.words:
            if any(word in text for word in words):
                return name
        return ""


def _last_word(text: str) -> str:
    return text.replace("#", "/").rstrip("/").rpartition("/")[2] if "://" in text else text


def _technical(quality: _Quality) -> Iterable[Element]:
    yield Element(_("completeness"), quality.of("completeness", "complétude", "completude"))
    yield Element(_("uniqueness"), quality.of("uniqueness", "unicité", "unicite", "duplicat"))
    yield Element(_("accuracy"), quality.of("accuracy", "exactitude", "precision"))
    yield Element(_("validity"), quality.of("validity", "validité", "validite", "conformance"))
    yield Element(_("timeliness"), quality.of("timeliness", "actualité", "currentness"))
    yield Element(_("consistency"), quality.of("consistency", "cohérence", "coherence"))


def _management(quality: _Quality) -> Iterable[Element]:
    yield Element(_("maturity of quality management"), quality.of("maturity", "maturité"))
    yield Element(_("review"), quality.of("review", "revue", "curation"))
    yield Element(_("audit"), quality.of("audit", "certificat"))
    yield Element(_("examination of bias"), quality.of("bias", "biais"))


def _coverage(said: Description, quality: _Quality) -> Iterable[Element]:
    yield Element(_("period"), _names(said.temporal and "dct:temporal"))
    counted = said.people and "healthdcatap:numberOfUniqueIndividuals"
    told = said.population and "healthdcatap:populationCoverage"
    yield Element(_("population"), _names(told) or counted)
    yield Element(_("representativity"), quality.of("representativ", "représentativ"))
    follow = quality.of("follow-up", "mean time", "durée moyenne", "suivi")
    yield Element(_("mean time of a person in the set"), follow)


def _access(quality: _Quality) -> Iterable[Element]:
    collection = quality.of("collection", "latency", "collecte", "inclusion")
    yield Element(_("time from collection to inclusion"), collection)
    provision = quality.of("provision", "delivery", "fourniture", "mise à disposition")
    yield Element(_("time to provide after the permit"), provision)


def _modifications(record: Record) -> Iterable[Element]:
    merged = {"prov:wasDerivedFrom": PROV + "wasDerivedFrom", "dct:source": DCT + "source"}
    added = {
        "adms:versionNotes": ADMS + "versionNotes",
        "dcat:version": DCAT + "version",
        "owl:versionInfo": OWL + "versionInfo",
    }
    linked = {
        "dct:relation": DCT + "relation",
        "dcat:qualifiedRelation": DCAT + "qualifiedRelation",
    }
    yield Element(_("merging"), _first(record, merged))
    yield Element(_("additions"), _first(record, added))
    yield Element(_("links"), _first(record, linked))


def _first(record: Record, properties: dict[str, str]) -> str:
    return next((s for s, p in properties.items() if record.nodes.values(record.node, p)), "")
