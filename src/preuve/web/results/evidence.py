"""Evidence as a result: checked to the last figure, rendered once, read again by digest."""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection

from preuve.core.errors import PreuveError
from preuve.core.evidence import Evidence
from preuve.core.language import LANGUAGES, Language, _, speaking
from preuve.core.store import artefacts
from preuve.core.usecase import Text
from preuve.web.results.publishing import Draft
from preuve.web.results.result import Named, Result, Told, of_content

Given = TypeVar("Given")
MEDIA_TYPE = "application/json"
_DAMAGE = (LookupError, TypeError, ValueError, AttributeError, AssertionError, ArithmeticError)
"""What reading a signed record of another form than ours may raise."""
_RELATIVE, _ABSOLUTE = 1e-6, 1e-9
"""How far a figure that another machine recomputes may lie from the one that was signed."""


def received(content: bytes, name: str) -> Evidence:
    """The evidence of a file that somebody sends.

    Raises:
        PreuveError: it is no evidence, a byte of it was changed, or its figures do not follow
            from its releases.
    """
    try:
        record = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _not_evidence(name) from error
    if not isinstance(record, dict):
        raise _not_evidence(name)
    evidence = Evidence(record)
    _guarded(name, lambda: evidence.check(name))
    if evidence.written != content:
        raise PreuveError(
            _("This evidence has been altered: what it says is not what was signed."),
            where=name,
            remedy=_("Ask its author for the original file."),
        )
    _check_figures(evidence, name)
    return evidence


def _check_figures(evidence: Evidence, name: str) -> None:
    from preuve.evaluation.assembly import reassemble

    again = _guarded(name, lambda: reassemble(evidence.content))
    if not _same(evidence.content, again):
        raise PreuveError(
            _("The figures of this evidence do not follow from its releases."),
            where=name,
            remedy=_("It may come from another version: see `run.software` in the file."),
        )


def _same(signed: Any, again: Any) -> bool:
    """Whether two values are the same, numbers up to what another machine may round."""
    if isinstance(signed, bool) or isinstance(again, bool):
        return signed is again
    if isinstance(signed, int | float) and isinstance(again, int | float):
        return math.isclose(signed, again, rel_tol=_RELATIVE, abs_tol=_ABSOLUTE)
    if isinstance(signed, Mapping) and isinstance(again, Mapping):
        return set(signed) == set(again) and all(_same(signed[key], again[key]) for key in signed)
    if isinstance(signed, list | tuple) and isinstance(again, list | tuple):
        return len(signed) == len(again) and all(map(_same, signed, again))
    return bool(signed == again)


def draft_of(evidence: Evidence, name: str = "evidence") -> Draft:
    """An evidence that may be kept, checked and with its two pages rendered (seconds).

    Raises:
        PreuveError: it was altered, or what it says cannot be shown.
    """
    _guarded(name, lambda: evidence.check(name))
    _check_figures(evidence, name)
    return _guarded(name, lambda: _draft(evidence))


def _draft(evidence: Evidence) -> Draft:
    from preuve.evaluation.report.reading import Reading

    reading = Reading(evidence)
    titles, told = {}, {}
    for language in LANGUAGES:
        with speaking(language):
            titles[language] = f"{reading.system_name()} · {reading.usecase.title}"
            told[language] = _told(reading)
    usecase = evidence.usecase.code
    return Draft(
        kind="evidence",
        title=Text(**titles),
        pages=_pages(evidence),
        told=told,
        usecase=usecase,
        systems=tuple(_systems(evidence)),
        source=(evidence.written, f"{usecase}.evidence.json", MEDIA_TYPE),
        content=evidence.digest,
        synthetic=evidence.synthetic,
    )


def _told(reading: Any) -> Told:
    from preuve.evaluation.report import conclusion

    extremes = (f"{label} — {figures}." for label, figures in conclusion.extremes(reading))
    said = [conclusion.headline(reading), *extremes, " ".join(conclusion.verdict(reading))]
    limits = [*conclusion.limits(reading), *(str(one) for one in reading.usecase.limits)]
    return Told(tuple(map(str, said)), tuple(map(str, limits)))


def _pages(evidence: Evidence) -> dict[Language, bytes]:
    from preuve.evaluation.report import page

    made: dict[Language, bytes] = {}
    with tempfile.TemporaryDirectory(prefix="preuve-page-") as folder:
        for language in LANGUAGES:
            path = Path(folder) / f"{language}.html"
            made[language] = page.write(evidence, path, language).read_bytes()
    return made


def _systems(evidence: Evidence) -> Iterable[Named]:
    for role in ("system", "comparator"):
        record = evidence.content[role]
        if record is not None:
            version = str(record.get("version") or "")
            yield Named(str(record["name"]), version, str(record["digest"]), role)


def opened(connection: Connection, found: Result) -> Evidence:
    """The evidence of a result, read from the kept file, which is checked against its digest."""
    known = _known(found.source)
    if not known:
        known.append(Evidence(json.loads(artefacts.read(connection, found.source))))
    return known[0]


@lru_cache(maxsize=64)
def _known(_digest: str) -> list[Evidence]:
    """Where an evidence stays once it was read: the digest says all of its bytes."""
    return []


def attached(connection: Connection, digests: Iterable[str]) -> list[Evidence]:
    """The published evidence of these digests, checked when it was kept."""
    return [opened(connection, found) for found in of_content(connection, digests)]


def _guarded(name: str, ask: Callable[[], Given]) -> Given:
    """What `ask` gives; a record that has not the form of an evidence is a user's mistake."""
    try:
        return ask()
    except _DAMAGE as error:
        raise _not_evidence(name) from error


def _not_evidence(name: str) -> PreuveError:
    return PreuveError(
        _("This file is not an evidence file."),
        where=name,
        remedy=_("Send the .evidence.json file that `preuve evaluate` wrote."),
    )
