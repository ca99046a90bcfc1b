"""Traffic: the log of a charging network, as long as you like, and the same on every machine.

`traffic` generates it, `record` appends it to a store, and `network`, which notebooks call, does both. They
use `city.py` (the tables), `life.py` (the processes) and `visits.py` (the cars). To get to know the log, look
at its first ten events: `list(traffic(events=10))`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from heapq import heapify, heapreplace
from itertools import count, islice
from operator import attrgetter
from pathlib import Path
from random import Random
from time import monotonic
from typing import TYPE_CHECKING

from workbench.city import city
from workbench.city.life import (
    Delivery,
    Foreseen,
    Outage,
    Prices,
    Process,
    Uplink,
    council,
    outages,
    watchman,
)
from workbench.city.visits import Billing, SimulatedConnector
from workshop_lib.clock import SimulatedClock, seeded_ids
from workshop_lib.events import WorkshopError
from workshop_lib.store.port import Append, EventStore

if TYPE_CHECKING:
    from workshop_lib.store.duckdb_engine.store import DuckDBStore

__all__ = ["START", "Delivery", "network", "record", "traffic"]

START = "2026-03-02"
"""A Monday. The network opens at midnight, with the last showing at the cinema."""

BATCH = 5_000
OPENING = timedelta(hours=6)
"""The time until all connectors are in service."""

FIRST_CAR = timedelta(minutes=15)
"""The time for which the first car has the network to itself."""

UNNOTICED = 2.0
"""A recording that takes no longer than this, in seconds, shows no progress."""

NEXT_TARIFF = timedelta(minutes=7)
"""The time between the first publications of two tariffs."""

_recorded_at = attrgetter("recorded_at")


class ImpossibleTraffic(WorkshopError):
    """Raised for a network without stations, or a negative number of days or events."""

    def __init__(self, stations: int, days: int, events: int | None) -> None:
        self.stations, self.days, self.events = stations, days, events
        super().__init__(
            f"You asked for the traffic of {stations} stations, {days} days, {events} events, but a network "
            "has at least one station, and no count is negative. Ask for stations=1, events=0 or more."
        )


class AlreadyRecorded(WorkshopError):
    """Raised when a network would be recorded in a log that already contains events."""

    def __init__(self, path: object, position: int) -> None:
        self.path, self.position = path, position
        super().__init__(
            f"You asked to record a new network in {path}, but that log already holds {position:,} events. "
            "Open it with open_store(…) to use it, or give the name of a new file."
        )


def traffic(
    seed: int = 1,
    days: int = 1,
    stations: int = 10,
    start: str | datetime = START,
    events: int | None = None,
) -> Iterator[Delivery]:
    """Yield the deliveries of a network since its opening, in the order in which they are recorded.

    It ends after that many days, or, if `events` is given, after exactly that many events. Times are UTC. The
    same arguments always give the same deliveries, on every machine. Raises `ImpossibleTraffic`.
    """
    if stations < 1 or days < 0 or (events or 0) < 0:
        raise ImpossibleTraffic(stations, days, events)
    opening = start if isinstance(start, datetime) else datetime.fromisoformat(start)
    opening = opening.astimezone(UTC) if opening.tzinfo else opening.replace(tzinfo=UTC)
    outbox: list[Delivery] = []
    processes = _processes(seed, stations, opening, outbox)
    if events is None:
        return _in_order(processes, outbox, opening + timedelta(days=days))
    return islice(_in_order(processes, outbox, datetime.max.replace(tzinfo=UTC)), events)


def _in_order(processes: list[Process], outbox: list[Delivery], end: datetime) -> Iterator[Delivery]:
    """Run the processes in order of time; yield each delivery once no process can send an earlier one."""
    agenda = [(next(process), number, process) for number, process in enumerate(processes)]
    heapify(agenda)
    now, enough = agenda[0][0], 1_000
    while now < end:
        _, number, process = agenda[0]
        heapreplace(agenda, (next(process), number, process))
        now = agenda[0][0]
        if len(outbox) > enough:
            yield from _due(outbox, now)
            enough = 1_000 + 2 * len(outbox)
    yield from _due(outbox, end)


def _due(outbox: list[Delivery], now: datetime) -> list[Delivery]:
    """Remove and return the deliveries that are recorded before now, sorted by time; the sort is stable."""
    outbox.sort(key=_recorded_at)
    due = bisect_left(outbox, now, key=_recorded_at)
    taken = outbox[:due]
    del outbox[:due]
    return taken


def _processes(seed: int, stations: int, opening: datetime, outbox: list[Delivery]) -> list[Process]:
    prices = Prices(seed, opening)
    first_tariff = city.tariff_for(0, opening.hour)
    tariffs = sorted(city.TARIFFS, key=lambda name: name != first_tariff)
    councils = [council(name, prices, turn * NEXT_TARIFF, outbox) for turn, name in enumerate(tariffs)]
    lines = [
        Foreseen(outages(_chance(seed, 1_000 + number), opening + OPENING)) for number in range(stations)
    ]
    watch = [watchman(city.name_of_station(number), line, outbox) for number, line in enumerate(lines)]
    return [*councils, *watch, *_lives(seed, opening, prices, lines, outbox)]


def _lives(
    seed: int, opening: datetime, prices: Prices, lines: list[Foreseen[Outage]], outbox: list[Delivery]
) -> Iterator[Process]:
    numbers, billing = count(1), Billing(prices, _chance(seed, 1), outbox)
    places = _in_turn(len(lines))
    spacing = (OPENING - FIRST_CAR) / len(places)
    for turn, (station, number) in enumerate(places):
        chance = _chance(seed, 1_000_000 + turn)
        line = Uplink(lines[station], timedelta(milliseconds=150 + int(chance.random() * 700)))
        power_w = city.POWERS_W[(station + number) % len(city.POWERS_W)]
        connector = SimulatedConnector(city.name_of_station(station), number, power_w, chance, line, outbox)
        commissioned = opening + (FIRST_CAR + turn * spacing if turn else timedelta(seconds=30))
        yield connector.life(commissioned.replace(microsecond=0), city.popularity(station), numbers, billing)


def _in_turn(stations: int) -> list[tuple[int, int]]:
    """All connectors as (station, number), in the order in which they are put into service."""
    all_ = [
        (station, number)
        for station in range(stations)
        for number in range(1, 1 + city.CONNECTORS[station % len(city.CONNECTORS)])
    ]
    return sorted(all_, key=lambda place: (city.name_of_station(place[0]), place[1]) != city.FIRST)


def _chance(seed: int, number: int) -> Random:
    return Random(seed * 1_000_000_007 + number)


def record(
    store: EventStore, clock: SimulatedClock, deliveries: Iterable[Delivery], progress: bool = True
) -> int:
    """Append deliveries to a store with this clock, and return their number.

    The clock is set to each delivery's `recorded_at` just before it is appended. With `progress`, a recording
    that takes longer than two seconds shows its progress.
    """
    appends, recorded = _appends(clock, deliveries), 0
    with _counter() if progress else nullcontext(_show_nothing) as show:
        while results := store.append_batch(islice(appends, BATCH)):
            recorded += len(results)
            show(recorded, clock.now)
    return recorded


def _appends(clock: SimulatedClock, deliveries: Iterable[Delivery]) -> Iterator[Append]:
    for delivery in deliveries:
        clock.now = delivery.recorded_at
        yield Append(delivery.stream, (delivery.event,), occurred_at=delivery.occurred_at)


def _show_nothing(recorded: int, until: datetime) -> None:
    """Show no progress."""


@contextmanager
def _counter() -> Iterator[Callable[[int, datetime], None]]:
    """Show the progress of a recording that takes longer than two seconds."""
    from rich.progress import Progress, TextColumn, TimeElapsedColumn

    text = TextColumn("{task.completed:,.0f} events recorded, until {task.description}")
    bar, began = Progress(text, TimeElapsedColumn(), transient=True), monotonic()
    task = bar.add_task("")
    with ExitStack() as shown:

        def show(recorded: int, until: datetime) -> None:
            bar.update(task, completed=recorded, description=f"{until:%Y-%m-%d %H:%M}")
            if not bar.live.is_started and monotonic() - began > UNNOTICED:
                shown.enter_context(bar)

        yield show


def network(
    seed: int = 1,
    days: int = 7,
    stations: int = 12,
    events: int | None = None,
    path: str | Path | None = None,
    progress: bool = False,
) -> DuckDBStore:
    """Return a store with the traffic of such a network: in memory, or in a new file.

    Its clock stands still at the last recording. Close the store, or use it in a `with` block. Raises
    `AlreadyRecorded`.
    """
    from workshop_lib.store.duckdb_engine.store import DuckDBStore

    clock = SimulatedClock(START)
    store = DuckDBStore(path, clock, seeded_ids(seed))
    if position := store.position():
        store.close()
        raise AlreadyRecorded(path, position)
    record(store, clock, traffic(seed, days, stations, events=events), progress)
    return store
