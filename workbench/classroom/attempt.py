"""`Attempt`: what a task can check about the participant's answer.

Each method either returns or ends the check with a finding of three lines. The participant's code runs only
in `call` and `raises`, on copies of the arguments. Read `patterns.py` next.
"""

from __future__ import annotations

import copy
import inspect
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import is_dataclass
from typing import Any, NoReturn, TypeVar

from workbench.classroom.kinds import bounded, refuse_async, refuse_kind, refuse_own_equality
from workbench.classroom.outcome import Feedback, Found, Outcome
from workbench.classroom.plain import a, arguments, scalar, shown
from workbench.classroom.running import TimeIsUp
from workbench.classroom.timeline import timeline_of
from workshop_lib.modeling.timeline import Row

_T = TypeVar("_T")


TOO_MANY = 50
"""How many events more than expected are still compared on a timeline."""


class Raised(Exception):
    """The participant's code raised its `__cause__`. `again` is the call as it can be run in a cell."""

    def __init__(self, call: str, again: str) -> None:
        self.call, self.again = call, again
        super().__init__(call)


class Attempt:
    """One attempt at a task: the text of the call that is running, and what the last calls returned."""

    def __init__(self) -> None:
        self.calling = ""
        self.received: deque[object] = deque(maxlen=20)

    def function(self, answer: object, name: str, parameters: int | None = None) -> Callable[..., Any]:
        """Return the answer if it is callable with this many arguments; otherwise end the check."""
        if not callable(answer):
            self.refuse(
                f"You passed {a(type(answer))}, not a function: `{shown(answer, 80)}`.",
                "The check calls your function itself, on cases of its own.",
                f"Pass `{name}` without parentheses; `{name}(…)` is already its result.",
            )
        if inspect.iscoroutinefunction(answer) or inspect.isasyncgenfunction(answer):
            refuse_async(name_of(answer))
        if parameters is not None and not _takes(answer, parameters):
            self.refuse(
                f"{_passed_as(name, answer)} cannot be called with {_count(parameters, 'argument')}.",
                "The check, like every caller, relies on the signature in the exercise.",
                "Compare the parameters with the text above the gap.",
            )
        return answer

    def value(self, answer: object, kind: type[_T] | tuple[type, ...], what: str = "The answer") -> _T:
        """Return the answer if it has one of these types; otherwise end the check."""
        kinds = kind if isinstance(kind, tuple) else (kind,)
        if isinstance(answer, kinds) and not (isinstance(answer, bool) and bool not in kinds):
            refuse_own_equality(what + " is", answer)
            return answer  # type: ignore[return-value]
        refuse_kind(what + " is", answer, kinds)

    def call(
        self,
        function: Callable[..., Any],
        *args: Any,
        returns: type | tuple[type, ...] = object,
        may_be_none: bool = False,
        copied: bool = True,
        **named: Any,
    ) -> Any:
        """Return the function's result for copies of these arguments.

        Only plain data is copied, and nothing with `copied=False`; a store or a fake is passed as it is. A
        result that is None or not of the type `returns` ends the check; so does an exception. Where a list is
        asked for, an iterator is read into one.
        """
        kinds = returns if isinstance(returns, tuple) else (returns,)
        result = scalar(
            self._run(function, args, named, own_copy if copied else lambda value: value, list in kinds)
        )
        if result is None and not may_be_none and type(None) not in kinds:
            self.refuse(
                f"`{name_of(function)}` returned `None` for `{arguments(args, named)}`.",
                "A function that ends without `return` returns `None`.",
                "Is a `return` missing, perhaps on one of the paths?",
            )
        if result is not None and not isinstance(result, kinds):
            refuse_kind(f"`{name_of(function)}` returned", result, kinds)
        refuse_own_equality(f"`{name_of(function)}` returned", result)
        return result

    def raises(
        self, function: Callable[..., Any], *args: Any, of: type[Exception] = Exception, why: str, look: str
    ) -> Exception:
        """Return the exception of class `of` that the function must raise for copies of these arguments."""
        try:
            result = self._run(function, args, {}, listed=True)
        except Raised as raised:
            if isinstance(raised.__cause__, of):
                return raised.__cause__
            raise
        self.refuse(f"`{as_call(function, args)}` raised no error; it returned `{shown(result)}`.", why, look)

    def expect(self, right: object, *, seen: str, why: str, look: str) -> None:
        """End the check as not yet right unless `right` is true."""
        if not right:
            self.refuse(seen, why, look)

    def refuse(self, seen: str, why: str, look: str, timeline: tuple[Row, ...] = ()) -> NoReturn:
        """End the check as not yet right: what was seen, why it matters, where to look."""
        raise Found(Feedback(Outcome.WRONG, seen, why, look, timeline))

    def untouched(self, seen: str, look: str) -> NoReturn:
        """End the check as not attempted: the answer is unchanged from the exercise."""
        raise Found(Feedback(Outcome.NOT_ATTEMPTED, seen, look=look))

    def same_events(
        self,
        got: object,
        expected: Sequence[object],
        *,
        seen: str = "These are not the events that the case requires.",
        why: str = "Later readers have only the events of this stream, in this order.",
        look: str = "Follow the timeline from the top to the first row that is not a tick.",
    ) -> None:
        """End the check with a timeline unless these are the expected events in the expected order."""
        if not isinstance(got, (list, tuple)):
            refuse_kind("Instead of a list of events you returned", got, (list,))
        if len(got) > len(expected) + TOO_MANY:
            self.refuse(
                f"You returned {len(got):,} events for one command.",
                "Each event is a fact of its own, written for ever; a command rarely makes more than a few.",
                "Which loop adds an event in every step?",
            )
        rows = timeline_of(got, expected)
        if rows:
            self.refuse(seen, why, look, rows)

    def _run(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        named: dict[str, Any],
        own: Callable[[Any], Any] | None = None,
        listed: bool = False,
    ) -> Any:
        """Call the function; `listed` makes a list of what a generator or another iterator yields."""
        own, given = own or own_copy, f"({arguments(args, named)})"  # before the call changes an object
        self.calling, again = name_of(function) + given, _reached(function) + given
        try:
            result = function(*map(own, args), **{key: own(value) for key, value in named.items()})
            if isinstance(result, Iterator):
                items = bounded(result, name_of(function))
                result = list(items) if listed else items
        except (Found, Raised, TimeIsUp):
            raise
        except BaseException as error:  # SystemExit and KeyboardInterrupt too
            raise Raised(self.calling, again) from error
        if inspect.iscoroutine(result):
            result.close()
            refuse_async(name_of(function))
        self.calling = ""
        self.received.append(result)
        return result


