"""The disclosure gate: what a site knows goes in, what may leave its node comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from preuve.core.cases import NOT_CODED, Cases
from preuve.core.errors import PreuveError
from preuve.core.language import _
from preuve.core.usecase import UseCase
from preuve.evaluation.grid import Grid
from preuve.evaluation.release import (
    Reason,
    ReleasedCell,
    ReleasedDifference,
    ReleasedSite,
    Suppressed,
)
from preuve.evaluation.site import CellSummary, PairedDifference, Place, SiteResult, Statistic
from preuve.federation.coarsen import Coarsening, coarsen
from preuve.federation.crowd import Crowd, PersonSets, Topic
from preuve.federation.ledger import Ledger
from preuve.federation.node import Node, Policy
from preuve.federation.suppression import Withheld, complement, partitions, small_cells
from preuve.federation.watch import Key, Watch, topics


class Refused(PreuveError):  # noqa: N818
    """The gate lets nothing out."""


@dataclass(frozen=True, eq=False)
class Gated:
    """A release, and the people behind it, which stay at the node."""

    site: ReleasedSite
    sets: PersonSets


def release(
    result: SiteResult,
    node: Node,
    usecase: UseCase,
    cases: Cases,
    ledger: Ledger,
    question: str = "",
) -> Gated:
    """What may leave the node, in the order of the rules of the policy (k = `smallest_cell`).

    People are counted, not records. A cell is a finding in one level of one subgroup variable.

    1. Fewer than k people at the node: refused.
    2. A cell with 1 to k - 1 people of one class is kept back; without its cell of all cases, no
       subgroup of a finding is released.
    3. The levels that are kept back of one variable have together none or at least k people of
       each class, else the smallest other level is kept back too: no level is the rest of a
       subtraction.
    4. What is released of a class of a finding rests on people who are the same as those of any
       other figure on it, in this release or in the ledger, or differ by at least k. What follows
       by taking the released levels of a variable from all cases counts as released.
    5. Scores are told by runs of bins (see `coarsen`), decisions at the thresholds left.
    6. Other counts of 1 to k - 1 are left out.

    The ledger watches whom figures rest on, not where their scores were cut: a node that answers
    many protocols which differ by their thresholds alone tells finer histograms than one does.

    Args:
        result: what the site computed.
        node: whose policy holds.
        usecase: the protocol.
        cases: what the result was computed on.
        ledger: the node's, held by the caller.
        question: address of what is asked: asked again on the same people, it is answered as
            before, subgroups kept back by rule 4 included.

    Raises:
        Refused: rule 1, a set of people that rule 4 keeps back whole, or nothing left to release.
    """
    policy = node.policy
    crowd = Crowd.of(cases.persons, cases.identifiers, ledger.salt)
    refuse_few(crowd.people, policy)
    withheld = small_cells(result, policy.smallest_cell)
    complement(result, crowd, policy.smallest_cell, withheld)
    former = ledger.former()
    marks = _marks(result, crowd, (question, str(policy.smallest_cell)), withheld)
    withheld |= _as_before(marks, former)
    candidates = _candidates(result, usecase, crowd, policy.smallest_cell, withheld)
    watch = Watch(crowd, former, candidates, policy.smallest_cell)
    if not watch.admits(""):
        raise Refused(
            _(
                "The people of this node differ by fewer than {k} from those of a release it made "
                "before: the difference would tell of them."
            ).format(k=policy.smallest_cell),
            remedy=_("Wait until more people have been added."),
        )
    compared = _differencing(result, watch, withheld)
    cells = {place: cell for place, cell in result.cells.items() if place not in withheld}
    if not cells:
        raise Refused(_("Nothing can be released: every group is too small, or too near another."))
    return Gated(
        ReleasedSite(
            site=node.name,
            label=node.label,
            cases=len(cases),
            people=len(crowd),
            cells={
                place: _released(place, cell, usecase, crowd, policy)
                for place, cell in cells.items()
            },
            comparisons={
                f: _difference(result.comparisons[f]) for f in result.comparisons if f in compared
            },
            coded=_coded(cases, usecase, crowd, policy.smallest_cell),
            answered={role: _told(n, policy) for role, n in result.answered.items()},
            smallest_cell=policy.smallest_cell,
            suppressed=tuple(
                Suppressed(place, withheld[place]) for place in result.cells if place in withheld
            ),
            exclusions=tuple((dict(e.reason), _told(e.cases, policy)) for e in cases.exclusions),
            synthetic=cases.synthetic,
            bins={f.code: Grid.of(usecase, f).bins for f in usecase.findings},
        ),
        replace(
            watch.sets,
            kept_back={marks[place]: withheld[place] for place in marks if place in withheld},
        ),
    )


def refuse_few(persons: NDArray[np.generic], policy: Policy) -> None:
    """Refuse a node with fewer people than its smallest cell.

    Args:
        persons: (n,) who each record is of.
        policy: the node's.

    Raises:
        Refused: there are too few.
    """
    k = policy.smallest_cell
    if len(np.unique(persons[: 64 * k])) < k and len(np.unique(persons)) < k:
        raise Refused(
            _("Fewer than {k} people have data at this node: nothing can be released.").format(k=k)
        )


def _marks(
    result: SiteResult, crowd: Crowd, asked: tuple[str, ...], withheld: Withheld
) -> dict[Place, str]:
    """The subgroups that rules 1 to 3 let through, each with what tells it again."""
    return {
        place: crowd.mark((*asked, *place), [crowd.pack(row) for row in cell.members])
        for place, cell in result.cells.items()
        if place.variable and place not in withheld
    }


def _as_before(marks: Mapping[Place, str], former: Sequence[PersonSets]) -> Withheld:
    """The subgroups that the same question has kept back before."""
    reasons = {mark: reason for sets in former for mark, reason in sets.kept_back.items()}
    return {
        place: cast("Reason", reasons[mark]) for place, mark in marks.items() if mark in reasons
    }


def _candidates(
    result: SiteResult, usecase: UseCase, crowd: Crowd, smallest: int, withheld: Withheld
) -> dict[Key, tuple[tuple[Topic, ...], NDArray[np.bool_]]]:
    """Everything that rules 1 to 3 let through, with the sets of people behind it."""
    everyone = np.ones((1, len(result.persons)), dtype=bool)
    found: dict[Key, tuple[tuple[Topic, ...], NDArray[np.bool_]]] = {
        "": ((Topic(f"site:{usecase.code}"),), everyone)
    }
    for place, cell in result.cells.items():
        if place not in withheld:
            found[place] = topics(place.finding), cell.members
    for finding, pair in result.comparisons.items():
        known = _known(pair.area) and _known(pair.comparator)
        if known and min(crowd.count(row) for row in pair.members) >= smallest:
            found[finding] = topics(finding), pair.members
    return found


def _differencing(result: SiteResult, watch: Watch, withheld: Withheld) -> list[str]:
    """Rule 4: add to `withheld`; the findings whose comparison may be released.

    Cells of all cases come first, then comparisons, then subgroups: of two sets too near each
    other, the one that tells more is released.
    """
    compared = []
    for place in result.cells:
        if not place.variable and place not in withheld and not watch.admits(place):
            withheld[place] = "differencing"
    for finding in result.comparisons:
        whole = Place("system", finding) not in withheld
        if whole and finding in watch.candidates and watch.admits(finding):
            compared.append(finding)
    for place in result.cells:
        if not place.variable or place in withheld:
            continue
        if Place("system", place.finding) in withheld or not watch.admits(place):
            withheld[place] = "differencing"
    for levels in partitions(result):
        _watch_rest(levels, watch, withheld)
    return compared


def _watch_rest(levels: Mapping[Place, CellSummary], watch: Watch, withheld: Withheld) -> None:
    """Hold what all cases minus the released levels tell to rule 4 as if it were released.

    While it is too near another set, one more level is kept back.
    """
    while True:
        kept = [cell.members for place, cell in levels.items() if place in withheld]
        left = {place: cell for place, cell in levels.items() if place not in withheld}
        if not kept or not left:
            return
        place = next(iter(levels))
        rest = f"{place.finding} except {place.variable}"
        if watch.admits_set(rest, topics(place.finding), np.any(kept, axis=0)):
            return
        smallest = min(left, key=lambda place: (int(left[place].summary.people.sum()), place))
        withheld[smallest] = "complementary"
        watch.retract(smallest)


def _difference(pair: PairedDifference) -> ReleasedDifference:
    without, present = pair.members.sum(axis=1)
    return ReleasedDifference(pair.area, pair.comparator, (int(without), int(present)))


def _released(
    place: Place, cell: CellSummary, usecase: UseCase, crowd: Crowd, policy: Policy
) -> ReleasedCell:
    grid = Grid.of(usecase, usecase.finding(place.finding))
    summary, k = cell.summary, policy.smallest_cell
    without, present = (crowd.records_of_people(row, k) for row in cell.members)
    rule = Coarsening((without, present), across=policy.merge_operating_point)
    histogram = coarsen(summary.histogram, grid, rule)
    return ReleasedCell(
        histogram=histogram,
        people=summary.people,
        decisions={
            threshold: moments
            for threshold, moments in zip(grid.thresholds, summary.decisions, strict=True)
            if histogram.has_edge(grid.first_bin(threshold))
        },
        moments=summary.moments,
        sums=summary.sums,
        statistics={name: s for name, s in cell.statistics.items() if _known(s)},
    )


def _known(statistic: Statistic) -> bool:
    """A class of one person has no variance, and JSON no word for it."""
    return bool(np.isfinite(statistic.value) and np.isfinite(statistic.variance))


def _coded(cases: Cases, usecase: UseCase, crowd: Crowd, smallest: int) -> dict[str, int | None]:
    told: dict[str, int | None] = {}
    for column, finding in enumerate(usecase.findings):
        coded = cases.reference[:, column] != NOT_CODED
        few = 0 < crowd.count(coded) < smallest
        told[finding.code] = None if few else int(coded.sum())
    return told


def _told(count: int, policy: Policy) -> int | None:
    return None if 0 < count < policy.smallest_cell else int(count)
