"""Stores after a fork: a file, a lock or a connection belongs to the process that opened it.

A forked child starts with copies of its parent's stores. If it used them, two processes would assign the same
positions, or read each other's answers from one socket. So in the child the methods of every store are
replaced: they raise `OpenedBeforeFork`, and `close` does nothing. What a store holds is never freed there,
because that would close the parent's file too. Windows has no fork.
"""

from __future__ import annotations

import os
from types import new_class
from typing import Any, NoReturn
from weakref import WeakSet

from workshop_lib.store.errors import StoreError

_open = WeakSet[Any]()


class OpenedBeforeFork(StoreError):
    """A store is used in a forked child of the process that opened it."""

    def __init__(self) -> None:
        super().__init__(
            f"You asked to use a store in process {os.getpid()}, but its parent opened it, and a file "
            "or connection cannot be shared by both. Open a store here, after the fork, with open_store(…)."
        )


def _raise(*_: object) -> NoReturn:
    raise OpenedBeforeFork


def _only_close(opened: object, name: str) -> Any:
    """Return nothing but `close`, and what every object has."""
    if name == "close" or name.startswith("__"):
        return object.__getattribute__(opened, name)
    raise OpenedBeforeFork


_METHODS = {
    "__getattribute__": _only_close,
    "__repr__": lambda _: "<a store of the parent process>",
    "close": lambda _: None,
    "__exit__": lambda *_: None,
    **dict.fromkeys(("__enter__", "__iter__", "__next__"), _raise),
}


def belongs_to_this_process(opened: object) -> None:
    """Register something that a forked child must not use."""
    _open.add(opened)


def _abandon() -> None:
    """Make everything that the parent had open unusable here, without freeing it."""
    import ctypes

    for opened in [*_open]:
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(vars(opened)))
        kind = type(opened)
        opened.__class__ = new_class(kind.__name__, (kind,), exec_body=lambda body: body.update(_METHODS))


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_abandon)
