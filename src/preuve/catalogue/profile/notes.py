"""Notes: what a reader of a verdict should know about a profile."""

from __future__ import annotations

from preuve.catalogue.profile.elements import said
from preuve.catalogue.profile.tables import Profile
from preuve.core.language import _, ngettext


def notes(profile: Profile) -> tuple[str, ...]:
    """What the profile leaves unchecked, and what its publisher's notes say."""
    ignored = [
        ngettext(
            "sh:{word} is no word of SHACL: what it says on {count} shape is not checked.",
            "sh:{word} is no word of SHACL: what it says on {count} shapes is not checked.",
            one.shapes,
        ).format(word=one.word, count=one.shapes)
        for one in profile.ignored
    ]
    absent = [
        _("The shape {shape} is referred to but not given: it asks for nothing.").format(shape=name)
        for name in profile.absent
    ]
    return (*(said(one) for one in profile.notes), *ignored, *absent)
