"""The public register: one row per version, measured or claimed or absent, nothing more."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from preuve.core.evidence import Evidence
from preuve.core.record import canonical
from preuve.registry.chai import draft, read
from preuve.registry.entry import Entry
from preuve.registry.public import COLUMNS, by_line, inert, rows, to_csv, to_record

Made = Callable[..., Entry]


def _read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_card_without_evidence_is_claimed(cards: list[Path]) -> None:
    entries = [draft(read(path)).entry for path in cards]
    written = _read(to_csv(entries, [], "en"))
    assert len(written) == 18
    assert {row["status"] for row in written} == {"claimed, not measured"}
    assert all(row["measured"] == "" and row["evidence"] == "" for row in written)
    assert all("claim, not measured" in row["claimed"] for row in written)


def test_one_row_per_version_and_evidence_on_its_own_version(
    evidence: Evidence, make_entry: Made
) -> None:
    entry = make_entry(
        versions=[
            {"version": "0.9", "digest": "sha256:" + "9" * 64},
            {"version": "1.0", "digest": evidence.content["system"]["digest"]},
        ],
        claims=[{"measure": "Sensitivity", "value": 0.9}],
    )
    found = rows([entry], [evidence])
    assert [(row.version and row.version.version, row.status) for row in found] == [
        ("0.9", "claimed"),
        ("1.0", "measured"),
    ]
    assert found[0].claims[0].verdict == "not_measured"
    assert found[1].claims[0].verdict == "within"
    assert found[0].figures() == []


def test_nothing_is_absent(make_entry: Made) -> None:
    row = rows([make_entry()], [])[0]
    assert (row.status, row.version) == ("absent", None)
    assert row.synthetic


def test_listing_a_digest_measures_nothing(evidence: Evidence, make_entry: Made) -> None:
    entry = make_entry(evidence=[evidence.digest], versions=[{"version": "1.0"}])
    assert rows([entry], [evidence])[0].status == "absent"


def test_synthetic_evidence_marks_a_real_system(
    make_evidence: Callable[..., Evidence], make_entry: Made
) -> None:
    made = make_evidence(synthetic=True)
    entry = make_entry(
        synthetic=False,
        versions=[{"version": "1.0", "digest": made.content["system"]["digest"]}],
    )
    assert _read(to_csv([entry], [made], "fr"))[0]["synthetic"] == "SYNTHETIC"


def test_lines_are_in_order_and_json_is_stable(make_entry: Made) -> None:
    entries = [
        make_entry(id="b-text", line="text"),
        make_entry(id="a-imaging", line="imaging"),
        make_entry(id="a-text", line="text"),
    ]
    assert list(by_line(entries, [])) == ["imaging", "text"]
    one, two = to_record(entries, []), to_record(entries[::-1], [])
    assert canonical(one) == canonical(two)
    assert json.loads(canonical(one))["lines"][1]["systems"][0]["id"] == "a-text"


def test_a_formula_is_made_inert(make_entry: Made) -> None:
    entry = make_entry(name='=HYPERLINK("http://x")')
    row = _read(to_csv([entry], [], "fr"))[0]
    assert row["name"].startswith("'=")
    assert tuple(row) == COLUMNS


@given(st.sampled_from(["", "=", "+", "-", "@", "\t", "\r"]), st.text())
def test_no_cell_begins_a_formula(first: str, text: str) -> None:
    assert inert(first + text)[:1] not in tuple("=+-@\t\r")
    assert inert(first + text).endswith(first + text)
