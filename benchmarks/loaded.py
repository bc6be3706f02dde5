"""The modules that a process has loaded, for another that will import the same and do no more."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def write_modules(path: str | Path) -> None:
    """Write their names as a JSON list."""
    names = sorted(name for name in sys.modules if not name.startswith("__"))
    Path(path).write_text(json.dumps(names))
