"""Compute the fingerprint of a fold: the same for the same code in every process, different for other code.

It covers the bytecode, constants, defaults and closures of a function; the functions, classes and constants
of its own module that it refers to, and those that they refer to; the initial state and the fields of the
state's type. Comments, blank lines and line numbers do not count. Names from other modules count, their code
does not. The version of Python counts, because each has its own bytecode.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import partial
from hashlib import sha256
from itertools import chain
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

PLAIN = (bool, int, float, complex, str, bytes, type(None), type(...))
GROUPS = (tuple, list, set, frozenset, Mapping)
GENERATED = "<string>"
"""The file name of methods that `dataclass` generates; the fields stand for them."""


class Fingerprint:
    """The fingerprint of an `evolve` function, its initial state and its type of state."""

    def __init__(self, evolve: Callable[..., Any], initial: object, state: object) -> None:
        self._covered = (evolve, initial, state)
        self._home = getattr(evolve, "__module__", None)
        self._met: dict[int, int] = {}
        self._seen: list[tuple[dict[str, Any], str, object]] = []
        self._digest = b""

    def now(self) -> bytes:
        """Return the fingerprint; compute it again if a name in the code now refers to another object."""
        if not self._digest or any(names.get(name) is not value for names, name, value in self._seen):
            self._met, self._seen = {}, []
            self._digest = sha256("\n".join(self._lines(self._covered)).encode()).digest()
        return self._digest

    def _lines(self, value: object) -> Iterator[str]:
        """Yield lines that describe a value, without anything that differs between runs."""
        head, *parts = self._once(value)
        yield str(head)
        for part in parts:
            yield from self._lines(part)

    def _once(self, value: Any) -> Iterable[object]:
        """Return a value's own line and its parts; a value that was met before is only a reference."""
        if isinstance(value, Enum):
            return [f"{_name(type(value))}.{value.name}"]
        if isinstance(value, PLAIN):
            return [f"{type(value).__name__} {value!r}"]
        if isinstance(value, ModuleType):
            return [value.__name__]
        if isinstance(value, GROUPS):
            return _parts_of_group(value)
        if typing.get_origin(value):  # a hint, such as list[Reading]
            return [value, *typing.get_args(value)]
        if id(value) in self._met:
            return [f"as {self._met[id(value)]}"]
        self._met[id(value)] = len(self._met)
        if not isinstance(value, (FunctionType, type)):
            return _parts_of_object(value)
        if value.__module__ != self._home and not any(value is covered for covered in self._covered):
            return [_name(value)]
        return self._parts_of_function(value) if isinstance(value, FunctionType) else _parts_of_class(value)

    def _parts_of_function(self, function: FunctionType) -> Iterator[object]:
        names = function.__globals__
        yield f"function {_name(function)}"
        yield from (function.__code__, function.__defaults__, function.__kwdefaults__, _closed_over(function))
        for name in sorted(_names(function.__code__) & names.keys()):
            self._seen.append((names, name, names[name]))
            yield from (name, names[name])


def _parts_of_group(group: Any) -> list[object]:
    parts = chain.from_iterable(group.items()) if isinstance(group, Mapping) else group
    in_order = sorted(parts, key=repr) if isinstance(group, (set, frozenset)) else parts
    return [f"{type(group).__name__} of {len(group)}", *in_order]


def _parts_of_object(value: Any) -> list[object]:
    if isinstance(value, CodeType):
        head = f"code {value.co_code.hex()} {value.co_exceptiontable.hex()} {value.co_flags}"
        return [head, value.co_names, value.co_varnames, value.co_freevars, *value.co_consts]
    if isinstance(value, MethodType):
        return ["a method", value.__func__, value.__self__]
    if isinstance(value, partial):
        return ["a partial", value.func, value.args, value.keywords]
    shown = re.sub(r" at 0x[0-9a-fA-F]+", "", repr(value))
    return [shown, type(value), dict(getattr(value, "__dict__", {}))]


def _parts_of_class(cls: type) -> Iterator[object]:
    yield f"class {_name(cls)} of {', '.join(map(_name, cls.__bases__))}"
    yield _hints(cls)
    for name, value in sorted(vars(cls).items()):
        method = getattr(value, "fget", None) or getattr(value, "__func__", value)
        written = isinstance(method, FunctionType) and method.__code__.co_filename != GENERATED
        constant = isinstance(value, (*PLAIN, *GROUPS, Enum)) and not name.startswith("_")
        if written or constant:
            yield from (name, method)
    if is_dataclass(cls):
        yield {field.name: field.default for field in fields(cls) if field.default is not MISSING}


def _name(value: Any) -> str:
    return f"{value.__module__}.{value.__qualname__}"


def _names(code: CodeType) -> set[str]:
    """Return the names that code refers to, including those in inner functions."""
    inner = [const for const in code.co_consts if isinstance(const, CodeType)]
    return set(code.co_names).union(*map(_names, inner))


def _closed_over(function: FunctionType) -> list[object]:
    """Return the values of a function's closure variables, as far as they are set."""
    values = []
    for cell in function.__closure__ or ():
        with suppress(ValueError):
            values.append(cell.cell_contents)
    return values


def _hints(cls: type) -> dict[str, Any]:
    try:
        return typing.get_type_hints(cls, include_extras=True)
    except NameError:  # a name that only a type checker knows
        return {name: str(hint) for name, hint in vars(cls).get("__annotations__", {}).items()}
