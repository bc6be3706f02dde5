"""Build the packaged code lists of the catalogue from the open data folder.

    python scripts/catalogue/vocabularies.py [DATA]

Reads DATA/healthdcat/vocab/*.csv and DATA/healthdcat/hdh-catalogue/*.yml, writes one small JSON
per list into src/preuve/catalogue/vocabulary/tables, with producer and licence.
"""

from __future__ import annotations

import csv
import json
import os
import sys
from pathlib import Path
from typing import Any

import yaml

from preuve.catalogue.vocabulary.hosts import normal

ROOT = Path(__file__).parents[2]
INTO = ROOT / "src/preuve/catalogue/vocabulary/tables"
HEALTH = "https://hdeu-dcat.data.health.europa.eu/resource/authority/"
EUROPE = "http://publications.europa.eu/resource/authority/"

DG_SANTE = {
    "producer": "European Commission, DG SANTE (HealthDCAT-AP Release 8 authority tables)",
    "licence": "CC BY 4.0",
    "read_from": "healthdcat/vocab",
}
PUBLICATIONS = {
    "producer": "Publications Office of the European Union (EU Vocabularies); "
    "labels as written by the Health Data Hub metadata catalogue, August 2026",
    "licence": "CC BY 4.0 (lists), Apache-2.0 (labels)",
    "read_from": "healthdcat/hdh-catalogue",
}
OWN_LABELS = {
    "producer": "Publications Office of the European Union (EU Vocabularies); own labels",
    "licence": "CC BY 4.0",
    "read_from": "scripts/catalogue/vocabularies.py",
}
THEMES = {
    "AGRI": ("Agriculture, pêche, sylviculture et alimentation", "Agriculture and food"),
    "ECON": ("Économie et finances", "Economy and finance"),
    "EDUC": ("Éducation, culture et sport", "Education, culture and sport"),
    "ENER": ("Énergie", "Energy"),
    "ENVI": ("Environnement", "Environment"),
    "GOVE": ("Gouvernement et secteur public", "Government and public sector"),
    "HEAL": ("Santé", "Health"),
    "INTR": ("Questions internationales", "International issues"),
    "JUST": ("Justice et sécurité publique", "Justice and public safety"),
    "REGI": ("Régions et villes", "Regions and cities"),
    "SOCI": ("Population et société", "Population and society"),
    "TECH": ("Science et technologie", "Science and technology"),
    "TRAN": ("Transports", "Transport"),
}
COUNTRIES = {
    "AUT": ("Autriche", "Austria"), "BEL": ("Belgique", "Belgium"),
    "BGR": ("Bulgarie", "Bulgaria"), "CHE": ("Suisse", "Switzerland"),
    "CYP": ("Chypre", "Cyprus"), "CZE": ("Tchéquie", "Czechia"),
    "DEU": ("Allemagne", "Germany"), "DNK": ("Danemark", "Denmark"),
    "ESP": ("Espagne", "Spain"), "EST": ("Estonie", "Estonia"),
    "FIN": ("Finlande", "Finland"), "FRA": ("France", "France"),
    "GBR": ("Royaume-Uni", "United Kingdom"), "GRC": ("Grèce", "Greece"),
    "HRV": ("Croatie", "Croatia"), "HUN": ("Hongrie", "Hungary"),
    "IRL": ("Irlande", "Ireland"), "ISL": ("Islande", "Iceland"),
    "ITA": ("Italie", "Italy"), "LIE": ("Liechtenstein", "Liechtenstein"),
    "LTU": ("Lituanie", "Lithuania"), "LUX": ("Luxembourg", "Luxembourg"),
    "LVA": ("Lettonie", "Latvia"), "MLT": ("Malte", "Malta"),
    "NLD": ("Pays-Bas", "Netherlands"), "NOR": ("Norvège", "Norway"),
    "POL": ("Pologne", "Poland"), "PRT": ("Portugal", "Portugal"),
    "ROU": ("Roumanie", "Romania"), "SVK": ("Slovaquie", "Slovakia"),
    "SVN": ("Slovénie", "Slovenia"), "SWE": ("Suède", "Sweden"),
}  # fmt: skip
STANDARDS = {
    "OMOP-CDM": ("Modèle de données OMOP", "OMOP Common Data Model"),
    "OPENEHR": ("openEHR", "openEHR"),
    "CDISC-SDTM": ("CDISC SDTM", "CDISC SDTM"),
    "FHIR": ("HL7 FHIR", "HL7 FHIR"),
    "DICOM": ("DICOM", "DICOM"),
    "CDA": ("HL7 CDA", "HL7 CDA"),
}


