"""The decider: an aggregate as two plain functions.

`decide` returns the events that follow from a command; `evolve` returns the state after an event. The state
is a fold: `reduce(evolve, events, initial)`. `decide` may refuse; it depends only on its arguments, not on a
clock or a store. `evolve` contains no rule and never refuses, because an event has already happened. Read
`specification.py` next: it tests such functions without a database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any, Generic, TypeVar

from workshop_lib.events import WorkshopError, shortened

C = TypeVar("C")
S = TypeVar("S")
E = TypeVar("E")


class Refused(WorkshopError):
    """A rule of the domain forbids a command: nothing happens, so nothing is recorded.

    `rule` is the middle of a sentence, in the words of the domain: `raise Refused("a session is stopped only
    once")`. Make a subclass for a rule that a caller has to recognise.
    """

    def __init__(self, rule: str, asked: str = "for that", instead: str = "Nothing was recorded.") -> None:
        self.rule = rule.rstrip(". ")
        super().__init__(f"You asked {asked}, but {self.rule}. {instead}")


class NoDecision(WorkshopError):
    """`decide` returned something other than a list of events."""

    def __init__(self, command: object, given: object) -> None:
        self.command, self.given = command, given
        super().__init__(
            f"You asked what follows from {shortened(command)}, but decide returned {shortened(given)}. "
            "Return a list of events, [] if nothing has to happen, or raise Refused. If it has no case for "
            "this command, pass the command to the decider that has."
        )


@dataclass(frozen=True)
class Decider(Generic[C, S, E]):
    """An aggregate: how it decides commands, how events change its state, and its initial state.

    In a state that `is_terminal`, no command leads to an event any more. To change one part, for example in
    a test, use `dataclasses.replace(decider, decide=…)`.
    """

    decide: Callable[[C, S], Iterable[E]]
    evolve: Callable[[S, E], S]
    initial: S
    is_terminal: Callable[[S], bool] = lambda state: False


def fold(decider: Decider[Any, S, E], events: Iterable[E]) -> S:
    """Return the state after these events, starting from the initial state."""
    return reduce(decider.evolve, events, decider.initial)


def decision(decider: Decider[C, S, E], state: S, command: C) -> list[E]:
    """Return the events that a command leads to in a state. Raises what `decide` raises, and `NoDecision`."""
    decided = decider.decide(command, state)
    if not isinstance(decided, Iterable) or isinstance(decided, str | bytes | Mapping):
        raise NoDecision(command, decided)
    return list(decided)
