"""A command: a program that reads the cases from a folder and writes its scores there."""

from __future__ import annotations

import shutil
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from preuve.core.cases import Cases
from preuve.core.errors import PreuveError
from preuve.core.language import _, ngettext
from preuve.core.record import canonical, digest, digest_file
from preuve.core.usecase import UseCase
from preuve.registry import sandbox
from preuve.registry.door import Door, Question
from preuve.registry.limits import Limits
from preuve.registry.offered import read_input
from preuve.registry.predictions import Table, aligned

SCORES = "scores.csv"
_BLOCK_BYTES = 16 << 20
_PYTHON = ("python", "python3")


class CommandError(PreuveError):
    """A command that did not give scores.

    Attributes:
        log: the end of what it printed. It may tell of a case: it stays at the node.
    """

    def __init__(
        self, problem: str, *, where: object = "", remedy: str = "", log: str = ""
    ) -> None:
        super().__init__(problem, where=where, remedy=remedy)
        self.log = log

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (self.problem, self.where, self.remedy, self.log)


def _rebuild(problem: str, where: str, remedy: str, log: str) -> CommandError:
    return CommandError(problem, where=where, remedy=remedy, log=log)


@dataclass(frozen=True)
class Command:
    """A program and its files, run in a sandbox.

    It finds in its work folder, whose path is its last argument: `cases.csv` (column `case`),
    `inputs.npz` (one array per input of the use case, one row per case, in the order of
    `cases.csv`) and `usecase.json` (the protocol). It writes `scores.csv` there: `case`, then one
    column per finding.
    """

    command: tuple[str, ...]
    folder: Path | None
    limits: Limits
    digest: str
    door: Door = "command"

    @classmethod
    def of(cls, command: Sequence[str], folder: str | Path | None, limits: Limits) -> Command:
        """The command, with the digest of its words and of the files of its folder.

        Raises:
            PreuveError: the folder does not exist, or the program is not found.
        """
        if not command:
            raise PreuveError(_("A command needs at least the name of a program."))
        own = Path(folder).resolve() if folder else None
        if own and not own.is_dir():
            raise PreuveError(_("The folder of the command does not exist."), where=own)
        words = tuple(str(word) for word in command)
        _program(words[0], own)
        return cls(words, own, limits, _digest(words, own))

    def check(self, usecase: UseCase) -> None:  # noqa: ARG002
        sandbox.bubblewrap()
        _program(self.command[0], self.folder)

    def answer(self, question: Question) -> tuple[NDArray[np.float64], str]:
        if _digest(self.command, self.folder) != self.digest:
            raise PreuveError(
                _("The files of the command have changed since the system was loaded."),
                where=self.folder,
                remedy=_("Load the system again: another content is another system."),
            )
        n = len(question.cases)
        question.progress("", 0, n)
        with tempfile.TemporaryDirectory(prefix="preuve-") as name:
            given = _written(Path(name), question.cases, question.usecase)
            outcome = sandbox.run(
                [_program(self.command[0], self.folder), *self.command[1:], sandbox.WORK],
                folder=self.folder,
                given=given,
                wanted=SCORES,
                limits=self.limits,
                hidden=question.hidden,
            )
        content = self._content(outcome)
        values = self._scores(content, outcome.log, question)
        question.progress("", n, n)
        return values, outcome.log

    def _content(self, outcome: sandbox.Outcome) -> bytes:
        if outcome.breach:
            raise self._error(*self._over(outcome.breach), log=outcome.log)
        if outcome.exit_code is None:
            raise self._error(_("The command ended its own sandbox."), log=outcome.log)
        if outcome.exit_code:
            raise self._error(
                _("The command stopped with the exit code {code}.").format(code=outcome.exit_code),
                log=outcome.log,
            )
        if outcome.content is None:
            raise self._error(
                _("The command ended without writing {file}.").format(file=SCORES),
                _("Its last argument is the folder where it must write it."),
                log=outcome.log,
            )
        return outcome.content

    def _scores(self, content: bytes, log: str, question: Question) -> NDArray[np.float64]:
        codes = [finding.code for finding in question.usecase.findings]
        try:
            table = Table.of(content, SCORES).scores(codes)
        except PreuveError as error:
            raise CommandError(
                error.problem, where=f"{self._name} · {error.where}", remedy=error.remedy, log=log
            ) from error
        strangers = set(table["case"]) - set(question.cases.identifiers.tolist())
        if strangers:
            raise CommandError(
                ngettext(
                    "The command answers {count} case it was not asked.",
                    "The command answers {count} cases it was not asked.",
                    len(strangers),
                ).format(count=len(strangers)),
                where=f"{self._name} · {SCORES} · {min(strangers)}",
                remedy=_("Write the identifiers as they stand in cases.csv."),
                log=log,
            )
        return aligned(table, question.cases.identifiers)

    def _over(self, breach: sandbox.Breach) -> tuple[str, str]:
        limits = self.limits
        match breach:
            case "seconds":
                problem = _("The command went over its time limit, {most:g} seconds.")
                return problem.format(most=limits.seconds), _raise_limit("seconds")
            case "memory":
                problem = _("The command went over its memory limit, {most} MiB.")
                return problem.format(most=limits.memory_mib), _raise_limit("memory_mib")
            case "processes":
                problem = _("The command went over its limit of processes, {most} at a time.")
                return problem.format(most=limits.processes), _raise_limit("processes")
            case "disk":
                problem = _("The command filled its work folder, {most} MiB.")
                return problem.format(most=limits.disk_mib), _raise_limit("disk_mib")
            case "files":
                problem = _("The command made more than {most} files.")
                return problem.format(most=sandbox.MOST_FILES), ""

    def _error(self, problem: str, remedy: str = "", *, log: str) -> CommandError:
        last = "\n".join(log.strip().splitlines()[-5:])[-600:]
        told = _("It printed last:") + f"\n{last}" if last else ""
        remedy = "\n".join(part for part in (remedy, told) if part)
        return CommandError(problem, where=self._name, remedy=remedy, log=log)

    @property
    def _name(self) -> str:
        return " ".join(self.command)


