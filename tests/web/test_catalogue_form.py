"""The edit form: a record that nobody changed comes back exactly; answers make the right values."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Triple
from web.catalogue_shown import HOSTILE, of_region, record

from preuve.catalogue.names import DCT, HEALTH, XSD
from preuve.catalogue.record import Record
from preuve.core.errors import PreuveError
from preuve.web.catalogue.form.filled import begun, form_of, with_triples
from preuve.web.catalogue.form.posted import Posted
from preuve.web.catalogue.form.question import Question

Pairs = list[tuple[str, str]]


def sent(asked: tuple[Question, ...]) -> Pairs:
    """What a browser sends of a form that nobody touched."""
    pairs: Pairs = []
    for question in asked:
        if question.ticked:
            pairs += [(f"{question.name}/all", iri) for iri in sorted(question.chosen)]
            continue
        for entry in question.entries:
            if question.field.nested and not entry.is_text:
                pairs += [(f"{entry.name}/@id", "")] if entry.is_new else []
                pairs += sent(entry.inner)
            else:
                pairs.append((f"{entry.name}/value", entry.value))
                tag = entry.language if entry.value else "fr"
                pairs += [(f"{entry.name}/language", tag)] if question.field.in_languages else []
    return pairs


def changed(one: Record, *answers: tuple[str, str]) -> Record:
    """The record once some answers of its form are changed."""
    untouched = [pair for pair in sent(form_of(one).asked) if pair[0] not in dict(answers)]
    return form_of(one, Posted([*untouched, *answers])).made()


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 17])
def test_a_form_nobody_touched_gives_the_record_back(number: int) -> None:
    one = of_region(number)
    assert form_of(one).made().digest == one.digest
    assert form_of(one, Posted(sent(form_of(one).asked))).made().digest == one.digest


def test_a_dirty_record_nobody_touched_comes_back_too() -> None:
    """A date that does not exist is told by the check; the form refuses it only when written."""
    one = record(HOSTILE)
    form = form_of(one, Posted(sent(form_of(one).asked)))
    assert form.problems == []
    assert form.made().digest == one.digest


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=80
    ).filter(str.strip)
)
def test_a_title_is_kept_as_it_was_written(title: str) -> None:
    one = of_region(1)
    made = changed(one, ("dct:title/0/value", title), ("dct:title/0/language", "fr"))
    values = made.nodes.values(made.node, DCT + "title")
    assert Literal(title.strip(), language="fr") in values
    before = {t for t in one.triples if t.predicate.value != DCT + "title"}
    assert before <= set(made.triples)


def test_only_what_is_changed_changes() -> None:
    one = of_region(1)
    made = changed(one, ("healthdcatap:numberOfUniqueIndividuals/0/value", "1 234"))
    value = Literal("1234", datatype=NamedNode(XSD + "nonNegativeInteger"))
    gone = set(one.triples) - set(made.triples)
    assert {t.predicate.value for t in gone} == {HEALTH + "numberOfUniqueIndividuals"}
    assert set(made.triples) - set(one.triples) == {
        Triple(one.node, NamedNode(HEALTH + "numberOfUniqueIndividuals"), value)
    }


def test_what_the_form_does_not_ask_is_kept() -> None:
    one = of_region(1)
    own = Triple(one.node, NamedNode("https://ch.example/own"), Literal("x"))
    made = changed(Record(one.iri, one.kind, (*one.triples, own)), ("dct:title/0/value", "Autre"))
    assert own in made.triples


def test_codes_are_ticked_and_unticked() -> None:
    one = of_region(1)
    name = HEALTH + "hasCodingSystem"
    before = [v.value for v in one.nodes.values(one.node, name)]
    wanted = "https://hdeu-dcat.data.health.europa.eu/resource/authority/coding-system/EMDN"
    pairs = [p for p in sent(form_of(one).asked) if p[0] != "healthdcatap:hasCodingSystem/all"]
    pairs += [("healthdcatap:hasCodingSystem/all", iri) for iri in (before[0], wanted)]
    made = form_of(one, Posted(pairs)).made()
    after = {v.value for v in made.nodes.values(made.node, name)}
    assert after == {before[0], wanted}


def test_a_node_taken_out_goes_with_what_it_said() -> None:
    one = of_region(1)
    made = changed(one, ("dcat:contactPoint/0/remove", "1"))
    assert not made.nodes.values(made.node, "http://www.w3.org/ns/dcat#contactPoint")
    assert not [t for t in made.triples if "/contact>" in str(t.subject)]


def test_a_new_node_says_its_class() -> None:
    one = begun("https://ch.example/1", "Essai", "fr", "NON_PUBLIC")
    made = changed(
        one,
        ("healthdcatap:hdab/0/foaf:name/0/value", "Organisme"),
        ("healthdcatap:hdab/0/foaf:name/0/language", "fr"),
        ("healthdcatap:hdab/0/cv:contactPoint/0/cv:email/0/value", "a@valmere.example"),
    )
    (agent,) = made.nodes.values(made.node, HEALTH + "hdab")
    assert made.nodes.classes(agent) == {"http://xmlns.com/foaf/0.1/Agent"}
    (point,) = made.nodes.values(agent, "http://data.europa.eu/m8g/contactPoint")
    assert made.nodes.classes(point) == {"http://data.europa.eu/m8g/ContactPoint"}


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("dct:issued/0/value", "2024-02-30", "does not exist"),
        ("dct:issued/0/value", "31/04/2024", "does not exist"),
        ("dct:issued/0/value", "hier", "cannot be read"),
        ("dct:issued/0/value", "03/04/2024", "cannot be read"),
        ("healthdcatap:numberOfRecords/0/value", "-4", "whole number"),
        ("healthdcatap:numberOfRecords/0/value", "beaucoup", "whole number"),
        ("dcat:landingPage/0/value", "www.ch.example", "not a whole address"),
        ("dcat:landingPage/0/value", "https://ch.example/a b", "not a whole address"),
        ("dcat:contactPoint/0/vcard:hasEmail/0/value", "personne", "not an e-mail"),
        ("dct:title/0/value", "a\x07b", "control character"),
        ("healthdcatap:healthCategory/all", "EHRS", "not a whole address"),
    ],
)
def test_an_answer_that_cannot_be_is_told_and_keeps_what_was_typed(
    name: str, value: str, told: str
) -> None:
    one = of_region(1)
    pairs = [pair for pair in sent(form_of(one).asked) if pair[0] != name]
    form = form_of(one, Posted([*pairs, (name, value)]))
    assert [problem for _question, problem in form.problems if told in problem]
    with pytest.raises(PreuveError):
        form.made()


def test_one_more_entry_is_given_when_asked_for() -> None:
    one = of_region(1)
    pairs = sent(form_of(one).asked)
    form = form_of(one, Posted([*pairs, ("more", "dct:title")]))
    asked = next(q for q in form.asked if q.name == "dct:title")
    plain = next(q for q in form_of(one).asked if q.name == "dct:title")
    assert len(asked.entries) == len(plain.entries) + 1


def test_hostile_names_of_controls_do_nothing() -> None:
    one = of_region(1)
    pairs: Any = [("dct:title/9999999/value", "x"), ("a/b/c/d", "x"), ("//", "x"), ("", "x")]
    form = form_of(one, Posted([*sent(form_of(one).asked), *pairs]))
    assert form.made().digest == one.digest


def test_variables_are_put_in_place_of_others() -> None:
    from preuve.catalogue.dictionary import read_dictionary
    from preuve.catalogue.variables import as_triples, tables

    one = of_region(1)
    new = read_dictionary(b"table,name\nsejours,ipp\nsejours,entree\n")
    made = with_triples(one, HEALTH + "hasVariables", as_triples(new, one.iri))
    assert [v.name for t in tables(made) for v in t.variables] == ["ipp", "entree"]
    assert not [t for t in made.triples if "/columns/" in str(t)]
    assert {t for t in one.triples if "ariables" not in str(t) and "olumn" not in str(t)} - {
        t for t in one.triples if "/table>" in str(t)
    } <= set(made.triples)
