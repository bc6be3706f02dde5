"""Rebuild the pictures of the documentation from the pages of `make demo` (English)."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent


def main() -> None:
    """Photograph the findings, the hospitals of one, the closure's maps, the appraisal."""
    page_file = ROOT / "build" / "demo" / "ecg.en.html"
    images = ROOT / "docs" / "images"
    images.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 900, "height": 1500})
        page.goto(page_file.as_uri())
        page.locator("figure").first.screenshot(path=images / "findings.png")
        page.locator("details figure").first.screenshot(path=images / "forest.png")
        page.set_viewport_size({"width": 1100, "height": 1500})
        page.goto((ROOT / "build" / "demo" / "twin" / "impact.en.html").as_uri())
        page.locator(".squares").first.screenshot(path=images / "closure.png")
        page.goto((ROOT / "build" / "demo" / "economics" / "appraisal.en.html").as_uri())
        page.locator(".conclusion").first.screenshot(path=images / "appraisal.png")
        browser.close()


if __name__ == "__main__":
    main()
