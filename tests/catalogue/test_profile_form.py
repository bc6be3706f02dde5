"""The edit form: what the shapes ask for, as typed and explained fields."""

from __future__ import annotations

import pytest

from preuve.catalogue.prefixes import KNOWN
from preuve.catalogue.profile.elements import elements, whole
from preuve.catalogue.profile.form import Field, fields
from preuve.catalogue.profile.shelf import load
from preuve.core.language import speaking

DATASET = "http://www.w3.org/ns/dcat#Dataset"


def of(kind: str, name: str = "healthdcat-ap-r8-non-public") -> dict[str, Field]:
    found = fields(load(name), whole(kind), [load("dcat-ap-3.0.1")])
    assert len({one.path for one in found}) == len(found)
    return {one.path: one for one in found}


def test_all_27_elements_are_asked_for() -> None:
    numbers = {one.element for one in of("dcat:Dataset").values() if one.element}
    assert numbers == set(range(1, 28))


def test_bounds_of_all_profiles_are_kept() -> None:
    made = of("dcat:Dataset")
    rights = made[whole("dct:accessRights")]
    assert (rights.least, rights.most, rights.kind) == (1, 1, "choice")
    assert [code.code for code in rights.choices] == ["NON_PUBLIC", "PUBLIC", "RESTRICTED"]
    assert not rights.open
    title = made[whole("dct:title")]  # asked for by DCAT-AP only
    assert (title.least, title.most, title.kind, title.in_languages) == (1, None, "text", True)
    records = made[whole("healthdcatap:numberOfRecords")]
    assert (records.least, records.most, records.kind) == (0, 1, "integer")
    assert records.datatype.endswith("nonNegativeInteger")


@pytest.mark.parametrize(
    ("name", "least"),
    [("healthdcat-ap-r8-public", 0), ("healthdcat-ap-r8-non-public", 1)],
)
def test_the_level_changes_what_is_asked(name: str, least: int) -> None:
    assert of("dcat:Dataset", name)[whole("dct:provenance")].least == least


def test_nodes_have_fields_of_their_own() -> None:
    made = of("dcat:Dataset")
    for name, kind in {
        "healthdcatap:hdab": "foaf:Agent",
        "dcat:contactPoint": "vcard:Kind",
        "healthdcatap:hasVariables": "csvw:TableGroup",
        "dct:temporal": "dct:PeriodOfTime",
        "dct:provenance": "dct:ProvenanceStatement",
    }.items():
        field = made[whole(name)]
        assert (field.kind, field.nested) == ("nested", whole(kind))
        assert of(kind), kind
    agent = of("foaf:Agent")
    contact = agent[whole("cv:contactPoint")]
    assert (contact.least, contact.most) == (1, 1)
    assert contact.nested == whole("cv:ContactPoint")
    assert agent[whole("foaf:name")].kind == "text"


def test_what_is_asked_for_stands_first() -> None:
    order = [one.least > 0 for one in fields(load("healthdcat-ap-r8-public"), DATASET)]
    assert order == sorted(order, reverse=True)


def test_fields_speak_both_languages() -> None:
    english = fields(load("hdh-2026-08"), DATASET)
    with speaking("fr"):
        french = fields(load("hdh-2026-08"), DATASET)
    assert {one.path for one in english} == {one.path for one in french}
    by_path = {one.path: one for one in french}
    assert all(one.help != by_path[one.path].help for one in english)
    assert by_path[whole("dct:title")].label == "titre"


def test_every_class_a_form_may_open_is_known() -> None:
    for name in elements().nodes:
        assert name.partition(":")[0] in KNOWN
        assert of(name), name
