"""Search for the shortest history that breaks a decider, without writing a test.

The oracle is a decider that is known to be correct, or an invariant of the events. All sequences of the given
commands are tried, shorter ones first, because most bugs show in few steps. When there are too many, long
walks are drawn at random, and a walk that breaks the decider is shortened as far as possible.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from workshop_lib.modeling.decider import Decider, Refused, decision, fold
from workshop_lib.modeling.specification import Decided, Given, NotAsSpecified
from workshop_lib.modeling.timeline import Row, as_markdown, as_plain_text, escaped

Invariant = Callable[[Sequence[Any]], bool]
"""Whether a history is allowed; called with the whole history after each command."""

History = tuple[Any, ...]
Fault = tuple[str, tuple[Row, ...]]
Oracle = Decider[Any, Any, Any] | Invariant

WALKS, LENGTH = 200, 30
"""How many random walks are tried, and how many commands each of them has."""


@dataclass(frozen=True, repr=False)
class Breaking:
    """A sequence of commands whose last one breaks a decider, and what was wrong."""

    commands: tuple[Any, ...]
    why: str
    rows: tuple[Row, ...]

    def __repr__(self) -> str:
        return f"{self._summary(self.why)}\n{as_plain_text(self.rows)}"

    def _repr_markdown_(self) -> str:
        return f"**{self._summary(escaped(self.why))}**\n\n{as_markdown(self.rows)}"

    def _summary(self, why: str) -> str:
        size = len(self.commands)
        return f"It breaks after {size} command{'s' if size > 1 else ''}: {why}."


def shortest_breaking_history(
    decider: Decider[Any, Any, Any], oracle: Oracle, commands: Sequence[Any], seed: int = 1, most: int = 3_000
) -> Breaking | None:
    """Return the shortest sequence of these commands that breaks the decider, or None if none is found.

    With any oracle, `evolve` must neither refuse nor change a state in place, and a terminal state must lead
    to no event. At most `most` sequences are tried in order of length; then come random walks.
    """
    trial, commands = _Trial(decider, oracle), tuple(commands)
    waiting = deque[tuple[History, History]]([((), ())])
    seen, tried = {trial.world(())}, 0
    while waiting and tried < most:
        before, history = waiting.popleft()
        for command in commands:
            fault, after = trial.step(history, command)
            if fault:
                return Breaking((*before, command), *fault)
            tried, world = tried + 1, trial.world(after)
            if world not in seen and len(before) + 1 < LENGTH:
                seen.add(world)
                waiting.append(((*before, command), after))
    return _by_walks(trial, commands, Random(seed)) if waiting else None


def _by_walks(trial: _Trial, commands: Sequence[Any], chance: Random) -> Breaking | None:
    for _ in range(WALKS):
        if found := trial.play(tuple(chance.choices(commands, k=LENGTH))):
            return _shortened(trial, found)
    return None


def _shortened(trial: _Trial, found: Breaking) -> Breaking:
    """Leave out commands one by one, as long as the rest still breaks the decider."""
    for left_out in reversed(range(len(found.commands))):
        if shorter := trial.play(found.commands[:left_out] + found.commands[left_out + 1 :]):
            return _shortened(trial, shorter)
    return found


@dataclass(frozen=True)
class _Trial:
    """A decider and its oracle."""

    decider: Decider[Any, Any, Any]
    oracle: Oracle

    def play(self, commands: History) -> Breaking | None:
        """Return the first break in a sequence of commands, if there is one."""
        history: History = ()
        for number, command in enumerate(commands, 1):
            fault, history = self.step(history, command)
            if fault:
                return Breaking(commands[:number], *fault)
        return None

    def step(self, history: History, command: Any) -> tuple[Fault | None, History]:
        """Return what is wrong with the decision on a command, if anything, and the history after it."""
        outcome = Given(self._fresh(), history).when(command)
        new = outcome.actual if isinstance(outcome.actual, tuple) else ()
        return self._fault(outcome), (*history, *new)

    def world(self, history: History) -> str:
        """Return a key that is equal for histories after which every command has the same result."""
        if isinstance(self.oracle, Decider):
            return f"{fold(self._fresh(), history)!r} {fold(self.oracle, history)!r}"
        return repr(history)

    def _fresh(self) -> Decider[Any, Any, Any]:
        """Return the decider with a copy of its initial state, unchanged by earlier steps."""
        return replace(self.decider, initial=deepcopy(self.decider.initial))

    def _fault(self, outcome: Decided) -> Fault | None:
        if isinstance(self.oracle, Decider):
            right = Given(self.oracle, outcome.events).when(outcome.command).actual
            try:
                if isinstance(right, tuple):
                    outcome.then(*right)
                elif isinstance(right, Refused) and not isinstance(outcome.actual, Refused):
                    outcome.then_refused(right.rule)
            except NotAsSpecified as difference:
                return "it decides differently", difference.rows
        why = self._broken(outcome)
        return (why, outcome.rows) if why else None

    def _broken(self, outcome: Decided) -> str | None:
        actual = outcome.actual
        if isinstance(actual, Refused):
            return None
        if isinstance(actual, Exception):
            return f"an error that is not a refusal, {type(actual).__name__}"
        if not isinstance(self.oracle, Decider) and not self.oracle([*outcome.events, *actual]):
            return f"{getattr(self.oracle, '__name__', 'the invariant').replace('_', ' ')} does not hold"
        return _broken_law(self._fresh(), outcome.events, outcome.command, actual)


def _broken_law(
    decider: Decider[Any, Any, Any], history: History, command: Any, new: Sequence[Any]
) -> str | None:
    """Return the law of all deciders that this one breaks, if any."""
    state = fold(decider, history)
    before = repr(state)
    if new and decider.is_terminal(state):
        return "something happens in a terminal state"
    if decision(decider, state, command) != list(new):
        return "decide returns something else when it is called again"
    if repr(state) != before:
        return "decide changes the state that is passed to it"
    return _broken_evolve(decider, state, new)


def _broken_evolve(decider: Decider[Any, Any, Any], state: Any, events: Sequence[Any]) -> str | None:
    for event in events:
        before = repr(state)
        try:
            after = decider.evolve(state, event)
        except Exception as error:
            return f"evolve rejects an event, {type(error).__name__}: {error}"
        if repr(state) != before:
            return "evolve changes the state that is passed to it instead of returning another one"
        state = after
    return None
