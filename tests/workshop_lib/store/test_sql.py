"""The log as relations: `events`, and `events.<event type>` with a typed column for each field."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from textwrap import dedent
from threading import Thread
from typing import Literal

import pytest

from tests.workshop_lib.store.conftest import SocketPlugged, SocketRead
from workshop_lib import event_type, open_store
from workshop_lib.store.errors import QueryFailed

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Light(StrEnum):
    GREEN = "green"


@event_type("LampSwitched")
@dataclass(frozen=True)
class LampSwitched:
    light: Light
    price: Decimal | None
    switched_at: datetime
    version: int
    names: tuple[str, ...] = ()
    details: dict[str, int] | None = None


@pytest.fixture
def store():
    with open_store(clock=lambda: NOON) as opened:
        opened.append("socket-7", [SocketPlugged("7"), SocketRead("7", 10), SocketRead("7", 25)])
        yield opened


def test_the_log_is_a_relation(store):
    assert store.sql("SELECT type, count(*) FROM events GROUP BY ALL ORDER BY ALL").fetchall() == [
        ("SocketPlugged", 1),
        ("SocketRead", 2),
    ]


def test_each_event_type_is_a_relation_with_a_typed_column_for_each_field(store):
    rows = store.sql(
        "SELECT position, stream, version, socket, sum(energy_wh) OVER () FROM events.SocketRead"
    )
    assert rows.fetchall() == [(2, "socket-7", 2, "7", 35), (3, "socket-7", 3, "7", 35)]


def test_money_times_enums_and_lists_have_sql_types_and_a_taken_name_gets_a_prefix(store):
    store.append("lamp-1", [LampSwitched(Light.GREEN, Decimal("0.55"), NOON, 9, ("a", "b"), {"n": 1})])
    query = (
        "SELECT light, price, switched_at, event_version, version, names, details FROM events.LampSwitched"
    )
    (row,) = store.sql(query).fetchall()
    assert row == ("green", Decimal("0.5500"), NOON.replace(tzinfo=None), 9, 1, ["a", "b"], '{"n":1}')


def test_a_literal_is_text_and_a_mixed_tuple_stays_json(store):
    @event_type("PlugChosen")
    class PlugChosen:
        plug: Literal["CCS", "Type 2"]
        place: tuple[int, str]
        row: tuple[int, int]

    store.append("plug-1", [PlugChosen("CCS", (1, "a"), (1, 2))])
    rows = store.sql("SELECT plug, place, row FROM events.PlugChosen").fetchall()
    assert rows == [("CCS", '[1,"a"]', [1, 2])]


def test_a_type_registered_after_the_first_query_has_its_relation_too(store):
    store.sql("FROM events.SocketRead").fetchall()

    @event_type("DoorOpened")
    class DoorOpened:
        door: str

    store.append("door-1", [DoorOpened("east")])
    assert store.sql("SELECT door FROM events.DoorOpened").fetchall() == [("east",)]


def test_a_class_whose_fields_cannot_be_columns_affects_no_other_query(store):
    @event_type("TwinFields")
    @dataclass(frozen=True)
    class TwinFields:
        note: str
        NOTE: str

    store.append("twin-1", [TwinFields("a", "b")])
    assert store.sql("SELECT data FROM events.TwinFields").fetchall() == [('{"note":"a","NOTE":"b"}',)]
    assert store.sql("SELECT count(*) FROM events.SocketRead").fetchall() == [(2,)]


def test_a_time_of_another_zone_is_stored_in_utc(store):
    @event_type("BellRang")
    class BellRang:
        rang_at: datetime

    store.append("bell-1", [BellRang(NOON.astimezone(timezone(timedelta(hours=2))))])
    assert store.sql("SELECT rang_at FROM events.BellRang").fetchall() == [(NOON.replace(tzinfo=None),)]


def test_many_threads_may_query_many_moments_at_once(store):
    from concurrent.futures import ThreadPoolExecutor

    def ask(position: int) -> int:
        return store.as_of(position=position % 4).sql("SELECT count(*) FROM events").fetchall()[0][0]

    with ThreadPoolExecutor(8) as workers:
        assert list(workers.map(ask, range(64))) == [0, 1, 2, 3] * 16


def test_values_are_bound_not_concatenated(store):
    name = "x'; DROP TABLE events; --"
    assert store.sql("SELECT count(*) FROM events WHERE stream = $name", name=name).fetchall() == [(0,)]
    assert store.sql("SELECT count(*) FROM events WHERE recorded_at <= $noon", noon=NOON).fetchall() == [(3,)]


def test_an_instant_is_the_same_in_every_time_zone_of_the_machine():
    program = """
        from datetime import UTC, datetime, timedelta
        from tests.workshop_lib.store.conftest import SocketPlugged
        from workshop_lib import open_store
        noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
        with open_store(clock=lambda: noon) as store:
            store.append("socket-7", [SocketPlugged("7")])
            query = "SELECT count(*) FROM events WHERE occurred_at >= $start AND occurred_at < $end"
            print(store.sql(query, start=noon, end=noon + timedelta(hours=1)).fetchall())
            print(next(store.read()).occurred_at)
    """
    command = [sys.executable, "-c", dedent(program)]
    environment = {**os.environ, "TZ": "America/New_York", "PYTHONPATH": str(Path(__file__).parents[3])}
    answer = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert answer.stdout.split("\n")[:2] == ["[(1,)]", "2026-03-02 12:00:00+00:00"], answer.stderr


def test_as_of_a_position_every_relation_ends_there(store):
    earlier = store.as_of(position=2)
    assert earlier.sql("SELECT count(*) FROM events").fetchall() == [(2,)]
    assert earlier.sql("SELECT max(energy_wh) FROM events.SocketRead").fetchall() == [(10,)]
    assert store.sql("SELECT count(*) FROM events").fetchall() == [(3,)]


def test_many_moments_can_be_queried_in_turn(store):
    counts = [
        store.as_of(position=n % 3).sql("SELECT count(*) FROM events").fetchall()[0][0] for n in range(9)
    ]
    assert counts == [0, 1, 2] * 3


def test_sql_may_create_tables_of_its_own(store):
    store.sql("CREATE TABLE kept AS SELECT stream, max(energy_wh) AS wh FROM events.SocketRead GROUP BY ALL")
    assert store.sql("FROM kept").fetchall() == [("socket-7", 25)]


def test_a_failed_query_says_why_and_where_to_look(store):
    with pytest.raises(QueryFailed, match=r"(?s)sessions does not exist.*events\.<event type>"):
        store.sql("SELECT * FROM sessions")
    with pytest.raises(QueryFailed, match="syntax"):
        store.sql("SELEC 1")


@pytest.mark.parametrize("question", ["SELEC 1", "SELECT 1,\n  strem\nFROM events", "FROM evenst"])
def test_the_reason_of_a_failed_query_is_one_line_of_whole_sentences(store, question):
    with pytest.raises(QueryFailed, match=r"answer: .+[.!?] The tables are events") as refused:
        store.sql(question)
    assert "\n" not in str(refused.value)
    assert "^" not in str(refused.value)


@pytest.mark.parametrize(
    ("question", "values", "missing"),
    [
        ("FROM events WHERE stream = $name", {}, r"\$name\."),
        ("FROM events WHERE stream = $name AND position > $after", {"name": "a"}, r"\$after\."),
        ("FROM events WHERE stream = $name AND type = $kind", {}, r"\$kind, \$name\."),
        ("FROM events WHERE stream = ?", {}, r"\$1\."),
    ],
)
def test_a_missing_parameter_is_named_with_how_to_bind_it(store, question, values, missing):
    with pytest.raises(QueryFailed, match=rf"no value for {missing} Bind values by name, .*\$name"):
        store.sql(question, **values)


@pytest.mark.parametrize("question", ["SELECT checksum FROM events", "SELECT error('Corrupt database file')"])
def test_a_query_that_mentions_damage_is_not_reported_as_damage(store, question):
    with pytest.raises(QueryFailed, match="could not answer"):
        store.sql(f"CREATE TABLE answer AS {question}")


def test_threads_may_query_and_read_at_once(store):
    answers = []

    def ask():
        answers.append((store.sql("SELECT count(*) FROM events").fetchall(), len(list(store.read()))))

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [([(3,)], 3)] * 8


def test_a_half_read_result_does_not_disturb_the_next_query(store):
    first = store.sql("SELECT position FROM events ORDER BY position")
    events = store.read()
    assert next(events).position == 1
    assert store.sql("SELECT 1").fetchall() == [(1,)]
    assert first.fetchall() == [(1,), (2,), (3,)]
    assert [recorded.position for recorded in events] == [2, 3]
