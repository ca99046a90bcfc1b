"""Hostile or careless input: every store keeps it unchanged or rejects it with a clear message.

Subclass `HostileContract` like `EventStoreContract`, with the fixtures `store` and `clock`.
"""

from __future__ import annotations

import random
import sys
from datetime import timedelta
from typing import Any

import pytest

from workshop_lib import Append, Query, SimulatedClock, event_type
from workshop_lib.events import InvalidEvent, WorkshopError
from workshop_lib.store.contract import SocketPlugged, SocketRead
from workshop_lib.store.errors import InvalidStreamName


@event_type("Robert'); DROP TABLE events; --")
class OddlyNamed:
    value: str


@event_type('events" (*) > . ☕ \U0001f50c %s {} $1')
class OddlyNamedToo:
    value: str


@event_type("AnythingSaid")
class AnythingSaid:
    value: Any


CONTROLS = "".join(map(chr, [*range(32), 127, *range(0x80, 0xA0)]))
SPECIAL = "\ufeff\u200b\u200f\u202e\u2028\u2029\ufffe\uffff\ufdd0 e\u0301 \u00e9 \ud7ff\ue000"

STREAMS = [
    "a-1; DROP TABLE events; --",
    "a-1) OR (1=1",
    "seat-*",
    "seat.>",
    ">",
    "*",
    "a.b..c.",
    ".",
    "seat 7 at the cinema",
    "%",
    "_",
    "$1",
    "?",
    "{stream}",
    "log.main.events",
    "NULL",
    "-",
    "a/b/../c",
    "Straße-7 ☕",
    "\U0001f50c-7",
    "席-七",
    "\u05db\u05d9\u05e1\u05d0-7",
    "x" * 255,
    "\U0001f50c" * 255,
]
"""Valid names that look like syntax."""

NO_STREAMS = [
    "",
    " ",
    "a'b",
    'a"b',
    "a\\b",
    "a\nb",
    "a\x00b",
    "\ud800",
    "a\u202eb",
    "x" * 256,
    None,
    7,
    b"a-1",
    ["a"],
]
"""Names that cannot be typed."""

NUMBERS = [2**31, 2**53 + 1, 2**63 - 1, -(2**63), 2**63, 2**64 - 1, 2**64, -(2**64), 10**400]
FLOATS = [0.1 + 0.2, 5e-324, 1.7976931348623157e308, -0.0, float("nan"), float("inf")]


def planes() -> list[str]:
    """Return for each plane of Unicode forty random characters, the same in every run."""
    chance = random.Random("planes")
    return [
        "".join(chr(plane << 16 | (chance.randrange(0xD800) or 1)) for _ in range(40)) for plane in range(17)
    ]


def nested(depth: int) -> Any:
    value: Any = "heart"
    for level in range(depth):
        value = [value] if level % 2 else {"in": value}
    return value


def kept_or_rejected(store: Any, value: Any, **options: Any) -> bool:
    """Append a value. Return whether it was recorded, checking that it is unchanged, else nothing is."""
    before = store.position()
    try:
        store.append("said-1", [AnythingSaid(value)], **options)
    except WorkshopError as refused:
        assert " " in str(refused)
        assert store.position() == before
        return False
    (recorded,) = store.read(after=before)
    assert recorded.event == AnythingSaid(value)
    for name, given in options.items():
        kept = getattr(recorded, name)
        assert (list(kept) if name == "tags" else kept) == given
    return True


