"""The repository: from the log to a state, and from a decision back to the log.

It knows how an aggregate's stream is called and how its state is loaded; the domain knows neither. To load is
to fold; whoever has a faster way (a snapshot, a state table) hands it in as `load`. Read
`state_and_events.py` next for such a way, or `application.py` for who asks a repository.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from workshop_lib.events import Metadata
from workshop_lib.modeling.decider import Decider
from workshop_lib.store.errors import ExpectedVersion
from workshop_lib.store.port import AppendCondition, AppendResult, EventStore, Reading

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")

Load = Callable[[Reading, str], tuple[S, int]]
"""How a stream becomes a state and its version. Snapshots fit:
`partial(snapshots.load, fold=Fold("session", initial, evolve), snapshots=Snapshots())`.
"""


class Loaded(NamedTuple, Generic[S]):
    """A state, and the version of the stream that it rests on: expect this one when you save."""

    state: S
    version: int


class Repository(Generic[C, S, E]):
    """The aggregates of one category in a store, each in a stream of its own: `session-42`."""

    def __init__(
        self, store: EventStore, decider: Decider[C, S, E], category: str, load: Load[S] | None = None
    ) -> None:
        self.store, self.decider, self.category = store, decider, category
        self._load = load or self._fold

    def stream_of(self, id_: object) -> str:
        """The stream of one aggregate."""
        return f"{self.category}-{id_}"

    def load(self, id_: object) -> Loaded[S]:
        """The state of an aggregate and its version; the initial one and 0 if nothing happened to it yet."""
        return Loaded(*self._load(self.store, self.stream_of(id_)))

    def save(
        self,
        id_: object,
        events: Sequence[E],
        expected_version: ExpectedVersion,
        *,
        condition: AppendCondition | None = None,
        occurred_at: datetime | None = None,
        tags: Sequence[str] = (),
        metadata: Metadata | None = None,
        event_ids: Sequence[UUID | str] | None = None,
        correlation_id: UUID | str | None = None,
        causation_id: UUID | str | None = None,
    ) -> AppendResult:
        """Append what was decided upon that version. The keywords are those of `EventStore.append`.

        Raises `WrongExpectedVersion` if somebody was faster.
        """
        return self.store.append(
            self.stream_of(id_),
            events,
            expected_version,
            condition=condition,
            occurred_at=occurred_at,
            tags=tags,
            metadata=metadata,
            event_ids=event_ids,
            correlation_id=correlation_id,
            causation_id=causation_id,
        )

    def _fold(self, store: Reading, stream: str) -> tuple[S, int]:
        state, version = self.decider.initial, 0
        for recorded in store.read_stream(stream):
            state, version = self.decider.evolve(state, recorded.event), recorded.version
        return state, version
