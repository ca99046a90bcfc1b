"""Compare the answers of chapter 1.1 with ours on generated logs, tables and chains.

Read `c1_1/checks.py` next.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from hypothesis import strategies as st

from exercises.checks.c1_1 import generated
from exercises.checks.c1_1.generated import CONNECTORS, SECOND, SEEDS
from exercises.checks.small_logs import MONDAY, number, status_text
from workbench.classroom.agreement import agrees
from workbench.classroom.attempt import Attempt
from workbench.classroom.plain import clipped, shown
from workshop_lib.charging.connector import ConnectorStatus

_seeds = st.sampled_from(SEEDS)
_instants = st.builds(
    lambda day, minute, off: MONDAY + timedelta(days=day, hours=17, minutes=minute) + off,
    st.integers(0, 1),
    st.integers(0, 380),
    st.sampled_from([-SECOND, 0 * SECOND, 0 * SECOND, SECOND]),
)
"""Instants at, just before and just after the full minutes of two evenings."""


class Span(NamedTuple):
    """A connector and a period, in one of the logs."""

    seed: int
    connector: str
    start: datetime
    end: datetime


def counts_like_ours(attempt: Attempt, outages: Callable[..., Any]) -> None:
    """Check the outages of any connector in any period."""

    def yours(span: Span) -> Any:
        return number(attempt.call(outages, generated.stored("reports", span.seed), *span[1:]))

    def differs(span: Span, got: Any) -> None:
        attempt.refuse(
            f"For {span.connector} from {_time(span.start)} to {_time(span.end)} you count `{shown(got)}`.",
            "The log keeps every fault and the time when it occurred; you only have to count them.",
            "Is it the whole time, day included, when a fault occurred? And this one connector only?",
        )

    spans = st.builds(Span, _seeds, st.sampled_from([*CONNECTORS, "zoo"]), _instants, _instants)
    agrees(attempt, spans, yours, lambda span: generated.outages(*span), differs)


_ON_THE_MAP = (
    "A map shows what was known at the time, not what was really the case; nobody could know more then."
)


def on_the_map(attempt: Attempt, clock: str, connector: str, got: object, right: object) -> None:
    """Check one connector on the map of an instant."""
    attempt.expect(
        got is not None or right is None,
        seen=f"At {clock} your map lacks a connector that had reported by then.",
        why=_ON_THE_MAP,
        look="Every connector has its own last report. And do you include the instant itself?",
    )
    attempt.expect(
        got is None or right is not None,
        seen=f"At {clock} your map shows `{clipped(connector, 60)}`, which had not reported yet.",
        why=_ON_THE_MAP,
        look="Which of the two times says when we learned of a report?",
    )
    attempt.expect(
        not isinstance(got, str) or right is None or got in list(ConnectorStatus),
        seen=f"At {clock} your map shows `{connector}` as `{status_text(got)}`, but there is no such status.",
        why="The map uses the names of the standard, and its readers compare them exactly.",
        look=f"The status here is `{right}`: return the status itself or its `.value`, not its `.name`.",
    )
    attempt.expect(
        got == right,
        seen=f"At {clock} your map shows `{connector}` as `{status_text(got)}`; drivers saw something else.",
        why=_ON_THE_MAP,
        look="By which of the two times do you filter, and which report of a connector wins?",
    )


def shows_like_ours(attempt: Attempt, map_at: Callable[..., Any]) -> None:
    """Check the map at any instant."""

    def yours(case: tuple[int, datetime]) -> dict[str, object]:
        seed, instant = case
        got = attempt.call(map_at, generated.stored("reports", seed), instant, returns=dict)
        return {key: status for key, status in got.items() if status is not None}

    def differs(case: tuple[int, datetime], got: dict[str, object]) -> None:
        right = generated.map_at(*case)
        for connector in sorted({*right, *map(str, got)}):
            on_the_map(attempt, _time(case[1]), connector, got.get(connector), right.get(connector))

    agrees(
        attempt, st.tuples(_seeds, _instants), yours, lambda case: generated.map_at(*case), differs, each=4
    )


def busy_like_ours(attempt: Attempt, busy_at: Callable[..., list[Any]]) -> None:
    """Check the numbers of charging connectors at any instants."""

    def yours(case: tuple[int, list[datetime]]) -> list[Any]:
        return busy_at(generated.stored("reports", case[0]), case[1])

    def differs(case: tuple[int, list[datetime]], got: list[Any]) -> None:
        right = generated.busy_at(*case)
        at = next(at for at, one in enumerate(right) if at >= len(got) or got[at] != one)
        attempt.refuse(
            f"At {_time(case[1][at])} you count `{shown(got[at : at + 1], 40)}` charging.",
            "Time is a parameter: the same fold gives the state at every instant, if it ends there.",
            "Use each connector's last report up to the instant, that second included, by when it occurred.",
        )

    instants = st.lists(_instants, min_size=1, max_size=12, unique=True)
    agrees(
        attempt, st.tuples(_seeds, instants), yours, lambda case: generated.busy_at(*case), differs, each=8
    )


def priced_like_ours(attempt: Attempt, price_at_start: Callable[..., Any]) -> None:
    """Check the price at the start of any session."""

    def yours(case: tuple[int, int]) -> Any:
        return number(attempt.call(price_at_start, generated.stored("bills", case[0]), case[1]))

    def differs(case: tuple[int, int], got: Any) -> None:
        attempt.refuse(
            f"In this log you found `{shown(got, 40)}` for session {case[1]}: {_story(*case)}.",
            "A driver pays the price on the display, no matter when the office learned of it.",
            "Which publication of *this* tariff is the last one up to the start, both by `occurred_at`?",
        )

    def ours(case: tuple[int, int]) -> Decimal:
        return generated.price_at_start(*case)

    agrees(attempt, st.tuples(_seeds, st.integers(1, 150)), yours, ours, differs)


def republished_like_ours(attempt: Attempt, named: Callable[[Any], list[str]]) -> None:
    """Check the invoices of two logs with 150 sessions each; `named(store)` returns the answer's names."""
    for seed in SEEDS:
        got = named(generated.stored("bills", seed))
        for session in range(1, 151):
            name = f"2026-{session:06}"
            wanted = generated.was_republished(seed, session)
            attempt.expect(
                got.count(name) == wanted,
                seen=f"You {'name' if name in got else 'miss'} `{name}`: {_story(seed, session)}.",
                why="Only these invoices may have been computed with a price that the driver never saw.",
                look="A publication of the same tariff, later than the start, earlier than the invoice.",
            )


def _story(seed: int, session: int) -> str:
    """Return what happened around a session, in words."""
    story = generated.story_of(seed, session)
    own = [at for at, fact in enumerate(story) if getattr(fact.event, "session", None) == session]
    near = story[max(own[0] - 1, 0) : own[-1] + 2]
    return ", ".join(f"{type(fact.event).__name__} at {_time(fact.occurred)}" for fact in near)


def _time(instant: datetime) -> str:
    return f"{instant:%A %H:%M:%S}".removesuffix(":00")