def own_copy(value: Any) -> Any:
    """Return a copy of plain data, so that the original can still be shown; other objects as they are."""
    plain = isinstance(value, (list, dict, set, tuple, bytearray)) or is_dataclass(value)
    try:
        return copy.deepcopy(value) if plain else value
    except TimeIsUp:
        raise
    except BaseException:  # holds something that cannot be copied, such as a connection
        return value


def as_call(function: object, args: tuple[Any, ...], named: dict[str, Any] | None = None) -> str:
    """Return a call as it would be written in code."""
    return f"{name_of(function)}({arguments(args, named or {})})"


def name_of(function: object) -> str:
    """Return a function's name; `your_function` for a lambda."""
    name = str(getattr(function, "__name__", type(function).__name__))
    return "your_function" if name == "<lambda>" else name


def _reached(function: object) -> str:
    """Return a function as a cell can name it: a method with its object or class in front."""
    owner = getattr(function, "__self__", None)
    if owner is None or inspect.ismodule(owner):
        return str(getattr(function, "__qualname__", shown(function)))
    return f"{owner.__qualname__ if isinstance(owner, type) else shown(owner)}.{name_of(function)}"


def _takes(function: Callable[..., Any], parameters: int) -> bool:
    try:
        inspect.signature(function).bind(*range(parameters))
    except TypeError:
        return False
    except ValueError:  # a built-in without a signature
        return True
    return True


def _signature(function: Callable[..., Any]) -> str:
    return f"({', '.join(inspect.signature(function).parameters)})"


def _passed_as(name: str, function: Callable[..., Any]) -> str:
    given, signature = name_of(function), _signature(function)
    if given in (name, "your_function"):
        return f"`{name}{signature}`"
    return f"You passed `{given}{signature}` as `{name}`; it"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
