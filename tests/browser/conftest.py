"""One JupyterLab for all tests of this folder; each test gets a tab and a fresh workspace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from tests.browser.lab_page import LabPage
    from tests.browser.room import Served


@pytest.fixture(scope="session")
def program(require_tool: Callable[..., str]) -> str:
    """The path of the browser; skips if there is none."""
    pytest.importorskip("playwright.sync_api")
    return require_tool("chromium", "google-chrome", "chrome", why="the workbench is tried in a browser")


@pytest.fixture(scope="session")
def served(program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    from tests.browser.room import lab_in

    with lab_in(tmp_path_factory.mktemp("lab")) as served:
        yield served


@pytest.fixture(scope="module")  # its event loop would disturb other modules
def browser(program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    from tests.browser.room import browser_in

    with browser_in(tmp_path_factory.mktemp("profile"), program) as context:
        yield context


@pytest.fixture
def lab(served: Served, browser: BrowserContext) -> Iterator[LabPage]:
    """A participant's tab on a fresh workspace. Fails if the test sends a request to another machine."""
    from tests.browser.lab_page import LabPage

    served.reset()
    page = browser.new_page()
    yield (tab := LabPage(page, served.url))
    page.close()
    assert tab.foreign_requests == []
