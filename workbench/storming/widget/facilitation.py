"""What a facilitator says and how long it takes: one guide for each phase of a storming.

The minutes are for two hours with ten people or so, and are there to be changed on the clock.
Read `board.py` next: where they are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from workbench.storming.events import Kind, Phase


class Guide(NamedTuple):
    """How to lead a phase: what to say, for how long, and the notes that are handed out in it."""

    prompt: str
    minutes: int
    kinds: tuple[Kind, ...]


GUIDES: Mapping[Phase, Guide] = {
    Phase.CHAOTIC_EXPLORATION: Guide(
        "Everybody alone, in silence: what happens in this business? One event a note, in the past tense. Do "
        "not tidy up.",
        15,
        (Kind.EVENT,),
    ),
    Phase.TIMELINE: Guide(
        "Order the events from left to right. Put those that say the same on one spot, and ask first whether "
        "they do. Disagree? Place a hot spot and go on.",
        20,
        (Kind.EVENT, Kind.HOT_SPOT),
    ),
    Phase.PIVOTAL_EVENTS: Guide(
        "After which few events is nothing as it was before? Mark four or five; people, words and duties "
        "change there.",
        10,
        (Kind.EVENT,),
    ),
    Phase.PEOPLE_AND_SYSTEMS: Guide(
        "Who makes this happen, and which system has a say? A spreadsheet is a system too.",
        15,
        (Kind.ACTOR, Kind.SYSTEM),
    ),
    Phase.HOT_SPOTS: Guide(
        "Walk along the wall and tell the story aloud. Whoever doubts, places a hot spot; nobody has to "
        "solve it now.",
        15,
        (Kind.HOT_SPOT,),
    ),
    Phase.REVERSE_NARRATIVE: Guide(
        "Start at the last event and go backwards: what must have happened, so that this could happen? Place "
        "what was missing.",
        15,
        (Kind.EVENT, Kind.HOT_SPOT),
    ),
    Phase.PROBLEMS_AND_OPPORTUNITIES: Guide(
        "Where is money, time or trust lost, and where could it be won? Choose the hot spot that is worth "
        "tomorrow; give every other an owner.",
        15,
        (Kind.HOT_SPOT, Kind.OPPORTUNITY),
    ),
}
"""A guide for each phase, in their order."""
