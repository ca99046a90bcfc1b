"""Checks of chapter 3.1 for functions that open a store, and for stores that a participant has written.

Read `c3_1/checks.py` next.
"""

from __future__ import annotations

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

# Who opens a store


def plays_at(attempt: Attempt, evening_at: Callable[..., Any]) -> None:
    """The evening in memory and in a file; the file is closed afterwards, and a refusal gets through."""
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
    told = attempt.call(evening_at, address)
    where = "in memory" if address == "memory://" else "in a DuckDB file"
    attempt.expect(
        not isinstance(told, str),
        seen=f"An evening {where} came to a sentence: `{clipped(str(told), 120)}`.",
        why="The store was there. A sentence is for those that are not.",
        look="What did you catch there, and whose sentence is it?",
    )
    attempt.same_events(
        told,
        expected,
        seen=f"An evening {where} is not what `calm_evening` tells of it.",
        why="The use case is the same everywhere; only the address is another.",
        look='`calm_evening(Repository(store, SOCKET, "socket"))`, and return what it returns.',
    )


def _is_closed(attempt: Attempt, file: str, expected: list[object]) -> None:
    try:
        with open_store(file) as store:
            kept = [seen.event for seen in store.read_stream("socket-zoo-1")]
    except StoreInUse:
        attempt.refuse(
            "The evening in a file is over, and the file is still open.",
            "A file has one owner: nobody else gets in until you let go of it.",
            "`with store:` closes it, also when something goes wrong.",
        )
    attempt.expect(
        kept == expected,
        seen=f"After the evening the file holds {len(kept)} events of zoo-1.",
        why="What was recorded in memory is gone, whatever the function answered.",
        look="Is it the address that was passed which you open, and once only?",
    )


def _lets_a_refusal_through(attempt: Attempt, evening_at: Callable[..., Any], file: str) -> None:
    try:
        told = attempt.call(evening_at, file, may_be_none=True)
    except Raised as raised:
        if isinstance(raised.__cause__, Refused):
            return
        raise
    attempt.refuse(
        f"Bob's car stands at zoo-1, so Ada is refused; your function answered `{shown(told, 90)}`.",
        "A store that is missing and a rule that says no are two things: one is repaired, the other obeyed.",
        "Only the opening belongs into the `try`.",
    )


def missing_is_told(attempt: Attempt, evening_at: Callable[..., Any], address: str) -> None:
    """Nobody answers at the address: what the store says becomes the answer."""
    try:
        told = attempt.call(evening_at, address, may_be_none=True)
    except Raised as raised:
        if not isinstance(raised.__cause__, WorkshopError):
            raise
        attempt.refuse(
            f"At `{address}` nobody answers, and the whole lesson ended there.",
            "In a room of twenty one always lacks a server. The other nineteen want to go on.",
            "Catch a `WorkshopError` of `open_store`, and return its text.",
        )
    attempt.expect(
        isinstance(told, str) and "You asked" in told,
        seen=f"At `{address}` nobody answers; your function answered `{shown(told, 90)}`.",
        why="The error knows what was asked, what is so and what to do now. Nobody can act on less.",
        look="`str(error)` is that sentence.",
    )


# Who has written one


def keeps_its_promises(attempt: Attempt, adapter: type) -> None:
    """What was appended is read; then the evening, a race, a retry: under the use cases as they are."""
    _gives_back(attempt, attempt.call(adapter))
    store = attempt.call(adapter)
    told = _not_refused(attempt, store)
    attempt.same_events(
        told,
        calm_evening(Sockets(Contested())),
        seen="The same evening comes out otherwise on your store.",
        why="A store gives back what it took: each stream for itself, in order, versions from 1.",
        look="What does `read_stream` give for a stream that is not there yet?",
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
        seen=f"Two events were appended to an empty stream, and `read_stream` gives `{shown(rows, 90)}`.",
        why="The next decision folds just this: one entry for each event, with its version.",
        look="Does the list take in the events one by one, and is each given as `recorded(event, version)`?",
    )


