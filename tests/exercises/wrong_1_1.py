"""Answers to the tasks of chapter 1.1."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, reduce
from itertools import pairwise
from typing import Any

import duckdb
import pandas

from tests.exercises.answers import RightAnswer, WrongAnswer
from workbench.city.traffic import network
from workbench.classroom.outcome import Outcome
from workbench.scenarios.classical import classical_database
from workshop_lib.charging.connector import StatusReported
from workshop_lib.charging.session import ChargingStarted, ChargingStopped
from workshop_lib.charging.station import StationCameOnline, StationWentOffline
from workshop_lib.events import RecordedEvent, StoredEvent
from workshop_lib.reading.temporal import state_at, state_at_instants
from workshop_lib.store.chain import GENESIS, first_broken, link

UNANSWERABLE = "unanswerable"


def returns_nothing(*args: object) -> None:
    """Forget the `return`."""
    str(len(args))


# 1 what_the_tables_hold


@cache
def database() -> duckdb.DuckDBPyConnection:
    return classical_database(network(seed=2, days=1, stations=3))


def free() -> int:
    return database().execute("SELECT count(*) FROM connectors WHERE status = 'Available'").fetchall()[0][0]


def energy() -> list[tuple[Any, ...]]:
    return database().execute("SELECT sum(meter_wh - meter_start_wh) FROM sessions").fetchall()


def tables_answer(**changes: object) -> tuple[dict[str, object], object]:
    right = {
        "free_now": free(),
        "delivered_wh": energy()[0][0],
        "faults_of_cinema_7": UNANSWERABLE,
        "price_at_start": UNANSWERABLE,
        "suspended_minutes": UNANSWERABLE,
    }
    return right | changes, database()


TABLES = [
    (tables_answer(faults_of_cinema_7=0), Outcome.WRONG, "last status only"),
    (tables_answer(price_at_start=Decimal("0.29")), Outcome.WRONG, "overwritten as soon as"),
    (tables_answer(suspended_minutes=None), Outcome.WRONG, "leaves no trace"),
    (tables_answer(free_now=UNANSWERABLE), Outcome.WRONG, "Tables hold the present"),
    (tables_answer(free_now=-1), Outcome.WRONG, "another number"),
    (tables_answer(free_now=True), Outcome.WRONG, "asks for a number"),
    (tables_answer(delivered_wh=float(energy()[0][0]) / 1000), Outcome.WRONG, "kilowatt-hours"),
    (tables_answer(delivered_wh="a lot"), Outcome.WRONG, "asks for a number"),
    (tables_answer(delivered_wh=...), Outcome.NOT_ATTEMPTED, "1 of 5 in `answers` is still the gap"),
    (({"free_now": 3}, database()), Outcome.WRONG, "five names"),
    ((None, database()), Outcome.WRONG, "not the five answers"),
    ((tables_answer()[0], None), Outcome.WRONG, "queries the same tables"),
]
TABLES_RIGHT = [
    tables_answer(),
    tables_answer(faults_of_cinema_7=" Unanswerable "),
    tables_answer(delivered_wh=energy(), free_now=float(free())),
]


# 2 outages_of_a_connector


def outages(store: Any, connector: str, start: datetime, end: datetime) -> int:
    query = """
        SELECT count(*) FROM events.StatusReported
        WHERE connector = $connector AND status = 'Faulted' AND occurred_at >= $start AND occurred_at < $end
    """
    return store.sql(query, connector=connector, start=start, end=end).fetchall()[0][0]


def faults_in(store: Any, connector: str) -> list[RecordedEvent]:
    there = store.read_stream(f"connector-{connector}")
    return [seen for seen in there if getattr(seen.event, "status", None) == "Faulted"]


def outages_in_python(store: Any, connector: str, start: datetime, end: datetime) -> int:
    return sum(start <= seen.occurred_at < end for seen in faults_in(store, connector))


def outages_as_rows(store: Any, connector: str, start: datetime, end: datetime) -> Any:
    query = "SELECT count(*) FROM events.StatusReported WHERE status = 'Faulted' AND connector = $connector"
    query += " AND occurred_at BETWEEN $start AND $end - INTERVAL 1 MICROSECOND"
    return store.sql(query, connector=connector, start=start, end=end).fetchall()


def outages_in_pandas(store: Any, connector: str, start: datetime, end: datetime) -> Any:
    reports = store.sql("SELECT connector, status, occurred_at FROM events.StatusReported").df()
    there = reports[(reports.connector == connector) & (reports.status == "Faulted")]
    when = there.occurred_at.dt.tz_localize("UTC")
    return ((start <= when) & (when < end)).sum()


def outages_as_a_frame(store: Any, connector: str, start: datetime, end: datetime) -> Any:
    query = "SELECT count(*) FROM events.StatusReported WHERE status = 'Faulted' AND connector = $connector"
    query += " AND occurred_at >= $start AND occurred_at < $end"
    return store.sql(query, connector=connector, start=start, end=end).df()


def outages_with_the_end(store: Any, connector: str, start: datetime, end: datetime) -> int:
    return sum(start <= seen.occurred_at <= end for seen in faults_in(store, connector))


def outages_without_the_start(store: Any, connector: str, start: datetime, end: datetime) -> int:
    return sum(start < seen.occurred_at < end for seen in faults_in(store, connector))


def outages_as_recorded(store: Any, connector: str, start: datetime, end: datetime) -> int:
    return sum(start <= seen.recorded_at < end for seen in faults_in(store, connector))


def outages_of_all(store: Any, connector: str, start: datetime, end: datetime) -> int:
    there = (seen for seen in store.read() if seen.event.status == "Faulted")
    return sum(start <= seen.occurred_at < end for seen in there)


def outages_by_prefix(store: Any, connector: str, start: datetime, end: datetime) -> int:
    query = """
        SELECT count(*) FROM events.StatusReported
        WHERE connector LIKE $connector || '%' AND status = 'Faulted'
          AND occurred_at >= $start AND occurred_at < $end
    """
    return store.sql(query, connector=connector, start=start, end=end).fetchall()[0][0]


def outages_by_moment(store: Any, connector: str, start: datetime, end: datetime) -> int:
    there = (seen for seen in faults_in(store, connector) if start <= seen.occurred_at < end)
    return len({seen.recorded_at for seen in there})


def outages_by_the_clock(store: Any, connector: str, start: datetime, end: datetime) -> int:
    there = faults_in(store, connector)
    return sum(start.time() <= seen.occurred_at.time() < end.time() for seen in there)


def outages_of_that_day(store: Any, connector: str, start: datetime, end: datetime) -> int:
    there = [seen for seen in faults_in(store, connector) if seen.occurred_at.day == start.day]
    return sum(start <= seen.occurred_at < end for seen in there)


def outages_in_small_letters(store: Any, connector: str, start: datetime, end: datetime) -> int:
    query = "SELECT count(*) FROM events.StatusReported WHERE status = 'faulted'"
    return store.sql(query).fetchall()[0][0]


def outages_in_a_naive_time(store: Any, connector: str, start: datetime, end: datetime) -> int:
    return outages_in_python(store, connector, start.replace(tzinfo=None), end.replace(tzinfo=None))


def outages_ever(store: Any, connector: str, start: datetime, end: datetime) -> int:
    return len(faults_in(store, connector))


def outages_as_text(store: Any, connector: str, start: datetime, end: datetime) -> str:
    return str(outages(store, connector, start, end))


# 3 price_at_start

PRICE = """
    SELECT max_by(t.energy_price, t.occurred_at)
    FROM events.TariffPublished t JOIN events.ChargingStarted s ON t.tariff = s.tariff
    WHERE s.session = $session AND t.occurred_at <= s.occurred_at
