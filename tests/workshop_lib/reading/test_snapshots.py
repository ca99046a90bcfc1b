"""Snapshots change only the time that loading takes, even with other code or another log."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workshop_lib.store.conftest import SocketPlugged, SocketRead
from workshop_lib import open_store
from workshop_lib.charging import session
from workshop_lib.reading.snapshots import (
    Fold,
    Snapshots,
    SnapshotsUnreadable,
    StateDoesNotComeBack,
    every,
    load,
    slower_than,
)
from workshop_lib.store.errors import InvalidVersion

CINEMA = "socket-7 at the cinema"
ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Meter:
    readings: int = 0
    energy_wh: int = 0


def evolve(meter, event):
    if isinstance(event, SocketRead):
        return replace(meter, readings=meter.readings + 1, energy_wh=event.energy_wh)
    return meter


METER = Fold("meter", Meter(), evolve)
ALWAYS = every(1)


class Counted:
    """A store that counts the events that are read from it."""

    def __init__(self, store):
        self.store, self.read = store, 0

    def read_stream(self, *which):
        for recorded in self.store.read_stream(*which):
            self.read += 1
            yield recorded


def filled(count=250):
    store = open_store("memory://")
    store.append(CINEMA, [SocketRead("7", n) for n in range(1, count + 1)])
    return store


def test_a_state_loaded_from_a_snapshot_equals_the_folded_state():
    store, snapshots = filled(), Snapshots()
    assert load(store, CINEMA, METER, snapshots) == (Meter(250, 250), 250)
    assert load(store, CINEMA, METER, snapshots) == (Meter(250, 250), 250)
    store.append(CINEMA, [SocketRead("7", 900)])
    assert load(store, CINEMA, METER, snapshots) == (Meter(251, 900), 251)


def test_only_the_snapshots_own_event_and_those_after_it_are_read():
    store, snapshots = filled(), Snapshots()
    load(store, CINEMA, METER, snapshots)
    store.append(CINEMA, [SocketRead("7", n) for n in range(10)])
    counted = Counted(store)
    assert load(counted, CINEMA, METER, snapshots) == (Meter(260, 9), 260)
    assert counted.read == 11


def test_a_stream_that_does_not_exist_has_the_initial_state_at_version_0():
    assert load(filled(), "socket-1", METER, Snapshots(), ALWAYS) == (Meter(), 0)


@pytest.mark.parametrize(
    ("policy", "kept"), [(every(4), None), (every(3), 3), (slower_than(-1), 3), (slower_than(60), None)]
)
def test_the_policy_decides_whether_a_snapshot_is_kept(policy, kept):
    snapshots = Snapshots()
    load(filled(3), CINEMA, METER, snapshots, policy)
    found = snapshots.find(METER, CINEMA)
    assert (found and found.version) == kept


def test_a_policy_of_every_0_events_is_rejected():
    with pytest.raises(InvalidVersion):
        every(0)


def test_the_file_may_be_deleted_at_any_time(tmp_path):
    store, path = filled(), tmp_path / "snapshots.db"
    for _ in range(2):
        with Snapshots(path) as snapshots:
            assert load(store, CINEMA, METER, snapshots) == (Meter(250, 250), 250)
            assert snapshots.find(METER, CINEMA)
            for file in tmp_path.iterdir():
                file.unlink()
            assert load(store, CINEMA, METER, snapshots) == (Meter(250, 250), 250)


def test_snapshots_are_found_when_the_file_is_opened_again(tmp_path):
    store = Counted(filled())
    for _ in range(2):
        with Snapshots(tmp_path / "snapshots.db") as snapshots:
            load(store, CINEMA, METER, snapshots)
    assert store.read == 251


def test_a_file_that_is_no_cache_is_rejected_with_a_remedy(tmp_path):
    (tmp_path / "diary.txt").write_text("Dear diary, " * 100)
    with pytest.raises(SnapshotsUnreadable, match="Delete the file"):
        Snapshots(tmp_path / "diary.txt")


def test_a_snapshot_of_a_longer_log_is_not_used():
    snapshots = Snapshots()
    load(filled(250), CINEMA, METER, snapshots)
    assert load(filled(3), CINEMA, METER, snapshots) == (Meter(3, 3), 3)


def test_a_snapshot_of_another_log_of_the_same_length_is_not_used():
    snapshots, other = Snapshots(), open_store("memory://")
    load(filled(3), CINEMA, METER, snapshots, ALWAYS)
    other.append(CINEMA, [SocketPlugged("7"), SocketRead("7", 1), SocketPlugged("7")])
    assert load(other, CINEMA, METER, snapshots) == (Meter(1, 1), 3)


def test_the_log_as_of_an_earlier_position_ignores_a_later_snapshot():
    store, snapshots = filled(), Snapshots()
    load(store, CINEMA, METER, snapshots)
    assert load(store.as_of(position=20), CINEMA, METER, snapshots) == (Meter(20, 20), 20)


def test_the_charging_session_loads_from_a_snapshot_on_duckdb():
    fold, snapshots = Fold("session", session.initial, session.evolve), Snapshots()
    started = session.ChargingStarted(42, "cinema-7", "token", "night", 1000)
    read = [session.MeterRead(42, "cinema-7", n, 1000 + n, 11_000) for n in range(1, 200)]
    with open_store() as store:
        store.append("session-42", [started, *read])
        loaded = [load(store, "session-42", fold, snapshots) for _ in range(2)]
    assert loaded[0] == loaded[1]
    assert (loaded[1][0].energy_wh, loaded[1][1]) == (199, 200)


def test_a_state_that_would_come_back_different_is_rejected():
    pairs = Fold("pairs", (), lambda state, event: (*state, (event.socket, event.energy_wh)), list)
    with pytest.raises(StateDoesNotComeBack, match="Annotate the fields"):
        load(filled(3), CINEMA, pairs, Snapshots(), ALWAYS)


@dataclass(frozen=True)
class Seen:
    at: datetime
    what: Any = field(default=0, compare=False)


def test_a_state_is_compared_field_by_field_and_its_times_as_instants():
    doubled = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1)
    for state in (Seen(doubled), Seen(doubled.replace(tzinfo=None))):
        fold = Fold("seen", state, lambda seen, event: replace(seen, what=seen.what + 1))
        assert load(filled(3), CINEMA, fold, Snapshots(), ALWAYS)[0].what == 3
    fold = Fold("seen", Seen(doubled), lambda seen, event: replace(seen, what=(1, 2)))
    with pytest.raises(StateDoesNotComeBack, match="Annotate the fields"):
        load(filled(3), CINEMA, fold, Snapshots(), ALWAYS)


@dataclass(frozen=True)
class Unplugged:
    pass


@dataclass(frozen=True)
class Plugged:
    socket: str


def test_phases_with_types_of_their_own_come_back_with_their_type():
    fold = Fold("socket", Unplugged(), lambda state, event: Plugged(event.socket), state=Unplugged | Plugged)
    with open_store("memory://") as store, Snapshots() as snapshots:
        store.append(CINEMA, [SocketPlugged(CINEMA)])
        for _ in range(2):
            assert load(store, CINEMA, fold, snapshots, ALWAYS) == (Plugged(CINEMA), 1)
        assert snapshots.find(fold, CINEMA).state == Plugged(CINEMA)


def test_a_phase_that_is_not_in_the_union_is_rejected():
    fold = Fold("socket", Unplugged(), lambda state, event: Plugged(event.socket), state=Unplugged | Meter)
    with open_store("memory://") as store, Snapshots() as snapshots:
        store.append(CINEMA, [SocketPlugged(CINEMA)])
        with pytest.raises(StateDoesNotComeBack, match="Plugged is not among the types Unplugged, Meter"):
            load(store, CINEMA, fold, snapshots, ALWAYS)


def test_a_state_that_cannot_be_written_is_rejected():
    objects = Fold("objects", None, lambda state, event: object())
    with pytest.raises(StateDoesNotComeBack):
        load(filled(3), CINEMA, objects, Snapshots(), ALWAYS)


CODE = """if True:
    from dataclasses import dataclass, replace
    from enum import Enum
    STEP = 1
    LIMITS = frozenset({"low", "high", "other"})
    class Phase(Enum):
        IDLE = "idle"
        BUSY = "busy"
    @dataclass(frozen=True)
    class Part:
        note: str = ""
    @dataclass(frozen=True)
    class State:
        count: int = 0
        part: Part = Part()
        def more(self):
            return replace(self, count=self.count + STEP)
    def bound(state):
        return state.count < 5
    def around(top):
        def inner(state, event, most=9):
            return state.more() if bound(state) and event in {"a", "b", "c"} and state.count < top else state
        return inner
    evolve = around(7)
    initial = State()
