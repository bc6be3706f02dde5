"""The label says what is missing; conditions come back from RDF as they were put in."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from preuve.catalogue.conditions import (
    Basis,
    BasisKind,
    Conditions,
    Confidence,
    Fee,
    Right,
    RightKind,
    Spoken,
    as_triples,
    conditions,
)
from preuve.catalogue.label import Presence, label
from preuve.catalogue.profile import check_all, load
from preuve.catalogue.rdf import Syntax, read, read_file, write
from preuve.catalogue.record import Kind, Record, record_of

QUALITY = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix dqv: <http://www.w3.org/ns/dqv#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<urn:a> a dcat:Dataset ; dct:temporal [ dcat:startDate "2020-01-01" ] ;
  dqv:hasQualityMeasurement [ dqv:value 0.98 ; dqv:isMeasurementOf [ dqv:inDimension dqv:completeness ] ] ,
    [ dqv:value 0 ; dqv:isMeasurementOf [ skos:prefLabel "Taux de doublons (unicité)"@fr ] ] ;
  dqv:hasQualityAnnotation [ dqv:inDimension <https://valmere.example/dim/accuracy> ] ,
    [ dqv:inDimension dqv:validity ] , [ dqv:inDimension dqv:timeliness ] , [ dqv:inDimension dqv:consistency ] .
"""  # noqa: E501


def test_the_families_are_those_of_the_article(data_root: Path) -> None:
    facts = yaml.safe_load((data_root.parent / "facts/ehds_access.yaml").read_text("utf-8"))
    expected = {one["id"]: one["art"] for one in facts["label_elements"] if len(one["id"]) == 3}
    found = label(record_of(read(QUALITY.encode())))
    assert {one.id: one.article for one in found} == expected


def test_each_element_is_found_or_told_missing() -> None:
    families = {one.id: one for one in label(record_of(read(QUALITY.encode())))}
    technical = families["L-b"]
    assert technical.presence is Presence.PRESENT
    assert {one.found for one in technical.elements} == {
        "dqv:hasQualityMeasurement",
        "dqv:hasQualityAnnotation",
    }
    coverage = families["L-d"]
    assert coverage.presence is Presence.PARTLY
    assert coverage.why == (
        "Not said: population, representativity, mean time of a person in the set."
    )
    assert families["L-c"].presence is Presence.ABSENT
    assert families["L-e"].presence is Presence.ABSENT


def test_removing_a_measurement_is_seen() -> None:
    without = QUALITY.replace("dqv:inDimension dqv:completeness", "dqv:inDimension dqv:other")
    technical = label(record_of(read(without.encode())))[1]
    assert technical.presence is Presence.PARTLY
    assert [one.name for one in technical.missing] == ["completeness"]


def test_a_real_record_is_labelled_without_a_score(data_root: Path) -> None:
    file = data_root / "healthdcat/fixtures/valid-non_public.ttl"
    found = [one.record() for one in label(record_of(read_file(file)))]
    assert [one["presence"] for one in found] == [
        "present", "absent", "absent", "partly", "absent", "absent"
    ]  # fmt: skip
    assert set(found[0]["name"]) == {"fr", "en"}  # type: ignore[call-overload]


_WORDS = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=20)
_SURE = st.sampled_from(Confidence)
_SPOKEN = st.builds(Spoken, fr=_WORDS, en=_WORDS)
_PAGES = st.sampled_from(["", "https://valmere.example/tarifs"])
_CONDITIONS = st.builds(
    Conditions,
    fees=st.lists(
        st.builds(
            Fee,
            amount=st.none() | st.decimals(0, 10**6, places=2),
            currency=st.sampled_from(["EUR", "CHF"]),
            description=_SPOKEN,
            page=_PAGES,
            confidence=_SURE,
        ),
        max_size=3,
    ).map(tuple),
    rights=st.lists(
        st.builds(Right, kind=st.sampled_from(RightKind), description=_SPOKEN, confidence=_SURE),
        max_size=3,
    ).map(tuple),
    bases=st.lists(
        st.builds(
            Basis,
            kind=st.sampled_from(BasisKind),
            number=st.sampled_from(["", "MR-004", "DR-2024-001"]),
            issued=st.none() | st.dates(date(1978, 1, 6), date(2030, 1, 1)),
            page=_PAGES,
            confidence=_SURE,
        ),
        max_size=3,
    ).map(tuple),
)


@given(given_conditions=_CONDITIONS)
@settings(max_examples=80, deadline=None)
def test_conditions_come_back(given_conditions: Conditions) -> None:
    triples = as_triples(given_conditions, "urn:a")
    if not triples:
        return
    graph = read(write(triples, Syntax.TURTLE), Syntax.TURTLE)
    found = conditions(Record("urn:a", Kind.DATASET, graph.triples))

    def ordered(one: Conditions) -> list[list[str]]:
        return [sorted(map(repr, part)) for part in (one.fees, one.rights, one.bases)]

    assert ordered(found) == ordered(given_conditions)


def test_a_record_that_says_conditions_still_conforms(data_root: Path) -> None:
    record = record_of(read_file(data_root / "healthdcat/fixtures/valid-non_public.ttl"))
    said = Conditions(
        fees=(Fee(amount=Decimal("1500.00"), description=Spoken(fr="Par extraction")),),
        rights=(Right(kind=RightKind.TRADE_SECRET, confidence=Confidence.LOW),),
        bases=(Basis(kind=BasisKind.REFERENCE_METHOD, number="MR-004"),),
    )
    triples = (*record.triples, *as_triples(said, record.iri))
    profiles = [load("healthdcat-ap-r8-non-public"), load("dcat-ap-3.0.1")]
    assert all(verdict.conforms for verdict in check_all(triples, profiles))


def test_statements_of_another_form_are_left_to_the_record() -> None:
    graph = read(
        b"@prefix dct: <http://purl.org/dc/terms/> . @prefix cv: <http://data.europa.eu/m8g/> . "
        b"<urn:a> dct:rights 'free' , [ dct:type <urn:other> ] ; "
        b"cv:hasCost [ cv:value 'NaN' ; cv:currency 'euro' ] , [ cv:value '-1' ] ."
    )
    found = conditions(Record("urn:a", Kind.DATASET, graph.triples))
    assert found.rights == ()
    assert [fee.amount for fee in found.fees] == [None, None]
    assert [fee.currency for fee in found.fees] == ["EUR", "EUR"]


def test_a_fee_below_nothing_is_refused() -> None:
    with pytest.raises(ValidationError):
        Fee(amount=Decimal(-1))
