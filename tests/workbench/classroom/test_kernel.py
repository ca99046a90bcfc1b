"""End to end in a real kernel: a solved notebook, its exercise, a participant who edits and checks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from filelock import FileLock
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel

from workbench.classroom import stubs


class Kernel:
    def __init__(self, client: BlockingKernelClient, manager: KernelManager) -> None:
        self._client, self._manager = client, manager

    def is_stopped_during(self, source: str) -> str:
        """Run a cell, press stop once it shows "Still checking", and return what it shows."""

        pressed: list[str] = []

        def press(shown: str) -> None:
            if "Still checking" in shown and not pressed:
                pressed.append(shown)
                self._manager.interrupt_kernel()

        shown = self.runs(source, press)
        assert pressed, "the check never showed that it was still checking"
        return shown

    def ends_during(self, source: str) -> int:
        """Run a cell that ends the kernel's process; return the exit status."""
        self._client.execute(source)
        process = self._manager.provisioner.process
        return process.wait(60)

    def runs(self, source: str, on_output: Callable[[str], object] = str) -> str:
        """Run a cell and return everything that it shows, including errors."""
        shown: list[str] = []

        def keep(message: dict) -> None:
            content = message["content"]
            if message["msg_type"] == "update_display_data":
                shown[:] = [text for text in shown if "Still checking" not in text]
            if "data" in content:
                shown.append(content["data"]["text/plain"])
            shown.extend(filter(None, [content.get("text"), *content.get("traceback", ())]))
            on_output("\n".join(shown))

        reply = self._client.execute_interactive(source, timeout=30, output_hook=keep, allow_stdin=False)
        self.payload = reply["content"].get("payload")
        return "\n".join(shown)


@contextmanager
def kernel(course: Path, notebook: Path, kernel_lock: FileLock) -> Iterator[Kernel]:
    env = {**os.environ, "PYTHONPATH": str(course), "JPY_SESSION_NAME": str(notebook)}
    with kernel_lock:
        manager, client = start_new_kernel(kernel_name="python3", cwd=str(notebook.parent), env=env)
    try:
        yield Kernel(client, manager)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.fixture
def exercise(course: Path) -> nbformat.NotebookNode:
    assert stubs.generate(course) == ["9_1_demo"]
    return nbformat.read(course / "exercises/9_1_demo.ipynb", as_version=4)


def verdicts(notebook: nbformat.NotebookNode) -> list[str]:
    outputs = [one for cell in notebook.cells for one in cell.get("outputs", ())]
    return [one.data["text/plain"].splitlines()[0] for one in outputs if "data" in one]


def test_an_exercise_stores_not_attempted_yet_and_the_solution_passes(course: Path, exercise):
    assert verdicts(exercise) == [
        "○ not attempted yet · Status is a fold",
        "○ not attempted yet · Energy of a session",
    ]
    solved = stubs.executed(nbformat.read(course / "solutions/9_1_demo.ipynb", 4), course / "solutions")
    assert verdicts(solved) == ["✓ solved · Status is a fold", "✓ solved · Energy of a session"]


def test_an_exercise_is_out_of_date_when_its_solution_changed(course: Path, exercise, capsys):
    assert stubs.main(["--check"], course) == 0
    solved = nbformat.read(course / "solutions/9_1_demo.ipynb", 4)
    solved.cells[0].source = "# Another title"
    nbformat.write(solved, course / "solutions/9_1_demo.ipynb")
    assert stubs.main(["--check"], course) == 1
    assert "9_1_demo" in capsys.readouterr().out


