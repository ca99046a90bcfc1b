"""A log on a real PostgreSQL server: the whole contract, several programs, and failures."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from tests.workshop_lib.store.servers import PostgresServer, postgres
from workshop_lib import Query, RecordedEvent, SimulatedClock, open_store, seeded_ids
from workshop_lib.store.contract import EventStoreContract, ReadingContract, SocketPlugged, SocketRead, filled
from workshop_lib.store.errors import (
    EventIdTaken,
    StoreClosed,
    StoreError,
    WrongStorageVersion,
)
from workshop_lib.store.port import EventStore, Reading
from workshop_lib.store.server_errors import (
    AddressUnreadable,
    DatabaseMissing,
    ExtraMissing,
    LoginRefused,
    NotPermitted,
    ServerUnreachable,
    TableOfOthers,
    WrongEncoding,
)
from workshop_lib.store.store import Branch

CINEMA, HARBOUR = "socket-7 at the cinema", "socket-1 at the harbour"
EIGHT_O_CLOCK = "2026-03-02T08:00:00+00:00"

__all__ = ["postgres"]  # the fixture


@pytest.fixture
def room(postgres: PostgresServer) -> str:
    return postgres.room()


@pytest.fixture
def sql(postgres: PostgresServer) -> Iterator:
    """Raw SQL that bypasses the store, as the server's owner."""
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        yield lambda statement, *values: connection.execute(statement, values or None)


def schema_of(room: str) -> str:
    return room.rpartition("schema=")[2]


class TestPostgres(EventStoreContract):
    @pytest.fixture
    def store(self, clock, room) -> Iterator[EventStore]:
        with open_store(room, clock=clock, ids=seeded_ids(7)) as store:
            yield store


class TestPostgresFork(EventStoreContract):
    """A fork at 0 is an empty store, whatever its parent contains."""

    @pytest.fixture(scope="class")
    @classmethod
    def parent(cls, postgres) -> Iterator[EventStore]:
        with open_store(postgres.room()) as parent:
            parent.append(HARBOUR, [SocketPlugged("1")])
            yield parent
            assert (parent.position(), parent.verify()) == (1, None)

    @pytest.fixture
    def store(self, clock, parent) -> Iterator[EventStore]:
        with Branch(parent._log.until(0), clock, seeded_ids(7)) as fork:
            yield fork


class TestPostgresAsOf(ReadingContract):
    """The log as of an earlier moment, after more events were appended."""

    @pytest.fixture(scope="class")
    @classmethod
    def log(cls, postgres) -> Iterator[Reading]:
        clock = SimulatedClock(EIGHT_O_CLOCK)
        with open_store(postgres.room(), clock=clock, ids=seeded_ids(7)) as store:
            end = filled(store, clock).position()
            store.append(CINEMA, [SocketRead("7", 99)])
            yield store.as_of(position=end)


class TestBranchOnPostgres(ReadingContract):
    """Half of the log in the parent, half in the fork: it reads like one log."""

    @pytest.fixture(scope="class")
    @classmethod
    def log(cls, postgres) -> Iterator[Reading]:
        clock = SimulatedClock(EIGHT_O_CLOCK)
        with open_store(postgres.room(), clock=clock, ids=seeded_ids(7)) as store:
            whole = list(filled(store.fork(), clock).read())
            repeat(whole[:3], store, clock)
            yield repeat(whole[3:], store.fork(), clock)


def repeat(history: list[RecordedEvent], store: EventStore, clock: SimulatedClock) -> EventStore:
    """Append the same history to another store."""
    for recorded in history:
        clock.now = recorded.recorded_at
        same = ("occurred_at", "tags", "metadata", "correlation_id", "causation_id")
        details = {name: getattr(recorded, name) for name in same}
        store.append(recorded.stream, [recorded.event], event_ids=[recorded.event_id], **details)
    return store


