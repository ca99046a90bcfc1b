"""Limit printing and forbid `input` while a check runs the participant's code. Read `runner.py` next."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import Any, NoReturn


class NoInput(Exception):
    """The participant's code called `input` while it was checked."""


class FewLines:
    """A text stream that passes on the first lines, then says once that it leaves out the rest."""

    def __init__(self, stream: Any, lines: int = 20, characters: int = 4000) -> None:
        self._stream, self._lines, self._characters = stream, lines, characters

    def write(self, text: str) -> int:
        """Pass on as much as is still allowed."""
        if self._lines <= 0 or self._characters <= 0:
            return len(text)
        kept = "".join(text.splitlines(keepends=True)[: self._lines])[: self._characters]
        self._lines -= kept.count("\n")
        self._characters -= len(kept)
        self._stream.write(kept)
        if self._lines <= 0 or self._characters <= 0:
            self._stream.write("… the rest of what the check prints is left out\n")
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def stage() -> Iterator[None]:
    """Cut prints short and make `input` raise `NoInput` inside the `with` block."""
    original = builtins.input
    builtins.input = _no_input
    try:
        with redirect_stdout(FewLines(sys.stdout)):
            yield
    finally:
        builtins.input = original


def _no_input(prompt: object = "", /) -> NoReturn:
    raise NoInput("input() was called")
