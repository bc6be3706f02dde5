from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from preuve.federation.pseudonym import pseudonyms, siphash

SALT = bytes(range(16))


def test_the_published_vector_of_siphash() -> None:
    """Aumasson and Bernstein 2012, appendix A: key 00…0f, message 00…0e."""
    message = bytes(range(15)) + bytes([15])
    words = np.frombuffer(message, dtype="<u8").reshape(2, 1)
    assert int(siphash(words.astype(np.uint64), SALT)[0]) == 0xA129CA6149BE45E5


@given(st.lists(st.text(st.characters(exclude_characters="\0")), min_size=1, max_size=30))
def test_a_pseudonym_depends_on_the_text_alone(texts: list[str]) -> None:
    together = pseudonyms(np.array(texts), SALT)
    alone = [int(pseudonyms(np.array([text]), SALT)[0]) for text in texts]
    assert together.tolist() == alone
    assert len(set(alone)) == len(set(texts))


def test_a_number_and_its_text_are_one_identifier() -> None:
    numbers = np.arange(20_000)
    found = pseudonyms(numbers, SALT)
    assert np.array_equal(found, pseudonyms(numbers.astype(str), SALT))
    assert len(np.unique(found)) == len(numbers)
    assert not np.array_equal(found, pseudonyms(numbers, bytes(16)))


def test_no_identifier() -> None:
    assert len(pseudonyms(np.zeros(0, dtype=np.str_), SALT)) == 0
