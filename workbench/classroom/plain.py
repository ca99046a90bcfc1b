"""Format values as short text that is the same on every machine and in every run.

Nothing here fails because of a participant's object, whatever its methods do.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from workbench.classroom.running import TimeIsUp

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_BARE_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{8,}")


def shown(value: object, limit: int = 160) -> str:
    """Return the repr of a value without addresses and folders, cut at `limit` characters."""
    return clipped(_text(value, "repr", lambda: _table(value) or repr(value)), limit)


def message_of(error: BaseException, limit: int = 400) -> str:
    """Return the text of an error on one line, without addresses and folders."""
    return clipped(_text(error, "text", lambda: str(error)), limit)


def _text(value: object, what: str, make: Callable[[], str]) -> str:
    """Return a text made from a value; if that raises anything, a text that says so."""
    try:
        return str.__str__(make())
    except TimeIsUp:
        raise
    except BaseException as error:  # a participant's method may raise anything, SystemExit too
        return f"<{type_name(type(value))} whose {what} raises {type_name(type(error))}>"


def type_name(cls: type) -> str:
    """Return a type's own name; a metaclass may define `__name__` in any way."""
    return str(type.__dict__["__name__"].__get__(cls))


def _table(value: object) -> str:
    """Return the kind and size of a DataFrame or Series, "" for anything else: their repr has many lines."""
    if not hasattr(value, "to_numpy"):
        return ""
    rows, columns = len(value), ", ".join(map(str, getattr(value, "columns", ())))  # type: ignore[arg-type]
    size = f"{rows} row{'' if rows == 1 else 's'}"
    return f"a {type(value).__name__} with {size}{f' ({columns})' if columns else ''}"


def scalar(value: Any) -> Any:
    """Return a number from NumPy as Python's own, anything else as it is."""
    from_numpy = type(value).__module__ == "numpy" and getattr(value, "ndim", None) == 0
    return value.item() if from_numpy else value


def clipped(text: str, limit: int = 400) -> str:
    """Return a text without addresses and folders, with `'` for backticks, cut at `limit` characters."""
    return printable(text.replace("`", "'"), limit)


def printable(text: str, limit: int) -> str:
    """Return a text without addresses, folders and lone surrogates, cut at `limit` characters."""
    text = text[: limit + 4000]  # a text of megabytes is not searched to its end
    text = _BARE_ADDRESS.sub("0x…", _ADDRESS.sub("", text))
    for folder in (*_working_folder(), *_folders()):
        text = text.replace(folder, "…")
    if not text.isascii():  # a lone surrogate can be neither shown nor saved
        text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text if len(text) <= limit else text[: limit - 1] + "…"


@cache
def _folders() -> tuple[str, ...]:
    return tuple(_existing(Path.home, lambda: Path(sys.prefix), lambda: Path(tempfile.gettempdir())))


def _working_folder() -> tuple[str, ...]:
    return tuple(_existing(Path.cwd))


def _existing(*finders: Callable[[], Path]) -> Iterator[str]:
    """Yield the folders that can be found and are not a root; there may be no home and no working folder."""
    for find in finders:
        with suppress(OSError, RuntimeError):
            folder = find()
            if len(folder.parts) > 1:
                yield str(folder)


def a(thing: type | str) -> str:
    """Return a type's name with its article: `a list`, `an int`."""
    name = thing if isinstance(thing, str) else type_name(thing)
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def arguments(args: tuple[object, ...], named: dict[str, object]) -> str:
    """Return the arguments of a call as they would be written in code."""
    limit = 240 // max(1, len(args) + len(named))
    return ", ".join(
        [*(shown(one, limit) for one in args), *(f"{k}={shown(v, limit)}" for k, v in named.items())]
    )
