"""Records against HealthDCAT-AP R8: Preuve, pySHACL and pyrudof on the same files.

    python benchmarks/catalogue_check.py [--records 1000] [--sample 100] [--peers PYTHON]

SYNTHETIC records of 150 triples and 12 variables, one in four with a single defect. Each engine
gets the files one by one, in one process, with the shapes read beforehand.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from meter import ONE_THREAD, usual_environment

TARGET = 4.0
HERE = Path(__file__).parent
JOB = HERE / "peers" / "shacl_job.py"
DATA = Path(os.environ.get("PREUVE_DATA", HERE.parent.parent / "shared" / "data")) / "healthdcat"
SHAPES = DATA / "r8" / "healthdcat-ap-r8-non-public.shapes.ttl"
RELEASE = "healthdcat-ap-r8"
THREE = f"{RELEASE},hdh-2026-08,dcat-ap-3.0.1"

_DATASET = "https://catalogue.exemple.fr/dataset/00001"
DEFECTS: tuple[tuple[str, str], ...] = (
    ("    dcat:keyword ", "    dct:alternative "),
    ('"7551208"^^xsd:nonNegativeInteger', '"environ 1000"'),
    (f"    healthdcatap:hdab <{_DATASET}/hdab> ;\n", ""),
    ('csvw:name "var_3" ; ', ""),
    ("vcard:hasEmail <mailto:donnees@exemple.fr>", 'vcard:hasEmail "donnees@exemple.fr"'),
    (f"    healthdcatap:hasVariables <{_DATASET}/variables> ;\n", ""),
    ("access-right/NON_PUBLIC> ;", "access-right/NON_PUBLIC> , <https://exemple.fr/ferme> ;"),
    (f"<{_DATASET}/custodian/cp> a cv:ContactPoint ; ", f"<{_DATASET}/custodian/cp> "),
)
"""What is replaced in the fixture, and by what; one defect for each."""
EVERY = 4
"""One record in so many has a defect."""


@dataclass(frozen=True)
class Engine:
    """One engine on its records: milliseconds of CPU for each, and verdicts in the same order."""

    name: str
    reading: tuple[float, ...] = ()
    judging: tuple[float, ...] = ()
    verdicts: tuple[tuple[bool, list[list[str]]], ...] = ()
    note: str = ""

    @property
    def whole(self) -> list[float]:
        return [a + b for a, b in zip(self.reading, self.judging, strict=True)]


def written(count: int, folder: Path) -> list[Path]:
    """SYNTHETIC records, varied from the valid fixture of the project."""
    base = (DATA / "fixtures" / "valid-non_public.ttl").read_text(encoding="utf-8")
    paths = []
    for number in range(count):
        text = base
        if number % EVERY == EVERY - 1:
            old, new = DEFECTS[(number // EVERY) % len(DEFECTS)]
            if old not in text:
                raise RuntimeError(f"the fixture holds no {old!r}")
            text = text.replace(old, new)
        text = text.replace("dataset/00001", f"dataset/{number:05d}")
        text = text.replace("Valmère", f"Valmère {number}").replace("7551208", str(7000 + number))
        path = folder / f"{number:05d}.ttl"
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


def run(
    name: str, engine: str, shapes: str | Path, paths: Sequence[Path], python: str | Path
) -> Engine:
    """An engine on records, in a process of its own; with a note where it did not run."""
    done = subprocess.run(
        [str(python), str(JOB), engine, str(shapes), *map(str, paths)],
        capture_output=True,
        text=True,
        env={**usual_environment(), **ONE_THREAD},
    )
    if done.returncode:
        return Engine(name, note=(done.stderr.strip() or "no message").splitlines()[-1])
    rows = json.loads(done.stdout)
    return Engine(
        name,
        tuple(row[0] for row in rows),
        tuple(row[1] for row in rows),
        tuple((row[2], row[3]) for row in rows),
    )


def benchmark(records: int, sample: int, peers: str | Path = sys.executable) -> list[Engine]:
    """Preuve on one and on three profiles, peers one by one on a sample, pyrudof on one graph.

    Raises:
        RuntimeError: Preuve and pySHACL differ on a record.
    """
    with tempfile.TemporaryDirectory() as place:
        paths = written(records, Path(place))
        ours = run("Preuve, R8 by level", "preuve", RELEASE, paths, sys.executable)
        three = run("Preuve, R8 + HDH + DCAT-AP", "preuve", THREE, paths, sys.executable)
        reference = run("pySHACL, R8", "pyshacl", SHAPES, paths[:sample], sys.executable)
        rudof = run("pyrudof, R8", "pyrudof", SHAPES, paths[:sample], peers)
        whole = run("pyrudof, R8, all as one graph", "pyrudof-whole", SHAPES, paths, peers)
    if ours.note or reference.note:
        raise RuntimeError(ours.note or reference.note)
    for number, (own, their) in enumerate(
        zip(ours.verdicts[:sample], reference.verdicts, strict=True)
    ):
        if own != their:
            raise RuntimeError(f"record {number}: {own} here, {their} with pySHACL")
    return [ours, three, reference, rudof, whole]


def table(engines: Sequence[Engine]) -> str:
    """The figures as a Markdown table."""
    ours = median(engines[0].whole)
    lines = [
        "| engine | records | parse, ms | check, ms | both, median | both, 95th | × Preuve |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for one in engines:
        if one.note:
            lines.append(f"| {one.name} | not run: {one.note} | | | | | |")
            continue
        whole = one.whole
        lines.append(
            f"| {one.name} | {len(whole):,} | {median(one.reading):.2f} | "
            f"{median(one.judging):.2f} | {median(whole):.2f} | "
            f"{quantiles(whole, n=20)[-1]:.2f} | {median(whole) / ours:.1f} |"
        )
    return "\n".join(lines)


def section(records: int = 1000, sample: int = 100, peers: str | Path = sys.executable) -> str:
    """The section of the benchmarks' page."""
    engines = benchmark(records, sample, peers)
    ours, _three, reference, rudof, _whole = engines
    taken = median(ours.whole)
    held = "held" if taken <= TARGET else "**missed**"
    defects = sum(1 for conforms, _results in ours.verdicts if not conforms)
    told = [
        "## Records of data sets against HealthDCAT-AP R8",
        "",
        f"{records:,} SYNTHETIC records of 150 triples and 12 variables, {defects:,} of them with "
        f"one defect ({len(DEFECTS)} sorts). One at a time, one thread, milliseconds of CPU for "
        f"each; imports, shapes and the first record are not counted. The peers judge the first "
        f"{len(reference.whole)} records one by one; pyrudof also judges all as one graph, which "
        "suits it better (it clears its session at each record).",
        "",
        table(engines),
        "",
        f"- Target: at most {TARGET:.0f} ms a record, parse included ({held}: {taken:.2f}).",
        f"- Verdicts: the same as pySHACL's on all {len(reference.whole)} records, result by "
        f"result (focus node, path, component). pySHACL takes "
        f"{median(reference.whole) / taken:.0f} times as long.",
        _rudof_told(ours, rudof),
        "- What it does not say: pySHACL covers all of SHACL, SPARQL and rules included; ours is "
        "SHACL Core less value ranges, lessThan and qualified shapes, which no profile here uses.",
    ]
    return "\n".join(told)


def _rudof_told(ours: Engine, rudof: Engine) -> str:
    if rudof.note:
        return "- pyrudof was not installed."
    pairs = list(zip(ours.verdicts, rudof.verdicts, strict=False))
    apart = sum(1 for own, their in pairs if own[0] != their[0])
    if not apart:
        return f"- pyrudof says the same of all {len(pairs):,} records (conforms or not)."
    return (
        f"- pyrudof says otherwise than Preuve and pySHACL on {apart:,} of {len(pairs):,} records "
        "(conforms or not)."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=1000)
    parser.add_argument("--sample", type=int, default=100, help="records that pySHACL judges")
    parser.add_argument("--peers", default=sys.executable, help="a Python with pyrudof")
    given = parser.parse_args()
    print(section(given.records, given.sample, given.peers))


if __name__ == "__main__":
    main()
