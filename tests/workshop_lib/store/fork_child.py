"""Use every verb of a parent's store in a forked child, then close it."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from typing import Any

from workshop_lib.store.consumers import ConsumerGroup
from workshop_lib.store.port import Append, EventStore
from workshop_lib.store.process import OpenedBeforeFork


def opened_before(store: EventStore, event: object) -> dict[str, Callable[[], Any]]:
    """Return each verb of a store, and of what it had returned before the fork."""
    subscription, branch, earlier = store.subscribe(), store.fork(), store.as_of(position=1)
    lazily_read, group = store.read(), ConsumerGroup(store)
    member = group.join()
    verbs = {
        "append": lambda: store.append("fork-1", [event]),
        "append_batch": lambda: store.append_batch([Append("fork-1", [event])]),
        "read": lambda: [*store.read()],
        "read_stream": lambda: [*store.read_stream("fork-1")],
        "stream_version": lambda: store.stream_version("fork-1"),
        "position": lambda: store.position(),
        "wait": lambda: store.wait(0, 0),
        "verify": lambda: store.verify(),
        "as_of": lambda: store.as_of(position=1),
        "subscribe": lambda: store.subscribe(),
        "fork": lambda: store.fork(),
        "sql": lambda: store.sql("SELECT 1"),  # type: ignore[attr-defined]
        "with": lambda: store.__enter__(),
        "subscription.next": lambda: subscription.next(0),
        "subscription": lambda: next(subscription),
        "branch.append": lambda: branch.append("fork-1", [event]),
        "branch.position": lambda: branch.position(),
        "as_of.read": lambda: [*earlier.read()],
        "as_of.position": lambda: earlier.position(),
        "group.join": lambda: group.join(),
        "member.next": lambda: member.next(0),
        "member.acknowledge": lambda: member.acknowledge(),
    }
    if type(store).__name__ != "MemoryStore":  # a list was read already
        verbs["lazily read"] = lambda: [*lazily_read]
    return verbs


def accepted(verbs: dict[str, Callable[[], Any]]) -> list[str]:
    """Return the verbs that raise anything but `OpenedBeforeFork`."""
    found = []
    for name, verb in verbs.items():
        try:
            verb()
            found.append(f"{name} was accepted")
        except OpenedBeforeFork:
            pass
        except BaseException as error:
            found.append(f"{name}: {error!r}")
    return found


def in_child(act: Callable[[], None]) -> int:
    """Run a function in a forked child; return its exit code (negative: the signal that killed it)."""
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        act()
        gc.collect()
        os._exit(0)
    except BaseException as error:
        os.write(2, f"{error!r}\n".encode())
        os._exit(1)


def use_and_close(store: EventStore, verbs: dict[str, Callable[[], Any]]) -> None:
    """Try every verb, then close the store twice."""
    wrong = accepted(verbs)
    store.close()
    store.close()
    verbs.clear()
    del store
    assert not wrong, wrong
