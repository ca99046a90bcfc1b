"""Compare a participant's store with lists on generated appends to several streams.

Read `c3_1/checks.py` next.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

from hypothesis import strategies as st

from exercises.checks.c3_1 import cases
from exercises.checks.small_logs import counted
from workbench.classroom.agreement import agrees
from workbench.classroom.attempt import Attempt, Raised
from workshop_lib.store.errors import WrongExpectedVersion


class OneAppend(NamedTuple):
    """An append to a stream; `off` is the distance of the expected version from the actual one."""

    stream: str
    events: tuple[object, ...]
    off: int


_events = st.lists(
    st.sampled_from([cases.ADAS, cases.BOBS, cases.GIVEN_BACK, cases.ADA_IN, cases.ADA_OUT]),
    min_size=1,
    max_size=4,
)
APPENDS = st.lists(
    st.builds(
        OneAppend,
        stream=st.sampled_from(["socket-zoo-1", "socket-zoo-11", "session-42"]),
        events=_events.map(tuple),
        off=st.sampled_from([0, 0, 0, 0, -1, 1, -2, 9, 100]),
    ),
    min_size=1,
    max_size=8,
)


def like_lists(attempt: Attempt, adapter: type) -> None:
    """Check that a store answers every append, right or too late, as a list for each stream would."""

    def yours(appends: list[OneAppend]) -> list[str]:
        store = attempt.call(adapter)
        streams: dict[str, list[object]] = defaultdict(list)
        for one in appends:
            _appended(attempt, store, streams, one)
        return []

    agrees(attempt, APPENDS, yours, lambda appends: [], lambda appends, got: None)


def _appended(attempt: Attempt, store: Any, streams: dict[str, list[object]], one: OneAppend) -> None:
    actual = len(streams[one.stream])
    expected = max(actual + one.off, 0)
    number = counted(len(one.events), "event")
    words = f"`{one.stream}` is at version {actual}, and an append of {number} expects {expected}."
    if expected == actual:
        streams[one.stream] += one.events
    try:
        result = attempt.call(store.append, one.stream, list(one.events), expected, may_be_none=True)
        ended, version = "done", getattr(result, "version", None)
    except Raised as raised:
        if not isinstance(raised.__cause__, WrongExpectedVersion):
            raise
        late = raised.__cause__
        ended, version = "too late", None
        attempt.expect(
            (late.stream, late.expected, late.actual) == (one.stream, expected, actual),
            seen=f"{words} Your error says {late.stream}, expected {late.expected}, actual {late.actual}.",
            why="The caller learns from the error how far the stream has come.",
            look="The arguments are: stream, expected, actual.",
        )
    attempt.expect(
        ended == ("done" if expected == actual else "too late"),
        seen=f"{words} Your store {'appends' if ended == 'done' else 'refuses'}.",
        why="An append is right at one version only: a lower one is out of date, a higher one unknown.",
        look="Compare for equality, with the number of events in *that* stream.",
    )
    attempt.expect(
        ended == "too late" or version == len(streams[one.stream]),
        seen=f"{words} Your result names version {version}.",
        why="The caller needs that result to learn the new version of the stream.",
        look="The new version is the number of events in that stream after the append.",
    )
    for stream, events in streams.items():
        rows = attempt.call(store.read_stream, stream, returns=list)
        attempt.expect(
            [(row.event, row.version) for row in rows]
            == [*zip(events, range(1, len(events) + 1), strict=True)],
            seen=f"{words} After it `{stream}` differs: your store returns {counted(len(rows), 'event')}.",
            why="A store returns what was appended: each stream on its own, in order, with versions from 1.",
            look="Which list does an append extend, which one is read, and from where do you count?",
        )
