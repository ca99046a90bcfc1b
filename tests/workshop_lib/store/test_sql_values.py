"""A query returns an event's value, its exact text, or an error: never another value."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workshop_lib.store.conftest import SocketRead
from workshop_lib import event_type, open_store
from workshop_lib.store.errors import NotAQuestion, QueryFailed


@event_type("ValueKept")
class ValueKept:
    whole: int | None = None
    money: Decimal | None = None
    measured: float | None = None
    text: str | None = None
    at: datetime | None = None
    day: date | None = None
    one: UUID | None = None
    many: tuple[int, ...] = ()
    sums: tuple[Decimal, ...] = ()


FIELDS = {
    "whole": st.integers(-(2**70), 2**70)
    | st.sampled_from([2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64]),
    "money": st.decimals(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["1E-7", "0.00005", "99999999999999.9999", "1E14", "-0.0001", "1.50000", "12"]).map(
        Decimal
    ),
    "measured": st.floats(allow_nan=False, allow_infinity=False),
    "text": st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
    "at": st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)),
    "day": st.dates(),
    "one": st.uuids(),
    "many": st.lists(st.integers(-(2**65), 2**65), max_size=3).map(tuple),
    "sums": st.lists(st.decimals(-5, 5, places=4), max_size=3).map(tuple),
}


def selected(store, field):
    ((value,),) = store.sql(f'SELECT "{field}" FROM events.ValueKept').fetchall()
    return value


@pytest.mark.parametrize("field", FIELDS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_column_holds_the_value_or_the_query_fails(field, data):
    value = data.draw(FIELDS[field])
    with open_store() as store:
        store.append("value-1", [ValueKept(**{field: value})])
        try:
            found = selected(store, field)
        except duckdb.Error as error:
            big = [value] if isinstance(value, int) else value
            if field in ("whole", "many"):
                assert any(not -(2**63) <= one < 2**63 for one in big), error
            else:
                assert field == "money", error
                assert value != round(value, 4) or abs(value) >= 10**14 or "E" in str(value), error
            return
        if field == "at":
            found = found.replace(tzinfo=UTC)
        if field == "sums":  # exact text
            found = [Decimal(one) for one in found]
        assert (tuple(found) if isinstance(value, tuple) else found) == value


def test_names_that_differ_in_capitals_are_an_error(store_in_memory):
    @event_type("CaseOfNames")
    class Lower:
        n: int

    @event_type("CASEOFNAMES")
    class Upper:
        n: int

    store_in_memory.append("case-1", [Lower(1), Upper(2)])
    for name in ("CaseOfNames", "CASEOFNAMES"):
        with pytest.raises((QueryFailed, duckdb.Error), match="SQL does not distinguish"):
            store_in_memory.sql(f"SELECT n FROM events.{name}").fetchall()
    rows = store_in_memory.sql("SELECT data->>'n' FROM events WHERE type = 'CaseOfNames'").fetchall()
    assert rows == [("1",)]


def test_a_field_with_the_name_of_a_column_in_other_capitals_is_set_apart(store_in_memory):
    @event_type("PositionMarked")
    class Marked:
        Position: int
        STREAM: str

    store_in_memory.append("mark-1", [Marked(99, "mine")])
    query = 'SELECT position, "event_Position", "event_STREAM", stream FROM events.PositionMarked'
    assert store_in_memory.sql(query).fetchall() == [(1, 99, "mine", "mark-1")]


def test_events_of_an_older_version_are_an_error_not_null(store_in_memory):
    @event_type("VersionedOnce", 1)
    class Old:
        old_name: int

    @event_type("VersionedOnce", 2)
    class New:
        new_name: int

    store_in_memory.append("versions-1", [New(2)])
    assert store_in_memory.sql("SELECT new_name FROM events.VersionedOnce").fetchall() == [(2,)]
    store_in_memory.append("versions-1", [Old(1)])
    with pytest.raises(duckdb.Error, match="another schema version than 2"):
        store_in_memory.sql("SELECT new_name FROM events.VersionedOnce").fetchall()
    assert store_in_memory.sql("SELECT count(*) FROM events.SocketRead").fetchall() == [(0,)]


@pytest.fixture
def store_in_memory():
    with open_store() as opened:
        yield opened


@pytest.mark.parametrize(
    "statement",
    [
        "COPY events TO '{}'",
        "EXPORT DATABASE '{}'",
        "SELECT 1; COPY (SELECT 1) TO '{}'",
        "PREPARE copying AS COPY (SELECT 1) TO '{}'",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '{}'",
        "explain (analyze, format json) COPY (SELECT 1) TO '{}'",
        "/* explain */ EXPLAIN /* this */ ANALYZE COPY (SELECT 1) TO '{}'",
        "EXPLAIN ANALYZE SET threads = 1",
        "SET threads = 1",
        "PRAGMA enable_profiling",
        "LOAD icu",
        "CHECKPOINT",
    ],
)
def test_a_statement_that_does_more_than_ask_is_rejected(store_in_memory, tmp_path, statement):
    with pytest.raises((NotAQuestion, QueryFailed)):
        store_in_memory.sql(statement.format(tmp_path / "out"))
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize("explain", ["EXPLAIN", "EXPLAIN ANALYZE", "explain (format json)"])
def test_a_question_can_be_explained(store_in_memory, explain):
    assert store_in_memory.sql(f"{explain} SELECT count(*) FROM events").fetchall()


def test_a_file_is_written_where_the_caller_says_so(store_in_memory, tmp_path):
    store_in_memory.append("socket-7", [SocketRead("7", 10)])
    out = tmp_path / "out.csv"
    store_in_memory.sql(f"COPY (SELECT stream FROM events) TO '{out}'", external_access=True)
    assert out.read_text().split() == ["stream", "socket-7"]
    read = store_in_memory.sql(f"SELECT * FROM read_csv('{out}')").fetchall()
    assert read == [("socket-7",)]


@pytest.mark.parametrize("nothing", ["", "  ", "-- a comment", ";"])
def test_a_query_without_a_statement_says_so(store_in_memory, nothing):
    with pytest.raises(QueryFailed, match="there is no statement"):
        store_in_memory.sql(nothing)


def test_results_of_earlier_moments_stay_usable(store_in_memory):
    store_in_memory.append("socket-7", [SocketRead("7", n) for n in range(300)])
    kept = {
        position: store_in_memory.as_of(position=position).sql("SELECT count(*), max(position) FROM events")
        for position in range(1, 301)
    }
    store_in_memory.append("socket-7", [SocketRead("7", 1)])
    for position, relation in kept.items():
        assert relation.fetchall() == [(position, position)]
