"""The single checks of walls and names in chapter 1.2.

Read `c1_2/checks.py` to see which task uses which.
"""

from __future__ import annotations

from typing import Any

from exercises.checks.c1_2 import cases
from exercises.checks.small_logs import counted
from exercises.checks.walls import asked_for_words, contexts_of, key, linked, named, quoted
from workbench.classroom.attempt import Attempt
from workbench.classroom.plain import clipped, shown
from workbench.storming.board import Board
from workbench.storming.events import AreaKind, Kind, Level
from workbench.storming.grammar.english import past_tense
from workbench.storming.grammar.graph import Element, Graph
from workbench.storming.wall import Note, Wall

PEOPLE = (Kind.ACTOR, Kind.SYSTEM)

WHY_NOT = {
    cases.EVENT: "An event is a fact of the business in the past tense, which nobody can refuse any more.",
    cases.WISH: "A command is a wish in the imperative: it may be refused, and then nothing has happened.",
    cases.ROW: "A row word says that a record changed, and leaves out what people did.",
    cases.MACHINE: "A technical event is about the program; the business would not miss it.",
    cases.STATE: "A state lasts; an event happens at one moment and is what changes the state.",
    cases.TWO: "Two facts with one name cannot be told apart later, not even when only one of them happens.",
}


def texts(attempt: Attempt, bad: str, given: Any) -> list[str]:
    """Return the names that were given as a list; a single name may be given alone."""
    names = [given] if isinstance(given, str) else given
    attempt.expect(
        isinstance(names, (list, tuple, set)) and all(isinstance(name, str) for name in names),
        seen=f"You replace `{bad}` with `{shown(given, 60)}`.",
        why="A name on the wall is a text that people read.",
        look="Give a list of names, each of them a text.",
    )
    return list(names)


def a_better_name(attempt: Attempt, bad: str, names: list[str]) -> None:
    """Check that enough facts replace a bad name, each well worded."""
    facts = {key(name) for name in names}
    attempt.expect(
        len(facts) >= cases.LEAST.get(bad, 1),
        seen=f"You replace `{bad}` with {counted(len(facts), 'fact')}.",
        why="A name that stands for several facts has to become several names.",
        look=cases.CANDIDATES[bad].question,
    )
    for name in names:
        attempt.expect(
            key(name) != key(bad),
            seen=f"You replace `{bad}` with the same name, `{clipped(name, 60)}`.",
            why=WHY_NOT[cases.CANDIDATES[bad].verdict],
            look=cases.CANDIDATES[bad].question,
        )
        reading = past_tense(name)
        attempt.expect(
            reading.holds,
            seen=f"You replace `{bad}` with `{clipped(name, 60)}`: {reading.because}",
            why=WHY_NOT[cases.EVENT],
            look="Say who or what, and then a verb in the past tense.",
        )
        board = Board("better", "memory://")
        board.place(Kind.EVENT, name)
        for finding in board.check(Level.BIG_PICTURE):
            asked_for_words(attempt, finding)
        of_this_story(attempt, bad, name)


def of_this_story(attempt: Attempt, bad: str, name: str) -> None:
    """Check that a fact is about somebody or something in the story, and about what the bad name meant."""
    said = {word.rstrip("s") for word in key(name)}
    attempt.expect(
        said & (cases.VOCABULARY | cases.MEANT[bad]),
        seen=f"You replace `{bad}` with `{clipped(name, 60)}`. At a charging station?",
        why="It may well have happened, and in the past tense; but nobody in this story speaks of it.",
        look=f"Which things and people are involved? {cases.CANDIDATES[bad].question}",
    )
    attempt.expect(
        said & (cases.MEANT[bad] | cases.ANYBODY),
        seen=f"You replace `{bad}` with `{clipped(name, 60)}`, which is another story.",
        why="What the old name meant must still be told by the new one, or it is lost.",
        look=cases.CANDIDATES[bad].question,
    )


def nothing_lost(attempt: Attempt, bad: str, names: list[str]) -> None:
    """Check that of several facts in one name none is lost."""
    for meant, words in cases.HALVES.get(bad, {}).items():
        attempt.expect(
            any({word.rstrip("s") for word in key(name)} & words for name in names),
            seen=f"Your facts for `{bad}` say nothing about {meant} any more.",
            why="Two facts with one name become two facts with two names; neither may get lost.",
            look=cases.CANDIDATES[bad].question,
        )


def orange(attempt: Attempt, wall: Wall) -> None:
    """Check that no note of another kind has the name of an event, or is told as one."""
    events = {key(note.name) for note in wall.of(Kind.EVENT)}
    for note in wall.of(Kind.COMMAND, Kind.POLICY, Kind.READ_MODEL, Kind.AGGREGATE):
        name = key(note.name)
        attempt.expect(
            name not in events and not (note.kind is Kind.COMMAND and past_tense(note.name).holds),
            seen=f"{quoted(note)} is a {note.kind}, and its name says that it happened.",
            why="The colours are the grammar of the wall: orange has happened, blue is a wish.",
            look="If it happened, make it an event. If somebody wants it, write the wish: Start Charging.",
        )


def in_one_frame(attempt: Attempt, wall: Wall) -> None:
    """Check that no event hangs in two frames."""
    frames = [area for area in wall.areas.values() if area.kind is AreaKind.CONTEXT]
    for note in wall.of(Kind.EVENT):
        around = [
            frame
            for frame in frames
            if frame.x <= note.x <= frame.x + frame.width and frame.y <= note.y <= frame.y + frame.height
        ]
        attempt.expect(
            len(around) < 2,
            seen=f"{quoted(note)} hangs in {len(around)} frames: "
            f"{', '.join(f'`{clipped(frame.name, 30)}`' for frame in around)}.",
            why="Within one context a word has one meaning. An event that two teams own is changed by both.",
            look="Whose word is it? Draw the frames so that they do not overlap.",
        )


