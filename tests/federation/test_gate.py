from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from preuve.core.cases import NOT_CODED, Cases, Exclusion
from preuve.core.usecase import UseCase
from preuve.evaluation.grid import Grid
from preuve.evaluation.release import ReleasedSite
from preuve.evaluation.site import Place, SiteResult, summarise
from preuve.evaluation.summary import Summary, confusion
from preuve.federation import Ledger, Node, Refused
from preuve.federation.coarsen import Coarsening, coarsen
from preuve.federation.crowd import PersonSets
from preuve.federation.gate import Gated, release

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Remembered(Ledger):
    """A ledger in memory."""

    sets: tuple[PersonSets, ...] = field(default=())

    def former(self) -> list[PersonSets]:
        return list(self.sets)


def remembered(*gated: Gated) -> Remembered:
    return Remembered(Path("nowhere"), b"0123456789abcdef", (), tuple(g.sets for g in gated))


@pytest.fixture(scope="session")
def protocol() -> UseCase:
    text = {"fr": "essai", "en": "trial"}
    levels = {"sex": ["F", "M"], "age": ["young", "adult", "old"]}
    record: dict[str, Any] = {
        "schema": 1,
        "code": "tiny",
        "version": "1",
        **dict.fromkeys(("title", "question", "population", "reference_standard"), text),
        "limits": [text],
        "task": {"kind": "multilabel"},
        "inputs": [{"name": "x", "type": "float32", "shape": [], "unit": "1", "about": text}],
        "findings": [{"code": "A", "label": text}, {"code": "B", "label": text}],
        "subgroups": [
            {"code": k, "label": text, "levels": [{"code": v, "label": text} for v in found]}
            for k, found in levels.items()
        ],
        "thresholds": [0.1, 0.3, 0.5],
        "operating_point": 0.3,
    }
    return UseCase.from_record(record, where="test")


@pytest.fixture(scope="session")
def node_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Node]:
    root = tmp_path_factory.mktemp("nodes")

    @cache
    def make(smallest: int, merge: bool = False) -> Node:
        folder = root / f"{smallest}{merge}"
        folder.mkdir(exist_ok=True)
        (folder / "node.yaml").write_text(
            "schema: 1\nname: site\nlabel: {fr: site, en: site}\ndata: {}\n"
            f"policy: {{smallest_cell: {smallest}, merge_operating_point: {str(merge).lower()}}}"
        )
        return Node(folder)

    return make


@dataclass(frozen=True)
class Drawn:
    cases: Cases
    scores: Scores
    comparator: Scores | None

    def result(self, protocol: UseCase) -> SiteResult:
        return summarise(protocol, self.cases, self.scores, self.comparator)


