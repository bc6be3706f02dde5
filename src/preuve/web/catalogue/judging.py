"""Judging a record by one profile, or by release 8 at its own level, for programs."""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import Triple

from preuve.catalogue.profile import report
from preuve.catalogue.profile.check import check
from preuve.catalogue.profile.findings import Verdict
from preuve.catalogue.profile.levels import LATEST, check_record
from preuve.catalogue.profile.shelf import load, names
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.mistakes import nearest
from preuve.web.catalogue.api_shown import VerdictShown


def judged_by(triples: Iterable[Triple], profile: str = "") -> list[tuple[Verdict, str]]:
    """The verdicts, each with why its level was taken.

    Raises:
        PreuveError: there is no such profile.
    """
    if profile in ("", LATEST):
        return [(one.verdict, one.reason) for one in check_record(triples)]
    if profile not in names():
        raise PreuveError(
            _("There is no profile “{name}”.").format(name=profile) + nearest(profile, names()),
            remedy=_("Choose among {names}.").format(names=", ".join(names())),
        )
    return [(check(triples, load(profile)), "")]


def verdict_shown(verdict: Verdict, reason: str) -> VerdictShown:
    """A verdict as JSON."""
    found = report.record(verdict, load(verdict.profile))
    return VerdictShown(**found, level_reason=reason or None)
