"""Every page, in both languages, in a browser: axe, keyboard, small screen, paper, no script."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from web.door import Door
from web.pages import PATHS, SIGNED_IN

from preuve.core.language import LANGUAGES

GRAVE = ("serious", "critical")
_ALL = [(language, path) for language in LANGUAGES for path in [*PATHS, *SIGNED_IN]]
_FRENCH = [("fr", path) for path in [*PATHS, *SIGNED_IN]]
"""What does not hang on the words is looked at in French, whose words are the longer."""
_OPEN = [("fr", path) for path in PATHS]


@pytest.fixture(scope="module")
def visitor(browser: Any, filled: Door, served: str) -> Iterator[Any]:
    """A browser in which an administrator is signed in; what it complains of is kept."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    token = filled.signed_in("boss", "administrator").cookies["preuve"]
    context.add_cookies([{"name": "preuve", "value": token, "url": served}])
    yield context
    context.close()


@pytest.fixture(scope="module")
def screen(visitor: Any) -> Any:
    return visitor.new_page()


@pytest.mark.parametrize(("language", "path"), _ALL)
def test_axe_finds_nothing_grave(screen: Any, served: str, language: str, path: str) -> None:
    complaints: list[str] = []
    asked: list[str] = []

    def complain(told: Any) -> None:
        if told.type == "error":
            complaints.append(told.text)

    def ask(request: Any) -> None:
        asked.append(request.url)

    screen.on("console", complain)
    screen.on("request", ask)
    told = screen.goto(f"{served}/{language}{path}")
    found = Axe().run(screen).response["violations"]
    screen.remove_listener("console", complain)
    screen.remove_listener("request", ask)
    grave = [
        f"{one['id']}: {one['help']} — {one['nodes'][0]['html'][:200]}"
        for one in found
        if one["impact"] in GRAVE
    ]
    assert grave == []
    expected = [] if told.status == 200 else complaints[:1]
    assert complaints == expected
    assert [url for url in asked if not url.startswith(served)] == []
    assert screen.get_attribute("html", "lang") == language


@pytest.mark.parametrize(("language", "path"), _FRENCH)
def test_a_narrow_screen_needs_no_sideways_scrolling(
    screen: Any, served: str, language: str, path: str
) -> None:
    """WCAG 2.1, criterion 1.4.10: 320 pixels wide."""
    screen.set_viewport_size({"width": 320, "height": 800})
    screen.goto(f"{served}/{language}{path}")
    wide = screen.evaluate("document.documentElement.scrollWidth")
    screen.set_viewport_size({"width": 1280, "height": 900})
    assert wide <= 320


@pytest.mark.parametrize(("language", "path"), _FRENCH)
def test_the_keyboard_reaches_everything_in_the_order_of_the_page(
    screen: Any, served: str, language: str, path: str
) -> None:
    screen.goto(f"{served}/{language}{path}")
    screen.keyboard.press("Tab")
    assert screen.evaluate("document.activeElement.className") == "skip"
    steps = screen.evaluate(_ORDER)
    assert steps == sorted(steps)
    assert len(steps) > 3
    screen.keyboard.press("Enter")
    assert screen.evaluate("document.activeElement.id") == "main"
    screen.keyboard.press("Tab")
    outline = screen.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none"


_ORDER = """() => {
  const all = [...document.querySelectorAll("*")];
  const can = all.filter((one) => one.tabIndex >= 0 && one.getClientRects().length);
  return can.map((one) => one.tabIndex);
}"""


@pytest.mark.parametrize(("language", "path"), _OPEN)
def test_a_page_is_read_without_scripts(
    browser: Any, served: str, language: str, path: str
) -> None:
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(f"{served}/{language}{path}")
    assert plain.locator("h1").count() == 1
    assert plain.locator("main").inner_text().strip()
    text = plain.locator("main").inner_text()
    plain.context.close()
    scripted = browser.new_context().new_page()
    scripted.goto(f"{served}/{language}{path}")
    assert scripted.locator("main").inner_text() == text
    scripted.context.close()


@pytest.mark.parametrize(("language", "path"), _OPEN)
def test_on_paper_there_is_the_content_and_nothing_to_press(
    screen: Any, served: str, language: str, path: str
) -> None:
    screen.goto(f"{served}/{language}{path}")
    screen.emulate_media(media="print")
    try:
        assert screen.locator("h1").is_visible()
        for hidden in ("header.site", "footer", ".skip"):
            assert not screen.locator(hidden).is_visible()
        shown = [one for one in screen.locator("button").all() if one.is_visible()]
        assert shown == []
        assert len(screen.pdf()) > 2000
    finally:
        screen.emulate_media(media="screen")


def test_the_forms_work_without_scripts(browser: Any, filled: Door, served: str) -> None:
    from web.door import PASSWORD

    filled.signed_in("noscript", "curator")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served}/fr/sign-in")
    page.fill("#name", "noscript")
    page.fill("#password", PASSWORD)
    page.locator("main button[type=submit]").last.click()
    page.wait_for_url(f"{served}/fr/")
    assert "noscript" in page.locator("header.site").inner_text()
    page.locator("header.site button").click()
    page.wait_for_url(f"{served}/fr/")
    assert "noscript" not in page.locator("header.site").inner_text()
    context.close()
