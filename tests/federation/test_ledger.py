from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from preuve.core.errors import PreuveError
from preuve.federation import Ledger
from preuve.federation.crowd import Crowd, PersonSets, Topic, isolates
from preuve.federation.ledger import Entry, Release

SALT = bytes(16)


def sets_of(persons: list[int], identifiers: list[str] | None = None) -> PersonSets:
    """The set of all these people, one record each unless they are named twice."""
    names = identifiers or [f"r{p}" for p in persons]
    crowd = Crowd.of(np.array(persons), np.array(names), SALT)
    every: NDArray[np.bool_] = np.ones(len(persons), dtype=bool)
    return crowd.sets([Topic("A")], [crowd.pack(every)])


def release_of(number: int) -> Release:
    return Release("usecase", "system", None, "data", f"release {number}", 11)


def appended(folder: Path, number: int) -> Entry:
    with Ledger.held(folder) as ledger:
        return ledger.append(release_of(number), sets_of(list(range(number + 20))))


def test_a_chain(tmp_path: Path) -> None:
    entries = [appended(tmp_path, number) for number in range(3)]
    ledger = Ledger.open(tmp_path)
    assert list(ledger.entries) == entries
    assert [e.previous for e in entries[1:]] == [e.digest for e in entries[:-1]]
    assert ledger.head == entries[-1].digest
    assert len(ledger.former()) == 3
    assert ledger.find(entries[1].digest) == entries[1]
    assert ledger.find("sha256:0") is None
    assert (tmp_path / "ledger" / "salt").stat().st_mode & 0o777 == 0o600


def test_the_same_release_has_one_line_and_the_same_people_one_file(tmp_path: Path) -> None:
    first, again = appended(tmp_path, 0), appended(tmp_path, 0)
    assert first == again
    with Ledger.held(tmp_path) as ledger:
        ledger.append(release_of(1), sets_of(list(range(20))))
    assert len(Ledger.open(tmp_path).entries) == 2
    assert len(list((tmp_path / "ledger").glob("*.npz"))) == 1


def test_every_altered_byte_of_a_line_is_named(tmp_path: Path) -> None:
    for number in range(3):
        appended(tmp_path, number)
    path = tmp_path / "ledger.jsonl"
    content = path.read_bytes()
    lines = content.splitlines(keepends=True)
    for line in range(3):
        start = sum(map(len, lines[:line]))
        for place in range(start, start + len(lines[line])):
            altered = bytearray(content)
            altered[place] ^= 1
            path.write_bytes(bytes(altered))
            with pytest.raises(PreuveError, match="ledger of releases was altered") as caught:
                Ledger.open(tmp_path)
            assert caught.value.where.endswith(f":{line + 1}")


@pytest.mark.parametrize("lines", [[1, 2], [0, 2], [1, 0, 2]])
def test_a_line_removed_or_moved_is_refused(lines: list[int], tmp_path: Path) -> None:
    for number in range(3):
        appended(tmp_path, number)
    path = tmp_path / "ledger.jsonl"
    written = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(written[line] for line in lines))
    with pytest.raises(PreuveError, match="altered"):
        Ledger.open(tmp_path)


def test_altered_or_missing_people_are_refused(tmp_path: Path) -> None:
    appended(tmp_path, 0)
    (path,) = (tmp_path / "ledger").glob("*.npz")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(PreuveError, match="sets of people"):
        Ledger.open(tmp_path)
    path.unlink()
    with pytest.raises(PreuveError, match="sets of people"):
        Ledger.open(tmp_path)


def test_another_salt_would_hide_everyone_and_is_refused(tmp_path: Path) -> None:
    appended(tmp_path, 0)
    (tmp_path / "ledger" / "salt").unlink()
    with pytest.raises(PreuveError, match="altered"):
        Ledger.open(tmp_path)


def test_many_runs_at_once_leave_one_sound_chain(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: appended(tmp_path, number), range(24)))
    entries = Ledger.open(tmp_path).entries
    assert {e.released.release for e in entries} == {f"release {n}" for n in range(24)}


def test_no_identifier_can_be_read_in_the_ledger(tmp_path: Path) -> None:
    crowd_sets = sets_of([123456], ["PATIENT-0042"])
    with Ledger.held(tmp_path) as ledger:
        ledger.append(release_of(0), crowd_sets)
    kept = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    assert b"PATIENT-0042" not in kept
    assert b"123456" not in kept


@pytest.mark.parametrize(
    ("a", "b", "near"),
    [
        (range(20), range(20), False),
        (range(20), range(15), True),
        (range(20), range(9), False),
        (range(20), range(30, 60), False),
        (range(20), range(5, 25), True),
    ],
)
def test_sets_over_other_universes(a: range, b: range, near: bool) -> None:
    found = isolates(sets_of(list(a)), sets_of(list(b)), 11)
    assert found.tolist() == [near]


def test_sets_written_and_read_again() -> None:
    sets = sets_of([1, 1, 2, 3], ["a", "b", "c", "d"])
    again = PersonSets.from_content(sets.content())
    assert again.topics == sets.topics
    assert again.content() == sets.content()
    assert isolates(again, sets, 11).tolist() == [False]
