"""What a check's threads cannot do: print without end, wait for `input`, end the kernel.

Methods are shadowed on the objects themselves (`sys.stdout.write`, not `sys.stdout`), so that a reference
that a logging handler holds is limited too. Each shadow passes on what other threads do: if one is left
behind, nothing is lost. Read `runner.py` next.
"""

from __future__ import annotations

import builtins
import getpass
import inspect
import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn

from workbench.classroom.running import Running, current, known, payer, registered

_LOCK = threading.RLock()


class NoInput(Exception):
    """The participant's code called `input` while it was checked."""


@contextmanager
def stage() -> Iterator[Running]:
    """Register a check and limit its threads: what they show, `input`, and ending the kernel."""
    figures = _figures()
    with registered() as running:
        try:
            with _LOCK:
                _put_up()
            yield running
        finally:
            running.end()
            with _LOCK:
                _take_down(_SHADOWS if not known() else [])
                _close_figures(figures)


def this_shell() -> Any:
    """Return IPython's shell, or None outside of IPython."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def is_kernel(shell: Any) -> bool:
    """Return whether the shell is that of a notebook: not a terminal's, not a test's."""
    return hasattr(shell, "kernel")


class _Shadow:
    """A method of one object that is replaced, on this object alone, until `remove`."""

    def __init__(self, owner: Any, name: str, make: Callable[[Any], Any]) -> None:
        self._owner, self._name = owner, name
        self._own = vars(owner).get(name)
        self._shadow = make(getattr(owner, name))
        setattr(owner, name, self._shadow)

    def covers(self, owner: Any, name: str) -> bool:
        """Return whether this shadow is still in place on that method."""
        return self._owner is owner and self._name == name and self.is_there()

    def remove(self) -> None:
        """Put back what was there, unless somebody else has replaced it since."""
        if self.is_there() and self._own is None:
            delattr(self._owner, self._name)
        elif self.is_there():
            setattr(self._owner, self._name, self._own)

    def is_there(self) -> bool:
        """Return whether nobody else has replaced the method since."""
        return vars(self._owner).get(self._name) is self._shadow


_SHADOWS: list[_Shadow] = []


def _put_up() -> None:
    _SHADOWS[:] = [one for one in _SHADOWS if one.is_there()]
    shell = this_shell()
    publisher = getattr(shell, "display_pub", None)
    for owner, name, make in (
        (sys.stdout, "write", _writes),
        (sys.stderr, "write", _writes),
        (publisher, "publish", _publishes),
        (publisher, "clear_output", _clears),
        (shell, "ask_exit", _exits),
        (builtins, "input", _reads),
        (getpass, "getpass", _reads),
    ):
        if hasattr(owner, name) and not any(one.covers(owner, name) for one in _SHADOWS):
            with suppress(AttributeError, TypeError):  # an object that takes no attributes
                _SHADOWS.append(_Shadow(owner, name, make))


def _take_down(shadows: list[_Shadow]) -> None:
    for one in reversed(shadows):
        one.remove()
    shadows.clear()


def _writes(original: Callable[[str], Any]) -> Callable[[str], Any]:
    def write(text: str, /) -> Any:
        running = payer()
        if running is None or not isinstance(text, str):
            return original(text)
        _end_if_over(running)
        if kept := running.allowance.text(text):
            original(kept)
        return len(text)

    return write


def _publishes(original: Callable[..., Any]) -> Callable[..., Any]:
    def publish(data: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        running = payer()
        if running is not None:
            _end_if_over(running)
            data = running.allowance.output(data)
        if data or running is None:
            original(data, *args, **kwargs)

    return publish


def _clears(original: Callable[..., Any]) -> Callable[..., Any]:
    def clear_output(*args: Any, **kwargs: Any) -> None:
        if payer() is None:
            original(*args, **kwargs)

    return clear_output


def _exits(original: Callable[[], Any]) -> Callable[[], Any]:
    def ask_exit() -> Any:
        if current() is not None:  # `quit()` or `exit()` in the answer
            raise SystemExit
        return original()

    return ask_exit


def _reads(original: Callable[..., str]) -> Callable[..., str]:
    def read(*args: Any, **kwargs: Any) -> str:
        return original(*args, **kwargs) if current() is None else _no_input()

    return read


def _no_input() -> NoReturn:
    raise NoInput("input() was called")


def _end_if_over(running: Running) -> None:
    """End a thread that shows something after its check; one that goes on all the same never returns.

    Slowing it down would not do: IPython puts its own `write` back after each cell, without our shadow. A
    thread that logs holds the lock of a handler, so it must return.
    """
    if not running.over:
        return
    thread = threading.current_thread()
    if thread in running.ended and not _is_logging():
        running.sleeping.add(thread)
        running.has_put_to_sleep.set()
        while True:
            time.sleep(3600)
    running.ended.add(thread)
    raise SystemExit


def _is_logging() -> bool:
    frame = inspect.currentframe()
    while frame is not None and frame.f_code.co_filename != logging.__file__:
        frame = frame.f_back
    return frame is not None


def _figures() -> set[int]:
    pyplot = sys.modules.get("matplotlib.pyplot")
    return set(pyplot.get_fignums()) if pyplot else set()


def _close_figures(before: set[int]) -> None:
    """Close figures that the check left open; the notebook would show each of them after the cell."""
    for number in _figures() - before:
        sys.modules["matplotlib.pyplot"].close(number)