"""


def fingerprint(code):
    module = {"__name__": __name__}
    exec(compile(code, "cell", "exec", dont_inherit=True), module)
    return Fold("fold", module["initial"], module["evolve"]).fingerprint


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("state.count < 5", "state.count < 6"),
        ("state.count < 5", "state.count <= 5"),
        ("STEP = 1", "STEP = 2"),
        ("self.count + STEP", "self.count - STEP"),
        ("most=9", "most=8"),
        ("around(7)", "around(8)"),
        ('{"a", "b", "c"}', '{"a", "b"}'),
        ("State()\n", "State(3)\n"),
        ("count: int = 0", "count: float = 0"),
        ('note: str = ""', 'note: str | None = ""'),
        ('note: str = ""', 'note: str = ""\n        more: int = 0'),
        ("def more(self):", "def more(self, by=1):"),
    ],
)
def test_other_code_has_another_fingerprint(old, new):
    assert old in CODE
    assert fingerprint(CODE.replace(old, new)) != fingerprint(CODE)


def test_comments_and_blank_lines_do_not_count():
    commented = CODE.replace("\n    ", "   # a comment\n\n\n    ")
    assert fingerprint(commented) == fingerprint(CODE)


def test_a_snapshot_by_other_code_is_never_used():
    store, snapshots = filled(), Snapshots()
    load(store, CINEMA, METER, snapshots)
    doubled = Fold("meter", Meter(), lambda meter, event: replace(evolve(meter, event), energy_wh=2))
    assert load(store, CINEMA, doubled, snapshots) == (Meter(250, 2), 250)


def test_redefining_a_function_changes_the_fingerprint_of_a_fold_that_calls_it():
    module = {"__name__": "a cell"}
    exec("def step(n): return n + 1\ndef evolve(state, event): return step(state)", module)
    fold = Fold("steps", 0, module["evolve"])
    before = fold.fingerprint
    exec("def step(n): return n + 2", module)
    assert fold.fingerprint != before


def test_two_processes_give_the_same_fingerprint():
    code = (
        "from workshop_lib.charging import session; from workshop_lib.reading.snapshots import Fold;"
        "print(Fold('session', session.initial, session.evolve).fingerprint.hex())"
    )
    printed = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    ]
    here = Fold("session", session.initial, session.evolve).fingerprint.hex()
    assert printed == [here, here]


EVENTS = st.lists(
    st.one_of(st.just(SocketPlugged("7")), st.integers(0, 99).map(lambda n: SocketRead("7", n)))
)


@settings(max_examples=50, deadline=None)
@given(st.lists(EVENTS, max_size=6), st.integers(1, 5))
def test_with_or_without_snapshots_the_state_is_the_same(appends, often):
    store, snapshots = open_store("memory://"), Snapshots()
    for events in appends:
        store.append(CINEMA, events)
        assert load(store, CINEMA, METER, snapshots, every(often)) == load(store, CINEMA, METER, Snapshots())
