"""The hidden cases of chapter 3.1: commands, requests, races, lost races, imports, addresses.

Each case has the words that describe it in messages. Read `c3_1/checks.py` next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from exercises.checks.c3_1.contested import DONE, REFUSED
from workbench.scenarios.clicks import CLICK
from workbench.scenarios.contested import Contested
from workbench.scenarios.reservable_socket import (
    SOCKET,
    PlugIn,
    Reserve,
    SocketLeft,
    SocketReleased,
    SocketReserved,
    SocketTaken,
    Unplug,
)
from workshop_lib.modeling import fold
from workshop_lib.modeling.decider import decision
from workshop_lib.store.conflict import Conflict, explain
from workshop_lib.store.errors import WrongExpectedVersion

ADAS, BOBS = SocketReserved("ada", "18:15"), SocketReserved("bob", "18:15")
GIVEN_BACK = SocketReleased("bob")
ADA_IN, ADA_OUT, BOB_IN, BOB_OUT = (
    SocketTaken("ada"),
    SocketLeft("ada"),
    SocketTaken("bob"),
    SocketLeft("bob"),
)


class Handled(NamedTuple):
    """A history of a socket, a command, and the events that follow (None: a refusal)."""

    words: str
    history: tuple[object, ...]
    command: object
    events: tuple[object, ...] | None


COMMANDS = (
    Handled("A free socket is reserved.", (), Reserve("ada", "18:00", "18:15"), (ADAS,)),
    Handled(
        "Ada has left, and Bob plugs in.",
        (ADAS, ADA_IN, ADA_OUT),
        PlugIn("bob", "19:00"),
        (BOB_IN,),
    ),
    Handled("Ada reserves again what she has reserved.", (ADAS,), Reserve("ada", "18:02", "18:15"), ()),
    Handled("Bob tries to plug in where Ada's car stands.", (ADA_IN,), PlugIn("bob", "18:05"), None),
)


SAME = (
    (
        "the app got no answer and sent the press again",
        CLICK,
        replace(CLICK, attempt=2, sent_at="18:05:03"),
    ),
    ("the phone was in a tunnel", CLICK, replace(CLICK, attempt=9, sent_at="18:41:10")),
    ("the network delivered one message twice", CLICK, replace(CLICK)),
)
OTHER = (
    ("Ada came back in the evening and pressed again", CLICK, replace(CLICK, press=18, sent_at="21:30:00")),
    ("Ada pressed for a second car in the same second", CLICK, replace(CLICK, press=18)),
    (
        "Bob pressed, and the count on his phone is 17 as well",
        CLICK,
        replace(CLICK, driver="bob", device="phone-0815"),
    ),
    ("Ada pressed on her tablet, which has a count of its own", CLICK, replace(CLICK, device="tablet-0001")),
    (
        "two devices whose name and number look the same when joined",
        replace(CLICK, device="phone-1", press=21),
        replace(CLICK, device="phone-12", press=1),
    ),
)


class Race(NamedTuple):
    """The events of Ada's rivals in each round, how her call must end, and the socket's stream after it."""

    words: str
    rivals: tuple[tuple[object, ...], ...]
    outcome: str
    story: tuple[object, ...]


RACES = (
    Race("Nobody else is there.", (), DONE, (ADA_IN,)),
    Race("Bob reserves the socket", ((BOBS,),), REFUSED, (BOBS,)),
    Race(
        "Bob reserves the socket and gives it back", ((BOBS, GIVEN_BACK),), DONE, (BOBS, GIVEN_BACK, ADA_IN)
    ),
    Race("Ada's own tablet reserves the socket for her", ((ADAS,),), DONE, (ADAS, ADA_IN)),
    Race("Bob plugs in", ((BOB_IN,),), REFUSED, (BOB_IN,)),
    Race(
        "Bob reserves and gives back, three times",
        ((BOBS, GIVEN_BACK),) * 3,
        DONE,
        (BOBS, GIVEN_BACK) * 3 + (ADA_IN,),
    ),
)
FOR_EVER = ((BOBS, GIVEN_BACK),) * 1000


def conflict(command: object, before: Sequence[object], since: Sequence[object]) -> Conflict:
    """Explain a race that was lost."""
    store = Contested()
    store.lay("socket-zoo-1", [*before, *since])
    late = WrongExpectedVersion("socket-zoo-1", len(before), len(before) + len(since))
    return explain(late, store, lambda history: decision(SOCKET, fold(SOCKET, history), command))


class Lost(NamedTuple):
    """A number of lost races, the last of them, and whether the use case should try again."""

    words: str
    lost: int
    command: object
    before: tuple[object, ...]
    since: tuple[object, ...]
    again: bool


_PLUG_IN, _LATER = PlugIn("ada", "18:05"), Reserve("ada", "18:05", "18:45")

POLICIES: dict[str, tuple[Lost, ...]] = {
    "reserve": (
        Lost(
            "Bob reserved and gave back", 1, Reserve("ada", "18:00", "18:15"), (), (BOBS, GIVEN_BACK), False
        ),
        Lost("Bob reserved", 1, Reserve("ada", "18:00", "18:15"), (), (BOBS,), False),
    ),
    "plug in": (
        Lost("Bob reserved and gave back", 1, _PLUG_IN, (), (BOBS, GIVEN_BACK), True),
        Lost("Bob reserved and gave back", 5, _PLUG_IN, (), (BOBS, GIVEN_BACK), True),
        Lost("Bob reserved and gave back", 6, _PLUG_IN, (), (BOBS, GIVEN_BACK), False),
        Lost("Bob plugged in", 1, _PLUG_IN, (), (BOB_IN,), False),
    ),
    "unplug": (
        Lost("Ada had unplugged and plugged in again", 1, Unplug("ada"), (ADA_IN,), (ADA_OUT, ADA_IN), True),
        Lost("Ada had unplugged on her tablet", 10, Unplug("ada"), (ADA_IN,), (ADA_OUT,), True),
        Lost("Ada had unplugged on her tablet", 11, Unplug("ada"), (ADA_IN,), (ADA_OUT,), False),
    ),
    "prolong": (
        Lost(
            "Ada herself had given the socket back and reserved it again",
            1,
            _LATER,
            (ADAS,),
            (SocketReleased("ada"), ADAS),
            True,
        ),
        Lost(
            "Ada herself had prolonged it on her tablet",
            3,
            _LATER,
            (ADAS,),
            (SocketReserved("ada", "18:45"),),
            True,
        ),
        Lost(
            "Ada herself had prolonged it on her tablet",
            4,
            _LATER,
            (ADAS,),
            (SocketReserved("ada", "18:45"),),
            False,
        ),
        Lost(
            "Ada had given the socket back, then Bob came and went",
            1,
            _LATER,
            (ADAS,),
            (SocketReleased("ada"), BOB_IN, BOB_OUT),
            False,
        ),
    ),
}
"""By use case. The exercise gives the reason for each."""


class Candidate(NamedTuple):
    """An import that somebody wants to add: whether it points outwards, and why."""

    module: str
    line: str
    breaks: bool
    why: str


IMPORTS = {
    "A": Candidate(
        "charging.session",
        "from workshop_lib.modeling import Decider",
        False,
        "A decider is part of the domain, like the session itself.",
    ),
    "B": Candidate(
        "store.duckdb_engine.store",
        "from workshop_lib.store.port import Append",
        False,
        "The engine is outside and imports the port. This is what makes it exchangeable.",
    ),
    "C": Candidate(
        "charging.tariff",
        "from workshop_lib.store.port import Query",
        True,
        "A rule about prices that queries a log can no longer be tested, or moved, without a log.",
    ),
    "D": Candidate(
        "modeling.application",
        "from workshop_lib.store.memory import MemoryStore",
        True,
        "Even if the store is only a list: a use case that names an engine is tied to it.",
    ),
    "E": Candidate(
        "charging.invoice",
        "from workshop_lib import open_store",
        True,
        "`open_store` imports every engine, so a module that imports `open_store` imports them too.",
    ),
    "F": Candidate(
        "modeling.repository",
        "from workshop_lib.store.port import EventStore",
        False,
        "The application names what it needs of a store in the terms of the port, and nothing else.",
    ),
    "G": Candidate(
        "store.port",
        "from workshop_lib.modeling.repository import Repository",
        True,
        "A port that imports one of its users can serve no other.",
    ),
    "H": Candidate(
        "workbench.storming.board",
        "from workshop_lib.store import open_store",
        False,
        "Some module has to choose an engine. The outside is the place for it.",
    ),
}

NOWHERE = (
    "postgresql://ada@127.0.0.1:1/course",
    "kafka://127.0.0.1:9092",
    "sqlite://evening.db",
    "no-such-folder/evening.duckdb",
)
"""Addresses at which no store can be opened: nobody is there, no adapter, no folder."""
