"""What is wrong, in one sentence, for each constraint of SHACL."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox

from preuve.catalogue.profile.conditions import condition, kind_name
from preuve.catalogue.profile.elements import label, short
from preuve.catalogue.profile.findings import Finding
from preuve.catalogue.profile.naming import path_name, term_name
from preuve.catalogue.profile.tables import Profile
from preuve.catalogue.profile.terms import iri, term
from preuve.core.language import _, ngettext


def what_is_wrong(finding: Finding, profile: Profile) -> str:
    """One sentence on a finding, in the current language."""
    if finding.component in ("or", "xone"):
        return _choice(finding, profile)
    return _SAID[finding.component](finding)


def _name(finding: Finding) -> str:
    return path_name(finding.path)


def _value(finding: Finding) -> str:
    return "" if finding.value is None else term_name(finding.value)


def _asked(finding: Finding) -> str:
    return ", ".join(term_name(term(one)) for one in finding.constraint.terms)


def _too_few(finding: Finding) -> str:
    least = finding.constraint.number or 0
    if finding.count == 0:
        return _("Missing: {name}.").format(name=_name(finding))
    return ngettext(
        "{name}: {count} value, where {least} are asked for.",
        "{name}: {count} values, where {least} are asked for.",
        finding.count,
    ).format(name=_name(finding), count=finding.count, least=least)


def _too_many(finding: Finding) -> str:
    most = finding.constraint.number or 0
    if most == 0:
        return _("{name} must not be there.").format(name=_name(finding))
    return _("{name}: {count} values, where at most {most} is allowed.").format(
        name=_name(finding), count=finding.count, most=most
    )


def _kind(finding: Finding) -> str:
    return _("{name}: {value} is not {kind}.").format(
        name=_name(finding), value=_value(finding), kind=kind_name(finding.constraint.terms[0])
    )


def _class(finding: Finding) -> str:
    kind = iri(term(finding.constraint.terms[0]))
    return _("{name}: {value} is not said to be a {kind} ({written}).").format(
        name=_name(finding), value=_value(finding), kind=label(kind), written=short(kind)
    )


def _datatype(finding: Finding) -> str:
    given = finding.value
    asked = term(finding.constraint.terms[0])
    if isinstance(given, ox.Literal) and given.datatype == asked:
        text = _("{name}: {value} is not a possible {type}.")
    else:
        text = _("{name}: {value} is not of type {type}.")
    return text.format(name=_name(finding), value=_value(finding), type=_asked(finding))


def _has_value(finding: Finding) -> str:
    return _("{name} does not hold {asked}.").format(name=_name(finding), asked=_asked(finding))


def _in(finding: Finding) -> str:
    return _("{name}: {value} is not in the list.").format(
        name=_name(finding), value=_value(finding)
    )


def _length(finding: Finding) -> str:
    return _("{name}: {value} does not have the length asked for.").format(
        name=_name(finding), value=_value(finding)
    )


def _pattern(finding: Finding) -> str:
    return _("{name}: {value} is not written as asked ({pattern}).").format(
        name=_name(finding), value=_value(finding), pattern=finding.constraint.text
    )


def _language(finding: Finding) -> str:
    return _("{name}: {value} is not in one of the languages asked for ({asked}).").format(
        name=_name(finding), value=_value(finding), asked=_asked(finding)
    )


def _unique_language(finding: Finding) -> str:
    return _("{name}: two values are in the same language.").format(name=_name(finding))


def _node(finding: Finding) -> str:
    return _("{name}: {value} does not have all that is asked of it.").format(
        name=_name(finding), value=_value(finding)
    )


def _and(finding: Finding) -> str:
    return _("{name}: {value} does not meet every condition.").format(
        name=_name(finding), value=_value(finding)
    )


def _not(finding: Finding) -> str:
    return _("{name}: {value} meets a condition that must not be met.").format(
        name=_name(finding), value=_value(finding)
    )


def _choice(finding: Finding, profile: Profile) -> str:
    """`sh:or` and `sh:xone`: the ways that are accepted, each in words."""
    asked = [condition(name, profile) for name in finding.constraint.shapes]
    ways = _("; ").join(f"({number}) {one}" for number, one in enumerate(asked, 1))
    if finding.component == "xone":
        text = _("{name}: exactly one of these ways must be followed: {ways}.")
    else:
        text = _("{name}: none of the accepted ways is followed: {ways}.")
    named = _name(finding) if finding.value is None or finding.path is None else _valued(finding)
    return text.format(name=named, ways=ways)


def _valued(finding: Finding) -> str:
    return f"{_name(finding)}, {_value(finding)}"


def _compared(finding: Finding) -> str:
    if finding.component == "equals":
        text = _("{name}: {value} differs from what {asked} says.")
    else:
        text = _("{name}: {value} also stands under {asked}.")
    return text.format(name=_name(finding), value=_value(finding), asked=_asked(finding))


def _closed(finding: Finding) -> str:
    return _("{name} is not a property that is allowed here.").format(name=_name(finding))


_SAID: dict[str, Callable[[Finding], str]] = {
    "minCount": _too_few,
    "maxCount": _too_many,
    "nodeKind": _kind,
    "class": _class,
    "datatype": _datatype,
    "hasValue": _has_value,
    "in": _in,
    "minLength": _length,
    "maxLength": _length,
    "pattern": _pattern,
    "languageIn": _language,
    "uniqueLang": _unique_language,
    "node": _node,
    "and": _and,
    "not": _not,
    "equals": _compared,
    "disjoint": _compared,
    "closed": _closed,
}
