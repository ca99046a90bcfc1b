"""Take pictures of the workbench in a real Lab: `python -m tests.browser.screenshots FOLDER`, from the root.

With `docs` as the folder, only the pictures of the README are made; with any other folder, pages in both
themes and two sizes, for a person to look at.
"""

from __future__ import annotations

import sys
import tempfile
from io import BytesIO
from pathlib import Path
from shutil import which

from PIL import Image

from tests.browser.lab_page import LabPage
from tests.browser.room import browser_in, lab_in
from tests.browser.test_exercise import CHECK, COUNTS_ALL, EXERCISE, answer
from tests.browser.test_lecture import FIRST, STATE, drag

SIZES = {"laptop": (1280, 720), "projector": (1920, 1080)}
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
STORM = "notebooks/1_2_big_picture_event_storming.ipynb"
SIDE_BAR = "application:toggle-left-area"


def main(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    program = which("chromium") or which("google-chrome") or sys.exit("no chromium on the PATH")
    with tempfile.TemporaryDirectory() as own, lab_in(Path(own)) as served:
        served.reset()
        with browser_in(Path(own) / "profile", program, 2 if folder.name == "docs" else 1) as browser:
            lab = LabPage(browser.new_page(), served.url)
            (for_the_readme if folder.name == "docs" else for_review)(lab, folder)


def for_the_readme(lab: LabPage, folder: Path) -> None:
    """Save the slider on Thursday morning, a storming board, and a wrong answer with its verdict."""
    lab.page.set_viewport_size({"width": 1280, "height": 1000})
    lab.open(STATE)
    lab.page.evaluate(f"hand.run('{SIDE_BAR}')")
    lab.run_all()
    drag(lab.page.locator(".time-slider .track"), 0.1, 0.4975)
    lab.page.mouse.move(5, 5)
    save(lab.page.locator(".time-slider").screenshot(), folder / "time_slider.png")
    lab.open(STORM)
    lab.page.evaluate(f"hand.run('{SIDE_BAR}')")
    lab.run_all()
    wall = lab.cell(lab.place("for question, (x, y, *events)")).locator(".storming-board")
    wall.scroll_into_view_if_needed()
    wall.locator(".note").first.wait_for()
    save(wall.screenshot(), folder / "board.png")
    lab.open(EXERCISE)
    lab.page.evaluate(f"hand.run('{SIDE_BAR}')")
    place = lab.place(CHECK)
    lab.run_above(place - 1)
    answer(lab, COUNTS_ALL)
    save(between(lab, lab.place("## 2 · "), place), folder / "exercise.png")


def between(lab: LabPage, first: int, last: int) -> bytes:
    """Return a picture of the page from one cell to another."""
    lab.page.evaluate("index => hand.choose(index)", last + 1)
    lab.cell(first).scroll_into_view_if_needed()
    lab.cell(last).scroll_into_view_if_needed()
    top, bottom = lab.cell(first).bounding_box(), lab.cell(last).bounding_box()
    assert top
    assert bottom
    clip = {**top, "height": bottom["y"] + bottom["height"] - top["y"]}
    return lab.page.screenshot(clip=clip)  # type: ignore[arg-type]


def save(picture: bytes, file: Path) -> None:
    """Write a picture with 256 colours, a third of the usual size."""
    Image.open(BytesIO(picture)).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(
        file, optimize=True
    )


def for_review(lab: LabPage, folder: Path) -> None:
    """Save lecture and exercise pages in each theme and size."""
    for notebook, shown in ((FIRST, ".event-stepper"), (STATE, ".time-slider"), (EXERCISE, "")):
        lab.open(notebook)
        place = lab.place(CHECK) if notebook == EXERCISE else 0
        if place:
            lab.run_above(place - 1)
            answer(lab, COUNTS_ALL)
        else:
            lab.run_all()
        for theme, name in THEMES.items():
            lab.page.evaluate(
                "theme => jupyterapp.commands.execute('apputils:change-theme', { theme })", name
            )
            for size, (width, height) in SIZES.items():
                lab.page.set_viewport_size({"width": width, "height": height})
                target = lab.page.locator(shown) if shown else lab.cell(place)
                target.scroll_into_view_if_needed()
                lab.page.screenshot(path=folder / f"{Path(notebook).stem}_{bool(place):d}_{theme}_{size}.png")
        lab.page.evaluate(
            "theme => jupyterapp.commands.execute('apputils:change-theme', { theme })", THEMES["light"]
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