"""


def priced(store: Any, query: str, session: int) -> Decimal:
    return store.sql(query, session=session).fetchall()[0][0]


def price_at_start(store: Any, session: int) -> Decimal:
    return priced(store, PRICE, session)


def price_in_python(store: Any, session: int) -> Decimal:
    start = next(store.read_stream(f"session-{session}"))
    published = store.read_stream(f"tariff-{start.event.tariff}")
    until = [seen for seen in published if seen.occurred_at <= start.occurred_at]
    return max(until, key=lambda seen: seen.occurred_at).event.energy_price


def price_asof(store: Any, session: int) -> Any:
    query = """
        SELECT t.energy_price FROM events.ChargingStarted s
        ASOF JOIN events.TariffPublished t ON s.tariff = t.tariff AND s.occurred_at >= t.occurred_at
        WHERE s.session = $session
    """
    return store.sql(query, session=session).fetchall()


def price_now(store: Any, session: int) -> Decimal:
    return store.sql("SELECT max_by(energy_price, position) FROM events.TariffPublished").fetchall()[0][0]


def price_as_recorded(store: Any, session: int) -> Decimal:
    return priced(store, PRICE.replace("occurred_at", "recorded_at"), session)


def price_by_position(store: Any, session: int) -> Decimal:
    return priced(store, PRICE.replace("energy_price, t.occurred_at", "energy_price, t.position"), session)


def price_before_the_second(store: Any, session: int) -> Decimal:
    return priced(store, PRICE.replace("<=", "<"), session)


def price_of_any_tariff(store: Any, session: int) -> Decimal:
    return priced(store, PRICE.replace("t.tariff = s.tariff", "true"), session)


def price_by_the_clock(store: Any, session: int) -> Decimal:
    in_clock_time = PRICE.replace(
        "t.occurred_at <= s.occurred_at", "t.occurred_at::TIME <= s.occurred_at::TIME"
    )
    return priced(store, in_clock_time, session)


def price_of_similar_tariffs(store: Any, session: int) -> Decimal:
    return priced(store, PRICE.replace("t.tariff = s.tariff", "starts_with(t.tariff, s.tariff)"), session)


def price_of_first_publication(store: Any, session: int) -> Decimal:
    return priced(store, PRICE.replace("max_by", "min_by"), session)


def price_as_a_float(store: Any, session: int) -> float:
    return float(price_at_start(store, session))


def price_as_a_frame(store: Any, session: int) -> Any:
    return store.sql(PRICE, session=session).df()


def price_through_a_float(store: Any, session: int) -> Decimal:
    return Decimal(float(price_at_start(store, session)))


# 4 status_is_a_fold


def status_of(events: list[object]) -> str | None:
    status, online = None, True
    for event in events:
        match event:
            case StatusReported(status=reported):
                status = reported
            case StationWentOffline():
                online = False
            case StationCameOnline():
                online = True
    return status if online else "Offline"


def status_reduced(events: list[object]) -> str | None:
    def evolve(state: tuple[bool, Any], event: object) -> tuple[bool, Any]:
        online, status = state
        online = (online or isinstance(event, StationCameOnline)) and not isinstance(
            event, StationWentOffline
        )
        return online, getattr(event, "status", status)

    online, status = reduce(evolve, events, (True, None))
    return str(status.value) if online and status else None if online else "Offline"


class Shown:
    """Right, as a class with a state."""

    def __init__(self, events: list[object]) -> None:
        self.answer = status_of(events)


def status_backwards(events: list[object]) -> str | None:
    signs = [event for event in events if isinstance(event, StationWentOffline | StationCameOnline)]
    if signs and isinstance(signs[-1], StationWentOffline):
        return "Offline"
    return next((event.status for event in reversed(events) if isinstance(event, StatusReported)), None)


def status_with_a_toggle(events: list[object]) -> str | None:
    status, online = None, True
    for event in events:
        if isinstance(event, (StationWentOffline, StationCameOnline)):
            online = not online
        status = getattr(event, "status", status)
    return status if online else "Offline"


def status_with_a_depth(events: list[object]) -> str | None:
    status, depth = None, 0
    for event in events:
        depth += isinstance(event, StationWentOffline) - isinstance(event, StationCameOnline)
        status = getattr(event, "status", status)
    return "Offline" if depth > 0 else status


def status_without_reports_offline(events: list[object]) -> str | None:
    reports = [event for event in events if isinstance(event, StatusReported)]
    return status_of(events) if reports else None


def status_of_the_last_event(events: list[Any]) -> str | None:
    return events[-1].status if events else None


def status_in_alphabetical_order(events: list[object]) -> str | None:
    return max((event.status for event in events if isinstance(event, StatusReported)), default=None)


def status_popped(events: list[object]) -> str | None:
    answer = status_of(events)
    events.clear()
    return answer


def status_that_stays_offline(events: list[object]) -> str | None:
    return "Offline" if any(isinstance(event, StationWentOffline) for event in events) else status_of(events)


def status_without_stations(events: list[object]) -> str | None:
    return next((event.status for event in reversed(events) if isinstance(event, StatusReported)), None)


def status_that_refuses(events: list[object]) -> str | None:
    for event in events:
        if not isinstance(event, StatusReported):
            raise ValueError(f"unexpected {type(event).__name__}")
    return status_of(events)


def status_forgotten_in_an_outage(events: list[object]) -> str | None:
    status: str | None = None
    for event in events:
        match event:
            case StatusReported(status=reported):
                status = reported
            case StationWentOffline():
                status = "Offline"
            case StationCameOnline():
                status = None
    return status


def status_ignored_in_an_outage(events: list[object]) -> str | None:
    status: str | None = None
    before: str | None = None
    for event in events:
        match event:
            case StatusReported(status=reported):
                status = reported
            case StationWentOffline():
                before, status = status, "Offline"
            case StationCameOnline():
                status = before
    return status


def status_kept_from_before_an_outage(events: list[object]) -> str | None:
    status, online = None, True
    for event in events:
        match event:
            case StatusReported(status=reported) if online:
                status = reported
            case StationWentOffline():
                online = False
            case StationCameOnline():
                online = True
    return status if online else "Offline"


def with_a_memory() -> Any:
    memory: list[object] = []

    def status_with_a_memory(events: list[object]) -> str | None:
        memory.extend(events)
        return status_of(memory)

    return status_with_a_memory


def status_by_the_clock(events: list[object]) -> str | None:
    return status_of(events) if datetime.now(UTC).year > 2000 else None


# 5 drifted_rows

LAST_AUDITED = """
    SELECT key, last(new_value ORDER BY written_at) AS audited FROM audit
    WHERE table_name = 'connectors' GROUP BY key
