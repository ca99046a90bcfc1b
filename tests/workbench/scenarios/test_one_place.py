"""A token charges at one place at a time: sixteen clients at once break the rule, or keep it in two ways."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from threading import Barrier, Event, Thread

import pytest

from workbench.scenarios.one_place import (
    ChargesElsewhere,
    Checkpoint,
    OnePlace,
    clashing,
    due,
    evolve,
    look,
    run_process,
    start,
    start_naively,
    start_on_condition,
    stop,
)
from workshop_lib import EventStore, open_store
from workshop_lib.charging.session import (
    ChargingStarted,
    ChargingStopped,
    MeterRead,
    StartCharging,
    StopCharging,
    StopReason,
)
from workshop_lib.modeling import Refused
from workshop_lib.store.errors import AppendConditionFailed, WrongExpectedVersion

CLIENTS, ROUNDS = 16, 4
TOKENS = ("NL-TNM-000001", "NL-TNM-000002", "NL-TNM-000003")


@pytest.fixture(params=["memory", "duckdb"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EventStore]:
    with open_store("memory://" if request.param == "memory" else tmp_path / "city.duckdb") as opened:
        yield opened


class Killed(BaseException):
    """Raised when the client is killed."""


class Dying:
    """A store whose client is killed after this number of appends."""

    def __init__(self, store: EventStore, appends: int) -> None:
        self._store, self._left = store, appends

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def append(self, *args: object, **others: object) -> None:
        if not self._left:
            raise Killed
        self._left -= 1
        self._store.append(*args, **others)  # type: ignore[arg-type]


def at(session: int, token: str = TOKENS[0]) -> StartCharging:
    return StartCharging(session, f"cinema-{session}", token, "standard", 5_000)


def goodbye(session: int) -> StopCharging:
    return StopCharging(session, 5_900, StopReason.LOCAL)


def all_at_once(*tasks: Callable[[], object]) -> None:
    """Run every task in a thread of its own; the first error of a thread is raised here."""
    raised: list[BaseException] = []

    def run(task: Callable[[], object]) -> None:
        try:
            task()
        except BaseException as error:
            raised.append(error)

    threads = [Thread(target=run, args=(task,), daemon=True) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    if raised:
        raise raised[0]


def race(store: EventStore, starting: Callable[..., None]) -> None:
    """Let sixteen clients with one card look, and start only after all have looked."""
    barrier = Barrier(CLIENTS)

    def client(number: int) -> None:
        for turn in range(ROUNDS):
            token = f"NL-TNM-{turn:06}"
            seen = look(store, token)
            barrier.wait(60)
            with suppress(ChargesElsewhere, AppendConditionFailed):
                starting(store, at(100 * turn + number, token), seen)

    all_at_once(*[lambda number=number: client(number) for number in range(CLIENTS)])


def clashes(store: EventStore) -> list[int]:
    """Return how many tokens charge at several places, at each position of the log."""
    return [len(tokens) for _, tokens in clashing(store.read())]


def test_of_sixteen_clients_all_start_naively_but_only_one_on_condition(store: EventStore) -> None:
    with open_store("memory://") as guarded:
        race(store, start_naively)
        race(guarded, start_on_condition)

        assert clashes(store)[-1] == ROUNDS
        assert store.position() == CLIENTS * ROUNDS
        assert clashes(guarded) == [0] * ROUNDS


def test_the_condition_keeps_the_rule_always_and_the_process_in_the_end(store: EventStore) -> None:
    race(store, start_on_condition)
    assert clashes(store) == [0] * ROUNDS
    with open_store("memory://") as lenient:
        race(lenient, start_naively)
        assert max(clashes(lenient)) == ROUNDS
        run_process(lenient)
        assert clashes(lenient)[-1] == 0


def test_two_processes_at_once_stop_each_session_once(store: EventStore) -> None:
    race(store, start_naively)
    all_at_once(lambda: run_process(store), lambda: run_process(store))

    stopped = [r.event for r in store.read() if isinstance(r.event, ChargingStopped)]
    assert clashes(store)[-1] == 0
    assert len(stopped) == len({event.session for event in stopped}) == (CLIENTS - 1) * ROUNDS
    assert {event.reason for event in stopped} == {StopReason.DEAUTHORIZED}


@pytest.mark.parametrize("before_its_end", [0, 1, 7])
def test_the_next_process_finishes_the_work_of_a_killed_one(store: EventStore, before_its_end: int) -> None:
    race(store, start_naively)
    with pytest.raises(Killed):
        run_process(Dying(store, before_its_end))  # type: ignore[arg-type]
    run_process(store)

    stopped = [r.event.session for r in store.read() if isinstance(r.event, ChargingStopped)]
    assert clashes(store)[-1] == 0
    assert len(stopped) == len(set(stopped)) == (CLIENTS - 1) * ROUNDS


def test_the_process_catches_up_while_sixteen_clients_come_and_go(store: EventStore) -> None:
    over = Event()

    def watch() -> None:
        checkpoint = Checkpoint()
        while not over.is_set():
            checkpoint = run_process(store, checkpoint)
        run_process(store, checkpoint)

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    busy_evening(store, lambda command: start_naively(store, command, look(store, command.token)))
    over.set()
    watcher.join(60)

    assert clashes(store)[-1] == 0


def test_the_condition_keeps_the_rule_while_sixteen_clients_come_and_go(store: EventStore) -> None:
    busy_evening(store, lambda command: start(store, command))

    assert not any(clashes(store))
    assert sum(isinstance(r.event, ChargingStarted) for r in store.read()) == 2 * CLIENTS


def busy_evening(store: EventStore, starting: Callable[[StartCharging], None]) -> None:
    """Let each client charge twice with a shared card, and try until it may."""

    def client(number: int) -> None:
        chance = Random(number)
        for turn in range(2):
            command, begun = at(100 * number + turn, chance.choice(TOKENS)), False
            while not begun:
                with suppress(ChargesElsewhere):
                    starting(command)
                    begun = True
            with suppress(Refused, WrongExpectedVersion):  # a process may be quicker to stop it
                stop(store, goodbye(command.session))

    all_at_once(*[lambda number=number: client(number) for number in range(CLIENTS)])


def test_the_error_of_a_second_start_names_the_running_session(store: EventStore) -> None:
    start(store, at(1))

    with pytest.raises(ChargesElsewhere, match=r"NL-TNM-000001 is charging in session 1\. Stop it first\."):
        start(store, at(2))


def test_a_token_is_free_again_when_its_session_has_stopped(store: EventStore) -> None:
    start(store, at(1))
    stop(store, goodbye(1))
    start(store, at(2))

    assert look(store, TOKENS[0]).running == {2}


def test_the_condition_concerns_one_token_only(store: EventStore) -> None:
    seen = look(store, TOKENS[0])
    start(store, at(1, TOKENS[1]))
    start_on_condition(store, at(2), seen)

    assert clashes(store) == [0, 0]


# The process, without a store


def process_after(*events: object) -> OnePlace:
    process = OnePlace()
    for event in events:
        process = evolve(process, event)  # type: ignore[arg-type]
    return process


def started(session: int, token: str = TOKENS[0]) -> ChargingStarted:
    return ChargingStarted(session, f"cinema-{session}", token, "standard", 5_000)


def test_the_second_session_is_stopped_at_its_last_meter_reading() -> None:
    process = process_after(started(1), started(2), MeterRead(2, "cinema-2", 1, 5_300, 11_000))

    assert due(process) == [StopCharging(2, 5_300, StopReason.DEAUTHORIZED)]


def test_no_command_is_owed_once_the_session_was_stopped() -> None:
    assert not due(process_after(started(1), started(2), ChargingStopped(2, 5_000, StopReason.DEAUTHORIZED)))


def test_no_command_is_owed_when_the_first_session_ended_by_itself() -> None:
    assert not due(process_after(started(1), started(2), ChargingStopped(1, 5_900, StopReason.LOCAL)))


def test_a_start_that_is_delivered_again_after_the_end_is_not_a_second_session() -> None:
    stopped = ChargingStopped(1, 5_900, StopReason.LOCAL)

    assert not due(process_after(started(1), stopped, started(2), started(1)))


def test_the_process_ends_although_it_cannot_stop_a_session_in_another_stream(store: EventStore) -> None:
    store.append("session-1", [started(1)])
    store.append("session-elsewhere", [started(2)])

    checkpoint = run_process(store)
    assert (checkpoint.position, [command.session for command in due(checkpoint.process)]) == (
        2,
        [2],
    )
