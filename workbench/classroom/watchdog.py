"""End a kernel in which a check hangs for good, and say in the next kernel what happened.

Code that never releases the interpreter's lock, such as `max(itertools.count())`, can be stopped neither by
an exception nor by an interrupt. So a file beside the outbox says which check runs, and a timer of Python's
`faulthandler` ends the process if the kernel does not get to run for `PATIENCE` seconds beyond the limit. Its
thread is C code and needs no lock; it writes the line that hangs into the same file. A check that ends
removes the file: one that is found later belongs to a check whose kernel ended.
"""

from __future__ import annotations

import faulthandler
import os
import platform
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import msgspec

from workbench.classroom.origin import is_installed
from workbench.classroom.plain import clipped
from workbench.classroom.task import Task

PATIENCE = 10.0
"""How many seconds after the limit of a check a kernel that cannot run anything else is ended."""

Alive = Callable[[float], None]


class Started(msgspec.Struct, frozen=True):
    """The first line of the file: which check runs in which process."""

    task: str
    chapter: str
    title: str
    notebook: str
    machine: str
    pid: int
    born: float


class Ended(msgspec.Struct, frozen=True):
    """A check whose kernel ended; `hung` if it held the interpreter's lock, `where` is the line that ran."""

    check: Started
    hung: bool
    where: str

    @property
    def seen(self) -> str:
        """Say what happened."""
        if not self.hung:
            return (
                f"The kernel ended while “{self.check.title}” was checked{self._notebook}: "
                "it was restarted, or your code ended it (`os._exit()`, too much memory)."
            )
        where = f" It was at {self.where}." if self.where else ""
        return (
            f"While “{self.check.title}” was checked{self._notebook}, one call did not end and let nothing "
            f"else run, not even the stop button; so the kernel was ended.{where}"
        )

    @property
    def _notebook(self) -> str:
        return f" in `{self.check.notebook}`" if self.check.notebook else ""


class Watchdog:
    """Watches the checks of one kernel; `folder` is where it keeps its file, None if it watches nothing."""

    def __init__(self, folder: Path | None) -> None:
        self._file = folder / f"running-{os.getpid()}.log" if folder else None

    @contextmanager
    def watching(self, task: Task) -> Iterator[Alive]:
        """Watch a check; call the function that it yields every second, with the seconds left."""
        log = self._open(task)
        if log is None:
            yield lambda left: None
            return

        def alive(left: float) -> None:
            with suppress(RuntimeError):  # the system gives no thread: a check without a timer
                faulthandler.dump_traceback_later(max(left, 0) + PATIENCE, exit=True, file=log.fileno())

        alive(task.seconds)  # before the check begins: it may hold the lock from its first step on
        try:
            yield alive
        finally:
            faulthandler.cancel_dump_traceback_later()
            log.close()
            self._remove()

    def _open(self, task: Task) -> BinaryIO | None:
        """Note in the file that this check runs; None where nothing is watched or nothing can be written."""
        if self._file is None:
            return None
        try:
            log = self._file.open("w+b", buffering=0)
            log.write(msgspec.json.encode(_started(task)) + b"\n")
        except OSError:
            self._remove()
            return None
        return log

    def _remove(self) -> None:
        with suppress(OSError):
            (self._file or Path()).unlink()

    def ended(self) -> list[Ended]:
        """Return the checks whose kernels ended, and remove their files."""
        files = self._file.parent.glob("running-*.log") if self._file else ()
        return [one for file in sorted(files) if (one := _taken(file)) is not None]


def _started(task: Task) -> Started:
    notebook = Path(os.environ.get("JPY_SESSION_NAME", "")).name
    return Started(
        task.name, task.chapter, task.title, notebook, platform.node(), os.getpid(), _born(os.getpid())
    )


def _born(pid: int) -> float:
    """Return when a process started; 0 if it has ended or `psutil`, a part of ipykernel, is missing."""
    try:
        import psutil

        return float(psutil.Process(pid).create_time())
    except Exception:  # psutil's own errors, or no psutil
        return 0.0


def _taken(file: Path) -> Ended | None:
    """Return what a file says about a kernel that ended, and remove it; None if its check may still run."""
    try:
        first, _, trace = file.read_text("utf-8", "replace").partition("\n")
        check = msgspec.json.decode(first, type=Started)
    except (OSError, msgspec.MsgspecError):
        return None
    may_be_alive = not check.born or abs(_born(check.pid) - check.born) < 2
    if check.machine != platform.node() or may_be_alive:
        return None
    try:
        file.unlink()
    except OSError:  # taken by another kernel
        return None
    return Ended(check, trace.startswith("Timeout"), _place(trace))


def _place(trace: str) -> str:
    """Return the participant's line that ran last, from a dump of all threads."""
    thread = next((part for part in trace.split("\n\n") if "in _find" in part), "")
    for file, line, name in re.findall(r'File "([^"]*)", line (\d+) in (.*)', thread):
        if not is_installed(file):
            return f"line {line} of `{clipped(name, 60)}`"
    return ""