"""


def drifted(database: Any) -> Any:
    return database.sql(f"""
        SELECT connector, status, audited FROM connectors LEFT JOIN ({LAST_AUDITED}) ON key = connector
        WHERE status IS DISTINCT FROM audited
    """)


def drifted_as_a_frame(database: Any) -> Any:
    return drifted(database).df()


def drifted_by_merge(database: Any) -> Any:
    audit = database.sql("FROM audit WHERE table_name = 'connectors' ORDER BY written_at").df()
    last = audit.drop_duplicates("key", keep="last").set_index("key").new_value
    status = database.sql("FROM connectors").df().set_index("connector").status
    return status.index[status != last.reindex(status.index)]


def drifted_by_except(database: Any) -> set[str]:
    query = f"SELECT connector, status FROM connectors EXCEPT ({LAST_AUDITED})"
    return {connector for connector, _ in database.execute(query).fetchall()}


def drifted_in_python(database: Any) -> Iterator[str]:
    audit = dict(database.execute("SELECT key, new_value FROM audit ORDER BY written_at").fetchall())
    for connector, status in database.execute("SELECT connector, status FROM connectors").fetchall():
        if audit.get(connector) != status:
            yield connector


def drifted_with_reasons(database: Any) -> dict[str, str]:
    return dict.fromkeys(drifted_by_except(database), "differs")


def drifted_inner(database: Any) -> Any:
    return database.sql(f"""
        SELECT connector FROM connectors JOIN ({LAST_AUDITED}) ON key = connector WHERE status <> audited
    """)


def drifted_any_row(database: Any) -> list[str]:
    query = "SELECT connector FROM connectors JOIN audit ON key = connector WHERE status <> new_value"
    return [connector for (connector,) in database.execute(query).fetchall()]


def drifted_never_seen(database: Any) -> list[str]:
    query = "SELECT connector, status FROM connectors EXCEPT SELECT key, new_value FROM audit"
    return [connector for connector, _ in database.execute(query).fetchall()]


def drifted_unsorted(database: Any) -> list[str]:
    audit = dict(database.execute("SELECT key, new_value FROM audit").fetchall())
    rows = database.execute("SELECT connector, status FROM connectors").fetchall()
    return [connector for connector, status in rows if audit.get(connector) != status]


def drifted_counted(database: Any) -> int:
    return len(drifted_by_except(database))


def drifted_and_tidied(database: Any) -> set[str]:
    found = drifted_by_except(database)
    database.execute("DELETE FROM audit WHERE table_name <> 'connectors'")
    return found


def drifted_and_repaired(database: Any) -> set[str]:
    found = drifted_by_except(database)
    database.execute("UPDATE connectors SET status = 'Available'")
    return found


def drifted_through_a_table_of_its_own(database: Any) -> Any:
    database.execute(f"CREATE OR REPLACE TEMP TABLE last_audited AS {LAST_AUDITED}")
    return database.sql(
        "SELECT connector, status FROM connectors EXCEPT SELECT key, audited FROM last_audited"
    )


def drifted_nothing(database: Any) -> list[str]:
    return []


def drifted_all_tables(database: Any) -> list[str]:
    return [*drifted_by_except(database), "fast"]


# 6 tampered_reading


def tampered_in_a_frame(rows: list[StoredEvent]) -> Any:
    """Right: a position out of a DataFrame, which is one of NumPy's numbers."""
    frame = pandas.DataFrame(list(rows), columns=list(StoredEvent._fields))
    before = [GENESIS, *frame["hash"]]
    wrong = [link(hash, row) != row.hash for hash, row in zip(before, rows, strict=False)]
    return frame["position"][wrong.index(True)] if any(wrong) else None