def still_there(attempt: Attempt, wall: Wall, names: tuple[str, ...]) -> None:
    """Check that these events are still on the wall."""
    there = named(wall, Kind.EVENT)
    for name in names:
        attempt.expect(
            key(name) in there,
            seen=f"`{name}` is no longer an event on the wall.",
            why="It is a fact that somebody reported. Put the story in order, but do not shorten it.",
            look="Add the note again with its old name, then move it to its place.",
        )


def no_twins(attempt: Attempt, events: list[Note]) -> None:
    """Check that each event has a name, and a name of its own."""
    seen: dict[tuple[str, ...], Note] = {}
    for note in events:
        attempt.expect(
            note.name,
            seen="One orange note is empty.",
            why="After lunch nobody will remember what an empty note meant.",
            look="Write on it what happened, or remove it.",
        )
        twin = seen.setdefault(key(note.name), note)
        attempt.expect(
            twin is note,
            seen=f"Two notes say {quoted(note)}.",
            why="With the same words for two facts, each team goes on with a meaning of its own.",
            look="What exactly did each of the two people see? Read the lines below the name.",
        )


def not_every_minute(attempt: Attempt, pivotal: list[Note]) -> None:
    """Check that each pivotal event happens about once in a session."""
    graph = cases.follows_by_session()
    often = {key(name): times / graph.cases for name, times in graph.activities.items()}
    for note in pivotal:
        times = often.get(key(note.name), 1.0)
        attempt.expect(
            times < 2,
            seen=f"{quoted(note)} is pivotal, but it happens {times:.0f} times in a session.",
            why="At a pivotal event somebody else takes over. Nobody takes over every minute.",
            look="Which event happens once in a session and changes who is in charge?",
        )
        attempt.expect(
            times > 0.5,
            seen=f"{quoted(note)} is pivotal, but {1 - times:.0%} of all sessions do without it.",
            why="A chapter that most sessions skip is only a side story.",
            look="Which events does every session go through?",
        )


def questions_at_borders(attempt: Attempt, wall: Wall) -> None:
    """Check that there is a hot spot wherever the story crosses a border, and few elsewhere."""
    spots = wall.of(Kind.HOT_SPOT)
    touched = {spot.id: contexts_of(wall, spot) for spot in spots}
    borders = {
        (wall.context_of(one), wall.context_of(other)): (one, other)
        for one, other in wall.links
        if one.kind is other.kind is Kind.EVENT and wall.context_of(one) != wall.context_of(other)
    }
    attempt.expect(
        len(borders) >= 2,
        seen=f"The story crosses {counted(len(borders), 'border')} between contexts.",
        why="If nothing passes between contexts they are separate businesses, or arrows are missing.",
        look="Draw an arrow from event to event wherever work is handed over, also between two frames.",
    )
    for (here, there), (one, other) in sorted(borders.items()):
        attempt.expect(
            any({here, there} <= contexts for contexts in touched.values()),
            seen=f"From {quoted(one)} to {quoted(other)} the story leaves `{clipped(here, 30)}` for "
            f"`{clipped(there, 30)}`, and no hot spot touches both.",
            why="Where one word has two meanings, a context ends. A hot spot asks which one is meant.",
            look="What do the two teams mean by what is handed over? What if it comes late, or twice?",
        )
    inside = [spot for spot in spots if len(touched[spot.id]) < 2]
    attempt.expect(
        2 * len(inside) <= len(spots),
        seen=f"{len(inside)} of {len(spots)} hot spots touch one context or none, "
        f"such as {', '.join(map(quoted, inside[:1]))}.",
        why="One team can answer its own questions alone. The others need everybody in the room.",
        look="Which two frames does the question concern? Place it between them.",
    )
    for spot in spots:
        attempt.expect(
            spot.name,
            seen="A hot spot is empty.",
            why="A red note without a question only shows that somebody was unhappy.",
            look="Write the question that nobody could answer.",
        )


def has_a_beginning(graph: Graph, event: Element) -> bool:
    """Return whether the arrows lead back from an event to a person, a system or time."""
    causes = {event} | graph.upstream([event])
    return any(one.kind in PEOPLE or one.is_time for one in causes)


def are_pairs(got: Any) -> bool:
    """Return whether these are pairs of event types with their numbers."""
    items = got.items() if isinstance(got, dict) else got
    return all(isinstance(one, tuple) and len(one) == 2 and isinstance(one[0], tuple) for one in items)


def asked_about(wall: Wall) -> list[set[tuple[str, ...]]]:
    """Return, for each hot spot that is not empty, the names of the notes that are linked to it."""
    return [
        {key(wall.notes[id_].name) for id_ in linked(wall, spot)}
        for spot in wall.of(Kind.HOT_SPOT)
        if spot.name
    ]


def surprises(attempt: Attempt, wall: Wall) -> None:
    """Check that a hot spot is linked to both ends of a rare arrow."""
    ends = [{key(arc.source), key(arc.target)} for arc in cases.follows_by_session().surprises]
    attempt.expect(
        any(pair <= spot for pair in ends for spot in asked_about(wall)),
        seen="Some events follow in an order that nobody would have drawn, and no hot spot asks about it.",
        why="Programs are written for the thick arrows, and break at the rare ones.",
        look="Which arrows are red in the picture of the log? Link a hot spot to both ends of one.",
    )
