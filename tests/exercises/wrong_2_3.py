"""Answers to the tasks of chapter 2.3."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

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
    given(socket, SocketTaken("ada"), SocketLeft("ada")).when(PlugIn("bob", "9")).then(SocketTaken("bob"))


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


class ByTable:
    """Right: a table of cases."""

    cases = (
        ((ADA,), Reserve("bob", "18:05", "18:30"), None),
        ((ADA,), PlugIn("bob", "18:05"), None),
        ((ADA,), PlugIn("bob", "18:15"), [SocketTaken("bob")]),
        ((ADA,), Release("bob"), None),
        ((ADA,), Reserve("ada", "18:05", "18:15"), []),
        ((SocketTaken("ada"),), Reserve("bob", "18:00", "18:30"), None),
        ((), Reserve("ada", "18:15", "18:00"), None),
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
        ((evolve_reading, decide_reading), Outcome.ERROR, "AttributeError"),
        ((..., evolve_reading), Outcome.NOT_ATTEMPTED, "is still the gap"),
    ),
    *wrong(
        "tests_that_catch",
        ([], "is empty"),
        ([happy_path], "10 bugs of 10 would go live"),
        ([*TESTS, claims_nothing], "`claims_nothing` passes even on a socket that returns nonsense"),
        ([*TESTS, of_the_right_one], "the socket it is given"),
        ([*TESTS, false_alarm], "`false_alarm` fails on the right socket"),
        ([*TESTS, typo], Outcome.ERROR, "NameError"),
        (without(left_is_free), "1 bug of 10 would go live: The car has left"),
        (without(over_when_it_is_over), "still keeps others away at 18:15"),
        (without(kept_from_others, released_is_free), "2 bugs of 10 would go live: Bob reserves"),
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
    *right("one_story_one_stream", stream_of, streams_by_match),
    *right("events_that_mean_something", facts_of, facts_in_a_comprehension),
    *right("where_a_rule_lives", (decide_reading, evolve_reading), RULE_RIGHT),
    *right(
        "tests_that_catch", TESTS, tuple(TESTS[::-1]), lambdas(), [ByTable(), over_in_the_evening, asserted]
    ),
    *right("evolve_a_session", (evolve, State()), (evolve_other, Other()), (session.evolve, session.initial)),
    *right(
        "decide_a_session",
        (decide, evolve, State()),
        (ByName().decide, evolve_other, Other()),
        (session.decide, session.evolve, session.initial),
    ),
    *right("the_same_as_an_object", ReservableSocket, Composed),
    *right("state_and_events_at_once", handle, handle_one_by_one),
]
