"""Events: what can be recorded, what is rejected, and which errors a broken log raises."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from functools import partial
from typing import Any, Literal, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import duckdb
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workshop_lib.store.conftest import SocketPlugged, SocketRead
from workshop_lib import event_type, open_store
from workshop_lib.events import (
    REGISTRY,
    InvalidEvent,
    MalformedEvent,
    NaiveDatetime,
    NotAnEventType,
    TwoClassesForOneType,
    UnknownEventType,
)
from workshop_lib.store.errors import StoreError
from workshop_lib.store.port import Append


class Context(StrEnum):
    BEGIN = "Transaction.Begin"


@dataclass(frozen=True)
class Sample:
    value: float
    at: datetime | None = None


@event_type("SampleTaken", version=2)
@dataclass(frozen=True)
class SampleTaken:
    sample: Sample
    price: Decimal = Decimal("0")
    context: Context = Context.BEGIN
    remarks: dict[str, str] = field(default_factory=dict)
    readings: list[float | None] = field(default_factory=list)


class Grains(Enum):
    ON_THE_LAST_SQUARE = 2**63


@event_type("GrainsLaid")
class GrainsLaid:
    grains: Grains


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def recorded_again(event):
    with open_store() as store:
        store.append("sample-1", [event])
        return next(store.read()).event


@given(
    st.builds(
        SampleTaken,
        sample=st.builds(
            Sample,
            value=st.floats(allow_nan=False, allow_infinity=False),
            at=st.none() | st.datetimes(timezones=st.just(UTC)),
        ),
        price=st.decimals(allow_nan=False, allow_infinity=False),
        remarks=st.dictionaries(st.text(), st.text(), max_size=3),
        readings=st.lists(st.none() | st.floats(allow_nan=False, allow_infinity=False), max_size=3),
    )
)
def test_every_accepted_event_is_read_back_equal(event):
    from workshop_lib.codec import Codec
    from workshop_lib.events import StoredEvent

    codec = Codec()
    kind, data = codec.encode(event)
    row = StoredEvent(
        1, "s-1", 1, kind.name, kind.version, NOON, NOON, data, None, "{}", None, None, None, b""
    )
    assert codec.decode(row) == event


def test_every_plane_of_unicode_is_read_back():
    text = "".join(chr(plane * 0x10000 + 0x41) for plane in (0, 1, 2, 3, 14, 15, 16)) + "\x00\x7f\u2028ß漢"
    assert recorded_again(SampleTaken(Sample(1.0), remarks={text: text})).remarks == {text: text}


@pytest.mark.parametrize(
    ("event", "says"),
    [
        (SampleTaken(Sample(float("nan"))), "Expected `float`, got `null`"),
        (SampleTaken(Sample(float("inf"))), "Expected `float`, got `null`"),
        (
            SampleTaken(Sample(1.0), readings=[float("nan")]),
            "readings is .nan. and would come back from JSON as .None.",
        ),
        (SampleTaken(Sample(1.0), price=Decimal("NaN")), "price is Decimal..NaN.. and would come back"),
        (SampleTaken(Sample(1.0), price=Decimal("sNaN")), "does not fit its type"),
        (SampleTaken(Sample("warm")), "Expected `float`, got `str`"),
        (
            SampleTaken(Sample(1.0), readings=(1.0,)),
            "readings is .1.0,. and would come back from JSON as .1.0.",
        ),
        (SampleTaken(Sample(1.0), remarks={"a": object()}), "does not fit its type"),
        (SampleTaken(Sample(1.0), remarks={"lone": "\ud800"}), "does not fit its type"),
        (SampleTaken(None), "Expected `object`, got `null`"),
        (GrainsLaid(Grains.ON_THE_LAST_SQUARE), "does not fit its type"),
    ],
)
def test_data_that_json_would_change_is_rejected_before_it_is_written(store, event, says):
    with pytest.raises(InvalidEvent, match=says):
        store.append("sample-1", [SocketRead("7", 1), event])
    assert store.position() == 0


class Socket(StrEnum):
    TYPE_2 = "Type2"
    CHADEMO = "CHAdeMO"


Letter = Enum("Letter", {f"{first}{second}": f"{first}-{second}" for first in "ABCD" for second in "WXYZ"})


@dataclass(frozen=True)
class Plug:
    socket: Socket | None = None
    power: Literal["slow", "fast"] = "slow"


@event_type("PlugMounted")
@dataclass(frozen=True)
class PlugMounted:
    plugs: list[Plug] = field(default_factory=list)
    letter: Letter = Letter.AW


@pytest.mark.parametrize(
    ("event", "says"),
    [
        (SampleTaken(Sample(1.0), context="BEGIN"), r"Context has .*BEGIN.*Did you mean Context\.BEGIN\?"),
        (
            PlugMounted([Plug(), Plug("type2")]),
            r"Socket has TYPE_2, CHADEMO\. Did you mean Socket\.TYPE_2\? Nothing was",
        ),
        (PlugMounted([Plug("gas")]), r"Socket has TYPE_2, CHADEMO\. Nothing was"),
        (PlugMounted([Plug(power="fats")]), r"Its type has 'slow', 'fast'\. Did you mean 'fast'\?"),
        (PlugMounted(letter="dz"), r"Letter has DZ, .*…\. Did you mean Letter\.DZ\?"),
        (PlugMounted(letter="?"), r"Letter has AW, .*, …\. Nothing was"),
    ],
)
def test_an_unknown_enum_value_is_answered_with_the_known_ones(store, event, says):
    with pytest.raises(InvalidEvent, match=says):
        store.append("sample-1", [event])


def test_a_list_changed_between_appends_is_recorded_as_it_was_at_each(store):
    def appends():
        readings = []
        for reading in (1.0, 2.0):
            readings.append(reading)
            yield Append("sample-1", [SampleTaken(Sample(1.0), readings=readings)])

    store.append_batch(appends())
    assert [recorded.event.readings for recorded in store.read()] == [[1.0], [1.0, 2.0]]


class Phases(IntEnum):
    ONE = 1
    THREE = 3


class Tariff(Enum):
    DAY = "day"

    @classmethod
    def _missing_(cls, value):
        made_up = object.__new__(cls)
        made_up._name_, made_up._value_ = "OTHER", value
        return made_up


@event_type("ContextSet")
class ContextSet:
    context: Context
    phases: Phases = Phases.ONE


@event_type("TariffSet")
class TariffSet:
    tariff: Tariff


@pytest.mark.parametrize(
    ("equal_to_a_member", "equal_to_none"),
    [
        (ContextSet("Transaction.Begin"), ContextSet("Transaction.Began")),
        (ContextSet(Context.BEGIN, 1), ContextSet(Context.BEGIN, 2)),
        (TariffSet(Tariff.DAY), TariffSet(Tariff("night"))),
    ],
)
def test_a_value_outside_its_enum_is_rejected_even_after_a_member(store, equal_to_a_member, equal_to_none):
    store.append("sample-1", [equal_to_a_member])
    with pytest.raises(InvalidEvent, match=r"does not fit its type|would come back"):
        store.append("sample-1", [equal_to_a_member, equal_to_none])
    assert [there.event for there in store.read()] == [equal_to_a_member]


def test_a_time_without_a_zone_is_rejected_wherever_it_stands(store):
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(NaiveDatetime, match=r"Its sample\.at has no time zone"):
        store.append("sample-1", [SampleTaken(Sample(1.0, naive))])
    with pytest.raises(NaiveDatetime, match="occurred_at"):
        store.append("sample-1", [SocketRead("7", 1)], occurred_at=naive)
    with pytest.raises(NaiveDatetime):
        store.as_of(recorded_at=naive)
    assert store.position() == 0


def test_a_time_of_another_zone_is_the_same_instant_in_utc(store):
    store.append("s-1", [SocketRead("7", 1)], occurred_at=NOON.astimezone(timezone(timedelta(hours=2))))
    assert next(store.read()).occurred_at == NOON
    assert next(store.read()).occurred_at.tzinfo is UTC


def test_an_unregistered_class_is_rejected_with_a_remedy(store):
    @dataclass(frozen=True)
    class Rumour:
        text: str

    for rumour in (Rumour("free"), {"type": "SocketRead"}, "SocketRead", None):
        with pytest.raises(NotAnEventType, match="@event_type"):
            store.append("s-1", [rumour])
    assert store.position() == 0


def test_an_event_type_is_a_class_that_cannot_change():
    with pytest.raises(TypeError, match="frozen=True"):

        @event_type("Mutable")
        @dataclass
        class Mutable:
            value: int


@pytest.mark.parametrize(
    ("name", "version"),
    [("", 1), (" ", 1), ("a\nb", 1), (None, 1), (7, 1), ("Fine", 0), ("Fine", True), ("Fine", "1")],
)
def test_an_event_type_has_a_readable_name_and_a_version_from_1(name, version):
    with pytest.raises(TypeError, match=r"readable name|whole number from 1"):
        event_type(name, version)


def test_a_subclass_has_its_own_fields_too(store):
    @dataclass(frozen=True)
    class Base:
        socket: str

    @event_type("SocketBlocked")
    class SocketBlocked(Base):
        reason: str

    store.append("s-1", [SocketBlocked("7", "a Porsche")])
    assert next(store.read()).event == SocketBlocked("7", "a Porsche")


def test_metadata_that_is_not_json_is_rejected(store):
    for metadata in ({"when": object()}, {"n": float("nan")}, {1: "number as key"}):
        with pytest.raises(InvalidEvent):
            store.append("s-1", [SocketRead("7", 1)], metadata=metadata)
    assert store.position() == 0


def test_a_class_defined_again_decodes_events_recorded_before(store):
    def define():
        @event_type("CellRunTwice")
        class CellRunTwice:
            value: int

        return CellRunTwice

    first = define()
    store.append("s-1", [first(1)])
    second = define()
    assert type(next(store.read()).event) is second


def test_an_event_made_before_its_class_was_defined_again_is_recorded_if_the_new_class_reads_it(store):
    def define(**more):
        fields = {
            "__annotations__": {"value": int, **more},
            "__qualname__": "CellRunAgain",
            **dict.fromkeys(more),
        }
        return event_type("CellRunAgain")(type("CellRunAgain", (), fields))

    first, second = define(), define()
    store.append("s-1", [first(1)])
    assert list(map(type, events_of(store))) == [second]
    changed = define(reason="str | None")
    for earlier in (first(2), second(3)):
        with pytest.raises(InvalidEvent, match="Its class was defined again since, with other fields"):
            store.append("s-1", [earlier])
    store.append("s-1", [changed(4, "rain")])
    define(value="str")
    with pytest.raises(MalformedEvent, match="does not fit CellRunAgain"):
        events_of(store)


def two_classes_of_one_name():
    @event_type("Ambiguous")
    class Ours:
        value: int

    @event_type("Ambiguous")
    class Theirs:
        value: int

    return Ours, Theirs


def test_a_log_uses_one_class_for_each_event_type(store):
    ours, theirs = two_classes_of_one_name()
    store.append("s-1", [ours(1)])
    for refused in ([theirs(2)], [ours(3), theirs(4)]):
        with pytest.raises(
            TwoClassesForOneType, match=r"locals>\.Ours and .*locals>\.Theirs; a log uses one"
        ):
            store.append("s-1", refused)
    assert events_of(store) == events_of(store.fork()) == [ours(1)]
    again, _ = two_classes_of_one_name()  # the same code run again
    store.append("s-1", [again(5), ours(6)])
    assert list(map(type, events_of(store))) == [again] * 3


def test_a_log_of_which_nobody_knows_the_class_is_not_read_as_any_of_two(path):
    ours, theirs = two_classes_of_one_name()
    with open_store(path) as store:
        store.append("s-1", [ours(1)])
    with open_store(path) as store:
        with pytest.raises(TwoClassesForOneType, match="Give the others another name"):
            list(store.read())
        assert theirs


def test_a_class_registered_later_does_not_change_what_a_log_is_read_as(path, monkeypatch):
    for name in ("_by_class", "_by_name"):
        monkeypatch.setattr(REGISTRY, name, {})

    @event_type("Lonely")
    class Lonely:
        value: int

    with open_store(path) as store:
        store.append("s-1", [Lonely(1)])
    with open_store(path) as store:
        assert events_of(store) == [Lonely(1)]

        @event_type("Lonely")
        class Other:
            value: int

        assert events_of(store) == [Lonely(1)]
        with pytest.raises(TwoClassesForOneType):
            store.append("s-1", [Other(2)])


def events_of(log):
    return [recorded.event for recorded in log.read()]


@dataclass(frozen=True)
class Hidden:
    value: Any = field(compare=False)


@dataclass(frozen=True, slots=True)
class Equal:
    value: Any

    def __eq__(self, other):
        return True

    __hash__ = None


class Kept(msgspec.Struct):
    value: Any


class Pair(NamedTuple):
    value: Any
    other: int = 0


@event_type("Nested")
@dataclass(frozen=True, slots=True)
class Nested:
    hidden: Hidden = Hidden(1)
    equal: Equal = Equal(1)
    struct: Kept = field(default_factory=partial(Kept, 1))
    pair: Pair = field(default_factory=partial(Pair, 1))
    several: list[Hidden] = field(default_factory=list)
    by_name: dict[str, Equal] = field(default_factory=dict)
    optional: Hidden | None = None
    flat: Any = field(default=1, compare=False)


@pytest.mark.parametrize(
    "make",
    [
        lambda value: Nested(hidden=Hidden(value)),
        lambda value: Nested(equal=Equal(value)),
        lambda value: Nested(struct=Kept(value)),
        lambda value: Nested(pair=Pair(value)),
        lambda value: Nested(several=[Hidden(1), Hidden(value)]),
        lambda value: Nested(by_name={"a": Equal(value)}),
        lambda value: Nested(optional=Hidden(value)),
        lambda value: Nested(flat=value),
    ],
)
def test_each_field_is_compared_whatever_its_class_compares(store, make):
    for wrong in (float("nan"), (1, 2), {1}, UUID(int=1)):
        with pytest.raises(InvalidEvent, match="would come back from JSON as"):
            store.append("s-1", [make(wrong)])
    store.append("s-1", [make("right")])
    assert repr(events_of(store)) == repr([make("right")])


BERLIN = ZoneInfo("Europe/Berlin")
FIRST, SECOND = (datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=fold) for fold in (0, 1))
MISSING = [datetime(2026, 3, 29, 2, 30, tzinfo=BERLIN, fold=fold) for fold in (0, 1)]


@event_type("ClockSet")
class ClockSet:
    at: datetime
    times: list[datetime] = field(default_factory=list)
    by_name: dict[str, datetime] = field(default_factory=dict)
    either: datetime | bool | None = None
    sample: Sample | None = None
    several: frozenset[datetime] = frozenset()


@pytest.mark.parametrize("at", [FIRST, SECOND, *MISSING], ids=repr)
def test_a_time_in_the_doubled_or_the_missing_hour_is_the_same_instant_in_utc(store, at):
    event = ClockSet(at, [at, at], {"a": at}, at, Sample(1.0, at), frozenset([at]))
    store.append("clock-1", [event], occurred_at=at)
    (recorded,) = store.read()
    there = recorded.event
    times = [there.at, *there.times, *there.by_name.values(), there.either, there.sample.at]
    assert {time.astimezone(UTC) for time in [*times, *there.several]} == {at.astimezone(UTC)}
    assert recorded.occurred_at == at.astimezone(UTC)


def test_the_two_times_of_the_doubled_hour_are_an_hour_apart(store):
    store.append("clock-1", [ClockSet(FIRST), ClockSet(SECOND)])
    first, second = events_of(store)
    assert second.at - first.at == timedelta(hours=1)


@event_type("Unresolvable")
class Unresolvable:
    value: NobodyDefinedThis  # noqa: F821


@event_type("Unfit")
class Unfit:
    value: int | str | list[int] | list[str]


@pytest.mark.parametrize("event", [Unresolvable(1), Unfit(1)])
def test_a_class_that_json_cannot_hold_is_rejected_with_the_reason(store, event):
    with pytest.raises(InvalidEvent, match=r"NobodyDefinedThis. is not defined|more than one array-like"):
        store.append("s-1", [event])
    assert store.position() == 0


@pytest.mark.parametrize("name", ["Unresolvable", "Unfit"])
def test_a_recorded_event_of_such_a_class_is_named_with_its_position(path, name):
    with (
        broken_log(path, "type", name) as store,
        pytest.raises(MalformedEvent, match=r"position 2 \(socket-7\)"),
    ):
        list(store.read())


@pytest.mark.parametrize(
    ("metadata", "says"),
    [
        ({"device": "phone", "n": float("nan")}, "Its n is nan and would come back from JSON as None"),
        ({"device": "phone", "when": object()}, "Its 'when' is <object .*, which is not JSON"),
        ({"device": "phone", "at": NOON}, "Its at is datetime.* and would come back from JSON as '2026-"),
        ({"price": Decimal("1.5")}, "Its price is Decimal.* as '1.5'"),
        ({7: "number as key"}, "Its 7 is 'number as key', which is not JSON: Only dicts with str keys"),
        ({"half": "\ud800"}, r"Its 'half' is '\\ud800', which is not JSON"),
        ({"deep": {"set": {1}}}, "Its deep is"),
    ],
)
def test_the_key_of_metadata_at_fault_is_named(store, metadata, says):
    with pytest.raises(InvalidEvent, match=says):
        store.append("s-1", [SocketRead("7", 1)], metadata=metadata)
    assert store.position() == 0


def broken_log(path, column, text):
    """Make a log and overwrite a column of its second row with raw DuckDB."""
    with open_store(path) as store:
        store.append("socket-7", [SocketRead("7", n) for n in range(3)])
    with duckdb.connect(str(path)) as raw:
        raw.execute("DROP TRIGGER events_no_UPDATE ON events")
        raw.execute(f"UPDATE events SET {column} = ? WHERE position = 2", [text])
    return open_store(path)


def test_an_unknown_event_type_is_named_with_a_remedy(path):
    with broken_log(path, "type", "ChargedByMagic") as store:
        events = store.read()
        assert next(events).position == 1
        with pytest.raises(
            UnknownEventType,
            match=r"'ChargedByMagic', version 1 at position 2 \(socket-7\), but no class is ",
        ):
            next(events)


def test_an_unknown_schema_version_is_answered_with_the_known_ones(path):
    with (
        broken_log(path, "schema_version", 9) as store,
        pytest.raises(UnknownEventType, match="only version 1"),
    ):
        list(store.read())


@pytest.mark.parametrize("data", ['{"socket": "7"}', '{"socket": 7, "energy_wh": 1}', "[]", '"text"'])
def test_data_that_does_not_fit_its_type_is_named_with_its_position(path, data):
    with broken_log(path, "data", data) as store:
        with pytest.raises(MalformedEvent, match=r"position 2 \(socket-7\), .* does not fit SocketRead"):
            list(store.read())
        assert store.verify() == 2


def test_the_log_rejects_text_that_is_not_json(path):
    with pytest.raises(duckdb.Error, match="Malformed JSON"):
        broken_log(path, "data", '{"socket": ')


def test_a_string_is_not_a_time_and_a_number_is_not_metadata(store):
    with pytest.raises(StoreError, match=r"occurred_at='yesterday', but it is a datetime"):
        store.append("socket-7", [SocketPlugged("7")], occurred_at="yesterday")
    with pytest.raises(InvalidEvent, match="Metadata is a mapping"):
        store.append("socket-7", [SocketPlugged("7")], metadata=5)
    assert store.position() == 0


def test_plain_fields_are_verified_once_for_each_combination_of_types(store):
    store.append("socket-7", [SocketRead("7", n) for n in range(3)])
    for wrong in (SocketRead("7", 1.5), SocketRead(7, 1), SocketRead("7", True), SocketRead("7", None)):
        with pytest.raises(InvalidEvent):
            store.append("socket-7", [wrong])
    assert [recorded.event for recorded in store.read()] == [SocketRead("7", n) for n in range(3)]


@event_type("ShelfFilled")
class ShelfFilled:
    shelf: str
    boxes: list[int]


def test_a_collection_field_is_verified_each_time(store):
    store.append("shelf-1", [ShelfFilled("a", [1])])
    with pytest.raises(InvalidEvent):
        store.append("shelf-1", [ShelfFilled("a", ["x"])])
