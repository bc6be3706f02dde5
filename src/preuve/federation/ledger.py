"""Ledger: what a node has released, in a chain of digests, with the people each release was on."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.record import canonical, digest, write_whole
from preuve.federation.crowd import PersonSets
from preuve.federation.pseudonym import SALT_BYTES

FILE = "ledger.jsonl"
SETS = "ledger"


@dataclass(frozen=True)
class Release:
    """What was released: enough to know the same release again.

    Attributes:
        usecase, system, comparator: digests of what was asked.
        data: fingerprint of the node's data when they were read, None where they cannot be watched.
        release: digest of what left the node.
        smallest_cell: the k of the policy.
    """

    usecase: str
    system: str
    comparator: str | None
    data: str | None
    release: str
    smallest_cell: int


@dataclass(frozen=True)
class Entry:
    """One line of a ledger.

    Attributes:
        index: from 0.
        previous: digest of the line before; of the salt for the first.
        time: when it was written, UTC. It stays at the node.
        released: what left.
        sets: digest of the file of the sets of people behind it.
    """

    index: int
    previous: str
    time: str
    released: Release
    sets: str

    @property
    def digest(self) -> str:
        return digest(asdict(self))

    def line(self) -> bytes:
        return canonical({"entry": asdict(self), "digest": self.digest}) + b"\n"


@dataclass(frozen=True)
class Ledger:
    """The releases of one node, oldest first.

    The sets of people are kept as keyed pseudonyms, and never leave the node's folder.
    """

    folder: Path
    salt: bytes
    entries: tuple[Entry, ...] = ()

    @classmethod
    def open(cls, folder: Path) -> Ledger:
        """The ledger of a node's folder, its chain and the files of its sets verified.

        Raises:
            PreuveError: names the first line that is not as it was written.
        """
        salt = _salt(folder)
        path = folder / FILE
        lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
        entries: list[Entry] = []
        sound: set[str] = set()
        for index, line in enumerate(lines):
            previous = entries[-1].digest if entries else digest(salt)
            entry = _entry(line, index, previous, f"{path}:{index + 1}")
            if entry.sets not in sound:
                _sets_content(folder, entry, f"{path}:{index + 1}")
                sound.add(entry.sets)
            entries.append(entry)
        return cls(folder, salt, tuple(entries))

    @classmethod
    @contextmanager
    def held(cls, folder: Path) -> Iterator[Ledger]:
        """The ledger, with no other process between what is read here and what is appended."""
        (folder / SETS).mkdir(exist_ok=True)
        with (folder / SETS / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield cls.open(folder)

    @property
    def head(self) -> str:
        """Digest of the last line; of the salt where nothing was released yet."""
        return self.entries[-1].digest if self.entries else digest(self.salt)

    def former(self) -> list[PersonSets]:
        """The sets of people behind the releases, each once."""
        names = dict.fromkeys(entry.sets for entry in self.entries)
        return [PersonSets.from_content(_sets_path(self.folder, n).read_bytes()) for n in names]

    def append(self, released: Release, sets: PersonSets) -> Entry:
        """Write a release down, unless it already is: the same release has one line.

        Call it on a ledger that is `held`.
        """
        for entry in self.entries:
            if entry.released == released:
                return entry
        content = sets.content()
        path = _sets_path(self.folder, digest(content))
        if not path.exists():
            write_whole(path, content, private=True)
        entry = Entry(
            index=len(self.entries),
            previous=self.head,
            time=datetime.now(UTC).isoformat(timespec="seconds"),
            released=released,
            sets=digest(content),
        )
        lines = b"".join(e.line() for e in (*self.entries, entry))
        write_whole(self.folder / FILE, lines, private=True)
        return entry

    def find(self, head: str) -> Entry | None:
        """The line of this digest."""
        return next((entry for entry in self.entries if entry.digest == head), None)


def _salt(folder: Path) -> bytes:
    """The node's secret, made with the first ledger and checked by its first line."""
    path = folder / SETS / "salt"
    if not path.exists():
        write_whole(path, os.urandom(SALT_BYTES), private=True)
    return path.read_bytes()


def _entry(line: bytes, index: int, previous: str, where: str) -> Entry:
    try:
        written = json.loads(line)["entry"]
        entry = Entry(**{**written, "released": Release(**written["released"])})
        sound = entry.line() == line
    except (ValueError, TypeError, KeyError) as error:
        raise _broken(where) from error
    if not sound or entry.index != index or entry.previous != previous:
        raise _broken(where)
    return entry


def _sets_path(folder: Path, name: str) -> Path:
    return folder / SETS / f"{name.removeprefix('sha256:')}.npz"


def _sets_content(folder: Path, entry: Entry, where: str) -> None:
    path = _sets_path(folder, entry.sets)
    if not path.exists() or digest(path.read_bytes()) != entry.sets:
        raise PreuveError(
            _("The sets of people of this release are missing or were altered."),
            where=f"{where} · {path.name}",
            remedy=_restore(),
        )


def _broken(where: str) -> PreuveError:
    return PreuveError(
        _("The ledger of releases was altered: this line, or one before it, is not as written."),
        where=where,
        remedy=_restore(),
    )


def _restore() -> str:
    return _("Restore the folder from its backup: without its ledger a node releases nothing.")
