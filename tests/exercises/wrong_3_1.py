"""Answers to the tasks of chapter 3.1: wrong ones with the sentence each must get, and unusual right ones."""

from __future__ import annotations

import random
from collections import defaultdict
from contextlib import closing, suppress
from types import SimpleNamespace
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from tests.exercises.answers import RightAnswer, WrongAnswer
from workbench.classroom.outcome import Outcome
from workbench.scenarios.clicks import Request
from workbench.scenarios.evening import calm_evening
from workbench.scenarios.reservable_socket import SOCKET, Free, PlugIn, Taken
from workshop_lib import open_store
from workshop_lib.events import WorkshopError
from workshop_lib.modeling import Refused, fold
from workshop_lib.modeling.application import decide_again, no_retry, retry_if_unchanged
from workshop_lib.modeling.application import handle as library_handle
from workshop_lib.modeling.repository import Repository
from workshop_lib.store.errors import ANY, StoreError, WrongExpectedVersion
from workshop_lib.store.port import AppendResult

# 1 load_decide_append


def handle(sockets: Any, socket: str, command: object) -> None:
    state, version = sockets.load(socket)
    sockets.save(socket, SOCKET.decide(command, state), version)


def handle_by_hand(sockets: Any, socket: str, command: object) -> Any:
    """Right: reads and appends without the repository's help."""
    stream = f"socket-{socket}"
    history = [seen.event for seen in sockets.store.read_stream(stream)]
    events = [*SOCKET.decide(command, fold(SOCKET, history))]
    return sockets.store.append(stream, events, expected_version=len(history)) if events else None


def handle_anyhow(sockets: Any, socket: str, command: object) -> None:
    state, _ = sockets.load(socket)
    sockets.save(socket, SOCKET.decide(command, state), ANY)


def handle_at_the_newest(sockets: Any, socket: str, command: object) -> None:
    state, _ = sockets.load(socket)
    events = SOCKET.decide(command, state)
    sockets.save(socket, events, sockets.store.stream_version(f"socket-{socket}"))


def handle_for_ada(sockets: Any, socket: str, command: Any) -> None:
    handle(sockets, socket, PlugIn("ada", command.at) if isinstance(command, PlugIn) else command)


def handle_at_zoo_1(sockets: Any, socket: str, command: object) -> None:
    handle(sockets, "zoo-1", command)


def handle_unless_free(sockets: Any, socket: str, command: object) -> None:
    state, version = sockets.load(socket)
    if not isinstance(command, PlugIn) or isinstance(state, (Free, Taken)):
        sockets.save(socket, SOCKET.decide(command, state), version)


def handle_silently(sockets: Any, socket: str, command: object) -> None:
    with suppress(WrongExpectedVersion):
        handle(sockets, socket, command)


def handle_politely(sockets: Any, socket: str, command: object) -> None:
    with suppress(Refused):
        handle(sockets, socket, command)


def handle_from_the_start(sockets: Any, socket: str, command: object) -> None:
    sockets.save(socket, SOCKET.decide(command, Free()), sockets.load(socket).version)


def handle_as_new(sockets: Any, socket: str, command: object) -> None:
    sockets.save(socket, SOCKET.decide(command, sockets.load(socket).state), 0)


def handle_without_append(sockets: Any, socket: str, command: object) -> Any:
    return SOCKET.decide(command, sockets.load(socket).state)


def handle_first_event(sockets: Any, socket: str, command: object) -> None:
    state, version = sockets.load(socket)
    sockets.save(socket, [SOCKET.decide(command, state)[0]], version)


# 2 the_key_of_a_click


def key_of(request: Request) -> object:
    return request.device, request.press


def key_as_text(request: Request) -> str:
    return f"{request.device}/{request.press}"


class Keys:
    """Right: an object that can be called; the driver is in the key as well."""

    def __call__(self, request: Request) -> UUID:
        return uuid5(NAMESPACE_URL, f"{request.driver}|{request.socket}|{request.device}|{request.press}")


def random_key(request: Request) -> object:
    return random.random()


# 3 a_double_click


