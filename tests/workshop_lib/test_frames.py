"""Events, states and query results become DataFrames, and values from DataFrames become events."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from workshop_lib import ANY, SimulatedClock, event_type, open_store, seeded_ids, to_df
from workshop_lib.events import AlreadyRead, InvalidEvent
from workshop_lib.frames import events_to_df
from workshop_lib.reading.snapshots import Fold, Snapshots, every, load
from workshop_lib.reading.temporal import state_at, state_at_instants
from workshop_lib.store.errors import InvalidVersion, StoreError, WrongExpectedVersion

EIGHT = datetime(2026, 3, 2, 8, tzinfo=UTC)
FLOAT64 = np.dtype("float64")


class Cause(StrEnum):
    HEAT = "overheated"


@event_type("FanStarted")
class FanStarted:
    stream: str
    speed: int
    cause: Cause


@event_type("FanRated")
class FanRated:
    speed: int | None
    price: Decimal | None
    share: float | None
    rated_at: datetime | None
    quiet: bool | None


@pytest.fixture(params=["memory://", None], ids=["memory", "duckdb"])
def store(request):
    with open_store(request.param, clock=SimulatedClock(EIGHT), ids=seeded_ids(7)) as store:
        yield store


@pytest.fixture
def fan(store):
    """A store with one event of each type."""
    store.append("fan-1", [FanStarted("upwards", 3, Cause.HEAT)], tags=["cinema"], metadata={"by": "Ada"})
    berlin = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    store.append("fan-1", [FanRated(2, Decimal("0.10"), 0.5, berlin, True), FanRated(None, *[None] * 4)])
    return store


def types(frame) -> dict[str, str]:
    return {name: str(dtype) for name, dtype in frame.dtypes.items()}


class TestEvents:
    def test_columns_are_the_position_then_the_fields_then_the_recording(self, fan):
        assert list(fan.read().to_df()) == [
            *("position", "stream", "version", "type", "occurred_at", "recorded_at"),
            *("event_stream", "speed", "cause", "price", "share", "rated_at", "quiet"),
            *("tags", "metadata", "schema_version", "event_id", "correlation_id", "causation_id"),
        ]

    def test_each_column_has_the_type_of_its_values(self, fan):
        found = types(fan.read_stream("fan-1").to_df())
        assert (found["position"], found["version"], found["type"]) == ("int64", "int64", "category")
        assert found["occurred_at"] == found["recorded_at"] == found["rated_at"] == "datetime64[us, UTC]"
        assert (found["speed"], found["share"], found["quiet"]) == ("Int64", "float64", "boolean")
        assert (found["event_stream"], found["cause"]) == ("str", "str")

    def test_nothing_is_rounded_and_nothing_is_lost(self, fan):
        frame = fan.read().to_df()
        assert list(frame["speed"].dropna()) == [3, 2]
        assert list(frame["price"]) == [None, Decimal("0.10"), None]
        assert isinstance(frame["price"][1], Decimal)
        assert frame["cause"][0] == "overheated"
        assert frame["rated_at"][1] == EIGHT
        assert frame["event_id"].map(type).eq(UUID).all()
        assert (frame["tags"][0], frame["metadata"][0]) == (("cinema",), {"by": "Ada"})

    def test_one_event_type_has_its_own_fields_and_whole_numbers_stay_whole(self, store):
        store.append("fan-1", [FanStarted("upwards", 2**53 + 1, Cause.HEAT)])
        frame = store.read().to_df()
        assert str(frame["speed"].dtype) == "int64"
        assert frame["speed"][0] == 2**53 + 1
        assert "price" not in frame

    def test_no_events_are_an_empty_table_with_the_same_types(self, store, fan):
        empty = store.read(after=store.position()).to_df()
        assert empty.empty
        assert types(empty).items() <= types(fan.read().to_df()).items()

    def test_events_read_before_are_not_in_the_table(self, fan):
        events = fan.read()
        next(events)
        assert list(events.to_df()["version"]) == [2, 3]

    def test_a_list_of_recorded_events_is_the_same_table(self, fan):
        pd.testing.assert_frame_equal(to_df(list(fan.read())), events_to_df(fan.read()))


@dataclass(frozen=True)
class Free:
    pass


@dataclass(frozen=True)
class Taken:
    id: str
    since: datetime


class TestStates:
    def test_a_mapping_has_a_row_for_each_id(self):
        frame = to_df({"bay-1": Taken("Ada", EIGHT), "bay-2": Free()}, key="bay")
        assert list(frame) == ["bay", "type", "id", "since"]
        assert list(frame["bay"]) == ["bay-1", "bay-2"]
        assert types(frame)["type"] == "category"
        assert types(frame)["since"] == "datetime64[us, UTC]"

    def test_a_field_named_like_the_id_gets_a_prefix(self):
        assert list(to_df({"bay-1": Taken("Ada", EIGHT)})) == ["id", "state_id", "since"]

    def test_a_state_without_fields_has_a_column_of_its_own(self):
        frame = to_df({"cinema-7": "AVAILABLE", "zoo-1": "CHARGING"}, key="connector")
        assert frame.to_dict("list") == {
            "connector": ["cinema-7", "zoo-1"],
            "state": ["AVAILABLE", "CHARGING"],
        }

    def test_events_that_are_not_recorded_yet_are_rows_too(self):
        frame = to_df([FanStarted("upwards", 1, Cause.HEAT), FanStarted("downwards", 2, Cause.HEAT)])
        assert list(frame["stream"]) == ["upwards", "downwards"]
        assert "type" not in frame

    def test_snapshots_are_a_table_of_the_fold_that_made_them(self):
        fold = Fold("fans", Free(), lambda state, event: Taken(event.stream, EIGHT), Free | Taken)
        with open_store() as store, Snapshots() as snapshots:
            for fan in "ab":
                store.append(f"fan-{fan}", [FanStarted(fan, 1, Cause.HEAT)] * 2)
                load(store, f"fan-{fan}", fold, snapshots, every(2))
            frame = snapshots.to_df(fold)
        assert frame[["stream", "as_of_version", "id"]].values.tolist() == [
            ["fan-a", 2, "a"],
            ["fan-b", 2, "b"],
        ]
        assert snapshots_of_another(fold).empty


def snapshots_of_another(fold):
    with Snapshots() as snapshots:
        return snapshots.to_df(fold)


class TestQueries:
    @pytest.fixture
    def log(self):
        with open_store(clock=SimulatedClock(EIGHT, timedelta(hours=1))) as store:
            for speed, price in ((1, "0.10"), (2, "0.20")):
                store.append("fan-1", [FanRated(speed, Decimal(price), None, EIGHT, None)])
            yield store

    def test_a_query_is_a_table_and_decimals_become_floats_there(self, log):
        frame = log.sql("SELECT * FROM events.FanRated").df()
        assert frame["price"].dtype == FLOAT64
        assert list(frame["speed"]) == [1, 2]

    def test_to_df_of_a_query_keeps_decimals_and_marks_times_as_utc(self, log):
        frame = to_df(log.sql('SELECT price AS "a ""price""", recorded_at, speed FROM events.FanRated'))
        assert list(frame['a "price"']) == [Decimal("0.1000"), Decimal("0.2000")]
        assert types(frame)["recorded_at"] == "datetime64[us, UTC]"
        assert frame["recorded_at"][0] == EIGHT

    def test_a_missing_decimal_is_none(self, log):
        frame = to_df(log.sql("SELECT NULL::DECIMAL(9, 2) AS price"))
        assert list(frame["price"]) == [None]

    def test_the_state_at_an_instant_is_a_dict_and_a_table(self, log):
        log.append("fan-2", [FanStarted("upwards", 3, Cause.HEAT)])
        states = state_at(log, EIGHT + timedelta(hours=3), "FanStarted", "cause", "speed")
        assert states == {"overheated": 3}
        assert states.to_df().to_dict("list") == {"cause": ["overheated"], "speed": [3]}

    def test_the_states_at_instants_are_a_table(self, log):
        log.append("fan-2", [FanStarted("upwards", 3, Cause.HEAT)])
        instants = pd.date_range(EIGHT + timedelta(hours=2), periods=3, freq="h")
        relation = state_at_instants(log, "FanStarted", "cause", "speed", instants=list(instants))
        assert list(to_df(relation)["instant"]) == list(instants)
        assert len(relation.df()) == 3

    def test_a_table_of_times_prints_no_warning_into_a_notebook(self):
        """Use the warning filters of a kernel: deprecations are shown if the notebook itself causes them."""
        code = (
            (
                "import warnings, duckdb\n"
                "warnings.filterwarnings('default', category=DeprecationWarning, module='__main__')\n"
                "from workshop_lib import open_store, to_df\n"
                "print(len(open_store().sql('SELECT now() AS t, TIMESTAMP ''2026-03-02'' AS u').df()))\n"
                "print(len(to_df(open_store().sql('SELECT 1.5 AS price, TIMESTAMP ''2026-03-02'' AS u'))))"
            )
            .replace("''", '"')
            .replace('"2026-03-02"', "''2026-03-02''".replace("''", "\\'"))
        )
        ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert (ran.stdout.split(), ran.stderr) == (["1", "1"], "")