def find_tampered(rows: Sequence[StoredEvent]) -> int | None:
    previous = GENESIS
    for row in rows:
        if link(previous, row) != row.hash:
            return row.position
        previous = row.hash
    return None


def broken_links(rows: Sequence[StoredEvent]) -> list[int]:
    before = [GENESIS, *(row.hash for row in rows)]
    return [row.position for hash, row in zip(before, rows, strict=False) if link(hash, row) != row.hash]


def tampered_at_once(rows: Sequence[StoredEvent]) -> int | None:
    return next(iter(broken_links(rows)), None)


def tampered_as_index(rows: Sequence[StoredEvent]) -> int | None:
    position = find_tampered(rows)
    return None if position is None else position - 1


def tampered_without_the_first(rows: Sequence[StoredEvent]) -> int | None:
    return next((row.position for before, row in pairwise(rows) if link(before.hash, row) != row.hash), None)


def tampered_without_the_last(rows: Sequence[StoredEvent]) -> int | None:
    return find_tampered(rows[:-1])


def tampered_last_broken(rows: Sequence[StoredEvent]) -> int | None:
    return max(broken_links(rows), default=None)


def tampered_without_a_chain(rows: Sequence[StoredEvent]) -> int | None:
    return next((row.position for row in rows if link(GENESIS, row) != row.hash), None)


def tampered_row(rows: Sequence[StoredEvent]) -> StoredEvent | None:
    position = find_tampered(rows)
    return next((row for row in rows if row.position == position), None)


def tampered_never(rows: Sequence[StoredEvent]) -> None:
    for row in rows:
        assert row.position


def tampered_by_eye(rows: Sequence[StoredEvent]) -> int | None:
    return next((row.position for row in rows if "99000" in row.data), None)


# 7 the_map_at


def map_at(store: Any, instant: datetime) -> dict[str, str]:
    return state_at(store, instant)


def map_in_python(store: Any, instant: datetime) -> dict[str, str]:
    then = store.as_of(recorded_at=instant).read()
    return {seen.event.connector: str(seen.event.status) for seen in then if seen.type == "StatusReported"}


def map_with_the_silent(store: Any, instant: datetime) -> dict[str, str | None]:
    return dict.fromkeys(["silent-1"]) | map_in_python(store, instant)


def map_of_what_was_so(store: Any, instant: datetime) -> dict[str, str]:
    return state_at(store, instant, axis="occurred_at")


def map_without_the_second(store: Any, instant: datetime) -> dict[str, str]:
    return {seen.event.connector: seen.event.status for seen in store.read() if seen.recorded_at < instant}


def map_now(store: Any, instant: datetime) -> dict[str, str]:
    return {seen.event.connector: seen.event.status for seen in store.read()}


def map_of_first_reports(store: Any, instant: datetime) -> dict[str, str]:
    there: dict[str, str] = {}
    for seen in store.as_of(recorded_at=instant).read():
        there.setdefault(seen.event.connector, seen.event.status)
    return there


def map_by_earliest_occurrence(store: Any, instant: datetime) -> dict[str, str]:
    known = sorted(store.as_of(recorded_at=instant).read(), key=lambda seen: seen.occurred_at, reverse=True)
    return {seen.event.connector: seen.event.status for seen in known}


def map_by_latest_occurrence(store: Any, instant: datetime) -> dict[str, str]:
    query = """
        SELECT connector, last(status ORDER BY occurred_at) FROM events.StatusReported
        WHERE recorded_at <= $instant GROUP BY connector
    """
    return dict(store.sql(query, instant=instant).fetchall())


