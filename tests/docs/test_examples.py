"""The code of the documentation runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

_ROOT = Path(__file__).parent.parent.parent
PAGES = [
    page
    for page in [_ROOT / "README.md", *sorted((_ROOT / "docs").rglob("*.md"))]
    if "```python" in page.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_code_of_the_page(
    page: Path, data_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PREUVE_DATA", str(data_root))
    blocks = re.findall(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    code = compile("\n".join(blocks), str(page), "exec")
    exec(code, {"__name__": page.stem})


def test_the_economic_model_of_the_documentation_runs() -> None:
    from preuve.economics.appraise import appraise
    from preuve.economics.model import Model

    page = (_ROOT / "docs" / "rooms" / "economics-model.md").read_text(encoding="utf-8")
    text = re.findall(r"```yaml\n(preuve_model.*?)```", page, flags=re.DOTALL)
    appraisal = appraise(Model.parse(text[0]), draws=200)
    assert appraisal.synthetic
    assert appraisal.prices[0].strategy == "test"
