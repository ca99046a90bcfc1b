"""The base of all errors of this library. `store/errors.py` has those of a store."""

from __future__ import annotations

import pickle
from typing import Any


class WorkshopError(Exception):
    """The base class of all errors of this library. The message says what you asked, what is so, and what to
    do now. An error can be copied and sent to another process.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the error without calling `__init__` again, whose arguments are not kept."""
        attributes = {name: _portable(value) for name, value in vars(self).items()}
        return _restored, (type(self), self.args, attributes, _portable(self.__cause__))

    def __copy__(self, memo: object = None) -> Any:
        return _restored(type(self), self.args, vars(self), self.__cause__)

    __deepcopy__ = __copy__


def _restored(cls: type[Any], args: tuple[Any, ...], attributes: dict[str, Any], cause: object) -> Any:
    error = cls.__new__(cls, *args)
    vars(error).update(attributes)
    if isinstance(cause, BaseException):
        error.__cause__ = cause
    return error


def _portable(value: object) -> object:
    """Return a value that another process can receive: its repr if it cannot be pickled."""
    try:
        pickle.loads(pickle.dumps(value))
    except Exception:
        return shortened(value)
    return value


def shortened(value: object, limit: int = 200) -> str:
    """Return a value's repr, cut to a length that fits into a message."""
    try:
        text = repr(value)
    except Exception:  # it is nested too deeply, or its own __repr__ fails
        text = f"a {type(value).__name__} that cannot be shown"
    return text if len(text) <= limit else text[: limit - 1] + "…"
