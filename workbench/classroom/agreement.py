"""Compare an answer with ours on generated cases, and show the smallest case on which they differ.

The story's few cases explain a task; generated ones decide. Hypothesis generates them from a fixed seed,
and makes a failing case as small as it can. A task describes its cases with Hypothesis' strategies:

    from hypothesis import strategies as st
    from workbench.classroom.agreement import agrees

    def differs(events: list[object], got: object) -> None:
        attempt.refuse(f"After {words_for(events)} the map shows `{got}`.", why, look)

    agrees(attempt, st.lists(reports), lambda events: attempt.call(status_of, events), ours, differs)

Let cases vary where people go wrong: values other than 0 and 1, several streams and people at once, things
that happen twice, never or in the wrong order, equal times, limits exactly met and missed by one, ids that
begin alike, events of other types in between.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from operator import eq
from pathlib import Path
from random import Random
from typing import Any, NoReturn, TypeVar

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.errors import NoSuchExample
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from hypothesis.strategies import SearchStrategy

from workbench.classroom.attempt import Attempt, Raised
from workbench.classroom.outcome import Found

Case = TypeVar("Case")

SMALLER = 300
"""How many smaller cases are tried after the first failing one."""

CASES: ContextVar[int] = ContextVar("CASES", default=200)
"""How many cases a comparison generates."""


class _SmallEnough(BaseException):
    """Raised to end the search for a smaller case; not an `Exception`, which Hypothesis would keep."""


def agrees(
    attempt: Attempt,
    cases: SearchStrategy[Case],
    yours: Callable[[Case], Any],
    ours: Callable[[Case], Any],
    differs: Callable[[Case, Any], None],
    *,
    same: Callable[[Any, Any], bool] = eq,
    each: int = 1,
) -> None:
    """End the check if `yours` and `ours` differ on one of the generated cases.

    `yours` runs the answer and may end the check itself; an error in it counts as a difference.
    `differs(case, got)` must end the check: it gets the smallest case that was found. `same(got, right)`
    compares two results. Neither function may change the case. Where one call answers `each` so
    many questions, fewer calls are enough.
    """
    failing = _smallest(cases, lambda case: not _agree(case, yours, ours, same), CASES.get() // each)
    for case in failing:
        got = yours(case)
        if not same(got, ours(case)):
            differs(case, got)
        _refuse_another_result(attempt)


def _agree(
    case: Case, yours: Callable[[Case], Any], ours: Callable[[Case], Any], same: Callable[[Any, Any], bool]
) -> bool:
    try:
        return bool(same(yours(case), ours(case)))
    except (Found, Raised):
        return False


def _smallest(cases: SearchStrategy[Case], fails: Callable[[Case], bool], number: int) -> list[Case]:
    """Return the smallest failing case that was found, in a list; an empty list if none fails."""
    failing: list[Case] = []
    tried = 0

    def failed(case: Case) -> bool:
        nonlocal tried
        tried += bool(failing)
        if tried > SMALLER:
            raise _SmallEnough
        if wrong := fails(case):
            failing[:] = [case]
        return wrong

    set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "workshop-hypothesis")
    try:
        with _only_the_seed():
            find(cases, failed, settings=_settings(number), random=Random(0))
    except (NoSuchExample, _SmallEnough):
        pass
    except Exception:  # Hypothesis complains of a case that fails once and not again
        if not failing:
            raise
    return failing


@contextmanager
def _only_the_seed() -> Iterator[None]:
    """Keep out the constants of loaded modules, which Hypothesis mixes into its cases: two kernels that have
    imported different modules would check an answer on different ones.
    """
    before = providers._get_local_constants
    providers._get_local_constants = Constants
    try:
        yield
    finally:
        providers._get_local_constants = before


def _settings(number: int) -> settings:
    return settings(
        max_examples=number,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )


def _refuse_another_result(attempt: Attempt) -> NoReturn:
    attempt.refuse(
        "Your code gave two results for the same input.",
        "A replay must give the same result each time, or no projection can be rebuilt.",
        "What outlives a call: a global, a default argument that grows, a clock, a random draw?",
    )
