"""The validation page: every check of the twin, in French and in English."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from preuve.core.errors import PreuveError
from preuve.core.language import LANGUAGES, _, speaking
from preuve.core.progress import Progress, silent
from preuve.core.record import write_whole
from preuve.twin.validation.check import Check, Checker, Row

CHECKS = (
    "totals.check",
    "by_site.check",
    "closures.check",
    "access.check",
    "covid.check",
    "heat.check",
    "population.check",
    "ageing.ageing",
    "ageing.hindcast",
    "ward.check",
)
"""The questions, in the order of the page: file and function."""


def write(data: Path | None, into: Path, progress: Progress = silent) -> list[Path]:
    """Make every check and write the page, one Markdown file in each language.

    Args:
        data: folder of the open data (holds `france`); `PREUVE_DATA` where None.
        into: folder of the pages.
        progress: told after each check.

    Raises:
        PreuveError: the open data are not there.
    """
    folder = _folder(data)
    pages: list[Path] = []
    for place, language in enumerate(LANGUAGES):
        with speaking(language):
            checks = []
            for number, name in enumerate(CHECKS):
                progress(_("Checks"), place * len(CHECKS) + number, 2 * len(CHECKS), name)
                checks.append(checker(name)(folder))
            path = into / f"twin-validation.{language}.md"
            into.mkdir(parents=True, exist_ok=True)
            write_whole(path, markdown(checks).encode())
            pages.append(path)
    progress(_("Checks"), 2 * len(CHECKS), 2 * len(CHECKS))
    return pages


def checker(name: str) -> Checker:
    """The function that makes a check, by its name in `CHECKS`."""
    file, function = name.split(".")
    found: Checker = getattr(import_module(f"preuve.twin.validation.{file}"), function)
    return found


def markdown(checks: Sequence[Check]) -> str:
    """The page in the current language: what holds and what does not first, then every check."""
    met = sum(row.verdict == "met" for check in checks for row in check.rows)
    missed = sum(row.verdict == "missed" for check in checks for row in check.rows)
    lines = [
        "# " + _("Is the twin right?"),
        "",
        _(
            "{met} targets are met and {missed} are missed. Every figure on this page was computed "
            "by `preuve twin validate` (version {version}) from open data; nothing is typed in."
        ).format(met=met, missed=missed, version=version("preuve")),
        "",
        *(f"- **{check.title}** {check.conclusion}" for check in checks),
        "",
        *(line for check in checks for line in _section(check)),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _section(check: Check) -> Iterable[str]:
    yield f"## {check.title}"
    yield ""
    yield check.method
    yield ""
    yield "| | " + _("expected") + " | " + _("found") + " | |"
    yield "|---|---|---|---|"
    for row in check.rows:
        yield f"| {row.label} | {row.target} | {row.found} | {_verdict(row)} |"
    yield ""
    yield check.conclusion
    yield ""
    yield _("Source: {source}").format(source=check.source)
    yield ""


def _verdict(row: Row) -> str:
    return {"met": _("met"), "missed": "**" + _("missed") + "**", "shown": ""}[row.verdict]


def _folder(data: Path | None) -> Path:
    named = data or (Path(os.environ["PREUVE_DATA"]) if os.environ.get("PREUVE_DATA") else None)
    folder = None if named is None else named / "france"
    if folder is None or not folder.is_dir():
        raise PreuveError(
            _("The validation needs the open data, which are not there."),
            where=folder or "PREUVE_DATA",
            remedy=_("Give their folder: preuve twin validate --data FOLDER"),
        )
    return folder
