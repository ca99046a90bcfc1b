"""Fault injection: a process that dies between its writes, at the same place in every run.

`Failpoint` fails at a chosen write, `Power` at random moments that depend on a seed. Both raise
`PowerFailure`. No handler cleans up after it: what has been written stays, and nothing else is written.
"""

from __future__ import annotations

from random import Random


class PowerFailure(BaseException):
    """Raised when the process dies. Not an `Exception`, because a dead process runs no handlers."""


class Power:
    """Fails once in `every` calls on average, at moments that depend on `seed`."""

    def __init__(self, every: int = 50, seed: int = 1) -> None:
        self._every, self._chance = every, Random(seed)

    def may_fail(self) -> None:
        """Raise `PowerFailure`, or return."""
        if self._chance.random() * self._every < 1:
            raise PowerFailure


class Failpoint:
    """Counts the writes of a program and fails before or after one of them; with `write` 0 it never fails."""

    def __init__(self, write: int = 0, after: bool = False) -> None:
        self.write, self.after = write, after
        self.writes, self.failed, self.moment = 0, False, ""

    def before(self, what: str) -> None:
        """Call this before each write. Raises `PowerFailure`, and raises it again after a failure."""
        if self.failed:
            raise PowerFailure
        self.writes += 1
        if self.writes == self.write and not self.after:
            self._fail(f"before {what}")

    def done(self, what: str) -> None:
        """Call this after each write. Raises `PowerFailure`."""
        if self.writes == self.write and self.after:
            self._fail(f"after {what}")

    def _fail(self, moment: str) -> None:
        self.failed, self.moment = True, moment
        raise PowerFailure
