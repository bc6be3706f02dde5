"""Croissant 1.0: a record as machine-learning tools read it, data or no data (mlcommons.org).

Of data that are not public the file is a stub: columns and conditions of access, and no address to
download from; it says so in its description of access.
"""

from __future__ import annotations

import re
from typing import Any

from preuve.catalogue.describe import describe
from preuve.catalogue.description import Description, Distribution
from preuve.catalogue.export.schema_org import (
    agent,
    is_public,
    schema_org,
    text_of,
    without_empty,
)
from preuve.catalogue.record import Record
from preuve.catalogue.variables import TableOfVariables, Variable
from preuve.core.language import Language, _

CONFORMS = "http://mlcommons.org/croissant/1.0"
_DATATYPES = {
    "anyURI": "sc:URL",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
    "dateTime": "sc:DateTime",
    "datetime": "sc:DateTime",
    **dict.fromkeys(("decimal", "double", "float", "number"), "sc:Float"),
    **dict.fromkeys(
        ("int", "integer", "long", "nonNegativeInteger", "positiveInteger", "short"), "sc:Integer"
    ),
}
_OTHERWISE = ("@context", "@type", "distribution", "contactPoint", "alternateName")
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}


def croissant(record: Record, language: Language = "fr", page: str = "") -> dict[str, Any]:
    """The record as Croissant 1.0 metadata; see `schema_org` for the arguments.

    Columns are told as `variableMeasured`; those of a table whose file can be downloaded are also
    a record set, because Croissant asks where a field's values come from.
    """
    said = describe(record)
    plain = schema_org(record, language, page)
    found = {
        "@context": {**CONTEXT, "@language": language},
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS,
        **{key: value for key, value in plain.items() if key not in _OTHERWISE},
    }
    if "creator" not in found and said.publisher:
        found["creator"] = agent(said.publisher, language)
    found["version"] = _version(said.version)
    if not is_public(said):
        found["description"] = f"{found.get('description', '')}\n\n{_stub(said)}".strip()
        return found
    files = _files(said, language)
    found["distribution"] = list(files.values())
    found["recordSet"] = _record_sets(said, files, language)
    if any("sha256" not in file for file in files.values()):
        found["isLiveDataset"] = True
    return found


def _stub(said: Description) -> str:
    """What a reader of the stub must know, and where access is asked for."""
    asked = [*(url for one in said.distributions for url in one.access), *said.landing_pages]
    text = str(_("These data are not public: this file describes them and holds none."))
    if not asked:
        return text
    return text + " " + _("Access is asked for at {address}.").format(address=asked[0])


def _version(text: str) -> str:
    """A version as Croissant asks for it (major.minor.patch); 0.0.0 where the record has none."""
    found = re.match(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?", text)
    return ".".join(part or "0" for part in found.groups()) if found else "0.0.0"


def _files(said: Description, language: Language) -> dict[str, dict[str, Any]]:
    """The downloads by address, each with its checksum where the record gives one."""
    return {
        one.download[0]: without_empty(_file(one, place, language))
        for place, one in enumerate(said.distributions)
        if one.download
    }


def _file(one: Distribution, place: int, language: Language) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": f"file-{place + 1}",
        "name": text_of(one.titles, language) or f"file-{place + 1}",
        "contentUrl": one.download[0],
        "encodingFormat": one.media_type or (one.format.code if one.format else "text/plain"),
        "contentSize": f"{one.byte_size} B" if one.byte_size.isdigit() else None,
        "sha256": one.sha256 or None,
    }


def _record_sets(
    said: Description, files: dict[str, dict[str, Any]], language: Language
) -> list[dict[str, Any]]:
    """The tables whose address (csvw:url) is that of a download, with their columns."""
    found = []
    taken: set[str] = set()
    for table in said.variables:
        if table.url not in files:
            continue
        name = _unique(_slug(table.name), taken)
        columns: set[str] = set()
        source = files[table.url]["@id"]
        fields = [_field(one, name, source, columns, language) for one in table.variables]
        found.append(
            without_empty(
                {
                    "@type": "cr:RecordSet",
                    "@id": name,
                    "name": name,
                    "description": _of_table(table, language),
                }
            )
            | {"field": fields}
        )
    return found


def _of_table(table: TableOfVariables, language: Language) -> str:
    return text_of(table.descriptions, language) or text_of(table.titles, language)


def _field(
    variable: Variable, table: str, file: str, taken: set[str], language: Language
) -> dict[str, Any]:
    name = _unique(_slug(variable.name), taken)
    return without_empty(
        {
            "@type": "cr:Field",
            "@id": f"{table}/{name}",
            "name": f"{table}/{name}",
            "description": text_of(variable.descriptions, language)
            or text_of(variable.titles, language),
            "dataType": _DATATYPES.get(variable.datatype, "sc:Text"),
            "source": {"fileObject": {"@id": file}, "extract": {"column": variable.name}},
        }
    )


def _slug(text: str) -> str:
    """A name as Croissant takes it."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", text).strip("-") or "table"


def _unique(name: str, taken: set[str]) -> str:
    number = 2
    wanted = name
    while wanted in taken:
        wanted = f"{name}-{number}"
        number += 1
    taken.add(wanted)
    return wanted