def _not_refused(attempt: Attempt, store: Any) -> Any:
    try:
        return attempt.call(calm_evening, Sockets(store), returns=list)
    except Raised as raised:
        if not isinstance(raised.__cause__, WrongExpectedVersion):
            raise
        attempt.refuse(
            f"Ada is alone at zoo-1, and your store says: {clipped(str(raised.__cause__), 110)}",
            "A use case expects the version of the last event that it was shown, and 0 if there was none.",
            "Does the last event that `read_stream` gives bear the version that `append` compares with?",
        )


def _keeps_streams_apart(attempt: Attempt, store: Any, adapter: type) -> None:
    for words, other in (("of another socket", store), ("in another store", attempt.call(adapter))):
        stream = "socket-zoo-2" if other is store else "socket-zoo-1"
        found = list(attempt.call(other.read_stream, stream))
        attempt.expect(
            not found,
            seen=f"After an evening at zoo-1 the stream {words} holds {len(found)} events.",
            why="A decision rests on one story; with those of others in it, it is another decision.",
            look="Is there a list for each stream, and made in `__init__`?",
        )


def _notices_who_was_faster(attempt: Attempt, store: Any) -> None:
    ada, bob = Sockets(store), Sockets(store)
    looks = [attempt.call(one.load, "zoo-1") for one in (ada, bob)]
    result = attempt.call(ada.save, "zoo-1", [cases.ADAS, cases.ADA_IN], looks[0].version, copied=False)
    attempt.expect(
        getattr(result, "version", None) == 2,
        seen=f"Two events were appended to an empty stream, and `append` answered `{shown(result, 60)}`.",
        why="Whoever has just appended knows by that answer where the stream stands.",
        look="`return AppendResult(version, ())`, with the version of the last event.",
    )
    late = attempt.refusal(
        bob.save,
        "zoo-1",
        [cases.BOB_IN],
        looks[1].version,
        why="Both had seen a free socket; who appends second must hear of it, or two cars get one socket.",
        look="Compare `expected_version` with the number of events in that stream, before you append.",
    )
    attempt.expect(
        isinstance(late, WrongExpectedVersion),
        seen=f"Bob was too late, and your store raised {type(late).__name__}.",
        why="Use cases know a lost race by its class; of any other error they think that it is a bug.",
        look="`raise WrongExpectedVersion(stream, expected_version, actual)`",
    )
    after = [seen.event for seen in attempt.call(store.read_stream, "socket-zoo-1")]
    attempt.expect(
        after == [cases.ADAS, cases.ADA_IN] and getattr(late, "actual", None) == 2,
        seen=f"After a refused append your stream tells `{shown(after, 80)}`, and the refusal speaks of "
        f"version {getattr(late, 'actual', '?')}.",
        why="Refused means that nothing was recorded, and who lost has to know where the stream stands.",
        look="First compare and raise, then append.",
    )


def _can_be_retried(attempt: Attempt, store: Any) -> None:
    sockets = Sockets(_Overtaking(store))
    came = attempt.call(
        handle, sockets, "zoo-1", PlugIn("ada", "18:05"), retry=retry_if_unchanged(), copied=False
    )
    attempt.same_events(
        [seen.event for seen in store.read_stream("socket-zoo-1")],
        [cases.BOBS, cases.GIVEN_BACK, cases.ADA_IN],
        seen=f"Bob came and went while Ada pressed; {name_of(handle)} recorded {len(came.events)} events.",
    )


class _Overtaking:
    """A store on which Bob is faster once."""

    def __init__(self, store: Any) -> None:
        self.store, self.rivals = store, [[cases.BOBS, cases.GIVEN_BACK]]

    def append(self, stream: str, events: Any, expected_version: Any, **options: Any) -> Any:
        """Append, after Bob."""
        while self.rivals:
            self.store.append(stream, self.rivals.pop(), expected_version)
        return self.store.append(stream, events, expected_version, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)