def start_session(sockets: Any, socket: str, driver: str, at: str, click: UUID) -> None:
    history = sockets.store.read_stream(sockets.stream_of(socket))
    if any(seen.causation_id == click for seen in history):
        return
    state, version = sockets.load(socket)
    sockets.save(socket, SOCKET.decide(PlugIn(driver, at), state), version, causation_id=click)


def start_by_library(sockets: Any, socket: str, driver: str, at: str, click: UUID) -> Any:
    return library_handle(sockets, socket, PlugIn(driver, at), command_id=click)


def start_by_metadata(sockets: Any, socket: str, driver: str, at: str, click: UUID) -> str:
    known = {(seen.metadata or {}).get("click") for seen in sockets.store.read_stream(f"socket-{socket}")}
    if str(click) not in known:
        state, version = sockets.load(socket)
        decided = SOCKET.decide(PlugIn(driver, at), state)
        sockets.save(socket, decided, version, metadata={"click": str(click)})
    return "Your car charges."


def start_by_event_id(sockets: Any, socket: str, driver: str, at: str, click: UUID) -> None:
    ids = [seen.event_id for seen in sockets.store.read_stream(f"socket-{socket}")]
    if click not in ids:
        state, version = sockets.load(socket)
        sockets.save(socket, SOCKET.decide(PlugIn(driver, at), state), version, event_ids=[click])


def start_each_time(sockets: Any, socket: str, driver: str, at: str, click: UUID) -> None:
    handle(sockets, socket, PlugIn(driver, at))


def start_that_forgets_the_click(sockets: Any, socket: str, driver: str, at: str, click: UUID) -> None:
    if all(seen.causation_id != click for seen in sockets.store.read_stream(sockets.stream_of(socket))):
        handle(sockets, socket, PlugIn(driver, at))


def start_that_looks_elsewhere(sockets: Any, socket: str, driver: str, at: str, click: UUID) -> None:
    if all(seen.causation_id != click for seen in sockets.store.read_stream(f"session-{socket}")):
        state, version = sockets.load(socket)
        sockets.save(socket, SOCKET.decide(PlugIn(driver, at), state), version, causation_id=click)


def start_unless_taken(sockets: Any, socket: str, driver: str, at: str, click: UUID) -> None:
    if sockets.load(socket).state != Taken(driver):
        handle(sockets, socket, PlugIn(driver, at))


def start_hushed(sockets: Any, socket: str, driver: str, at: str, click: UUID) -> None:
    with suppress(Refused):
        handle(sockets, socket, PlugIn(driver, at))


def starts_in_memory() -> Any:
    """Return a use case that keeps the clicks in memory, and adds each before its event is recorded."""
    seen: set[UUID] = set()

    def start_remembered(sockets: Any, socket: str, driver: str, at: str, click: UUID) -> None:
        if click not in seen:
            seen.add(click)
            handle(sockets, socket, PlugIn(driver, at))

    return start_remembered


def start_decides_first(sockets: Any, socket: str, driver: str, at: str, click: UUID) -> None:
    state, version = sockets.load(socket)
    sockets.save(socket, SOCKET.decide(PlugIn(driver, at), state), version, event_ids=[click])


def start_by_last_click(sockets: Any, socket: str, driver: str, at: str, click: UUID) -> None:
    last = [seen.causation_id for seen in sockets.store.read_stream(f"socket-{socket}")][-1:]
    if last != [click]:
        state, version = sockets.load(socket)
        sockets.save(socket, SOCKET.decide(PlugIn(driver, at), state), version, causation_id=click)


def start_by_the_last_four(sockets: Any, socket: str, driver: str, at: str, click: UUID) -> None:
    last = [seen.causation_id for seen in sockets.store.read_stream(f"socket-{socket}")][-4:]
    if click not in last:
        state, version = sockets.load(socket)
        sockets.save(socket, SOCKET.decide(PlugIn(driver, at), state), version, causation_id=click)


def start_by_driver_and_time(sockets: Any, socket: str, driver: str, at: str, click: UUID) -> None:
    start_session(sockets, socket, driver, at, uuid5(NAMESPACE_URL, f"{driver} {at}"))


def start_at_zoo_1(sockets: Any, socket: str, driver: str, at: str, click: UUID) -> None:
    start_session(sockets, "zoo-1", driver, at, click)


