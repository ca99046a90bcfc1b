"""Objects whose methods do what no check expects, and functions and classes that return or raise them."""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from types import FunctionType
from typing import Any
from unittest.mock import ANY, MagicMock

import duckdb
import numpy
import pandas

from tests.exercises.answers import right_answers
from workbench.classroom.running import TimeIsUp
from workbench.classroom.task import TASKS

METHODS = [
    "str",
    "repr",
    "eq",
    "hash",
    "bool",
    "len",
    "iter",
    "format",
    "deepcopy",
    "getattr",
    "lt",
    "sizeof",
]
ERRORS = [ValueError, SystemExit, KeyboardInterrupt]


def raising(error: type[BaseException]) -> Callable[..., Any]:
    def method(*args: object) -> Any:
        raise error("hostile")

    return method


def with_method(name: str, error: type[BaseException], base: type = object) -> Any:
    body = {f"__{name}__": raising(error)}
    if name == "eq":
        body["__hash__"] = base.__hash__
    return type("Hostile", (base,), body)()


def with_class(error: type[BaseException]) -> Any:
    return type("Hostile", (), {"__class__": property(raising(error))})()


class EqualsEverything:
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = object.__hash__


class Chameleon:
    """Has every attribute, can be called and iterated, and compares with everything."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *args: object, **named: object) -> Any:
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter([self])


class Liar:
    __class__ = int  # type: ignore[assignment]


class Metaclass(type):
    @property
    def __name__(cls) -> str:
        raise SystemExit


class Unnamed(metaclass=Metaclass):
    pass


class Silent(Exception):
    def __str__(self) -> str:
        raise SystemExit("no words")


class Crooked(Exception):
    def __str__(self) -> str:
        return "\ud800 broken `text`\n" * 500

    __repr__ = __str__


def closed_relation() -> Any:
    connection = duckdb.connect()
    relation = connection.sql("SELECT 1 AS one")
    connection.close()
    return relation


def closed_connection() -> Any:
    connection = duckdb.connect()
    connection.close()
    return connection


def deep() -> list[Any]:
    value: list[Any] = []
    for _ in range(20_000):
        value = [value]
    return value


def circle() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


VALUES: dict[str, Callable[[], Any]] = {
    **{
        f"{name}-{error.__name__}": lambda name=name, error=error: with_method(name, error)
        for name in METHODS
        for error in ERRORS
    },
    **{f"class-{error.__name__}": lambda error=error: with_class(error) for error in ERRORS},
    **{
        f"{base.__name__}-with-{name}": lambda name=name, base=base: with_method(name, ValueError, base)
        for name in ("eq", "repr", "str", "iter", "len", "hash")
        for base in (str, int, list, dict, set)
        if hasattr(base, f"__{name}__") and not (name == "hash" and base.__hash__ is None)
    },
    "equals-everything": EqualsEverything,
    "two-that-equal-everything": lambda: [EqualsEverything(), EqualsEverything()],
    "a-key-that-equals-everything": lambda: {EqualsEverything(): EqualsEverything()},
    "any": lambda: ANY,
    "mock": MagicMock,
    "chameleon": Chameleon,
    "liar": Liar,
    "unnamed": Unnamed,
    "array": lambda: numpy.array([1, 2, 3]),
    "two-dimensional": lambda: numpy.zeros((2, 2)),
    "not-a-time": lambda: numpy.datetime64("NaT"),
    "signalling-nan": lambda: Decimal("sNaN"),
    "decimal-nan": lambda: Decimal("NaN"),
    "nan": lambda: float("nan"),
    "infinity": lambda: float("inf"),
    "many-digits": lambda: 10**5000,
    "complex": lambda: 1j,
    "closed-relation": closed_relation,
    "closed-connection": closed_connection,
    "deep": deep,
    "circle": circle,
    "surrogate": lambda: "\ud800",
    "surrogates-in-a-list": lambda: ["\udcff", "\ud800"],
    "long-text": lambda: "x" * 3_000_000,
    "many": lambda: list(range(300_000)),
    "endless": itertools.count,
    "generator-that-exits": lambda: (sys.exit() for _ in [1]),
    "int": lambda: int,
    "type": lambda: type,
    "object": object,
    "module": lambda: sys,
    "error": lambda: Silent("x"),
    "crooked-error": lambda: Crooked("x"),
    "error-class": lambda: Silent,
    "not-implemented": lambda: NotImplemented,
    "bytes": lambda: b"\xff\xfe",
    "missing": lambda: pandas.NA,
    "frame": lambda: pandas.DataFrame({"a": [1, numpy.nan], "b": [None, "\ud800"]}),
    "series": lambda: pandas.Series([numpy.nan, 2.0]),
    "frame-of-hostile-cells": lambda: pandas.DataFrame({"a": [with_method("repr", SystemExit)]}),
    "row-of-hostile-values": lambda: [
        (with_method("eq", SystemExit), with_method("repr", KeyboardInterrupt))
    ],
    "map-of-hostile-values": lambda: {"a": with_method("bool", SystemExit), "b": numpy.array([1, 2])},
}


def recurses(*args: object, **named: object) -> Any:
    return recurses(*args, **named)


ERRORS_RAISED: dict[str, Callable[[], BaseException]] = {
    "silent": lambda: Silent("x"),
    "crooked": lambda: Crooked("x"),
    "exit": lambda: SystemExit(3),
    "stop": KeyboardInterrupt,
    "generator-exit": GeneratorExit,
    "stop-iteration": StopIteration,
    "base": lambda: type("Base", (BaseException,), {})("\udcff"),
    "unnamed": lambda: Metaclass("Nameless", (Exception,), {})("x"),
    "memory": MemoryError,
    "cancelled": asyncio.CancelledError,
    "time-is-up": TimeIsUp,
    "group": lambda: BaseExceptionGroup("several", [SystemExit(1), Silent("x")]),
    "many-arguments": lambda: ValueError(*[deep() for _ in range(3)]),
    "assertion": lambda: AssertionError(with_method("repr", SystemExit)),
}


def answers_for(task: str) -> Iterator[tuple[str, tuple[Any, ...]]]:
    """Yield each hostile way to answer a task, with a name: the other places hold a right answer."""
    right = next(one.answers for one in right_answers() if one.task == task)
    for place, name in enumerate(TASKS.find(task).answers):
        for words, hostile in _instead_of(right[place]):
            yield f"{task}/{name}/{words}", (*right[:place], hostile, *right[place + 1 :])


def _instead_of(answer: object) -> Iterator[tuple[str, Any]]:
    for words, make in VALUES.items():
        yield words, Later(make)
        if isinstance(answer, type):
            yield f"methods-return-{words}", Later(lambda make=make: _with_methods(answer, _returning(make)))
        elif callable(answer):
            yield f"returns-{words}", Later(lambda make=make: _returning(make))
    for words, make_error in ERRORS_RAISED.items():
        if isinstance(answer, type):
            yield (
                f"methods-raise-{words}",
                Later(lambda make=make_error: _with_methods(answer, _raising(make))),
            )
        elif callable(answer):
            yield f"raises-{words}", Later(lambda make=make_error: _raising(make))
    if callable(answer):
        yield "recurses", Later(lambda: recurses)


class Later:
    """A hostile object that is made when it is needed."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self.make = make


def _returning(make: Callable[[], Any]) -> Callable[..., Any]:
    return lambda *args, **named: make()


def _raising(make: Callable[[], BaseException]) -> Callable[..., Any]:
    def answer(*args: object, **named: object) -> Any:
        raise make()

    return answer


def _with_methods(answer: type, method: Callable[..., Any]) -> type:
    names = [name for name, one in vars(answer).items() if type(one) is FunctionType and name[:2] != "__"]
    return type(answer.__name__, (answer,), dict.fromkeys(names, method))
