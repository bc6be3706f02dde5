"""Published: which evidence speaks of which version of a system."""

from __future__ import annotations

from collections.abc import Sequence

from preuve.core.evidence import Evidence
from preuve.registry.comparison import Measured, speaks_of
from preuve.registry.entry import Entry, Version


def evidence_of(entry: Entry, evidence: Sequence[Evidence]) -> list[Measured]:
    """What was measured of an entry, as the system evaluated or as a comparator."""
    found = []
    for one in evidence:
        roles = [Measured(one)]
        if one.content["comparator"]:
            roles.append(Measured(one, "comparator"))
        found += [measured for measured in roles if speaks_of(measured, entry)]
    return found


def version_of(entry: Entry, measured: Measured) -> Version | None:
    """The version that was measured, by the digest of its artefact."""
    for version in entry.versions:
        if version.digest == measured.system_digest:
            return version
    return None


def unseen(entry: Entry, evidence: Sequence[Evidence]) -> list[str]:
    """The digests of evidence that an entry lists and that is not among the files at hand."""
    given = {one.digest for one in evidence}
    return [digest for digest in entry.evidence if digest not in given]
