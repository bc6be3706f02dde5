"""Names: the namespaces of health catalogues, as the roots of property and class addresses."""

from __future__ import annotations

from preuve.catalogue.prefixes import KNOWN

ADMS = KNOWN["adms"]
CSVW = KNOWN["csvw"]
CV = KNOWN["cv"]
DCAT = KNOWN["dcat"]
DCATAP = KNOWN["dcatap"]
DCT = KNOWN["dct"]
DPV = KNOWN["dpv"]
DQV = KNOWN["dqv"]
FOAF = KNOWN["foaf"]
GEODCATAP = KNOWN["geodcatap"]
HEALTH = KNOWN["healthdcatap"]
HYDRA = KNOWN["hydra"]
OA = KNOWN["oa"]
ODRL = KNOWN["odrl"]
OWL = KNOWN["owl"]
PROV = KNOWN["prov"]
RDF = KNOWN["rdf"]
RDFS = KNOWN["rdfs"]
SCHEMA = KNOWN["schema"]
SKOS = KNOWN["skos"]
SPDX = KNOWN["spdx"]
TIME = KNOWN["time"]
VCARD = KNOWN["vcard"]
XSD = KNOWN["xsd"]

TYPE = RDF + "type"
EHDS = "http://data.europa.eu/eli/reg/2025/327/oj"
"""Regulation (EU) 2025/327, the European Health Data Space."""


def short(iri: str) -> str:
    """`dct:title` for an address of a known namespace, the address itself for another."""
    for prefix, namespace in KNOWN.items():
        if iri.startswith(namespace) and len(iri) > len(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri
