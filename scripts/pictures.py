"""Rebuild the pictures of the documentation from the page of `make demo` (English)."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent


def main() -> None:
    """Photograph the top of the page and the chart of all findings."""
    page_file = ROOT / "build" / "demo" / "ecg.en.html"
    images = ROOT / "docs" / "images"
    images.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1120, "height": 1500})
        page.goto(page_file.as_uri())
        top = page.locator("h1").bounding_box()
        end = page.locator("figure").first.bounding_box()
        assert top is not None
        assert end is not None
        page.screenshot(
            path=images / "evidence.png",
            full_page=True,
            clip={"x": 0, "y": 0, "width": 1120, "height": 560},
        )
        page.locator("figure").first.screenshot(path=images / "findings.png")
        page.locator("details figure").first.scroll_into_view_if_needed()
        page.locator("details figure").first.screenshot(path=images / "forest.png")
        browser.close()


if __name__ == "__main__":
    main()
