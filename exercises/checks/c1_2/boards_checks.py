"""What is asked of the walls and names of chapter 1.2, question by question.

Read `c1_2/checks.py` for which task asks what.
"""

from __future__ import annotations

from typing import Any

from exercises.checks.c1_2 import cases
from exercises.checks.small_logs import counted
from exercises.checks.walls import asked_for_words, contexts_of, key, linked, named, quoted
from workbench.classroom.attempt import Attempt
from workbench.classroom.plain import clipped, shown
from workbench.storming.board import Board
from workbench.storming.events import Kind, Level
from workbench.storming.grammar.english import past_tense
from workbench.storming.grammar.graph import Element, Graph
from workbench.storming.wall import Note, Wall

PEOPLE = (Kind.ACTOR, Kind.SYSTEM)

WHY_NOT = {
    cases.EVENT: "An event is a fact of the business that nobody can refuse any more, in the past tense.",
    cases.WISH: "A command is a wish in the imperative: it may be refused, and then nothing has happened.",
    cases.ROW: "A row word says that a record changed and leaves out what people did.",
    cases.MACHINE: "A technical event is about the program; the business would not miss it.",
    cases.STATE: "A state lasts; an event happens at one moment and is what changes the state.",
    cases.TWO: "Two facts in one name can never be told apart again, not even on the day they part.",
}


def texts(attempt: Attempt, bad: str, said: Any) -> list[str]:
    """The names that were given; a single one may come without a list."""
    names = [said] if isinstance(said, str) else said
    attempt.expect(
        isinstance(names, (list, tuple, set)) and all(isinstance(name, str) for name in names),
        seen=f"In the place of `{bad}` stands `{shown(said, 60)}`.",
        why="Here people look for words.",
        look="Give a list of names, each a text.",
    )
    return list(names)


def a_better_name(attempt: Attempt, bad: str, names: list[str]) -> None:
    """Enough facts in the place of a bad name, each well worded."""
    facts = {key(name) for name in names}
    attempt.expect(
        len(facts) >= cases.LEAST.get(bad, 1),
        seen=f"In the place of `{bad}` you tell {counted(len(facts), 'fact')}.",
        why="A name that stood for several things has to become several names, or nothing is won.",
        look=cases.CANDIDATES[bad].question,
    )
    for name in names:
        attempt.expect(
            key(name) != key(bad),
            seen=f"In the place of `{bad}` stands `{clipped(name, 60)}` again.",
            why=WHY_NOT[cases.CANDIDATES[bad].verdict],
            look=cases.CANDIDATES[bad].question,
        )
        reading = past_tense(name)
        attempt.expect(
            reading.holds,
            seen=f"`{clipped(name, 60)}` in the place of `{bad}`: {reading.because}",
            why=WHY_NOT[cases.EVENT],
            look="Say who or what, and then the verb in the past tense.",
        )
        board = Board("better", "memory://")
        board.place(Kind.EVENT, name)
        for finding in board.check(Level.BIG_PICTURE):
            asked_for_words(attempt, finding)


def told(attempt: Attempt, wall: Wall, names: tuple[str, ...]) -> None:
    """These events still hang there."""
    there = named(wall, Kind.EVENT)
    for name in names:
        attempt.expect(
            key(name) in there,
            seen=f"`{name}` is no longer an event on the wall.",
            why="Somebody told it, and it was a fact. A story is put in order, not shortened.",
            look="Hang it up again, with its words; then move it to its place.",
        )


def no_twins(attempt: Attempt, events: list[Note]) -> None:
    """Each event has words, and words of its own."""
    seen: dict[tuple[str, ...], Note] = {}
    for note in events:
        attempt.expect(
            note.name,
            seen="One orange note is empty.",
            why="A note without words will be a riddle after lunch.",
            look="Write on it what happened, or take it off.",
        )
        twin = seen.setdefault(key(note.name), note)
        attempt.expect(
            twin is note,
            seen=f"Two notes say {quoted(note)}.",
            why="The same words for two facts: each team goes on with a meaning of its own, until they meet.",
            look="What exactly did each of the two people see? The lines below the name tell.",
        )