PUBLISHERS = {
    "public-health-institute": ("Institut de santé publique", "Public health institute"),
    "administrative-institution": ("Institution administrative", "Administrative institution"),
    "national-authority": ("Autorité nationale", "National authority"),
    "public-health-registry": ("Registre de santé publique", "Public health registry"),
    "pathology-registry": ("Registre d'une pathologie", "Pathology registry"),
    "outpatient-institution": ("Structure de soins de ville", "Outpatient institution"),
    "healthcare-providers": ("Offreurs de soins", "Healthcare providers"),
    "gov-public-sector-org": ("Organisme public", "Government or public sector organisation"),
    "non-gov-org": ("Organisation non gouvernementale", "Non-governmental organisation"),
}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def of_csv(folder: Path, name: str, fr: str, en: str) -> list[dict[str, Any]]:
    concepts = []
    for row in rows(folder / f"{name}.csv"):
        concept = {"code": row["code"], "iri": row["uri_r8"]}
        concept["fr"] = row.get(fr) or row["code"]
        concept["en"] = row.get(en) or row["code"]
        if "ehds_article" in row:
            concept |= {"article": row["ehds_article"], "applies_from": row["applies_from"]}
        concepts.append(concept)
    return concepts


def labelled(
    concepts: list[dict[str, Any]], labels: dict[str, tuple[str, str]]
) -> list[dict[str, Any]]:
    """The concepts with own labels, where the list gives only codes."""
    for concept in concepts:
        concept["fr"], concept["en"] = labels.get(concept["code"], (concept["code"],) * 2)
    return concepts


def of_yaml(folder: Path, name: str) -> list[dict[str, Any]]:
    content = yaml.safe_load((folder / f"{name}.yml").read_text(encoding="utf-8"))[name]
    return [
        {
            "code": iri.rstrip("/").replace("#", "/").rsplit("/", 1)[-1],
            "iri": normal(iri),
            "fr": _label(content, "fr", key),
            "en": _label(content, "en", key),
        }
        for key, iri in content["vocabulary_list"].items()
    ]


def _label(content: dict[str, Any], language: str, key: str) -> str:
    """The label of a code, without the code repeated before a name in brackets."""
    label = str(content.get(language, {}).get(key) or key)
    return (
        label.removeprefix(f"{key} (").removesuffix(")") if label.startswith(f"{key} (") else label
    )


def _own(base: str, table: dict[str, tuple[str, str]]) -> list[dict[str, Any]]:
    return [{"code": c, "iri": base + c, "fr": fr, "en": en} for c, (fr, en) in table.items()]


def lists(data: Path) -> dict[str, dict[str, Any]]:
    vocab, hdh = data / "healthdcat/vocab", data / "healthdcat/hdh-catalogue"
    sante = {
        "healthcategories": (
            of_csv(vocab, "health_categories_r8", "label_fr_own", "label_en_nal"),
            True,
        ),
        "health-theme": (of_csv(vocab, "health_themes", "label_fr", "label_en"), True),
        "coding-system": (of_csv(vocab, "coding_systems_r8", "note_fr", ""), True),
        "health-activity": (
            of_csv(vocab, "health_activities_r8_partial", "label_fr_own", "label_en"),
            False,
        ),
        "publisher-type": (
            labelled(of_csv(vocab, "publisher_types_r8_partial", "", ""), PUBLISHERS),
            False,
        ),
        "standard": (
            labelled(of_csv(vocab, "standards_r8_partial", "", ""), STANDARDS),
            False,
        ),
    }  # fmt: skip
    office = {
        "access-right": "AccessRights",
        "dataset-type": "DatasetType",
        "file-type": "FileType",
        "frequency": "Frequency",
        "language": "PublicationsEuropAuthorityLanguage",
        "personal-data": "PersonalData",
        "publisher-type-hdh": "PublisherType",
    }
    own = {
        "data-theme": _own(EUROPE + "data-theme/", THEMES),
        "country": _own(EUROPE + "country/", COUNTRIES),
    }
    return (
        {name: {"source": DG_SANTE, "complete": full, "concepts": found}
         for name, (found, full) in sante.items()}
        | {name: {"source": PUBLICATIONS, "complete": False, "concepts": of_yaml(hdh, file)}
           for name, file in office.items()}
        | {name: {"source": OWN_LABELS, "complete": name == "data-theme", "concepts": found}
           for name, found in own.items()}
    )  # fmt: skip


def written(name: str, table: dict[str, Any]) -> str:
    """JSON with one concept a line."""
    head = json.dumps({"list": name, "source": table["source"], "complete": table["complete"]},
                      ensure_ascii=False, indent=1)  # fmt: skip
    lines = ",\n".join(f"  {json.dumps(c, ensure_ascii=False)}" for c in table["concepts"])
    return f'{head[:-2]},\n "concepts": [\n{lines}\n ]\n}}\n'


def main() -> None:
    default = os.environ.get("PREUVE_DATA", str(ROOT.parent / "shared/data"))
    data = Path(sys.argv[1] if len(sys.argv) > 1 else default)
    INTO.mkdir(parents=True, exist_ok=True)
    for name, table in lists(data).items():
        (INTO / f"{name}.json").write_text(written(name, table), encoding="utf-8")
        print(f"{name}: {len(table['concepts'])}")


if __name__ == "__main__":
    main()