class TestValuesOutOfTables:
    def test_numpys_numbers_and_pandas_times_are_the_events_values(self, store):
        when = pd.Timestamp(EIGHT)
        store.append("fan-1", [FanRated(np.int64(2), None, np.float64(0.5), when, np.bool_(True))])
        (recorded,) = store.read()
        assert recorded.event == FanRated(2, None, 0.5, EIGHT, True)
        assert [type(value) for value in vars(recorded.event).values() if value is not None] == [
            *(int, float, datetime, bool)
        ]

    def test_a_row_of_a_table_goes_back_into_the_log(self, store):
        table = pd.DataFrame({"speed": [1, 2], "share": [0.25, 0.5]})
        for row in table.itertuples():
            store.append("fan-1", [FanRated(row.speed, None, row.share, None, None)])
        assert [event.event.speed for event in store.read()] == [1, 2]

    @pytest.mark.parametrize(
        ("event", "says"),
        [
            (
                FanRated(1, None, None, pd.NaT, None),
                "NaT is not a time; give None where a field may be empty",
            ),
            (
                FanRated(1, None, np.float64("nan"), None, None),
                "share is .*nan.* would come back from JSON as None",
            ),
            (FanRated(pd.NA, None, None, None, None), "NAType is unsupported"),
            (FanRated(np.float64(1.5), None, None, None, None), "Expected `int . null`, got `float`"),
            (FanRated(1, None, None, pd.Timestamp("2026-03-02T08:00"), None), "rated_at has no time zone"),
            (
                FanRated(1, None, None, pd.Timestamp("2026-03-02T08:00:00.123456789Z"), None),
                "come back from JSON",
            ),
        ],
        ids=["NaT", "NaN", "NA", "half", "naive", "nanoseconds"],
    )
    def test_a_value_json_cannot_hold_is_rejected_with_a_clear_message(self, store, event, says):
        with pytest.raises(InvalidEvent, match=says):
            store.append("fan-1", [event])
        assert store.position() == 0

    def test_metadata_may_hold_them_too(self, store):
        store.append("fan-1", [FanStarted("upwards", 1, Cause.HEAT)], metadata={"row": np.int64(7)})
        assert next(store.read()).metadata == {"row": 7}


