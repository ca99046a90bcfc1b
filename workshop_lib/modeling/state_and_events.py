"""The hybrid: an aggregate that keeps its state in a table and emits events, in one transaction.

Many systems are built like that: the table answers the daily questions in SQL and loads in one look-up, the
log says how it came to that. The danger is two truths. Here there is one: the row is written by the same
`evolve`, in the transaction that appends the events, so after a crash both are there or neither. For the rest
it is a repository like any other; `application.py`, to be read next, sees no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from workshop_lib.events import RecordedEvent, WorkshopError, shortened
from workshop_lib.modeling.decider import Decider
from workshop_lib.modeling.repository import Loaded, Repository
from workshop_lib.store.port import EventStore, Reading

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")


class Table(Protocol):
    """What is asked of a table of states; `workshop_lib.store.state_table.state_table` makes one."""

    store: EventStore
    category: str

    def find(self, stream: str) -> Any: ...

    def in_each_commit(self, advance: Any) -> None: ...

    def rebuild(self, stream: str, advance: Any) -> None: ...


class StateNotKept(WorkshopError):
    """A state that the table cannot hold, or that would be another one when it is read again."""

    def __init__(self, state: object, reason: str) -> None:
        self.state = state
        super().__init__(
            f"You asked to keep the state {shortened(state)} in a table, but it would not come back as "
            f"it is: {reason}. Nothing was recorded; name every class of states: "
            "state_and_events(table, decider, Free, Taken)."
        )


class StateAndEvents(Repository[C, S, E]):
    """A repository whose states are rows of a table."""

    def __init__(self, table: Table, decider: Decider[C, S, E], kept: _Kept[S]) -> None:
        super().__init__(table.store, decider, table.category, kept.load)
        self._table, self._kept = table, kept

    def rebuild(self, id_: object) -> Loaded[S]:
        """Write the row of an aggregate anew from the log, whatever it says now, and load it.

        For a row that is found to differ from its events: changed by hand, or written by an `evolve` that
        has been corrected since. Until then it is believed.
        """
        self._table.rebuild(self.stream_of(id_), self._kept.advance)
        return self.load(id_)


def state_and_events(table: Table, decider: Decider[C, S, E], *states: type[S]) -> StateAndEvents[C, S, E]:
    """A repository whose states are rows of a table: `state_and_events(state_table(store, "session"), …)`.

    From now on each commit of that store keeps the table. Give the classes of the states, if there is more
    than that of the initial one. What was appended past this store is folded in when it is next loaded. A row
    stays what the `evolve` of its day made of it, until it cannot be read any more or is rebuilt.
    """
    kept = _Kept(table, decider, states or (type(decider.initial),))
    table.in_each_commit(kept.advance)
    return StateAndEvents(table, decider, kept)


class _Kept(Generic[S]):
    """The states of a table: how they are written, read, and brought up to date."""

    def __init__(self, table: Table, decider: Decider[Any, S, Any], states: Sequence[type[S]]) -> None:
        self._table, self._decider = table, decider
        self._classes = {cls.__name__: cls for cls in states}

    def load(self, store: Reading, stream: str) -> tuple[S, int]:
        state, version = self._read(self._table.find(stream))
        return self._after(state, version, store.read_stream(stream, version + 1))

    def advance(self, stream: str, kept: Any, come: Sequence[RecordedEvent]) -> tuple[int, str, str]:
        """The row after these events; those that the table has missed come first."""
        state, version = self._read(kept)
        if come[0].version > version + 1:
            missed = self._table.store.read_stream(stream, version + 1, come[0].version - 1)
            state, version = self._after(state, version, missed)
        state, version = self._after(state, version, come)
        return version, type(state).__name__, self._written(state)

    def _after(self, state: S, version: int, events: Iterable[RecordedEvent]) -> tuple[S, int]:
        for recorded in events:
            if recorded.version > version:
                state, version = self._decider.evolve(state, recorded.event), recorded.version
        return state, version

    def _read(self, kept: Any) -> tuple[S, int]:
        if kept is None:
            return self._decider.initial, 0
        version, name, text = kept
        try:
            return msgspec.json.decode(text, type=self._classes[name]), version
        except (KeyError, msgspec.MsgspecError):  # written by other code; the log still knows it all
            return self._decider.initial, 0

    def _written(self, state: S) -> str:
        if type(state) not in self._classes.values():
            raise StateNotKept(state, f"{type(state).__name__} is no class that was named")
        try:
            text = msgspec.json.encode(state)
            back = msgspec.json.decode(text, type=type(state))
        except (msgspec.MsgspecError, TypeError, ValueError) as error:
            raise StateNotKept(state, str(error)) from error
        if back != state:
            raise StateNotKept(state, f"it would be {shortened(back)}")
        return text.decode()
