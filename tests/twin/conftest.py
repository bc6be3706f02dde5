"""What the tests of the twin share."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path

import pytest

from preuve.twin.impact import Impact

ImpactMaker = Callable[..., Impact]


@pytest.fixture(scope="session")
def make_impact() -> ImpactMaker:
    """`impacts.impact`: an Impact with SYNTHETIC figures."""
    path = Path(__file__).with_name("impacts.py")
    found = importlib.util.spec_from_file_location("twin_impacts", path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    maker: ImpactMaker = module.impact
    return maker
