"""Replaceable clocks and id sources, so that a notebook prints the same on every machine.

A clock is any function that returns the current time as a UTC-aware datetime; an id source is any function
that returns a new UUID.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from os import urandom
from random import Random
from uuid import UUID, SafeUUID

_set, _UNKNOWN = object.__setattr__, SafeUUID.unknown
_EPOCH, _UTC_EPOCH = datetime(1970, 1, 1), datetime(1970, 1, 1, tzinfo=UTC)
_FREE_BITS, _VERSION_4 = ~(0xF << 76 | 0x3 << 62), 4 << 76 | 2 << 62

Clock = Callable[[], datetime]
IdSource = Callable[[], UUID]


def wall_clock() -> datetime:
    """Return the current time."""
    return datetime.now(UTC)


def random_ids() -> UUID:
    """Return a random id, as `uuid.uuid4` does."""
    return _version_4(int.from_bytes(urandom(16), "big"))


def in_utc(stored: datetime) -> datetime:
    """Return a stored time, which has no zone, as a time in UTC."""
    return _UTC_EPOCH + (stored - _EPOCH)  # an eighth of the time that replace(tzinfo=UTC) takes


def without_zone(instant: datetime) -> datetime:
    """Return an instant as the log stores it: in UTC, without a zone."""
    return _EPOCH + (instant - _UTC_EPOCH)


class SimulatedClock:
    """A clock that returns the time it was set to and advances by `tick` after each call."""

    def __init__(self, now: datetime | str, tick: timedelta = timedelta(0)) -> None:
        self.now = datetime.fromisoformat(now) if isinstance(now, str) else now
        self.tick = tick
        if self.now.tzinfo is None:
            self.now = self.now.replace(tzinfo=UTC)

    def __call__(self) -> datetime:
        shown = self.now
        self.now += self.tick
        return shown


def seeded_ids(seed: int) -> IdSource:
    """Return a source of random-looking ids that are the same for the same seed."""
    draw = Random(seed).getrandbits
    return lambda: _version_4(draw(128))


def _version_4(bits: int) -> UUID:
    # UUID(…) takes three times as long to check its arguments.
    made = object.__new__(UUID)
    _set(made, "int", bits & _FREE_BITS | _VERSION_4)
    _set(made, "is_safe", _UNKNOWN)
    return made
