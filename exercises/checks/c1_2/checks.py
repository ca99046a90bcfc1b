"""The tasks of `1_2_big_picture_event_storming`: what a domain event is, and the wall of a business.

Any sensible wall passes: the checks look at its properties (`walls.py`) and at a log of two days
(`c1_2/cases.py`), and never compare it with a wall of ours.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exercises.checks.c1_2 import cases
from exercises.checks.c1_2.boards_checks import (
    PEOPLE,
    WHY_NOT,
    a_better_name,
    are_pairs,
    asked_about,
    has_a_beginning,
    in_one_frame,
    no_twins,
    not_every_minute,
    nothing_lost,
    orange,
    questions_at_borders,
    still_there,
    surprises,
    texts,
)
from exercises.checks.small_logs import counted
from exercises.checks.walls import comes_first, key, linked, named, quoted, the_wall, well_worded
from workbench.classroom.agreement import agrees
from workbench.classroom.attempt import Attempt
from workbench.classroom.patterns import changes_nothing
from workbench.classroom.plain import a, clipped, shown
from workbench.classroom.task import task
from workbench.storming.events import AreaKind, Kind, Level
from workbench.storming.grammar import check_wall
from workbench.storming.grammar.graph import Graph
from workbench.storming.mining.conformance import conformance


@task(
    title="Twelve candidates",
    hints=(
        "Read each name after “yesterday this happened:”. Which names still make sense?",
        "Who would use the word: the business, a database, a program? And can it still be refused?",
        '`ChargingStarted` is an `"event"`. What is requested and not yet done is a `"command"`.',
    ),
)
def twelve_candidates(attempt: Attempt, verdicts: object) -> None:
    """Check the verdict on each of the twelve names."""
    given: dict[str, Any] = attempt.value(verdicts, dict, "The value of `verdicts`")
    attempt.expect(
        set(given) == set(cases.CANDIDATES),
        seen=f"The keys are {shown(list(map(str, given)), 120)}.",
        why="The check looks up the verdict on each of the twelve names.",
        look="Keep the twelve names as they are in the gap; change only the verdicts.",
    )
    for name, (verdict, question) in cases.CANDIDATES.items():
        verdict_given = str(given[name]).strip().casefold()
        attempt.expect(
            verdict_given in cases.VERDICTS,
            seen=f"Your verdict on `{name}` is `{shown(given[name], 40)}`, which is none of the six.",
            why="A problem that has a name is found sooner in the next review.",
            look=f"The verdicts are {', '.join(f'`{one}`' for one in cases.VERDICTS)}.",
        )
        attempt.expect(
            verdict_given == verdict,
            seen=f"You say `{verdict_given}` for `{name}`.",
            why=WHY_NOT[verdict_given],
            look=question,
        )


@task(
    title="Say it better",
    hints=(
        "Somebody from the business tells a friend about their day. Which sentence do they use for this?",
        "A subject, then a past tense: `CreditNoteIssued`. A name that hides several facts becomes several.",
        '`better["PayInvoice"] = ["InvoicePaid"]`: the fact, once the wish has come true.',
    ),
)
def say_it_better(attempt: Attempt, better: object) -> None:
    """Check the facts that replace the eight names."""
    given: dict[str, Any] = attempt.value(better, dict, "The value of `better`")
    for bad in cases.BAD:
        attempt.expect(
            bad in given,
            seen=f"There is no replacement for `{bad}`.",
            why="A name that is only crossed out comes back next week.",
            look="Keep the keys as they are in the gap.",
        )
        names = texts(attempt, bad, given[bad])
        a_better_name(attempt, bad, names)
        nothing_lost(attempt, bad, names)


@task(
    title="The timeline",
    hints=(
        "Read the wall aloud from left to right, as the story of one car. Where do you have to jump back?",
        "Two people wrote the notes with the same words. What did each of them see? Write that.",
        "`for place, name in enumerate(story):` `board.move(name, 120 + 170 * place, 160)`, or drag them.",
    ),
)
def the_timeline(attempt: Attempt, board: object) -> None:
    """Check that the events are in order, each with a name of its own."""
    wall = the_wall(attempt, board, "the_timeline")
    events = wall.of(Kind.EVENT)
    still_there(attempt, wall, cases.FACTS)
    no_twins(attempt, events)
    well_worded(attempt, wall, events)
    attempt.expect(
        len(events) >= len(cases.FACTS) + 2,
        seen=f"{len(events)} events are left on the wall, fewer than people reported.",
        why="“Session Stopped” was there twice because two people saw two things. One of them is lost now.",
        look="Keep both notes, and reword them until nobody can confuse them.",
    )
    by_name = named(wall, Kind.EVENT)
    for first, second in cases.certain_order():
        if key(first) in by_name and key(second) in by_name:
            before, after = by_name[key(first)], by_name[key(second)]
            attempt.expect(
                comes_first(wall, [before], [after]),
                seen=f"{quoted(before)} does not hang to the left of {quoted(after)}.",
                why="On the wall time runs to the right, and people who join later read the story that way.",
                look="In one session, which of the two happens first? The log of any day shows it.",
            )


@task(
    title="Pivotal events",
    hints=(
        "After which events do other people take over, with other words and other worries?",
        "An event that happens every minute changes little. One that happens once may be pivotal.",
        '`board.mark_pivotal("Charging Started")`. Mark two to five events, and none at the edge.',
    ),
)
def pivotal_events(attempt: Attempt, board: object) -> None:
    """Check which events are pivotal: two to five, about once a session, none at the edge."""
    wall = the_wall(attempt, board, "pivotal_events")
    still_there(attempt, wall, cases.FACTS[:6])
    pivotal = [note for note in wall.of(Kind.EVENT) if note.pivotal]
    attempt.expect(
        2 <= len(pivotal) <= 5,
        seen=f"{len(pivotal)} {'event is' if len(pivotal) == 1 else 'events are'} pivotal.",
        why="Pivotal events divide the story into chapters: without any, or with twenty, it is hard to read.",
        look="Choose the two to five events that everybody in the room wants to hear about.",
    )
    not_every_minute(attempt, pivotal)
    for finding in check_wall(wall, Level.BIG_PICTURE).open.of("pivot at the edge"):
        attempt.refuse(
            f"A pivotal event hangs at the edge of the wall. {finding.question}",
            "It divides what was before from what comes after; at the edge there is only one of the two.",
            finding.suggestion,
        )


@task(
    title="People and systems",
    hints=(
        "For each pivotal event: who does it, who wants it, which machine reports it?",
        "A person is a small yellow note (`actor`), an external system a pink one (`external system`).",
        '`driver = board.place("actor", "Driver", x, y)`, then `board.link(driver, "Charging Started")`',
    ),
)
def people_and_systems(attempt: Attempt, board: object) -> None:
    """Check that people and systems are on the wall, and linked to the events."""
    wall = the_wall(attempt, board, "people_and_systems")
    still_there(attempt, wall, cases.FACTS[:6])
    orange(attempt, wall)
    for kind, few in ((Kind.ACTOR, "people"), (Kind.SYSTEM, "external systems")):
        there = {key(note.name) for note in wall.of(kind) if note.name}
        attempt.expect(
            len(there) >= 2,
            seen=f"The wall needs at least 2 {few}, and has {len(there)}.",
            why="Nothing happens by itself. Anybody who is missing here will be missing in the project.",
            look="Who pays, who repairs, who sets prices? Which systems do we neither build nor own?",
        )
    for note in wall.of(*PEOPLE):
        attempt.expect(
            linked(wall, note),
            seen=f"{quoted(note)} has no arrow.",
            why="A name alone answers no question; an arrow shows what somebody has to do with an event.",
            look="Which event do they cause, or learn of?",
        )
    pivotal = [note for note in wall.of(Kind.EVENT) if note.pivotal]
    attempt.expect(
        pivotal,
        seen="No event on this wall is pivotal any more.",
        why="At the pivotal events it matters most who makes them happen.",
        look="Mark the pivotal events again, or start over with `board_for(…, anew=True)`.",
    )
    for note in pivotal:
        who = [
            wall.notes[id_] for id_ in linked(wall, note) if wall.notes[id_].kind in (*PEOPLE, Kind.COMMAND)
        ]
        attempt.expect(
            who,
            seen=f"Nobody makes {quoted(note)} happen: no arrow joins it with a person or a system.",
            why="It is pivotal, and nobody is responsible. That is how incidents begin.",
            look="Who presses a button, decides or measures there?",
        )


@task(
    title="Where contexts meet",
    hints=(
        "Listen to the words: who says session, who says invoice, who says outage? Frame their events.",
        "Now follow the arrows. Where one leads out of a frame, what do the two teams have to agree on?",
        '`board.frame("billing", "Invoice Issued", …)`; a hot spot beside two frames, or linked to both.',
    ),
)
def where_contexts_part(attempt: Attempt, board: object) -> None:
    """Check the frames, and that there is a question wherever the story crosses a border."""
    wall = the_wall(attempt, board, "where_contexts_part")
    still_there(attempt, wall, cases.FACTS[:6])
    contexts = {area.name for area in wall.areas.values() if area.kind is AreaKind.CONTEXT}
    attempt.expect(
        len(contexts) >= 3,
        seen=f"{len(contexts)} {'context is' if len(contexts) == 1 else 'contexts are'} framed.",
        why="Operations, drivers and bookkeepers share a wall, not a language.",
        look="Which people do not understand each other's words? Draw at least three frames.",
    )
    for note in wall.of(Kind.EVENT):
        attempt.expect(
            wall.context_of(note),
            seen=f"{quoted(note)} is in no frame.",
            why="What belongs to nobody is built twice, or never.",
            look="Whose word is it? Draw a frame around it, or move the note.",
        )
    in_one_frame(attempt, wall)
    questions_at_borders(attempt, wall)


@task(
    title="Reverse narrative",
    hints=(
        "Start at the last event: what must have happened for this to be possible? And if it had not?",
        "An offline station, a blocked token, a new tariff during a session, a declined card: where?",
        '`board.place("event", "Card Declined", x, y)`, and arrows, until a chain begins with somebody.',
    ),
)
def reverse_narrative(attempt: Attempt, board: object) -> None:
    """Check for events beside the happy path, and that every chain has a beginning."""
    wall = the_wall(attempt, board, "reverse_narrative")
    still_there(attempt, wall, cases.HAPPY)
    orange(attempt, wall)
    known = {*map(key, cases.HAPPY)}
    found = [note for name, note in named(wall, Kind.EVENT).items() if name not in known]
    attempt.expect(
        len(found) >= 3,
        seen=f"Beside the happy path the wall shows {counted(len(found), 'event')}.",
        why="Told forwards, everything goes well. Told backwards, you see what can go wrong.",
        look="What would somebody call you about at night? What makes an invoice wrong, or late?",
    )
    well_worded(attempt, wall, found)
    graph = Graph(wall, Level.BIG_PICTURE)
    story = {element for element in graph.of(Kind.EVENT) if key(element.name) in known}
    for note in found:
        element = graph.of_note[note.id]
        attempt.expect(
            story & (graph.upstream([element]) | graph.downstream([element])),
            seen=f"{quoted(note)} is not part of the story: no arrows join it with the happy path.",
            why="The arrow shows whether it comes before the payment or instead of it.",
            look="What leads to it, and what does it lead to?",
        )
    for event in graph.of(Kind.EVENT):
        attempt.expect(
            has_a_beginning(graph, event),
            seen=f"Walk back from `{clipped(event.name, 40)}`: the arrows end before you reach anybody.",
            why="Every chain begins with a person, a system or time; otherwise nobody knows the cause.",
            look="What must have happened for this to be possible? And what before that?",
        )


@task(
    title="What follows what",
    hints=(
        "`seen.stream` and `seen.type` are all that you need. The streams are interleaved.",
        "For each stream keep the last type. With the next event of the stream it makes a pair.",
        "`last, pairs = {}, Counter()`, then `for seen in recorded:` and inside `if seen.stream in last:`",
    ),
)
def what_follows_what(attempt: Attempt, answer: object) -> None:
    """Check the counts of the directly-follows graph on small logs."""
    follows = attempt.function(answer, "follows", parameters=1)
    for story in cases.stories():
        got = changes_nothing(attempt, follows, list(story.recorded))
        pairs: Any = dict(got) if isinstance(got, (dict, list, tuple)) and are_pairs(got) else None
        attempt.expect(
            pairs is not None,
            seen=f"`follows` returned {a(type(got))}: `{shown(got, 80)}`.",
            why="An arrow of the graph has a beginning, an end and a number.",
            look="Return a dict from `(type, next type)` to the number, such as a `Counter`.",
        )
        found = {pair: times for pair, times in pairs.items() if times}
        attempt.expect(
            found == story.follows,
            seen=f"Given {story.words}, you count `{shown(found, 120)}`.",
            why="Each stream is counted alone. What two sessions do at the same time is a coincidence.",
            look="Count each event with the next one of the same stream, in the order of the log.",
        )
    _follows_like_ours(attempt, follows)


def _follows_like_ours(attempt: Attempt, follows: Callable[..., Any]) -> None:
    """Check the counts on generated logs."""

    def yours(entries: list[tuple[str, int, int]]) -> dict[Any, Any]:
        got = dict(attempt.call(follows, list(cases.recorded_late(entries)), copied=False))
        return {pair: times for pair, times in got.items() if times}

    def ours(entries: list[tuple[str, int, int]]) -> dict[tuple[str, str], int]:
        return cases.pairs_of(cases.recorded_late(entries))

    def differs(entries: list[tuple[str, int, int]], got: dict[Any, Any]) -> None:
        events = [f"{seen.type} in {seen.stream}" for seen in cases.recorded_late(entries)]
        attempt.refuse(
            f"Given {', then '.join(events) or 'no event'}, you count `{shown(got, 120)}`.",
            "What follows is what was recorded next in the same stream, whatever its number or time.",
            "Count by the whole name of the stream, in the order in which the events come.",
        )

    agrees(attempt, cases.LOGS, yours, ours, differs)


@task(
    title="Beside the log",
    hints=(
        '`board.conformance(log, case="session")` names each difference, with a case to look at.',
        "What happens belongs on the wall. What never happened is a wish or is not recorded: ask.",
        '`directly_follows(log, "session").surprises`: link a hot spot with both ends of one of them.',
    ),
)
def beside_the_log(attempt: Attempt, board: object) -> None:
    """Check that the wall agrees with the log, or asks about the differences."""
    wall = the_wall(attempt, board, "beside_the_log")
    found = conformance(wall, cases.log(), "session")
    for missing in found.not_on_the_wall:
        attempt.refuse(
            f"`{missing.type}` happened {missing.times:,} times, as in `{missing.streams[0]}`, "
            "and is not on the wall.",
            "It happens although nobody in the room mentioned it, and the software will meet it.",
            "Whose event is it? Add a note where it happens; a note costs nothing.",
        )
    for turned in found.order_differs:
        attempt.expect(
            2 * turned.against <= turned.of,
            seen=f"The wall has `{clipped(turned.first, 40)}` before `{clipped(turned.second, 40)}`; in "
            f"{turned.against} of {turned.of} cases the log has it the other way round.",
            why="The log does not say what should happen, but it says what does happen.",
            look=f"Look at case `{turned.cases[0]}`, then move a note or turn an arrow.",
        )
    for wish in found.never_happened:
        attempt.expect(
            any(key(wish.name) in spot for spot in asked_about(wall)),
            seen=f"`{clipped(wish.name, 40)}` never happened in two days, and no hot spot asks why.",
            why="A wish, a typing error, or something that nobody records: on a wall they look the same.",
            look="Correct its name, or link a hot spot to it that asks the question.",
        )
    surprises(attempt, wall)
