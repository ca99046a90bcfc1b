"""An error of the library as a participant reads it: their own lines, then the sentence.

The steps in between are the library's; `%tb` shows them, as ever. Read `participant.py` first.
"""

from __future__ import annotations

import linecache
import sys
from traceback import format_exception_only, walk_tb
from typing import Any

from workshop_lib.events import WorkshopError

OURS = ("workshop_lib.", "workbench.", "exercises.checks.")
"""The beginnings of the names of our modules; what a participant writes is called otherwise."""
MOST = 6
"""How many of the participant's lines are shown; a function that calls itself has more."""
LED_TO = "That led to:"
WHOLE = "The whole traceback: %tb"


def install(shell: Any = None) -> None:
    """Have this kernel, if there is one, show each `WorkshopError` so."""
    ipython = sys.modules.get("IPython")
    shell = shell or (ipython.get_ipython() if ipython else None)
    if shell is not None:
        shell.set_custom_exc((WorkshopError,), _show)


def _show(shell: Any, kind: type, error: Any, trace: Any, tb_offset: int | None = None) -> None:
    """Show it by IPython's own means, which then knows what `%tb` is to show."""
    error._render_traceback_ = lambda: told(shell, error)
    try:
        shell.showtraceback((kind, error, trace))
    finally:
        del error._render_traceback_


def told(shell: Any, error: BaseException) -> list[str]:
    """The error in lines, and before it those that led to it by way of the participant's code."""
    chain = [one for one in _causes(error) if one is error or _own_lines(shell, one)]
    lines: list[str] = []
    for one in reversed(chain):
        said = "".join(format_exception_only(one)).rstrip().removeprefix(f"{type(one).__module__}.")
        own = _own_lines(shell, one)
        lines += [*own, *([""] if own else []), *said.splitlines(), "", LED_TO, ""]
    return [*lines[:-2], WHOLE]


def _causes(error: BaseException) -> list[BaseException]:
    """The error, what caused it, what caused that, and so on."""
    chain: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and not any(one is known for known in chain):
        chain.append(one)
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return chain


def _own_lines(shell: Any, error: BaseException) -> list[str]:
    """Where in the notebook's cells the error came through, with the text of each line."""
    places = [
        (frame.f_code, line)
        for frame, line in walk_tb(error.__traceback__)
        if frame.f_globals is shell.user_global_ns and frame.f_code.co_filename != "<string>"
    ]
    left_out = ["…"] if len(places) > MOST else []
    return left_out + [text for code, line in places[-MOST:] for text in _place(shell, code, line)]


def _place(shell: Any, code: Any, line: int) -> list[str]:
    """One line of a cell: where it stands and what it says."""
    cell = " ".join(shell.compile.format_code_name(code.co_filename) or [code.co_filename])
    where = "" if code.co_name.startswith("<") else f", in {code.co_name}"
    return [f"{cell}, line {line}{where}", f"    {linecache.getline(code.co_filename, line).strip()}"]