def map_by_name(store: Any, instant: datetime) -> dict[str, str]:
    then = store.as_of(recorded_at=instant)
    return {seen.event.connector: seen.event.status.name for seen in then.read()}


def map_as_rows(store: Any, instant: datetime) -> list[tuple[str, str]]:
    return list(map_at(store, instant).items())


def map_of_one(store: Any, instant: datetime) -> dict[str, str]:
    return {"cinema-7": map_at(store, instant).get("cinema-7", "Available")}


# 8 tariff_changed_later

REPUBLISHED = """
    SELECT {what} FROM events.InvoiceIssued i JOIN events.ChargingStarted s USING (session)
    WHERE EXISTS (
        SELECT 1 FROM events.TariffPublished t
        WHERE t.tariff = s.tariff AND t.occurred_at > s.occurred_at AND t.occurred_at < i.occurred_at
    )
"""
INVOICES = REPUBLISHED.format(what="invoice")


def republished(store: Any) -> Any:
    return store.sql(INVOICES)


def republished_as_a_frame(store: Any) -> Any:
    return store.sql(REPUBLISHED.format(what="s.session, i.occurred_at, invoice")).df()


def republished_as_a_column(store: Any) -> Any:
    return republished_as_a_frame(store).invoice


def republished_with_more(store: Any) -> list[tuple[Any, ...]]:
    return store.sql(REPUBLISHED.format(what="s.session, i.occurred_at, invoice")).fetchall()


def republished_in_python(store: Any) -> set[str]:
    starts = {seen.event.session: seen for seen in store.read() if seen.type == "ChargingStarted"}
    prices = [seen for seen in store.read() if seen.type == "TariffPublished"]
    bills = [seen for seen in store.read() if seen.type == "InvoiceIssued"]
    return {
        bill.event.invoice
        for bill in bills
        for price in prices
        if price.event.tariff == bill.event.tariff
        and starts[bill.event.session].occurred_at < price.occurred_at < bill.occurred_at
    }


def republished_any_tariff(store: Any) -> Any:
    return store.sql(INVOICES.replace("t.tariff = s.tariff", "true"))


def republished_joined(store: Any) -> list[str]:
    query = """
        SELECT invoice FROM events.InvoiceIssued i JOIN events.ChargingStarted s USING (session)
        JOIN events.TariffPublished t ON t.tariff = s.tariff
         AND t.occurred_at > s.occurred_at AND t.occurred_at < i.occurred_at
    """
    return [invoice for (invoice,) in store.sql(query).fetchall()]


def republished_ever_after(store: Any) -> Any:
    return store.sql(INVOICES.replace("AND t.occurred_at < i.occurred_at", ""))


def republished_before_the_invoice(store: Any) -> Any:
    return store.sql(INVOICES.replace("AND t.occurred_at > s.occurred_at", ""))


def republished_as_recorded(store: Any) -> Any:
    return store.sql(INVOICES.replace("occurred_at", "recorded_at"))


def republished_by_position(store: Any) -> Any:
    return store.sql(INVOICES.replace("occurred_at", "position"))


def republished_after_a_recorded_start(store: Any) -> Any:
    return store.sql(INVOICES.replace("s.occurred_at", "s.recorded_at"))


def republished_with_recorded_prices(store: Any) -> Any:
    return store.sql(INVOICES.replace("t.occurred_at", "t.recorded_at"))


def republished_between(store: Any) -> Any:
    both = "t.occurred_at > s.occurred_at AND t.occurred_at < i.occurred_at"
    return store.sql(INVOICES.replace(both, "t.occurred_at BETWEEN s.occurred_at AND i.occurred_at"))


def republished_until_the_invoice(store: Any) -> Any:
    return store.sql(INVOICES.replace("< i.occurred_at", "<= i.occurred_at"))


def republished_sessions(store: Any) -> list[int]:
    return [session for (session,) in store.sql(REPUBLISHED.format(what="s.session")).fetchall()]


def republished_none(store: Any) -> list[str]:
    return []


def republished_as_text(store: Any) -> str:
    return "2026-000002"


# 9 one_write


def record(office: Any, event: Any, event_id: object) -> None:
    office.store.append(f"session-{event.session}", [event], event_ids=[event_id])


def derive(recorded: list[RecordedEvent]) -> tuple[dict[int, str], list[tuple[int, str]]]:
    messages = []
    for seen in recorded:
        match seen.event:
            case ChargingStarted(session=session):
                messages.append((session, "charging"))
            case ChargingStopped(session=session):
                messages.append((session, "stopped"))
    return dict(messages), messages


def change(event: Any) -> tuple[int, str] | None:
    words = {"ChargingStarted": "charging", "ChargingStopped": "stopped"}
    word = words.get(type(event).__name__)
    return (event.session, word) if word else None


def derive_in_a_comprehension(recorded: list[RecordedEvent]) -> list[object]:
    messages = [pair for seen in recorded if (pair := change(seen.event))]
    return [dict(messages), [list(pair) for pair in messages]]


def record_without_an_id(office: Any, event: Any, event_id: object) -> None:
    office.store.append(f"session-{event.session}", [event])


def derive_without_doubles(recorded: list[RecordedEvent]) -> object:
    facts = dict.fromkeys(seen.event for seen in recorded)
    messages = [pair for fact in facts if (pair := change(fact))]
    return dict(messages), messages


def record_unless_there(office: Any, event: Any, event_id: object) -> None:
    stream = f"session-{event.session}"
    if all(seen.event_id != event_id for seen in office.store.read_stream(stream)):
        record(office, event, event_id)


