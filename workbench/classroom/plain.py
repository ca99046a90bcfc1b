"""Format values as short text that is the same on every machine and in every run."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path
from typing import Any


def shown(value: object, limit: int = 160) -> str:
    """Return the repr of a value without addresses and folders, cut at `limit` characters."""
    try:
        text = _table(value) or repr(value)
    except Exception as error:  # a participant's __repr__ may raise anything
        text = f"<{type(value).__name__} whose repr raises {type(error).__name__}>"
    return clipped(text, limit)


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
    text = re.sub(r" at 0x[0-9a-fA-F]+", "", text).replace("`", "'")
    for folder in (Path.cwd(), Path.home(), Path(sys.prefix), Path(tempfile.gettempdir())):
        if len(folder.parts) > 1:
            text = text.replace(str(folder), "…")
    return text if len(text) <= limit else text[: limit - 1] + "…"


def a(thing: type | str) -> str:
    """Return a type's name with its article: `a list`, `an int`."""
    name = thing if isinstance(thing, str) else thing.__name__
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def arguments(args: tuple[object, ...], named: dict[str, object]) -> str:
    """Return the arguments of a call as they would be written in code."""
    limit = 240 // max(1, len(args) + len(named))
    return ", ".join(
        [*(shown(one, limit) for one in args), *(f"{k}={shown(v, limit)}" for k, v in named.items())]
    )
