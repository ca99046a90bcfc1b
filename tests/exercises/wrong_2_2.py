"""Answers to the tasks of chapter 2.2: wrong walls, and right ones that differ from ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from exercises.checks.c2_2.boards import BOARDS
from tests.exercises.answers import RightAnswer, WrongAnswer
from workbench.classroom.outcome import Outcome
from workbench.storming import Board
from workshop_lib.events import REGISTRY
from workshop_lib.modeling.specification import given


def wrong(task: str, *cases: tuple[Any, str]) -> list[WrongAnswer]:
    return [WrongAnswer(task, answer, Outcome.WRONG, says) for answer, says in cases]


def right(task: str, *answers: Any) -> list[RightAnswer]:
    return [RightAnswer(task, answer) for answer in answers]


def worked(task: str, *texts: str, gesture: Callable[[Board], object] = lambda board: None) -> Board:
    """Return the given wall after a gesture, with texts added, tidied."""
    board = Board.from_text(BOARDS[task])
    gesture(board)
    for text in texts:
        board.add(text)
    board.tidy()
    return board


# 1 what_stands_between


def between(**changes: object) -> dict[tuple[str, str], object]:
    table: dict[tuple[str, str], object] = {
        ("actor", "command"): [],
        ("actor", "aggregate"): ["command"],
        ("command", "event"): ["aggregate"],
        ("event", "command"): ["policy"],
        ("event", "actor"): ["read model"],
        ("policy", "event"): ["command", "aggregate"],
        ("aggregate", "external system"): ["event", "policy", "command"],
        ("external system", "aggregate"): ["event", "policy", "command"],
    }
    return table | {
        (*key.replace("_to_", "|").replace("_", " ").split("|"),): value for key, value in changes.items()
    }


# 2 until_the_grammar_holds


def loosened(board: Board) -> None:
    board.remove("Station")
    board.unlink("Reservation Time Passed", "Release Connector")
    board.unlink("Cancel Reservation", "Reservation Cancelled")


HOLDS = """
event: Connector Reserved -> read model: Free Connectors
event: Connector Reserved -> policy: Whenever reserved, block the socket -> command: Block Socket
command: Block Socket -> external system: Station -> event: Socket Blocked
external system: Station -> event: Connector Faulted
event: Reservation Time Passed -> policy: Whenever the time has passed -> command: Release Connector
command: Cancel Reservation -> aggregate: Connector #3 -> event: Reservation Cancelled
"""


def holds(*without: str, gesture: Callable[[Board], object] = loosened) -> Board:
    lines = [line for line in HOLDS.splitlines() if not any(word in line for word in without)]
    return worked("until_the_grammar_holds", "\n".join(lines), gesture=gesture)


def overruled_errors() -> Board:
    board = worked("until_the_grammar_holds")
    for finding in board.check():
        board.overrule(finding.key, "it is fine as it is, we think")
    return board


def torn_down() -> Board:
    board = Board("answer", "memory://")
    board.add(
        "read model: R -> actor: A -> command: Reserve Connector -> aggregate: C -> event: Connector Reserved"
    )
    return board


def station_aside() -> Board:
    return worked(
        "until_the_grammar_holds",
        "external system: Hotline -> event: Connector Faulted\nexternal system: Station",
        *(line for line in HOLDS.splitlines() if line and "Socket" not in line and "Station" not in line),
        gesture=loosened,
    )


def by_another_way() -> Board:
    """Right: somebody in the office decides when the time has passed, and the station reports faults."""
    return worked(
        "until_the_grammar_holds",
        "event: Connector Reserved -> read model: Free Connectors",
        "event: Reservation Time Passed -> read model: Overdue -> actor: Office",
        "actor: Office -> command: Release Connector",
        "command: Cancel Reservation -> external system: Old System -> event: Reservation Cancelled",
        "external system: Station -> event: Connector Faulted",
        gesture=loosened,
    )


# 3 when_the_answer_is_no

NO_RESERVE = "context: operations\n  command: Reserve Connector\n    | only if nobody else has it"
NO_START = (
    "context: charging\n  aggregate: Session -> event: Charging Refused -> read model: Display of the Station"
)
NO_CREDIT = "context: billing\n  command: Credit Invoice\n    | never more than was invoiced"


def noes(*texts: str) -> Board:
    return worked("when_the_answer_is_no", *texts)


def overruled_noes() -> Board:
    board = noes(NO_START)
    for finding in board.check():
        board.overrule(finding.key, "our people always say yes here")
    return board


# 4 whenever_then

RELEASE = """context: operations
  event: Reservation Time Passed -> policy: Whenever it is too late -> command: Release Connector"""
USE = """context: charging
  event: Charging Started
    | public
