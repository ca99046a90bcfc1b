"""The events of a wall and their vocabulary: kinds of notes, levels, phases.

A finished gesture is recorded as one event, or as a few that belong together. Read `wall.py` next: the state
that the events fold to.
"""

from __future__ import annotations

from enum import StrEnum

from workshop_lib.events import event_type


class Kind(StrEnum):
    """What a note stands for. It is recorded, because a colour alone may stand for two kinds."""

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
    """How strict the grammar is, from the whole business to the design of the software."""

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


# Events: stored formats. Positions are in board units; x (time) grows to the right, y downwards.


@event_type("NotePlaced")
class NotePlaced:
    """A note was placed on the wall; `x` and `y` are its centre."""

    note: str
    kind: Kind
    text: str
    x: float
    y: float


@event_type("NoteMoved")
class NoteMoved:
    """A note was moved; `x` and `y` are its new centre."""

    note: str
    x: float
    y: float


@event_type("NoteReworded")
class NoteReworded:
    """A note has a new text: its name in the first line, details in the lines below."""

    note: str
    text: str


@event_type("NoteRetyped")
class NoteRetyped:
    """A note was given another kind."""

    note: str
    kind: Kind


@event_type("NoteRemoved")
class NoteRemoved:
    """A note was removed; its arrows are hidden with it."""

    note: str


@event_type("NoteRestored")
class NoteRestored:
    """A removed note was put back as it was, with its arrows."""

    note: str


@event_type("NotesLinked")
class NotesLinked:
    """An arrow was drawn from one note to another."""

    source: str
    target: str


@event_type("NotesUnlinked")
class NotesUnlinked:
    """An arrow was removed."""

    source: str
    target: str


@event_type("PivotMarked")
class PivotMarked:
    """An event was marked as pivotal: the state of the business differs before and after it."""

    note: str


@event_type("PivotUnmarked")
class PivotUnmarked:
    """An event is no longer pivotal."""

    note: str


@event_type("HotSpotResolved")
class HotSpotResolved:
    """A hot spot was answered."""

    note: str
    answer: str


@event_type("HotSpotReopened")
class HotSpotReopened:
    """The answer of a hot spot was withdrawn."""

    note: str


@event_type("HotSpotAssigned")
class HotSpotAssigned:
    """A hot spot has a new owner, who will find the answer; an empty name: no owner."""

    note: str
    owner: str


@event_type("AreaDrawn")
class AreaDrawn:
    """A frame of a bounded context or a swim lane was drawn; `x` and `y` are its upper left corner."""

    area: str
    kind: AreaKind
    name: str
    x: float
    y: float
    width: float
    height: float


@event_type("AreaReshaped")
class AreaReshaped:
    """A frame was moved or resized."""

    area: str
    x: float
    y: float
    width: float
    height: float


@event_type("AreaRenamed")
class AreaRenamed:
    """A context or lane was renamed."""

    area: str
    name: str


@event_type("AreaRemoved")
class AreaRemoved:
    """A frame was removed; the notes in it stay."""

    area: str


@event_type("AreaRestored")
class AreaRestored:
    """A removed frame was put back."""

    area: str


@event_type("PhaseEntered")
class PhaseEntered:
    """A phase of the storming was started; None: no phase."""

    phase: Phase | None


@event_type("FindingOverruled")
class FindingOverruled:
    """Somebody who knows the business said why a finding of the grammar does not apply."""

    finding: str
    reason: str


@event_type("FindingReinstated")
class FindingReinstated:
    """An overruled finding counts again."""

    finding: str
