"""Fault injection: a process that dies in the middle of its writes, and dies at the same place in every run.

`Failpoint` dies at a planned write, `Power` at random moments that follow from a seed. Both raise
`PowerFailure`. Between two writes there is no handler that could tidy up: whatever was written stays, and
nothing else follows.
"""

from __future__ import annotations

from random import Random


class PowerFailure(BaseException):
    """The process is dead. Not an `Exception`, because no handler of a dead program runs."""


class Power:
    """Fails once in `every` times on average, at moments that follow from `seed`."""

    def __init__(self, every: int = 50, seed: int = 1) -> None:
        self._every, self._chance = every, Random(seed)

    def may_fail(self) -> None:
        """Raise `PowerFailure`, or return."""
        if self._chance.random() * self._every < 1:
            raise PowerFailure


class Failpoint:
    """Counts the writes of a program and fails before or after one of them; `write` 0 never fails."""

    def __init__(self, write: int = 0, after: bool = False) -> None:
        self.write, self.after = write, after
        self.writes, self.failed, self.moment = 0, False, ""

    def before(self, what: str) -> None:
        """Call this before each write. Raises `PowerFailure`, and goes on raising it once it has failed."""
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