def test_a_participant_edits_forgets_to_run_restarts_and_solves(course: Path, exercise, kernel_lock):
    notebook = course / "workspace/9_1_demo.ipynb"
    nbformat.write(exercise, notebook)
    start, gap = exercise.cells[1].source, exercise.cells[2].source
    with kernel(course, notebook, kernel_lock) as first:
        first.runs(start)
        first.runs(gap)
        assert "not attempted yet" in first.runs('check("status_in_the_demo", status_of)')
        exercise.cells[2].source = 'def status_of(events):\n    return "available"'
        nbformat.write(exercise, notebook)
        assert "out of date" in first.runs('check("status_in_the_demo", status_of)')
        first.runs(exercise.cells[2].source)
        assert "✗ not yet" in first.runs('check("status_in_the_demo", status_of)')
        first.runs('reset("status_in_the_demo")')
        assert first.payload[0]["text"] == gap
        assert first.payload[0]["replace"] is False
    with kernel(course, notebook, kernel_lock) as second:
        second.runs(start)
        assert "Last time you were at “Status is a fold”" in second.runs("progress()")
        assert 'return "charging" if' in second.runs('show_solution("status_in_the_demo")')
        assert "Did you mean" in second.runs('check("status_in_demo", 1)')


def test_what_a_check_prints_stays_in_its_cell_and_a_loop_leaves_the_kernel_alive(
    course: Path, exercise, kernel_lock
):
    notebook = course / "workspace/9_1_demo.ipynb"
    with kernel(course, notebook, kernel_lock) as one:
        one.runs(exercise.cells[1].source)
        one.runs('def status_of(events):\n    print("looking")\n    return "available"')
        assert "looking" in one.runs('check("status_in_the_demo", status_of)')
        one.runs("def count():\n    while True: pass")
        assert "a loop that never ends?" in one.runs('check("ends_in_time", count)')
        assert "2" in one.runs("1 + 1")


def test_the_stop_button_ends_a_check_with_one_sentence(course: Path, exercise, kernel_lock):
    with kernel(course, course / "workspace/9_1_demo.ipynb", kernel_lock) as one:
        one.runs(exercise.cells[1].source + "\ndef status_of(events):\n    while True: pass")
        shown = one.is_stopped_during('check("status_in_the_demo", status_of)')
        assert "Still checking" not in shown, "the card stayed after the check had ended"
        assert shown.endswith("You stopped the check. Nothing was recorded; run the cell to check again.")
        assert "Traceback" not in shown


HOLDS_THE_LOCK = [
    "import itertools\ndef count():\n    return max(itertools.count())",
    "def count():\n    return 3 ** 10**8 % 7",
    "import re\ndef count():\n    return re.match('(a+)+b', 'a' * 40)",
]


@pytest.mark.parametrize("hangs", HOLDS_THE_LOCK[:: 1 if os.environ.get("FULL") else 3])
def test_code_that_holds_the_lock_ends_the_kernel_and_the_next_one_says_so(
    course: Path, exercise, kernel_lock, hangs
):
    notebook = course / "workspace/9_1_demo.ipynb"
    start = exercise.cells[1].source
    with kernel(course, notebook, kernel_lock) as first:
        first.runs(f"{start}\nimport workbench.classroom.watchdog\n{hangs}")
        first.runs("workbench.classroom.watchdog.PATIENCE = 0.5")
        assert first.ends_during('check("ends_in_time", count)') == 1
    with kernel(course, notebook, kernel_lock) as second:
        shown = second.runs(start)
        assert shown.startswith("! The kernel ended during a check\nWhile “An endless task” was checked")
        assert "in `9_1_demo.ipynb`, one call did not end" in shown
        assert f"It was at line {len(hangs.splitlines()) + 2} of `count`." in shown
        assert "Nothing is lost" in shown
        assert "“An endless task” in chapter 9.1: an error." in second.runs("progress()")
        assert not list((course / "workspace/.workshop").glob("running-*"))
    with kernel(course, notebook, kernel_lock) as third:
        assert third.runs(start) == ""


def test_an_answer_that_ends_the_process_is_mentioned_by_the_next_kernel(course: Path, exercise, kernel_lock):
    notebook = course / "workspace/9_1_demo.ipynb"
    start = exercise.cells[1].source
    with kernel(course, notebook, kernel_lock) as first:
        first.runs(f"{start}\nimport os\ndef count():\n    os._exit(3)")
        assert first.ends_during('check("ends_in_time", count)') == 3
    with kernel(course, notebook, kernel_lock) as second:
        assert "The kernel ended while “An endless task” was checked" in second.runs(start)
        assert "“An endless task” in chapter 9.1: an error." in second.runs("progress()")


