"""Verdicts shown: a table of files and profiles, then each finding with why and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from preuve.catalogue.profile import report
from preuve.catalogue.profile.elements import said
from preuve.catalogue.profile.explain import Explanation, explain
from preuve.catalogue.profile.files import FileVerdict, Judged
from preuve.catalogue.profile.findings import Finding
from preuve.catalogue.profile.levels import level_name
from preuve.catalogue.profile.naming import term_name
from preuve.catalogue.profile.tables import Profile
from preuve.core.language import _, ngettext

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

DETAILED = 20
"""Files whose findings are shown one by one."""


@dataclass(frozen=True)
class Told:
    """Findings of one sort, explained once."""

    explanation: Explanation
    severity: str
    nodes: tuple[str, ...]
    """The nodes concerned, each once."""


def told(findings: Sequence[Finding], profile: Profile) -> Iterator[Told]:
    """Findings in groups: one for each constraint, and none that another one tells already."""
    inside = {id(detail) for one in findings for detail in one.details}
    absent = {(str(one.focus), one.shape.id) for one in findings if one.component == "minCount"}
    groups: dict[tuple[str, str, int], list[Finding]] = {}
    for finding in findings:
        none_there = finding.component == "hasValue" and finding.count == 0
        if id(finding) in inside:
            continue
        if none_there and (str(finding.focus), finding.shape.id) in absent:
            continue
        key = (finding.shape.id, finding.component, id(finding.constraint))
        groups.setdefault(key, []).append(finding)
    for group in groups.values():
        nodes = dict.fromkeys(
            term_name(one.value if one.details and one.value else one.focus) for one in group
        )
        yield Told(explain(group[0], profile), group[0].severity, tuple(nodes))


def record(verdicts: Iterable[FileVerdict]) -> dict[str, Any]:
    """The verdicts as JSON."""
    files = [_file_record(one) for one in verdicts]
    return {"conforms": all(one["conforms"] for one in files), "files": files}


def _file_record(one: FileVerdict) -> dict[str, Any]:
    made: dict[str, Any] = {"file": str(one.path), "conforms": one.conforms}
    if one.refused is not None:
        error = one.refused
        made["error"] = {
            "problem": error.problem,
            "where": error.where,
            "remedy": error.remedy,
        }
    made["verdicts"] = [
        {**report.record(j.verdict, j.profile), "level_reason": j.reason or None}
        for j in one.judged
    ]
    made["dirt"] = [dirt.record() for dirt in one.dirt]
    return made


def print_all(verdicts: Sequence[FileVerdict], out: Console) -> None:
    """The table, then the details of the first files that do not conform."""
    out.print(_table(verdicts))
    wrong = [one for one in verdicts if not one.conforms]
    for one in wrong[:DETAILED]:
        _print_file(one, out)
    if len(wrong) > DETAILED:
        more = len(wrong) - DETAILED
        out.print(
            ngettext(
                "… and {count} more file that does not conform: --json tells all.",
                "… and {count} more files that do not conform: --json tells all.",
                more,
            ).format(count=more)
        )


def _table(verdicts: Sequence[FileVerdict]) -> Any:
    from rich.table import Table

    asked = dict.fromkeys(j.asked for one in verdicts for j in one.judged)
    table = Table(box=None)
    table.add_column(_("record"), overflow="fold")
    for name in asked:
        table.add_column(name, overflow="fold")
    for one in verdicts:
        if one.refused is not None:
            table.add_row(one.path.name, _styled(_("cannot be read"), "red"))
            continue
        table.add_row(one.path.name, *(_cell(one, name) for name in asked))
    return table


def _cell(one: FileVerdict, asked: str) -> Text:
    from rich.text import Text

    cells = [_said(j, asked) for j in one.judged if j.asked == asked]
    return Text("\n").join(cells)


def _said(one: Judged, asked: str) -> Text:
    level = ""
    if one.profile.id != asked and one.profile.access:
        level = _("{level}: ").format(level=level_name(one.profile.access))
    count = len(one.verdict.findings)
    if not one.verdict.nodes:
        return _styled(level + _("nothing to check"), "yellow")
    if one.verdict.conforms:
        return _styled(level + _("conforms"), "green")
    words = ngettext("{count} finding", "{count} findings", count).format(count=count)
    return _styled(level + words, "red" if one.verdict.violations else "yellow")


def _styled(text: str, style: str) -> Text:
    from rich.text import Text

    return Text(str(text), style=style)


def _print_file(one: FileVerdict, out: Console) -> None:
    out.print()
    _line(out, 0, str(one.path), "bold")
    if one.refused is not None:
        for part in (one.refused.problem, one.refused.where, one.refused.remedy):
            if part:
                _line(out, 2, part)
    for dirt in one.dirt:
        _line(out, 2, f"· {dirt.explanation}")
    for j in one.judged:
        if j.verdict.conforms and j.verdict.nodes:
            continue
        _line(out, 2, said(j.profile.title), "bold")
        if j.reason:
            _line(out, 4, j.reason)
        if not j.verdict.nodes:
            none = _("No node of a class that this profile looks at: nothing was checked.")
            _line(out, 4, none)
        for group in told(j.verdict.findings, j.profile):
            _print_group(group, out)


def _print_group(group: Told, out: Console) -> None:
    one = group.explanation
    _line(out, 4, ("✗ " if group.severity == "Violation" else "! ") + one.what, "red")
    if len(group.nodes) > 1:
        more = len(group.nodes) - 1
        text = ngettext("And {count} more node: {next}", "And {count} more nodes: {next}…", more)
        _line(out, 6, text.format(count=more, next=group.nodes[1]))
    elif group.nodes and group.nodes[0] not in one.what:
        _line(out, 6, _("On: {node}").format(node=group.nodes[0]))
    _line(out, 6, one.why, "dim")
    _print_mending(one, out, 6)


def _print_mending(one: Explanation, out: Console, margin: int) -> None:
    _line(out, margin, one.mend)
    if one.example and not one.inner:
        _line(out, margin + 2, one.example, "cyan")
    for inner in one.inner:
        _line(out, margin, "- " + inner.what)
        _print_mending(inner, out, margin + 2)


def _line(out: Console, margin: int, text: str, style: str = "") -> None:
    """A paragraph whose lines all begin at the margin."""
    from rich.padding import Padding
    from rich.text import Text

    out.print(Padding(Text(str(text), style=style), (0, 0, 0, margin)))
