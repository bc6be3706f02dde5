"""Prefixes: the short names that health catalogues give to namespaces."""

from __future__ import annotations

KNOWN: dict[str, str] = {
    "adms": "http://www.w3.org/ns/adms#",
    "cnt": "http://www.w3.org/2011/content#",
    "csvw": "http://www.w3.org/ns/csvw#",
    "cv": "http://data.europa.eu/m8g/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dcatde": "http://dcat-ap.de/def/dcatde/",
    "dct": "http://purl.org/dc/terms/",
    "dcterms": "http://purl.org/dc/terms/",
    "dpv": "https://w3id.org/dpv#",
    "dpv-pd": "https://w3id.org/dpv/dpv-pd#",
    "dpvpd": "https://w3id.org/dpv/dpv-pd#",
    "dqv": "http://www.w3.org/ns/dqv#",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geodcat": "http://data.europa.eu/930/",
    "geodcatap": "http://data.europa.eu/930/",
    "geosparql": "http://www.opengis.net/ont/geosparql#",
    "healthdcatap": "http://healthdataportal.eu/ns/health#",
    "hydra": "http://www.w3.org/ns/hydra/core#",
    "ldp": "http://www.w3.org/ns/ldp#",
    "locn": "http://www.w3.org/ns/locn#",
    "m8g": "http://data.europa.eu/m8g/",
    "oa": "http://www.w3.org/ns/oa#",
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "pav": "http://purl.org/pav/",
    "prov": "http://www.w3.org/ns/prov#",
    "qudt": "http://qudt.org/schema/qudt/",
    "r5r": "http://data.europa.eu/r5r/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "http://schema.org/",
    "sdo": "https://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "time": "http://www.w3.org/2006/time#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

_OTHER_NAMES = {"dcterms", "dpv-pd", "geodcat", "m8g", "r5r", "sdo"}

WRITTEN: dict[str, str] = {
    prefix: namespace for prefix, namespace in KNOWN.items() if prefix not in _OTHER_NAMES
}
"""The prefixes a catalogue is written with: one for each namespace."""
