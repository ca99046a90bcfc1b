"""The hybrid: an aggregate that keeps its state in a table and emits events, in one transaction.

Many systems are built like this: the table answers SQL queries and gives the state in one look-up; the log
keeps the history. The danger is that the two disagree. Here the row is computed by the same `evolve` and
written in the transaction that appends the events, so after a crash both are there or neither is. Otherwise
it is a repository like any other, and `application.py` uses it in the same way; read that next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeVar

import msgspec

from workshop_lib.events import RecordedEvent, WorkshopError, shortened
from workshop_lib.invalid_events import content
from workshop_lib.modeling.decider import Decider
from workshop_lib.modeling.repository import Loaded, Repository, TagsOf
from workshop_lib.store.port import EventStore

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")


class Table(Protocol):
    """The interface of a table of states; `workshop_lib.store.state_table.state_table` makes one."""

    store: EventStore
    category: str

    def find(self, stream: str) -> Any: ...

    def in_each_commit(self, advance: Any) -> None: ...

    def rebuild(self, stream: str, advance: Any) -> None: ...


class StateNotKept(WorkshopError):
    """A state that cannot be stored in the table, or would be different when it is read back."""

    def __init__(self, state: object, reason: str) -> None:
        self.state = state
        super().__init__(
            f"You asked to keep the state {shortened(state)} in a table, but it would not come back "
            f"unchanged: {reason}. Nothing was recorded. Pass every state class: "
            "StateAndEvents(table, decider, Free, Taken)."
        )


class StateAndEvents(Repository[C, S, E]):
    """A repository whose states are rows of a table: `StateAndEvents(state_table(store, "session"), …)`.

    From then on each commit of that store updates the table. Pass all state classes if there is more than the
    class of the initial state. Events that another program appended are applied at the next load. Changing
    `evolve` does not recompute the rows: call `rebuild`. A row that cannot be read is ignored.
    """

    def __init__(
        self, table: Table, decider: Decider[C, S, E], *states: type[S], tags_of: TagsOf[E] | None = None
    ) -> None:
        super().__init__(table.store, decider, table.category, tags_of=tags_of)
        self._table = table
        self._classes = {cls.__name__: cls for cls in states or (type(decider.initial),)}
        table.in_each_commit(self._advance)

    def load(self, id_: object) -> Loaded[S]:
        """Return the state of an aggregate and its version, from its row and the events after it."""
        stream = self.stream_of(id_)
        kept = self._read(self._table.find(stream))
        return self._after(kept, self.store.read_stream(stream, kept.version + 1))

    def rebuild(self, id_: object) -> Loaded[S]:
        """Rewrite the row of an aggregate from the log, and return its state and version.

        Use it for a row that differs from its events because it was changed by hand, or because `evolve` has
        been corrected. Loading does not check the row.
        """
        self._table.rebuild(self.stream_of(id_), self._advance)
        return self.load(id_)

    def _advance(self, stream: str, row: Any, new: Sequence[RecordedEvent]) -> tuple[int, str, str]:
        """Return the row with these events applied, and any earlier ones that the table has missed."""
        kept = self._read(row)
        if new[0].version > kept.version + 1:
            kept = self._after(kept, self.store.read_stream(stream, kept.version + 1, new[0].version - 1))
        state, version = self._after(kept, new)
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
        except (KeyError, msgspec.MsgspecError):  # no row, or one that other code wrote: fold the whole log
            return Loaded(self.decider.initial, 0)

    def _written(self, state: S) -> str:
        if type(state) not in self._classes.values():
            raise StateNotKept(state, f"{type(state).__name__} is not one of the state classes")
        try:
            text = msgspec.json.encode(state)
            back = msgspec.json.decode(text, type=type(state))
        except Exception as error:
            raise StateNotKept(state, str(error)) from error
        if content(back) != content(state):
            raise StateNotKept(state, f"it would be {shortened(back)}")
        return text.decode()
