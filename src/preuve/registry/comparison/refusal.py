"""Refusal: what may not be laid side by side, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from preuve.core.errors import PreuveError
from preuve.core.evidence import Evidence
from preuve.core.language import _
from preuve.core.record import digest


def refuse_mismatch(evidence: Sequence[Evidence]) -> None:
    """Refuse evidence that does not answer one question judged in one way.

    Raises:
        PreuveError: nothing to compare, another use case, other findings, another protocol, or
            the same system or file twice; names the parts that differ.
    """
    if not evidence:
        raise PreuveError(_("Give at least one evidence file."))
    first = evidence[0].content["usecase"]
    for one in evidence[1:]:
        _refuse_other(first, one.content["usecase"])
    _refuse_twice([one.digest for one in evidence], _("The same evidence stands twice."))
    _refuse_twice(
        [str(one.content["system"]["digest"]) for one in evidence],
        _("Two evidence files speak of the same system: choose one."),
    )


def _refuse_other(first: Mapping[str, Any], other: Mapping[str, Any]) -> None:
    if first["code"] != other["code"]:
        raise PreuveError(
            _("These systems were judged on different use cases: {first} and {second}.").format(
                first=first["code"], second=other["code"]
            ),
            remedy=_("Compare evidence of one use case."),
        )
    codes = [[finding["code"] for finding in case["findings"]] for case in (first, other)]
    if codes[0] != codes[1]:
        raise PreuveError(
            _("These systems were not asked the same findings: {first} and {second}.").format(
                first=", ".join(codes[0]), second=", ".join(codes[1])
            ),
            remedy=_("Evaluate both with the same protocol."),
        )
    if digest(first) != digest(other):
        parts = [name for name in {**first, **other} if first.get(name) != other.get(name)]
        raise PreuveError(
            _(
                "These systems were judged by two versions of the protocol {code} "
                "({first}, {second}); these parts differ: {parts}."
            ).format(
                code=first["code"],
                first=first["version"],
                second=other["version"],
                parts=", ".join(parts),
            ),
            remedy=_("Evaluate both with the same protocol."),
        )


def _refuse_twice(names: Sequence[str], problem: str) -> None:
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise PreuveError(problem, where=", ".join(sorted(twice)))
