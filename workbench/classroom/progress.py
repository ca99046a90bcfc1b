"""A participant's progress as a stream of events, and the fold that turns it into a standing per task.

Each kernel appends to the workspace's outbox, one JSON line for each event. Nothing is locked or rewritten,
and a line that cannot be read is skipped. Outside of a workspace, events stay in memory.
"""

from __future__ import annotations

import errno
import os
from codecs import BOM_UTF8
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import msgspec

from workbench.classroom.outcome import Outcome
from workbench.storming.place import notebook_folder
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
    """The original gap was restored in a new cell."""

    task: str


@event_type("GuessMade")
class GuessMade:
    """A participant committed to an answer of a prediction, before seeing the result."""

    prediction: str
    option: str


ProgressEvent = TaskAttempted | HintShown | SolutionShown | TaskReset | GuessMade
_TYPES: dict[str, type[ProgressEvent]] = {
    "TaskAttempted": TaskAttempted,
    "HintShown": HintShown,
    "SolutionShown": SolutionShown,
    "TaskReset": TaskReset,
    "GuessMade": GuessMade,
}


@dataclass(frozen=True)
class Standing:
    """How far a participant has got with one task."""

    attempts: int = 0
    solved: bool = False
    hints: int = 0
    seen: bool = False


def standings(events: Iterable[ProgressEvent]) -> dict[str, Standing]:
    """Fold the events into the standing of each task. A task that was solved once stays solved."""
    by_task: dict[str, Standing] = {}
    for event in events:
        if not isinstance(event, GuessMade):
            by_task[event.task] = _evolve(by_task.get(event.task, Standing()), event)
    return by_task


def guesses(events: Iterable[ProgressEvent]) -> dict[str, str]:
    """Fold the events into the last guess of each prediction."""
    return {event.prediction: event.option for event in events if isinstance(event, GuessMade)}


def _evolve(before: Standing, event: ProgressEvent) -> Standing:
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
    """One line of the outbox."""

    event_id: UUID
    occurred_at: datetime
    type: str
    data: msgspec.Raw


class Outbox:
    """The file that one workspace appends its events to, or a list in memory when `file` is None."""

    def __init__(self, file: Path | None, clock: Clock = wall_clock, ids: IdSource = random_ids) -> None:
        self.file = file
        self._clock, self._ids = clock, ids
        self._unsaved: list[ProgressEvent] = []
        self._warned = file is None

    def append(self, event: ProgressEvent) -> str:
        """Append an event; if the file cannot be written, keep it in memory and, once, return a warning."""
        try:
            self._write(self._line(event))
        except OSError as error:
            self._unsaved.append(event)
            return self._warning(error)
        return ""

    def events(self) -> list[ProgressEvent]:
        """Return the workspace's events in the file's order, then those that could not be saved."""
        return [*self._saved(), *self._unsaved]

    def _line(self, event: ProgressEvent) -> bytes:
        line = OutboxLine(
            self._ids(), self._clock(), type_of(event).name, msgspec.Raw(msgspec.json.encode(event))
        )
        return msgspec.json.encode(line) + b"\n"

    def _write(self, line: bytes) -> None:
        if self.file is None:
            raise FileNotFoundError
        with self.file.open("a+b", buffering=0) as outbox:  # atomic, even if another kernel appends
            line = b"\n" + line if _ends_torn(outbox) else line
            if outbox.write(line) < len(line):  # the disk is full: only a part was written
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _warning(self, error: OSError) -> str:
        if self._warned:
            return ""
        self._warned = True
        reason = error.strerror or type(error).__name__
        return f"Your progress cannot be saved ({reason}); it is kept until the kernel stops."

    def _saved(self) -> list[ProgressEvent]:
        try:
            lines = self.file.read_bytes().removeprefix(BOM_UTF8).splitlines() if self.file else []
        except OSError:
            return []
        return [event for line in lines if (event := _event_of(line)) is not None]


def find_outbox(start: Path) -> Path | None:
    """Return the outbox of the workspace that contains the folder, or None outside of a workspace."""
    for folder in (start, *start.parents):
        if (folder / ".workshop").is_dir():
            return folder / ".workshop" / "progress.jsonl"
    return None


def outbox_here() -> Path | None:
    """Return the outbox of the workspace that contains the notebook; None outside of a workspace."""
    folder = notebook_folder()
    return find_outbox(folder) if folder else None


def _event_of(line: bytes) -> ProgressEvent | None:
    try:
        read = msgspec.json.decode(line, type=OutboxLine)
        cls = _TYPES.get(read.type)
        return msgspec.json.decode(read.data, type=cls) if cls else None
    except (msgspec.MsgspecError, UnicodeError):  # torn or damaged: skipped
        return None


def _ends_torn(outbox: BinaryIO) -> bool:
    """Return whether the last line lacks its end; the next event then starts on a new line."""
    if outbox.seek(0, os.SEEK_END) == 0:
        return False
    outbox.seek(-1, os.SEEK_END)
    return outbox.read(1) != b"\n"