def start_by_driver(sockets: Any, socket: str, driver: str, at: str, click: UUID) -> None:
    events = [seen.event for seen in sockets.store.read_stream(f"socket-{socket}")]
    if not any(event.driver == driver for event in events):
        handle(sockets, socket, PlugIn(driver, at))


# 4 a_concurrent_reservation


def start_at_last(sockets: Any, socket: str, driver: str, at: str) -> Any:
    for lost in range(10):
        try:
            state, version = sockets.load(socket)
            return sockets.save(socket, SOCKET.decide(PlugIn(driver, at), state), version)
        except WrongExpectedVersion:
            if lost == 9:
                raise
    return None


def start_recursively(sockets: Any, socket: str, driver: str, at: str, left: int = 9) -> None:
    try:
        handle(sockets, socket, PlugIn(driver, at))
    except WrongExpectedVersion:
        if not left:
            raise
        start_recursively(sockets, socket, driver, at, left - 1)


def start_with_policy(sockets: Any, socket: str, driver: str, at: str) -> Any:
    return library_handle(sockets, socket, PlugIn(driver, at), retry=decide_again(10))


def start_if_unchanged(sockets: Any, socket: str, driver: str, at: str) -> Any:
    return library_handle(sockets, socket, PlugIn(driver, at), retry=retry_if_unchanged(10))


def start_in(rounds: int) -> Any:
    def start_among_rivals(sockets: Any, socket: str, driver: str, at: str) -> None:
        for lost in range(rounds):
            try:
                return handle(sockets, socket, PlugIn(driver, at))
            except WrongExpectedVersion:
                if lost == rounds - 1:
                    raise
        return None

    return start_among_rivals


def start_without_a_name(sockets: Any, socket: str, driver: str, at: str) -> None:
    start_in(10)(sockets, "zoo-1", "ada", "18:05")


def start_once(sockets: Any, socket: str, driver: str, at: str) -> None:
    handle(sockets, socket, PlugIn(driver, at))


def start_for_ever(sockets: Any, socket: str, driver: str, at: str) -> None:
    while True:
        with suppress(WrongExpectedVersion):
            return handle(sockets, socket, PlugIn(driver, at))


def start_with_old_events(sockets: Any, socket: str, driver: str, at: str) -> Any:
    state, version = sockets.load(socket)
    events = SOCKET.decide(PlugIn(driver, at), state)
    for _ in range(10):
        try:
            return sockets.save(socket, events, version)
        except WrongExpectedVersion as late:
            version = late.actual
    raise Refused("somebody was always faster")


def start_without_looking_again(sockets: Any, socket: str, driver: str, at: str) -> Any:
    state, version = sockets.load(socket)
    for lost in range(10):
        try:
            return sockets.save(socket, SOCKET.decide(PlugIn(driver, at), state), version)
        except WrongExpectedVersion:
            if lost == 9:
                raise
    return None


def start_and_fail_silently(sockets: Any, socket: str, driver: str, at: str) -> None:
    for _ in range(10):
        with suppress(WrongExpectedVersion):
            return handle(sockets, socket, PlugIn(driver, at))


def start_by_force(sockets: Any, socket: str, driver: str, at: str) -> None:
    handle_anyhow(sockets, socket, PlugIn(driver, at))


# 5 retry_is_a_policy


def only_herself(lost: int, conflict: Any) -> bool:
    return lost <= 3 and all(seen.event.driver == "ada" for seen in conflict.events_since)


POLICIES: dict[str, Any] = {
    "reserve": no_retry,
    "plug in": retry_if_unchanged(5),
    "unplug": decide_again(10),
    "prolong": only_herself,
}


def in_between(conflict: Any) -> list[str]:
    return [seen.event.driver for seen in conflict.events_since]


def unless_the_last_is(driver: str) -> Any:
    return lambda lost, conflict: lost <= 3 and in_between(conflict)[-1] != driver


def unless_there_was(driver: str) -> Any:
    return lambda lost, conflict: lost <= 3 and driver not in in_between(conflict)


def if_ada_came_first(lost: int, conflict: Any) -> bool:
    return lost <= 3 and in_between(conflict)[0] == "ada"


def if_they_went_again(lost: int, conflict: Any) -> bool:
    return lost <= 5 and len(conflict.events_since) % 2 == 0


