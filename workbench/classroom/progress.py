"""Progress is a stream of events too: what was tried, hinted, shown and reset, and what that adds up to.

Each kernel appends to the workspace's outbox, one JSON line for each event. Nothing is locked, nothing is
ever rewritten, and a line that cannot be read is passed over. Without a workspace it all stays in memory.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import msgspec

from workbench.classroom.outcome import Outcome
from workshop_lib.clock import Clock, IdSource, random_ids, wall_clock
from workshop_lib.events import event_type, type_of


@event_type("TaskAttempted")
class TaskAttempted:
    """A check gave a verdict; `outcome` is the name of one of the five, `message` what was seen."""

    task: str
    chapter: str
    outcome: str
    message: str


@event_type("HintShown")
class HintShown:
    """A hint was shown: the first, second or third."""

    task: str
    step: int


@event_type("SolutionShown")
class SolutionShown:
    """Our solution was shown."""

    task: str


@event_type("TaskReset")
class TaskReset:
    """The original gap was asked for again."""

    task: str


Happening = TaskAttempted | HintShown | SolutionShown | TaskReset
_TYPES: dict[str, type[Happening]] = {
    "TaskAttempted": TaskAttempted,
    "HintShown": HintShown,
    "SolutionShown": SolutionShown,
    "TaskReset": TaskReset,
}


@dataclass(frozen=True)
class Standing:
    """Where somebody stands with one task."""

    attempts: int = 0
    solved: bool = False
    hints: int = 0
    seen: bool = False


def standings(events: Iterable[Happening]) -> dict[str, Standing]:
    """The state of each task: a fold of what happened. What was solved once stays solved."""
    by_task: dict[str, Standing] = {}
    for event in events:
        by_task[event.task] = _evolve(by_task.get(event.task, Standing()), event)
    return by_task


def _evolve(before: Standing, event: Happening) -> Standing:
    match event:
        case TaskAttempted(outcome=Outcome.PASSED.name):
            return replace(before, attempts=before.attempts + 1, solved=True)
        case TaskAttempted(outcome=Outcome.WRONG.name | Outcome.ERROR.name):
            return replace(before, attempts=before.attempts + 1)
        case HintShown(step=step):
            return replace(before, hints=max(before.hints, step))
        case SolutionShown():
            return replace(before, seen=True)
        case TaskReset():
            return replace(before, hints=0)
        case _:
            return before


class OutboxLine(msgspec.Struct):
    """One line of the outbox, to be delivered as it is."""

    event_id: UUID
    occurred_at: datetime
    type: str
    data: msgspec.Raw


class Outbox:
    """The file that one workspace appends its events to, or a list in memory when `file` is None."""

    def __init__(self, file: Path | None, clock: Clock = wall_clock, ids: IdSource = random_ids) -> None:
        self.file = file
        self._clock, self._ids = clock, ids
        self._unsaved: list[Happening] = []
        self._complained = file is None

    def append(self, event: Happening) -> str:
        """Keep an event. Returns a sentence, once, when the file cannot be written and memory has to do."""
        try:
            self._write(self._line(event))
        except OSError as error:
            self._unsaved.append(event)
            return self._complaint(error)
        return ""

    def events(self) -> list[Happening]:
        """Everything that happened in this workspace, in the file's order, then what could not be saved."""
        return [*self._saved(), *self._unsaved]

    def _line(self, event: Happening) -> bytes:
        line = OutboxLine(
            self._ids(), self._clock(), type_of(event).name, msgspec.Raw(msgspec.json.encode(event))
        )
        return msgspec.json.encode(line) + b"\n"

    def _write(self, line: bytes) -> None:
        if self.file is None:
            raise FileNotFoundError
        with self.file.open("a+b", buffering=0) as outbox:  # appends, whoever else is writing
            line = b"\n" + line if _ends_torn(outbox) else line
            if outbox.write(line) < len(line):  # what a full disk does when it has room for a part
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _complaint(self, error: OSError) -> str:
        if self._complained:
            return ""
        self._complained = True
        reason = error.strerror or type(error).__name__
        return f"Your progress cannot be saved ({reason}); it is kept until the kernel stops."

    def _saved(self) -> list[Happening]:
        try:
            lines = self.file.read_bytes().splitlines() if self.file else []
        except OSError:
            return []
        return [event for line in lines if (event := _event_of(line)) is not None]


def find_outbox(start: Path) -> Path | None:
    """The outbox of the workspace that a folder lies in, or None outside of every workspace."""
    for folder in (start, *start.parents):
        if (folder / ".workshop").is_dir():
            return folder / ".workshop" / "progress.jsonl"
    return None


def _event_of(line: bytes) -> Happening | None:
    try:
        read = msgspec.json.decode(line, type=OutboxLine)
        cls = _TYPES.get(read.type)
        return msgspec.json.decode(read.data, type=cls) if cls else None
    except (msgspec.MsgspecError, UnicodeError):  # torn or damaged: passed over, and left where it is
        return None


def _ends_torn(outbox: BinaryIO) -> bool:
    """Whether the last line was cut short; it then stays a line of its own, and damages no other."""
    if outbox.seek(0, os.SEEK_END) == 0:
        return False
    outbox.seek(-1, os.SEEK_END)
    return outbox.read(1) != b"\n"