@st.composite
def sites(draw: st.DrawFn) -> Drawn:
    """Any site: rare classes, unknown levels, repeated records, unanswered and uncoded cases."""
    n = draw(st.integers(20, 160))
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    rate = draw(st.sampled_from([0.05, 0.2, 0.5]))
    reference = (generator.random((n, 2)) < rate).astype(np.int8)
    if draw(st.booleans()):
        reference[generator.random((n, 2)) < 0.1] = NOT_CODED
    people = draw(st.sampled_from([n, n, max(2, n // 2)]))
    persons = np.arange(n) if people == n else generator.integers(0, people, n)
    chances = generator.dirichlet(np.full(4, 0.7))
    scores = generator.random((n, 2)) ** draw(st.sampled_from([0.5, 1.0, 4.0]))
    comparator = generator.random((n, 2)) if draw(st.booleans()) else None
    if draw(st.booleans()):
        scores[generator.random((n, 2)) < draw(st.sampled_from([0.02, 0.3]))] = np.nan
    cases = Cases(
        identifiers=np.array([f"r{i}" for i in range(n)]),
        persons=persons,
        reference=reference,
        subgroups={
            "sex": generator.choice(["F", "M", ""], n, p=[0.5, 0.45, 0.05]),
            "age": generator.choice(["young", "adult", "old", ""], n, p=chances),
        },
        exclusions=(Exclusion({"fr": "x", "en": "x"}, int(generator.integers(0, 30))),),
    )
    return Drawn(cases, scores, comparator)


ALL = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def released(drawn: Drawn, protocol: UseCase, node: Node, *former: Gated) -> Gated | None:
    try:
        return release(drawn.result(protocol), node, protocol, drawn.cases, remembered(*former))
    except Refused:
        return None


def sets_of(
    site: ReleasedSite, drawn: Drawn, protocol: UseCase
) -> Iterator[tuple[tuple[str, int], frozenset[tuple[Any, str]]]]:
    """Whom each figure rests on, released or left by a subtraction, found from the cases."""
    result, cases = drawn.result(protocol), drawn.cases
    members = [(place.finding, result.cells[place].members) for place in site.cells]
    members += [(finding, result.comparisons[finding].members) for finding in site.comparisons]
    for finding, variable in {(p.finding, p.variable) for p in site.cells if p.variable}:
        rest = result.cells[Place("system", finding)].members.copy()
        for place in site.cells:
            if (place.finding, place.variable) == (finding, variable):
                rest &= ~result.cells[place].members
        members.append((finding, rest))
    for finding, rows in members:
        for label in (0, 1):
            who = zip(cases.persons[rows[label]], cases.identifiers[rows[label]], strict=True)
            yield (finding, label), frozenset((int(p), str(i)) for p, i in who)


def people(records: Any) -> set[Any]:
    return {person for person, _identifier in records}


@ALL
@given(drawn=sites(), k=st.integers(2, 12), merge=st.booleans())
def test_no_small_group_of_people_is_released(
    drawn: Drawn, k: int, merge: bool, protocol: UseCase, node_of: Callable[..., Node]
) -> None:
    gated = released(drawn, protocol, node_of(k, merge))
    if gated is None:
        return
    site = gated.site
    counts = [n for cell in site.cells.values() for n in cell.people.tolist()]
    counts += [n for pair in site.comparisons.values() for n in pair.cases]
    told = [*site.coded.values(), *site.answered.values(), *(n for _r, n in site.exclusions)]
    counts += [n for n in told if n is not None]
    assert all(n == 0 or n >= k for n in counts)
    assert site.people >= k
    assert {*site.cells} | {s.place for s in site.suppressed} == {*drawn.result(protocol).cells}


@ALL
@given(drawn=sites(), k=st.integers(1, 12), merge=st.booleans())
def test_runs_hold_nobody_or_k_people_and_keep_every_sum(
    drawn: Drawn, k: int, merge: bool, protocol: UseCase, node_of: Callable[..., Node]
) -> None:
    gated = released(drawn, protocol, node_of(k, merge))
    if gated is None:
        return
    result = drawn.result(protocol)
    for place, cell in gated.site.cells.items():
        summary, histogram = result.cells[place].summary, cell.histogram
        grid = Grid.of(protocol, protocol.finding(place.finding))
        assert histogram.counts.sum(axis=1).tolist() == summary.counts.sum(axis=1).tolist()
        assert histogram.score_sums.sum() == pytest.approx(summary.score_sums.sum())
        assert np.all(histogram.starts < histogram.stops)
        assert np.all(histogram.stops[:-1] <= histogram.starts[1:])
        assert histogram.starts[0] >= 0
        assert histogram.stops[-1] <= grid.bins
        scores = drawn.scores if place.role == "system" else drawn.comparator
        assert scores is not None
        bins = grid.bin_of(scores[:, [f.code for f in protocol.findings].index(place.finding)])
        point = grid.first_bin(grid.operating_point)
        for start, stop, counts in zip(
            histogram.starts, histogram.stops, histogram.counts.T, strict=True
        ):
            inside = (bins >= start) & (bins < stop)
            side = (histogram.stops <= point) if stop <= point else (histogram.starts >= point)
            whole_side = not merge and side.sum() == 1
            for label in (0, 1):
                own = result.cells[place].members[label] & inside
                assert own.sum() == counts[label]
                held = len(set(drawn.cases.persons[own].tolist()))
                assert held == 0 or held >= k or whole_side


@ALL
@given(drawn=sites(), k=st.integers(1, 12))
def test_decisions_are_released_where_the_runs_still_tell_them(
    drawn: Drawn, k: int, protocol: UseCase, node_of: Callable[..., Node]
) -> None:
    gated = released(drawn, protocol, node_of(k))
    if gated is None:
        return
    result = drawn.result(protocol)
    for place, cell in gated.site.cells.items():
        grid = Grid.of(protocol, protocol.finding(place.finding))
        assert 0.3 in cell.decisions
        for threshold in cell.decisions:
            first = grid.first_bin(threshold)
            exact = confusion(result.cells[place].summary.histogram, first)
            assert confusion(cell.histogram, first).tolist() == exact.tolist()


@ALL
@given(drawn=sites(), k=st.integers(2, 12))
def test_no_level_is_the_rest_of_a_subtraction(
    drawn: Drawn, k: int, protocol: UseCase, node_of: Callable[..., Node]
) -> None:
    gated = released(drawn, protocol, node_of(k))
    if gated is None:
        return
    result, cells = drawn.result(protocol), gated.site.cells
    for place in cells:
        if place.variable:
            assert Place("system", place.finding) in cells
        elif place.role == "system":
            for variable in ("sex", "age"):
                rest = result.cells[place].members.copy()
                for other in cells:
                    if other.finding == place.finding and other.variable == variable:
                        rest &= ~result.cells[other].members
                for label in (0, 1):
                    left = len(set(drawn.cases.persons[rest[label]].tolist()))
                    assert left == 0 or left >= k


@ALL
@given(drawn=sites(), k=st.integers(2, 12))
def test_any_two_figures_on_a_class_rest_on_the_same_people_or_differ_by_k(
    drawn: Drawn, k: int, protocol: UseCase, node_of: Callable[..., Node]
) -> None:
    gated = released(drawn, protocol, node_of(k))
    if gated is None:
        return
    assert_apart(list(sets_of(gated.site, drawn, protocol)), k)


def assert_apart(found: list[tuple[tuple[str, int], frozenset[tuple[Any, str]]]], k: int) -> None:
    for (topic, a), (other, b) in combinations(found, 2):
        if topic == other and a != b:
            assert len(people(a ^ b)) >= k
            only = people(a) ^ people(b)
            assert not only or len(only) >= k


def without(drawn: Drawn, rows: int) -> Drawn:
    """The site before its last rows were added."""
    cases = drawn.cases
    kept = slice(0, len(cases) - rows)
    return Drawn(
        replace(
            cases,
            identifiers=cases.identifiers[kept],
            persons=cases.persons[kept],
            reference=cases.reference[kept],
            subgroups={k: v[kept] for k, v in cases.subgroups.items()},
        ),
        drawn.scores[kept],
        None if drawn.comparator is None else drawn.comparator[kept],
    )


@ALL
@given(drawn=sites(), k=st.integers(2, 12), added=st.integers(0, 19))
def test_two_releases_differ_by_nobody_or_k_people(
    drawn: Drawn, k: int, added: int, protocol: UseCase, node_of: Callable[..., Node]
) -> None:
    before = without(drawn, added)
    first = released(before, protocol, node_of(k))
    if first is None:
        return
    second = released(drawn, protocol, node_of(k), first)
    if second is None:
        assert added > 0
        return
    site_before = {*before.cases.persons.tolist()}
    differing = {*drawn.cases.persons.tolist()} ^ site_before
    assert not differing or len(differing) >= k
    assert_apart(
        [*sets_of(first.site, before, protocol), *sets_of(second.site, drawn, protocol)], k
    )


@ALL
@given(drawn=sites(), k=st.integers(1, 12))
def test_the_same_release_can_be_made_again(
    drawn: Drawn, k: int, protocol: UseCase, node_of: Callable[..., Node]
) -> None:
    first = released(drawn, protocol, node_of(k))
    if first is None:
        return
    again = released(drawn, protocol, node_of(k), first)
    assert again is not None
    assert again.site.record() == first.site.record()
    assert again.sets.content() == first.sets.content()
    other_system = replace(drawn, scores=np.where(np.isnan(drawn.scores), np.nan, 0.5))
    assert released(other_system, protocol, node_of(k), first) is not None
    assert ReleasedSite.from_record(first.site.record()).record() == first.site.record()


def site_of(events: int, non_events: int, **levels: list[str]) -> Drawn:
    n = events + non_events
    reference = np.array([1] * events + [0] * non_events, dtype=np.int8)
    generator = np.random.default_rng(1)
    return Drawn(
        Cases(
            identifiers=np.array([f"r{i}" for i in range(n)]),
            persons=np.arange(n),
            reference=np.column_stack([reference, reference]),
            subgroups={k: np.array(v) for k, v in levels.items()},
        ),
        generator.random((n, 2)),
        None,
    )


def test_a_node_of_three_people_is_refused(protocol: UseCase, node_of: Callable[..., Node]) -> None:
    drawn = site_of(2, 1)
    with pytest.raises(Refused, match="Fewer than 11 people"):
        release(drawn.result(protocol), node_of(11), protocol, drawn.cases, remembered())


def test_three_people_with_many_records_are_three_people(
    protocol: UseCase, node_of: Callable[..., Node]
) -> None:
    drawn = site_of(50, 50)
    few = replace(drawn, cases=replace(drawn.cases, persons=np.arange(100) % 3))
    assert released(drawn, protocol, node_of(11)) is not None
    assert released(few, protocol, node_of(11)) is None


def test_a_constant_label_is_released_without_a_curve(
    protocol: UseCase, node_of: Callable[..., Node]
) -> None:
    gated = released(site_of(0, 40), protocol, node_of(11))
    assert gated is not None
    cell = gated.site.cells[Place("system", "A")]
    assert cell.people.tolist() == [40, 0]
    assert "auroc" not in cell.statistics


def test_a_class_of_one_person_under_k_1_has_no_variance_to_release(
    protocol: UseCase, node_of: Callable[..., Node]
) -> None:
    drawn = site_of(1, 40)
    gated = released(replace(drawn, comparator=drawn.scores), protocol, node_of(1))
    assert gated is not None
    cell = gated.site.cells[Place("system", "A")]
    assert "auroc" not in cell.statistics
    assert gated.site.comparisons == {}
    full = drawn.result(protocol).cells[Place("system", "A")].summary.histogram
    assert cell.histogram.starts.tolist() == full.starts.tolist()


def test_a_small_level_takes_the_next_smallest_with_it(
    protocol: UseCase, node_of: Callable[..., Node]
) -> None:
    ages = ["young"] * 3 + ["adult"] * 20 + ["old"] * 40
    drawn = site_of(63, 63, age=ages * 2, sex=["F", "M"] * 63)
    gated = released(drawn, protocol, node_of(11))
    assert gated is not None
    reasons = {s.place.level: s.reason for s in gated.site.suppressed if s.place.finding == "A"}
    assert reasons == {"young": "few_events", "adult": "complementary"}


@pytest.mark.parametrize(("added", "allowed"), [(1, False), (10, False), (11, True), (0, True)])
def test_people_added_between_two_releases(
    added: int, allowed: bool, protocol: UseCase, node_of: Callable[..., Node]
) -> None:
    whole = site_of(40, 60)
    first = released(without(whole, added), protocol, node_of(11))
    assert first is not None
    assert (released(whole, protocol, node_of(11), first) is not None) == allowed


def test_one_more_record_of_one_person_is_a_difference(
    protocol: UseCase, node_of: Callable[..., Node]
) -> None:
    whole = site_of(40, 60)
    persons = np.append(np.arange(99), 50)
    whole = replace(whole, cases=replace(whole.cases, persons=persons))
    first = released(without(whole, 1), protocol, node_of(11))
    assert first is not None
    second = released(whole, protocol, node_of(11), first)
    assert second is None


def test_renumbered_records_do_not_hide_one_person_more(
    protocol: UseCase, node_of: Callable[..., Node]
) -> None:
    whole = site_of(40, 60)
    first = released(without(whole, 1), protocol, node_of(11))
    assert first is not None
    names = np.array([f"new{i}" for i in range(100)])
    renamed = replace(whole, cases=replace(whole.cases, identifiers=names))
    assert released(renamed, protocol, node_of(11), first) is None


def test_one_corrected_label_is_a_difference(
    protocol: UseCase, node_of: Callable[..., Node]
) -> None:
    drawn = site_of(40, 60)
    first = released(drawn, protocol, node_of(11))
    assert first is not None
    corrected = drawn.cases.reference.copy()
    corrected[0, 0] = 0
    changed = replace(drawn, cases=replace(drawn.cases, reference=corrected))
    second = released(changed, protocol, node_of(11), first)
    assert second is not None
    assert {place.finding for place in second.site.cells} == {"B"}
    assert {s.reason for s in second.site.suppressed} == {"differencing"}


def test_a_comparator_that_leaves_three_cases_out_is_kept_back(
    protocol: UseCase, node_of: Callable[..., Node]
) -> None:
    drawn = site_of(40, 60)
    comparator = drawn.scores.copy()
    comparator[:3, 0] = np.nan
    gated = released(replace(drawn, comparator=comparator), protocol, node_of(11))
    assert gated is not None
    assert Place("comparator", "A") not in gated.site.cells
    assert Place("comparator", "B") in gated.site.cells
    assert set(gated.site.comparisons) == {"B"}


def test_the_operating_point_keeps_its_counts_unless_the_policy_merges_them(
    protocol: UseCase, node_of: Callable[..., Node]
) -> None:
    drawn = site_of(40, 60)
    scores = np.where(drawn.cases.reference == 1, 0.9, 0.05).astype(float)
    scores[:2] = 0.2
    for merge in (False, True):
        gated = released(replace(drawn, scores=scores), protocol, node_of(11, merge))
        assert gated is not None
        cell = gated.site.cells[Place("system", "A")]
        assert (0.3 in cell.decisions) != merge
        small = (cell.histogram.counts > 0) & (cell.histogram.counts < 11)
        assert small.any() != merge


def test_no_run_begins_or_ends_at_a_score_for_its_own_sake(
    protocol: UseCase, node_of: Callable[..., Node]
) -> None:
    drawn = site_of(40, 60)
    lowest = replace(drawn, scores=np.clip(drawn.scores, 0.0123, 0.987))
    lower = replace(drawn, scores=np.where(drawn.scores < 0.0123, 0.0110, lowest.scores))
    ends = []
    for one in (lowest, lower):
        gated = released(one, protocol, node_of(11))
        assert gated is not None
        histogram = gated.site.cells[Place("system", "A")].histogram
        ends.append((histogram.starts[0], histogram.stops[-1]))
    assert ends[0] == ends[1]


def test_the_score_of_one_case_cannot_be_read_from_a_sum() -> None:
    """One case alone above the operating point: its sum of scores would be its score."""
    grid = Grid.at((0.5,), 0.5)
    random = np.random.default_rng(0)
    scores = np.concatenate([random.uniform(0.01, 0.45, 200), [0.9372]])
    reference = np.concatenate([np.repeat([0, 1], 100), [1]]).astype(np.int8)
    fine = Summary.of(scores, reference, None, grid).histogram
    told = coarsen(fine, grid, Coarsening((11, 11)))
    alone = told.counts.sum(axis=0) == 1
    assert alone.sum() == 1
    assert told.score_sums.sum() == pytest.approx(scores.sum())
    assert not np.isclose(told.score_sums, 0.9372).any()
    beside = np.flatnonzero(alone)[0] - 1
    means = told.score_sums / told.counts.sum(axis=0)
    assert means[alone][0] == pytest.approx(means[beside])
