"""Answers to the tasks of chapter 1.2: incomplete walls, and right ones that are unlike ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from exercises.checks.c1_2.cases import CANDIDATES
from tests.exercises.answers import RightAnswer, WrongAnswer
from workbench.classroom.outcome import Outcome
from workbench.storming import Board
from workshop_lib.events import RecordedEvent

SESSION = ("Charging Started", "Meter Read", "Charging Suspended", "Charging Resumed", "Charging Stopped")
MONEY = ("Invoice Issued", "Credit Note Issued")
STORY = (*SESSION, *MONEY)


def wrong(task: str, *cases: tuple[Any, str]) -> list[WrongAnswer]:
    return [WrongAnswer(task, answer, Outcome.WRONG, says) for answer, says in cases]


def right(task: str, *answers: Any) -> list[RightAnswer]:
    return [RightAnswer(task, answer) for answer in answers]


def row(*names: str, y: float = 200) -> Board:
    """Events from left to right."""
    board = Board("answer", "memory://")
    for place, name in enumerate(names):
        board.place("event", name, 200 + 200 * place, y)
    return board


# 1 twelve_candidates


def verdicts(**changes: object) -> dict[str, object]:
    return {name: candidate.verdict for name, candidate in CANDIDATES.items()} | changes


# 2 say_it_better


def better(**changes: object) -> dict[str, object]:
    return {
        "SessionUpdated": ["MeterRead", "ChargingSuspended", "ChargingStopped"],
        "RemoteStartTransaction": ["ChargingStarted"],
        "ConnectorAvailable": ["ConnectorReleased"],
        "StopButtonClicked": ["ChargingStopped"],
        "InvoiceDeleted": ["CreditNoteIssued"],
        "ChargingStoppedAndInvoiceSent": ["ChargingStopped", "InvoiceSent"],
        "PayInvoice": ["InvoicePaid"],
        "MeterValuesMessageReceived": ["MeterRead"],
    } | changes


# 3 the_timeline


def timeline(*left_out: str, cable: str = "Cable Pulled", bill: str = "Last Reading Accepted") -> Board:
    names = (*SESSION, cable, bill, *MONEY)
    return row(*(name for name in names if name not in left_out))


def backwards() -> Board:
    return row("Cable Pulled", "Bill Printed", *reversed(STORY))


def one_heap() -> Board:
    board = Board("answer", "memory://")
    for place, name in enumerate([*STORY, "Cable Pulled", "Bill Printed"]):
        board.place("event", name, 200, 150 * place)
    return board


def with_copies_and_lanes() -> Board:
    """Right: in two rows, in CamelCase, with other words and with more notes."""
    board = row("CarArrived", "ChargingStarted", "MeterRead", "ChargingSuspended", "ChargingResumed")
    for x, name in ((1300, "ChargingStopped"), (1500, "Plug Drawn"), (1560, "InvoiceIssued")):
        board.place("event", name, x, 600)
    board.place("event", "Session Closed", 1580, 800)
    board.place("event", "CreditNoteIssued", 1800, 600)
    board.place("hot spot", "Who says session, and means what?", 1500, 1000)
    return board


def overruled() -> Board:
    board = timeline(bill="Fin")
    [finding] = board.check("big picture").of("past tense")
    board.overrule(finding.key, "that is what the printer says, and so do we")
    return board


# 4 pivotal_events


def pivots(*names: str, story: Iterable[str] = STORY) -> Board:
    board = row(*story)
    for name in names:
        board.mark_pivotal(name)
    return board


# 5 people_and_systems


def peopled(
    *arrows: tuple[str, str, str], pivotal: Iterable[str] = ("Charging Stopped", "Invoice Issued")
) -> Board:
    board = pivots(*pivotal)
    for kind, name, event in arrows:
        known = [note for note in board.wall.of() if note.name == name]
        note = known[0] if known else board.place(kind, name, board.note("Meter Read").x, 500)
        if event:
            board.link(note, event)
    return board


DRIVER, BOOKKEEPER = ("actor", "Driver", "Charging Stopped"), ("actor", "Bookkeeper", "Invoice Issued")
STATION, GRID = (
    ("external system", "Station", "Meter Read"),
    ("external system", "Grid", "Charging Suspended"),
)


def people_by_command() -> Board:
    """Right: an actor, a command, an event; a system that an event leads to."""
    board = peopled(("actor", "Driver", ""), ("external system", "Bank", ""), STATION, BOOKKEEPER)
    command = board.place("command", "Stop Charging", 900, 400)
    board.link("Driver", command, "Charging Stopped")
    board.link("Invoice Issued", "Bank")
    return board


# 6 where_contexts_part

FRAMES = {
    "charging": SESSION,
    "billing": MONEY,
    "operations": ("Station Went Offline", "Station Came Online"),
}
HANDED = (("Charging Stopped", "Invoice Issued"), ("Station Came Online", "Meter Read"))


def framed_twice() -> Board:
    board = framed()
    board.frame("energy", *(note for note in board.wall.of() if note.name in SESSION))
    return board


def framed(
    frames: dict[str, tuple[str, ...]] = FRAMES,
    handed: Iterable[tuple[str, str]] = HANDED,
    asked: Iterable[tuple[str, ...]] = HANDED,
    question: str = "What if it comes late?",
) -> Board:
    board = row(*STORY)
    for place, name in enumerate(FRAMES["operations"]):
        board.place("event", name, 200 + 200 * place, 700)
    for context, names in frames.items():
        board.frame(context, *names)
    for one, other in handed:
        board.link(one, other)
    for place, names in enumerate(asked):
        spot = board.place("hot spot", f"{question} {place}" if question else "", 300 + 200 * place, 1200)
        for name in names:
            board.link(spot, name)
    return board


def spots_at_the_edge() -> Board:
    """Right: the hot spots have no arrows; they hang where the frames meet."""
    board = framed(asked=())
    board.place("hot spot", "Is a session over when the cable is out?", 1100, 260)
    board.place("hot spot", "Which readings do we believe after an outage?", 300, 450)
    return board


def in_text_without_places() -> Board:
    """Right: typed from a paper wall, arranged by the board itself, with a context of one event."""
    return Board.from_text("""