def _raise_limit(field: str) -> str:
    return _("If it needs more, raise `limits.{field}` in its system.yaml.").format(field=field)


def _program(word: str, folder: Path | None) -> str:
    """The path of a program, which must lie where the sandbox can see it."""
    if word in _PYTHON:
        return sys.executable
    path = folder / word if folder and (folder / word).is_file() else shutil.which(word)
    if path is None:
        raise PreuveError(
            _("The program of the command is not found: {program}.").format(program=word),
            where=folder or "PATH",
        )
    found = Path(path)
    if not any(found.resolve().is_relative_to(root) for root in _resolved_roots(folder)):
        raise PreuveError(
            _("The program lies where the sandbox does not see it: {program}.").format(
                program=word
            ),
            where=found,
            remedy=_("Put it in the folder of the command."),
        )
    return str(found)


def _resolved_roots(folder: Path | None) -> list[Path]:
    return [root.resolve() for root in sandbox.roots(folder)]


def _digest(command: Sequence[str], folder: Path | None) -> str:
    files = dict(_files(folder)) if folder else {}
    return digest({"command": list(command), "files": files})


def _files(folder: Path) -> list[tuple[str, str]]:
    """Path and digest of each file below a folder; a link is its target, not followed."""
    found = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if "__pycache__" in path.parts:
            continue
        if path.is_symlink():
            found.append((name, f"link:{path.readlink()}"))
        elif path.is_file():
            found.append((name, digest_file(path)))
    return found


def _written(folder: Path, cases: Cases, usecase: UseCase) -> dict[str, Path]:
    """The files the command is given, by their name in its work folder."""
    import polars as pl

    paths = {name: folder / name for name in ("cases.csv", "inputs.npz", "usecase.json")}
    pl.DataFrame({"case": cases.identifiers.tolist()}).write_csv(paths["cases.csv"])
    paths["usecase.json"].write_bytes(canonical(usecase.record()))
    _write_inputs(paths["inputs.npz"], cases, usecase)
    return paths


def _write_inputs(path: Path, cases: Cases, usecase: UseCase) -> None:
    """An .npz archive of the inputs, written in blocks so that they never stand in memory whole."""
    n = len(cases)
    with zipfile.ZipFile(path, "w") as archive:
        for offered in usecase.inputs:
            kind = np.dtype(offered.type)
            header = {
                "descr": np.lib.format.dtype_to_descr(kind),
                "fortran_order": False,
                "shape": (n, *offered.shape),
            }
            size = int(np.prod(offered.shape)) * kind.itemsize
            step = max(1, _BLOCK_BYTES // size)
            with archive.open(f"{offered.name}.npy", "w", force_zip64=True) as stream:
                np.lib.format.write_array_header_1_0(stream, header)
                for start in range(0, n, step):
                    block = read_input(cases, offered, slice(start, min(start + step, n)))
                    stream.write(block.tobytes())
