"""The six parts of an intended use, and words that say nothing."""

from __future__ import annotations

import pytest
from registry.registered import entry

from preuve.registry.entry import load_entry
from preuve.registry.intended_use import completeness, says_nothing


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "-",
        "…",
        "?",
        "12",
        "N/A",
        "n.a.",
        "NA",
        "s.o.",
        "TBD",
        "todo",
        "xxx",
        "Néant",
        "none",
        "inconnu",
        "Non renseigné",
        "non précisée",
        "not yet defined",
        "Not applicable",
        "à compléter",
        "To be completed",
        "voir la notice",
        "see the instructions for use",
        "Lorem ipsum dolor",
    ],
)
def test_vague_words_say_nothing(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize(
    "text",
    [
        "ECG",
        "Cœur",
        "Radiologue",
        "Adultes non traités",
        "Not for children; adults only",
        "Aucun enfant de moins de 6 ans",
        "Salle de radiologie ; voir la notice pour l'éclairage de la pièce et des écrans",
    ],
)
def test_plain_words_say_something(text: str) -> None:
    assert not says_nothing(text)


def test_the_example_lacks_two_parts() -> None:
    found = completeness(load_entry("lecteur-thorax"))
    assert found.filled == 4
    assert [one.field for one in found.missing] == ["environment", "population"]
    assert not found.complete
    assert completeness(load_entry("lecteur-ecg")).complete


def test_the_shares_of_marketed_products_stand_beside() -> None:
    found = completeness(entry())
    shares = {one.part.field: one.part.share for one in found.parts}
    assert found.products == 139
    assert "Insights into Imaging" in found.source
    assert shares == {
        "indication": 0.64,
        "body_part": 0.83,
        "environment": 0.17,
        "users": 0.58,
        "population": 0.21,
        "principle": 0.83,
    }


def test_one_language_that_says_something_is_enough() -> None:
    found = completeness(entry(intended_use={"users": {"fr": "N/A", "en": "Radiologist"}}))
    assert [one.filled for one in found.parts if one.part.field == "users"] == [True]
