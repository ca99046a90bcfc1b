"""What the answers of chapter 2.2 are tried on: pairs of notes, and a connector that is reserved.

The classes of the connector are those that the participant's own board was turned into, so the cases are
made from that module. Read `c2_2/checks.py` next: what is asked about them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, NamedTuple

from workshop_lib.modeling.decider import Decider

PAIRS: Mapping[tuple[str, str], str] = {
    ("actor", "command"): "Somebody wants something, and says so. Is there anything else to it?",
    ("actor", "aggregate"): "How does the driver say to the connector what is wanted?",
    ("command", "event"): "Who decides whether the wish comes true?",
    ("event", "command"): "Who notices what has happened, and knows what to do about it?",
    ("event", "actor"): "A driver does not read the log. What do they look at?",
    ("policy", "event"): "A policy wants something. Who decides, and only then has it happened?",
    ("aggregate", "external system"): "An aggregate calls nobody; it says what has happened. Who listens?",
    ("external system", "aggregate"): "A station reports what has happened. Who makes a wish of it?",
}
"""What may lead to what by a detour: two kinds of notes, and the question that finds what is between."""

POLICIES: Mapping[str, tuple[str, str, str]] = {
    "Release Connector": (
        "Reservation Time Passed",
        "That may never happen, and then the connector stays empty and reserved for ever.",
        "A quarter of an hour and no car: which event says so?",
    ),
    "Use Reservation": (
        "Charging Started",
        "The reservation has done its work when energy flows, not before and not after.",
        "What happens in charging after which nobody has to keep the connector free any more?",
    ),
    "Issue Invoice": (
        "Charging Stopped",
        "An invoice before the last watt-hour is wrong, and has to be taken back.",
        "From which moment on is it certain what the driver owes?",
    ),
}
"""Commands that nobody wants yet: the event to wait for, why not another one, where to look."""


class Changes(NamedTuple):
    """The events that a read model must hear, why, and events that change nothing in it."""

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
        "The map says that the connector is free, and a car stands on it; or nobody does, and it says taken.",
    ),
    "Stop Charging": Changes(
        ("Charging Started", "Meter Read"),
        ("Invoice Issued", "Connector Reserved", "Reservation Expired", "Connector Repaired"),
        "The driver wants to know how much is in the car before pulling the cable.",
    ),
}
"""For each command of the driver what the screen has to hear before."""

PARTS = (
    *("ReserveConnector", "ReleaseConnector"),
    *("ConnectorReserved", "ReservationRefused", "ReservationExpired", "initial"),
)
"""What the module of the board has."""

ADA, BEN = "NL-ADA-07", "NL-BEN-12"


class Case(NamedTuple):
    """What had happened to a connector, in words and as events; what is wanted; what follows."""

    words: str
    given: list[object]
    when: object
    then: list[object]


def cases(made: Any) -> list[Case]:
    """What a connector decides, with the classes of a module."""
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
        Case("a free connector, and a clock that rings all the same", [], release, []),
        Case(
            "a connector whose time was over already, and the clock rings again",
            [reserved(ADA), expired],
            release,
            [],
        ),
    ]


RIGHT = "keeps the rules"
"""The connector that is as it should be."""

Decide = Callable[[Any, Any], list[Any]]


def connectors(made: ModuleType) -> Mapping[str, Decider[Any, Any, Any]]:
    """Ways to decide about a reservation, in words; all but the first break a rule."""
    module: Any = made
    reserved, refused = module.ConnectorReserved, module.ReservationRefused
    decisions: dict[str, Decide] = {
        RIGHT: lambda asks, has: [] if has == asks else [refused(asks) if has else reserved(asks)],
        "says yes to everybody": lambda asks, has: [reserved(asks)],
        "says no to everybody": lambda asks, has: [refused(asks)],
        "has somebody, and refuses without a word": lambda asks, has: [] if has else [reserved(asks)],
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
