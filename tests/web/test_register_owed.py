"""What a page of obligations counts: sanctions inform, they are no duty."""

from __future__ import annotations

import datetime

from preuve.registry.entry import load_entry
from preuve.web.register.asked import Asked
from preuve.web.register.owed import owed


def test_what_only_informs_is_counted_nowhere_and_told_apart() -> None:
    asked = Asked(role="deployer", on=datetime.date(2027, 12, 2), deployment=None)
    found = owed(load_entry("lecteur-thorax"), asked)
    act = next(law for law in found.laws if law.law == "ai_act")
    assert [one.id for one in act.informative] == ["AIA-099"]
    assert "AIA-099" not in {one.id for one in act.of("in_force")}
    assert {one.id for one in act.of("in_force")} == {"AIA-003", "AIA-004", "AIA-005", "AIA-005b"}
    counted = sum(len(law.of("in_force")) for law in found.laws if law.binding)
    assert len(found.binding) == counted == 5