def record_unless_an_equal_is_there(office: Any, event: Any, event_id: object) -> None:
    stream = f"session-{event.session}"
    if all(seen.event != event for seen in office.store.read_stream(stream)):
        office.store.append(stream, [event])


def record_in_one_stream(office: Any, event: Any, event_id: object) -> None:
    office.store.append("sessions-all", [event], event_ids=[event_id])


def record_hiding_crashes(office: Any, event: Any, event_id: object) -> None:
    with suppress(BaseException):
        record(office, event, event_id)


def record_and_publish(office: Any, event: Any, event_id: object) -> None:
    record(office, event, event_id)
    office.broker.append(change(event))


def publish_and_record(office: Any, event: Any, event_id: object) -> None:
    office.broker.append(change(event))
    record(office, event, event_id)


def record_and_keep_a_row(office: Any, event: Any, event_id: object) -> None:
    record(office, event, event_id)
    session, status = change(event) or (0, "")
    office.table[session] = status


def write_row_and_message(office: Any, event: Any, event_id: object) -> None:
    session, status = change(event) or (0, "")
    office.table[session] = status
    office.broker.append((session, status))


def record_nothing(office: Any, event: Any, event_id: object) -> None:
    str(event)


def record_in_a_finally(office: Any, event: Any, event_id: object) -> None:
    try:
        record(office, event, event_id)
    finally:
        office.broker.append(change(event))


def derive_backwards(recorded: list[RecordedEvent]) -> object:
    messages = [pair for seen in reversed(recorded) if (pair := change(seen.event))]
    return dict(messages), messages


def derive_one_message_a_session(recorded: list[RecordedEvent]) -> object:
    rows, _ = derive(recorded)
    return rows, list(rows.items())


def derive_rows_only(recorded: list[RecordedEvent]) -> object:
    return derive(recorded)[0]


def derive_readings_too(recorded: list[RecordedEvent]) -> object:
    messages = [(seen.event.session, type(seen.event).__name__) for seen in recorded]
    return dict(messages), messages


# 10 busy_at_each_instant


def busy_at(store: Any, instants: list[datetime]) -> list[int]:
    rows = state_at_instants(store, instants=instants, axis="occurred_at").fetchall()
    busy = Counter(instant.replace(tzinfo=UTC) for instant, _, status in rows if status == "Charging")
    return [busy[instant] for instant in instants]


def busy_one_by_one(store: Any, instants: list[datetime]) -> list[int]:
    states = (state_at(store, instant, axis="occurred_at") for instant in instants)
    return [list(state.values()).count("Charging") for state in states]


def busy_as_a_dict(store: Any, instants: list[datetime]) -> dict[datetime, int]:
    return dict(zip(instants, busy_at(store, instants), strict=True))


def busy_in_one_pass(store: Any, instants: list[datetime]) -> list[int]:
    reports = [seen for seen in store.read() if isinstance(seen.event, StatusReported)]
    events = sorted(reports, key=lambda seen: (seen.occurred_at, seen.position))
    there: dict[str, str] = {}
    counts = {}
    for instant in sorted(instants):
        while events and events[0].occurred_at <= instant:
            seen = events.pop(0)
            there[seen.event.connector] = seen.event.status
        counts[instant] = Counter(there.values())["Charging"]
    return [counts[instant] for instant in instants]


def busy_in_order_of_time(store: Any, instants: list[datetime]) -> list[int]:
    return busy_at(store, sorted(instants))


def busy_after_sorting(store: Any, instants: list[datetime]) -> list[int]:
    instants.sort()
    return busy_at(store, instants)


def busy_by_spells(store: Any, instants: list[datetime]) -> Any:
    query = """
        WITH spells AS (
            SELECT connector, status, occurred_at AS since,
                   lead(occurred_at) OVER (PARTITION BY connector ORDER BY occurred_at, position) AS until
            FROM events.StatusReported
        )
        SELECT instant, count(connector)
        FROM (SELECT unnest($instants) AS instant, generate_subscripts($instants, 1) AS place)
        LEFT JOIN spells ON status = 'Charging' AND since <= instant AND (until IS NULL OR instant < until)
        GROUP BY place, instant ORDER BY place
    """
    return store.sql(query, instants=instants)


def busy_in_pandas(store: Any, instants: list[datetime]) -> Any:
    states = state_at_instants(store, instants=instants, axis="occurred_at").df()
    busy = (states.status == "Charging").groupby(states.instant.dt.tz_localize("UTC")).sum()
    return busy.reindex(instants, fill_value=0)


def busy_as_a_frame(store: Any, instants: list[datetime]) -> Any:
    return busy_in_pandas(store, instants).reset_index()


def busy_as_an_array(store: Any, instants: list[datetime]) -> Any:
    return busy_in_pandas(store, instants).to_numpy()


def busy_as_recorded(store: Any, instants: list[datetime]) -> list[int]:
    return [list(state_at(store, instant).values()).count("Charging") for instant in instants]


def busy_with_a_zone(store: Any, instants: list[datetime]) -> list[int]:
    rows = state_at_instants(store, instants=instants, axis="occurred_at").fetchall()
    busy = Counter(instant for instant, _, status in rows if status == "Charging")
    return [busy[instant] for instant in instants]


def busy_without_zeros(store: Any, instants: list[datetime]) -> list[int]:
    return [count for count in busy_at(store, instants) if count]


