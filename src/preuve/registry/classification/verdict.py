"""Verdict: yes, no or not known, with the reason in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from preuve.registry.facts import Confidence

_ORDER: tuple[Confidence, ...] = ("low", "medium", "high")


def weakest(*known: Confidence) -> Confidence:
    """The lowest of several confidences; high where there is none."""
    return min(known, key=_ORDER.index, default="high")


@dataclass(frozen=True)
class Verdict:
    """Whether something holds.

    Attributes:
        holds: None where an answer is missing.
        why: the reason, in the current language.
        confidence: how sure the rule is that leads there.
    """

    holds: bool | None
    why: str
    confidence: Confidence = "high"

    def negated(self) -> Verdict:
        """The opposite, for the same reason."""
        return replace(self, holds=None if self.holds is None else not self.holds)


def all_of(verdicts: Sequence[Verdict]) -> Verdict:
    """Whether all hold (Kleene): one no is a no, else one unknown is an unknown.

    The reason is that of the first no, of the unknowns, or of all that hold.
    """
    refused = [one for one in verdicts if one.holds is False]
    if refused:
        return refused[0]
    unknown = [one for one in verdicts if one.holds is None]
    kept = unknown or verdicts
    return Verdict(
        holds=None if unknown else True,
        why=" ".join(dict.fromkeys(one.why for one in kept if one.why)),
        confidence=weakest(*(one.confidence for one in verdicts)),
    )
