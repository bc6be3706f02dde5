"""Pseudonyms: identifiers turned into keyed 64-bit numbers, a whole column at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

SALT_BYTES = 16
_BLOCK = 16_384
_CHARACTERS = 3
_CHARACTER_BITS = np.uint64(21)


def pseudonyms(values: NDArray[np.generic], salt: bytes) -> Words:
    """(n,) identifiers, text or whole numbers -> (n,) keyed hashes of their text.

    A number and its decimal text have the same pseudonym.
    """
    text = np.ascontiguousarray(values.astype(np.str_))
    if not len(text):
        return np.zeros(0, dtype=np.uint64)
    codes = text.view(np.uint32).reshape(len(text), -1)
    hashes = np.empty(len(text), dtype=np.uint64)
    for start in range(0, len(text), _BLOCK):
        block = codes[start : start + _BLOCK]
        lengths = _lengths(block)
        own = hashes[start : start + _BLOCK]
        for length in np.unique(lengths):
            rows = lengths == length
            own[rows] = siphash(_message(block[rows, :length]), salt)
    return hashes


def siphash(words: Words, salt: bytes) -> Words:
    """(words, n) messages of whole 64-bit words -> (n,) SipHash-2-4 under a key of 16 bytes.

    Aumasson and Bernstein, SipHash: a fast short-input PRF, Indocrypt 2012. The caller's last
    word holds the length, as the paper's padding does.
    """
    k0, k1 = (np.uint64(int.from_bytes(salt[i : i + 8], "little")) for i in (0, 8))
    start = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)
    v = np.empty((4, words.shape[1]), dtype=np.uint64)
    for row, constant, key in zip(v, start, (k0, k1, k0, k1), strict=True):
        row[:] = np.uint64(constant) ^ key
    for word in words:
        v[3] ^= word
        _round(v)
        _round(v)
        v[0] ^= word
    v[2] ^= np.uint64(0xFF)
    for _time in range(4):
        _round(v)
    return np.asarray(v[0] ^ v[1] ^ v[2] ^ v[3])


def _round(v: Words) -> None:
    _mix(v, 0, 1, 13)
    _turn(v[0], 32)
    _mix(v, 2, 3, 16)
    _mix(v, 0, 3, 21)
    _mix(v, 2, 1, 17)
    _turn(v[2], 32)


def _mix(v: Words, into: int, other: int, bits: int) -> None:
    v[into] += v[other]
    _turn(v[other], bits)
    v[other] ^= v[into]


def _turn(row: Words, bits: int) -> None:
    """Rotate to the left, in place."""
    carried = row >> np.uint64(64 - bits)
    row <<= np.uint64(bits)
    row |= carried


def _lengths(codes: NDArray[np.uint32]) -> NDArray[np.int64]:
    filled = codes[:, ::-1] != 0
    return np.where(filled.any(axis=1), codes.shape[1] - filled.argmax(axis=1), 0)


def _message(codes: NDArray[np.uint32]) -> Words:
    """(n, length) characters -> (words, n): three characters of 21 bits a word, then the length."""
    n, length = codes.shape
    count = -(-length // _CHARACTERS)
    words = np.zeros((count + 1, n), dtype=np.uint64)
    for position in range(length):
        row = words[position // _CHARACTERS]
        row <<= _CHARACTER_BITS
        row |= codes[:, position]
    words[-1] = np.uint64(length)
    return words
