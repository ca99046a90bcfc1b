"""Messages that say why an event cannot be recorded: which value does not fit its type, and which would.

Used by `codec.py` and `store/memory.py`.
"""

from __future__ import annotations

import difflib
import re
import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from workshop_lib.events import NaiveDatetime, shortened

FEW = 12
"""The number of enum members that a message lists; of larger enums it lists similar names."""


def mismatch(event: object, error: Exception) -> str:
    """Say which value does not fit its type; for an enum also list its members."""
    said = f"Its data does not fit its type: {error}."
    found = re.match(r"Invalid enum value (.+) - at `\$(.+)`$", str(error))
    choice = found and _choice(type(event), re.findall(r"\.(\w+)", found[2]))
    return f"{said} {_offered(choice, found[1])}" if found and choice else said


def _offered(choice: Any, given: str) -> str:
    """List the values of an enum (or `Literal`) for which something else was given."""
    name = choice.__name__ if isinstance(choice, type) else ""
    words = list(choice.__members__) if name else list(map(repr, typing.get_args(choice)))
    known = {word.lower(): word for word in words}
    near = [known[word] for word in difflib.get_close_matches(given.lower(), known)]
    listed = words if len(words) <= FEW else [*(near or words[:FEW]), "…"]
    meant = " Did you mean " + f"{name}.{near[0]}?".lstrip(".") if near else ""
    return f"{name or 'Its type'} has {', '.join(listed)}.{meant}"


def _choice(hint: Any, path: list[str]) -> Any:
    """Return the enum (or `Literal`) of the field at the end of the path, or None."""
    if typing.get_origin(hint) is typing.Literal or (isinstance(hint, type) and issubclass(hint, Enum)):
        return None if path else hint
    parts, rest = typing.get_args(hint), path
    if isinstance(hint, type) and is_dataclass(hint):
        parts, rest = (hints_of(hint) or {}).get(path[0], ()) if path else (), path[1:]
    return next(filter(None, (_choice(part, rest) for part in parts)), None)


def difference(event: Any, back: Any) -> str:
    """Say which value of an event JSON would change."""
    for field in fields(event) if is_dataclass(event) else ():
        given, returned = getattr(event, field.name), getattr(back, field.name)
        if given != returned:
            there, back_again = shortened(given), shortened(returned)
            return f"Its {field.name} is {there} and would come back from JSON as {back_again}."
    return "It would come back from JSON different."


def require_time_zones(event: object, value: Any, where: str = "") -> None:
    """Require that all times in a value of an event have a zone. Raises `NaiveDatetime`."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise NaiveDatetime(event, where)
    elif is_dataclass(value):
        for field in fields(value):
            require_time_zones(event, getattr(value, field.name), f"{where}.{field.name}".lstrip("."))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            require_time_zones(event, item, f"{where}[{key!r}]")
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            require_time_zones(event, item, where)


def hints_of(cls: type) -> dict[str, tuple[Any, ...]] | None:
    """Return the declared types of each field, or None if they cannot be resolved."""
    try:
        hints = typing.get_type_hints(cls, include_extras=True)
    except NameError:
        return None
    return {field.name: _parts(hints[field.name]) for field in fields(cls)}


def _parts(hint: Any) -> tuple[Any, ...]:
    union = typing.get_origin(hint) in (typing.Union, types.UnionType)
    return typing.get_args(hint) if union else (hint,)
