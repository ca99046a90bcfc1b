"""The request that an app sends to the back office: for the exercise about keys in chapter 3.1."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    """The request that arrives at the back office after a driver has pressed a button.

    The app counts the presses on its own device (`press`, from 1). Without an answer it sends the same press
    again, with `attempt` 2, then 3, and a new `sent_at`.
    """

    driver: str
    socket: str
    device: str
    press: int
    attempt: int
    sent_at: str


CLICK = Request("ada", "zoo-1", "phone-4711", 17, 1, "18:05:00")
