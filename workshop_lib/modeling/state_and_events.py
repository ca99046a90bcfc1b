"""The hybrid: an aggregate that keeps its state in a table and emits events, in one transaction.

Many systems are built like that: the table answers the daily questions in SQL and loads in one look-up, the
log says how it came to that. The danger is two truths. Here there is one: the row is written by the same
`evolve`, in the transaction that appends the events, so after a crash both are there or neither. For the rest
it is a repository like any other; `application.py`, to be read next, sees no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeVar

import msgspec

from workshop_lib.events import RecordedEvent, WorkshopError, shortened
from workshop_lib.modeling.decider import Decider
from workshop_lib.modeling.repository import Loaded, Repository
from workshop_lib.store.port import EventStore

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
            "StateAndEvents(table, decider, Free, Taken)."
        )


class StateAndEvents(Repository[C, S, E]):
    """A repository whose states are rows of a table: `StateAndEvents(state_table(store, "session"), …)`.

    From now on each commit of that store keeps the table. Name the classes of the states if there are more
    than that of the initial one. Events that were appended past this store are folded in at the next load. A
    row stays what the `evolve` of its day made of it, until it cannot be read any more or is rebuilt.
    """

    def __init__(self, table: Table, decider: Decider[C, S, E], *states: type[S]) -> None:
        super().__init__(table.store, decider, table.category)
        self._table = table
        self._classes = {cls.__name__: cls for cls in states or (type(decider.initial),)}
        table.in_each_commit(self._advance)

    def load(self, id_: object) -> Loaded[S]:
        """The state of an aggregate and its version, from its row and the events after it."""
        stream = self.stream_of(id_)
        kept = self._read(self._table.find(stream))
        return self._after(kept, self.store.read_stream(stream, kept.version + 1))

    def rebuild(self, id_: object) -> Loaded[S]:
        """Write the row of an aggregate anew from the log, whatever it says now, and load it.

        For a row that is found to differ from its events: changed by hand, or written by an `evolve` that
        has been corrected since. Until then it is believed.
        """
        self._table.rebuild(self.stream_of(id_), self._advance)
        return self.load(id_)

    def _advance(self, stream: str, row: Any, come: Sequence[RecordedEvent]) -> tuple[int, str, str]:
        """The row after these events; those that the table has missed come first."""
        kept = self._read(row)
        if come[0].version > kept.version + 1:
            kept = self._after(kept, self.store.read_stream(stream, kept.version + 1, come[0].version - 1))
        state, version = self._after(kept, come)
        return version, type(state).__name__, self._written(state)

    def _after(self, kept: Loaded[S], events: Iterable[RecordedEvent]) -> Loaded[S]:
        for recorded in events:
            if recorded.version > kept.version:
                kept = Loaded(self.decider.evolve(kept.state, recorded.event), recorded.version)
        return kept

    def _read(self, row: Any) -> Loaded[S]:
        version, name, text = row or (0, "", "")
        try:
            return Loaded(msgspec.json.decode(text, type=self._classes[name]), version)
        except (KeyError, msgspec.MsgspecError):  # no row, or one of other code; the log still knows it all
            return Loaded(self.decider.initial, 0)

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
