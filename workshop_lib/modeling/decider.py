"""The decider: an aggregate as plain functions, and the only two questions that a domain answers.

What follows from a command (`decide`), and what becomes of the state when something has happened (`evolve`)?
The state is a fold: `reduce(evolve, events, initial)`. `decide` may refuse, and looks at nothing but its
arguments: no clock, no store. `evolve` holds no rule and never refuses, because what happened, happened. Read
`specification.py` next: how such functions are tested without a database.
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
    """A rule of the domain forbids what a command asks for: nothing happens, so there is nothing to record.

    `rule` is the middle of a sentence, in the words of those whose rule it is. One subclass for each rule
    that a caller wants to tell from others: `raise Refused("a session is stopped only once")`.
    """

    def __init__(self, rule: str, asked: str = "for that", instead: str = "Nothing was recorded.") -> None:
        self.rule = rule.rstrip(". ")
        super().__init__(f"You asked {asked}, but {self.rule}. {instead}")


class NoDecision(WorkshopError):
    """`decide` gave back something that is no list of events."""

    def __init__(self, command: object, given: object) -> None:
        self.command, self.given = command, given
        super().__init__(
            f"You asked what follows from {shortened(command)}, but decide returned {shortened(given)}. "
            "Return a list of events, [] if nothing has to happen, or raise Refused."
        )


@dataclass(frozen=True)
class Decider(Generic[C, S, E]):
    """An aggregate: what follows from a command, what a fact makes of the state, and where it all begins.

    `is_terminal` says that a story is over: no command leads to an event any more. To vary one, for example
    in a test, use `dataclasses.replace(decider, decide=…)`.
    """

    decide: Callable[[C, S], Iterable[E]]
    evolve: Callable[[S, E], S]
    initial: S
    is_terminal: Callable[[S], bool] = lambda state: False


def fold(decider: Decider[Any, S, E], events: Iterable[E]) -> S:
    """The state after these events, from the beginning."""
    return reduce(decider.evolve, events, decider.initial)


def decision(decider: Decider[C, S, E], state: S, command: C) -> list[E]:
    """The events that follow from a command in a state. Raises what `decide` raises, and `NoDecision`."""
    decided = decider.decide(command, state)
    if not isinstance(decided, Iterable) or isinstance(decided, str | bytes | Mapping):
        raise NoDecision(command, decided)
    return list(decided)
