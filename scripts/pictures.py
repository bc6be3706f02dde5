"""Rebuild the pictures of the documentation from `make demo` and the example site (English)."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent


@contextmanager
def site() -> Iterator[str]:
    """The example site, served until the pictures are taken."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-u", "-c", "from preuve.cli import main; main()"]
        process = subprocess.Popen(
            [*command, "--lang", "en", "serve", "--folder", folder, "--port", "8765"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert process.stdout is not None
        address = ""
        for line in process.stdout:
            found = re.search(r"http://\S+", line)
            address = found.group(0) if found else address
            if "Ctrl-C" in line:
                break
        try:
            answers(address)
            yield address
        finally:
            process.terminate()
            process.wait()


def answers(address: str) -> None:
    """Wait until the site answers.

    Raises:
        OSError: it does not within a minute.
    """
    for left in reversed(range(120)):
        try:
            urlopen(f"{address}/health").close()
        except OSError:
            if not left:
                raise
            time.sleep(0.5)
        else:
            return


def photograph_site(page: Any, images: Path) -> None:
    """The obligations of a system, and the search of the catalogue."""
    with site() as address:
        page.set_viewport_size({"width": 1100, "height": 1000})
        for name, path in (
            ("obligations", "/en/register/lecteur-thorax/obligations?role=deployer&on=2027-12-02"),
            ("catalogue", "/en/catalogue"),
        ):
            page.goto(address + path, wait_until="load")
            page.screenshot(path=images / f"{name}.png")


def main() -> None:
    """Photograph the findings, hospitals, the closure's maps, the appraisal, the site."""
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
        photograph_site(page, images)
        browser.close()


if __name__ == "__main__":
    main()
