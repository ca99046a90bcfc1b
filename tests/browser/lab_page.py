"""Control JupyterLab in a browser: open notebooks, type, run cells, read what they show.

Clicks and typing go through mouse and keyboard; everything else uses Lab's own API, which
`--LabApp.expose_app_in_browser=True` exposes as `window.jupyterapp`.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, WebSocket

SECONDS = 1000
OF_LAB = """
window.hand = {
  panel: () => window.jupyterapp.shell.currentWidget,
  cells: () => hand.panel().content.widgets,
  kernel: () => hand.panel().sessionContext,
  showing: (path) => hand.panel()?.context?.path === path && hand.panel().context.isReady
    && hand.kernel().isReady && hand.kernel().kernelDisplayStatus === "idle",
  shown: (index) => hand.cells()[index].model.outputs.toJSON(),
  run: (command) => window.jupyterapp.commands.execute(command),
  choose(index) {
    hand.panel().content.deselectAll();
    hand.panel().content.activeCellIndex = index;
    hand.panel().content.mode = "command";
  },
};
"""


class LabPage:
    """One browser tab with Lab in it; `requests` holds the addresses that it requested."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self._url = page, url
        self.requests: list[str] = []
        page.set_default_timeout(30 * SECONDS)
        page.add_init_script(OF_LAB)
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("websocket", self._note_socket)

    def _note_socket(self, socket: WebSocket) -> None:
        self.requests.append(socket.url)

    @property
    def foreign_requests(self) -> list[str]:
        """The requests to other machines."""
        addresses = [(urlsplit(one).scheme, urlsplit(one).hostname, one) for one in self.requests]
        return [
            one for scheme, host, one in addresses if scheme not in ("data", "blob") and host != "127.0.0.1"
        ]

    def enter(self) -> None:
        """Open the printed address unchanged."""
        self.page.goto(self._url)
        self._wait_for(urlsplit(self._url).path.removeprefix("/lab/tree/"))

    def open(self, notebook: str) -> None:
        """Open a notebook of the workspace, with nothing else on the page."""
        address = urlsplit(self._url)
        self.page.goto(
            address._replace(path=f"/lab/tree/{notebook}", query=f"reset&{address.query}").geturl()
        )
        self._wait_for(notebook)

    def _wait_for(self, notebook: str) -> None:
        self.page.wait_for_function("path => window.jupyterapp?.shell && hand.showing(path)", arg=notebook)

    def run_all(self) -> None:
        """Run all cells and wait until the last has ended."""
        self.page.evaluate("hand.run('notebook:run-all-cells')")

    def run_above(self, index: int) -> None:
        """Run all cells above this one and wait until they have ended."""
        self.page.evaluate(
            "index => { hand.choose(index); return hand.run('notebook:run-all-above'); }", index
        )

    def restart(self) -> None:
        """Restart the kernel and confirm the dialog."""
        self.page.evaluate("() => { hand.run('kernelmenu:restart'); }")
        self.page.locator(".jp-Dialog button.jp-mod-accept").click()
        self.page.locator(".jp-Dialog").wait_for(state="detached")
        self.page.wait_for_function("hand.kernel().isReady && hand.kernel().kernelDisplayStatus === 'idle'")

    def sources(self) -> list[str]:
        """Return the source of each cell."""
        sources: list[str] = self.page.evaluate("hand.cells().map(cell => cell.model.sharedModel.source)")
        return sources

    def place(self, text: str) -> int:
        """Return the index of the only cell with this text."""
        [found] = [index for index, source in enumerate(self.sources()) if text in source]
        return found

    def run(self, index: int) -> str:
        """Run one cell, wait for its end, and return its last output as plain text."""
        self.page.evaluate("index => { hand.choose(index); return hand.run('notebook:run-cell'); }", index)
        return self.text(index)

    def write(self, index: int, source: str) -> None:
        """Replace the source of a cell by typing."""
        self.page.evaluate("index => hand.choose(index)", index)
        self.cell(index).locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(source)

    def wait_until_saved(self) -> None:
        """Wait for the autosave."""
        self.page.wait_for_function("!hand.panel().context.model.dirty")

    def text(self, index: int) -> str:
        """Return the last output of a cell as plain text."""
        return ([""] + [_text(one) for one in self._outputs(index)])[-1]

    def errors(self) -> list[str]:
        """Return the errors that the notebook's cells show."""
        count = len(self.sources())
        outputs = [one for index in range(count) for one in self._outputs(index)]
        return [_text(one) for one in outputs if one["output_type"] == "error" or one.get("name") == "stderr"]

    def unfinished(self) -> list[int]:
        """Return the indices of the code cells that have not run."""
        cells = (
            "hand.cells().map((cell, i) => cell.model.type === 'code' && !cell.model.executionCount ? i : -1)"
        )
        return [index for index in self.page.evaluate(cells) if index >= 0]

    def _outputs(self, index: int) -> list[dict[str, Any]]:
        outputs: list[dict[str, Any]] = self.page.evaluate(
            "index => hand.cells()[index].model.type === 'code' ? hand.shown(index) : []", index
        )
        return outputs

    def cell(self, index: int) -> Locator:
        """Return the cell's element in the notebook in front."""
        panel = self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
        return panel.locator(f'.jp-Notebook .jp-Cell[data-windowed-list-index="{index}"]')


def _text(output: dict[str, Any]) -> str:
    data = output.get("data", {})
    text = data.get("text/plain", output.get("text", output.get("traceback", "")))
    return "\n".join(text) if isinstance(text, list) else str(text)
