"""Expected: what kind of value a property takes, and which class the node it points at has."""

from __future__ import annotations

from preuve.catalogue.names import (
    ADMS,
    CSVW,
    CV,
    DCAT,
    DCATAP,
    DCT,
    DPV,
    DQV,
    FOAF,
    GEODCATAP,
    HEALTH,
    PROV,
    RDFS,
    SKOS,
    VCARD,
)

LISTS: dict[str, str] = {
    DCT + "accessRights": "access-right",
    DCT + "accrualPeriodicity": "frequency",
    DCT + "conformsTo": "standard",
    DCT + "format": "file-type",
    DCT + "language": "language",
    DCT + "spatial": "country",
    DCT + "type": "dataset-type",
    DCAT + "theme": "data-theme",
    DPV + "hasPersonalData": "personal-data",
    HEALTH + "hasCodingSystem": "coding-system",
    HEALTH + "healthCategory": "healthcategories",
    HEALTH + "healthTheme": "health-theme",
    HEALTH + "publisherType": "publisher-type",
}
"""Properties whose value is a code, and the packaged list it is in."""

ADDRESSES = frozenset(
    {
        CSVW + "url",
        CV + "contactPage",
        DCAT + "accessURL",
        DCAT + "downloadURL",
        DCAT + "endpointURL",
        DCAT + "landingPage",
        DCAT + "mediaType",
        DCATAP + "applicableLegislation",
        DCT + "license",
        FOAF + "homepage",
        FOAF + "mbox",
        FOAF + "page",
        VCARD + "hasEmail",
        VCARD + "hasURL",
    }
)
"""Properties whose value is an address."""

DATES = frozenset(
    {
        DCAT + "endDate",
        DCAT + "startDate",
        DCT + "available",
        DCT + "created",
        DCT + "issued",
        DCT + "modified",
    }
)
COUNTS = frozenset(
    {
        DCAT + "byteSize",
        HEALTH + "maxTypicalAge",
        HEALTH + "minTypicalAge",
        HEALTH + "numberOfRecords",
        HEALTH + "numberOfUniqueIndividuals",
    }
)

CLASSES: dict[str, str] = {
    ADMS + "identifier": ADMS + "Identifier",
    ADMS + "sample": DCAT + "Distribution",
    CSVW + "column": CSVW + "Column",
    CSVW + "table": CSVW + "Table",
    CV + "contactPoint": CV + "ContactPoint",
    DCAT + "contactPoint": VCARD + "Kind",
    DCAT + "dataset": DCAT + "Dataset",
    DCAT + "distribution": DCAT + "Distribution",
    DCT + "creator": FOAF + "Agent",
    DCT + "provenance": DCT + "ProvenanceStatement",
    DCT + "publisher": FOAF + "Agent",
    DCT + "temporal": DCT + "PeriodOfTime",
    DQV + "hasQualityAnnotation": DQV + "QualityAnnotation",
    GEODCATAP + "custodian": FOAF + "Agent",
    HEALTH + "analytics": DCAT + "Distribution",
    HEALTH + "hasVariables": CSVW + "TableGroup",
    HEALTH + "hdab": FOAF + "Agent",
    HEALTH + "hdabCoordinator": FOAF + "Agent",
    HEALTH + "retentionPeriod": DCT + "PeriodOfTime",
    PROV + "wasGeneratedBy": PROV + "Activity",
}
"""The class of the node a property points at, where the node does not say its own."""

MISSPELT: dict[str, str] = {
    DCAT + "licence": DCT + "license",
    DCAT + "license": DCT + "license",
    DCT + "licence": DCT + "license",
    FOAF + "URL": FOAF + "homepage",
    FOAF + "email": FOAF + "mbox",
    VCARD + "email": VCARD + "hasEmail",
    VCARD + "hasUrl": VCARD + "hasURL",
}

_OTHERS = (
    CSVW + "title", CSVW + "titles", CSVW + "name", CSVW + "datatype", CSVW + "propertyUrl",
    CV + "email", CV + "telephone", DCAT + "keyword", DCAT + "version", DCAT + "inSeries",
    DCAT + "accessService", DCT + "title", DCT + "description", DCT + "identifier",
    DCT + "alternative", DCT + "rights", DCT + "source", DCT + "relation", DPV + "hasPurpose",
    DPV + "hasLegalBasis", FOAF + "name", HEALTH + "hasCodeValues", HEALTH + "hasStructuredData",
    HEALTH + "populationCoverage", HEALTH + "publisherNote", HEALTH + "trustedDataHolder",
    RDFS + "label", SKOS + "notation", SKOS + "prefLabel", VCARD + "fn",
)  # fmt: skip
PROPERTIES: dict[str, str] = {
    name.lower(): name for name in (*LISTS, *ADDRESSES, *DATES, *COUNTS, *CLASSES, *_OTHERS)
}
"""Known properties by their lower-case writing."""

KINDS: dict[str, str] = {
    name.lower(): name
    for name in (
        *CLASSES.values(),
        DCAT + "Catalog",
        DCAT + "CatalogRecord",
        DCAT + "DataService",
        DCAT + "DatasetSeries",
        FOAF + "Document",
        FOAF + "Organization",
        FOAF + "Person",
        SKOS + "Concept",
        SKOS + "ConceptScheme",
        VCARD + "Individual",
        VCARD + "Organization",
    )
}
"""Known classes by their lower-case writing."""

PLACEHOLDERS = frozenset(
    {
        "", "-", "--", "?", "...", "n/a", "n.a.", "na", "nan", "nil", "none", "null", "unknown",
        "undefined", "not available", "not applicable", "tbd", "tbc", "todo", "to be defined",
        "to be completed", "xxx", "à compléter", "a completer", "à renseigner", "à définir",
        "non renseigné", "non renseignée", "sans objet", "inconnu", "inconnue", "néant",
        "platzhalter", "k.a.", "keine angabe", "wird automatisch generiert",
    }
)  # fmt: skip
"""Texts that stand where nothing was filled in, lower-case."""