class HostileContract:
    """All clauses. Override the fixture `store`; open the store with the fixture `clock`."""

    @pytest.fixture
    def clock(self) -> SimulatedClock:
        return SimulatedClock("2026-03-02T08:00:00+00:00")

    def test_every_plane_of_unicode_is_read_back(self, store):
        texts = [*planes(), SPECIAL]
        store.append("said-1", [SocketPlugged(text) for text in texts], tags=texts, metadata={"texts": texts})
        recorded = list(store.read())
        assert [each.event.socket for each in recorded] == texts
        assert recorded[0].tags == tuple(texts)
        assert recorded[0].metadata == {"texts": texts}
        assert [each.event for each in store.read(query=Query(tags=[texts[5]]))] == [
            each.event for each in recorded
        ]
        assert store.verify() is None

    def test_control_characters_are_read_back_or_rejected(self, store):
        assert kept_or_rejected(store, CONTROLS[1:])
        kept_or_rejected(store, CONTROLS)
        kept_or_rejected(store, "x", tags=[CONTROLS])
        kept_or_rejected(store, "x", metadata={CONTROLS: CONTROLS})
        assert store.verify() is None

    @pytest.mark.parametrize("half", ["\ud800", "a\udc80b", "\udc00\ud800"], ids=ascii)
    def test_a_lone_surrogate_is_rejected_wherever_it_stands(self, store, half):
        assert not kept_or_rejected(store, half)
        assert not kept_or_rejected(store, {half: 1})
        assert not kept_or_rejected(store, "x", tags=["a", half])
        assert not kept_or_rejected(store, "x", metadata={"a": half})
        store.append("said-1", [SocketRead("7", 1)])
        assert store.verify() is None

    def test_a_payload_of_a_million_characters_is_read_back_or_rejected(self, store):
        chance = random.Random("megabyte")
        kept_or_rejected(store, "".join(chance.choices('ab"\\\n☕', k=1_000_000)))
        assert kept_or_rejected(store, "x" * 900_000)
        assert kept_or_rejected(store, "x", metadata={"a": "y" * 500_000})
        assert store.verify() is None

    def test_ten_thousand_tags_are_read_back_and_found(self, store):
        tags = [f"tag-{n} '; --" for n in range(10_000)]
        assert kept_or_rejected(store, "x", tags=tags)
        assert [each.tags for each in store.read(query=Query(tags=[tags[9_999], tags[7]]))] == [tuple(tags)]
        assert len(list(store.read(query=Query(tags=tags)))) == 1
        assert list(store.read(query=Query(tags=[*tags, "one more"]))) == []

    def test_a_tag_is_any_text_and_matches_only_itself(self, store):
        odd = ["", " ", "'", '"', "\\", "%", "*", ">", "a,b", "{a}", "[a]", "NULL", "null", "a" * 600]
        for tag in odd:
            assert kept_or_rejected(store, "x", tags=[tag])
        for tag in odd:
            assert [each.tags for each in store.read(query=Query(tags=[tag]))] == [(tag,)]
        kept_or_rejected(store, "x", tags=["b" * 10_000])
        assert store.verify() is None

    def test_streams_with_similar_names_stay_separate(self, store):
        for name in STREAMS:
            store.append(name, [SocketPlugged(name)], 0)
        for name in STREAMS:
            assert [each.event.socket for each in store.read_stream(name)] == [name]
            assert store.stream_version(name) == 1
        assert store.verify() is None

    @pytest.mark.parametrize("name", NO_STREAMS, ids=lambda name: ascii(name)[:20])
    def test_a_stream_name_that_cannot_be_typed_is_rejected(self, store, name):
        for ask in (lambda: store.append(name, [SocketPlugged("7")]), lambda: store.stream_version(name)):
            with pytest.raises(InvalidStreamName, match="Use category-id"):
                ask()
        assert store.position() == 0

    def test_an_event_type_with_an_odd_name_is_a_type_like_any_other(self, store):
        for odd in (OddlyNamed("a"), OddlyNamedToo("b")):
            store.append("odd-1", [odd])
        names = [each.type for each in store.read()]
        assert [[each.event.value for each in store.read(query=Query(types=[name]))] for name in names] == [
            ["a"],
            ["b"],
        ]
        assert store.verify() is None

    @pytest.mark.parametrize("number", [*NUMBERS, *FLOATS], ids=lambda number: repr(number)[:24])
    def test_a_number_is_read_back_exactly_or_rejected(self, store, number):
        assert kept_or_rejected(store, number) or abs(number) >= 2**63 or number != number
        kept_or_rejected(store, [number])
        kept_or_rejected(store, "x", metadata={"number": number})
        assert store.verify() is None

    @pytest.mark.parametrize("depth", [50, 500, 900, 5_000])
    def test_deep_nesting_is_read_back_or_rejected(self, store, depth):
        assert kept_or_rejected(store, nested(depth)) or depth > 100
        kept_or_rejected(store, "x", metadata={"deep": nested(depth)})
        store.append("said-1", [SocketRead("7", 1)])
        assert store.verify() is None

    def test_a_value_that_contains_itself_is_rejected(self, store):
        circle: list[Any] = []
        circle.append(circle)
        with pytest.raises(InvalidEvent):
            store.append("said-1", [AnythingSaid(circle)])
        assert store.position() == 0

    def test_a_clock_that_jumps_does_not_change_the_recorded_order(self, store, clock):
        start, chance = clock.now, random.Random("clock")
        for n in range(20):
            clock.now = start + timedelta(hours=chance.randrange(-9_000, 9_000))
            store.append("said-1", [SocketRead("7", n)], n)
        recorded = list(store.read())
        assert [each.event.energy_wh for each in recorded] == list(range(20))
        times = [each.recorded_at for each in recorded]
        assert times == sorted(times)
        assert store.verify() is None

    def test_a_hostile_append_affects_no_other(self, store):
        good = Append("said-1", [SocketRead("7", 1)])
        for bad in (AnythingSaid("\ud800"), AnythingSaid(nested(sys.getrecursionlimit() * 5)), object()):
            with pytest.raises(WorkshopError):
                store.append("said-1", [SocketRead("7", 0), bad])
        assert store.append_batch([good])[0].version == 1
        assert store.verify() is None
