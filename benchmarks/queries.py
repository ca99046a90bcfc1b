"""Event ids, tags and rules over a tag: `python -m benchmarks.queries [--quick] [--only ids tags rule]`.

`ids` compares appends with event ids with the same appends without. `tags` reads the 50 events of one tag in
logs of growing length. `rule` handles commands that read all events of a tag and append on condition that
there are no more. Beside it: the package eventsourcing, with the same condition on its list in memory, and
with an aggregate for each tag on SQLite, which keeps the same rule.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.application import Application
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem, DCBRecorder
from eventsourcing.dcb.popo import InMemoryDCBRecorder
from eventsourcing.domain import Aggregate, event

from benchmarks.rounds import Act, Times, contest
from workbench.servers import postgres
from workshop_lib import Append, AppendCondition, Query, event_type, open_store
from workshop_lib.clock import random_ids
from workshop_lib.store.port import EventStore

MEMBERS = 100
"""How many tags share the commands of `rule`."""

Place = Callable[[], str | None]


@event_type("BenchmarkLent")
class Lent:
    """A member of a library took a book."""

    book: int


def fill(store: EventStore, events: int) -> None:
    """Append events of which each tag has 50."""
    for first in range(0, events, 5_000):
        numbers = range(first, min(first + 5_000, events))
        store.append_batch(
            [Append(f"book-{n % 997}", [Lent(n)], tags=[f"member-{n % (events // 50)}"]) for n in numbers]
        )


def appends_with_ids(place: Place, events: int, units: int) -> dict[str, Times]:
    """Append single events and batches, without and with ids, to a log of that length."""
    numbers = count()
    with open_store(place()) as store:
        fill(store, events)
        store.append("book-0", [Lent(0)], event_ids=[random_ids()])  # loads what is known of ids

        def appends(ids: bool) -> list[Append]:
            return [
                Append(f"book-{next(numbers)}", [Lent(1)], event_ids=[random_ids()] if ids else None)
                for _ in range(units)
            ]

        def singly(ids: bool) -> Act:
            listed = appends(ids)
            return lambda: [store.append_batch([append]) for append in listed]

        def together(ids: bool) -> Act:
            listed = appends(ids)
            return lambda: store.append_batch(listed)

        variants = {
            "single without": lambda _: singly(False),
            "single with": lambda _: singly(True),
            "batch without": lambda _: together(False),
            "batch with": lambda _: together(True),
        }
        return contest(variants, rounds=7, units=units)


def reads_of_a_tag(place: Place, events: int, units: int) -> dict[str, Times]:
    """Read the events of one tag again and again, and of another tag each time."""
    with open_store(place()) as store:
        fill(store, events)
        others = iter(range(events // 50))

        def again() -> None:
            for _ in range(units):
                assert len([*store.read(query=Query(tags=["member-0"]))]) == 50

        def another() -> None:
            for _ in range(units):
                [*store.read(query=Query(tags=[f"member-{next(others, 0)}"]))]

        return contest({"the same": lambda _: again, "another": lambda _: another}, rounds=5, units=units)


def ours(store: EventStore) -> Callable[[int], None]:
    """Return a command of a member: read its events, then append unless there are more."""

    def handle(number: int) -> None:
        tag = f"member-{number % MEMBERS}"
        query = Query(tags=[tag])
        seen = [*store.read(query=query)]
        after = seen[-1].position if seen else 0
        condition = AppendCondition(query, after)
        store.append(f"book-{number}", [Lent(number)], tags=[tag], condition=condition)

    return handle


def theirs(recorder: DCBRecorder) -> Callable[[int], None]:
    """Return the same command with the package eventsourcing."""

    def handle(number: int) -> None:
        tag = f"member-{number % MEMBERS}"
        query = DCBQuery([DCBQueryItem(tags=[tag])])
        seen = recorder.read(query)
        events = [*seen]
        assert all(event.event.tags for event in events)
        event = DCBEvent("Lent", b'{"book":%d}' % number, [tag])
        recorder.append([event], DCBAppendCondition(query, seen.head))

    return handle


def rule(variants: dict[str, Callable[[int], None]], units: int) -> dict[str, Times]:
    """Handle commands of all members in turn, with every variant."""
    numbers = {name: count() for name in variants}

    def prepare(name: str) -> Callable[[int], Act]:
        def act() -> None:
            for number in [next(numbers[name]) for _ in range(units)]:
                variants[name](number)

        return lambda _: act

    return contest({name: prepare(name) for name in variants}, rounds=10, units=units)


class Member(Aggregate):
    """A member of a library, as the package eventsourcing models it."""

    @event("Joined")
    def __init__(self, number: int) -> None:
        self.books: list[int] = []

    @staticmethod
    def create_id(number: int) -> UUID:
        """Return the id of a member."""
        return uuid5(NAMESPACE_URL, f"/members/{number}")

    @event("Lent")
    def lend(self, book: int) -> None:
        """Add a book."""
        self.books.append(book)


def by_aggregate(app: Application[UUID]) -> Callable[[int], None]:
    """Return the same command on an aggregate for each member."""
    joined = set[int]()

    def handle(number: int) -> None:
        member = number % MEMBERS
        if member not in joined:
            joined.add(member)
            app.save(Member(member))
        found: Member = app.repository.get(Member.create_id(member))
        found.lend(number)
        app.save(found)

    return handle


@contextmanager
def places() -> Iterator[dict[str, Place]]:
    """Yield where logs are opened: each call gives an empty one."""
    folder, numbers = Path(tempfile.mkdtemp()), count()
    found: dict[str, Place] = {
        "memory": lambda: "memory://",
        "DuckDB in memory": lambda: None,
        "DuckDB file": lambda: str(folder / f"{next(numbers)}.duckdb"),
    }
    try:
        url = postgres.up(folder / "postgres")
        found["PostgreSQL"] = lambda: f"{url}&schema=bench_{next(numbers)}"
        yield found
    finally:
        postgres.down(folder / "postgres")
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Measure and print a line for each engine and length."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="short logs: shows only that everything runs")
    parser.add_argument("--only", nargs="*", default=["ids", "tags", "rule"], choices=["ids", "tags", "rule"])
    chosen = parser.parse_args()
    lengths, units = ((500,), 5) if chosen.quick else ((5_000, 50_000, 500_000), 100)
    with places() as where, tempfile.TemporaryDirectory() as folder:
        for name, place in where.items():
            for events in lengths if "ids" in chosen.only else ():
                times = appends_with_ids(place, events, units)
                print(f"ids, {name}, {events:,}: " + ", ".join(_ratios(times, "single", "batch")))
            for events in lengths if "tags" in chosen.only else ():
                times = reads_of_a_tag(place, events, 10)
                shown = ", ".join(f"{which} {found.as_duration()}" for which, found in times.items())
                print(f"tags, {name}, {events:,}: {shown}", flush=True)
        if "rule" in chosen.only:
            with ExitStack() as opened:
                variants = {name: ours(opened.enter_context(open_store(at()))) for name, at in where.items()}
                variants["eventsourcing in memory"] = theirs(InMemoryDCBRecorder())
                on_sqlite = {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": f"{folder}/es.db"}
                variants["eventsourcing on SQLite"] = by_aggregate(Application(on_sqlite))
                for name, times in rule(variants, 20 if chosen.quick else 1_000).items():
                    print(f"rule, {name}: {times.as_duration()} a command")


def _ratios(times: dict[str, Times], *kinds: str) -> Iterator[str]:
    for kind in kinds:
        without, with_ids = times[f"{kind} without"], times[f"{kind} with"]
        yield f"{kind} {with_ids.as_duration()} with, {with_ids.each / without.each:.2f}x without"


if __name__ == "__main__":
    main()
