"""The fingerprint of a fold: equal for equal code in every process and run, another one for other code.

It covers the bytecode, constants, defaults and closures of a function; the functions, classes and constants
of its own module that it refers to, and theirs in turn; the state it begins with and the shape of the state's
type. It does not see comments, blank lines or line numbers. What comes from another module counts by its name
only, and Python's version counts too, because the bytecode is its own.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import partial
from hashlib import sha256
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

PLAIN = (bool, int, float, complex, str, bytes, type(None), type(...))
GROUPS = (tuple, list, set, frozenset, Mapping)
GENERATED = "<string>"
"""The file name of the methods that `dataclass` writes: they follow from the fields."""


class Fingerprint:
    """The fingerprint of a function that folds, with its first state and its type of state."""

    def __init__(self, evolve: Callable[..., Any], initial: object, state: object) -> None:
        self._covered = (evolve, initial, state)
        self._home = getattr(evolve, "__module__", None)
        self._met: dict[int, int] = {}
        self._seen: list[tuple[dict[str, Any], str, object]] = []
        self._digest = b""

    def now(self) -> bytes:
        """The fingerprint; taken anew if a name that the code refers to means something else since."""
        if not self._digest or any(names.get(name) is not value for names, name, value in self._seen):
            self._met, self._seen = {}, []
            self._digest = sha256("\n".join(self._told(self._covered)).encode()).digest()
        return self._digest

    def _told(self, value: object) -> Iterator[str]:
        """A value, line by line, without anything that differs from one run to the next."""
        if isinstance(value, Enum):
            yield f"{_name(type(value))}.{value.name}"
        elif isinstance(value, PLAIN):
            yield f"{type(value).__name__} {value!r}"
        elif isinstance(value, GROUPS):
            yield from self._told_parts(value)
        elif isinstance(value, ModuleType):
            yield value.__name__
        else:
            yield from self._told_once(value)

    def _told_parts(self, value: Any) -> Iterator[str]:
        yield f"{type(value).__name__} of {len(value)}"
        parts = value.items() if isinstance(value, Mapping) else value
        for part in sorted(parts, key=repr) if isinstance(parts, (set, frozenset)) else parts:
            yield from self._told(part)

    def _told_once(self, value: Any) -> Iterator[str]:
        """What can be met again; it is the same then as here."""
        if id(value) in self._met:
            yield f"as {self._met[id(value)]}"
            return
        self._met[id(value)] = len(self._met)
        if isinstance(value, CodeType):
            yield from self._told_code(value)
        elif not isinstance(value, (FunctionType, type)):
            yield from self._told_object(value)
        elif value.__module__ != self._home and not any(value is covered for covered in self._covered):
            yield _name(value)
        elif isinstance(value, FunctionType):
            yield from self._told_function(value)
        else:
            yield from self._told_class(value)

    def _told_function(self, function: FunctionType) -> Iterator[str]:
        yield f"function {_name(function)}"
        for part in (
            function.__code__,
            function.__defaults__,
            function.__kwdefaults__,
            _closed_over(function),
        ):
            yield from self._told(part)
        for name in sorted(_names(function.__code__) & function.__globals__.keys()):
            value = function.__globals__[name]
            self._seen.append((function.__globals__, name, value))
            yield f"where {name} is"
            yield from self._told(value)

    def _told_code(self, code: CodeType) -> Iterator[str]:
        yield f"code {code.co_code.hex()} {code.co_exceptiontable.hex()} {code.co_flags}"
        yield f"{code.co_names} {code.co_varnames} {code.co_freevars}"
        for const in code.co_consts:
            yield from self._told(const)

    def _told_class(self, cls: type) -> Iterator[str]:
        yield f"class {_name(cls)} of {', '.join(map(_name, cls.__bases__))}"
        for name, hint in _hints(cls).items():
            yield f"{name} is a"
            yield from self._told_hint(hint)
        for name, value in sorted(vars(cls).items()):
            method = getattr(value, "fget", None) or getattr(value, "__func__", value)
            written = isinstance(method, FunctionType) and method.__code__.co_filename != GENERATED
            constant = isinstance(value, (*PLAIN, *GROUPS, Enum)) and not name.startswith("_")
            if written or constant:
                yield name
                yield from self._told(method)
        if is_dataclass(cls):
            yield from self._told({f.name: f.default for f in fields(cls) if f.default is not MISSING})

    def _told_hint(self, hint: Any) -> Iterator[str]:
        if isinstance(hint, type) and not typing.get_args(hint):
            yield from self._told_once(hint)
        else:
            yield str(hint)
            for part in typing.get_args(hint):
                yield from self._told_hint(part)

    def _told_object(self, value: Any) -> Iterator[str]:
        yield f"a {_name(type(value))}"
        if isinstance(value, MethodType):
            yield from self._told((value.__func__, value.__self__))
        elif isinstance(value, partial):
            yield from self._told((value.func, value.args, value.keywords))
        else:
            yield from self._told_once(type(value))
            yield re.sub(r" at 0x[0-9a-fA-F]+", "", repr(value))
            yield from self._told(dict(getattr(value, "__dict__", {})))


def _name(value: Any) -> str:
    return f"{value.__module__}.{value.__qualname__}"


def _names(code: CodeType) -> set[str]:
    """The names that code refers to, and those in the functions that are written inside it."""
    inner = [const for const in code.co_consts if isinstance(const, CodeType)]
    return set(code.co_names).union(*map(_names, inner))


def _closed_over(function: FunctionType) -> list[object]:
    """The values of the variables around a function, those that have one by now."""
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
