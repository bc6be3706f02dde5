from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest

from preuve.core.language import Language, speaking
from preuve.pages.layout import render

TEMPLATE = """{% extends "base.html.j2" %}
{% from "parts.html.j2" import table with context %}
{% block header %}<h1>{{ title }}</h1>{% endblock %}
{% block main %}{{ table(title, [title], [[title]]) }}{% endblock %}"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "page.html.j2"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


def test_every_text_is_escaped(template: Path) -> None:
    page = render(template, title="<b onclick='x'>{{ 7 * 7 }}</b>")
    assert "<b " not in page
    assert "49" not in re.sub(r"<style>.*?</style>", "", page, flags=re.S)
    assert page.count("&lt;b onclick=") == 6


@pytest.mark.parametrize("language", ["fr", "en"])
def test_language_and_skip_link(template: Path, language: Language) -> None:
    with speaking(language):
        page = render(template, title="Vrai ?")
    assert f'<html lang="{language}">' in page
    assert 'class="skip" href="#main"' in page
    assert ("Vrai\u202f?" in page) == (language == "fr")


def test_only_the_script_of_the_kit_may_run(template: Path) -> None:
    page = render(template, title="t")
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.S)
    allowed = re.findall(r"script-src '(.*?)'", page)
    assert allowed == [
        "sha256-" + base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts
    ]
    assert "default-src 'none'" in page
