"""Hugging Face cards: front matter in, figures as claims, bad YAML refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from preuve.core.errors import PreuveError
from preuve.registry.hugging_face import draft, read
from preuve.registry.public import rows

CARD = """---
license: apache-2.0
language: [fr]
date: 2025-03-01
model-index:
- name: Example reader
  results:
  - task: {type: image-classification}
    dataset: {name: Invented set, type: invented}
    source: {name: Maker's own test}
    metrics:
    - {type: sensitivity, value: 0.91}
    - {type: accuracy, value: .nan}
    - {type: f1, value: high}
    - {type: auc, value: 93, name: AUC}
---
# Example reader
Text.
"""


def test_figures_are_claims_and_the_card_is_kept() -> None:
    entry = draft(CARD, "x")
    assert (entry.id, entry.name) == ("example-reader", "Example reader")
    assert [(one.measure, one.value) for one in entry.claims] == [
        ("sensitivity", 0.91),
        ("AUC", 93.0),
    ]
    assert entry.claims[0].population == "Invented set"
    assert all(one.evidence is None and one.interval is None for one in entry.claims)
    assert entry.model_card["front_matter"]["license"] == "apache-2.0"
    assert entry.model_card["front_matter"]["date"] == "2025-03-01"
    assert entry.model_card["text"].startswith("# Example")
    assert rows([entry], [])[0].status == "claimed"


def test_without_index_nothing_is_claimed(tmp_path: Path) -> None:
    path = tmp_path / "my-model" / "README.md"
    path.parent.mkdir()
    path.write_text("---\nlicense: mit\n---\nText")
    entry = read(path)
    assert (entry.name, entry.claims) == ("my-model", ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# no front matter", "no front matter"),
        ("---\na: [1\n---\n", "not valid YAML"),
        ("---\n- 1\n---\n", "key: value"),
        ("---\na: &x [1, 2]\nb: [*x, *x, *x]\n---\n", "by reference"),
        ("---\na: !!python/object/apply:os.system ['true']\n---\n", "not valid YAML"),
    ],
)
def test_bad_cards(text: str, words: str) -> None:
    with pytest.raises(PreuveError, match=words):
        draft(text, "x", "card.md")


def test_absent_or_too_large(tmp_path: Path) -> None:
    with pytest.raises(PreuveError, match="cannot be read"):
        read(tmp_path / "none.md")
    path = tmp_path / "big.md"
    path.write_bytes(b"---\n" + b"a" * 1_000_001)
    with pytest.raises(PreuveError, match="too large"):
        read(path)
