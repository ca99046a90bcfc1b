"""Nonsense as an argument: every public method of every store raises an error of this library, or takes it.

Each argument is tried with each value. Whatever the answer, the log stays valid and takes the next append.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy
import pandas
import pytest

from tests.workshop_lib.store.conftest import SocketPlugged, SocketRead
from tests.workshop_lib.store.jetstream_server import fresh
from workshop_lib import ANY, Append, AppendCondition, Query, open_store
from workshop_lib.events import WorkshopError
from workshop_lib.store.consumers import ConsumerGroup
from workshop_lib.store.port import EventStore


class Shy:
    """It cannot be shown."""

    def __repr__(self) -> str:
        raise RuntimeError("no repr")


class Vague:
    """It is neither true nor false, and equal to nothing."""

    def __bool__(self) -> bool:
        raise RuntimeError("no bool")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no comparison")

    __hash__ = None  # type: ignore[assignment]


class Word(str, enum.Enum):  # noqa: UP042
    """A text that is shown as something else."""

    NORTH = "north"


DEEP: list[Any] = []
DEEP.append(DEEP)

NONSENSE: dict[str, Callable[[], Any]] = {
    "None": lambda: None,
    "True": lambda: True,
    "minus one": lambda: -1,
    "seven": lambda: 7,
    "huge": lambda: 2**70,
    "minus huge": lambda: -(2**70),
    "fraction": lambda: 1.5,
    "nan": lambda: float("nan"),
    "infinite": lambda: float("inf"),
    "Decimal": lambda: Decimal("sNaN"),
    "empty text": lambda: "",
    "blank": lambda: " ",
    "text": lambda: "socket-7",
    "nul": lambda: "a\x00b",
    "surrogate": lambda: "\ud800",
    "long text": lambda: "x" * 100_000,
    "bytes": lambda: b"socket-7",
    "object": object,
    "shy": Shy,
    "vague": Vague,
    "list": list,
    "list of None": lambda: [None],
    "list of surrogates": lambda: ["\ud800"],
    "list of shy": lambda: [Shy()],
    "list of vague": lambda: [Vague()],
    "circle": lambda: DEEP,
    "dict": dict,
    "dict of objects": lambda: {"a": object()},
    "dict of numbers": lambda: {1: 2},
    "dict of nan": lambda: {"a": float("nan")},
    "dict of surrogates": lambda: {"\ud800": "\ud800"},
    "dict of huge": lambda: {"a": 2**70},
    "set": lambda: {1, "a"},
    "generator": lambda: iter([1, 2]),
    "class": lambda: int,
    "event class": lambda: SocketPlugged,
    "event": lambda: SocketPlugged("7"),
    "function": lambda: print,
    "naive time": lambda: datetime(2026, 3, 2),
    "first time": lambda: datetime.min.replace(tzinfo=timezone(timedelta(hours=9))),
    "last time": lambda: datetime.max.replace(tzinfo=timezone(timedelta(hours=-9))),
    "duration": lambda: timedelta(1),
    "UUID": lambda: UUID(int=7),
    "Query": Query,
    "Append": lambda: Append("socket-7", [SocketPlugged("7")]),
    "condition": lambda: AppendCondition(Query(), 10**30),
    "ANY": lambda: ANY,
    "enum": lambda: Word.NORTH,
    "numpy int": lambda: numpy.int64(3),
    "numpy bool": lambda: numpy.bool_(True),
    "numpy nan": lambda: numpy.float64("nan"),
    "numpy text": lambda: numpy.str_("socket-7"),
    "numpy scalar array": lambda: numpy.array(5),
    "numpy array": lambda: numpy.array([1, 2]),
    "numpy texts": lambda: numpy.array(["a", "b"]),
    "numpy time": lambda: numpy.datetime64("2026-03-02"),
    "NaT": lambda: pandas.NaT,
    "NA": lambda: pandas.NA,
    "Timestamp": lambda: pandas.Timestamp("2026-03-02", tz="UTC"),
    "Series": lambda: pandas.Series([1, 2]),
    "DataFrame": pandas.DataFrame,
}
"""Makes a value; each call its own."""

OWN_ERRORS = {"key": {"class": NONSENSE["class"]}}
"""A function of the caller may raise what it likes."""

Verb = Callable[[EventStore, dict[str, Any]], Any]


def append(store: EventStore, given: dict[str, Any]) -> None:
    store.append(**{"stream": "socket-7", "events": [SocketPlugged("7")], **given})


def append_of_batch(store: EventStore, given: dict[str, Any]) -> None:
    store.append_batch([Append(**{"stream": "socket-7", "events": [SocketPlugged("7")], **given})])


def follow(store: EventStore, given: dict[str, Any]) -> None:
    timeout = given.pop("timeout", 0)
    store.subscribe(**given).next(timeout)


def work(store: EventStore, given: dict[str, Any]) -> None:
    timeout = given.pop("timeout", 0)
    with ConsumerGroup(store, **given).join() as member:
        member.next(timeout)


PLACE = ["from_version", "to_version", "backwards", "limit"]
OPTIONS = ["condition", "occurred_at", "tags", "metadata", "event_ids", "correlation_id", "causation_id"]
VERBS: dict[str, tuple[Verb, list[str]]] = {
    "append": (append, ["stream", "events", "expected_version", *OPTIONS]),
    "append_batch": (lambda store, given: store.append_batch(**given), ["appends"]),
    "append of a batch": (append_of_batch, ["stream", "events", "expected_version", *OPTIONS]),
    "read": (lambda store, given: list(store.read(**given)), ["after", "query", "backwards", "limit"]),
    "read_stream": (
        lambda store, given: list(store.read_stream(**{"stream": "socket-7", **given})),
        ["stream", *PLACE],
    ),
    "stream_version": (lambda store, given: store.stream_version(**given), ["stream"]),
    "wait": (lambda store, given: store.wait(**{"after": 0, "timeout": 0, **given}), ["after", "timeout"]),
    "as_of": (
        lambda store, given: list(store.as_of(**given).read()),
        ["position", "recorded_at", "occurred_at"],
    ),
    "subscribe": (follow, ["after", "query", "timeout"]),
    "fork": (lambda store, given: list(store.fork(**given).read()), ["position"]),
    "a group": (work, ["partitions", "key", "query", "checkpoints", "timeout"]),
    "Query": (lambda store, given: list(store.read(query=Query(**given))), ["types", "tags", "alternatives"]),
    "Query |": (lambda store, given: list(store.read(query=Query(["a"]) | given["other"])), ["other"]),
    "AppendCondition": (
        lambda store, given: append(store, {"condition": AppendCondition(**{"query": Query(), **given})}),
        ["query", "after"],
    ),
}
CASES = [(verb, argument) for verb, (_, arguments) in VERBS.items() for argument in arguments]


@pytest.fixture(params=["memory", "duckdb", "postgres", "nats_wheel"])
def store(request: pytest.FixtureRequest) -> Iterator[EventStore]:
    where: Any = {"memory": "memory://", "duckdb": None}.get(request.param, "server")
    if where == "server":
        server = request.getfixturevalue(request.param)
        where = fresh(server) if isinstance(server, str) else server.room()
    with open_store(where) as opened:
        yield opened


def answer(verb: Verb, store: EventStore, argument: str, value: Any) -> str:
    """Call a method; return what is wrong with its answer, or nothing."""
    try:
        verb(store, {argument: value})
    except WorkshopError as error:
        return "" if " " in str(error) else "it says nothing"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return ""


@pytest.mark.parametrize(("verb", "argument"), CASES)
def test_nonsense_is_taken_or_answered_with_an_error_of_this_library(store, verb, argument):
    store.append("socket-7", [SocketRead("7", 1)])
    tried = NONSENSE.items() - OWN_ERRORS.get(argument, {}).items()
    answers = {name: answer(VERBS[verb][0], store, argument, make()) for name, make in tried}
    assert {name: wrong for name, wrong in answers.items() if wrong} == {}
    assert store.append("socket-7", [SocketRead("7", 2)]).version == store.stream_version("socket-7")
    assert store.verify() is None


@pytest.mark.parametrize("argument", ["where", "clock", "ids"])
def test_a_store_is_opened_with_a_name_a_clock_and_a_source_of_ids(argument, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    values = {name: make for name, make in NONSENSE.items() if name not in ("None", "blank")}
    values |= {"unknown home": lambda: "~nobody-here/network.duckdb", "kind": lambda: "ftp://host/log"}
    opened = []
    for name, make in values.items():
        with suppress(WorkshopError), open_store(**{argument: make()}) as store:
            opened.append(name)
            with suppress(WorkshopError, TypeError):  # a function of the caller
                store.append("socket-7", [SocketPlugged("7")])
    named = {"empty text", "text", "numpy text", "enum"}
    assert set(opened) <= (named if argument == "where" else {"class", "event class", "function", "object"})
