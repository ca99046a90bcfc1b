"""Errors can be copied and sent to another process: every kind of error of both packages, made for real."""

from __future__ import annotations

import copy
import inspect
import multiprocessing
import pickle
from collections.abc import Iterator
from dataclasses import is_dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import pytest

from tests.code import modules
from workshop_lib.events import InvalidEvent, NotAnEventType, RecordedEvent, StoredEvent, WorkshopError
from workshop_lib.modeling.decider import Refused
from workshop_lib.modeling.timeline import Row
from workshop_lib.store.conflict import Conflict
from workshop_lib.store.contract import SocketPlugged
from workshop_lib.store.errors import OutcomeUnknown, WrongExpectedVersion

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PLUGGED = RecordedEvent(SocketPlugged("7"), "SocketPlugged", 1, "socket-7", 1, 1, UUID(int=1), NOON, NOON)
TAKEN = WrongExpectedVersion("socket-7", 0, 1, [PLUGGED])

VALUES: dict[object, Any] = {
    object: SocketPlugged("7"),
    str: "socket-7",
    int: 7,
    UUID: UUID(int=7),
    Path: Path("network.duckdb"),
    Any: PLUGGED,
    StoredEvent: PLUGGED,
    RecordedEvent: PLUGGED,
    Refused: Refused("a session is stopped only once"),
    WrongExpectedVersion: TAKEN,
    Row: Row("When", "+", "decided", "SocketPlugged (socket 7)"),
    Conflict: Conflict("socket-7", "version", 0, 1, (PLUGGED,), (), TAKEN),
}
"""A value for each type of argument; others are made of these."""


def errors(base: type[WorkshopError] = WorkshopError) -> Iterator[type[WorkshopError]]:
    """Yield every kind of error of both packages."""
    for kind in base.__subclasses__():
        if kind.__module__.startswith(("workshop_lib", "workbench")):
            yield kind
        yield from errors(kind)


def every_kind() -> list[type[WorkshopError]]:
    for module in modules("workshop_lib", "workbench"):
        import_module(module)
    return sorted(set(errors()), key=lambda kind: (kind.__module__, kind.__name__))


def value_of(hint: Any) -> Any:
    """Make a value of a type; of a union's first type."""
    if hint in VALUES:
        return VALUES[hint]
    if is_dataclass(hint):
        return made(hint)
    assert get_args(hint), f"add a value of {hint} to VALUES"
    one = value_of(get_args(hint)[0])
    return one if get_origin(hint) in (Union, UnionType) else [one]


def made(kind: Any) -> Any:
    """Make an object with a value for each parameter, by its declared type."""
    if kind.__init__ is Exception.__init__:
        return kind("nothing was done")
    hints = get_type_hints(kind.__init__)
    names = [*inspect.signature(kind.__init__).parameters][1:]
    return kind(*(value_of(hints[name]) for name in names))


def assert_the_same(error: WorkshopError, again: WorkshopError) -> None:
    assert type(again) is type(error)
    assert (str(again), again.args) == (str(error), error.args)
    assert list(map(repr, vars(again).items())) == list(map(repr, vars(error).items()))
    assert repr(again.__cause__) == repr(error.__cause__)


@pytest.mark.parametrize("kind", every_kind(), ids=lambda kind: kind.__qualname__)
def test_every_kind_of_error_is_copied_and_pickled_with_text_and_attributes(kind):
    error = made(kind)
    error.add_note("while the car was waiting")
    error.__cause__ = OSError("no space left")
    for again in (copy.copy(error), copy.deepcopy(error), pickle.loads(pickle.dumps(error))):
        assert_the_same(error, again)


def test_an_attribute_that_cannot_be_pickled_becomes_its_repr():
    @property
    def never(self: object) -> None: ...

    again = pickle.loads(pickle.dumps(InvalidEvent(never, "It is none.")))
    assert str(again) == str(InvalidEvent(never, "It is none."))
    assert again.event == repr(never)
    assert copy.copy(InvalidEvent(never, "It is none.")).event is never

    class Local: ...

    assert "Local" in pickle.loads(pickle.dumps(NotAnEventType(Local()))).value_type


def fail(number: int) -> None:
    try:
        raise OSError(number, "no answer")
    except OSError as error:
        raise OutcomeUnknown(f"try {number}") from error


def test_an_error_reaches_the_program_that_waits_for_a_pool():
    with multiprocessing.get_context("spawn").Pool(1) as pool, pytest.raises(OutcomeUnknown) as raised:
        pool.apply_async(fail, [7]).get(60)
    assert raised.value.reason == "try 7"
    assert "OSError: [Errno 7] no answer" in str(raised.value.__cause__)