class Times:
    """Right: a policy as an object."""

    def __init__(self, most: int) -> None:
        self.most = most

    def __call__(self, lost: int, conflict: Any) -> bool:
        return lost < self.most + 1


BY_HAND = {
    "reserve": lambda lost, conflict: 0,
    "plug in": lambda lost, conflict: conflict.still_holds and lost < 6,
    "unplug": Times(10),
    "prolong": lambda lost, conflict: (
        lost in range(4) and {seen.event.driver for seen in conflict.events_since} == {"ada"}
    ),
}

# 7 the_address_chooses


def evening_at(address: str) -> object:
    try:
        store = open_store(address)
    except WorkshopError as missing:
        return str(missing)
    with store:
        return calm_evening(Repository(store, SOCKET, "socket"))


def evening_with_else(address: str) -> object:
    try:
        store = open_store(address)
    except StoreError as missing:
        answer: object = f"{missing}"
    else:
        with closing(store):
            answer = tuple(calm_evening(Repository(store, SOCKET, "socket")))
    return answer


def evening_open_after_an_error(address: str) -> object:
    try:
        store = open_store(address)
    except WorkshopError as missing:
        return str(missing)
    events = calm_evening(Repository(store, SOCKET, "socket"))
    store.close()
    return events


def evening_with_a_text_of_its_own(address: str) -> object:
    try:
        store = open_store(address)
    except WorkshopError:
        return "You asked for a store that is not there. Start the server, or choose another address."
    with store:
        return calm_evening(Repository(store, SOCKET, "socket"))


def evening_unprotected(address: str) -> object:
    with open_store(address) as store:
        return calm_evening(Repository(store, SOCKET, "socket"))


def evening_protected_too_much(address: str) -> object:
    try:
        return evening_unprotected(address)
    except WorkshopError as missing:
        return str(missing)


def evening_left_open(address: str) -> object:
    try:
        LEFT_OPEN.append(open_store(address))
    except WorkshopError as missing:
        return str(missing)
    return calm_evening(Repository(LEFT_OPEN[-1], SOCKET, "socket"))


LEFT_OPEN: list[Any] = []


def evening_in_memory(address: str) -> object:
    return calm_evening(Repository(open_store(), SOCKET, "socket"))


def evening_without_return(address: str) -> None:
    evening_at(address)


def evening_in_own_words(address: str) -> object:
    answer = evening_at(address)
    return "no server" if isinstance(answer, str) else answer


# 8 an_adapter_of_your_own


def recorded(event: object, version: int) -> SimpleNamespace:
    return SimpleNamespace(event=event, version=version)


class MyStore:
    def __init__(self) -> None:
        self.streams: Any = defaultdict(list)

    def read_stream(self, stream: str) -> list[Any]:
        return [recorded(event, number) for number, event in enumerate(self.streams[stream], 1)]

    def append(self, stream: str, events: Any, expected_version: int, **options: Any) -> AppendResult:
        actual = len(self.streams[stream])
        if expected_version != actual:
            raise WrongExpectedVersion(stream, expected_version, actual)
        self.streams[stream] += events
        return AppendResult(len(self.streams[stream]), ())


class OneList:
    """Right: one list for all streams, searched for each read."""

    def __init__(self) -> None:
        self.rows: tuple[Any, ...] = ()

    def read_stream(self, stream: str) -> Any:
        mine = (event for name, event in self.rows if name == stream)
        return (recorded(event, number) for number, event in enumerate(mine, 1))

    def append(self, stream: str, events: Any, expected_version: int, **options: Any) -> Any:
        actual = len(list(self.read_stream(stream)))
        if actual != expected_version:
            raise WrongExpectedVersion(stream, expected_version, actual)
        self.rows += tuple((stream, event) for event in events)
        return SimpleNamespace(version=actual + len(events))


class Trusting(MyStore):
    def append(self, stream: str, events: Any, expected_version: int, **options: Any) -> AppendResult:
        return super().append(stream, events, len(self.streams[stream]), **options)


class OneEntryForAll(MyStore):
    def append(self, stream: str, events: Any, expected_version: int, **options: Any) -> AppendResult:
        return super().append(stream, [events], expected_version)


