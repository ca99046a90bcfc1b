"""Checks of chapter 3.1 for functions that open a store, and for stores that a participant has written.

Read `c3_1/checks.py` next.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from exercises.checks.c3_1 import cases
from workbench.classroom.attempt import Attempt, Raised, name_of
from workbench.classroom.plain import clipped, shown
from workbench.scenarios.contested import Contested, Sockets
from workbench.scenarios.evening import calm_evening
from workbench.scenarios.reservable_socket import PlugIn
from workshop_lib.events import WorkshopError
from workshop_lib.modeling import Refused
from workshop_lib.modeling.application import handle, retry_if_unchanged
from workshop_lib.store import open_store
from workshop_lib.store.errors import StoreInUse, WrongExpectedVersion

# Functions that open a store


def plays_at(attempt: Attempt, evening_at: Callable[..., Any]) -> None:
    """Check the evening in memory and in a file, that the file is closed, and that a refusal gets through."""
    expected = calm_evening(Sockets(Contested()))
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # a file may be left open
        for address in ("memory://", str(Path(folder) / "evening.duckdb")):
            _plays(attempt, evening_at, address, expected)
        _is_closed(attempt, address, expected)
        refused = str(Path(folder) / "taken.duckdb")
        with open_store(refused) as store:
            store.append("socket-zoo-1", [cases.BOB_IN])
        _lets_a_refusal_through(attempt, evening_at, refused)


def _plays(attempt: Attempt, evening_at: Callable[..., Any], address: str, expected: list[object]) -> None:
    result = attempt.call(evening_at, address)
    where = "in memory" if address == "memory://" else "in a DuckDB file"
    attempt.expect(
        not isinstance(result, str),
        seen=f"An evening {where} returned a sentence: `{clipped(str(result), 120)}`.",
        why="This store can be opened, so return its events; an error's text is for a store that cannot.",
        look="What did you catch there, and which call raised it?",
    )
    attempt.same_events(
        result,
        expected,
        seen=f"For an evening {where} your events differ from those of `calm_evening`.",
        why="The use case is the same everywhere; only the address differs.",
        look='`calm_evening(Repository(store, SOCKET, "socket"))`, and return what it returns.',
    )


def _is_closed(attempt: Attempt, file: str, expected: list[object]) -> None:
    try:
        with open_store(file) as store:
            kept = [seen.event for seen in store.read_stream("socket-zoo-1")]
    except StoreInUse:
        attempt.refuse(
            "The evening in a file is over, and the file is still open.",
            "A file has one owner. No other program can open it until you close it.",
            "`with store:` closes it, even after an error.",
        )
    attempt.expect(
        kept == expected,
        seen=f"After the evening the file holds {len(kept)} events of zoo-1.",
        why="Events that were recorded elsewhere, such as in memory, are not in the file at the next start.",
        look="Do you open the address that was passed, and only once?",
    )


def _lets_a_refusal_through(attempt: Attempt, evening_at: Callable[..., Any], file: str) -> None:
    try:
        result = attempt.call(evening_at, file, may_be_none=True)
    except Raised as raised:
        if not isinstance(raised.__cause__, Refused):
            raise
        _is_closed_after(attempt, file, raised)
        return
    attempt.refuse(
        f"Bob's car stands at zoo-1, so Ada is refused; but your function returned `{shown(result, 90)}`.",
        "A missing store has to be repaired, a rule that says no has to be obeyed. Keep them apart.",
        "Only `open_store` belongs in the `try`.",
    )


def _is_closed_after(attempt: Attempt, file: str, raised: Raised) -> None:
    """Check that the file is closed although the error, and with it the store, is still in memory."""
    assert raised.__cause__
    try:
        open_store(file).close()
    except StoreInUse:
        attempt.refuse(
            "The evening ended with a refusal, and the file is still open.",
            "After an error people look at the log. A file that is still open shows it to nobody.",
            "`with store:` closes it, even after an error.",
        )


def explains_what_is_missing(attempt: Attempt, evening_at: Callable[..., Any], address: str) -> None:
    """Check that the error of a store that cannot be opened becomes the answer."""
    try:
        result = attempt.call(evening_at, address, may_be_none=True)
    except Raised as raised:
        if not isinstance(raised.__cause__, WorkshopError):
            raise
        attempt.refuse(
            f"At `{address}` no store can be opened, and the whole lesson ended there.",
            "In a room of twenty, somebody always lacks a server. The other nineteen want to go on.",
            "Catch the `WorkshopError` of `open_store`, and return its text.",
        )
    attempt.expect(
        isinstance(result, str) and _same_words(result, _words_of(address)),
        seen=f"At `{address}` no store can be opened; your function returned `{shown(result, 90)}`.",
        why="The error says what you asked, what is so and what to do now. The reader needs all three.",
        look="`str(error)` is that text.",
    )


def _words_of(address: str) -> str:
    try:
        open_store(address).close()
    except WorkshopError as error:
        return str(error)
    return ""


def _same_words(text: str, expected: str) -> bool:
    """Return whether two texts are equal but for numbers, such as the seconds of an attempt."""
    return re.sub(r"[\d.]+", "", text).strip() == re.sub(r"[\d.]+", "", expected).strip()


# Stores that a participant has written


def keeps_its_promises(attempt: Attempt, adapter: type) -> None:
    """Check that a store returns what was appended; then run the evening, a race and a retry on it."""
    _gives_back(attempt, attempt.call(adapter))
    store = attempt.call(adapter)
    events = _evening_on(attempt, store)
    attempt.same_events(
        events,
        calm_evening(Sockets(Contested())),
        seen="The same evening ends with other events on your store.",
        why="A store returns what was appended: each stream on its own, in order, with versions from 1.",
        look="What does `read_stream` return for a stream that does not exist yet?",
    )
    _keeps_streams_apart(attempt, store, adapter)
    _notices_who_was_faster(attempt, attempt.call(adapter))
    _can_be_retried(attempt, attempt.call(adapter))


def _gives_back(attempt: Attempt, store: Any) -> None:
    events = [cases.BOBS, cases.GIVEN_BACK]
    attempt.call(store.append, "socket-zoo-3", events, 0)
    rows = list(attempt.call(store.read_stream, "socket-zoo-3"))
    attempt.expect(
        [getattr(row, "event", None) for row in rows] == events,
        seen=f"Two events were appended to an empty stream, and `read_stream` returns `{shown(rows, 90)}`.",
        why="The next decision folds this result: one entry for each event, with its version.",
        look="Are the events added to the list one by one, and each returned as `recorded(event, version)`?",
    )


def _evening_on(attempt: Attempt, store: Any) -> Any:
    try:
        return attempt.call(calm_evening, Sockets(store), returns=list)
    except Raised as raised:
        if not isinstance(raised.__cause__, WrongExpectedVersion):
            raise
        attempt.refuse(
            f"Ada is alone at zoo-1, but your store says: {clipped(str(raised.__cause__), 110)}",
            "A use case expects the version of the last event that it has read, and 0 if there was none.",
            "Does the last event of `read_stream` have the version that `append` compares with?",
        )


def _keeps_streams_apart(attempt: Attempt, store: Any, adapter: type) -> None:
    for words, other in (("of another socket", store), ("in another store", attempt.call(adapter))):
        stream = "socket-zoo-2" if other is store else "socket-zoo-1"
        found = list(attempt.call(other.read_stream, stream))
        attempt.expect(
            not found,
            seen=f"After an evening at zoo-1 the stream {words} holds {len(found)} events.",
            why="A decision is based on the events of one stream. Events of other streams would change it.",
            look="Is there a list for each stream, and is it made in `__init__`?",
        )


def _notices_who_was_faster(attempt: Attempt, store: Any) -> None:
    ada, bob = Sockets(store), Sockets(store)
    looks = [attempt.call(one.load, "zoo-1") for one in (ada, bob)]
    result = attempt.call(ada.save, "zoo-1", [cases.ADAS, cases.ADA_IN], looks[0].version, copied=False)
    attempt.expect(
        getattr(result, "version", None) == 2,
        seen=f"Two events were appended to an empty stream, and `append` returned `{shown(result, 60)}`.",
        why="The caller needs that result to learn the new version of the stream.",
        look="`return AppendResult(version, ())`, with the version of the last event.",
    )
    late = attempt.raises(
        bob.save,
        "zoo-1",
        [cases.BOB_IN],
        looks[1].version,
        why="Both had loaded a free socket. The second append must fail, or two cars get one socket.",
        look="Compare `expected_version` with the number of events in that stream, before you append.",
    )
    attempt.expect(
        isinstance(late, WrongExpectedVersion),
        seen=f"Bob was too late, and your store raised {type(late).__name__}.",
        why="Use cases recognise a lost race by the class of the error. Any other error counts as a bug.",
        look="`raise WrongExpectedVersion(stream, expected_version, actual)`",
    )
    after = [seen.event for seen in attempt.call(store.read_stream, "socket-zoo-1")]
    attempt.expect(
        after == [cases.ADAS, cases.ADA_IN] and getattr(late, "actual", None) == 2,
        seen=f"After a refused append your stream holds `{shown(after, 80)}`, and the error gives the actual "
        f"version as {getattr(late, 'actual', '?')}.",
        why="A refused append records nothing, and the caller has to learn the actual version of the stream.",
        look="First compare and raise, then append. The arguments are: stream, expected, actual.",
    )


def _can_be_retried(attempt: Attempt, store: Any) -> None:
    sockets = Sockets(_BobIsFaster(store))
    result = attempt.call(
        handle, sockets, "zoo-1", PlugIn("ada", "18:05"), retry=retry_if_unchanged(), copied=False
    )
    attempt.same_events(
        [seen.event for seen in store.read_stream("socket-zoo-1")],
        [cases.BOBS, cases.GIVEN_BACK, cases.ADA_IN],
        seen=f"Bob came and went meanwhile; `{name_of(handle)}` recorded {len(result.events)} events.",
    )


class _BobIsFaster:
    """A store on which Bob is faster once."""

    def __init__(self, store: Any) -> None:
        self.store, self.rivals = store, [[cases.BOBS, cases.GIVEN_BACK]]

    def append(self, stream: str, events: Any, expected_version: Any, **options: Any) -> Any:
        """Append, after Bob's events the first time."""
        while self.rivals:
            self.store.append(stream, self.rivals.pop(), expected_version)
        return self.store.append(stream, events, expected_version, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)
