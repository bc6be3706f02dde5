"""What each source calls a finding: SCP statements of PTB-XL, words of LUDB."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

SUPERCLASSES = ("NORM", "MI", "STTC", "CD", "HYP")
STATEMENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "AFIB_AFLT": ("AFIB", "AFLT"),
        "LBBB": ("CLBBB",),
        "RBBB": ("CRBBB",),
        "STACH": ("STACH",),
        "LAFB": ("LAFB",),
        "SBRAD": ("SBRAD",),
        "PVC": ("PVC", "BIGU", "TRIGU"),
        "LVH": ("LVH",),
        "IRBBB": ("IRBBB",),
        "PACE": ("PACE",),
        "AVB1": ("1AVB",),
        "PAC": ("PAC",),
    }
)
"""Finding -> the SCP statements of PTB-XL that state it, at any likelihood."""

FINDINGS = (*SUPERCLASSES, *STATEMENTS)
"""Order of the findings in `usecase.yaml`, in `cases.csv` and in a reader's scores."""

LUDB_SILENT = frozenset({"NORM"})
"""Findings for which the diagnoses of LUDB have no word: there is no "normal tracing"."""

_LUDB_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "MI": ("stemi", "scar formation", "undefined ischemia/scar"),
        "STTC": ("ischemia", "undefined ischemia/scar", "non-specific repolarization"),
        "CD": (
            "bundle branch block",
            "hemiblock",
            "av block",
            "av-block",
            "intravintricular conduction delay",
            "sinoatrial blockade",
        ),
        "HYP": ("hypertrophy", "overload"),
        "AFIB_AFLT": ("atrial fibrillation", "atrial flutter"),
        "LBBB": ("complete left bundle branch block",),
        "RBBB": ("complete right bundle branch block",),
        "STACH": ("sinus tachycardia",),
        "LAFB": ("left anterior hemiblock",),
        "SBRAD": ("sinus bradycardia",),
        "PVC": ("ventricular extrasystole",),
        "LVH": ("left ventricular hypertrophy",),
        "IRBBB": ("incomplete right bundle branch block",),
        "PACE": ("pacemaker presence",),
        "AVB1": ("i degree av block",),
        "PAC": ("atrial extrasystole",),
    }
)


def from_statements(statements: Collection[str], classes: Mapping[str, str]) -> dict[str, int]:
    """Findings of a PTB-XL record.

    Args:
        statements: SCP codes of the record, any likelihood.
        classes: diagnostic SCP code -> its superclass (`scp_statements.csv`).
    """
    stated = {classes[code] for code in statements if code in classes}
    found = {code: int(code in stated) for code in SUPERCLASSES}
    for finding, codes in STATEMENTS.items():
        found[finding] = int(not set(codes).isdisjoint(statements))
    return found


def from_ludb(diagnoses: Collection[str]) -> dict[str, int | None]:
    """Findings of a LUDB record from its diagnosis lines; None where LUDB has no word."""
    lines = [f" {line.strip().lower()}" for line in diagnoses]
    return {
        finding: None
        if finding in LUDB_SILENT
        else int(any(f" {word}" in line for line in lines for word in _LUDB_WORDS[finding]))
        for finding in FINDINGS
    }