event: Charging Started {in charging} -> policy: Whenever a car has come {in operations}
policy: Whenever a car has come {in operations} -> command: Use Reservation {in operations}"""
BILL = """context: charging
  event: Charging Stopped
    | public
event: Charging Stopped {in charging} -> policy: Whenever it is over {in billing}
policy: Whenever it is over {in billing} -> command: Issue Invoice {in billing}"""


def policies(*texts: str) -> Board:
    return worked("whenever_then", *texts)


RECEIVED = """context: charging
  event: Charging Started
    | public
context: operations
  event: Charging Started -> policy: Whenever a car has come -> command: Use Reservation"""
"""Right: the other context has its own note for the event that it receives."""


# 5 what_the_driver_sees

ALL = (
    *("Reservation Expired", "Connector Faulted", "Connector Repaired"),
    *("Charging Started", "Charging Stopped"),
)
MINE = """context: charging
  event: Charging Started -> read model: My Session -> actor: Driver #2
  event: Meter Read -> read model: My Session"""


def sees(*events: str, mine: str = MINE) -> Board:
    def drawn(board: Board) -> None:
        for event in events:
            board.link(event, "Free Connectors")

    return worked("what_the_driver_sees", *filter(None, [mine]), gesture=drawn)


TWO_SCREENS = """context: operations
  event: Charging Started {in charging} -> read model: Occupied Connectors -> actor: Driver
  event: Charging Stopped {in charging} -> read model: Occupied Connectors
  event: Connector Faulted -> read model: Known Faults -> actor: Driver
  event: Connector Repaired -> read model: Known Faults
  event: Reservation Expired -> read model: Free Connectors"""
"""Right: three screens that together show what one showed."""


# 6 right_to_overrule

FITTERS = "the fitters speak German, and so does the wall"
FACT = "what the meter shows is a fact, whether we like it or not"
LAW = "tariffs do change, says the law"


def answered(
    lines: str = "public\nerasure: crypto-shredding",
    policy: str = "policy: Whenever the cable is out, stop {in charging}",
    **reasons: str,
) -> Board:
    def changed(board: Board) -> None:
        if policy:
            board.unlink("Stecker gezogen", "Stop Charging")
        board.reword("Charging Stopped", f"Charging Stopped\nemail: str\n{lines}")

    text = f"event: Stecker gezogen {{in charging}} -> {policy} -> command: Stop Charging {{in charging}}"
    board = worked("right_to_overrule", *([text] if policy else []), gesture=changed)
    given_reasons = {"past_tense": FITTERS, "row_words": LAW, "never_a_no": FACT} | reasons
    for finding in board.check():
        if reason := given_reasons.get(finding.rule.replace(" ", "_")):
            board.overrule(finding.key, reason)
    return board


def in_english() -> Board:
    board = answered()
    board.reword("Stecker gezogen", "Plug Pulled")
    return board


def changed_wherever_possible() -> Board:
    """Right: only the German is overruled; for all other findings the wall is changed."""
    board = answered("public", row_words="", never_a_no="")
    board.reword("Charging Stopped", "Charging Stopped\npublic\ndriver: int")
    board.reword("Tariff Changed", "Tariff Published")
    board.add("command: Accept Reading {in charging}\n  | never refused, only marked as doubtful")
    return board


# 7 reservation_and_charging

FULL = """
context: operations
  read model: Free Connectors -> actor: Driver -> command: Reserve Connector -> aggregate: Connector
    | only if nobody else has it
  aggregate: Connector -> event: Connector Reserved -> read model: Free Connectors
  event: Reservation Time Passed -> policy: Whenever the time has passed -> command: Release Connector
  command: Release Connector -> aggregate: Connector #2 -> event: Reservation Expired
  policy: Whenever a car has come -> command: Use Reservation -> aggregate: Connector #3
  aggregate: Connector #3 -> event: Reservation Used
context: charging
  read model: Display -> actor: Driver -> command: Start Charging -> aggregate: Session
    | refused without a valid token
  aggregate: Session -> event: Charging Started -> read model: Display
  event: Charging Started
    | public
  external system: Meter -> event: Meter Read -> read model: Display -> actor: Driver #2
  actor: Driver #2 -> command: Stop Charging -> aggregate: Session #2 -> event: Charging Stopped