def busy_reports_until_then(store: Any, instants: list[datetime]) -> list[int]:
    there = [seen for seen in store.read() if seen.event.status == "Charging"]
    return [sum(seen.occurred_at <= instant for seen in there) for instant in instants]


def busy_before_the_second(store: Any, instants: list[datetime]) -> list[int]:
    return busy_at(store, [datetime.fromtimestamp(instant.timestamp() - 1, UTC) for instant in instants])


def busy_in_total(store: Any, instants: list[datetime]) -> int:
    return sum(busy_at(store, instants))


def busy_as_texts(store: Any, instants: list[datetime]) -> Iterator[str]:
    return (str(count) for count in busy_at(store, instants))


def busy_connectors(store: Any, instants: list[datetime]) -> list[int]:
    return [len(state_at(store, instant, axis="occurred_at")) for instant in instants]


def wrong(task: str, *cases: tuple[Any, str] | tuple[Any, Outcome, str]) -> list[WrongAnswer]:
    """Cases of (answer, sentence), or (answer, outcome, sentence) where the outcome is not WRONG."""
    return [WrongAnswer(task, answer, (*outcome, Outcome.WRONG)[0], says) for answer, *outcome, says in cases]


def right(task: str, *answers: object) -> list[RightAnswer]:
    return [RightAnswer(task, answer) for answer in answers]


WRONG = [
    *wrong("what_the_tables_hold", *TABLES),
    *wrong(
        "outages_of_a_connector",
        (outages_by_the_clock, "Is it the whole time, day included"),
        (outages_of_that_day, "Is it the whole time, day included"),
        (outages_with_the_end, "an hour with a fault at its very end"),
        (outages_in_small_letters, "For an hour with one fault in its middle you count `0`"),
        (outages_without_the_start, "in its very first second"),
        (outages_as_recorded, "recorded hours later"),
        (outages_as_text, "The count is a str: `'1'`"),
        (outages_of_all, "at its very end (excluded)"),
        (outages_by_prefix, "in which only late reports were recorded"),
        (outages_by_moment, "recorded at the same moment"),
        (outages_in_a_naive_time, Outcome.ERROR, "TypeError"),
        (outages_ever, "in its middle"),
        (returns_nothing, "Is a `return` missing"),
        (lambda store, connector: 1, "cannot be called with 4 arguments"),
        (3, "not a function"),
    ),
    *wrong(
        "price_at_start",
        (price_by_the_clock, "Which publication of *this* tariff"),
        (price_of_similar_tariffs, "Which publication of *this* tariff"),
        (price_of_first_publication, "in the same second as a publication"),
        (price_now, "long before the tariff was published again"),
        (price_as_recorded, "recorded at 14:30"),
        (price_by_position, "but did not occur last"),
        (price_before_the_second, "in the same second as a publication"),
        (price_of_any_tariff, "long before the tariff"),
        (price_as_a_float, "loses the cent"),
        (price_as_a_frame, "loses the cent"),
        (price_through_a_float, "a Decimal that was made from a float: `0.45000"),
        (returns_nothing, "Is a `return` missing"),
    ),
    *wrong(
        "status_is_a_fold",
        (status_with_a_toggle, "ends without having begun"),
        (status_with_a_depth, "ends without having begun"),
        (status_without_reports_offline, "before any report"),
        (status_of_the_last_event, Outcome.ERROR, "has no attribute 'status'"),
        (status_in_alphabetical_order, "in their order"),
        (status_popped, "changed what it was given"),
        (status_that_stays_offline, "After an outage that ended"),
        (status_without_stations, "the station going offline"),
        (status_that_refuses, Outcome.ERROR, "unexpected ConnectorCommissioned"),
        (status_forgotten_in_an_outage, "with no report since"),
        (status_ignored_in_an_outage, "After a report that was recorded during an outage"),
        (status_kept_from_before_an_outage, "during which a report was recorded"),
        (with_a_memory(), "outlives the first call"),
        (status_by_the_clock, "read the clock"),
        (lambda events: "...", "After no event at all"),
    ),
    *wrong(
        "drifted_rows",
        (drifted_inner, "has no audit entry"),
        (drifted_any_row, "whose audit ends with the status"),
        (drifted_never_seen, "which the audit missed"),
        (drifted_unsorted, "once had another status"),
        (drifted_counted, "is an int"),
        (drifted_and_tidied, "has changed the table `audit`"),
        (drifted_and_repaired, "has changed the table `connectors`"),
        (lambda mine: ["cinema-99"], "its own data"),
        (drifted_nothing, "You miss the connector whose audit ends with another status"),
        (drifted_all_tables, "there is no such connector"),
        (returns_nothing, "Is a `return` missing"),
    ),
    *wrong(
        "tampered_reading",
        (tampered_as_index, "return a position"),
        (tampered_without_the_first, "the very first row forged, you accuse nobody"),
        (tampered_without_the_last, "the very last row forged, you accuse nobody"),
        (tampered_last_broken, "with two forged rows"),
        (tampered_without_a_chain, "accuses no honest row"),
        (tampered_row, "a row can be forged again"),
        (tampered_never, "you accuse nobody"),
        (tampered_by_eye, "a row was removed"),
    ),
    *wrong(
        "the_map_at",
        (map_of_what_was_so, "not what was really the case"),
        (map_without_the_second, "the instant itself"),
        (map_now, "had not reported yet"),
        (map_of_first_reports, "which report of a connector wins"),
        (map_by_earliest_occurrence, "which report of a connector wins"),
        (map_by_latest_occurrence, "At 19:30 your map shows `zoo-2` as `'Available'`"),
        (map_by_name, "The status here is `Available`"),
        (map_as_rows, "returned a list"),
        (map_of_one, "had not reported yet"),
        (lambda store, instant: {}, "lacks a connector"),
    ),
    *wrong(
        "tariff_changed_later",
        (republished_any_tariff, "another tariff was published"),
        (republished_joined, "more than once"),
        (republished_ever_after, "only after it was issued"),
        (republished_before_the_invoice, "later than the start of the session"),
        (republished_as_recorded, "before its session but recorded after it"),
        (republished_by_position, "before its session but recorded after it"),
        (republished_with_recorded_prices, "before its session but recorded after it"),
        (
            republished_after_a_recorded_start,
            "but was recorded after it",
        ),
        (republished_between, "in the same second as its session began"),
        (republished_until_the_invoice, "in the same second as it was issued"),
        (republished_sessions, "there is no such invoice"),
        (republished_none, "while the car was charging"),
        (republished_as_text, "is a str"),
    ),
    *wrong(
        "one_write",
        ((record_and_publish, derive), "Whatever is written twice"),
        ((publish_and_record, derive), "a ghost"),
        ((record_and_keep_a_row, derive), "The table says"),
        ((write_row_and_message, derive), "no record of the charge"),
        ((record_without_an_id, derive), "it must count once"),
        ((record_nothing, derive), "no record of the charge"),
        ((record_unless_an_equal_is_there, derive), "the log holds 1 pause."),
        ((record_in_one_stream, derive), "to the stream `sessions-all`"),
        ((record_hiding_crashes, derive), "returned as if nothing had happened"),
        ((record_in_a_finally, derive), "The broker has sent"),
        ((record, derive_backwards), "never change them"),
        ((record, derive_one_message_a_session), "never change them"),
        ((record, derive_rows_only), "returned a dict"),
        ((record, derive_readings_too), "readings change no row"),
        ((record, returns_nothing), "Is a `return` missing"),
        ((derive, record), "cannot be called with"),
        ((record, lambda recorded: ([], {})), "`derive` returned"),
    ),
    *wrong(
        "busy_at_each_instant",
        (busy_as_recorded, "(recorded at 20:00)"),
        (busy_with_a_zone, "You count no car at all"),
        (busy_without_zeros, "a quiet hour is 0"),
        (busy_reports_until_then, "was full"),
        (busy_before_the_second, "in the second in which a car plugged in"),
        (busy_in_total, "is an int"),
        (busy_as_a_dict, "is a dict"),
        (busy_in_order_of_time, "the instants in another order"),
        (busy_after_sorting, "the instants in another order"),
        (lambda store, instants: [1] * 97, "use the argument `instants`"),
        (busy_as_texts, "before anybody had reported"),
        (busy_connectors, "you count `3` charging"),
        (returns_nothing, "Is a `return` missing"),
    ),
]