class GivesBareEvents(MyStore):
    def read_stream(self, stream: str) -> list[Any]:
        return list(self.streams[stream])


class AppendsFirst(MyStore):
    def append(self, stream: str, events: Any, expected_version: int, **options: Any) -> AppendResult:
        actual = len(self.streams[stream])
        self.streams[stream] += events
        if expected_version != actual:
            raise WrongExpectedVersion(stream, expected_version, actual)
        return AppendResult(actual + len(events), ())


class Shared(MyStore):
    everything: Any = defaultdict(list)

    def __init__(self) -> None:
        self.streams = self.everything


class OneStream(MyStore):
    def read_stream(self, stream: str) -> list[Any]:
        return super().read_stream("")

    def append(self, stream: str, events: Any, expected_version: int, **options: Any) -> AppendResult:
        return super().append("", events, expected_version, **options)


class FromZero(MyStore):
    def read_stream(self, stream: str) -> list[Any]:
        return [recorded(event, number) for number, event in enumerate(self.streams[stream])]


class SaysNothing(MyStore):
    def append(self, *args: Any, **options: Any) -> Any:
        super().append(*args, **options)


class SaysTheOldVersion(MyStore):
    def append(self, stream: str, events: Any, expected_version: int, **options: Any) -> Any:
        super().append(stream, events, expected_version, **options)
        return AppendResult(expected_version, ())


class RaisesSomethingElse(MyStore):
    def append(self, stream: str, events: Any, expected_version: int, **options: Any) -> AppendResult:
        if expected_version != len(self.streams[stream]):
            raise ValueError("somebody was faster")
        return super().append(stream, events, expected_version, **options)


class Exchanged(MyStore):
    def append(self, stream: str, events: Any, expected_version: int, **options: Any) -> AppendResult:
        actual = len(self.streams[stream])
        if expected_version != actual:
            raise WrongExpectedVersion(stream, actual, expected_version)
        return super().append(stream, events, expected_version, **options)


class BelievesTheFuture(MyStore):
    def append(self, stream: str, events: Any, expected_version: int, **options: Any) -> AppendResult:
        actual = len(self.streams[stream])
        if expected_version < actual:
            raise WrongExpectedVersion(stream, expected_version, actual)
        self.streams[stream] += events
        return AppendResult(len(self.streams[stream]), ())


class NamesBothStreams(MyStore):
    def append(self, stream: str, events: Any, expected_version: int, **options: Any) -> AppendResult:
        if expected_version != len(self.streams[stream]):
            raise WrongExpectedVersion("socket-zoo-1", expected_version, len(self.streams[stream]))
        return super().append(stream, events, expected_version, **options)


class CountsAllStreams(MyStore):
    def append(self, stream: str, events: Any, expected_version: int, **options: Any) -> AppendResult:
        everything = sum(map(len, self.streams.values()))
        if expected_version != everything:
            raise WrongExpectedVersion(stream, expected_version, everything)
        self.streams[stream] += events
        return AppendResult(everything + len(events), ())


class StartsAgain(MyStore):
    def read_stream(self, stream: str) -> list[Any]:
        close = [name for name in sorted(self.streams) if name.startswith(stream[:10])]
        return [recorded(event, at) for name in close for at, event in enumerate(self.streams[name], 1)]


class WithClose(MyStore):
    def close(self) -> None:
        pass


class Yielding(MyStore):
    def read_stream(self, stream: str) -> Any:
        for number, event in enumerate(self.streams[stream], 1):
            yield recorded(event, number)


class StillAGap:
    def read_stream(self, stream: str) -> Any: ...

    def append(self, stream: str, events: Any, expected_version: int, **options: Any) -> Any: ...


def returns_nothing(*anything: object) -> None:
    """Compute something and forget the `return`."""
    str(anything)


def wrong(task: str, *cases: tuple[Any, str] | tuple[Any, Outcome, str]) -> list[WrongAnswer]:
    """Make wrong answers of (answer, sentence), or of (answer, outcome, sentence) if it is not WRONG."""
    return [WrongAnswer(task, answer, (*outcome, Outcome.WRONG)[0], says) for answer, *outcome, says in cases]


def right(task: str, *answers: Any) -> list[RightAnswer]:
    return [RightAnswer(task, answer) for answer in answers]