"""
BORDER = "event: Charging Started {in charging} -> policy: Whenever a car has come {in operations}\n"
OUTSIDE = [
    f"aggregate: G -> event: {name}"
    for name in (
        "Connector Reserved",
        "Reservation Expired",
        "Charging Started",
        "Meter Read",
        "Charging Stopped",
    )
]
OWNED = "Anna of operations"


def stormed(text: str = FULL, owner: str = OWNED, border: str = BORDER) -> Board:
    def cleared(board: Board) -> None:
        board.remove(*board.wall.of("event"))  # type: ignore[arg-type]
        board.assign(board.wall.of()[0], owner)

    return worked("reservation_and_charging", text + border, gesture=cleared)


def one_context() -> Board:
    return stormed(FULL.replace("context: charging\n", ""), border=BORDER.replace("charging", "operations"))


def everything_frameless() -> Board:
    lines = [line.strip() for line in FULL.splitlines() if not line.startswith("context")]
    frameless = BORDER.replace(" {in charging}", "").replace(" {in operations}", "")
    return stormed("\n".join(lines) + "\n", border=frameless)


def with_the_given_notes_outside() -> Board:
    return worked(
        "reservation_and_charging",
        FULL + BORDER + "context: charging\n  actor: A -> command: B -> aggregate: G\n    | only now\n",
        *OUTSIDE,
    )


def overruled_at_the_border() -> Board:
    board = stormed(FULL.replace("  event: Charging Started\n    | public\n", ""))
    [finding] = board.check().of("private event abroad")
    board.overrule(finding.key, "we sit in the same room")
    return board


def without_a_given_event() -> Board:
    board = stormed()
    board.remove("Charging Stopped")
    return board


def with_a_third_context() -> Board:
    """Right: with billing, a stop that nobody may refuse, and an answer to the hot spot."""
    board = stormed(
        FULL.replace("    | refused without a valid token\n", "")
        + "context: charging\n  aggregate: Session -> event: Charging Refused -> read model: Display\n"
        + "  event: Charging Stopped\n    | public\n"
        + "context: billing\n  policy: Whenever it is over -> command: Issue Invoice -> aggregate: Invoice\n"
        + "    | never twice for one session\n  aggregate: Invoice -> event: Invoice Issued\n"
        + "event: Charging Stopped {in charging} -> policy: Whenever it is over {in billing}\n"
    )
    board.resolve(board.wall.of("hot spot")[0], "whoever has reserved it, for a quarter of an hour")  # type: ignore[arg-type]
    for finding in board.check().of("never a no"):
        board.overrule(finding.key, "whoever pulls the cable has stopped")
    return board


# 8 the_first_decision and 9 the_test_of_the_no


def module() -> ModuleType:
    """Return the module of the given board, without registering its events for other tests."""
    with pytest.MonkeyPatch.context() as aside:
        aside.setattr(REGISTRY, "_by_class", dict(REGISTRY._by_class))
        aside.setattr(REGISTRY, "_by_name", {name: dict(homes) for name, homes in REGISTRY._by_name.items()})
        return Board.from_text(BOARDS["the_first_decision"]).to_code("operations").load()


made: Any = module()


def decide(command: Any, state: Any) -> list[Any]:
    match command:
        case made.ReserveConnector(token) if state.token is None:
            return [made.ConnectorReserved(token)]
        case made.ReserveConnector(token):
            return [] if token == state.token else [made.ReservationRefused(token)]
    return [made.ReservationExpired()] if state.token else []


def evolve(state: Any, event: Any) -> Any:
    match event:
        case made.ConnectorReserved(token):
            return replace(state, token=token)
        case made.ReservationExpired():
            return replace(state, token=None)
    return state


def decide_yes(command: Any, state: Any) -> list[Any]:
    if isinstance(command, made.ReserveConnector):
        return [made.ConnectorReserved(command.token)]
    return [made.ReservationExpired()] if state.token else []


def decide_no_twice(command: Any, state: Any) -> list[Any]:
    if isinstance(command, made.ReserveConnector) and state.token:
        return [made.ReservationRefused(command.token)]
    return decide(command, state)


def decide_expiry_always(command: Any, state: Any) -> list[Any]:
    return (
        [made.ReservationExpired()] if isinstance(command, made.ReleaseConnector) else decide(command, state)
    )


def decide_in_place(command: Any, state: Any) -> list[Any]:
    decided = decide(command, state)
    object.__setattr__(state, "token", getattr(command, "token", None))
    return decided


def decide_one(command: Any, state: Any) -> Any:
    return next(iter(decide(command, state)), made.ReservationExpired())


evolve_as_generated = made.evolve


def evolve_refuses(state: Any, event: Any) -> Any:
    if isinstance(event, made.ReservationExpired) and state.token is None:
        raise ValueError("nothing to expire")
    return evolve(state, event)


def evolve_never_frees(state: Any, event: Any) -> Any:
    return state if isinstance(event, made.ReservationExpired) else evolve(state, event)


def decide_by_beginning(command: Any, state: Any) -> list[Any]:
    if isinstance(command, made.ReserveConnector) and state.token and command.token.startswith(state.token):
        return []
    return decide(command, state)


def decide_for_ada(command: Any, state: Any) -> list[Any]:
    if isinstance(command, made.ReserveConnector) and not state.token and "ADA" not in command.token:
        return (
            [made.ReservationRefused(command.token)]
            if command.token.endswith("1")
            else decide(command, state)
        )
    return (
        [] if getattr(command, "token", "").startswith("NL-ADA") and state.token else decide(command, state)
    )


def decide_after_three(command: Any, state: Any) -> list[Any]:
    return (
        [made.ReservationExpired()] if isinstance(command, made.ReleaseConnector) else decide(command, state)
    )


def decide_by_name(command: Any, state: Any) -> tuple[Any, ...]:
    """Right with `evolve_by_name`: another type of state, and a tuple of events."""
    holder = state if isinstance(state, str) else ""
    if isinstance(command, made.ReleaseConnector):
        return (made.ReservationExpired(),) if holder else ()
    if holder in ("", command.token):
        return () if holder else (made.ConnectorReserved(command.token),)
    return (made.ReservationRefused(command.token),)


def evolve_by_name(state: Any, event: Any) -> Any:
    if isinstance(event, made.ReservationRefused):
        return state
    return event.token if isinstance(event, made.ConnectorReserved) else "nobody"[:0]


ADA, BEN = made.ReserveConnector("ada"), made.ReserveConnector("ben")
HAS = made.ConnectorReserved("ada")


def rules(decider: Any) -> None:
    given(decider).when(ADA).then(HAS)
    given(decider, HAS).when(BEN).then(made.ReservationRefused("ben"))


def rules_of_yes(decider: Any) -> None:
    given(decider).when(ADA).then(HAS)


def rules_of_no(decider: Any) -> None:
    given(decider, HAS).when(BEN).then(made.ReservationRefused("ben"))


def rules_never_broken(decider: Any) -> None:
    str(given(decider, HAS).when(BEN))


def rules_of_the_wrong_one(decider: Any) -> None:
    rules_of_yes(decider)
    given(decider, HAS).when(ADA).then(made.ReservationRefused("ada"))


def rules_in_words(decider: Any) -> None:
    """Right: plain asserts, and a third driver."""
    assert given(decider).when(ADA).actual == (HAS,)
    taken = given(decider, HAS, made.ReservationExpired(), made.ConnectorReserved("cem"))
    assert taken.when(BEN).actual == (made.ReservationRefused("ben"),)


WRONG = [
    *wrong(
        "what_stands_between",
        (
            between(actor_to_command=["policy"]),
            "From actor to command you let an actor lead straight to a policy",
        ),
        (between(command_to_event=[]), "Who decides whether the command is accepted?"),
        (between(event_to_command=[]), "What notices the event"),
        (between(event_to_actor=["policy"]), "A driver does not read the log"),
        (between(aggregate_to_external_system=["command"]), "An aggregate calls nobody"),
        (between(command_to_event=["entity"]), "you put `['entity']`"),
        (
            between(event_to_command=["policy", "command", "aggregate", "event", "policy"]),
            "kind of note twice",
        ),
        (["policy"] * 8, "is a list"),
        ({("actor", "command"): []}, "Keep the pairs"),
    ),
    WrongAnswer(
        "what_stands_between", between(event_to_actor=...), Outcome.NOT_ATTEMPTED, "1 of 8 in `between` is"
    ),
    *wrong(
        "until_the_grammar_holds",
        (holds("Whenever the time has passed"), "unasked command"),
        (holds("read model"), "read model without a source"),
        (holds("#3"), "orphan command"),
        (holds("Faulted"), "orphan event"),
        (overruled_errors(), "no reason fills it"),
        (torn_down(), "no longer hangs on the wall"),
        (station_aside(), "has to learn that it is reserved"),
        ("the board", "not a board"),
    ),
    WrongAnswer(
        "until_the_grammar_holds",
        Board.from_text(BOARDS["until_the_grammar_holds"]),
        Outcome.NOT_ATTEMPTED,
        "is still as it was given",
    ),
    *wrong(
        "when_the_answer_is_no",
        (noes(NO_START, NO_CREDIT), "`Reserve Connector` is never refused"),
        (
            noes(
                NO_RESERVE, NO_CREDIT, "context: charging\n  command: Start Charging\n    | only with a token"
            ),
            "but not an event",
        ),
        (
            noes(NO_RESERVE, NO_CREDIT, NO_START.rpartition(" -> ")[0]),
            "`Charging Refused` leads to no read model",
        ),
        (
            noes(NO_RESERVE.replace("only if nobody else has it", "never"), NO_START, NO_CREDIT),
            "on the wall is: `never`",
        ),
        (overruled_noes(), "is never refused"),
        (noes(NO_RESERVE, NO_CREDIT, NO_START, "event: Nobody Answered {in billing}"), "orphan event"),
    ),
    *wrong(
        "whenever_then",
        (policies(RELEASE, USE), "No policy that listens to an event sends `Issue Invoice`"),
        (policies(RELEASE, USE, BILL.replace("Stopped", "Started")), "is sent after `Charging Started`"),
        (
            policies(RELEASE, BILL, USE.replace("Charging Started", "Charging Stopped")),
            "not before and not after",
        ),
        (
            policies(RELEASE, USE, BILL.replace("  event: Charging Stopped\n    | public\n", "")),
            "private event",
        ),
        (
            policies(RELEASE, USE, "actor: Bookkeeper {in billing} -> command: Issue Invoice {in billing}"),
            "forgotten on the first busy evening",
        ),
        (
            policies(USE, BILL, RELEASE.replace("policy: Whenever it is too late -> ", "")),
            "No policy",
        ),
    ),
    *wrong(
        "what_the_driver_sees",
        (sees(*ALL[1:]), "After `Reservation Expired` nothing changes"),
        (sees(*ALL[:3]), "After `Charging Started` nothing changes"),
        (sees(*ALL, mine=""), "No read model leads to the driver who sends `Stop Charging`"),
        (sees(*ALL, "Meter Read"), "depends on `Meter Read` as well"),
        (sees(*ALL, mine=MINE.partition("\n  event: Meter")[0]), "After `Meter Read` nothing changes"),
        (
            sees(*ALL, mine=MINE.replace("read model: My Session -> ", "")),
            "No read model leads to the driver",
        ),
    ),
    *wrong(
        "right_to_overrule",
        (answered(policy=""), "missing policy"),
        (answered("public", personal_data="nobody will ever ask for it"), "is a law"),
        (answered("erasure: shredded", private_event_abroad="we sit in the same room"), "its owner does not"),
        (answered(past_tense="because"), "The reason for `past tense` is"),
        (answered(row_words="fine"), "The reason for `row words` is `fine`"),
        (answered(row_words=FITTERS), "with the same words"),
        (answered(never_a_no=""), "1 question left, among them (never a no)"),
        (in_english(), "`Stecker gezogen` no longer hangs"),
    ),
    *wrong(
        "reservation_and_charging",
        (one_context(), "All decisions are made in 1 context"),
        (everything_frameless(), "is in no context"),
        (with_the_given_notes_outside(), "remove the note outside"),
        (stormed(owner=""), "open hot spot"),
        (without_a_given_event(), "`Charging Stopped` no longer hangs"),
        (
            stormed(border=""),
            "loose policy",
        ),
        (stormed(FULL.replace("    | refused without a valid token\n", "")), "never a no"),
        (
            stormed(FULL.replace("read model: Free Connectors -> actor:", "actor:")),
            "look at before deciding",
        ),
        (overruled_at_the_border(), "its owner does not know"),
    ),
    *wrong(
        "the_first_decision",
        ((decide_yes, evolve, made), "Given a connector that Ada has, and Ben asks for it"),
        ((decide_no_twice, evolve, made), "Ada asks once more"),
        ((decide_by_beginning, evolve, made), "do you compare whole tokens"),
        ((decide_for_ada, evolve, made), "do you compare whole tokens"),
        ((decide_after_three, evolve, made), "end of a reservation time that concerns nobody"),
        ((decide_expiry_always, evolve, made), "end of a reservation time that concerns nobody"),
        ((decide, evolve_as_generated, made), "Ben was refused"),
        ((decide, evolve_never_frees, made), "Ada no longer has"),
        ((decide_in_place, evolve, made), "changed what it was given"),
        ((decide_one, evolve, made), "Make it a list"),
        ((decide, evolve_refuses, made), "An event has happened; refusing it"),
        ((decide, evolve, "reserving"), "Instead of the board's module"),
        ((decide, evolve, ModuleType("empty")), "has no `ReserveConnector"),
        ((decide, 3, made), "not a function"),
    ),
    *wrong(
        "the_test_of_the_no",
        ((rules_of_yes, made), "says yes to everybody passes"),
        ((rules_of_no, made), "says no to everybody passes"),
        ((rules_never_broken, made), "says yes to everybody passes"),
        ((rules_of_the_wrong_one, made), "Your rules fail for a right connector"),
        (("rules", made), "not a function"),
    ),
]
RIGHT = [
    *right(
        "what_stands_between",
        between(event_to_command=("read model", "actor"), actor_to_aggregate="command"),
        between(command_to_event=["external system"], policy_to_event="command, external system"),
    ),
    *right("until_the_grammar_holds", by_another_way(), holds()),
    *right(
        "when_the_answer_is_no",
        noes(
            NO_START,
            "event: Reservation Refused {in operations}",
            "aggregate: Connector {in operations} -> event: Reservation Refused {in operations}",
            NO_CREDIT,
        ),
    ),
    *right("whenever_then", policies(RECEIVED, RELEASE, BILL)),
    *right("what_the_driver_sees", sees(mine=f"{MINE}\n{TWO_SCREENS}"), sees(*ALL)),
    *right("right_to_overrule", changed_wherever_possible(), answered()),
    *right("reservation_and_charging", with_a_third_context()),
    *right("the_first_decision", (decide_by_name, evolve_by_name, made)),
    *right("the_test_of_the_no", (rules_in_words, made)),
]

_FREE = "a wall of one's own: the grammar has no question about this"
EQUIVALENT = {
    "until_the_grammar_holds": {
        "…tem: Station -> event: Socket Blocked ex… -> …tem: Station external system: Station ->…": (
            "the page does not ask what the station reports"
        ),
    },
    "whenever_then": {
        "for event in ('Charging Star … ing Stopped'): -> for event in list(('Charging … pped'))[::-1]:": (
            "the order of two gestures"
        ),
        "… context: operations event: Reservation … -> … event: Reservation Time Passed -> polic…": (
            "the page does not ask for the frame of a policy"
        ),
    },
    "what_the_driver_sees": {
        "for event in ('Reservation E … ing Stopped'): -> for event in list(('Reservat … pped'))[::-1]:": (
            "the order of the arrows"
        ),
    },
    "right_to_overrule": {
        "for finding in board.check().open: -> for finding in list(board.check().open)[::-1]:": (
            "the order of the answers"
        ),
        "… context: charging event: Stecker gezoge… -> … event: Stecker gezogen -> policy: Whene…": (
            "the page does not ask for the frame of a policy"
        ),
        "…ped public email: str erasure: crypto-sh… -> …ped public erasure: crypto-shredding…": (
            "without the address nothing has to be forgotten"
        ),
    },
    "reservation_and_charging": {
        "…tor Reserved -> read model: Free Connect… -> …tor Reserved event: Reservation Time Pas…": _FREE,
        "…onnectors event: Reservation Time Passed… -> …onnectors aggregate: Connector #2 -> eve…": _FREE,
        "…tion Expired -> read model: Free Connect… -> …tion Expired policy: Whenever a car has …": _FREE,
        "…Connector #3 -> event: Reservation Used … -> …Connector #3 context: charging read mode…": _FREE,
        "…ging Refused -> read model: Display exte… -> …ging Refused external system: Meter -> e…": _FREE,
        "board.wall.of(Kind.HOT_SPOT)[0] -> board.wall.of(Kind.HOT_SPOT)[-1]": "there is one hot spot",
    },
}
