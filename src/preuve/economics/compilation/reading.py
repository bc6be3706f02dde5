"""Reading: a written model checked whole: names, units, figures, structure; then compiled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from preuve.core.errors import PreuveError
from preuve.core.estimate import Estimate
from preuve.core.evidence import Evidence
from preuve.core.language import _
from preuve.core.lines import Location, Origin
from preuve.core.mistakes import Mistake, nearest, refusal
from preuve.economics.compilation.compiled import CLOCKS, Compiled
from preuve.economics.compilation.needs import settled
from preuve.economics.compilation.pathway import formulas as pathway_formulas
from preuve.economics.compilation.places import Place, places
from preuve.economics.compilation.shape import faults
from preuve.economics.expression.evaluation import Table
from preuve.economics.expression.functions import FUNCTIONS
from preuve.economics.expression.lowering import TableUnits, Vocabulary, lower
from preuve.economics.expression.syntax import Expression, FormulaError, names, parse
from preuve.economics.expression.units import FREE, PLAIN, TIMES, Unit, UnitError, same, unit_of
from preuve.economics.specification.parameters import Correlation, Covariance, Dirichlet
from preuve.economics.specification.structure import Microsimulation, Queue
from preuve.economics.specification.written import WrittenModel
from preuve.economics.tables.reading import read_table
from preuve.economics.uncertainty.draws import Joint, root
from preuve.economics.uncertainty.figures import Figure, evidence_files, figure, read_estimate

_NAME = re.compile("[A-Za-z][A-Za-z0-9_]{0,60}")
QUEUE_UNITS = {
    "queue.wait": "hour",
    "queue.delayed": "proportion",
    "queue.busy": "proportion",
    "queue.within_target": "proportion",
    "queue.servers": "number",
}


@dataclass(frozen=True)
class Read:
    """A model read: ready to run, with its figures and the evidence they come from."""

    compiled: Compiled
    joint: Joint
    evidence: Mapping[str, Evidence]


def read(model: WrittenModel, origin: Origin, given: Mapping[str, Evidence]) -> Read:
    """The model checked and compiled.

    Args:
        model: what was written.
        origin: where.
        given: evidence in place of that of the files, by name.

    Raises:
        PreuveError: tells every mistake with its line.
    """
    for name in given:
        if name not in model.evidence:
            raise PreuveError(
                _("This model reads no evidence named “{name}”.").format(name=name)
                + nearest(name, model.evidence),
                where=origin.where(("evidence",)),
                remedy=_("Name one of: {names}.").format(names=", ".join(model.evidence)),
            )
    return _Reader(model, origin, dict(given)).read()


@dataclass
class _Reader:
    model: WrittenModel
    origin: Origin
    evidence: dict[str, Evidence]
    mistakes: list[Mistake] = field(default_factory=list)
    units: dict[str, Unit] = field(default_factory=dict)
    meant: dict[str, Unit] = field(default_factory=dict)
    where: dict[str, Location] = field(default_factory=dict)

    def read(self) -> Read:
        estimates = self._files()
        figures = dict(self._figures(estimates))
        joint = self._joint(figures)
        tables, keys = self._tables()
        self._define_others()
        self.mistakes += faults(self.model)
        self._stop()
        trees = {name: parse(formula) for name, (_at, formula) in self._values().items()}
        found = list(places(self.model))
        self._check_names(trees, found)
        self._stop()
        order = self._order(trees)
        words = Vocabulary(self._unit, keys, self.model.decision.span)
        self._give_units(order, trees, words, found)
        values = {name: self._lowered_value(name, trees[name], words) for name in order}
        formulas = {one.location: self._lowered(one, words) for one in found}
        self._check_use(values, formulas)
        self._check_own(values, formulas)
        self._stop()
        reads = _closed({name: names(tree) for name, tree in values.items()})
        compiled = Compiled(
            self.model, self.origin, tuple(joint.figures), values, reads, formulas, tables
        )
        return Read(compiled, joint, self.evidence)

    def _stop(self) -> None:
        if self.mistakes:
            told = dict.fromkeys(self.mistakes)
            raise refusal(_("This model cannot be read:"), told, self.origin)

    def _wrong(self, location: Location, text: str) -> None:
        self.mistakes.append(Mistake(location, text))

    def _files(self) -> dict[str, Estimate]:
        folder = self.origin.folder
        for name, path in evidence_files(self.model, folder):
            if name in self.evidence:
                continue
            try:
                self.evidence[name] = Evidence.load(path)
            except PreuveError as error:
                self._wrong(("evidence", name), _whole(error))
            except (OSError, ValueError):
                self._wrong(("evidence", name), _unread(path))
        estimates = {}
        for name, file in self.model.estimates.items():
            try:
                estimates[name] = read_estimate(folder / file)
            except PreuveError as error:
                self._wrong(("estimates", name), _whole(error))
            except (OSError, ValueError):
                self._wrong(("estimates", name), _unread(folder / file))
        return estimates

    def _figures(self, estimates: Mapping[str, Estimate]) -> Iterator[tuple[str, Figure]]:
        for name, written in self.model.parameters.items():
            at = ("parameters", name)
            if written.evidence in self.model.evidence and written.evidence not in self.evidence:
                continue
            if written.estimate in self.model.estimates and written.estimate not in estimates:
                continue
            try:
                found = figure(name, written, self.evidence, estimates)
                self._define(name, at, self._normal(unit_of(found.unit)))
                yield name, found
            except PreuveError as error:
                self._wrong(at, _whole(error, where=""))
            except ValueError as error:
                self._wrong(at, str(error))

    def _define(self, name: str, at: Location, unit: Unit) -> None:
        if name in self.where:
            earlier = self.origin.line(self.where[name])
            self._wrong(
                at,
                _("{name} hides the one of line {line}: give it another name.").format(
                    name=name, line=earlier
                ),
            )
            return
        if name in _reserved():
            self._wrong(
                at, _("{name} hides a word of the house: give it another name.").format(name=name)
            )
            return
        self.where[name], self.units[name] = at, unit

    def _joint(self, figures: dict[str, Figure]) -> Joint:
        kinds: tuple[list[Dirichlet], list[Correlation], list[Covariance]] = ([], [], [])
        tied: dict[str, int] = {}
        for place, tie in enumerate(self.model.joint):
            at: Location = ("joint", place)
            members = tuple(tie.dirichlet) if isinstance(tie, Dirichlet) else tie.names
            for name in members:
                if name in tied:
                    self._wrong(at, _("{name} is tied twice.").format(name=name))
                tied[name] = place
            if isinstance(tie, Correlation):
                self._check_correlation(tie, at, figures)
                kinds[1].append(tie)
                continue
            for name, made in _made(tie):
                self._define(name, at, self._unit_at(at, tie.unit))
                figures[name] = made
            if isinstance(tie, Dirichlet):
                kinds[0].append(tie)
            else:
                self._check_matrix(at, tie.covariance, len(tie.names), len(tie.mean))
                kinds[2].append(tie)
        return Joint(figures, tuple(kinds[0]), tuple(kinds[1]), tuple(kinds[2]))

    def _check_correlation(
        self, tie: Correlation, at: Location, figures: Mapping[str, Figure]
    ) -> None:
        self._check_matrix((*at, "matrix"), tie.matrix, len(tie.names), len(tie.names))
        for name in tie.names:
            if name not in self.model.parameters:
                hint = nearest(name, self.model.parameters)
                self._wrong(at, _("{name} is not a parameter.").format(name=name) + hint)
            elif name in figures and figures[name].is_certain:
                self._wrong(at, _("{name} has no distribution to correlate.").format(name=name))
        if any(row[place] != 1 for place, row in enumerate(tie.matrix) if place < len(row)):
            self._wrong((*at, "matrix"), _("the diagonal of a correlation matrix is 1."))

    def _check_matrix(
        self, at: Location, matrix: tuple[tuple[float, ...], ...], size: int, means: int
    ) -> None:
        if means != size or len(matrix) != size or any(len(row) != size for row in matrix):
            self._wrong(at, _("the matrix does not have one row and one column for each name."))
            return
        try:
            root(matrix)  # type: ignore[arg-type]
        except ValueError as error:
            self._wrong(at, str(error))

    def _tables(self) -> tuple[dict[str, Table], dict[str, TableUnits]]:
        tables, keys = {}, {}
        for name, written in self.model.tables.items():
            at: Location = ("tables", name)
            try:
                tables[name] = read_table(written, self.origin.folder)
            except PreuveError as error:
                self._wrong(at, _whole(error))
                continue
            value = self._unit_at((*at, "unit"), written.unit)
            keys[name] = TableUnits(self._unit_at((*at, "key_unit"), written.key_unit), value)
            self._define(name, at, value)
        return tables, keys

    def _unit_at(self, at: Location, text: str) -> Unit:
        try:
            return self._normal(unit_of(text))
        except UnitError as error:
            self._wrong(at, str(error))
            return PLAIN

    def _normal(self, unit: Unit) -> Unit:
        """A chance over a time as long as a cycle is a chance over a cycle."""
        cycle = self.model.decision.span
        if unit.span in TIMES and abs(cycle.per(unit.span) - 1.0) < 1e-12:
            return Unit(span="cycle")
        return unit

    def _define_others(self) -> None:
        for name in self.model.values:
            if not _NAME.fullmatch(name):
                self._wrong(
                    ("values", name),
                    _("“{name}” is not a name: write letters, digits and _.").format(name=name),
                )
            self._define(name, ("values", name), FREE)
        structure = self.model.structure
        if isinstance(structure, Microsimulation):
            for name in structure.traits:
                self._define(name, ("structure", "traits", name), PLAIN)
        if isinstance(structure, Queue):
            self.units |= {name: unit_of(unit) for name, unit in QUEUE_UNITS.items()}
            if structure.target_wait is None:
                del self.units["queue.within_target"]
        cycle = self.model.decision.span
        self.units |= {word: unit_of(word) for word in TIMES}
        self.units |= {"cycle": unit_of(cycle.word), "time": unit_of("year"), "step": PLAIN}
        self.units["sojourn"] = unit_of("year")

    def _values(self) -> dict[str, tuple[Location, float | str]]:
        """Every value: its place and its formula; pathway and age are values too."""
        model = self.model
        found: dict[str, tuple[Location, float | str]] = {
            name: (("values", name), formula) for name, formula in model.values.items()
        }
        if model.ai_pathway is not None:
            for name, text in pathway_formulas(model.ai_pathway).items():
                found[name] = (("ai_pathway",), text)
        start = model.decision.start_age
        if start is not None:
            of = self.units.get(str(start).strip(), FREE)
            found["age"] = (
                ("decision", "start_age"),
                f"time + ({start})" if of == unit_of("year") else f"time + ({start}) * year",
            )
        return found

    def _check_names(self, trees: Mapping[str, Expression], found: list[Place]) -> None:
        known = {*self.units, *trees, *self.model.tables, *FUNCTIONS}
        located = self._values()
        asked = [(located[name][0], tree) for name, tree in trees.items()]
        for place in found:
            try:
                asked.append((place.location, parse(place.formula)))
            except FormulaError as error:
                self._wrong(place.location, str(error))
            if place.location[-2:-1] == ("set",) and place.word not in {
                *self.model.parameters,
                *self.model.values,
                *(name for name, _f in _all_made(self.model)),
            }:
                self._wrong(
                    place.location,
                    _("there is no parameter or value {name} to set.").format(name=place.word)
                    + nearest(place.word, {*self.model.parameters, *self.model.values}),
                )
        for location, tree in asked:
            for name in sorted(names(tree) - known):
                self._wrong(
                    location,
                    _("the name {name} stands for nothing in this model.").format(name=name)
                    + nearest(name, known),
                )

    def _order(self, trees: Mapping[str, Expression]) -> tuple[str, ...]:
        graph = {name: names(tree) & set(trees) for name, tree in trees.items()}
        try:
            return tuple(TopologicalSorter(graph).static_order())
        except CycleError as error:
            circle = list(reversed(error.args[1]))
            self._wrong(
                self._values()[circle[0]][0],
                _("these values go round in a circle: {names}.").format(names=" → ".join(circle)),
            )
            self._stop()
            raise AssertionError from error

    def _unit(self, name: str) -> Unit:
        if name in self.model.tables:
            raise UnitError(_("{name} is a table: give it a key, {name}(…).").format(name=name))
        if name in FUNCTIONS:
            raise UnitError(
                _("{name} is a function: give it a value, {name}(…).").format(name=name)
            )
        return self.units[name]

    def _give_units(
        self,
        order: tuple[str, ...],
        trees: Mapping[str, Expression],
        words: Vocabulary,
        found: list[Place],
    ) -> None:
        """A value written as a bare number counts what a strategy or scenario sets it to."""
        sets = [
            (one.word, parse(one.formula))
            for one in found
            if one.word in trees and one.location[-2] == "set"
        ]
        for _round in range(len(order)):
            for name in order:
                self.units[name] = self._told(trees[name], words, name)
            bare = {word: self._told(tree, words) for word, tree in sets if self.units[word].free}
            given = {word: unit for word, unit in bare.items() if not unit.free}
            if not given:
                return
            self.meant |= given

    def _told(self, tree: Expression, words: Vocabulary, name: str = "") -> Unit:
        """The unit of a formula, if it has one that holds."""
        try:
            return same(lower(tree, words)[1], self.meant.get(name, FREE), "")
        except UnitError:
            return FREE

    def _lowered_value(self, name: str, tree: Expression, words: Vocabulary) -> Expression:
        try:
            lowered, unit = lower(tree, words)
            unit = same(unit, self.meant.get(name, FREE), _("what is set"))
        except UnitError as error:
            self._wrong(self._values()[name][0], f"{name}: {error}" if "." in name else str(error))
            self.units[name] = FREE
            return tree
        self.units[name] = unit
        return lowered

    def _lowered(self, place: Place, words: Vocabulary) -> Expression:
        tree = parse(place.formula)
        try:
            lowered, unit = lower(tree, words)
            meant = self.units[place.word] if place.need == "anything" and place.word else None
            return settled(place, lowered, unit, self.model.decision, meant)
        except UnitError as error:
            self._wrong(place.location, str(error))
            return tree

    def _check_use(
        self, values: Mapping[str, Expression], formulas: Mapping[Location, Expression]
    ) -> None:
        """A name that nothing rests on is a mistake: it looks as if it counted."""
        reads = _closed({name: names(tree) for name, tree in values.items()})
        counted = {at: tree for at, tree in formulas.items() if at[-2] != "set"}
        sets = [(at[-1], names(tree)) for at, tree in formulas.items() if at[-2] == "set"]
        used = _with_below({name for tree in counted.values() for name in names(tree)}, reads)
        while more := {one for word, read in sets if word in used for one in read} - used:
            used = _with_below(used | more, reads)
        if "age" in values and "age" not in used:
            self._wrong(("decision", "start_age"), _("no formula uses the age."))
        pathway = {name for name in values if name.startswith("pathway.")}
        if pathway and not pathway & used:
            self._wrong(("ai_pathway",), _("no formula uses a name of the pathway."))
        for name, at in self.where.items():
            if name not in used and not self._named_elsewhere(name):
                self._wrong(
                    at,
                    _("{name} is not used: remove it, or use it.").format(name=name)
                    + nearest(name, used - {name}),
                )
        read_by = {one.evidence for one in self.model.parameters.values()}
        for name in self.model.evidence:
            if name not in read_by:
                self._wrong(("evidence", name), _("no parameter reads this evidence."))
        taken = {one.estimate for one in self.model.parameters.values()}
        for name in self.model.estimates:
            if name not in taken:
                self._wrong(("estimates", name), _("no parameter reads this estimate."))

    def _check_own(
        self, values: Mapping[str, Expression], formulas: Mapping[Location, Expression]
    ) -> None:
        """A trait, or the wait of a queue, stands only where each person is counted."""
        structure = self.model.structure
        own = set(structure.traits) if isinstance(structure, Microsimulation) else set()
        if isinstance(structure, Queue):
            own = set(QUEUE_UNITS)
        trees = [*values.items()]
        trees += [(str(at[-1]), tree) for at, tree in formulas.items() if at[-2] == "set"]
        while more := {word for word, tree in trees if names(tree) & own} - own:
            own |= more
        for at, tree in formulas.items():
            if names(tree) & own and not _counts_each(at):
                self._wrong(
                    at,
                    _("{name} is not the same for everyone: it has no place here.").format(
                        name=sorted(names(tree) & own)[0]
                    ),
                )

    def _named_elsewhere(self, name: str) -> bool:
        """Whether a probability that remains stands for it: the last of a Dirichlet."""
        return any(
            isinstance(tie, Dirichlet) and name == list(tie.dirichlet)[-1]
            for tie in self.model.joint
        )


def _counts_each(at: Location) -> bool:
    """Whether a formula is worked out for each person."""
    if at[-2] == "set" or at == ("decision", "start_age"):
        return True
    return at[:2] == ("structure", "transitions") or (at[0] == "rewards" and at[3] != "payer")


def _whole(error: PreuveError, where: str | None = None) -> str:
    """An error of a file within that of the model: where, what, and how to mend it."""
    where = error.where if where is None else where
    told = " ".join(one for one in (error.problem, error.remedy) if one)
    return f"{where}: {told}" if where else told


def _unread(path: Path) -> str:
    return _("{path} cannot be read: name a file.").format(path=path)


def _made(tie: Dirichlet | Covariance) -> Iterator[tuple[str, Figure]]:
    """The figures that are drawn together, each with its own margin."""
    from preuve.core.distribution import Beta, Normal

    if isinstance(tie, Dirichlet):
        total = sum(tie.dirichlet.values())
        for name, count in tie.dirichlet.items():
            margin = Beta(count, total - count)
            yield name, Figure(name, count / total, tie.unit, margin, tie.source, tie.grade)
        return
    for place, name in enumerate(tie.names[: len(tie.mean)]):
        row = tie.covariance[place] if place < len(tie.covariance) else ()
        variance = row[place] if place < len(row) else 0.0
        spread = Normal(tie.mean[place], variance**0.5) if variance > 0 else None
        yield name, Figure(name, tie.mean[place], tie.unit, spread, tie.source, tie.grade)


def _all_made(model: WrittenModel) -> Iterator[tuple[str, Figure]]:
    for tie in model.joint:
        if not isinstance(tie, Correlation):
            yield from _made(tie)


def _reserved() -> set[str]:
    return {*CLOCKS, *TIMES, *FUNCTIONS, "cycle", "rest", "pathway", "queue"}


def _with_below(used: set[str], reads: Mapping[str, frozenset[str]]) -> set[str]:
    """Names, and all that they rest on."""
    return used.union(*(reads[name] for name in used & set(reads)))


def _closed(direct: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """What each value rests on, all the way down; `direct` is in an order of dependence."""
    closed: dict[str, frozenset[str]] = {}
    for name, read_names in direct.items():
        below = [closed[one] for one in read_names if one in closed]
        closed[name] = read_names.union(*below)
    return closed
