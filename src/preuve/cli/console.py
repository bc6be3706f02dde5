"""What the terminal shows: results on standard output, progress and errors on the other."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.text import Text

from preuve.core.errors import PreuveError
from preuve.core.language import LANGUAGES, Language, _, current_language
from preuve.core.progress import Progress

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def show_json(value: Any) -> None:
    """One JSON value on standard output."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))  # noqa: T201


def show_error(error: PreuveError, *, as_json: bool) -> None:
    """What is wrong, where, how to mend it; in one screen."""
    if as_json:
        parts = {"problem": error.problem, "where": error.where, "remedy": error.remedy}
        show_json({"error": parts})
        return
    text = Text(error.problem)
    if error.where:
        text.append("\n\n" + _("Where:") + " ", style="bold")
        text.append(error.where)
    if error.remedy:
        text.append("\n" + _("What to do:") + " ", style="bold")
        text.append(error.remedy)
    err.print(Panel(text, title=_("Error"), border_style="red", title_align="left"))


def language_named(name: str) -> Language:
    """The language of that name, "fr" or "en"."""
    for language in LANGUAGES:
        if language == name:
            return language
    raise PreuveError(
        _("The language {lang} is not spoken here.").format(lang=name),
        remedy=_("Choose fr or en."),
    )


def show_pages(pages: Mapping[Language, Path]) -> None:
    """Where the pages are, the user's language first."""
    own = current_language()
    for lang in (own, *(other for other in LANGUAGES if other != own)):
        out.print(_("Page ({lang}): {path}").format(lang=lang, path=pages[lang].resolve()))


@contextmanager
def bars(*, hidden: bool = False) -> Iterator[Progress]:
    """A progress bar per task, drawn on standard error."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}"),
    )
    tasks: dict[str, TaskID] = {}
    with Bars(*columns, console=err, disable=hidden) as drawn:

        def advance(task: str, done: int, total: int, note: str = "") -> None:
            if task not in tasks:
                tasks[task] = drawn.add_task(task, total=total, note=note)
            drawn.update(tasks[task], completed=done, total=total, note=note)

        yield advance