context: charging
  event: Charging Started -> event: Meter Read -> event: Charging Suspended -> event: Charging Resumed
  event: Charging Resumed -> event: Charging Stopped
context: billing
  event: Invoice Issued
context: drivers
  event: Cable Pulled
event: Charging Stopped {in charging} -> event: Cable Pulled {in drivers}
event: Charging Stopped {in charging} -> event: Invoice Issued {in billing}
hot spot: Free already? -> event: Charging Stopped {in charging}
hot spot: Free already? -> event: Cable Pulled {in drivers}
hot spot: All readings in? -> event: Charging Stopped {in charging}
hot spot: All readings in? -> event: Invoice Issued {in billing}
""")


# 7 reverse_narrative

HAPPY = ("Charging Started", "Charging Stopped", "Invoice Issued", "Invoice Paid")
NIGHT = ("Card Declined", "Station Went Offline", "Token Blocked")


def reversed_(*found: str, somebody: bool = True, joined: bool = True) -> Board:
    board = row(*HAPPY)
    board.link(*HAPPY)
    if somebody:
        board.link(board.place("actor", "Driver", 100, 100), "Charging Started")
    for place, name in enumerate(found):
        note = board.place("event", name, 300 + 200 * place, 600)
        if joined:
            board.link("Charging Started", note)
    return board


def without_an_end() -> Board:
    board = reversed_(*NIGHT)
    board.remove("Invoice Paid")
    return board


def with_an_orphan() -> Board:
    board = reversed_(*NIGHT)
    board.link(board.place("event", "Tariff Published", 100, 800), "Invoice Issued")
    return board


def by_time_and_systems() -> Board:
    """Right: chains that begin with a system, and with the end of a month."""
    board = row(*HAPPY)
    board.link(*HAPPY)
    board.link(board.place("external system", "Station", 100, 400), "Charging Started")
    chain = [
        board.place("event", name, 300 + 200 * place, 600)
        for place, name in enumerate(
            ("Month Ended", "Reminder Sent", "Invoice Contested", "Credit Note Issued")
        )
    ]
    board.link(*chain, "Invoice Paid")
    return board


def reversed_beside_the_story() -> Board:
    board = reversed_(*NIGHT)
    actor = board.place("actor", "Pricing team", 100, 900)
    board.link(actor, board.place("event", "Tariff Published", 300, 900))
    return board


def reversed_in_blue() -> Board:
    board = reversed_(*NIGHT)
    board.link("Charging Started", board.place("command", "Charging Stopped", 700, 900))
    return board


# 8 what_follows_what


def follows_by_time(recorded: list[RecordedEvent]) -> dict[tuple[str, str], int]:
    return follows(sorted(recorded, key=lambda seen: seen.occurred_at))


def follows_by_number(recorded: list[RecordedEvent]) -> dict[tuple[str, str], int]:
    last: dict[str, str] = {}
    pairs = Counter[tuple[str, str]]()
    for seen in recorded:
        number = seen.stream.split("-")[-1]
        if number in last:
            pairs[last[number], seen.type] += 1
        last[number] = seen.type
    return pairs


def follows_by_beginning(recorded: list[RecordedEvent]) -> dict[tuple[str, str], int]:
    streams = sorted({seen.stream for seen in recorded})
    of = [[seen for seen in recorded if seen.stream.startswith(name)] for name in streams]
    return sum((Counter(follows(some)) for some in of), Counter[tuple[str, str]]())


def follows_until_four(recorded: list[RecordedEvent]) -> dict[tuple[str, str], int]:
    return {pair: min(times, 3) for pair, times in follows(recorded).items()}


def follows(recorded: list[RecordedEvent]) -> dict[tuple[str, str], int]:
    last: dict[str, str] = {}
    pairs = Counter[tuple[str, str]]()
    for seen in recorded:
        if seen.stream in last:
            pairs[last[seen.stream], seen.type] += 1
        last[seen.stream] = seen.type
    return pairs


def follows_by_streams(recorded: list[RecordedEvent]) -> list[tuple[tuple[str, str], int]]:
    """Right, as the items of a dict with zeros in it."""
    streams = {seen.stream: [one.type for one in recorded if one.stream == seen.stream] for seen in recorded}
    pairs = Counter(pair for types in streams.values() for pair in pairwise(types))
    pairs["nothing", "nothing"] = 0
    return [*pairs.items()]


def follows_across_streams(recorded: list[RecordedEvent]) -> Counter[tuple[str, str]]:
    return Counter((one.type, other.type) for one, other in pairwise(recorded))


def follows_once(recorded: list[RecordedEvent]) -> dict[tuple[str, str], int]:
    return dict.fromkeys(follows(recorded), 1)


def follows_without_loops(recorded: list[RecordedEvent]) -> dict[tuple[str, str], int]:
    return {pair: times for pair, times in follows(recorded).items() if pair[0] != pair[1]}


def follows_sometime(recorded: list[RecordedEvent]) -> Counter[tuple[str, str]]:
    return Counter(
        (one.type, other.type)
        for place, one in enumerate(recorded)
        for other in recorded[place + 1 :]
        if one.stream == other.stream
    )


def follows_as_nested(recorded: list[RecordedEvent]) -> dict[str, dict[str, int]]:
    nested: dict[str, dict[str, int]] = {}
    for (one, other), times in follows(recorded).items():
        nested.setdefault(one, {})[other] = times
    return nested


def follows_and_eats(recorded: list[RecordedEvent]) -> dict[tuple[str, str], int]:
    pairs = follows(recorded)
    recorded.clear()
    return pairs


def follows_without_return(recorded: list[RecordedEvent]) -> None:
    follows(recorded)


# 9 beside_the_log

REST = (
    "Tariff Published",
    "Connector Commissioned",
    "Status Reported",
    "Station Went Offline",
    "Station Came Online",
)
LATE = ("Charging Stopped", "Meter Read")


def compared(*left_out: str, asked: tuple[str, ...] = LATE, wishes: Iterable[str] = ()) -> Board:
    board = row(*(name for name in (*REST, *STORY) if name not in left_out))
    for name in wishes:
        board.place("event", name, 100, 900)
    spot = board.place("hot spot", "What do we do with a reading that comes after the end?", 1000, 600)
    for name in asked:
        board.link(spot, name)
    return board


def compared_backwards() -> Board:
    board = compared()
    board.move("Invoice Issued", 100, 200)
    return board


def with_a_wish_that_is_asked_about() -> Board:
    """Right: a wish with its question, arrows from the events to the hot spot, another surprise."""
    board = compared(asked=(), wishes=["Connector Reserved"])
    spot = board.place("hot spot", "Who records reservations?", 100, 1100)
    board.link("Connector Reserved", spot)
    late = board.place("hot spot", "Is the invoice wrong then?", 1500, 1100)
    board.link("Meter Read", late)
    board.link("Invoice Issued", late)
    return board


WRONG = [
    *wrong(
        "twelve_candidates",
        (verdicts(SessionUpdated="event"), "did energy flow"),
        (verdicts(MeterRead="command"), "“Read” is also a past tense"),
        (verdicts(StationWentOffline="state"), "without -ed"),
        (verdicts(RemoteStartTransaction="event"), "OCPP 2.0.1 renamed it"),
        (verdicts(InvoiceDeleted="technical"), "The law forbids it"),
        (verdicts(ConnectorAvailable="event"), "Where is the verb?"),
        (verdicts(ChargingStarted="good"), "none of the six"),
        ({"ChargingStarted": "event"}, "Keep the twelve names"),
        (["event"] * 12, "is a list"),
    ),
    *wrong(
        "say_it_better",
        (better(SessionUpdated=["ChargingStopped"]), "with 1 fact"),
        (better(SessionUpdated=["MeterRead", "meter read", "Meter Read"]), "with 1 fact"),
        (better(PayInvoice=["PayBill"]), "Say who or what"),
        (better(PayInvoice=["BananaEaten"]), "At a charging station?"),
        (better(PayInvoice=["SantaClausArrived"]), "At a charging station?"),
        (better(PayInvoice=["Santa Claus"]), "past tense"),
        (better(SessionUpdated=["PigFed", "CowMilked", "HorseRidden"]), "At a charging station?"),
        (better(PayInvoice=["CablePulled"]), "which is another story"),
        (better(StopButtonClicked=["InvoicePaid"]), "which is another story"),
        (better(MeterValuesMessageReceived=["InvoiceIssued"]), "which is another story"),
        (
            better(ChargingStoppedAndInvoiceSent=["ChargingStopped", "CarUnplugged"]),
            "nothing about the invoice",
        ),
        (
            better(ChargingStoppedAndInvoiceSent=["InvoiceIssued", "InvoiceSent"]),
            "nothing about the charging",
        ),
        (better(InvoiceDeleted=["InvoiceChanged"]), "row words"),
        (better(StopButtonClicked=["ButtonPressed"]), "technical event"),
        (better(ChargingStoppedAndInvoiceSent=["ChargingStoppedAndInvoiceSent", "B"]), "with the same name"),
        (better(ConnectorAvailable="Connector Free"), "past tense"),
        (better(ConnectorAvailable=None), "a text that people read"),
        ({"PayInvoice": ["InvoicePaid"]}, "no replacement for"),
        ("ChargingStarted", "is a str"),
    ),
    *wrong(
        "the_timeline",
        (backwards(), "does not hang to the left of"),
        (one_heap(), "does not hang to the left of"),
        (timeline("Charging Resumed"), "is no longer an event on the wall"),
        (timeline(cable="Session Stopped", bill="Session Stopped"), "Two notes say `Session Stopped`"),
        (timeline("Cable Pulled"), "fewer than people reported"),
        (timeline(bill="Session Updated"), "row words"),
        (timeline(bill="End of Session"), "past tense"),
        (timeline(bill=""), "orange note is empty"),
        ("n1 event Charging Started", "not a board"),
    ),
    *wrong(
        "pivotal_events",
        (pivots(), "0 events are pivotal"),
        (pivots("Charging Stopped"), "1 event is pivotal"),
        (pivots(*STORY[:6]), "6 events are pivotal"),
        (pivots("Meter Read", "Charging Stopped"), "times in a session"),
        (pivots("Charging Suspended", "Charging Stopped"), "do without it"),
        (pivots("Charging Started", "Charging Stopped"), "at the edge"),
        (pivots("Charging Stopped", "Invoice Issued", story=STORY[1:]), "no longer an event"),
    ),
    *wrong(
        "people_and_systems",
        (peopled(), "at least 2 people, and has 0"),
        (peopled(DRIVER, STATION, GRID), "at least 2 people, and has 1"),
        (peopled(DRIVER, BOOKKEEPER, STATION), "at least 2 external systems, and has 1"),
        (peopled(DRIVER, BOOKKEEPER, STATION, ("external system", "Bank", "")), "has no arrow"),
        (
            peopled(DRIVER, ("actor", "Mechanic", "Meter Read"), STATION, GRID),
            "Nobody makes `Invoice Issued`",
        ),
        (peopled(DRIVER, BOOKKEEPER, STATION, GRID, pivotal=()), "is pivotal any more"),
        (
            peopled(DRIVER, BOOKKEEPER, STATION, GRID, ("command", "Tariff Published", "Meter Read")),
            "its name says that it happened",
        ),
    ),
    *wrong(
        "where_contexts_part",
        (framed({"charging": STORY}), "1 context is framed"),
        (
            framed({"charging": SESSION[:4], "billing": MONEY, "operations": FRAMES["operations"]}),
            "is in no frame",
        ),
        (framed(handed=()), "crosses 0 borders"),
        (framed(asked=HANDED[:1]), "and no hot spot touches both"),
        (framed(asked=()), "and no hot spot touches both"),
        (framed(asked=[*HANDED, ("Meter Read",), ("Meter Read",), ()]), "3 of 5 hot spots touch one"),
        (framed(question=""), "A hot spot is empty"),
        (framed_twice(), "hangs in 2 frames"),
    ),
    *wrong(
        "reverse_narrative",
        (reversed_(), "0 events"),
        (reversed_(*NIGHT[:2]), "2 events"),
        (reversed_(*NIGHT, joined=False), "is not part of the story"),
        (reversed_(*NIGHT, somebody=False), "before you reach anybody"),
        (with_an_orphan(), "Walk back from `Tariff Published`"),
        (reversed_("Card Declined", "Decline Card", "Token Blocked"), "past tense"),
        (without_an_end(), "is no longer an event"),
        (reversed_beside_the_story(), "no arrows join it with the happy path"),
        (reversed_in_blue(), "its name says that it happened"),
    ),
    *wrong(
        "what_follows_what",
        (follows_across_streams, "two sessions that run at the same time"),
        (follows_once, "two sessions that run at the same time"),
        (follows_without_loops, "one reading after the other"),
        (follows_by_time, "whatever its number or time"),
        (follows_by_number, "whatever its number or time"),
        (follows_by_beginning, "whatever its number or time"),
        (follows_until_four, "whatever its number or time"),
        (follows_sometime, "one session alone"),
        (follows_as_nested, "a number"),
        (follows_and_eats, "changed what it was given"),
        (follows_without_return, "Is a `return` missing"),
    ),
    *wrong(
        "beside_the_log",
        (compared("Status Reported"), "`StatusReported` happened"),
        (compared(asked=()), "nobody would have drawn"),
        (compared(asked=("Meter Read",)), "nobody would have drawn"),
        (compared(wishes=["Connector Reserved"]), "no hot spot asks why"),
        (compared("Tariff Published", wishes=["Tariff Publisht"]), "`TariffPublished` happened"),
        (compared_backwards(), "the other way round"),
        (Board("answer", "memory://"), "is not on the wall"),
    ),
]

RIGHT = [
    *right("twelve_candidates", verdicts(), verdicts(SessionUpdated=" Row Word ")),
    *right(
        "say_it_better",
        better(),
        better(
            PayInvoice="Invoice was paid", SessionUpdated=("Car Plugged In", "Battery Ran Full", "Plug Drawn")
        ),
    ),
    *right("the_timeline", timeline(), with_copies_and_lanes(), overruled()),
    *right(
        "pivotal_events",
        pivots("Charging Stopped", "Invoice Issued"),
        pivots(
            "Charging Started", "Invoice Issued", "Car Arrived", story=("Fair Opened", "Car Arrived", *STORY)
        ),
    ),
    *right("people_and_systems", peopled(DRIVER, BOOKKEEPER, STATION, GRID), people_by_command()),
    *right("where_contexts_part", framed(), spots_at_the_edge(), in_text_without_places()),
    *right("reverse_narrative", reversed_(*NIGHT), by_time_and_systems()),
    *right("reverse_narrative", reversed_("Tariff Changed", *NIGHT[1:])),
    *right("what_follows_what", follows, follows_by_streams),
    *right("beside_the_log", compared(), with_a_wish_that_is_asked_about()),
]

EQUIVALENT = {
    "say_it_better": {
        f"['MeterRead', 'ChargingSuspe … rgingStopped'] -> ['{begins} … {ends}']": "three facts are enough"
        for begins, ends in (
            ("ChargingSuspended', 'Charg", "rgingStopped"),
            ("MeterRead', 'ChargingResum", "rgingStopped"),
            ("MeterRead', 'ChargingSuspe", "rgingStopped"),
            ("MeterRead', 'ChargingSuspe", "rgingResumed"),
        )
    },
    "the_timeline": {
        "for place, name in enumerate(story): -> for place, name in list(enum … story))[::-1]:": "the same",
        "['Cable Unplugged', 'Last Re …  Note Issued'] -> ['Last Reading Accepted', 'I …  Note Issued']": (
            "nobody can say where a note with a new name belongs"
        ),
        "['Cable Unplugged', 'Last Re …  Note Issued'] -> ['Cable Unplugged', 'Invoice …  Note Issued']": (
            "nobody can say where a note with a new name belongs"
        ),
        "note.name == 'Session Stopped' -> str(note.name).startswith(st … ion Stopped'))": "same two notes",
    }
    | dict.fromkeys(
        ["100 + 200 * place -> 200 * place", "160 -> -1000", "100 -> -1000"], "only the order is asked for"
    ),
    "where_contexts_part": {"note.y == y -> str(note.y).startswith(str(y))": "the same rows"},
    "reverse_narrative": {
        "…at 1200 340} -> event: Invoice Paid … -> …at 1200 340} …": "a story may end without a payment",
    },
    "beside_the_log": {
        "board.link(board.place('hot  … tor Reserved') -> board.link('Connector Reserv … ?', 370, 500))": (
            "an arrow joins a hot spot in either direction"
        ),
        "160 -> -1000": "only the order is asked for",
    },
}