def not_every_minute(attempt: Attempt, pivotal: list[Note]) -> None:
    """What is pivotal happens about once in a session."""
    graph = cases.told_by_session()
    often = {key(name): times / graph.cases for name, times in graph.activities.items()}
    for note in pivotal:
        times = often.get(key(note.name), 1.0)
        attempt.expect(
            times < 2,
            seen=f"{quoted(note)} is pivotal, and happens {times:.0f} times in a session.",
            why="At a pivotal event somebody else takes over. Nobody takes over every minute.",
            look="Which event happens once in a session, and everything is different afterwards?",
        )
        attempt.expect(
            times > 0.5,
            seen=f"{quoted(note)} is pivotal, and {1 - times:.0%} of all sessions do without it.",
            why="A chapter that most stories skip is a side story.",
            look="Which events does every session go through?",
        )


def questions_at_borders(attempt: Attempt, wall: Wall) -> None:
    """A hot spot wherever the story crosses a border, and most hot spots there."""
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
        why="Contexts that nothing passes between are two businesses, or the arrows are missing.",
        look="Draw an arrow from event to event wherever the work passes on, also over a frame's edge.",
    )
    for (here, there), (one, other) in sorted(borders.items()):
        attempt.expect(
            any({here, there} <= contexts for contexts in touched.values()),
            seen=f"From {quoted(one)} to {quoted(other)} the story leaves `{clipped(here, 30)}` for "
            f"`{clipped(there, 30)}`, and no hot spot touches both.",
            why="Hot spots are where contexts part: one word, two meanings, and nobody asked.",
            look="What does each team mean by what they hand over? What if it comes late, or twice?",
        )
    inside = [spot for spot in spots if len(touched[spot.id]) < 2]
    attempt.expect(
        2 * len(inside) <= len(spots),
        seen=f"{len(inside)} of {len(spots)} hot spots touch one context or none, "
        f"such as {', '.join(map(quoted, inside[:1]))}.",
        why="What concerns one team alone, that team will settle. The others need all of you in the room.",
        look="Between which two frames does the question really live? Hang it there.",
    )
    for spot in spots:
        attempt.expect(
            spot.name,
            seen="A hot spot says nothing.",
            why="A red note without a question only says that somebody was unhappy.",
            look="Write the question that nobody could answer.",
        )


def has_a_beginning(graph: Graph, event: Element) -> bool:
    """Whether the way back from an event reaches a person, a system or time."""
    causes = {event} | graph.upstream([event])
    return any(one.kind in PEOPLE or one.is_time for one in causes)


def are_pairs(got: Any) -> bool:
    """Whether these are pairs of event types and their numbers."""
    items = got.items() if isinstance(got, dict) else got
    return all(isinstance(one, tuple) and len(one) == 2 and isinstance(one[0], tuple) for one in items)


def asked_about(wall: Wall) -> list[set[tuple[str, ...]]]:
    """For each hot spot that says something the names of the notes that an arrow joins with it."""
    return [
        {key(wall.notes[id_].name) for id_ in linked(wall, spot)}
        for spot in wall.of(Kind.HOT_SPOT)
        if spot.name
    ]


def surprises(attempt: Attempt, wall: Wall) -> None:
    """A hot spot asks about something that seldom happens."""
    ends = [{key(arc.source), key(arc.target)} for arc in cases.told_by_session().surprises]
    attempt.expect(
        any(pair <= spot for pair in ends for spot in asked_about(wall)),
        seen="Some things happen in an order that nobody would have drawn, and no hot spot asks about it.",
        why="What is rare is where programs break: they were written for the arrows that are thick.",
        look="Which arrows are red in the picture of the log? A hot spot with an arrow to both of its ends.",
    )
