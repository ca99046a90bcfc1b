"""An office that keeps a socket in a table and also emits events: two writes that belong in one transaction.

Four methods hide the SQL: `transaction`, `load`, `save`, `emit`. The power may fail at each write, and a
rival may change the socket between a load and a save.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict

from workbench.scenarios.reservable_socket import (
    SOCKET,
    Free,
    Reserved,
    SocketLeft,
    SocketReleased,
    SocketReserved,
    SocketTaken,
    State,
    Taken,
)
from workbench.simulation.power import Failpoint
from workshop_lib.modeling.decider import Refused, decision, fold

CLASSES = {cls.__name__: cls for cls in (Free, Reserved, Taken)}
EVENTS = {cls.__name__: cls for cls in (SocketReserved, SocketReleased, SocketTaken, SocketLeft)}

CREATE = """
    CREATE TABLE socket (type TEXT NOT NULL, data TEXT NOT NULL);
    CREATE TABLE events (number INTEGER PRIMARY KEY, type TEXT NOT NULL, data TEXT NOT NULL);
"""


class Office:
    """One socket: the row with its state, and the events that were emitted."""

    def __init__(
        self, state: State | None = None, failpoint: Failpoint | None = None, rival: object = None
    ) -> None:
        self._failpoint, self._rival = failpoint or Failpoint(), rival
        self._database = sqlite3.connect(":memory:", isolation_level=None)
        self._database.executescript(CREATE)
        self._database.execute("INSERT INTO socket VALUES (?, ?)", _written(state or Free(), CLASSES))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make the writes inside atomic; a rival waits until the transaction ends."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._failpoint.before("the commit")
            self._database.execute("COMMIT")
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._strike()

    def load(self) -> State:
        """Return the state in the row; outside of a transaction a rival may change it after that."""
        state = self.row
        if not self._database.in_transaction:
            self._strike()
        return state

    def save(self, state: State) -> None:
        """Overwrite the row with another state."""
        row = _written(state, CLASSES)
        self._failpoint.before("save")
        self._database.execute("UPDATE socket SET type = ?, data = ?", row)

    def emit(self, *events: object) -> None:
        """Write events for other systems to read."""
        for event in events:
            row = _written(event, EVENTS)
            self._failpoint.before("emit")
            self._database.execute("INSERT INTO events (type, data) VALUES (?, ?)", row)

    @property
    def row(self) -> State:
        """The state in the table."""
        name, data = self._database.execute("SELECT type, data FROM socket").fetchone()
        state: State = CLASSES[name](**json.loads(data))
        return state

    @property
    def emitted(self) -> list[object]:
        """The events that were emitted, in order."""
        rows = self._database.execute("SELECT type, data FROM events ORDER BY number").fetchall()
        return [EVENTS[name](**json.loads(data)) for name, data in rows]

    def _strike(self) -> None:
        """Handle the rival's command, if there is one and the rules allow it."""
        rival, self._rival = self._rival, None
        if rival is None:
            return
        try:
            events = decision(SOCKET, self.row, rival)
        except Refused:
            return
        state = fold(SOCKET, [*history_of(self.row), *events])
        self._database.execute("UPDATE socket SET type = ?, data = ?", _written(state, CLASSES))
        for event in events:
            self._database.execute("INSERT INTO events (type, data) VALUES (?, ?)", _written(event, EVENTS))


def history_of(state: object) -> list[object]:
    """Return the shortest history that leads to a state."""
    match state:
        case Reserved(driver, until):
            return [SocketReserved(driver, until)]
        case Taken(driver):
            return [SocketTaken(driver)]
    return []


def _written(thing: object, known: Mapping[str, type]) -> tuple[str, str]:
    name = type(thing).__name__
    if type(thing) not in known.values():
        raise TypeError(f"a {name} is none of {', '.join(known)}: office.emit(*events), office.save(state)")
    return name, json.dumps(asdict(thing))  # type: ignore[call-overload]