PROGRAM = """
import sys
from workshop_lib import open_store
from workshop_lib.store.contract import SocketRead
with open_store(sys.argv[1]) as store:
    for n in range(60):
        store.append(sys.argv[2], [SocketRead(sys.argv[2], n)], expected_version=n)
"""


def test_several_programs_write_one_log_and_a_subscriber_sees_each_event_once(room: str):
    with open_store(room) as store, store.subscribe() as subscription:
        programs = [subprocess.Popen([sys.executable, "-c", PROGRAM, room, f"socket-{n}"]) for n in range(3)]
        seen = [subscription.next(timeout=30) for _ in range(180)]
        assert [program.wait(30) for program in programs] == [0, 0, 0]
        assert [recorded.position for recorded in seen] == list(range(1, 181))
        assert [r.version for r in seen if r.stream == "socket-1"] == list(range(1, 61))
        assert store.verify() is None


def test_an_append_of_another_program_wakes_a_waiting_caller(room: str):
    with open_store(room) as store, open_store(room) as other:
        listener = store._listener
        since = listener.ready()
        other.append(CINEMA, [SocketPlugged("7")])
        listener.sleep(since, 30)
        assert listener.count == since + 1


def test_opening_a_new_log_concurrently_creates_one_log(room: str):
    with ThreadPoolExecutor(4) as programs:
        stores = list(programs.map(lambda _: open_store(room), range(4)))
    for n, store in enumerate(stores):
        store.append(CINEMA, [SocketRead("7", n)], expected_version=n)
    assert [store.position() for store in stores] == [4, 4, 4, 4]
    for store in stores:
        store.close()


