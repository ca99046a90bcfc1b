"""Ways to get a socket wrong: the same decider with one bug each, and what the bug means for a driver.

In each mutant one function returns a different result from that of `reservable_socket.SOCKET`, in one case.
`MUTANTS` are ten bugs for the lecture; `ALL_MUTANTS` has one for each rule and each limit of a rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

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
    State,
    Taken,
    Unplug,
    decide,
    evolve,
)
from workshop_lib.modeling import Decider, Refused


class Mutant(NamedTuple):
    """A decider with one bug, and the bug as drivers notice it."""

    bug: str
    decider: Decider[Any, Any, Any]


def _takes_over(command: object, state: State) -> list[object]:
    match command, state:
        case Reserve(driver, at, until), Reserved(holder) if driver != holder and at < until:
            return [SocketReserved(driver, until)]
    return decide(command, state)


def _stranger_plugs_in(command: object, state: State) -> list[object]:
    match command, state:
        case PlugIn(driver), Reserved():
            return [SocketTaken(driver)]
    return decide(command, state)


def _never_expires(command: object, state: State) -> list[object]:
    match command, state:
        case ((Reserve(driver) | PlugIn(driver)), Reserved(holder)) if driver != holder:
            raise Refused("the socket is kept for somebody else")
    return decide(command, state)


def _one_moment_too_long(command: object, state: State) -> list[object]:
    match command, state:
        case ((Reserve(driver, at) | PlugIn(driver, at)), Reserved(holder, end)) if (
            driver != holder and at == end
        ):
            raise Refused("the socket is kept for somebody else")
    return decide(command, state)


def _anyone_releases(command: object, state: State) -> list[object]:
    match command, state:
        case Release(driver), Reserved():
            return [SocketReleased(driver)]
    return decide(command, state)


def _double_tap(command: object, state: State) -> list[object]:
    match command, state:
        case Reserve(driver, at, until), Reserved(holder) if driver == holder and at < until:
            return [SocketReserved(driver, until)]
    return decide(command, state)


def _under_a_car(command: object, state: State) -> list[object]:
    match command, state:
        case Reserve(driver, at, until), Taken() if at < until:
            return [SocketReserved(driver, until)]
    return decide(command, state)


def _backwards(command: object, state: State) -> list[object]:
    match command, state:
        case Reserve(driver, at, until), Free() if until <= at:
            return [SocketReserved(driver, until)]
    return decide(command, state)


def _over_at_once(command: object, state: State) -> list[object]:
    match command, state:
        case Reserve(driver, at, until), Free() if until == at:
            return [SocketReserved(driver, until)]
    return decide(command, state)


def _second_car(command: object, state: State) -> list[object]:
    match command, state:
        case PlugIn(driver), Taken():
            return [SocketTaken(driver)]
    return decide(command, state)


def _not_without_a_reservation(command: object, state: State) -> list[object]:
    match command, state:
        case PlugIn(), Free():
            raise Refused("nobody has reserved the socket")
    return decide(command, state)


def _not_even_the_holder(command: object, state: State) -> list[object]:
    match command, state:
        case PlugIn(_, at), Reserved(_, end) if at < end:
            raise Refused("the socket is reserved")
    return decide(command, state)


def _never_longer(command: object, state: State) -> list[object]:
    match command, state:
        case Reserve(driver, at, until), Reserved(holder) if driver == holder and at < until:
            return []
    return decide(command, state)


def _until_now(command: object, state: State) -> list[object]:
    match command, state:
        case Reserve(driver, at, until), Free() if at < until:
            return [SocketReserved(driver, at)]
    return decide(command, state)


def _nobody_releases(command: object, state: State) -> list[object]:
    if isinstance(command, Release):
        raise Refused("a reservation is a reservation")
    return decide(command, state)


def _released_for_nothing(command: object, state: State) -> list[object]:
    match command, state:
        case Release(driver), Free():
            return [SocketReleased(driver)]
    return decide(command, state)


def _anyone_unplugs(command: object, state: State) -> list[object]:
    match command, state:
        case Unplug(driver), Taken():
            return [SocketLeft(driver)]
    return decide(command, state)


def _nobody_unplugs(command: object, state: State) -> list[object]:
    if isinstance(command, Unplug):
        raise Refused("the cable is locked")
    return decide(command, state)


def _still_kept(state: State, event: object) -> State:
    return state if isinstance(event, SocketReleased) else evolve(state, event)


def _never_leaves(state: State, event: object) -> State:
    return state if isinstance(event, SocketLeft) else evolve(state, event)


def _deciding(bug: str, function: Callable[[object, State], list[object]]) -> Mutant:
    return Mutant(bug, replace(SOCKET, decide=function))


def _evolving(bug: str, function: Callable[[State, object], State]) -> Mutant:
    return Mutant(bug, replace(SOCKET, evolve=function))


MUTANTS = (
    _deciding("Bob reserves the socket that is kept for Ada.", _takes_over),
    _deciding("Bob plugs in where the socket is kept for Ada.", _stranger_plugs_in),
    _deciding("Ada's reservation of this morning keeps others away all evening.", _never_expires),
    _deciding("A reservation until 18:15 still keeps others away at 18:15.", _one_moment_too_long),
    _deciding("Bob releases the reservation of Ada.", _anyone_releases),
    _deciding("Ada taps twice, and her one reservation is recorded twice.", _double_tap),
    _deciding("A socket can be reserved while a car stands there.", _under_a_car),
    _deciding("A reservation may end before it begins.", _backwards),
    _evolving("Ada has released the socket, but it stays reserved for her.", _still_kept),
    _evolving("The car has left, but the socket stays taken forever.", _never_leaves),
)
ALL_MUTANTS = (
    *MUTANTS,
    _deciding("A reservation may end in the minute in which it begins.", _over_at_once),
    _deciding("Bob plugs in where the car of Ada stands.", _second_car),
    _deciding("Nobody can plug in at a free socket without a reservation.", _not_without_a_reservation),
    _deciding("Ada herself cannot plug in where the socket is kept for her.", _not_even_the_holder),
    _deciding("Ada wants her reservation to last longer, and nothing happens.", _never_longer),
    _deciding("A free socket is reserved until now, not until the time that Ada names.", _until_now),
    _deciding("Ada cannot release her own reservation.", _nobody_releases),
    _deciding("Ada releases a socket that nobody has reserved.", _released_for_nothing),
    _deciding("Bob unplugs the car of Ada.", _anyone_unplugs),
    _deciding("Ada cannot unplug her own car.", _nobody_unplugs),
)
