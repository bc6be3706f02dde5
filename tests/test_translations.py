from __future__ import annotations

import ast
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

_SCRIPT = Path(__file__).parent.parent / "scripts" / "translations.py"


@pytest.fixture(scope="module")
def translations() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translations", _SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_text_is_translated_and_compiled(translations: ModuleType) -> None:
    assert list(translations.faults()) == []


def test_no_text_hides_in_an_f_string() -> None:
    """The extraction does not look there, so such a text would never be translated."""
    hidden = [
        f"{path.name}:{call.lineno}"
        for path in (_SCRIPT.parent.parent / "src").rglob("*.py")
        for string in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in ("_", "ngettext")
    ]
    assert hidden == []


def test_what_is_missing_is_found(translations: ModuleType, tmp_path: Path) -> None:
    package = tmp_path / "package"
    package.mkdir()
    (package / "a.py").write_text(
        'a = _("new")\nb = _("old {x}")\nc = _("sure")\nd = _("fuzzy")\n', encoding="utf-8"
    )
    (package / "b.j2").write_text('{{ _("in a page") }}', encoding="utf-8")
    po = tmp_path / "preuve.po"
    po.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "old {x}"\nmsgstr "vieux {y}"\n\n'
        'msgid "sure"\nmsgstr "sûr"\n\n'
        '#, fuzzy\nmsgid "fuzzy"\nmsgstr "flou"\n',
        encoding="utf-8",
    )
    assert sorted(translations.faults(package, po)) == [
        "a field is lost or invented (a.py): old {x}",
        "doubtful translation (a.py): fuzzy",
        "no French translation (a.py): new",
        "no French translation (b.j2): in a page",
        "preuve.mo is stale: python scripts/translations.py update",
    ]
    po.with_suffix(".mo").write_bytes(translations.compiled(po))
    assert not any("stale" in fault for fault in translations.faults(package, po))


def test_the_catalogue_is_written_as_the_script_writes_it(translations: ModuleType) -> None:
    assert translations._FRENCH.read_bytes() == translations.written(translations.merged())
