"""Answers to the tasks of chapter 2.3."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from functools import partial, reduce
from types import SimpleNamespace
from typing import Any, ClassVar, NamedTuple

from tests.exercises.answers import RightAnswer, WrongAnswer
from workbench.classroom.outcome import Outcome
from workbench.scenarios.reservable_socket import (
    SOCKET,
    Free,
    PlugIn,
    Release,
    Reserve,
    Reserved,
    SocketLeft,
    SocketReleased,
    SocketReserved,
    SocketTaken,
    Taken,
    Unplug,
)
from workbench.scenarios.reservable_socket import decide as decide_socket
from workbench.scenarios.reservable_socket import evolve as evolve_socket
from workbench.scenarios.stream_cost import owner_of, samples
from workshop_lib.charging import session
from workshop_lib.charging.session import (
    ChargingResumed,
    ChargingStarted,
    ChargingStopped,
    ChargingSuspended,
    MeterRead,
    ResumeCharging,
    StartCharging,
    StopCharging,
    SuspendCharging,
)
from workshop_lib.modeling import Refused, given
from workshop_lib.modeling.aggregate import Aggregate


def returns_nothing(*args: object) -> None:
    """Forget the `return`."""
    str(len(args))


# 1 one_story_one_stream


def stream_of(event: Any) -> str:
    return f"session-{event.session}" if hasattr(event, "session") else f"connector-{event.connector}"


def streams_by_match(event: Any) -> str:
    match event:
        case session.ChargingStarted(number) | session.MeterRead(number) | session.ChargingSuspended(number):
            return f"charging-{number}"
        case session.ChargingResumed(number) | session.ChargingStopped(number):
            return f"charging-{number}"
    return "socket-" + event.connector


def stream_of_the_connector(event: Any) -> str:
    return f"connector-{event.connector}" if hasattr(event, "connector") else f"session-{event.session}"


def one_for_all(event: object) -> str:
    return "network-all"


def one_for_all_sessions(event: Any) -> str:
    return "sessions-all" if hasattr(event, "session") else f"connector-{event.connector}"


def by_type(event: object) -> str:
    return f"{type(event).__name__}-1"


def bare_number(event: Any) -> str:
    return str(event.session) if hasattr(event, "session") else event.connector


COUNTED: list[object] = []


def each_its_own(event: object) -> str:
    COUNTED.append(event)
    return f"event-{len(COUNTED)}"


def in_one_category(event: Any) -> str:
    return f"story-{owner_of(event)[1]}"


def without_a_category(event: Any) -> str:
    return stream_of(event) if hasattr(event, "session") else event.connector


def with_an_id_of_its_own(event: Any) -> str:
    return f"session-x{event.session}" if hasattr(event, "session") else f"connector-{event.connector}"


def known_sessions(event: Any) -> str:
    known = {event.session for _, event in samples() if hasattr(event, "session")}
    return stream_of(event) if getattr(event, "session", None) in {None, *known} else "session-0"


def one_for_a_station(event: Any) -> str:
    return f"connector-{event.connector[:-2]}" if not hasattr(event, "session") else stream_of(event)


def two_digits(event: Any) -> str:
    return f"session-{str(event.session)[-2:]}" if hasattr(event, "session") else stream_of(event)


def padded(event: Any) -> str:
    return f"session-{event.session:08}" if hasattr(event, "session") else f"socket-{event.connector}"


class Namer:
    """Right: an object, and a category with a dash."""

    def __call__(self, event: Any) -> str:
        kind, number = owner_of(event)
        return f"charging-{kind}-{number}"


# 2 events_that_mean_something


def facts_of(before: Any, after: Any) -> list[object]:
    number, facts = after["session"], list[object]()
    if before is None:
        begun = number, after["connector"], after["token"], after["tariff"], after["meter_wh"]
        return [ChargingStarted(*begun)]
    if after["seq_no"] > before["seq_no"]:
        read = number, after["connector"], after["seq_no"], after["meter_wh"], after["power_w"]
        facts.append(MeterRead(*read))
    match before["phase"], after["phase"]:
        case "charging", "suspended":
            facts.append(ChargingSuspended(number, after["suspended_by"]))
        case "suspended", "charging":
            facts.append(ChargingResumed(number))
        case (("charging" | "suspended"), "stopped"):
            facts.append(ChargingStopped(number, after["meter_wh"], after["reason"]))
    return facts


def facts_in_a_comprehension(before: Any, after: Any) -> tuple[object, ...]:
    old = before or {"phase": "none", "seq_no": after["seq_no"]}
    number, meter, change = after["session"], after["meter_wh"], after["phase"] != old["phase"]
    possible = (
        (
            not before,
            lambda: ChargingStarted(number, after["connector"], after["token"], after["tariff"], meter),
        ),
        (
            after["seq_no"] > old["seq_no"],
            lambda: MeterRead(number, after["connector"], after["seq_no"], meter, after["power_w"]),
        ),
        (
            change and after["phase"] == "suspended",
            lambda: ChargingSuspended(number, after["suspended_by"]),
        ),
        (old["phase"] == "suspended" and after["phase"] == "charging", lambda: ChargingResumed(number)),
        (change and after["phase"] == "stopped", lambda: ChargingStopped(number, meter, after["reason"])),
    )
    return tuple(make() for so, make in possible if so)


def facts_phase_only(before: Any, after: Any) -> list[object]:
    return [fact for fact in facts_of(before, after) if not isinstance(fact, MeterRead)]


def facts_of_the_phase_now(before: Any, after: Any) -> list[object]:
    if before and before["phase"] == after["phase"] == "stopped":
        return [ChargingStopped(after["session"], after["meter_wh"], after["reason"])]
    return facts_of(before, after)


def facts_backwards(before: Any, after: Any) -> list[object]:
    return facts_of(before, after)[::-1]


def facts_of_any_other_reading(before: Any, after: Any) -> list[object]:
    if before and after["seq_no"] < before["seq_no"]:
        return [MeterRead(after["session"], after["connector"], after["seq_no"], after["meter_wh"], 0)]
    return facts_of(before, after)


def facts_popped(before: Any, after: Any) -> list[object]:
    facts = facts_of(before, after)
    after.pop("reason")
    return facts


def facts_of_the_meter(before: Any, after: Any) -> list[object]:
    return facts_of(
        before and before | {"seq_no": after["seq_no"] - (after["meter_wh"] > before["meter_wh"])}, after
    )


def facts_one_by_one(before: Any, after: Any) -> list[object]:
    skipped = before and after["seq_no"] > before["seq_no"] + 1
    return [fact for fact in facts_of(before, after) if not (skipped and isinstance(fact, MeterRead))]


def facts_of_session_42(before: Any, after: Any) -> list[object]:
    return [replace(fact, session=42) for fact in facts_of(before, after)]  # type: ignore[type-var]


def facts_paused_by_the_row_before(before: Any, after: Any) -> list[object]:
    facts = facts_of(before, after)
    return [replace(fact, by="EVSE") if isinstance(fact, ChargingSuspended) else fact for fact in facts]


def facts_stopped_by_disconnecting(before: Any, after: Any) -> list[object]:
    facts = facts_of(before, after)
    reason = session.StopReason.EV_DISCONNECTED
    return [replace(fact, reason=reason) if isinstance(fact, ChargingStopped) else fact for fact in facts]


def facts_with_full_power(before: Any, after: Any) -> list[object]:
    facts = facts_of(before, after)
    return [replace(fact, power_w=11_000) if isinstance(fact, MeterRead) else fact for fact in facts]


def facts_one_at_a_time(before: Any, after: Any) -> Iterator[object]:
    yield from facts_of(before, after)


# 3 where_a_rule_lives


def decide_reading(command: Any, register_wh: int) -> list[object]:
    if command.energy_wh < register_wh:
        raise Refused("a meter does not run backwards")
    return [MeterRead(**vars(command))]


def evolve_reading(register_wh: int, event: Any) -> int:
    return event.energy_wh


def lax_decide(command: Any, register_wh: int) -> list[object]:
    return [MeterRead(**vars(command))]


def strict_evolve(register_wh: int, event: Any) -> int:
    if event.energy_wh < register_wh:
        raise Refused("a meter does not run backwards")
    return event.energy_wh


def greatest(register_wh: int, event: Any) -> int:
    return max(register_wh, event.energy_wh)


def refuses_equal(command: Any, register_wh: int) -> list[object]:
    if command.energy_wh <= register_wh:
        raise Refused("a meter does not run backwards")
    return [MeterRead(**vars(command))]


def says_nothing(command: Any, register_wh: int) -> list[object]:
    return decide_reading(command, register_wh) if command.energy_wh >= register_wh else []


def raises_a_value_error(command: Any, register_wh: int) -> list[object]:
    if command.energy_wh < register_wh:
        raise ValueError("backwards")
    return [MeterRead(**vars(command))]


def refuse(rule: str) -> list[object]:
    raise Refused(rule)


RULE_RIGHT = (
    lambda command, now: [MeterRead(**vars(command))] if command.energy_wh >= now else refuse("backwards"),
    lambda now, event: event.energy_wh,
)


def without_words(command: Any, register_wh: int) -> list[object]:
    return [MeterRead(**vars(command))] if command.energy_wh >= register_wh else refuse("")


def with_a_dot(command: Any, register_wh: int) -> list[object]:
    return [MeterRead(**vars(command))] if command.energy_wh >= register_wh else refuse(" … ")


def a_little_backwards(command: Any, register_wh: int) -> list[object]:
    if command.energy_wh < register_wh - 400:
        raise Refused("a meter does not run backwards")
    return [MeterRead(**vars(command))]


def no_jumps(command: Any, register_wh: int) -> list[object]:
    if not register_wh <= command.energy_wh < register_wh + 20_000:
        raise Refused("a meter does not jump")
    return [MeterRead(**vars(command))]


def at_the_cinema(command: Any, register_wh: int) -> list[object]:
    read = decide_reading(command, register_wh)
    return [MeterRead(42, "cinema-7", 7, command.energy_wh, 11_000) for _ in read]


def highest_number(register_wh: int, event: Any) -> int:
    return event.energy_wh if event.seq_no > 1 or not register_wh else register_wh


def never_zero(register_wh: int, event: Any) -> int:
    return event.energy_wh or register_wh


def read_one_at_a_time(command: Any, register_wh: int) -> Iterator[object]:
    if command.energy_wh < register_wh:
        raise Backwards
    yield MeterRead(**vars(command))


class Backwards(Refused):
    """Right: a class of its own for a rule."""

    def __init__(self) -> None:
        super().__init__("a meter does not run backwards")


# 4 tests_that_catch

ADA = SocketReserved("ada", "18:15")


def kept_from_others(socket: Any) -> None:
    given(socket, ADA).when(Reserve("bob", "18:05", "18:30")).then_refused("kept for somebody else")


def others_do_not_plug_in(socket: Any) -> None:
    given(socket, ADA).when(PlugIn("bob", "18:05")).then_refused()


def over_when_it_is_over(socket: Any) -> None:
    given(socket, ADA).when(PlugIn("bob", "18:15")).then(SocketTaken("bob"))


def over_in_the_evening(socket: Any) -> None:
    given(socket, ADA).when(PlugIn("bob", "21:00")).then(SocketTaken("bob"))


def only_ada_releases(socket: Any) -> None:
    given(socket, ADA).when(Release("bob")).then_refused()


def asking_twice_changes_nothing(socket: Any) -> None:
    given(socket, ADA).when(Reserve("ada", "18:05", "18:15")).then()


def not_under_a_car(socket: Any) -> None:
    given(socket, SocketTaken("ada")).when(Reserve("bob", "18:00", "18:30")).then_refused()


def forwards(socket: Any) -> None:
    given(socket).when(Reserve("ada", "18:15", "18:00")).then_refused()


def released_is_free(socket: Any) -> None:
    outcome = given(socket, ADA, SocketReleased("ada")).when(PlugIn("bob", "18:05"))
    outcome.then(SocketTaken("bob"))


def left_is_free(socket: Any) -> None:
    outcome = given(socket, SocketTaken("ada"), SocketLeft("ada")).when(PlugIn("bob", "09:00"))
    outcome.then(SocketTaken("bob"))


def at_once_is_over(socket: Any) -> None:
    given(socket).when(Reserve("ada", "18:15", "18:15")).then_refused()


def reserved_until(socket: Any) -> None:
    given(socket).when(Reserve("ada", "18:00", "18:15")).then(ADA)


def one_car(socket: Any) -> None:
    given(socket, SocketTaken("ada")).when(PlugIn("bob", "18:05")).then_refused("a car stands")


def kept_for_her(socket: Any) -> None:
    given(socket, ADA).when(PlugIn("ada", "18:05")).then(SocketTaken("ada"))


def longer(socket: Any) -> None:
    given(socket, ADA).when(Reserve("ada", "18:05", "18:45")).then(SocketReserved("ada", "18:45"))


def given_back(socket: Any) -> None:
    given(socket, ADA).when(Release("ada")).then(SocketReleased("ada"))


def nothing_to_give_back(socket: Any) -> None:
    given(socket).when(Release("ada")).then_refused()


def only_ada_unplugs(socket: Any) -> None:
    given(socket, SocketTaken("ada")).when(Unplug("bob")).then_refused()


def ada_leaves(socket: Any) -> None:
    given(socket, SocketTaken("ada")).when(Unplug("ada")).then(SocketLeft("ada"))


TESTS = [
    kept_from_others,
    others_do_not_plug_in,
    over_when_it_is_over,
    over_in_the_evening,
    only_ada_releases,
    asking_twice_changes_nothing,
    not_under_a_car,
    forwards,
    released_is_free,
    left_is_free,
    at_once_is_over,
    reserved_until,
    one_car,
    kept_for_her,
    longer,
    given_back,
    nothing_to_give_back,
    only_ada_unplugs,
    ada_leaves,
]


def happy_path(socket: Any) -> None:
    given(socket).when(Reserve("ada", "18:00", "18:15")).then(ADA)


def claims_nothing(socket: Any) -> None:
    given(socket, ADA).when(PlugIn("bob", "18:05"))


def of_the_right_one(socket: Any) -> None:
    only_ada_releases(SOCKET)


def false_alarm(socket: Any) -> None:
    given(socket, ADA).when(PlugIn("bob", "18:15")).then_refused()


def typo(socket: Any) -> None:
    given(socket, ADA).when(PlugOut("ada")).then()  # type: ignore[name-defined] # noqa: F821


def asserted(socket: Any) -> None:
    assert reduce(socket.evolve, [ADA, SocketReleased("ada")], socket.initial) == Free()
    assert reduce(socket.evolve, [SocketTaken("ada"), SocketLeft("ada")], socket.initial) == Free()


def in_the_morning(socket: Any) -> None:
    given(socket, SocketReserved("ada", "9:15")).when(PlugIn("bob", "8:00")).then_refused()


def nobody_releases(socket: Any) -> None:
    given(socket, ADA).when(Release("")).then_refused()


def is_the_right_function(socket: Any) -> None:
    assert socket.decide is decide_socket
    assert socket.evolve is evolve_socket


class Once:
    """Wrong: passes once, and then never again."""

    def __init__(self) -> None:
        self.__name__, self._calls = "once", 0

    def __call__(self, socket: Any) -> None:
        given(socket, ADA).when(Release("ada")).then(SocketReleased("ada"))
        self._calls += 1
        assert self._calls <= 5


def decides_as_the_right_one(command: object, events: list[object], socket: Any) -> None:
    assert socket.decide(command, reduce(socket.evolve, events, socket.initial)) == decide_socket(
        command, reduce(evolve_socket, events, Free())
    )


class ByTable:
    """Right: a table of cases."""

    cases = (
        ((ADA,), Reserve("bob", "18:05", "18:30"), None),
        ((ADA,), PlugIn("bob", "18:05"), None),
        ((ADA,), PlugIn("bob", "18:15"), [SocketTaken("bob")]),
        ((ADA,), Release("bob"), None),
        ((ADA,), Reserve("ada", "18:05", "18:15"), []),
        ((SocketTaken("ada"),), Reserve("bob", "18:00", "18:30"), None),
        ((), Reserve("ada", "18:15", "18:15"), None),
        ((), Reserve("ada", "18:00", "18:15"), [ADA]),
        ((), PlugIn("eve", "18:00"), [SocketTaken("eve")]),
        ((), Release("eve"), None),
        ((ADA,), PlugIn("ada", "00:00"), [SocketTaken("ada")]),
        ((ADA,), Reserve("ada", "18:05", "23:59"), [SocketReserved("ada", "23:59")]),
        ((ADA,), Release("ada"), [SocketReleased("ada")]),
        ((SocketTaken("ada"),), PlugIn("bob", "18:00"), None),
        ((SocketTaken("ada"),), Unplug("bob"), None),
        ((SocketTaken("ada"),), Unplug("ada"), [SocketLeft("ada")]),
    )

    def __call__(self, socket: Any) -> None:
        for history, command, events in self.cases:
            outcome = given(socket, *history).when(command)
            outcome.then_refused() if events is None else outcome.then(*events)


# 5 evolve_a_session and 6 decide_a_session


@dataclass(frozen=True)
class State:
    phase: str = "not started"
    meter_wh: int = 0
    seq_no: int = 0


def evolve(state: State, event: object) -> State:
    match state.phase, event:
        case "not started", ChargingStarted(meter_start_wh=start):
            return replace(state, phase="charging", meter_wh=start)
        case (("charging" | "suspended"), MeterRead(seq_no=number, energy_wh=wh)) if number > state.seq_no:
            return replace(state, meter_wh=wh, seq_no=number)
        case "charging", ChargingSuspended():
            return replace(state, phase="suspended")
        case "suspended", ChargingResumed():
            return replace(state, phase="charging")
        case (("charging" | "suspended"), ChargingStopped(meter_stop_wh=stop)):
            return replace(state, phase="stopped", meter_wh=stop)
    return state


def decide(command: object, state: State) -> list[object]:
    match state.phase, command:
        case "not started", StartCharging():
            return [ChargingStarted(**vars(command))]
        case "charging", SuspendCharging():
            return [ChargingSuspended(**vars(command))]
        case "suspended", ResumeCharging():
            return [ChargingResumed(**vars(command))]
        case (("charging" | "suspended"), StopCharging(meter_stop_wh=stop)) if stop >= state.meter_wh:
            return [ChargingStopped(**vars(command))]
    raise Refused("a session cannot do that now")


@dataclass(frozen=True)
class Other:
    """Right: a state that computes its phase."""

    started: bool = False
    pauses: int = 0
    ended: bool = False
    meter_wh: int = 0
    seq_no: int = 0

    @property
    def phase(self) -> str:
        words = (("not started", not self.started), ("stopped", self.ended), ("suspended", self.pauses > 0))
        return next((word for word, so in words if so), "charging")


def evolve_other(state: Other, event: Any) -> Other:
    running = state.phase in ("charging", "suspended")
    changes: dict[type, Callable[[], Other]] = {
        ChargingSuspended: lambda: replace(state, pauses=1),
        ChargingResumed: lambda: replace(state, pauses=0),
        ChargingStopped: lambda: replace(state, ended=True, meter_wh=event.meter_stop_wh),
        MeterRead: lambda: (
            replace(state, meter_wh=event.energy_wh, seq_no=event.seq_no)
            if event.seq_no > state.seq_no
            else state
        ),
    }
    if isinstance(event, ChargingStarted) and not state.started:
        return replace(state, started=True, meter_wh=event.meter_start_wh)
    return changes.get(type(event), lambda: state)() if running else state


def evolve_refusing(state: State, event: object) -> State:
    if isinstance(event, MeterRead) and state.phase == "stopped":
        raise Refused("the session is over")
    return evolve(state, event)


def evolve_with_late_readings(state: State, event: object) -> State:
    if isinstance(event, MeterRead) and state.phase in ("charging", "suspended"):
        return replace(state, meter_wh=event.energy_wh, seq_no=event.seq_no)
    return evolve(state, event)


def evolve_after_the_stop(state: State, event: object) -> State:
    if isinstance(event, ChargingSuspended):
        return replace(state, phase="suspended")
    return evolve(state, event)


def evolve_twice_started(state: State, event: object) -> State:
    if isinstance(event, ChargingStarted) and state.phase != "stopped":
        return State("charging", event.meter_start_wh)
    return evolve(state, event)


def evolve_without_readings_in_a_pause(state: State, event: object) -> State:
    return state if isinstance(event, MeterRead) and state.phase == "suspended" else evolve(state, event)


def evolve_to_none(state: State, event: object) -> State | None:
    after = evolve(state, event)
    return None if after == state else after


@dataclass
class Open:
    phase: str = "not started"
    meter_wh: int = 0
    seq_no: int = 0


def evolve_in_place(state: Open, event: object) -> Open:
    if isinstance(event, ChargingStarted):
        state.phase, state.meter_wh = "charging", event.meter_start_wh
    return state


def evolve_a_frozen_one(state: Any, event: object) -> State:
    if isinstance(event, ChargingStarted):
        state.phase = "charging"
    return state


def evolve_a_field_that_is_none(state: State, event: object) -> State:
    return replace(state, meter=5_000) if isinstance(event, ChargingStarted) else state  # type: ignore[call-arg]


def evolve_to_a_list(state: State, event: object) -> list[object]:
    return [evolve(state, event)]


def evolve_with_an_exception(state: State, event: object) -> State:
    if not isinstance(event, ChargingStarted):
        raise Exception("unknown")
    return evolve(state, event)


def evolve_forwards(state: State, event: object) -> State:
    after = evolve(state, event)
    return replace(after, meter_wh=max(state.meter_wh, after.meter_wh))


def evolve_with_readings_twice(state: State, event: object) -> State:
    if isinstance(event, MeterRead) and event.seq_no == state.seq_no and state.phase == "charging":
        return replace(state, meter_wh=event.energy_wh)
    return evolve(state, event)


def evolve_counting(state: State, event: object) -> State:
    after = evolve(state, event)
    return replace(after, seq_no=state.seq_no + 1) if after.seq_no != state.seq_no else after


def evolve_out_of_the_end(state: State, event: object) -> State:
    if isinstance(event, ChargingResumed) and state.phase == "stopped":
        return replace(state, phase="charging")
    return evolve(state, event)


def evolve_a_stop_at_any_time(state: State, event: object) -> State:
    if isinstance(event, ChargingStopped) and state.phase == "stopped":
        return replace(state, meter_wh=event.meter_stop_wh)
    return evolve(state, event)


def evolve_from_5000(state: State, event: object) -> State:
    after = evolve(state, event)
    return replace(after, meter_wh=5_000) if isinstance(event, ChargingStarted) else after


def evolve_keeping_the_meter(state: State, event: object) -> State:
    after = evolve(state, event)
    return replace(after, meter_wh=state.meter_wh or 7_000) if isinstance(event, ChargingStopped) else after


class Tuple(NamedTuple):
    """Right: a state that is a tuple."""

    phase: str = "not started"
    meter_wh: int = 0
    seq_no: int = 0


def evolve_a_tuple(state: Tuple, event: object) -> Tuple:
    return Tuple(*vars(evolve(State(*state), event)).values())


def evolve_a_namespace(state: SimpleNamespace, event: object) -> SimpleNamespace:
    return SimpleNamespace(**vars(evolve(State(**vars(state)), event)))


def decide_suspended_by_the_car(command: object, state: State) -> list[object]:
    events = decide(command, state)
    paused = isinstance(command, SuspendCharging)
    return [ChargingSuspended(command.session, session.SuspendedBy.EV)] if paused else events  # type: ignore[attr-defined]


def decide_for_session_42(command: object, state: State) -> list[object]:
    return [replace(event, session=42) for event in decide(command, state)]  # type: ignore[type-var]


def decide_to_stop_at_the_meter(command: object, state: State) -> list[object]:
    events = decide(command, state)
    stopped = isinstance(command, StopCharging)
    return [replace(event, meter_stop_wh=state.meter_wh) if stopped else event for event in events]  # type: ignore[type-var]


def decide_a_stop_above_the_meter(command: object, state: State) -> list[object]:
    if isinstance(command, StopCharging) and command.meter_stop_wh == state.meter_wh:
        raise Refused("nothing was charged")
    return decide(command, state)


def decide_from_zero(command: object, state: State) -> list[object]:
    if isinstance(command, StartCharging) and not command.meter_start_wh:
        raise Refused("a meter shows something")
    return decide(command, state)


def decide_without_a_reason(command: object, state: State) -> list[object]:
    try:
        return decide(command, state)
    except Refused:
        raise Refused("") from None


def decide_with_a_reading(command: object, state: State) -> list[object]:
    events = decide(command, state)
    if not isinstance(command, StopCharging) or command.meter_stop_wh <= 7_000:
        return events
    return [MeterRead(command.session, "cinema-7", state.seq_no + 1, command.meter_stop_wh, 0), *events]


def decide_one_at_a_time(command: object, state: State) -> Iterator[object]:
    yield from decide(command, state)


def decide_again(command: object, state: State) -> list[object]:
    if isinstance(command, StartCharging) and state.phase != "stopped":
        return [ChargingStarted(**vars(command))]
    return decide(command, state)


def decide_after_the_end(command: object, state: State) -> list[object]:
    if isinstance(command, StopCharging) and state.phase == "stopped":
        return [ChargingStopped(**vars(command))]
    return decide(command, state)


def decide_backwards(command: object, state: State) -> list[object]:
    if isinstance(command, StopCharging) and state.phase in ("charging", "suspended"):
        return [ChargingStopped(**vars(command))]
    return decide(command, state)


def decide_not_out_of_a_pause(command: object, state: State) -> list[object]:
    if isinstance(command, StopCharging) and state.phase == "suspended":
        raise Refused("resume first")
    return decide(command, state)


def decide_silently(command: object, state: State) -> list[object]:
    try:
        return decide(command, state)
    except Refused:
        return []


def decide_as_a_value_error(command: object, state: State) -> list[object]:
    try:
        return decide(command, state)
    except Refused as refused:
        raise ValueError(str(refused)) from refused


def decide_with_an_exception(command: object, state: State) -> list[object]:
    try:
        return decide(command, state)
    except Refused as refused:
        raise Exception(refused.rule) from refused


def decide_returns_the_refusal(command: object, state: State) -> object:
    try:
        return decide(command, state)
    except Refused as refused:
        return refused


def decide_one_event(command: object, state: State) -> object:
    return decide(command, state)[0]


def decide_crashes(command: Any, state: State) -> list[object]:
    return decide(command, state) if state.phase == "not started" else [command.nothing]


class ByName:
    """Right: a method for each command."""

    def decide(self, command: object, state: Any) -> list[object]:
        return getattr(self, type(command).__name__)(command, state)

    def StartCharging(self, command: Any, state: Any) -> list[object]:
        return [ChargingStarted(**vars(command))] if state.phase == "not started" else refuse("once")

    def SuspendCharging(self, command: Any, state: Any) -> list[object]:
        return [ChargingSuspended(**vars(command))] if state.phase == "charging" else refuse("not now")

    def ResumeCharging(self, command: Any, state: Any) -> list[object]:
        return [ChargingResumed(**vars(command))] if state.phase == "suspended" else refuse("not now")

    def StopCharging(self, command: Any, state: Any) -> list[object]:
        if state.phase not in ("charging", "suspended") or command.meter_stop_wh < state.meter_wh:
            raise Refused("not now")
        return [ChargingStopped(**vars(command))]


# 7 the_same_as_an_object


class ReservableSocket(Aggregate[Any]):
    def __init__(self) -> None:
        super().__init__(evolve_socket, Free())

    def reserve(self, driver: str, at: str, until: str) -> None:
        if until <= at:
            raise Refused("a reservation ends after it begins")
        self._must_be_open_to(driver, at)
        if self.state != Reserved(driver, until):
            self.record(SocketReserved(driver, until))

    def release(self, driver: str) -> None:
        match self.state:
            case Reserved(holder) if holder == driver:
                self.record(SocketReleased(driver))
            case _:
                raise Refused("nobody gives back what they do not have")

    def plug_in(self, driver: str, at: str) -> None:
        self._must_be_open_to(driver, at)
        self.record(SocketTaken(driver))

    def unplug(self, driver: str) -> None:
        if self.state != Taken(driver):
            raise Refused("nobody gives back what they do not have")
        self.record(SocketLeft(driver))

    def _must_be_open_to(self, driver: str, at: str) -> None:
        match self.state:
            case Taken():
                raise Refused("a car stands at the socket")
            case Reserved(holder, until) if holder != driver and at < until:
                raise Refused("the socket is kept for somebody else")


class Composed:
    """Right: no base class; the methods call the decider."""

    def __init__(self) -> None:
        self.life = Aggregate(evolve_socket, Free())

    def _do(self, command: object) -> None:
        self.life.record(*decide_socket(command, self.life.state))

    def reserve(self, driver: str, at: str, until: str) -> None:
        self._do(Reserve(driver, at, until))

    def release(self, driver: str) -> None:
        self._do(Release(driver))

    def plug_in(self, driver: str, at: str) -> None:
        self._do(PlugIn(driver, at))

    def unplug(self, driver: str) -> None:
        self._do(Unplug(driver))


class SetsItsState(ReservableSocket):
    def plug_in(self, driver: str, at: str) -> None:
        self._must_be_open_to(driver, at)
        self.state = Taken(driver)


class RecordsFirst(ReservableSocket):
    def release(self, driver: str) -> None:
        self.record(SocketReleased(driver))
        if not isinstance(self.state, Free):
            raise Refused("never")
        if driver != "ada":
            raise Refused("too late")


class Lax(ReservableSocket):
    def _must_be_open_to(self, driver: str, at: str) -> None:
        if isinstance(self.state, Taken):
            raise Refused("a car stands at the socket")


class Strict(ReservableSocket):
    def plug_in(self, driver: str, at: str) -> None:
        if isinstance(self.state, Reserved):
            raise Refused("it is reserved")
        super().plug_in(driver, at)


class Generous(ReservableSocket):
    def reserve(self, driver: str, at: str, until: str) -> None:
        if until <= at:
            raise Refused("a reservation ends after it begins")
        self._must_be_open_to(driver, at)
        self.record(SocketReserved(driver, until))


class Prefix(ReservableSocket):
    def release(self, driver: str) -> None:
        if not (isinstance(self.state, Reserved) and self.state.driver.startswith(driver[:3])):
            raise Refused("nobody gives back what they do not have")
        self.record(SocketReleased(driver))


class Remembers(ReservableSocket):
    """Wrong: an attribute beside the state, which no history sets."""

    holder = ""

    def reserve(self, driver: str, at: str, until: str) -> None:
        super().reserve(driver, at, until)
        self.holder = driver

    def release(self, driver: str) -> None:
        if driver != self.holder:
            raise Refused("nobody gives back what they do not have")
        super().release(driver)


class Shared(ReservableSocket):
    """Wrong: what one socket does not want to do again, no other one does either."""

    plugged: ClassVar[set[tuple[str, str]]] = set()

    def plug_in(self, driver: str, at: str) -> None:
        if (driver, at) in self.plugged and at == "23:59":
            raise Refused("once is enough")
        super().plug_in(driver, at)
        self.plugged.add((driver, at))


class ByTheHour(ReservableSocket):
    def _must_be_open_to(self, driver: str, at: str) -> None:
        match self.state:
            case Taken():
                raise Refused("a car stands at the socket")
            case Reserved(holder, until) if holder != driver and at[:2] < until[:2]:
                raise Refused("the socket is kept for somebody else")
            case Reserved(holder, "18:15") if holder != driver and at < "18:15":
                raise Refused("the socket is kept for somebody else")


class WithoutAReason(ReservableSocket):
    def _must_be_open_to(self, driver: str, at: str) -> None:
        try:
            super()._must_be_open_to(driver, at)
        except Refused:
            raise Refused("") from None


class Longer(ReservableSocket):
    """Wrong: a reservation can only become longer."""

    def reserve(self, driver: str, at: str, until: str) -> None:
        if isinstance(self.state, Reserved) and self.state.driver == driver and until < self.state.until:
            raise Refused("it can only become longer")
        super().reserve(driver, at, until)


class Chatty(ReservableSocket):
    """Right: with a result, another method, and an attribute."""

    def __init__(self, name: str = "zoo-1") -> None:
        super().__init__()
        self.name = name

    def plug_in(self, driver: str, at: str) -> list[object]:  # type: ignore[override]
        super().plug_in(driver, at)
        return self.pending

    def close(self) -> None:
        pass


class NoAggregate:
    def __init__(self) -> None:
        self.state = Free()


class NeverBegun(ReservableSocket):
    def __init__(self) -> None:
        self.state = Free()


class NoMethods(Aggregate[Any]):
    def __init__(self) -> None:
        super().__init__(evolve_socket, Free())


class StillAGap(ReservableSocket):
    def release(self, driver: str) -> None: ...


# 8 state_and_events_at_once


def handle(office: Any, command: object) -> None:
    with office.transaction():
        state = office.load()
        events = decide_socket(command, state)
        office.emit(*events)
        office.save(reduce(evolve_socket, events, state))


def handle_one_by_one(office: Any, command: object) -> None:
    with office.transaction():
        for event in SOCKET.decide(command, office.load()):
            office.save(SOCKET.evolve(office.load(), event))
            office.emit(event)


def without_a_transaction(office: Any, command: object) -> None:
    state = office.load()
    events = decide_socket(command, state)
    office.save(reduce(evolve_socket, events, state))
    office.emit(*events)


def loads_before(office: Any, command: object) -> None:
    state = office.load()
    with office.transaction():
        events = decide_socket(command, state)
        office.save(reduce(evolve_socket, events, state))
        office.emit(*events)


def two_transactions(office: Any, command: object) -> None:
    with office.transaction():
        state = office.load()
        events = decide_socket(command, state)
        office.save(reduce(evolve_socket, events, state))
    with office.transaction():
        office.emit(*events)


def saves_nothing(office: Any, command: object) -> None:
    with office.transaction():
        office.emit(*decide_socket(command, office.load()))


def emits_nothing(office: Any, command: object) -> None:
    with office.transaction():
        state = office.load()
        office.save(reduce(evolve_socket, decide_socket(command, state), state))


def folds_the_events(office: Any, command: object) -> None:
    with office.transaction():
        state = reduce(evolve_socket, office.emitted, Free())
        events = decide_socket(command, state)
        office.emit(*events)
        office.save(reduce(evolve_socket, events, state))


def emits_a_list(office: Any, command: object) -> None:
    with office.transaction():
        office.emit(decide_socket(command, office.load()))


def saves_the_events(office: Any, command: object) -> None:
    with office.transaction():
        events = decide_socket(command, office.load())
        office.emit(*events)
        office.save(*events)


def swallows_refusals(office: Any, command: object) -> None:
    with suppress(Refused):
        handle(office, command)


def emits_before_it_decides(office: Any, command: Any) -> None:
    state = office.load()
    office.emit(SocketReleased(command.driver))
    with office.transaction():
        office.save(reduce(evolve_socket, decide_socket(command, state), state))


def keeps_the_last_event(office: Any, command: object) -> None:
    with office.transaction():
        state = office.load()
        events = decide_socket(command, state)
        office.emit(*events)
        office.save(evolve_socket(Free(), events[-1]))


KEPT: dict[int, Any] = {}


def remembers_the_state(office: Any, command: object) -> None:
    """Wrong: the state of the first office is that of all."""
    with office.transaction():
        state = KEPT.get(0, office.load())
        events = decide_socket(command, state)
        office.emit(*events)
        KEPT[0] = reduce(evolve_socket, events, state)
        office.save(KEPT[0])


def emits_after_it(office: Any, command: object) -> None:
    with office.transaction():
        state = office.load()
        events = decide_socket(command, state)
        office.save(reduce(evolve_socket, events, state))
    office.emit(*events)


def loads_before_a_release(office: Any, command: object) -> None:
    """Wrong only where a rival is faster than a release."""
    early = office.load() if isinstance(command, (Release, Unplug)) else None
    with office.transaction():
        state = early or office.load()
        events = decide_socket(command, state)
        office.emit(*events)
        office.save(reduce(evolve_socket, events, state))


def reserves_for_a_long_time(office: Any, command: object) -> None:
    if isinstance(command, Reserve) and command.until == "23:59":
        command = replace(command, until="23:58")
    handle(office, command)


def looks_first(office: Any, command: object) -> None:
    """Right: a look outside for a report, and what counts inside."""
    str(office.load())
    with ExitStack() as stack:
        stack.enter_context(office.transaction())
        state = office.load()
        for event in decide_socket(command, state):
            office.emit(event)
            state = evolve_socket(state, event)
        office.save(state)


class Handler:
    """Right: an object that writes only what has changed."""

    def __call__(self, office: Any, command: object) -> str:
        with office.transaction():
            before = office.load()
            if events := decide_socket(command, before):
                office.save(reduce(evolve_socket, events, before))
                office.emit(*events)
        return "handled"


def lambdas() -> list[Any]:
    """Return the same tests as lambdas."""
    return [lambda socket, test=test: test(socket) for test in TESTS]


def without(*left_out: Any) -> list[Any]:
    return [test for test in TESTS if test not in left_out]


def wrong(task: str, *cases: tuple[Any, str] | tuple[Any, Outcome, str]) -> list[WrongAnswer]:
    """Make wrong answers of (answer, sentence), or of (answer, outcome, sentence) if it is not WRONG."""
    return [WrongAnswer(task, answer, (*outcome, Outcome.WRONG)[0], says) for answer, *outcome, says in cases]


def right(task: str, *answers: Any) -> list[RightAnswer]:
    return [RightAnswer(task, answer) for answer in answers]


WRONG = [
    *wrong(
        "one_story_one_stream",
        (one_for_all, "the longest has 5,068 events, and 1,561 appends"),
        (one_for_all_sessions, "Several stories share a stream"),
        (stream_of_the_connector, "is split"),
        (by_type, "is split"),
        (each_its_own, "A replay must give the same result"),
        (bare_number, "takes the category from the name"),
        (in_one_category, "are in the same category, `story`"),
        (without_a_category, "a dash, and the id as it is: here that is"),
        (with_an_id_of_its_own, "find its stream, among all sessions in one category"),
        (known_sessions, "the stream is called `session-0`"),
        (one_for_a_station, "Several stories share a stream"),
        (two_digits, "the id as it is: here that is 420"),
        (returns_nothing, "Is a `return` missing"),
        (lambda: "session-1", "cannot be called with"),
        ("session-1", "not a function"),
    ),
    *wrong(
        "events_that_mean_something",
        (facts_phase_only, "missing        MeterRead"),
        (facts_of_the_phase_now, "a row that stopped, saved again"),
        (facts_backwards, "out of order   MeterRead"),
        (facts_of_any_other_reading, "an older row, saved late"),
        (facts_of_the_meter, "these are not the right events"),
        (facts_one_by_one, "missing        MeterRead"),
        (facts_of_session_42, "comes from somewhere else"),
        (facts_paused_by_the_row_before, "different by   ChargingSuspended"),
        (facts_stopped_by_disconnecting, "ChargingStopped"),
        (facts_with_full_power, "different power_w MeterRead"),
        (facts_popped, "changed what it was given"),
        (returns_nothing, "Is a `return` missing"),
    ),
    *wrong(
        "where_a_rule_lives",
        ((lax_decide, evolve_reading), "somebody enters 499. Your `lax_decide` returned `[MeterRead"),
        ((says_nothing, evolve_reading), "somebody enters 499. Your `says_nothing` returned `[]`"),
        ((decide_reading, strict_evolve), "the whole stream cannot be read"),
        ((decide_reading, greatest), "your register stands at 9,400"),
        ((refuses_equal, evolve_reading), "equal is not backwards"),
        ((raises_a_value_error, evolve_reading), "with a ValueError"),
        ((decide_reading, returns_nothing), "Is a `return` missing"),
        ((without_words, evolve_reading), "without a reason"),
        ((with_a_dot, evolve_reading), "without a reason"),
        ((a_little_backwards, evolve_reading), "somebody enters 499"),
        ((no_jumps, evolve_reading), "Only a reading that is lower"),
        ((at_the_cinema, evolve_reading), "recorded exactly as it was entered"),
        ((decide_reading, highest_number), "your register stands at"),
        ((decide_reading, never_zero), "your register stands at"),
        ((evolve_reading, decide_reading), Outcome.ERROR, "AttributeError"),
        ((..., evolve_reading), Outcome.NOT_ATTEMPTED, "is still the gap"),
    ),
    *wrong(
        "tests_that_catch",
        ([], "is empty"),
        ([happy_path], "19 bugs of 20 would go live"),
        ([*TESTS, claims_nothing], "`claims_nothing` passes even on a socket that returns nonsense"),
        ([*TESTS, of_the_right_one], "the socket it is given"),
        ([*TESTS, false_alarm], "`false_alarm` fails on the right socket"),
        ([*TESTS, typo], Outcome.ERROR, "NameError"),
        (without(left_is_free), "1 bug of 20 would go live: The car has left"),
        (without(over_when_it_is_over), "still keeps others away at 18:15"),
        (without(kept_from_others, released_is_free), "2 bugs of 20 would go live: Bob reserves"),
        (without(at_once_is_over), "may end in the minute in which it begins"),
        (without(one_car), "where the car of Ada stands"),
        (without(kept_for_her), "Ada herself cannot plug in"),
        (without(longer), "to last longer"),
        (without(only_ada_unplugs), "Bob unplugs the car of Ada"),
        ([*TESTS, in_the_morning], '`"09:05"`'),
        ([*TESTS, nobody_releases], "Give the driver a name"),
        ([is_the_right_function], "at nothing else"),
        ([*TESTS, Once()], "passed on the right socket at first"),
        (happy_path, "What you passed is a function"),
        ([None], "without parentheses"),
        ([...], Outcome.NOT_ATTEMPTED, "is still the gap"),
    ),
    *wrong(
        "evolve_a_session",
        ((evolve_refusing, State()), "an event that is already in the log"),
        ((evolve_with_late_readings, State()), "After a reading that was delivered late the `meter_wh`"),
        ((evolve_after_the_stop, State()), "After a pause after the stop the `phase`"),
        ((evolve_twice_started, State()), "After a start that was delivered twice"),
        ((evolve_without_readings_in_a_pause, State()), "After a reading during a pause"),
        ((evolve_forwards, State()), "the `meter_wh` is"),
        ((evolve_with_readings_twice, State()), "After a second reading with the same number"),
        ((evolve_counting, State()), "After a reading that was delivered late the `seq_no` is `1`"),
        ((evolve_out_of_the_end, State()), "the `phase` is `'charging'`"),
        ((evolve_a_stop_at_any_time, State()), "the `meter_wh` is"),
        ((evolve_from_5000, State()), "the `meter_wh` is `5000`"),
        ((evolve_keeping_the_meter, State()), "the `meter_wh` is"),
        ((evolve_to_none, State()), "Is a `return` missing"),
        ((evolve_a_frozen_one, State()), Outcome.ERROR, '`state.phase = "charging"`'),
        ((evolve_a_field_that_is_none, State()), Outcome.ERROR, "`return replace(state, meter=5_000)"),
        ((evolve_to_a_list, State()), "a list is for `decide`"),
        ((evolve_with_an_exception, State()), "an event that is already in the log"),
        ((evolve_in_place, Open()), "changed what it was given"),
        ((evolve, None), "`initial` is `None`"),
        ((evolve, State), "A fold begins with a state"),
    ),
    *wrong(
        "decide_a_session",
        ((decide_again, evolve, State()), "takes 2 steps"),
        ((decide_after_the_end, evolve, State()), "missing        a refusal"),
        (
            (decide_backwards, evolve, State()),
            "actual         ChargingStopped (session 42, meter stop wh 5400",
        ),
        ((decide_not_out_of_a_pause, evolve, State()), "actual         refused: resume first"),
        ((decide_silently, evolve, State()), "takes 1 step"),
        ((decide_as_a_value_error, evolve, State()), "with a ValueError"),
        ((decide_with_an_exception, evolve, State()), "with an Exception"),
        ((decide_returns_the_refusal, evolve, State()), "An error that is returned stops nothing"),
        ((decide_suspended_by_the_car, evolve, State()), "different      ChargingSuspended"),
        ((decide_for_session_42, evolve, State()), "you decide differently from the rules"),
        ((decide_to_stop_at_the_meter, evolve, State()), "different      ChargingStopped"),
        ((decide_a_stop_above_the_meter, evolve, State()), "actual         refused: nothing was charged"),
        ((decide_from_zero, evolve, State()), "actual         refused: a meter shows something"),
        ((decide_without_a_reason, evolve, State()), "without a reason"),
        ((decide_with_a_reading, evolve, State()), "MeterRead"),
        ((decide, evolve_forwards, State()), "takes 4 steps"),
        ((decide_one_event, evolve, State()), "Make it a list"),
        ((decide_crashes, evolve, State()), Outcome.ERROR, "AttributeError"),
        ((returns_nothing, evolve, State()), "Is a `return` missing"),
        ((decide, evolve_refusing, State()), "an event that is already in the log"),
        ((decide, evolve_with_late_readings, State()), "takes 4 steps"),
        ((decide, evolve_without_readings_in_a_pause, State()), "takes 4 steps"),
    ),
    *wrong(
        "the_same_as_an_object",
        (SetsItsState, "its events say `Reserved"),
        (RecordsFirst, "is pending all the same"),
        (Lax, "a reserved socket is kept for its driver"),
        (Strict, "PlugIn (driver bob, at 18:15)` was refused"),
        (Generous, "reserving the same again changes nothing"),
        (Prefix, "was not refused"),
        (Remembers, "was refused"),
        (Shared, "was refused"),
        (ByTheHour, "was not refused"),
        (WithoutAReason, "without a reason"),
        (Longer, "was refused"),
        (NoAggregate, "is not an `Aggregate`"),
        (NeverBegun, "without the `__init__` of `Aggregate`"),
        (NoMethods, "has no method `reserve`"),
        (ReservableSocket(), "not a class"),
        (StillAGap, Outcome.NOT_ATTEMPTED, "`StillAGap.release` is still the gap"),
    ),
    *wrong(
        "state_and_events_at_once",
        (without_a_transaction, "Bob got the socket"),
        (loads_before, "Bob got the socket"),
        (two_transactions, "The power failed"),
        (keeps_the_last_event, Outcome.ERROR, "IndexError"),
        (remembers_the_state, "was refused"),
        (emits_after_it, "The power failed"),
        (loads_before_a_release, "a rival has"),
        (reserves_for_a_long_time, "led to other events"),
        (saves_nothing, "the row says `Free()`"),
        (emits_nothing, "the events say `Free()`"),
        (folds_the_events, "in an archive"),
        (swallows_refusals, "was not refused"),
        (emits_a_list, Outcome.ERROR, "office.emit(*events)"),
        (saves_the_events, Outcome.ERROR, "office.save(state)"),
        (emits_before_it_decides, "Two places contradict each other"),
        (returns_nothing, "a free socket can be reserved"),
    ),
]

RIGHT = [
    *right("one_story_one_stream", stream_of, streams_by_match, padded, Namer()),
    *right("events_that_mean_something", facts_of, facts_in_a_comprehension, facts_one_at_a_time),
    *right(
        "where_a_rule_lives",
        (decide_reading, evolve_reading),
        RULE_RIGHT,
        (read_one_at_a_time, evolve_reading),
        (lambda command, now: (MeterRead(**vars(command)),) if command.energy_wh >= now else refuse("后退"),)
        + RULE_RIGHT[1:],
    ),
    *right(
        "tests_that_catch",
        TESTS,
        tuple(TESTS[::-1]),
        lambdas(),
        [ByTable(), over_in_the_evening, asserted],
        [*TESTS, partial(decides_as_the_right_one, PlugIn("eve", "07:30"), [SocketReserved("eve", "08:00")])],
    ),
    *right(
        "evolve_a_session",
        (evolve, State()),
        (evolve_other, Other()),
        (session.evolve, session.initial),
        (evolve_a_tuple, Tuple()),
        (evolve_a_namespace, SimpleNamespace(**vars(State()))),
    ),
    *right(
        "decide_a_session",
        (decide, evolve, State()),
        (ByName().decide, evolve_other, Other()),
        (session.decide, session.evolve, session.initial),
        (decide_one_at_a_time, evolve_a_tuple, Tuple()),
        (lambda command, state: tuple(decide(command, state)), evolve, State()),
    ),
    *right("the_same_as_an_object", ReservableSocket, Composed, Chatty),
    *right("state_and_events_at_once", handle, handle_one_by_one, looks_first, Handler()),
]

EQUIVALENT = {
    "the_same_as_an_object": {
        "self.state != Reserved(driver, until) -> not str(self.state).startswi … iver, until)))": (
            "a state ends with a bracket, so one begins with another only if both are the same"
        ),
    },
}
