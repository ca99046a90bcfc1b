"""Generated cases for the use cases of chapter 3.1, and our answers to them.

A `Day` is a list of steps at several sockets: somebody uses the use case, while rivals append, or something
happens without it. Read `c3_1/agreements.py` next: how an answer is compared with ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID, uuid5

from hypothesis import strategies as st

from workbench.scenarios.clicks import Request
from workbench.scenarios.contested import AFTER_THE_LOOK, BEFORE_THE_APPEND
from workbench.scenarios.reservable_socket import (
    SOCKET,
    Free,
    PlugIn,
    Release,
    Reserve,
    SocketLeft,
    SocketReleased,
    SocketReserved,
    SocketTaken,
    State,
    Taken,
    Unplug,
)
from workshop_lib.modeling import Refused, fold
from workshop_lib.store.errors import WrongExpectedVersion

NAMES = ("zoo-1", "zoo-11", "cinema-7")
_sockets = st.sampled_from(NAMES)
_drivers = st.sampled_from(["ada", "adam", "bob", "eve"])
_times = st.sampled_from(["17:00", "18:05", "18:14", "18:15", "18:16", "19:30"])
_moments = st.sampled_from([BEFORE_THE_APPEND, AFTER_THE_LOOK])
_commands = st.one_of(
    st.builds(PlugIn, _drivers, _times),
    st.builds(Unplug, _drivers),
    st.builds(Reserve, _drivers, _times, _times),
    st.builds(Release, _drivers),
)


@st.composite
def _visits(draw: st.DrawFn) -> tuple[object, ...]:
    """Return what a rival appends: a stay, a reservation, or one of the two that is over again."""
    driver, until = draw(_drivers), draw(_times)
    stay, kept = (
        (SocketTaken(driver), SocketLeft(driver)),
        (SocketReserved(driver, until), SocketReleased(driver)),
    )
    return draw(st.sampled_from([stay, stay[:1], kept, kept[:1]]))


class Step(NamedTuple):
    """What happens at a socket (`events`), or a call of the use case with these arguments amid rivals."""

    socket: str
    events: tuple[object, ...] = ()
    call: tuple[object, ...] | None = None
    rivals: tuple[tuple[object, ...], ...] = ()
    moment: str = BEFORE_THE_APPEND


@st.composite
def _events(draw: st.DrawFn) -> Step:
    return Step(draw(_sockets), draw(_visits()))


@st.composite
def _calls(draw: st.DrawFn, *passed: st.SearchStrategy[Any], rivals: tuple[int, ...] = (0,)) -> Step:
    """Return a call with these arguments, amid one of these numbers of rivals.

    Several rivals come before the appends only: how often an answer looks is its own affair.
    """
    number = draw(st.sampled_from(rivals))
    visits = tuple(draw(st.lists(_visits(), min_size=1, max_size=3)))
    moment = draw(_moments) if number < 2 else BEFORE_THE_APPEND
    several = tuple(visits[at % len(visits)] for at in range(number))
    return Step(draw(_sockets), call=tuple(map(draw, passed)), rivals=several, moment=moment)


COMMANDS = st.lists(
    st.one_of(_events(), _calls(_commands), _calls(st.builds(PlugIn, _drivers, _times), rivals=(0, 1))),
    min_size=1,
    max_size=6,
)


def handle(sockets: Any, socket: str, command: object) -> None:
    """Our use case: load, decide, append."""
    state, version = sockets.load(socket)
    sockets.save(socket, SOCKET.decide(command, state), version)


class Press(NamedTuple):
    """One press of the button, with its own click."""

    socket: str
    driver: str
    at: str


@st.composite
def clicks(draw: st.DrawFn) -> list[Step]:
    """Return the arrivals of several presses, some more than once and late; drivers leave in between.

    After a refused press no copy of it arrives, since the exercise says nothing about one.
    """
    places = st.sampled_from(draw(st.sampled_from([NAMES[:1], NAMES])))
    presses = draw(st.lists(st.builds(Press, places, _drivers, _times), min_size=1, max_size=5))
    size = draw(st.sampled_from([2, 6, 16]))
    arrivals = draw(st.lists(st.integers(-2, len(presses) - 1), min_size=size, max_size=size))
    return list(_arriving(presses, arrivals))


def _arriving(presses: list[Press], arrivals: list[int]) -> Iterator[Step]:
    """Yield a step for each arrival; at -1 everybody leaves, at -2 Eve reserves what is free."""
    sockets: dict[str, State] = dict.fromkeys(NAMES, Free())
    recorded: set[int] = set()
    refused: set[int] = set()
    for number in arrivals:
        if number < 0:
            for socket, state in sockets.items():
                if event := _meanwhile(number, state):
                    sockets[socket] = SOCKET.evolve(state, event)
                    yield Step(socket, (event,))
        elif number not in refused:
            press = presses[number]
            yield Step(press.socket, call=(press.driver, press.at, click(number)))
            command, state = PlugIn(press.driver, press.at), sockets[press.socket]
            if number not in recorded and _is_allowed(state, command):
                recorded.add(number)
                sockets[press.socket] = Taken(press.driver)
            elif number not in recorded:
                refused.add(number)


def _meanwhile(number: int, state: State) -> object | None:
    if number == -1 and isinstance(state, Taken):
        return SocketLeft(state.driver)
    return SocketReserved("eve", "18:15") if number == -2 and state == Free() else None


def click(number: int) -> UUID:
    """Return the id of a press."""
    return uuid5(UUID(int=0), str(number))


def start_session(sockets: Any, socket: str, driver: str, at: str, click: UUID) -> None:
    """Our use case that counts each click once."""
    recorded = sockets.store.read_stream(sockets.stream_of(socket))
    if not any(seen.causation_id == click for seen in recorded):
        state, version = sockets.load(socket)
        sockets.save(socket, SOCKET.decide(PlugIn(driver, at), state), version, causation_id=click)


RIVALS = st.lists(
    st.one_of(_events(), _calls(_drivers, _times, rivals=(0, 1, 2, 5, 9, 11))), min_size=1, max_size=4
)
"""No call has exactly ten rivals: ten rounds lose against them, ten more after the first do not."""


def start_among_rivals(sockets: Any, socket: str, driver: str, at: str) -> None:
    """Our use case that decides again, up to ten times."""
    for last in (False,) * 9 + (True,):
        state, version = sockets.load(socket)
        try:
            sockets.save(socket, SOCKET.decide(PlugIn(driver, at), state), version)
        except WrongExpectedVersion:
            if last:
                raise
        else:
            return


class LostRace(NamedTuple):
    """A use case, how often it lost, its command, the events before the last time, and those in between."""

    name: str
    lost: int
    command: object
    before: tuple[object, ...]
    since: tuple[object, ...]


@st.composite
def lost_races(draw: st.DrawFn) -> LostRace:
    """Return a lost race in which the command was allowed at first."""
    name = draw(st.sampled_from(["reserve", "plug in", "unplug", "prolong"]))
    command = {"reserve": Reserve("ada", "18:00", "18:15"), "plug in": PlugIn("ada", "18:05")}
    command |= {"unplug": Unplug("ada"), "prolong": Reserve("ada", "18:05", "18:45")}
    visits = st.lists(_visits(), min_size=1, max_size=3)
    before, since = (tuple(event for visit in draw(visits) for event in visit) for _ in range(2))
    if name in ("unplug", "prolong"):
        before += (SocketTaken("ada") if name == "unplug" else SocketReserved("ada", "18:15"),)
    if draw(st.booleans()):
        since = tuple(replace(event, driver="ada") for event in since)  # type: ignore[type-var]
    if not _is_allowed(fold(SOCKET, before), command[name]):
        before += (SocketLeft("eve"),)
    return LostRace(name, draw(st.integers(1, 12)), command[name], before, since)


def _is_allowed(state: State, command: object) -> bool:
    try:
        SOCKET.decide(command, state)
    except Refused:
        return False
    return True


def tries_again(race: LostRace, conflict: Any) -> bool:
    """Our four policies."""
    lost = race.lost
    adas = all(seen.event.driver == "ada" for seen in conflict.events_since)
    by_name = {"reserve": False, "plug in": conflict.still_holds and lost <= 5}
    by_name |= {"unplug": lost <= 10, "prolong": adas and lost <= 3}
    return bool(by_name[race.name])


@st.composite
def requests(draw: st.DrawFn) -> tuple[Request, Request]:
    """Return two requests: of one press that was sent again, or of two presses."""
    devices = ["phone-1", "phone-12", "phone-121", "tablet-1"]
    presses = st.one_of(st.integers(1, 30), st.integers(1, 10**9))
    first = Request(
        draw(_drivers),
        draw(_sockets),
        draw(st.sampled_from(devices)),
        draw(presses),
        draw(st.integers(1, 5)),
        draw(_times),
    )
    sent = replace(first, attempt=draw(st.integers(1, 9)), sent_at=draw(_times))
    if draw(st.booleans()):
        return first, sent
    more = draw(st.sampled_from([1, 10, 100, 256, 1_000, 10_000, 2**16, 2**32]))
    other = draw(st.sampled_from([one for one in devices if one != first.device]))
    return first, draw(
        st.sampled_from([replace(sent, press=first.press + more), replace(sent, device=other)])
    )


def is_one_press(pair: tuple[Request, Request]) -> bool:
    """Return whether two requests are about one press of one button."""
    one, other = pair
    return (one.device, one.press) == (other.device, other.press)


def what_differs(one: Request, other: Request) -> str:
    """Return the fields in which two requests differ, in words."""
    names = [name for name, value in vars(one).items() if value != getattr(other, name)]
    return f"two requests differ in {', '.join(names)}" if names else "two requests are alike"
