"""Data dictionary: tables and columns from a CSV a person keeps, and back.

One line for each column: `table,name,title,description,datatype` (or in French `table, nom,
intitulé, description, type`), separated by commas, semicolons or tabs.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from preuve.catalogue.texts import Texts
from preuve.catalogue.variables import TableOfVariables, Variable
from preuve.core.errors import PreuveError
from preuve.core.language import Language, _

COLUMNS = ("table", "name", "title", "description", "datatype")
_ALIASES = {
    "table": "table", "fichier": "table",
    "name": "name", "nom": "name", "variable": "name", "colonne": "name", "column": "name",
    "title": "title", "intitulé": "title", "intitule": "title", "libellé": "title",
    "libelle": "title", "titre": "title", "label": "title",
    "description": "description", "définition": "description", "definition": "description",
    "datatype": "datatype", "type": "datatype", "format": "datatype",
}  # fmt: skip
DATATYPES = frozenset(
    """
    any anyURI base64Binary binary boolean byte date datetime dateTime dateTimeStamp
    dayTimeDuration decimal double duration float gDay gMonth gMonthDay gYear gYearMonth
    hexBinary html int integer json language long Name negativeInteger
    nonNegativeInteger nonPositiveInteger normalizedString number positiveInteger QName
    short string time token unsignedByte unsignedInt unsignedLong unsignedShort xml
    yearMonthDuration
    """.split()  # noqa: SIM905
)
"""The datatypes of CSV on the Web (W3C 2015, section 6.4)."""
SHOWN = 8


@dataclass(frozen=True)
class _Row:
    line: int
    values: dict[str, str]


def read_dictionary(
    content: bytes, where: str = "", language: Language = "fr"
) -> tuple[TableOfVariables, ...]:
    """The tables of a data dictionary; titles and descriptions take `language`.

    Raises:
        PreuveError: not UTF-8, a column missing, a name empty or given twice, a datatype unknown;
            every line at fault is told.
    """
    rows = _rows(content, where)
    problems: list[str] = []
    by_table: dict[str, dict[str, Variable]] = {}
    for row in rows:
        table = by_table.setdefault(row.values["table"], {})
        problem = _problem(row.values, table)
        if problem:
            problems.append(_("line {line}: {problem}").format(line=row.line, problem=problem))
            continue
        table[row.values["name"]] = _variable(row.values, language)
    if problems:
        told = "\n".join(f"  {problem}" for problem in problems[:SHOWN])
        if len(problems) > SHOWN:
            told += "\n  " + _("… and {count} more.").format(count=len(problems) - SHOWN)
        raise PreuveError(_("The dictionary has faults:") + "\n" + told, where=where)
    return tuple(
        TableOfVariables(Texts({language: (name,)}), tuple(columns.values()))
        for name, columns in by_table.items()
    )


def _problem(values: dict[str, str], known: dict[str, Variable]) -> str:
    if not values["table"]:
        return _("the table is not named.")
    if not values["name"]:
        return _("the column is not named.")
    if values["name"] in known:
        return _("“{name}” is given twice.").format(name=values["name"])
    datatype = values["datatype"]
    if datatype and datatype not in DATATYPES:
        return _("the datatype “{datatype}” is not known to CSV on the Web.").format(
            datatype=datatype
        )
    return ""


def _variable(values: dict[str, str], language: Language) -> Variable:
    def said(text: str) -> Texts:
        return Texts({language: (text,)}) if text else Texts()

    return Variable(
        name=values["name"],
        titles=said(values["title"] or values["name"]),
        descriptions=said(values["description"]),
        datatype=values["datatype"] or "string",
    )


def _rows(content: bytes, where: str) -> list[_Row]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PreuveError(
            _("A byte is not UTF-8."),
            where=where,
            remedy=_("Save the file as UTF-8: in another encoding its accents are lost."),
        ) from error
    first = text.partition("\n")[0]
    delimiter = max(";,\t", key=first.count)
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        names = {
            given: _ALIASES.get(given.strip().lower(), "") for given in reader.fieldnames or []
        }
        missing = [name for name in ("table", "name") if name not in names.values()]
        if missing:
            raise PreuveError(
                _("Missing columns: {columns}.").format(columns=", ".join(missing)),
                where=where,
                remedy=_("Expected: {columns}.").format(columns=", ".join(COLUMNS)),
            )
        return [_Row(reader.line_num, _named(row, names)) for row in reader]
    except csv.Error as error:
        raise PreuveError(
            _("The table cannot be read: {error}").format(error=error), where=where
        ) from error


def _named(row: dict[str, str], names: dict[str, str]) -> dict[str, str]:
    values = dict.fromkeys(COLUMNS, "")
    for given, name in names.items():
        if name:
            values[name] = (row.get(given) or "").strip()
    return values


def write_dictionary(tables: tuple[TableOfVariables, ...], language: Language = "fr") -> bytes:
    """The tables as a CSV of one line for each column, texts in the language preferred.

    A cell that a spreadsheet would take for a formula is kept as it is: it is data.
    """
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    for table in tables:
        for variable in table.variables:
            title, text = variable.titles.said(language), variable.descriptions.said(language)
            writer.writerow(
                [
                    table.name,
                    variable.name,
                    title.text if title else "",
                    text.text if text else "",
                    variable.datatype,
                ]
            )
    return stream.getvalue().encode()
