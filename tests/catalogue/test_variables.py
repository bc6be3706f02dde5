"""Variables: tables and columns of both releases, and a data dictionary in and out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preuve.catalogue.dictionary import read_dictionary, write_dictionary
from preuve.catalogue.profile import check_all, load
from preuve.catalogue.rdf import Graph, Syntax, read, write
from preuve.catalogue.record import Kind, Record, record_of
from preuve.catalogue.texts import Texts
from preuve.catalogue.variables import TableOfVariables, Variable, as_triples, tables
from preuve.core.errors import PreuveError

CSV = (
    "table,name,title,description,datatype\n"
    'passage,age,Âge,"Âge à l\'entrée, en années",integer\n'
    "passage,mode,Mode d'entrée,,string\n"
    "sejour,duree,Durée,Nuits,decimal\n"
)


def record_with(found: tuple[TableOfVariables, ...], release: str = "r8") -> Record:
    triples = as_triples(found, "urn:a", release)  # type: ignore[arg-type]
    return Record("urn:a", Kind.DATASET, triples)


def test_a_dictionary_becomes_variables_and_comes_back() -> None:
    found = read_dictionary(CSV.encode())
    assert [(t.name, [v.name for v in t.variables]) for t in found] == [
        ("passage", ["age", "mode"]),
        ("sejour", ["duree"]),
    ]
    again = tables(record_with(found))
    assert [[v.name for v in t.variables] for t in again] == [["age", "mode"], ["duree"]]
    assert write_dictionary(again) == CSV.replace("\n", "\r\n").encode()


@pytest.mark.parametrize(
    "text",
    [
        "table;nom;intitulé;description;type\npassage;age;Âge;;integer\n",
        "\ufefftable\tname\ttitle\npassage\tage\tÂge\n",
        "fichier,colonne,libellé\npassage,age,Âge\n",
    ],
)
def test_other_separators_and_french_headings_are_read(text: str) -> None:
    (table,) = read_dictionary(text.encode())
    said = table.variables[0].titles.said()
    assert table.variables[0].name == "age"
    assert said is not None
    assert said.text == "Âge"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("table,title\npassage,x\n", "Missing columns: name"),
        ("table,name\npassage,age\npassage,age\n", "line 3: “age” is given twice"),
        ("table,name\n,age\n", "line 2: the table is not named"),
        ("table,name\npassage,\n", "line 2: the column is not named"),
        ("table,name,datatype\npassage,age,entier\n", "line 2: the datatype “entier”"),
        ('table,name\npassage,"age\n', "cannot be read"),
        ("", "Missing columns"),
    ],
)
def test_faults_of_a_dictionary_are_told_with_their_line(text: str, problem: str) -> None:
    with pytest.raises(PreuveError) as caught:
        read_dictionary(text.encode(), "d.csv")
    assert problem in caught.value.problem
    assert caught.value.where == "d.csv"


def test_every_fault_is_told_at_once_and_the_list_is_cut() -> None:
    rows = "".join(f"passage,v{n},entier\n" for n in range(20))
    with pytest.raises(PreuveError, match="and 12 more"):
        read_dictionary(("table,name,datatype\n" + rows).encode())


def test_a_dictionary_that_is_not_utf8_is_refused() -> None:
    with pytest.raises(PreuveError, match="not UTF-8"):
        read_dictionary("table,name\npassage,âge\n".encode("latin-1"))


@pytest.mark.parametrize(("release", "name"), [("r8", "title"), ("r5", "titles")])
def test_titles_take_the_name_of_the_release(release: str, name: str) -> None:
    record = record_with(read_dictionary(CSV.encode()), release)
    said = {t.predicate.value for t in record.triples}
    assert f"http://www.w3.org/ns/csvw#{name}" in said
    assert tables(record)[0].variables[0].titles == Texts({"fr": ("Âge",)})


def test_written_variables_conform_to_release_8() -> None:
    full = CSV.replace("Mode d'entrée,,", "Mode d'entrée,Par quel moyen,")
    triples = record_with(read_dictionary(full.encode())).triples
    (verdict,) = check_all(triples, [load("healthdcat-ap-r8-non-public")])
    assert [one for one in verdict.violations if "csvw" in str(one.path)] == []


def test_lists_of_columns_and_tables_without_a_group_are_read() -> None:
    graph: Graph = read(
        b"@prefix csvw: <http://www.w3.org/ns/csvw#> . "
        b"<urn:a> a <http://www.w3.org/ns/dcat#Dataset> ; "
        b"<http://healthdataportal.eu/ns/health#hasVariables> <urn:t> . "
        b"<urn:t> a csvw:Table ; csvw:column ( [ csvw:name 'b' ] [ csvw:name 'a' ] ) ."
    )
    (table,) = tables(record_of(graph))
    assert [variable.name for variable in table.variables] == ["b", "a"]


_NAMES = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=8).filter(
    lambda text: text.strip() == text
)


@given(columns=st.dictionaries(_NAMES, _NAMES, min_size=1, max_size=6), table=_NAMES)
@settings(max_examples=80, deadline=None)
def test_any_names_come_back_through_rdf_and_csv(columns: dict[str, str], table: str) -> None:
    given_table = TableOfVariables(
        Texts({"fr": (table,)}),
        tuple(
            Variable(name, Texts({"fr": (title,)}), datatype="string")
            for name, title in columns.items()
        ),
    )
    record = record_with((given_table,))
    again = Record("urn:a", Kind.DATASET, read(write(record.triples, Syntax.TURTLE)).triples)
    for back in (tables(again), read_dictionary(write_dictionary((given_table,)))):
        (found,) = back
        assert {v.name: v.titles for v in found.variables} == {
            v.name: v.titles for v in given_table.variables
        }
        assert found.name == table
