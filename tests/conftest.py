"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def data_root() -> Path:
    """The folder of open data; a test that needs it is skipped without it, and fails in CI."""
    folder = Path(os.environ.get("PREUVE_DATA", _ROOT.parent / "shared" / "data"))
    if folder.is_dir():
        return folder
    reason = f"no open data: {folder} does not exist (set PREUVE_DATA)"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREUVE_LANG", "en")
