"""The visits at one connector: a car comes, plugs in, charges and goes, and sometimes something breaks.

A visit runs in the order in which things happen; `Uplink` computes when they are recorded. `Billing` has a
fault, on purpose. Read `traffic.py` next.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from workbench.city import city
from workbench.city.life import (
    MINUTE,
    Delivery,
    Prices,
    Process,
    Uplink,
    minutes,
    next_arrival,
    pick,
)
from workshop_lib.charging.connector import ConnectorCommissioned, ConnectorStatus, StatusReported
from workshop_lib.charging.invoice import CreditNoteIssued, InvoiceIssued
from workshop_lib.charging.session import (
    ChargingResumed,
    ChargingStarted,
    ChargingStopped,
    ChargingSuspended,
    MeterRead,
    StopReason,
    SuspendedBy,
)
from workshop_lib.charging.tariff import price_of

MOMENT = timedelta(seconds=5)
LATE = timedelta(minutes=10)
"""A session whose end is recorded later than this is billed by the catch-up run."""

CATCH_UP_HOUR = 3
"""The hour of the day at which the catch-up run begins."""


class Billing:
    """Issues one invoice for each session, with the tariff that was in force when the session started.

    The fault: late sessions wait for a catch-up run at night. It was written in a hurry and uses the tariff
    that is in force while it runs. Nobody notices, unless the price has changed in between.
    """

    def __init__(self, prices: Prices, chance: Random, outbox: list[Delivery]) -> None:
        self._prices, self._chance, self._outbox = prices, chance, outbox

    def bill(self, start: ChargingStarted, stop: ChargingStopped, since: datetime, end: Delivery) -> None:
        """Issue the invoice of a session soon after its end was recorded, and sometimes a credit note."""
        late = end.recorded_at - end.occurred_at > LATE
        issued = _next_run(end.recorded_at) if late else end.recorded_at + MINUTE
        energy_wh = stop.meter_stop_wh - start.meter_start_wh
        amount = price_of(energy_wh, self._prices.at(start.tariff, issued if late else since))
        number = f"{since.year}-{start.session:06}"
        invoice = InvoiceIssued(number, start.session, start.tariff, energy_wh, amount)
        self._outbox.append(Delivery(f"invoice-{number}", invoice, issued, issued))
        if self._chance.random() < city.REFUNDED:
            reason = city.REFUND_REASONS[int(self._chance.random() * len(city.REFUND_REASONS))]
            given = issued + minutes(60 + self._chance.random() * 2880)
            self._outbox.append(
                Delivery(f"invoice-{number}", CreditNoteIssued(number, amount, reason), given, given)
            )


def _next_run(learned: datetime) -> datetime:
    run = learned.replace(hour=CATCH_UP_HOUR, minute=0, second=0, microsecond=0)
    return run if run > learned else run + timedelta(days=1)


class SimulatedConnector:
    """One connector of the simulation: its meter, its line, and the last status that was delivered."""

    def __init__(
        self, station: str, number: int, power_w: int, chance: Random, line: Uplink, outbox: list[Delivery]
    ) -> None:
        self.station, self.connector, self.power_w = station, f"{station}-{number}", power_w
        self._chance, self._line, self._outbox = chance, line, outbox
        self._stream, self._meter_wh = f"connector-{self.connector}", int(chance.random() * 10_000_000)
        self._delivered: ConnectorStatus | None = None
        self._kept: tuple[datetime, ConnectorStatus] | None = None

    def life(
        self, commissioned: datetime, popularity: float, numbers: Iterator[int], billing: Billing
    ) -> Process:
        """Run the connector from its first day: one car after another. The first car at the cinema is already
        waiting.
        """
        yield commissioned
        birth = ConnectorCommissioned(self.connector, self.station, self.power_w)
        self._send(self._stream, birth, commissioned)
        now = self._report(commissioned + MOMENT, ConnectorStatus.AVAILABLE)
        waiting = self.connector == "{}-{}".format(*city.FIRST)
        now = now + 4 * MOMENT if waiting else next_arrival(self._chance, now, popularity)
        while True:
            yield now
            free = self._catch_up(self._visit(now, numbers, billing, simple=waiting))
            now, waiting = next_arrival(self._chance, free, popularity), False

    def _visit(self, now: datetime, numbers: Iterator[int], billing: Billing, simple: bool) -> datetime:
        fate = 1.0 if simple else self._chance.random()
        if fate < city.RESERVED:
            self._report(now, ConnectorStatus.RESERVED)
            now += minutes(pick(self._chance, city.LINGER_MINUTES))
        now = self._report(now, ConnectorStatus.PREPARING) + 2 * MOMENT
        if city.RESERVED <= fate < city.RESERVED + city.REJECTED:
            return self._report(now + 6 * MOMENT, ConnectorStatus.AVAILABLE)
        return self._session(now, next(numbers), billing, fate=1.0 if simple else self._chance.random())

    def _session(self, now: datetime, number: int, billing: Billing, fate: float) -> datetime:
        stream, since = f"session-{number}", now
        driver = 1 + int(self._chance.random() * self._chance.random() * city.DRIVERS)
        tariff = city.tariff_for(self.power_w, now.hour)
        start = ChargingStarted(number, self.connector, f"NL-TNM-{driver:06}", tariff, self._meter_wh)
        self._send(stream, start, now)
        self._report(now + MOMENT, ConnectorStatus.CHARGING)
        length = 40 if fate == 1.0 else pick(self._chance, city.MINUTES)
        now, reason = self._charge(now, stream, number, length, fate)
        stop = ChargingStopped(number, self._meter_wh, reason)
        billing.bill(start, stop, since, self._send(stream, stop, now))
        return self._leave(now, reason)

    def _charge(
        self, now: datetime, stream: str, number: int, length: int, fate: float
    ) -> tuple[datetime, StopReason]:
        if fate < city.FAULTED:
            now = self._read_meter(now, stream, number, range(1, 1 + length // 2), length)
            broken = fate < city.FAULTED / 2
            return now + MOMENT, StopReason.GROUND_FAULT if broken else StopReason.EMERGENCY_STOP
        if fate < city.FAULTED + city.PAUSED:
            now = self._read_meter(now, stream, number, range(1, 1 + length // 2), length)
            now = self._pause(now + MOMENT, stream, number)
            now = self._read_meter(now, stream, number, range(1 + length // 2, 1 + length), length)
            return now + MOMENT, StopReason.REMOTE
        now = self._read_meter(now, stream, number, range(1, 1 + length), length)
        if fate < city.FAULTED + city.PAUSED + city.FULL:
            self._send(stream, ChargingSuspended(number, SuspendedBy.EV), now + MOMENT)
            self._report(now + MOMENT, ConnectorStatus.SUSPENDED_EV)
            now += minutes(pick(self._chance, city.LINGER_MINUTES))
            return now + 2 * MOMENT, StopReason.EV_DISCONNECTED
        return now + MOMENT, StopReason.LOCAL if fate < 0.8 else StopReason.STOPPED_BY_EV

    def _pause(self, now: datetime, stream: str, number: int) -> datetime:
        self._send(stream, ChargingSuspended(number, SuspendedBy.EVSE), now)
        self._report(now, ConnectorStatus.SUSPENDED_EVSE)
        now += minutes(pick(self._chance, city.LINGER_MINUTES[:10]))
        self._send(stream, ChargingResumed(number), now)
        return self._report(now, ConnectorStatus.CHARGING)

    def _read_meter(self, now: datetime, stream: str, number: int, seq_nos: range, length: int) -> datetime:
        """Send one reading a minute: this loop makes nearly all events."""
        connector, meter_wh, outbox = self.connector, self._meter_wh, self._outbox
        recorded, chance = self._line.recorded, self._chance.random
        for seq_no in seq_nos:
            power_w = self.power_w * city.POWER_CURVE[(seq_no - 1) * 20 // length] // 100
            meter_wh += power_w // 60
            now += MINUTE
            reading = MeterRead(number, connector, seq_no, meter_wh, power_w)
            learned = recorded(now)
            outbox.append(Delivery(stream, reading, now, learned))
            if chance() < city.SENT_TWICE:  # the acknowledgement was lost, so the station sends it again
                outbox.append(Delivery(stream, reading, now, learned + 18 * MOMENT))
        self._meter_wh = meter_wh
        return now

    def _leave(self, now: datetime, reason: StopReason) -> datetime:
        if reason in (StopReason.GROUND_FAULT, StopReason.EMERGENCY_STOP):
            now = self._report(now, ConnectorStatus.FAULTED) + minutes(30 + self._chance.random() * 300)
            now = self._report(now, ConnectorStatus.UNAVAILABLE) + 3 * MINUTE
            return self._report(now, ConnectorStatus.AVAILABLE)
        now = self._report(now, ConnectorStatus.FINISHING)
        stays = 1 if reason is StopReason.EV_DISCONNECTED else pick(self._chance, city.LINGER_MINUTES)
        return self._report(now + minutes(stays), ConnectorStatus.AVAILABLE)

    def _send(self, stream: str, event: object, occurred: datetime) -> Delivery:
        delivery = Delivery(stream, event, occurred, self._line.recorded(occurred))
        self._outbox.append(delivery)
        return delivery

    def _report(self, now: datetime, status: ConnectorStatus) -> datetime:
        """Send the status; during an outage only the last one is sent, at its end."""
        if self._line.is_cut(now):
            self._kept = self._line.outage.end, status
            return now
        self._catch_up(now)
        self._delivered = status
        self._send(self._stream, StatusReported(self.connector, status), now)
        return now

    def _catch_up(self, now: datetime) -> datetime:
        """Send the status that is left over from an outage, if it differs from the last one delivered."""
        if self._kept is None:
            return now
        end, status = self._kept
        self._kept = None
        if status is not self._delivered:
            self._delivered = status
            self._outbox.append(Delivery(self._stream, StatusReported(self.connector, status), end, end))
        return max(now, end + MINUTE)
