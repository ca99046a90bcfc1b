"""One model for five departments, to measure what it costs.

`Everything` is the class that a company gets when "session" has to mean the same for everybody. Each
department below does its work on it; `usage` records which fields it reads and writes. Compare `session.py`,
`tariff.py` and `invoice.py`: the same facts in separate models.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, cast

from workshop_lib.charging.connector import ConnectorStatus, StatusReported
from workshop_lib.charging.session import ChargingStarted, ChargingStopped
from workshop_lib.charging.tariff import WH_PER_KWH, TariffPublished, price_of
from workshop_lib.store.port import Reading


@dataclass
class Everything:
    """A session for everybody. Only the number is required: each other field matters to some departments."""

    number: int
    status: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    connector: str | None = None
    token: str | None = None
    tariff: str | None = None
    meter_start_wh: int | None = None
    meter_stop_wh: int | None = None
    energy: int | Decimal | None = None
    stop_reason: str | None = None
    blocked_minutes: int | None = None
    display_text: str | None = None
    invoice: str | None = None
    amount: Decimal | None = None
    cdr_id: str | None = None
    total_cost: Decimal | None = None


class Story(NamedTuple):
    """What really happened in one session, and when the car left."""

    started: ChargingStarted
    started_at: datetime
    stopped: ChargingStopped
    stopped_at: datetime
    left_at: datetime
    published: TariffPublished


def story_of(log: Reading, number: int) -> Story:
    """Return the story of a finished session, from the streams of session, connector and tariff."""
    session = list(log.read_stream(f"session-{number}"))
    start, stop = session[0], session[-1]
    reports = log.read_stream(f"connector-{start.event.connector}")
    left = next(
        seen.occurred_at
        for seen in reports
        if seen.occurred_at >= stop.occurred_at and seen.event == _free(start.event.connector)
    )
    tariffs = list(log.read_stream(f"tariff-{start.event.tariff}"))
    price = [seen.event for seen in tariffs if seen.occurred_at <= start.occurred_at][-1]
    return Story(start.event, start.occurred_at, stop.event, stop.occurred_at, left, price)


def _free(connector: str) -> StatusReported:
    return StatusReported(connector, ConnectorStatus.AVAILABLE)


# The work of each department on the session


def charging(session: Everything, story: Story) -> None:
    """For charging, a session lasts from the first watt-hour to the last."""
    started, stopped = story.started, story.stopped
    session.connector, session.token, session.tariff = started.connector, started.token, started.tariff
    session.meter_start_wh, session.meter_stop_wh = started.meter_start_wh, stopped.meter_stop_wh
    session.energy = stopped.meter_stop_wh - started.meter_start_wh
    session.start, session.end = story.started_at, story.stopped_at
    session.status, session.stop_reason = "Ended", stopped.reason


def operations(session: Everything, story: Story) -> None:
    """For operations, a session is over when the next car can come."""
    if session.connector and session.end:
        session.blocked_minutes = int((story.left_at - session.end).total_seconds()) // 60
    session.end, session.status = story.left_at, "Available"


def billing(session: Everything, story: Story) -> None:
    """For billing, a session is a line on an invoice."""
    session.invoice = f"{story.started_at.year}-{session.number:06}"
    session.amount = price_of(int(cast(Decimal, session.energy)), story.published)
    session.status = "Invoiced"


def drivers(session: Everything, story: Story) -> None:
    """For drivers, a session is what the app shows."""
    session.display_text = f"{session.token}: {session.energy} at {session.connector}, {session.status}"


def roaming(session: Everything, story: Story) -> None:
    """For roaming, a session is a charge detail record, in kilowatt-hours as OCPI requires."""
    session.cdr_id = f"CDR-{session.number}-{session.token}"
    session.energy = Decimal(story.stopped.meter_stop_wh - story.started.meter_start_wh) / WH_PER_KWH
    session.total_cost, session.status = session.amount, "COMPLETED"


DEPARTMENTS: Mapping[str, Callable[[Any, Story], None]] = {
    "charging": charging,
    "operations": operations,
    "billing": billing,
    "drivers": drivers,
    "roaming": roaming,
}


# Recording which fields they use


class Watched:
    """A proxy for an object that records which fields are read (`r`) and written (`w`)."""

    def __init__(self, thing: object) -> None:
        object.__setattr__(self, "thing", thing)
        object.__setattr__(self, "seen", dict[str, str]())

    def __getattr__(self, name: str) -> Any:
        self._note(name, "r")
        return getattr(self.thing, name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._note(name, "w")
        setattr(self.thing, name, value)

    def _note(self, name: str, what: str) -> None:
        self.seen[name] = "".join(sorted({*self.seen.get(name, ""), what}))


def usage(story: Story) -> dict[str, dict[str, str]]:
    """Return for each department the fields that it reads (`r`), writes (`w`) or both (`rw`)."""
    session, used = Everything(story.started.session), {}
    for name, work in DEPARTMENTS.items():
        watched = Watched(session)
        work(watched, story)
        used[name] = dict(watched.seen)
    return used


def optional_fields(model: type) -> list[str]:
    """Return the fields of a dataclass that may be None."""
    return [field.name for field in fields(model) if "None" in str(field.type)]