@pytest.mark.parametrize("change", ["UPDATE {} SET stream = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize("role", ["origin", "replica"])
def test_the_log_cannot_be_changed_even_by_the_servers_owner(room: str, sql: Callable, change, role):
    with open_store(room) as store:
        store.append(CINEMA, [SocketPlugged("7")])
        sql(f"SET session_replication_role = {role}")
        with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
            sql(change.format(f"{schema_of(room)}.events"))
        assert (store.position(), store.verify()) == (1, None)


TAMPERING = {
    "a changed event": ("UPDATE {}.events SET data = '{{}}' WHERE position = 2", 2),
    "an event cut out": ("DELETE FROM {}.events WHERE position = 2", 3),
    "the end cut off": ("DELETE FROM {}.events WHERE position > 2", 3),
    "everything gone": ("DELETE FROM {}.events", 1),
}


@pytest.mark.parametrize("how", TAMPERING)
@pytest.mark.parametrize("reopened", [False, True])
def test_tampering_with_disabled_triggers_is_detected(room: str, sql: Callable, how: str, reopened: bool):
    statement, first_broken = TAMPERING[how]
    store = open_store(room)
    store.append(CINEMA, [SocketRead("7", n) for n in range(4)])
    if reopened:
        store.close()
        store = open_store(room)
    sql(f"ALTER TABLE {schema_of(room)}.events DISABLE TRIGGER append_only")
    sql(statement.format(schema_of(room)))
    assert store.verify() == first_broken
    store.close()


def test_the_log_is_a_table_for_sql(room: str, sql: Callable):
    with open_store(room) as store:
        store.append(CINEMA, [SocketRead("7", 10), SocketRead("7", 32)], tags=["west"])
    query = "SELECT sum((data->>'energy_wh')::int) FROM {}.events WHERE tags @> ARRAY['west']"
    assert sql(query.format(schema_of(room))).fetchall() == [(42,)]


def test_without_a_schema_the_log_is_where_the_database_puts_tables(postgres: PostgresServer, sql: Callable):
    sql("CREATE DATABASE cinema")
    address = postgres.url.replace("/postgres?", "/cinema?")
    for version in range(2):
        with open_store(address) as store:
            store.append(CINEMA, [SocketPlugged("7")], version)
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT count(*) FROM public.events").fetchall() == [(2,)]


def test_an_acknowledged_event_is_on_disk_whatever_the_servers_settings(room: str):
    with open_store(room.replace("?", "?options=-csynchronous_commit%3Doff&")) as store:
        settings = [store._link.ask(f"SHOW {name}")[0][0] for name in ("fsync", "synchronous_commit")]
    assert settings == ["on", "on"]


@pytest.mark.parametrize("tag", ["nul \x00", "x" * 601, "☕" * 601], ids=["nul", "x", "☕"])
def test_a_tag_that_postgresql_cannot_store_is_rejected_and_matches_nothing(room: str, tag: str):
    with open_store(room) as store:
        with pytest.raises(StoreError, match="600 characters"):
            store.append(CINEMA, [SocketPlugged("7")], tags=["west", tag])
        store.append(CINEMA, [SocketPlugged("7")], tags=["☕" * 600])
        assert list(store.read(query=Query(tags=[tag]))) == []
        assert len(list(store.read(query=Query(tags=["☕" * 600], types=["a\x00", "SocketPlugged"])))) == 1


@pytest.mark.parametrize("number", [1, 9])
def test_any_text_is_read_back_whichever_way_it_was_inserted(room: str, number: int):
    texts = ["", "NULL", "a\tb\nc", '{x,"y"}', "back\\slash \\N", "'; DROP TABLE events; --", "☕ 𝔘 \x7f"]
    with open_store(room) as store:
        store.append(CINEMA, [SocketPlugged(str(texts))] * number, tags=texts, metadata={"texts": texts})
        for recorded in store.read(query=Query(tags=texts)):
            assert (recorded.event.socket, recorded.tags) == (str(texts), tuple(texts))
            assert recorded.metadata == {"texts": texts}
        assert (store.stream_version(CINEMA), store.verify()) == (number, None)


def test_a_drawn_id_that_exists_already_is_rejected(room: str):
    with open_store(room, ids=seeded_ids(7)) as store:
        store.append(CINEMA, [SocketPlugged("7")])
    with open_store(room, ids=seeded_ids(7)) as store:
        with pytest.raises(EventIdTaken, match="position 1"):
            store.append(HARBOUR, [SocketPlugged("1")])
        assert store.append(HARBOUR, [SocketPlugged("1")]).positions == (2,)


def test_a_closed_store_raises_and_its_subscribers_end(room: str):
    store = open_store(room)
    subscription = store.subscribe()
    store.close()
    store.close()
    assert subscription.next(timeout=30) is None
    for ask in (store.position, lambda: store.append(CINEMA, [SocketPlugged("7")]), store.verify):
        with pytest.raises(StoreClosed):
            ask()


@pytest.fixture
def guarded(postgres: PostgresServer, sql: Callable) -> Iterator[str]:
    """Yield an address whose user needs a password and may read but not create."""
    rules = postgres.folder / "data" / "pg_hba.conf"
    before = rules.read_text()
    rules.write_text("local all guest scram-sha-256\nhost all guest all scram-sha-256\n" + before)
    sql("CREATE ROLE guest LOGIN PASSWORD 'open sesame'")
    sql("SELECT pg_reload_conf()")
    yield postgres.url.replace("postgres@", "guest:{}@") + "&schema={}"
    rules.write_text(before)
    sql("DROP OWNED BY guest")
    sql("DROP ROLE guest")
    sql("SELECT pg_reload_conf()")


def test_the_message_about_a_wrong_password_does_not_contain_it(guarded: str):
    with pytest.raises(LoginRefused, match="user and the password") as refused:
        open_store(guarded.format("tiger", "public"))
    assert "tiger" not in str(refused.value)


def test_a_user_without_create_permission_gets_an_error_and_may_read(guarded: str, room: str, sql: Callable):
    with pytest.raises(NotPermitted, match="permission denied"):
        open_store(guarded.format("open%20sesame", "public"))
    open_store(room).close()
    schema = schema_of(room)
    sql(f"GRANT USAGE ON SCHEMA {schema} TO guest")
    sql(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO guest")
    with open_store(guarded.format("open%20sesame", schema)) as store:
        assert store.position() == 0
        with pytest.raises(NotPermitted, match="permission denied"):
            store.append(CINEMA, [SocketPlugged("7")])


def test_a_database_or_server_that_is_not_there_is_named(postgres: PostgresServer, tmp_path: Path):
    with pytest.raises(DatabaseMissing, match='database "cimena" does not exist'):
        open_store(postgres.url.replace("/postgres?", "/cimena?"))
    with pytest.raises(ServerUnreachable, match="workshop servers up"):
        open_store(f"postgresql://guest:tiger@/postgres?host={tmp_path}")
    with pytest.raises(ServerUnreachable) as refused:
        open_store("postgresql://guest:tiger@127.0.0.1:1/postgres")
    assert "tiger" not in str(refused.value)


def test_a_table_of_somebody_else_is_left_alone(room: str, sql: Callable):
    schema = schema_of(room)
    sql(f"CREATE SCHEMA {schema}")
    sql(f"CREATE TABLE {schema}.events (film TEXT, seats INTEGER)")
    with pytest.raises(TableOfOthers, match=r"film, seats.*somebody else"):
        open_store(room)
    assert sql(f"SELECT count(*) FROM {schema}.events").fetchall() == [(0,)]


def test_a_database_without_unicode_is_rejected(postgres: PostgresServer, sql: Callable):
    sql("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    with pytest.raises(WrongEncoding, match="LATIN1"):
        open_store(postgres.url.replace("/postgres?", "/latin?"))


def test_a_log_of_another_layout_is_not_opened(room: str, sql: Callable):
    open_store(room).close()
    sql(f"COMMENT ON TABLE {schema_of(room)}.events IS 'a log of events, layout 9'")
    with pytest.raises(WrongStorageVersion, match="layout version 9"):
        open_store(room)


@pytest.mark.parametrize("rest", ["?schema=Robert'); DROP", "?nonsense=1", ":port/"])
def test_an_unreadable_address_raises_a_clear_error(rest: str):
    with pytest.raises(AddressUnreadable, match="Write postgresql://") as refused:
        open_store(f"postgresql://guest:tiger@127.0.0.1{rest}")
    assert "tiger" not in str(refused.value)


def test_without_the_extra_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch):
    for name in [name for name in sys.modules if name.startswith("workshop_lib.store.postgres_engine.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ExtraMissing, match=r'pip install "workshop_lib\[postgres\]"'):
        open_store("postgresql://localhost/room")


def test_psycopg_is_imported_only_for_postgresql():
    code = "import sys, workshop_lib; workshop_lib.open_store('memory://'); print('psycopg' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout == "False\n"


def test_an_interrupted_append_records_nothing_and_releases_its_lock(room: str):
    def interrupted() -> None:
        raise KeyboardInterrupt

    with open_store(room, clock=interrupted) as store, open_store(room) as other:
        with pytest.raises(KeyboardInterrupt):
            store.append(CINEMA, [SocketPlugged("7")])
        assert other.append(CINEMA, [SocketPlugged("7")], expected_version=0).positions == (1,)
        assert store.position() == 1


def test_a_failed_commit_leaves_the_store_usable(room: str, sql: Callable):
    with open_store(room) as store:
        sql(f"ALTER TABLE {schema_of(room)}.events ADD CONSTRAINT small CHECK (version < 2)")
        with pytest.raises(StoreError, match="Nothing was recorded"):
            store.append(CINEMA, [SocketPlugged("7"), SocketRead("7", 1)])
        assert store.append(CINEMA, [SocketPlugged("7")]).positions == (1,)
        assert store.verify() is None
