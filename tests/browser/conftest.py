"""A real browser for the pages that commands write: the fixture `open_page` shows a file in Chromium.

`make test` sees to it that there is a Chromium (tools/set_up_browser.py). Without one these tests fail; they do not skip.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, ViewportSize, sync_playwright

from tools.set_up_browser import candidates

PHONE = ViewportSize(width=360, height=740)
DESKTOP = ViewportSize(width=1280, height=900)

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window, one for all tests of a worker."""
    with sync_playwright() as playwright:
        for path in candidates():
            try:
                started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            except Error:
                continue
            yield started
            started.close()
            return
    pytest.fail("no Chromium starts here; run `python tools/set_up_browser.py`")


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens a file: `open_page(path, viewport=PHONE, color_scheme="dark")`.

    The page may ask for nothing but itself, and neither a script's error nor a message on the console passes unseen: the test
    fails at its end with what was asked for or said.
    """
    wrong: list[str] = []
    contexts = []

    def show(path: Path, *, viewport: ViewportSize = DESKTOP, color_scheme: str = "light") -> Page:
        context = browser.new_context(viewport=viewport, color_scheme="dark" if color_scheme == "dark" else "light")
        contexts.append(context)
        page = context.new_page()
        address = path.resolve().as_uri()
        page.on("request", lambda request: wrong.append(request.url) if _is_outside(request.url, address) else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda message: wrong.append(message.text))
        page.goto(address)
        return page

    yield show
    for context in contexts:
        context.close()
    assert not wrong, wrong


def _is_outside(url: str, address: str) -> bool:
    return url.partition("#")[0] != address and not url.startswith("data:")
