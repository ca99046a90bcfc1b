"""A power supply that fails at the worst moment, and does so again in every run with the same seed.

Between two writes nothing holds the world together. `Power` stands there and pulls the plug now and then.
"""

from __future__ import annotations

from random import Random


class PowerCut(Exception):
    """The process is gone; what it had written is there, what it was about to write is not."""


class Power:
    """Fails once in `every` times on average, at moments that follow from `seed`."""

    def __init__(self, every: int = 50, seed: int = 1) -> None:
        self._every, self._chance = every, Random(seed)

    def may_fail(self) -> None:
        """Pull the plug, or not. Raises `PowerCut`."""
        if self._chance.random() * self._every < 1:
            raise PowerCut
