"""The facilitator's guide: what to say in each phase of a storming, and for how long.

The minutes are for a storming of two hours with about ten people; the clock in the widget can change them.
Read `board.py` next: it shows the guides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from workbench.storming.events import Kind, Phase


class Guide(NamedTuple):
    """How to lead a phase: what to say, for how many minutes, and which kinds of notes are used."""

    prompt: str
    minutes: int
    kinds: tuple[Kind, ...]


GUIDES: Mapping[Phase, Guide] = {
    Phase.CHAOTIC_EXPLORATION: Guide(
        "Everybody alone, in silence: what happens in this business? One event per note, in the past tense. "
        "Do not tidy up.",
        15,
        (Kind.EVENT,),
    ),
    Phase.TIMELINE: Guide(
        "Order the events from left to right. Put notes that mean the same in one place, but ask first "
        "whether they do. If you disagree, place a hot spot and go on.",
        20,
        (Kind.EVENT, Kind.HOT_SPOT),
    ),
    Phase.PIVOTAL_EVENTS: Guide(
        "After which few events is nothing the same as before? Mark four or five; people, words and duties "
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
        "Walk along the wall and tell the story aloud. If you doubt something, place a hot spot; nobody has "
        "to solve it now.",
        15,
        (Kind.HOT_SPOT,),
    ),
    Phase.REVERSE_NARRATIVE: Guide(
        "Start at the last event and go backwards: what must have happened before this could happen? Add "
        "what was missing.",
        15,
        (Kind.EVENT, Kind.HOT_SPOT),
    ),
    Phase.PROBLEMS_AND_OPPORTUNITIES: Guide(
        "Where is money, time or trust lost, and where could it be gained? Choose the hot spot to work on "
        "tomorrow; give every other an owner.",
        15,
        (Kind.HOT_SPOT, Kind.OPPORTUNITY),
    ),
}
"""A guide for each phase, in their order."""
