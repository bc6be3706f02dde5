"""Check a scenario against the baseline: every mistake, with its line, before anything runs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from difflib import SequenceMatcher
from itertools import combinations
from typing import TypeAlias

import numpy as np
import polars as pl

from preuve.core.language import _
from preuve.core.lines import Location
from preuve.core.mistakes import Mistake, nearest, refusal
from preuve.twin.baseline import Baseline, packaged
from preuve.twin.disciplines import DISCIPLINES
from preuve.twin.parameters import Parameter
from preuve.twin.scenario.elements import (
    Ai,
    Close,
    Dated,
    Demography,
    Element,
    Epidemic,
    Heat,
    NightClosure,
    Open,
    Practice,
    PrimaryCare,
    Resize,
    Staff,
)
from preuve.twin.scenario.territory import CITIES, Territory, departments_of, sites_of
from preuve.twin.scenario.written import Scenario

Placed: TypeAlias = tuple[Location, Element]
"""An element and where it stands."""


def check(scenario: Scenario, baseline: Baseline, parameters: Collection[Parameter]) -> None:
    """Refuse a scenario that the baseline contradicts or that contradicts itself.

    Args:
        scenario: as read, so well written.
        baseline: the figures it starts from.
        parameters: every parameter of the twin that a scenario may replace.

    Raises:
        PreuveError: an unknown establishment, commune, département, région or parameter, a date
            outside the period, a service closed that is not open, …: all of them, with file and
            line.
    """
    placed: list[Placed] = [
        (("elements", place, element.kind), element)
        for place, element in enumerate(scenario.elements)
    ]
    mistakes = [*_parameters(scenario, parameters)]
    named: list[Placed] = []
    for location, element in placed:
        mistakes += _dates(scenario, location, element)
        unknown = list(_codes(baseline, location, element))
        mistakes += unknown or _service(baseline, location, element)
        named += [] if unknown else [(location, element)]
    mistakes += _contradictions(scenario, baseline, named)
    if mistakes:
        raise refusal(_("This scenario cannot run:"), mistakes, scenario.origin)


def _parameters(scenario: Scenario, parameters: Collection[Parameter]) -> Iterator[Mistake]:
    known = {one.name: one for one in parameters}
    for name, new in scenario.parameters.items():
        if name not in known:
            yield Mistake(
                ("parameters", name),
                _("no parameter is named {name}.").format(name=name) + nearest(name, known),
            )
            continue
        old = known[name]
        if new.unit != old.unit:
            yield Mistake(
                ("parameters", name, "unit"),
                _("{name} is counted in {wanted}, not in {unit}.").format(
                    name=name, wanted=old.unit, unit=new.unit
                ),
            )
        if old.scale != "identity" and new.low <= 0:
            yield Mistake(("parameters", name, "low"), _("must be more than 0."))
        if old.scale == "logit" and new.high >= 1:
            yield Mistake(("parameters", name, "high"), _("must be less than 1."))


def _dates(scenario: Scenario, location: Location, element: Element) -> Iterator[Mistake]:
    """Dates outside the period."""
    if not isinstance(element, Dated):
        return
    written: list[tuple[str, date | None]] = [("from", element.start), ("to", element.end)]
    if isinstance(element, Open | Resize):
        written += [("beds", step.start) for step in element.beds or ()]
    period = scenario.period
    for word, day in written:
        if day is not None and not period.start <= day <= period.end:
            yield Mistake(
                (*location, word),
                _("{day} is outside the period, from {first} to {last}.").format(
                    day=day, first=period.start, last=period.end
                ),
            )
    if isinstance(element, Epidemic) and element.incidence:
        days = [one.day for one in element.incidence]
        if days[-1] < period.start or days[0] > period.end:
            yield Mistake(
                (*location, "incidence"),
                _("no day of the curve is in the period, from {first} to {last}.").format(
                    first=period.start, last=period.end
                ),
            )


def _codes(baseline: Baseline, location: Location, element: Element) -> Iterator[Mistake]:
    """Codes that name nothing."""
    if isinstance(element, Close | Open | Resize | NightClosure) and element.site is not None:
        yield from _unknown(baseline, (*location, "site"), "site", element.site)
    if isinstance(element, PrimaryCare):
        yield from _unknown(baseline, (*location, "commune"), "commune", element.commune)
        if element.commune in CITIES:
            yield Mistake((*location, "commune"), _arrondissement(element.commune))
    territory: Territory | None = getattr(element, "territory", None)
    if territory is None:
        return
    at = (*location, "territory", territory.level)
    wrong = [
        one for code in territory.codes for one in _unknown(baseline, at, territory.level, code)
    ]
    yield from wrong
    on_sites = isinstance(element, Staff | Practice | Resize | Ai)
    if not wrong and on_sites and not territory.sites(baseline).any():
        yield Mistake(at, _("no establishment stands there, so nothing would change."))


def _unknown(baseline: Baseline, at: Location, level: str, code: str) -> Iterator[Mistake]:
    """One mistake where a code names nothing, with the nearest that names something."""
    if level == "site":
        if code not in set(baseline.sites["finess"]):
            yield Mistake(at, _unknown_site(baseline, code))
    elif level == "commune":
        table = baseline.communes.table
        if code not in CITIES and code not in set(table["commune"]):
            yield Mistake(
                at,
                _("no commune has the code {code}.").format(code=code)
                + _nearest_named(code, table.select("commune", "name")),
            )
    elif level == "department":
        if code not in baseline.departments:
            padded = code.zfill(2)
            hint = nearest(padded, baseline.departments)
            yield Mistake(at, _("no département has the code {code}.").format(code=code) + hint)
    elif code not in baseline.regions:
        known = sorted(set(baseline.regions))
        hint = nearest(code, known) or _(" Choose among {words}.").format(words=", ".join(known))
        yield Mistake(at, _("no région has the code {code}.").format(code=code) + hint)


def _unknown_site(baseline: Baseline, code: str) -> str:
    sites = baseline.sites
    parts = sites.filter(pl.col("legal_entity") == code)
    if parts.height:
        return _("{code} is a legal entity; name one of its establishments: {sites}.").format(
            code=code,
            sites=", ".join(f"{row[0]} ({row[1]})" for row in parts[:5, ["finess", "name"]].rows()),
        )
    years = packaged("panel").filter(pl.col("finess") == code)["year"]
    if years.len():
        return _("the establishment {code} has figures in {years}, not in {year}.").format(
            code=code, years=", ".join(map(str, sorted(years))), year=baseline.year
        )
    return _("no establishment has the FINESS number {code}.").format(code=code) + _nearest_named(
        code, sites.select("finess", "name")
    )


def _nearest_named(code: str, table: pl.DataFrame) -> str:
    """“ Did you mean CODE (NAME)?”, by the name where a name was written, else by the code.

    A code of the same département is nearer than any other.
    """
    codes, names = table.columns
    by = codes if any(sign.isdigit() for sign in code) else names
    if by == codes:
        near = table.filter(pl.col(codes).str.starts_with(code[:2]))
        table = near if near.height else table
    word = code.lower()
    matcher = SequenceMatcher(b=word, autojunk=False)
    best, likeness = "", 0.5
    for place, one in enumerate(table[by]):
        matcher.set_seq1(one.lower())
        inside = by == names and word in one.lower()
        if inside or (matcher.real_quick_ratio() > likeness and matcher.quick_ratio() > likeness):
            found = matcher.ratio() + inside
            if found > likeness:
                best, likeness = f"{table[codes][place]} ({table[names][place]})", found
    return _(" Did you mean {place}?").format(place=best) if best else ""


def _arrondissement(code: str) -> str:
    return _("{code} is counted by arrondissement: give one of {first} to {last}.").format(
        code=code, first=CITIES[code][0], last=CITIES[code][-1]
    )


def _service(baseline: Baseline, location: Location, element: Element) -> Iterator[Mistake]:
    """Closing what is not open, opening what is, taking more beds than there are."""
    if isinstance(element, NightClosure):
        if not baseline.visits[baseline.site(element.site)] > 0:
            yield Mistake(
                (*location, "site"),
                _("{site} has no emergency department in {year}.").format(
                    site=_site(baseline, element.site), year=baseline.year
                ),
            )
        return
    if not isinstance(element, Close | Open | Resize) or element.site is None:
        return
    held = _held(baseline, element.site, element.discipline)
    named = {
        "site": _site(baseline, element.site),
        "discipline": element.discipline,
        "year": baseline.year,
    }
    if isinstance(element, Open) and held > 0:
        text = _("{site} has {discipline} in {year} already: it cannot be opened.")
        yield Mistake(location, text.format(**named))
    if isinstance(element, Close) and not held > 0:
        text = _("{site} has no {discipline} in {year}: it cannot be closed.")
        yield Mistake(location, text.format(**named))
    if isinstance(element, Resize) and not held > 0:
        text = _("{site} has no {discipline} in {year}: open it instead of resizing it.")
        yield Mistake(location, text.format(**named))
    elif isinstance(element, Resize) and element.change is not None and held + element.change < 0:
        text = _("{site} has {held} beds of {discipline}: {removed} cannot be taken away.")
        yield Mistake(
            (*location, "change"),
            text.format(**named, held=f"{held:.1f}", removed=f"{-element.change:g}"),
        )


def _held(baseline: Baseline, site: str, discipline: str) -> float:
    """Beds of a service, visits of an emergency department."""
    place = baseline.site(site)
    if discipline == "emergency":
        return float(baseline.visits[place])
    return float(baseline.beds[place, DISCIPLINES.index(discipline)])


def _site(baseline: Baseline, finess: str) -> str:
    return f"{finess} ({baseline.sites['name'][baseline.site(finess)]})"


def _contradictions(
    scenario: Scenario, baseline: Baseline, placed: Sequence[Placed]
) -> Iterator[Mistake]:
    """Two elements that cannot both be true."""
    for (first_at, first), (location, second) in combinations(placed, 2):
        problem = _contradiction(scenario, baseline, first, second)
        if problem:
            line = scenario.origin.line(first_at)
            where = (
                _("line {line}").format(line=line)
                if line
                else ".".join(str(part) for part in first_at)
            )
            yield Mistake(location, problem.format(first=where))
    yield from _overdone(scenario, baseline, placed)


def _contradiction(scenario: Scenario, baseline: Baseline, first: Element, second: Element) -> str:
    """What two elements contradict each other on, with “{first}” to fill; empty for nothing."""
    if isinstance(first, Demography) and isinstance(second, Demography):
        return _("a scenario has one demography, and {first} gives another.")
    if first == second:
        return _("the same element stands on {first} already.")
    if not isinstance(first, Dated) or not isinstance(second, Dated):
        return ""
    if not _overlap(scenario, first, second):
        return ""
    if isinstance(first, Heat) and isinstance(second, Heat):
        shared = departments_of(first.territory, baseline) & departments_of(
            second.territory, baseline
        )
        return _("two heat waves on the same day and place, with {first}.") if shared.any() else ""
    if not (_services(baseline, first) & _services(baseline, second)):
        return ""
    if isinstance(first, Close) and isinstance(second, Close):
        return _("this service is closed by {first} already.")
    if isinstance(first, Resize) and isinstance(second, Resize):
        return _("this service is resized by {first} on the same days: mend the dates.")
    if any(isinstance(one, Resize) and one.site is None for one in (first, second)):
        return ""
    return _("this contradicts {first} on the same service and days: mend the dates.")


def _overlap(scenario: Scenario, first: Dated, second: Dated) -> bool:
    one, other = first.during(scenario.period), second.during(scenario.period)
    return one[0] <= other[1] and other[0] <= one[1]


def _services(baseline: Baseline, element: Element) -> set[tuple[int, str]]:
    """The services whose opening or beds an element decides."""
    if isinstance(element, NightClosure):
        return {(baseline.site(element.site), "emergency")}
    if isinstance(element, Resize) and element.territory is not None:
        sites = np.flatnonzero(element.territory.sites(baseline))
        return {(int(site), element.discipline) for site in sites}
    if isinstance(element, Close | Open | Resize) and element.site is not None:
        return {(baseline.site(element.site), element.discipline)}
    return set()


def _overdone(
    scenario: Scenario, baseline: Baseline, placed: Sequence[Placed]
) -> Iterator[Mistake]:
    """Changes of practice, or of staff, that together take more than there is."""
    for rank, (location, last) in enumerate(placed):
        if not isinstance(last, Practice | Staff):
            continue
        total = _removed(last) + sum(
            _removed(one)
            for _at, one in placed[:rank]
            if isinstance(one, Practice | Staff) and _together(scenario, baseline, one, last)
        )
        if total > 1:
            word = "share" if isinstance(last, Practice) else "change"
            yield Mistake(
                (*location, word),
                _("with the elements above, {total} % would leave.").format(
                    total=f"{100 * total:.0f}"
                ),
            )


def _removed(element: Practice | Staff) -> float:
    """The share of stays, or of carers, that leaves."""
    return element.share if isinstance(element, Practice) else -element.change


def _together(
    scenario: Scenario, baseline: Baseline, one: Practice | Staff, other: Practice | Staff
) -> bool:
    """Whether two changes add up somewhere, one day."""
    if type(one) is not type(other) or not _overlap(scenario, one, other):
        return False
    here = sites_of(one.territory, baseline) & sites_of(other.territory, baseline)
    return bool(here.any()) and bool(_wards(one) & _wards(other))


def _wards(element: Practice | Staff) -> set[str]:
    return {element.discipline} if isinstance(element, Practice) else set(element.disciplines)