class TestArguments:
    def test_numpys_integers_are_versions_positions_and_limits(self, fan):
        one, two = np.int64(1), np.int64(2)
        assert [event.version for event in fan.read_stream("fan-1", one, two)] == [1, 2]
        assert [event.position for event in fan.read(after=one, limit=one)] == [2]
        assert fan.as_of(position=two).position() == fan.fork(two).position() == 2
        assert fan.subscribe(after=two).next(0).position == 3
        assert fan.append("fan-1", [], expected_version=np.int64(3)).version == 3
        assert fan.wait(two, 0)

    def test_pandas_times_are_times(self, fan):
        later = pd.Timestamp(EIGHT) + pd.Timedelta("1h")
        assert fan.as_of(recorded_at=later).position() == 3
        assert fan.as_of(recorded_at=later - pd.Timedelta("2h")).position() == 0
        fan.append("fan-1", [FanStarted("upwards", 1, Cause.HEAT)], ANY, occurred_at=later)
        (recorded,) = fan.read(after=3)
        assert (recorded.occurred_at, type(recorded.occurred_at)) == (EIGHT + timedelta(hours=1), datetime)
        assert fan.verify() is None

    def test_a_missing_time_and_half_a_position_are_rejected(self, fan):
        with pytest.raises(StoreError, match="it is a datetime"):
            fan.as_of(recorded_at=pd.NaT)
        for wrong in (np.float64(1.5), np.bool_(True), np.int64(-1)):
            with pytest.raises(InvalidVersion):
                fan.as_of(position=wrong)

    def test_a_conflict_with_a_numpy_version_has_the_same_message(self, fan):
        with pytest.raises(WrongExpectedVersion, match="expecting version 1, but") as refused:
            fan.append("fan-1", [], expected_version=np.int64(1))
        assert refused.value.retry_is_sensible
        assert [version for version, _ in refused.value.events_since] == [2, 3]


@pytest.mark.parametrize("address", [None, "memory://"])
def test_tags_and_event_ids_may_be_columns_of_a_table(address: str | None):
    ids = seeded_ids(5)
    frame = pd.DataFrame({"tag": ["fan", "attic"], "id": [ids(), ids()]})
    with open_store(address) as store:
        facts = [FanStarted("upwards", speed, Cause.HEAT) for speed in (1, 2)]
        store.append("fan-1", facts, tags=frame.tag, event_ids=frame.id)
        [first, second] = store.read_stream("fan-1")
        assert first.tags == second.tags == ("fan", "attic")
        assert [first.event_id, second.event_id] == list(frame.id)


def test_numbers_of_a_table_are_values_of_a_query():
    numbers = pd.DataFrame({"position": [1, 2]})
    with open_store() as store:
        store.append("fan-1", [FanStarted("upwards", speed, Cause.HEAT) for speed in (1, 2)])
        one = store.sql("SELECT version FROM events WHERE position = $place", place=numbers.position[1])
        both = store.sql("SELECT count(*) FROM events WHERE position IN $places", places=[*numbers.position])
        yes = store.sql("SELECT $yes::BOOLEAN", yes=np.bool_(True))
        assert [*one.fetchall(), *both.fetchall(), *yes.fetchall()] == [(2,), (2,), (True,)]


def test_a_second_table_of_one_read_is_rejected_instead_of_empty():
    with open_store() as store:
        assert store.read().to_df().empty
        store.append("fan-1", [FanRated(1, None, None, None, None)] * 3)
        events = store.read()
        assert next(events).position == 1
        assert list(events.to_df()["position"]) == [2, 3]
        assert list(events) == []
        for read in (events, store.read_stream("fan-1")):
            list(read)
            with pytest.raises(AlreadyRead, match=r"Read again, as in store\.read\(…\)\.to_df\(\)"):
                read.to_df()
