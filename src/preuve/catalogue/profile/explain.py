"""A finding in words: what is missing, why it is asked for, how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from preuve.catalogue.profile.elements import element, elements, said
from preuve.catalogue.profile.findings import Finding
from preuve.catalogue.profile.mending import example_of, mend
from preuve.catalogue.profile.naming import first_property, root_class
from preuve.catalogue.profile.tables import Profile
from preuve.catalogue.profile.wording import what_is_wrong
from preuve.core.language import _

_DATASET = "http://www.w3.org/ns/dcat#Dataset"
"""Elements of the regulation number what is said of data sets."""


@dataclass(frozen=True)
class Explanation:
    """A finding for the person who must act, in the current language.

    Attributes:
        what: what is missing or wrong.
        why: who asks for it: element of the regulation, article, profile.
        mend: what to do.
        example: a line of Turtle; empty where none helps.
        confidence: how sure `why` is; never high where an element number is given, because the
            list of elements comes from one secondary source.
        inner: what is wrong inside, for a finding about another node.
    """

    what: str
    why: str
    mend: str
    example: str
    confidence: Literal["high", "medium"]
    inner: tuple[Explanation, ...] = ()

    def record(self) -> dict[str, object]:
        """The explanation as JSON."""
        made: dict[str, object] = {
            "what": self.what,
            "why": self.why,
            "mend": self.mend,
            "example": self.example,
            "confidence": self.confidence,
        }
        if self.inner:
            made["inner"] = [one.record() for one in self.inner]
        return made


def explain(finding: Finding, profile: Profile) -> Explanation:
    """The finding in the current language."""
    why, confidence = _why(finding, profile)
    return Explanation(
        what=what_is_wrong(finding, profile),
        why=why,
        mend=mend(finding),
        example=example_of(finding),
        confidence=confidence,
        inner=tuple(explain(one, profile) for one in finding.details),
    )


def _why(finding: Finding, profile: Profile) -> tuple[str, Literal["high", "medium"]]:
    known = element(first_property(finding.path))
    reasons: list[str] = []
    confidence: Literal["high", "medium"] = "high"
    if known and root_class(profile, finding.shape.id) == _DATASET:
        if known.element:
            reasons.append(_numbered(known.element))
            confidence = "medium"
        if known.article:
            reasons.append(
                _("Article {article} of Regulation (EU) 2025/327").format(article=known.article)
            )
    reasons.append(_("asked by {profile}").format(profile=said(profile.title)))
    why = _("; ").join(reasons) + "."
    remark = known.remark.get(profile.access) if known and profile.access else None
    return why[0].upper() + why[1:] + (f" {said(remark)}" if remark else ""), confidence


def _numbered(number: int) -> str:
    source = elements().source
    return _("element {number} of {regulation} ({caveat})").format(
        number=number, regulation=said(source.regulation), caveat=said(source.caveat)
    )
