"""Pictures are drawn without a screen; widgets run in a real browser with a model that is a dictionary."""

from __future__ import annotations

import base64
import inspect
import tempfile
from pathlib import Path

import pytest

from tests.browser.room import FLAGS

FAKE_MODEL = """
window.makeModel = (state) => {
  const listeners = new Set();
  return { saves: 0, get: (name) => state[name],
    set(name, value) { state[name] = value; listeners.forEach((act) => act()); },
    save_changes() { this.saves += 1; },
    on: (_, act) => listeners.add(act), off: (_, act) => listeners.delete(act), listeners };
};
"""
OPEN = """
async ([state, bytes, module]) => {
  for (const name in bytes) {
    state[name] = new DataView(Uint8Array.from(atob(bytes[name]), (sign) => sign.charCodeAt(0)).buffer);
  }
  window.model = makeModel(state);
  const { default: widget } = await import("data:text/javascript;base64," + module);
  window.open = (id) => {
    const el = document.body.appendChild(document.createElement("div"));
    el.id = id;
    return widget.render({ model, el });
  };
  window.close = open("one");
}
"""


@pytest.fixture(autouse=True)
def _no_screen():
    import matplotlib

    matplotlib.use("Agg")
    yield
    from matplotlib import pyplot

    pyplot.close("all")


@pytest.fixture(scope="module")
def browser(require_tool):
    """An offline browser with its own profile."""
    program = require_tool("chromium", "google-chrome", "chrome", why="the slider is tried in a browser")
    playwright = pytest.importorskip("playwright.sync_api")
    with tempfile.TemporaryDirectory() as profile, playwright.sync_playwright() as play:
        context = play.chromium.launch_persistent_context(
            profile,
            executable_path=program,
            args=FLAGS,
            offline=True,
            viewport={"width": 1280, "height": 720},
        )
        yield context
        context.close()


@pytest.fixture
def open_widget(browser):
    """Open a widget's files in an empty page with the given traits; `window.model` is the model."""
    pages = []

    def open_widget(widget, *traits, **bytes_traits):
        source = Path(inspect.getfile(type(widget)))
        pages.append(page := browser.new_page())
        page.set_content(f"<style>{source.with_suffix('.css').read_text(encoding='utf-8')}</style>")
        page.evaluate(FAKE_MODEL)
        state = {name: getattr(widget, name) for name in traits}
        data = {name: base64.b64encode(value).decode() for name, value in bytes_traits.items()}
        module = base64.b64encode(source.with_suffix(".js").read_bytes()).decode()
        page.evaluate(OPEN, [state, data, module])
        return page

    yield open_widget
    for page in pages:
        page.close()


def set_theme(page, paper, ink):
    """Set the two colours of a JupyterLab theme that the widgets use."""
    page.evaluate(
        """([paper, ink]) => { for (const [name, value] of [["--jp-layout-color0", paper],
          ["--jp-content-font-color0", ink]]) document.documentElement.style.setProperty(name, value); }""",
        [paper, ink],
    )


def contrast(page, one, other):
    """Return the contrast of two colours as WCAG defines it, with the browser's colours of one pixel."""
    rows = page.evaluate(
        """(colours) => colours.map((colour) => {
          const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
          pen.fillStyle = colour;
          pen.fillRect(0, 0, 1, 1);
          return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
        })""",
        [one, other],
    )
    bright, dark = sorted((luminance(row) for row in rows), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(row):
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (x / 255 for x in row)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
