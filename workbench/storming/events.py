"""What can happen on a wall, and the words for it: kinds of notes, levels, phases, events.

A finished gesture of somebody at the wall is one event, or a few that belong together. Read `wall.py` next:
what the events add up to.
"""

from __future__ import annotations

from enum import StrEnum

from workshop_lib.events import event_type


class Kind(StrEnum):
    """What a note stands for. It is data: green and yellow both mean two things on a wall."""

    EVENT = "event"
    COMMAND = "command"
    ACTOR = "actor"
    AGGREGATE = "aggregate"
    POLICY = "policy"
    READ_MODEL = "read model"
    SYSTEM = "external system"
    HOT_SPOT = "hot spot"
    OPPORTUNITY = "opportunity"


class AreaKind(StrEnum):
    """What a frame on the wall means."""

    CONTEXT = "context"
    LANE = "lane"


class Level(StrEnum):
    """How strict the grammar is: from the whole business to the design of the software."""

    BIG_PICTURE = "big picture"
    PROCESS = "process"
    DESIGN = "design"


class Phase(StrEnum):
    """The steps of a storming, in their order."""

    CHAOTIC_EXPLORATION = "chaotic exploration"
    TIMELINE = "timeline"
    PIVOTAL_EVENTS = "pivotal events"
    PEOPLE_AND_SYSTEMS = "people and systems"
    HOT_SPOTS = "hot spots"
    REVERSE_NARRATIVE = "reverse narrative"
    PROBLEMS_AND_OPPORTUNITIES = "problems and opportunities"


# Events: stored formats. Places are in board units, x to the right (time) and y downwards.


@event_type("NotePlaced")
class NotePlaced:
    """A note was stuck to the wall; `x` and `y` are its centre."""

    note: str
    kind: Kind
    text: str
    x: float
    y: float


@event_type("NoteMoved")
class NoteMoved:
    """A note hangs elsewhere now, with its centre there."""

    note: str
    x: float
    y: float


@event_type("NoteReworded")
class NoteReworded:
    """A note says something else: its name in the first line, details in those below."""

    note: str
    text: str


@event_type("NoteRetyped")
class NoteRetyped:
    """A note turned out to stand for something else."""

    note: str
    kind: Kind


@event_type("NoteRemoved")
class NoteRemoved:
    """A note was taken off the wall; its arrows are not to be seen without it."""

    note: str


@event_type("NoteRestored")
class NoteRestored:
    """A note that had been taken off hangs again as it did, with its arrows."""

    note: str


@event_type("NotesLinked")
class NotesLinked:
    """An arrow leads from one note to another."""

    source: str
    target: str


@event_type("NotesUnlinked")
class NotesUnlinked:
    """An arrow was rubbed out."""

    source: str
    target: str


@event_type("PivotMarked")
class PivotMarked:
    """An event was called pivotal: before it and after it the business is in another state."""

    note: str


@event_type("PivotUnmarked")
class PivotUnmarked:
    """An event is pivotal no more."""

    note: str


@event_type("HotSpotResolved")
class HotSpotResolved:
    """A question found its answer, in these words."""

    note: str
    answer: str


@event_type("HotSpotReopened")
class HotSpotReopened:
    """The answer was none."""

    note: str


@event_type("HotSpotAssigned")
class HotSpotAssigned:
    """Somebody will find out; an empty name: nobody any more."""

    note: str
    owner: str


@event_type("AreaDrawn")
class AreaDrawn:
    """A bounded context was framed, or a swim lane drawn; `x` and `y` are the upper left corner."""

    area: str
    kind: AreaKind
    name: str
    x: float
    y: float
    width: float
    height: float


@event_type("AreaReshaped")
class AreaReshaped:
    """A frame was moved or pulled to another size."""

    area: str
    x: float
    y: float
    width: float
    height: float


@event_type("AreaRenamed")
class AreaRenamed:
    """A context or lane has another name."""

    area: str
    name: str


@event_type("AreaRemoved")
class AreaRemoved:
    """A frame was rubbed out; the notes in it stay."""

    area: str


@event_type("AreaRestored")
class AreaRestored:
    """A frame that had been rubbed out is back."""

    area: str


@event_type("PhaseEntered")
class PhaseEntered:
    """The facilitator opened a phase of the storming; None: it is not in any yet."""

    phase: Phase | None


@event_type("FindingOverruled")
class FindingOverruled:
    """Somebody who knows the business said that a finding of the grammar is right as it is, and why."""

    finding: str
    reason: str


@event_type("FindingReinstated")
class FindingReinstated:
    """The grammar may ask again."""

    finding: str