RIGHT = [
    *right("what_the_tables_hold", *TABLES_RIGHT),
    *right("outages_of_a_connector", outages, outages_in_python, outages_as_rows),
    *right("outages_of_a_connector", outages_in_pandas, outages_as_a_frame),
    *right("price_at_start", price_at_start, price_in_python, price_asof),
    *right("status_is_a_fold", status_of, status_reduced, status_backwards, lambda es: Shown(es).answer),
    *right("drifted_rows", drifted, drifted_by_except, drifted_in_python, drifted_with_reasons),
    *right("drifted_rows", drifted_through_a_table_of_its_own, drifted_as_a_frame, drifted_by_merge),
    *right("tampered_reading", find_tampered, tampered_at_once, tampered_in_a_frame, first_broken),
    *right("the_map_at", map_at, map_in_python, map_with_the_silent),
    *right("tariff_changed_later", republished, republished_with_more, republished_in_python),
    *right("tariff_changed_later", republished_as_a_frame, republished_as_a_column),
    *right(
        "one_write",
        (record, derive),
        (record, derive_in_a_comprehension),
        (record_without_an_id, derive_without_doubles),
        (record_unless_there, derive),
    ),
    *right("busy_at_each_instant", busy_at, busy_one_by_one, busy_in_one_pass, busy_by_spells),
    *right("busy_at_each_instant", busy_in_pandas, busy_as_a_frame, busy_as_an_array),
]

EQUIVALENT = {
    "outages_of_a_connector": {
        "seen.event.status == 'Faulted' -> str(seen.event.status).start … tr('Faulted'))": "one status",
    },
    "tampered_reading": {
        "row.hash != link(previous, row) -> not str(row.hash).startswith … evious, row)))": (
            "all hashes are equally long"
        ),
    },
    "tariff_changed_later": {
        "…CT invoice, s.tariff FROM events.Invoice… -> …CT invoice, i.tariff FROM events.Invoice…": "shown",
        "… t.tariff = s.tariff AND t.occurred_at >… -> … t.tariff = i.tariff AND t.occurred_at >…": (
            "an invoice names the tariff of its session"
        ),
    },
    "busy_at_each_instant": {
        "for instant, _, status in st … ').fetchall(): -> for instant, _, status in li … hall())[::-1]:": (
            "rows are counted in any order"
        ),
        "status == 'Charging' -> str(status).startswith(str('Charging'))": "one status only",
    },
}
