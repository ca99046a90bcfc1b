"""Looking for the shortest history that breaks a decider: no test is written, only a judge is named.

The judge is a decider that is known to be right, or an invariant of the events. All sequences of the given
commands are tried, the shorter ones first: most bugs show in a small world. When that grows too wide, long
walks are drawn at random, and what breaks is shortened until nothing can be left out.
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
"""Whether a history is one that may be; asked of each, from the beginning on."""

History = tuple[Any, ...]
Fault = tuple[str, tuple[Row, ...]]
Judge = Decider[Any, Any, Any] | Invariant

WALKS, LENGTH = 200, 30
"""How many walks are drawn, and of how many commands each."""


@dataclass(frozen=True, repr=False)
class Breaking:
    """A sequence of commands of which the last one breaks a decider, and what was wrong then."""

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
    decider: Decider[Any, Any, Any], judge: Judge, commands: Sequence[Any], seed: int = 1, most: int = 3_000
) -> Breaking | None:
    """The shortest sequence of these commands after which the decider is not what it should be; None if
    none was found.

    Whatever the judge says, `evolve` must neither refuse nor change a state in place, and where a story is
    over nothing may follow. `most` bounds how many sequences are tried in order of length.
    """
    trial, commands = _Trial(decider, judge), tuple(commands)
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
    """Leave out one command after the other, as long as what is left still breaks."""
    for left_out in reversed(range(len(found.commands))):
        if shorter := trial.play(found.commands[:left_out] + found.commands[left_out + 1 :]):
            return _shortened(trial, shorter)
    return found


@dataclass(frozen=True)
class _Trial:
    """A decider before its judge."""

    decider: Decider[Any, Any, Any]
    judge: Judge

    def play(self, commands: History) -> Breaking | None:
        """The first break of a sequence of commands, if there is one."""
        history: History = ()
        for number, command in enumerate(commands, 1):
            fault, history = self.step(history, command)
            if fault:
                return Breaking(commands[:number], *fault)
        return None

    def step(self, history: History, command: Any) -> tuple[Fault | None, History]:
        """What is wrong with the answer to a command, if anything is, and the history after it."""
        outcome = Given(self._fresh(), history).when(command)
        came = outcome.came if isinstance(outcome.came, tuple) else ()
        return self._fault(outcome), (*history, *came)

    def world(self, history: History) -> str:
        """What two sequences have in common after which everything will go on alike."""
        if isinstance(self.judge, Decider):
            return f"{fold(self._fresh(), history)!r} {fold(self.judge, history)!r}"
        return repr(history)

    def _fresh(self) -> Decider[Any, Any, Any]:
        """The decider with an initial state that nobody has changed in place."""
        return replace(self.decider, initial=deepcopy(self.decider.initial))

    def _fault(self, outcome: Decided) -> Fault | None:
        if isinstance(self.judge, Decider):
            right = Given(self.judge, outcome.events).when(outcome.command).came
            try:
                if isinstance(right, tuple):
                    outcome.then(*right)
                elif isinstance(right, Refused) and not isinstance(outcome.came, Refused):
                    outcome.then_refused(right.rule)
            except NotAsSpecified as difference:
                return "it decides differently", difference.rows
        why = self._broken(outcome)
        return (why, outcome.rows) if why else None

    def _broken(self, outcome: Decided) -> str | None:
        came = outcome.came
        if isinstance(came, Refused):
            return None
        if isinstance(came, Exception):
            return f"an error that is no refusal, {type(came).__name__}"
        if not isinstance(self.judge, Decider) and not self.judge([*outcome.events, *came]):
            return f"{getattr(self.judge, '__name__', 'the invariant').replace('_', ' ')} does not hold"
        return _lawless(self._fresh(), outcome.events, outcome.command, came)


def _lawless(
    decider: Decider[Any, Any, Any], history: History, command: Any, came: Sequence[Any]
) -> str | None:
    """Which law of all deciders this one breaks."""
    state = fold(decider, history)
    before = repr(state)
    if came and decider.is_terminal(state):
        return "something happens although the story is over"
    if decision(decider, state, command) != list(came):
        return "decide answers otherwise when it is asked again"
    if repr(state) != before:
        return "decide changes the state that it was given"
    return _misfolded(decider, state, came)


def _misfolded(decider: Decider[Any, Any, Any], state: Any, events: Sequence[Any]) -> str | None:
    for event in events:
        before = repr(state)
        try:
            after = decider.evolve(state, event)
        except Exception as error:
            return f"evolve refuses a fact, {type(error).__name__}: {error}"
        if repr(state) != before:
            return "evolve changes the state that it was given instead of returning another one"
        state = after
    return None
