"""Shorten the traceback of a library's error to the participant's own lines and the message.

`%tb` shows the whole traceback, including the library's own lines.
"""

from __future__ import annotations

import linecache
from traceback import format_exception_only, walk_tb
from typing import Any

from workbench.classroom.stage import this_shell
from workshop_lib.events import WorkshopError

OURS = ("workshop_lib.", "workbench.", "exercises.checks.")
"""Prefixes of the names of our modules; no module of a participant has them."""
MOST = 6
"""How many of the participant's lines are shown at most; a recursive function has more."""
LED_TO = "That led to:"
WHOLE = "The whole traceback: %tb"


def install(shell: Any = None) -> None:
    """Shorten the traceback of each `WorkshopError` in this kernel, if there is one."""
    shell = shell or this_shell()
    if shell is not None:
        shell.set_custom_exc((WorkshopError,), _show)


def _show(shell: Any, kind: type, error: Any, trace: Any, tb_offset: int | None = None) -> None:
    """Show the error through IPython's `showtraceback`, so that `%tb` still works."""
    error._render_traceback_ = lambda: formatted(shell, error)
    try:
        shell.showtraceback((kind, error, trace))
    finally:
        del error._render_traceback_


def formatted(shell: Any, error: BaseException) -> list[str]:
    """Return the lines of an error, after those of its causes that came through the participant's code."""
    chain = [one for one in _causes(error) if one is error or _own_lines(shell, one)]
    lines: list[str] = []
    for one in reversed(chain):
        message = "".join(format_exception_only(one)).rstrip().removeprefix(f"{type(one).__module__}.")
        own = _own_lines(shell, one)
        lines += [*own, *([""] if own else []), *message.splitlines(), "", LED_TO, ""]
    return [*lines[:-2], WHOLE]


def _causes(error: BaseException) -> list[BaseException]:
    """Return the error and the chain of its causes."""
    chain: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and not any(one is known for known in chain):
        chain.append(one)
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return chain


def _own_lines(shell: Any, error: BaseException) -> list[str]:
    """Return the lines of the notebook's cells in the error's traceback, with their text."""
    places = [
        (frame.f_code, line)
        for frame, line in walk_tb(error.__traceback__)
        if frame.f_globals is shell.user_global_ns and frame.f_code.co_filename != "<string>"
    ]
    left_out = ["…"] if len(places) > MOST else []
    return left_out + [text for code, line in places[-MOST:] for text in _place(shell, code, line)]


def _place(shell: Any, code: Any, line: int) -> list[str]:
    """Return the place of one line of a cell, and its text."""
    cell = " ".join(shell.compile.format_code_name(code.co_filename) or [code.co_filename])
    where = "" if code.co_name.startswith("<") else f", in {code.co_name}"
    return [f"{cell}, line {line}{where}", f"    {linecache.getline(code.co_filename, line).strip()}"]
