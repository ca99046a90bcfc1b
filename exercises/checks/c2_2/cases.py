"""The cases that check the answers of chapter 2.2: pairs of notes, and a connector to reserve.

The classes of the connector are generated from the participant's own board, so the cases are made from
that module. Read `c2_2/checks.py` next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, NamedTuple

from hypothesis import strategies as st

from workbench.classroom.agreement import agrees
from workbench.classroom.attempt import Attempt
from workshop_lib.modeling.decider import Decider

PAIRS: Mapping[tuple[str, str], str] = {
    ("actor", "command"): "Somebody wants something and says so. Is anything missing in between?",
    ("actor", "aggregate"): "How does the driver tell the connector what to do?",
    ("command", "event"): "Who decides whether the command is accepted?",
    ("event", "command"): "What notices the event, and sends the next command?",
    ("event", "actor"): "A driver does not read the log. What do they look at?",
    ("policy", "event"): "A policy only sends a command. Who decides about it, so that something happens?",
    ("aggregate", "external system"): "An aggregate calls nobody; it records an event. Who reacts to that?",
    ("external system", "aggregate"): "A station reports an event. What turns that into a command?",
}
"""Pairs of kinds of notes, and the question that leads to what stands between them."""

POLICIES: Mapping[str, tuple[str, str, str]] = {
    "Release Connector": (
        "Reservation Time Passed",
        "That may never happen, and then the connector stays empty and reserved forever.",
        "A quarter of an hour has passed, and no car came: which event says so?",
    ),
    "Use Reservation": (
        "Charging Started",
        "The reservation is used up when energy begins to flow, not before and not after.",
        "After which event in charging does nobody have to keep the connector free any more?",
    ),
    "Issue Invoice": (
        "Charging Stopped",
        "An invoice that is written before the last watt-hour is wrong, and has to be cancelled.",
        "After which event is it certain what the driver owes?",
    ),
}
"""Commands without a sender: the event to react to, why no other one will do, and where to look."""


class Changes(NamedTuple):
    """The events that a read model needs, events that change nothing in it, and why it needs the former."""

    needed: tuple[str, ...]
    idle: tuple[str, ...]
    why: str


SEEN: Mapping[str, Changes] = {
    "Reserve Connector": Changes(
        (
            *("Connector Reserved", "Reservation Expired", "Charging Started", "Charging Stopped"),
            *("Connector Faulted", "Connector Repaired"),
        ),
        ("Meter Read", "Invoice Issued"),
        "Otherwise the map shows an occupied connector as free, or a free one as occupied.",
    ),
    "Stop Charging": Changes(
        ("Charging Started", "Meter Read"),
        ("Invoice Issued", "Connector Reserved", "Reservation Expired", "Connector Repaired"),
        "The driver wants to know how much is in the car before pulling the cable.",
    ),
}
"""For each command of the driver, the events behind the screen that they look at."""

BLIND = "A driver who decides without looking has to guess, and then calls the hotline."
"""Why a person needs a read model before a decision."""

PARTS = (
    *("ReserveConnector", "ReleaseConnector"),
    *("ConnectorReserved", "ReservationRefused", "ReservationExpired", "initial"),
)
"""The names that the module of the board must contain."""

ADA, BEN = "NL-ADA-07", "NL-BEN-12"


class Case(NamedTuple):
    """A decision: the events before it, in words and as events, the command, and the events that follow."""

    words: str
    given: list[object]
    when: object
    then: list[object]


def cases(made: Any) -> list[Case]:
    """Return the decisions of a connector, with the classes of a module."""
    expired, release = made.ReservationExpired(), made.ReleaseConnector()
    reserved, refused, reserve = made.ConnectorReserved, made.ReservationRefused, made.ReserveConnector
    return [
        Case("a free connector, and Ada asks for it", [], reserve(ADA), [reserved(ADA)]),
        Case("a connector that Ada has, and Ben asks for it", [reserved(ADA)], reserve(BEN), [refused(BEN)]),
        Case("a connector that Ada has, and Ada asks once more", [reserved(ADA)], reserve(ADA), []),
        Case("a connector that Ada has, and her time is over", [reserved(ADA)], release, [expired]),
        Case(
            "a connector that Ada has and Ben was refused, and Ben asks once more",
            [reserved(ADA), refused(BEN)],
            reserve(BEN),
            [refused(BEN)],
        ),
        Case(
            "a connector that Ada no longer has, and Ben asks for it",
            [reserved(ADA), expired],
            reserve(BEN),
            [reserved(BEN)],
        ),
        Case("a free connector, and the end of a reservation time that concerns nobody", [], release, []),
        Case(
            "a connector whose time was over already, and the time passes again",
            [reserved(ADA), expired],
            release,
            [],
        ),
    ]


TOKENS = ("NL-ADA-07", "NL-ADA-0", "NL-ADA-071", "NL-BEN-12")
STORIES = st.lists(st.sampled_from([*TOKENS, ""]), min_size=1, max_size=6)
"""Who asks for the connector, one after another; "" stands for a reservation time that has passed."""


def like_ours(attempt: Attempt, decide: Callable[..., Any], evolve: Callable[..., Any], made: Any) -> None:
    """Check all decisions of an evening, with any drivers."""

    def yours(story: list[str]) -> list[list[object]]:
        state, decided = made.initial, []
        for token in story:
            command = made.ReserveConnector(token) if token else made.ReleaseConnector()
            events = list(attempt.call(decide, command, state, returns=(list, tuple)))
            for event in events:
                state = attempt.call(evolve, state, event)
            decided.append(events)
        return decided

    def ours(story: list[str]) -> list[list[object]]:
        has, decided = "", list[list[object]]()
        for token in story:
            if token:
                event = made.ReservationRefused(token) if has else made.ConnectorReserved(token)
                decided.append([] if token == has else [event])
                has = has or token
            else:
                decided.append([made.ReservationExpired()] if has else [])
                has = ""
        return decided

    def differs(story: list[str], got: list[list[object]]) -> None:
        right = ours(story)
        at = next(at for at, events in enumerate(got) if events != right[at])
        asked = [f"{token} asks" if token else "the time passes" for token in story[: at + 1]]
        attempt.same_events(
            got[at],
            right[at],
            seen=f"{', then '.join(asked)}: at the end other events should follow.",
            why="The rules are the same for every driver, also for those whose tokens begin alike.",
            look="Is the state right at that moment? And do you compare whole tokens?",
        )

    agrees(attempt, STORIES, yours, ours, differs)


RIGHT = "keeps the rules"
"""The name of the right connector."""

Decide = Callable[[Any, Any], list[Any]]


def connectors(made: ModuleType) -> Mapping[str, Decider[Any, Any, Any]]:
    """Return deciders about a reservation, by their description; all but the first break a rule."""
    module: Any = made
    reserved, refused = module.ConnectorReserved, module.ReservationRefused
    decisions: dict[str, Decide] = {
        RIGHT: lambda asks, has: [] if has == asks else [refused(asks) if has else reserved(asks)],
        "says yes to everybody": lambda asks, has: [reserved(asks)],
        "says no to everybody": lambda asks, has: [refused(asks)],
        "refuses without an event": lambda asks, has: [] if has else [reserved(asks)],
        "refuses the one who has it, not the one who asks": (
            lambda asks, has: [refused(has)] if has else [reserved(asks)]
        ),
    }
    return {words: _connector(module, decide) for words, decide in decisions.items()}


def _connector(made: Any, decision: Decide) -> Decider[Any, Any, Any]:
    def decide(command: Any, token: str) -> list[Any]:
        if isinstance(command, made.ReserveConnector):
            return decision(command.token, token)
        return [made.ReservationExpired()] if token else []

    def evolve(token: str, event: Any) -> str:
        match event:
            case made.ConnectorReserved():
                return str(event.token)
            case made.ReservationExpired():
                return ""
        return token

    return Decider(decide, evolve, "")
