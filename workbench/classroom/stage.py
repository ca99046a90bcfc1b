"""Where a check runs the participant's code: it may print a little, and it may ask nobody.

Notebooks have one output area and one keyboard; a check uses both sparingly. Read `runner.py` next.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Any, NoReturn


class NoInput(Exception):
    """The participant's code asked for a line from the keyboard while it was checked."""


class FewLines:
    """A text stream that lets the first lines through, and says once that it leaves out the rest."""

    def __init__(self, stream: Any, lines: int = 20, characters: int = 4000) -> None:
        self._stream, self._lines, self._characters = stream, lines, characters

    def write(self, text: str) -> int:
        """Pass on as much as there is room for."""
        if self._lines <= 0 or self._characters <= 0:
            return len(text)
        kept = "".join(text.splitlines(keepends=True)[: self._lines])[: self._characters]
        self._lines -= kept.count("\n")
        self._characters -= len(kept)
        self._stream.write(kept)
        if self._lines <= 0 or self._characters <= 0:
            self._stream.write("… what the check's calls print after this is left out\n")
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def stage() -> Iterator[None]:
    """While this lasts, prints are cut short and `input` raises `NoInput`."""
    asked = builtins.input
    builtins.input = _nobody
    try:
        with redirect_stdout(FewLines(sys.stdout)):
            yield
    finally:
        builtins.input = asked


def _nobody(prompt: object = "", /) -> NoReturn:
    raise NoInput("input() was called")
