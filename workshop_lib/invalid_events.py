"""Say why an event cannot be recorded: which value does not fit its type, or would come back different.

Used by `codec.py` and `store/memory.py`.
"""

from __future__ import annotations

import difflib
import re
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any
from uuid import UUID

import msgspec

from workshop_lib.events import REGISTRY, InvalidEvent, NaiveDatetime, shortened
from workshop_lib.frames import names_of, plain

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LEAVES = frozenset({str, int, float, bool, types.NoneType, Decimal, UUID})
"""Types whose values have no parts, and are the same if they are equal."""

FEW = 12
"""The number of enum members that a message lists; of larger enums it lists similar names."""


def mismatch(event: object, error: Exception) -> str:
    """Say which value does not fit its type; for an enum also list its members, for metadata name the key."""
    for key, value in event.items() if isinstance(event, Mapping) else ():
        try:
            msgspec.json.encode({key: value}, enc_hook=plain, order="deterministic")
        except Exception as wrong:
            return f"Its {shortened(key)} is {shortened(value, 60)}, which is not JSON: {wrong}."
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


def json_of(value: Any, cls: type) -> bytes:
    """Encode an event of a class, or metadata, as JSON. Raises `InvalidEvent` if JSON would change it."""
    try:
        text = msgspec.json.encode(value, enc_hook=plain, order="deterministic")
    except Exception as error:
        raise InvalidEvent(value, mismatch(value, error)) from error
    require_unchanged(value, lambda: msgspec.json.decode(text, type=cls))
    return text


def require_unchanged(value: Any, decode: Callable[[], Any]) -> None:
    """Decode an event (or metadata) and require that it is the same. Raises `InvalidEvent`."""
    try:
        back = decode()
        same = content(value, value) == content(back, value)
    except InvalidEvent:
        raise
    except Exception as error:
        raise InvalidEvent(value, _replaced(value) or mismatch(value, error)) from error
    if not same:
        raise InvalidEvent(value, _replaced(value) or _difference(value, back))


def content(value: Any, event: object = None, where: str = "") -> Any:
    """Return what must be equal after a value was written and read: the instant of a time, and every field of
    an object, even those that its `__eq__` ignores. Raises `NaiveDatetime` for a time in an event.
    """
    if type(value) in LEAVES:
        return value
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            return value - EPOCH
        if event is not None:
            raise NaiveDatetime(event, where)
    cls: type = type(value)
    home, names = _parts_of(cls)
    if names:
        place = where and f"{where}."
        return (home, *[content(getattr(value, name), event, place + name) for name in names])
    if isinstance(value, Mapping):
        pairs = value.items()
        return {content(key, event, where): content(item, event, f"{where}[{key!r}]") for key, item in pairs}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = [content(item, event, where) for item in value]
        return items if isinstance(value, list) else tuple(items) if isinstance(value, tuple) else set(items)
    return value


@lru_cache(1_000)
def _parts_of(cls: type) -> tuple[str, tuple[str, ...]]:
    """Return where a class is defined, and the names of its fields."""
    return f"{cls.__module__}.{cls.__qualname__}", tuple(names_of(cls) or ())


def _difference(value: Any, back: Any) -> str:
    """Say which field of an event, or which key of metadata, JSON would change."""
    given, returned = (
        one if isinstance(one, Mapping) else {name: getattr(one, name) for name in names_of(one) or ()}
        for one in (value, back)
    )
    for name, item in given.items():
        if name not in returned or content(item, value) != content(returned[name], value):
            there = shortened(returned.get(name))
            return f"Its {name} is {shortened(item)} and would come back from JSON as {there}."
    return "It would come back from JSON different."


def _replaced(event: object) -> str:
    """Say that the class of an event was defined again since the event was made, or nothing."""
    kind = REGISTRY.of_class(type(event))
    again = "Its class was defined again since, with other fields. Make it from the new class."
    return again if kind and kind.cls is not type(event) else ""


def hints_of(cls: type) -> dict[str, tuple[Any, ...]] | None:
    """Return the declared types of each field, or None if they cannot be resolved."""
    try:
        hints = typing.get_type_hints(cls, include_extras=True)
    except Exception:  # a name that is not defined, for example
        return None
    return {field.name: _parts(hints[field.name]) for field in fields(cls)}


def _parts(hint: Any) -> tuple[Any, ...]:
    union = typing.get_origin(hint) in (typing.Union, types.UnionType)
    return typing.get_args(hint) if union else (hint,)
