"""Records judged one by one by pySHACL, pyrudof or Preuve; CPU milliseconds and verdicts as JSON.

    python benchmarks/peers/shacl_job.py pyshacl SHAPES RECORD...

For each record: CPU milliseconds of parsing, of judging, whether it conforms, and its results as
lists of focus node, path and component. Imports and the reading of the shapes are not counted.
`preuve` takes identifiers of profiles in the place of SHAPES, separated by commas; `pyrudof-whole`
judges all records as one graph and gives each an equal share of the time.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

Verdict = tuple[float, float, bool, list[list[str]]]


def pyshacl(shapes: str) -> Callable[[bytes], Verdict]:
    import pyshacl as engine
    import rdflib
    from rdflib import SH

    asked = rdflib.Graph().parse(shapes)

    def judge(content: bytes) -> Verdict:
        start = time.process_time()
        data = rdflib.Graph().parse(data=content, format="turtle")
        read = time.process_time()
        conforms, report, _text = engine.validate(data, shacl_graph=asked, inference="none")
        done = time.process_time()
        results = []
        for one in report.objects(None, SH.result):
            path = report.value(one, SH.resultPath)
            component = str(report.value(one, SH.sourceConstraintComponent))
            step = str(path) if isinstance(path, rdflib.URIRef) else ""
            results.append([str(report.value(one, SH.focusNode)), step, component])
        return (read - start) * 1e3, (done - read) * 1e3, bool(conforms), sorted(results)

    return judge


def pyrudof(shapes: str) -> Callable[[bytes], Verdict]:
    engine = import_module("pyrudof")
    session = engine.Rudof(engine.RudofConfig())
    session.read_shacl(Path(shapes).read_text(encoding="utf-8"))

    def judge(content: bytes) -> Verdict:
        start = time.process_time()
        session.read_data(content.decode(), merge=False)
        read = time.process_time()
        report = session.validate_shacl()
        done = time.process_time()
        return (read - start) * 1e3, (done - read) * 1e3, bool(report.conforms), []

    return judge


def preuve(names: str) -> Callable[[bytes], Verdict]:
    from preuve.catalogue.profile.check import judged
    from preuve.catalogue.profile.graph import Graph
    from preuve.catalogue.profile.levels import check_levels
    from preuve.catalogue.profile.shacl import COMPONENTS
    from preuve.catalogue.profile.shelf import load
    from preuve.catalogue.rdf import Syntax, read

    release, *others = names.split(",")
    profiles = [load(name) for name in others]

    def judge(content: bytes) -> Verdict:
        start = time.process_time()
        triples = read(content, Syntax.TURTLE)
        parsed = time.process_time()
        graph = Graph(triples)
        verdicts = [one.verdict for one in check_levels(graph, release)]
        verdicts += [judged(graph, profile) for profile in profiles]
        done = time.process_time()
        results = [
            [
                str(one.focus).strip("<>"),
                one.path if isinstance(one.path, str) else "",
                COMPONENTS[one.component],
            ]
            for one in verdicts[0].findings
        ]
        conforms = verdicts[0].conforms
        return (parsed - start) * 1e3, (done - parsed) * 1e3, conforms, sorted(results)

    return judge


def main() -> None:
    engine, shapes, *records = sys.argv[1:]
    engines: dict[str, Any] = {"pyshacl": pyshacl, "pyrudof": pyrudof, "preuve": preuve}
    contents = [Path(record).read_bytes() for record in records]
    if engine == "pyrudof-whole":
        judge = pyrudof(shapes)
        judge(contents[0])
        reading, judging, conforms, _results = judge(b"\n".join(contents))
        count = len(contents)
        share: Verdict = (reading / count, judging / count, conforms, [])
        print(json.dumps([share] * count))
        return
    judge = engines[engine](shapes)
    judge(contents[0])  # what is loaded or compiled at first use is not counted
    print(json.dumps([judge(content) for content in contents]))


if __name__ == "__main__":
    main()