@pytest.mark.parametrize("call", ["quit()", "exit()", "import sys; sys.exit()"])
def test_quit_and_exit_in_an_answer_end_neither_the_kernel_nor_the_check(
    course: Path, exercise, kernel_lock, call
):
    with kernel(course, course / "workspace/9_1_demo.ipynb", kernel_lock) as one:
        one.runs(f"{exercise.cells[1].source}\ndef status_of(events):\n    {call}")
        shown = one.runs('check("status_in_the_demo", status_of)')
        assert "Your code raised `SystemExit` in line" in shown
        assert "It ends the program, here the notebook" in shown
        assert "2" in one.runs("1 + 1")
        assert one.payload == []


FLOOD = """
import logging, sys, warnings
from IPython.display import HTML, display
def status_of(events):
    for number in range(2_000):
        print("error", number, file=sys.stderr)
        logging.error(number)
        warnings.warn(str(number))
        display(HTML(f"<b>{number}</b>"))
    return "available"
"""
PRINTS_FOR_EVER = """
calls = []
def prints():
    while True:
        try:
            calls.append(1)
            print("still here")
        except BaseException:
            pass
def count():
    while True:
        try:
            prints()
        except BaseException:
            pass
"""
KEPT = "len(str(get_ipython().history_manager.outputs)) < 20_000"


def test_everything_that_a_check_shows_has_one_allowance(course: Path, exercise, kernel_lock):
    with kernel(course, course / "workspace/9_1_demo.ipynb", kernel_lock) as one:
        one.runs(exercise.cells[1].source + FLOOD)
        shown = one.runs('check("status_in_the_demo", status_of)')
        assert "✗ not yet" in shown
        assert shown.count("the rest of what the check prints is left out") == 1
        assert len(shown.splitlines()) < 35
        shown = one.runs('for number in range(30):\n    print("out"); display(number)')
        assert shown.count("out") == 30, "a limit was left behind"


def test_a_loop_that_cannot_be_stopped_prints_nothing_more_and_fills_no_memory(
    course: Path, exercise, kernel_lock
):
    with kernel(course, course / "workspace/9_1_demo.ipynb", kernel_lock) as one:
        one.runs(exercise.cells[1].source + PRINTS_FOR_EVER)
        shown = one.runs('check("ends_in_time", count)')
        assert "It could not be stopped: restart the kernel." in shown
        assert len(shown.splitlines()) < 30
        one.runs("before = len(calls)")
        assert "True" in one.runs("import time; time.sleep(0.3); len(calls) == before")
        assert "True" in one.runs(KEPT)


def test_a_check_inside_the_function_asks_about_the_indentation(course: Path, exercise, kernel_lock):
    with kernel(course, course / "workspace/9_1_demo.ipynb", kernel_lock) as one:
        call = 'check("status_in_the_demo", status_of)'
        one.runs(f"{exercise.cells[1].source}\ndef status_of(events):\n    {call}")
        shown = one.runs(call)
        assert f"Is the line `{call.replace('status_of)', '…)')}` indented" in shown
        assert shown.count("\n") < 6, "more than one card"
        assert "1" in one.runs("print(1)")


def test_an_error_of_the_library_is_one_line_of_the_cell_and_one_sentence(
    course: Path, exercise, kernel_lock
):
    with kernel(course, course / "workspace/9_1_demo.ipynb", kernel_lock) as one:
        one.runs(exercise.cells[1].source)
        shown = one.runs('from workshop_lib import open_store\nopen_store().append("", [])').splitlines()
        assert shown[0] == "Cell In[2], line 2"
        assert shown[-1] == "The whole traceback: %tb"
        assert len(shown) == 4
        assert len(one.runs("%tb").splitlines()) > 20
