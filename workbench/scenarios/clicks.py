"""The press of a button on its way to the back office: for the exercise about keys in chapter 3.1."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Request:
    """What arrives at the back office when a driver has pressed a button.

    The app counts the presses of its own device (`press`, from 1). If no answer comes it sends the same press
    again: `attempt` is 2, then 3, and `sent_at` is the time of the sending.
    """

    driver: str
    socket: str
    device: str
    press: int
    attempt: int
    sent_at: str


CLICK = Request("ada", "zoo-1", "phone-4711", 17, 1, "18:05:00")
