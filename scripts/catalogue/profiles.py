"""Build the packaged profiles and code lists of the catalogue from the open files.

    python scripts/catalogue/profiles.py [--data FOLDER] [--to FOLDER]

What each profile is, who publishes it and under which licence stands in profiles.yaml beside this
file. Code lists come from the vocabularies of HealthDCAT-AP R8 and of the EU Publications Office
(CC BY 4.0), with French labels of the Health Data Hub or of the house.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from preuve.catalogue.profile.compile import compile_profile
from preuve.catalogue.profile.shelf import HOUSE, save
from preuve.core.record import write_whole

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
DATA = Path(os.environ.get("PREUVE_DATA", ROOT.parent / "shared" / "data"))

_R8 = {"producer": "European Commission, DG SANTE", "licence": "CC BY 4.0"}
_HDH = "Apache-2.0 (repository of the copy)"
_EU = {"producer": "EU Publications Office; labels: Health Data Hub", "licence": _HDH}
_DPV = {"producer": "W3C DPV Community Group; labels: Health Data Hub", "licence": _HDH}

LISTS: dict[str, tuple[str, dict[str, str], bool]] = {
    "access-right": ("hdh-catalogue/AccessRights.yml", _EU, True),
    "dataset-type": ("hdh-catalogue/DatasetType.yml", _EU, False),
    "frequency": ("hdh-catalogue/Frequency.yml", _EU, False),
    "language": ("hdh-catalogue/PublicationsEuropAuthorityLanguage.yml", _EU, False),
    "file-type": ("hdh-catalogue/FileType.yml", _EU, False),
    "personal-data": ("hdh-catalogue/PersonalData.yml", _DPV, False),
    "health-category": ("vocab/health_categories_r8.csv", _R8, True),
    "health-theme": ("vocab/health_themes.csv", _R8, True),
    "coding-system": ("vocab/coding_systems_r8.csv", _R8, True),
    "standard": ("vocab/standards_r8_partial.csv", _R8, False),
    "publisher-type": ("vocab/publisher_types_r8_partial.csv", _R8, False),
    "health-activity": ("vocab/health_activities_r8_partial.csv", _R8, False),
}
"""By name: the file it comes from, its producer and licence, whether the list is whole."""


def profiles(data: Path) -> Iterator[Any]:
    """Every profile, compiled."""
    written = yaml.safe_load((HERE / "profiles.yaml").read_text(encoding="utf-8"))
    for name, about in written.items():
        files = [data / "healthdcat" / file for file in about["files"]]
        yield compile_profile(files, {**about, "id": name})


def vocabularies(data: Path) -> bytes:
    """The code lists, a line for each code."""
    lists = []
    for name, (file, about, whole) in LISTS.items():
        source = data / "healthdcat" / file
        codes = list(_from_csv(source) if source.suffix == ".csv" else _from_yaml(source))
        head = json.dumps({"list": name, **about, "whole": whole, "source": file})[:-1]
        rows = ",\n   ".join(json.dumps(code, ensure_ascii=False) for code in codes)
        lists.append(f'{head}, "codes": [\n   {rows}\n  ]}}')
    return ("[\n " + ",\n ".join(lists) + "\n]\n").encode()


def _from_csv(source: Path) -> Iterator[dict[str, str]]:
    with source.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            english = row.get("label_en_nal") or row.get("label_en") or row["code"]
            note = f" ({row['note_fr']})" if row.get("note_fr") else ""
            french = row.get("label_fr_own") or row.get("label_fr") or english + note
            yield {"code": row["code"], "iri": row["uri_r8"], "fr": french, "en": english}


def _from_yaml(source: Path) -> Iterator[dict[str, str]]:
    (whole,) = yaml.safe_load(source.read_text(encoding="utf-8")).values()
    for code, iri in sorted(whole["vocabulary_list"].items(), key=lambda pair: str(pair[1])):
        labels = {lang: str(whole.get(lang, {}).get(code, code)) for lang in ("fr", "en")}
        yield {"code": iri.rpartition("/")[2].rpartition("#")[2], "iri": iri, **labels}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--to", type=Path, default=HOUSE)
    given = parser.parse_args()
    for profile in profiles(given.data):
        save(profile, given.to / f"{profile.id}.json")
        print(f"{profile.id}: {len(profile.shapes)} shapes")
    write_whole(given.to / "vocabularies.json", vocabularies(given.data))


if __name__ == "__main__":
    main()