WRONG = [
    *wrong(
        "load_decide_append",
        (handle_anyhow, "two cars, one socket"),
        (handle_at_the_newest, "just after you looked, and Ada's"),
        (handle_silently, "Ada's call ended as if all were well"),
        (handle_politely, "PlugIn (driver bob, at 18:05)`: it was done"),
        (handle_from_the_start, "Ada reserves again what she has reserved"),
        (handle_as_new, "Which version does `save` get: the one that was loaded with the state?"),
        (handle_without_append, "missing        SocketReserved"),
        (handle_for_ada, "Ada has left, and Bob plugs in"),
        (handle_at_zoo_1, "You are called for"),
        (handle_unless_free, "You are called for"),
        (handle_first_event, Outcome.ERROR, "IndexError"),
        (start_by_force, "cannot be called with 3 arguments"),
        ("handle", "not a function"),
        (..., Outcome.NOT_ATTEMPTED, "is still the gap"),
    ),
    *wrong(
        "the_key_of_a_click",
        (lambda request: (request.driver, request.socket), "in the evening"),
        (lambda request: request.press, "Bob pressed"),
        (lambda request: request.sent_at, "sent the press again"),
        (lambda request: (request.device, request.press, request.attempt), "sent the press again"),
        (lambda request: (request.driver, request.press), "on her tablet"),
        (lambda request: f"{request.device}{request.press}", "look the same when joined"),
        (lambda request: [request.device, request.press], "cannot be used for a look-up"),
        (lambda request: request, "sent the press again"),
        (lambda request: (request.device, request.press % 10), "There were two presses"),
        (lambda request: (request.device, min(request.press, 1000)), "There were two presses"),
        (lambda request: (request.device, request.press % 10_000), "There were two presses"),
        (random_key, "Two keys mean two presses"),
        (returns_nothing, "Is a `return` missing"),
    ),
    *wrong(
        "a_double_click",
        (start_each_time, "a second time. The result: it was refused (a car stands at the socket)"),
        (start_that_forgets_the_click, "No event in the log has this click"),
        (start_that_looks_elsewhere, "First look in the log"),
        (start_unless_taken, "a copy of her click arrives an hour late"),
        (start_hushed, "Bob clicks while Ada's car stands there. The result: it was done"),
        (starts_in_memory(), "The program died just before the append"),
        (start_decides_first, "a second time. The result: it was refused"),
        (start_by_last_click, "arrives an hour late"),
        (start_by_the_last_four, "You are called for"),
        (start_by_driver_and_time, "ended as if all were well"),
        (start_at_zoo_1, "You are called for"),
        (start_by_driver, "missing        SocketTaken"),
        (returns_nothing, "Ada clicks at a free socket"),
        (start_at_last, "cannot be called with 5 arguments"),
    ),
    *wrong(
        "a_concurrent_reservation",
        (
            start_once,
            "Bob reserves the socket just before you appended. Ada's call ended with `WrongExpectedVersion`",
        ),
        (start_if_unchanged, "Ada's call ended with `ConcurrencyConflict`"),
        (start_for_ever, "tried 50 times and would go on for ever"),
        (start_with_old_events, "Ada's `SocketTaken` follows it"),
        (start_without_looking_again, "Ada's call ended with `WrongExpectedVersion`"),
        (start_in(4), "faster 5 times"),
        (start_in(49), "faster 11 times"),
        (start_without_a_name, "somebody was faster"),
        (start_and_fail_silently, "Ada's call ended as if all were well"),
        (start_by_force, "Ada's `SocketTaken` follows it"),
        (returns_nothing, "missing        SocketTaken"),
    ),
    *wrong(
        "retry_is_a_policy",
        ({}, "no policy for `reserve`"),
        (dict.fromkeys(POLICIES, no_retry), "`plug in`: somebody was faster once"),
        (dict.fromkeys(POLICIES, decide_again(10)), "`reserve`: somebody was faster once"),
        (POLICIES | {"plug in": retry_if_unchanged()}, "was faster 6 times"),
        (POLICIES | {"plug in": decide_again(5)}, "once: Bob plugged in. Your policy tries again"),
        (POLICIES | {"unplug": retry_if_unchanged(10)}, "was faster 10 times"),
        (
            POLICIES | {"prolong": retry_if_unchanged(3)},
            "prolonged it on her tablet. Your policy gives up",
        ),
        (POLICIES | {"prolong": decide_again(3)}, "then Bob came and went. Your policy tries again"),
        (POLICIES | {"prolong": no_retry}, "reserved it again. Your policy gives up"),
        (POLICIES | {"prolong": unless_the_last_is("bob")}, "Your policy tries again"),
        (POLICIES | {"prolong": if_ada_came_first}, "then Bob came and went. Your policy tries again"),
        (POLICIES | {"prolong": unless_there_was("bob")}, "Your policy tries again"),
        (POLICIES | {"unplug": lambda lost, conflict: lost != 11}, "was faster 12 times"),
        (POLICIES | {"plug in": if_they_went_again}, "Your policy"),
        (POLICIES | {"prolong": True}, "not a function"),
        ([*POLICIES.values()], "is a list"),
        (POLICIES | {"unplug": ...}, Outcome.NOT_ATTEMPTED, "still the gap"),
    ),
    *wrong(
        "which_import_breaks_it",
        (set(), "`C` is missing"),
        ({"C", "D", "G"}, "`E` is missing"),
        ({"C", "D", "E", "G", "H"}, "`H` breaks nothing"),
        ("BCDEG", "`B` breaks nothing"),
        ({"C", "E", "G"}, "tied to it"),
        ({"C", "X"}, "no import `X`"),
        (4, "is an int"),
    ),
    *wrong(
        "the_address_chooses",
        (evening_unprotected, "the whole lesson ended there"),
        (evening_protected_too_much, "a rule that says no has to be obeyed"),
        (evening_left_open, "the file is still open"),
        (evening_open_after_an_error, "ended with a refusal, and the file is still open"),
        (evening_with_a_text_of_its_own, "The reader needs all three"),
        (evening_in_memory, "holds 0 events"),
        (evening_in_own_words, "The reader needs all three"),
        (evening_without_return, "Is a `return` missing"),
        ("memory://", "not a function"),
    ),
    *wrong(
        "an_adapter_of_your_own",
        (Trusting, "raised no error"),
        (BelievesTheFuture, "Your store appends"),
        (NamesBothStreams, "Your error says"),
        (CountsAllStreams, "Your error says socket-zoo-11"),
        (StartsAgain, "of another socket holds"),
        (OneEntryForAll, "added to the list one by one"),
        (GivesBareEvents, "each returned as `recorded(event, version)`"),
        (AppendsFirst, "After a refused append your stream holds"),
        (Shared, "in another store holds"),
        (OneStream, "of another socket holds"),
        (FromZero, "Ada is alone at zoo-1"),
        (SaysNothing, "Is a `return` missing"),
        (SaysTheOldVersion, "the new version of the stream"),
        (RaisesSomethingElse, "your store raised ValueError"),
        (Exchanged, "the error gives the actual version as 0"),
        (MyStore(), "not a class"),
        (StillAGap, Outcome.NOT_ATTEMPTED, "`StillAGap.read_stream` is still the gap"),
    ),
]

RIGHT = [
    *right("load_decide_append", handle, handle_by_hand, library_handle),
    *right("the_key_of_a_click", key_of, key_as_text, Keys()),
    *right("a_double_click", start_session, start_by_library, start_by_metadata, start_by_event_id),
    *right("a_concurrent_reservation", start_at_last, start_recursively, start_with_policy),
    *right("retry_is_a_policy", POLICIES, BY_HAND),
    *right("which_import_breaks_it", {"C", "D", "E", "G"}, "GEDC", "C, D, E, G", ["c", "d", "e", "g"]),
    *right("the_address_chooses", evening_at, evening_with_else),
    *right("an_adapter_of_your_own", MyStore, OneList, WithClose, Yielding),
]

EQUIVALENT = {
    "a_double_click": {
        "seen.causation_id == click -> str(seen.causation_id).startswith(str(click))": "ids are equally long",
    },
    "a_concurrent_reservation": {
        "for lost in range(10): -> for lost in list(range(10))[::-1]:": "it only counts",
        "10 -> 11": "ten rounds, or ten more after the first: the page allows both",
    },
}
