"""The repository: loads the state of an aggregate from the log and appends its new events.

It names an aggregate's stream and loads its state, so the domain does neither. By default, loading folds the
whole stream; pass `load` for a faster way, such as snapshots. Read `state_and_events.py` next for another
way, or `application.py` for the code that uses a repository.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar, Unpack

from workshop_lib.modeling.decider import Decider
from workshop_lib.store.arguments import several
from workshop_lib.store.errors import ExpectedVersion
from workshop_lib.store.port import AppendOptions, AppendResult, EventStore, Reading, ReadOnlyLog

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")

Load = Callable[[Reading, str], tuple[S, int]]
"""A function that returns the state and version of a stream. Snapshots fit:
`partial(snapshots.load, fold=Fold("session", initial, evolve), snapshots=Snapshots())`.
"""

TagsOf = Callable[[E], Iterable[str]]


class Loaded(NamedTuple, Generic[S]):
    """A state and the version of its stream: the version to expect when you save."""

    state: S
    version: int


class Repository(Generic[C, S, E]):
    """The aggregates of one category in a store, each in a stream of its own: `session-42`.

    A repository of `store.as_of(…)` loads the states of then and saves nothing. `tags_of` returns the tags of
    an event, by which a query over several streams finds it.
    """

    def __init__(
        self,
        store: EventStore | ReadOnlyLog,
        decider: Decider[C, S, E],
        category: str,
        load: Load[S] | None = None,
        *,
        tags_of: TagsOf[E] | None = None,
    ) -> None:
        self.store, self.decider, self.category = store, decider, category
        self._load, self._tags_of = load or self._fold, tags_of

    def stream_of(self, id_: object) -> str:
        """Return the name of an aggregate's stream."""
        return f"{self.category}-{id_}"

    def load(self, id_: object) -> Loaded[S]:
        """Return the state of an aggregate and its version; the initial state and 0 if it has no events."""
        return Loaded(*self._load(self.store, self.stream_of(id_)))

    def save(
        self,
        id_: object,
        events: Sequence[E],
        expected_version: ExpectedVersion,
        **options: Unpack[AppendOptions],
    ) -> AppendResult:
        """Append events that were decided on that version. The options are the keywords of `append`.

        Raises `WrongExpectedVersion` if somebody else appended first, `ReadOnly` for a log as of then.
        """
        if self._tags_of:
            events = [*several("events", events)]
            own = [tag for event in events for tag in self._tags_of(event)]
            options["tags"] = [*dict.fromkeys([*own, *options.get("tags", ())])]
        return self.store.append(self.stream_of(id_), events, expected_version, **options)

    def _fold(self, store: Reading, stream: str) -> tuple[S, int]:
        state, version = self.decider.initial, 0
        for recorded in store.read_stream(stream):
            state, version = self.decider.evolve(state, recorded.event), recorded.version
        return state, version
