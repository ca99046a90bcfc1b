"""Repeat a request to JetStream until it is answered, and decide which errors are an answer.

Read `jetstream_engine/connection.py` next.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import TypeGuard, TypeVar

from nats.js.errors import APIError, ServiceUnavailableError

from workshop_lib.store.jetstream_engine.address import ANSWER, TROUBLE

PAUSE, FIRST_PAUSE = 0.1, 0.005
"""How long to wait before a request is repeated, in seconds: each time twice as long, up to the former."""

NO_MESSAGE_FOUND, WRONG_LAST_SEQUENCE = 10037, 10071

NOT_YET = {10158, 10163, 10164, 10167, 10176, 10210, 10211}
"""Errors that decide nothing: the message with this id (10158), or one on this subject (10164), is just being
replicated; a new leader has not read its log yet (10163); too many requests (10167) or batches (10210, 10211)
are waiting; a part of a batch was lost on its way (10176).
"""

_T = TypeVar("_T")


async def until_answered(ask: Callable[[], Awaitable[_T]], patience: float) -> _T:
    """Repeat a request for this many seconds at most. Raises the last error."""
    end, pause = monotonic() + patience, FIRST_PAUSE
    while True:
        try:
            return await asyncio.wait_for(ask(), max(end - monotonic(), ANSWER))
        except TROUBLE as error:
            if final(error) or monotonic() > end:
                raise
        await asyncio.sleep(pause)
        pause = min(2 * pause, PAUSE)


def final(error: BaseException) -> TypeGuard[APIError]:
    """Return whether the error is final: the request had no effect, and a retry cannot help.

    An error with the status 503 is not: a replica that cannot store a message may not be the only one.
    """
    waits = isinstance(error, ServiceUnavailableError)
    return isinstance(error, APIError) and not waits and error.err_code not in NOT_YET


def plain(error: BaseException) -> str:
    """Return what an error says."""
    return str(error).removeprefix("nats: ") or type(error).__name__
