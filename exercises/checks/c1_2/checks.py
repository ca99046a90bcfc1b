"""The tasks of `1_2_big_picture_event_storming`: what a domain event is, and a wall that tells a business.

Any sensible wall passes: the checks look at properties (`walls.py`) and at the log of two days
(`c1_2/cases.py`), and never compare with a wall of ours.
"""

from __future__ import annotations

from typing import Any

from exercises.checks.c1_2 import cases
from exercises.checks.c1_2.boards_checks import (
    PEOPLE,
    WHY_NOT,
    a_better_name,
    are_pairs,
    asked_about,
    has_a_beginning,
    no_twins,
    not_every_minute,
    questions_at_borders,
    surprises,
    texts,
    told,
)
from exercises.checks.small_logs import counted
from exercises.checks.walls import comes_first, key, linked, named, quoted, the_wall, well_worded
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
        "Say each name after “yesterday it happened that …”. Which of them survive that?",
        "Who would use the word: the business, a database, a program? And could it still be refused?",
        '`ChargingStarted` is an `"event"`. Whatever is ordered and not yet done is a `"command"`.',
    ),
)
def twelve_candidates(attempt: Attempt, verdicts: object) -> None:
    """Which of twelve names are events, and what the others are."""
    given: dict[str, Any] = attempt.value(verdicts, dict, "The judgement")
    attempt.expect(
        set(given) == set(cases.CANDIDATES),
        seen=f"The keys are {shown(list(map(str, given)), 120)}.",
        why="Twelve names want to become events, and each deserves an answer.",
        look="Keep the twelve names as they stand in the gap; only the verdicts are yours.",
    )
    for name, (verdict, question) in cases.CANDIDATES.items():
        said = str(given[name]).strip().casefold()
        attempt.expect(
            said in cases.VERDICTS,
            seen=f"You say `{shown(given[name], 40)}` of `{name}`, which is none of the six verdicts.",
            why="A reason that has a name can be looked for in a review.",
            look=f"The verdicts are {', '.join(f'`{one}`' for one in cases.VERDICTS)}.",
        )
        attempt.expect(
            said == verdict,
            seen=f"You say `{said}` of `{name}`.",
            why=WHY_NOT[said],
            look=question,
        )


@task(
    title="Say it better",
    hints=(
        "Somebody of the business tells a friend about their day. Which sentence stands where the name was?",
        "A subject, then a past tense: `CreditNoteIssued`. What hides several facts needs several names.",
        '`better["PayInvoice"] = ["InvoicePaid"]`: what is true once the wish has come true.',
    ),
)
def say_it_better(attempt: Attempt, better: object) -> None:
    """Facts in the place of names that are none."""
    given: dict[str, Any] = attempt.value(better, dict, "The better names")
    for bad in cases.BAD:
        attempt.expect(
            bad in given,
            seen=f"There is nothing in the place of `{bad}`.",
            why="What is only crossed out comes back next week.",
            look="Keep the keys as they stand in the gap.",
        )
        a_better_name(attempt, bad, texts(attempt, bad, given[bad]))


@task(
    title="The timeline",
    hints=(
        "Read the wall aloud from left to right, as one story of one car. Where do you have to jump back?",
        "Two notes with the same words come from two people. Ask each of them what they saw, and write that.",
        "For `place, name` in `enumerate(story)`: `board.move(name, 120 + 170 * place, 160)`, or drag them.",
    ),
)
def the_timeline(attempt: Attempt, board: object) -> None:
    """Notes in the order in which it happens, each with words of its own."""
    wall = the_wall(attempt, board, "the_timeline")
    events = wall.of(Kind.EVENT)
    told(attempt, wall, cases.TOLD)
    no_twins(attempt, events)
    well_worded(attempt, wall, events)
    attempt.expect(
        len(events) >= len(cases.TOLD) + 2,
        seen=f"{len(events)} events are left on the wall, fewer than people told.",
        why="“Session Stopped” was said twice because two people saw two things. One of them is lost now.",
        look="Let both notes hang, and reword them until nobody takes one for the other.",
    )
    by_name = named(wall, Kind.EVENT)
    for first, second in cases.certain_order():
        if key(first) in by_name and key(second) in by_name:
            before, after = by_name[key(first)], by_name[key(second)]
            attempt.expect(
                comes_first(wall, [before], [after]),
                seen=f"{quoted(before)} does not hang to the left of {quoted(after)}.",
                why="On the wall time runs to the right; whoever joins later reads the story off the places.",
                look="In one session, which of the two happens first? The log of any day can tell.",
            )


@task(
    title="Pivotal events",
    hints=(
        "After which events do other people take over, with other words and other worries?",
        "What happens every minute changes little. What happens once and for all may be pivotal.",
        '`board.mark_pivotal("Charging Started")`. Two to five of them, and none at the edge.',
    ),
)
def pivotal_events(attempt: Attempt, board: object) -> None:
    """The few events after which the business is in another state."""
    wall = the_wall(attempt, board, "pivotal_events")
    told(attempt, wall, cases.TOLD[:6])
    pivotal = [note for note in wall.of(Kind.EVENT) if note.pivotal]
    attempt.expect(
        2 <= len(pivotal) <= 5,
        seen=f"{len(pivotal)} {'event is' if len(pivotal) == 1 else 'events are'} pivotal.",
        why="Pivotal events cut the story into chapters: without any it is one heap, with many it is dust.",
        look="Choose the two to five of which everybody in the room wants to be told.",
    )
    not_every_minute(attempt, pivotal)
    for finding in check_wall(wall, Level.BIG_PICTURE).open.of("pivot at the edge"):
        attempt.refuse(
            f"A pivotal event hangs at the edge of the wall. {finding.question}",
            "It parts what was before from what comes after; at the edge there is only one of the two.",
            finding.suggestion,
        )


@task(
    title="People and systems",
    hints=(
        "Go along the pivotal events: who does it, who wants it, which machine tells us?",
        "A person is a small yellow note (`actor`), a system not ours a pink one (`external system`).",
        '`driver = board.place("actor", "Driver", x, y)`, then `board.link(driver, "Charging Started")`',
    ),
)
def people_and_systems(attempt: Attempt, board: object) -> None:
    """Who makes it happen."""
    wall = the_wall(attempt, board, "people_and_systems")
    told(attempt, wall, cases.TOLD[:6])
    for kind, few in ((Kind.ACTOR, "people"), (Kind.SYSTEM, "systems that are not ours")):
        there = {key(note.name) for note in wall.of(kind) if note.name}
        attempt.expect(
            len(there) >= 2,
            seen=f"Of {few} there {'is' if len(there) == 1 else 'are'} {len(there)} on the wall.",
            why="Nothing happens by itself. Who is missing on the wall will be missing in the project.",
            look="Who pays, who repairs, who sets prices? Which boxes do we neither build nor own?",
        )
    for note in wall.of(*PEOPLE):
        attempt.expect(
            linked(wall, note),
            seen=f"{quoted(note)} hangs there without an arrow.",
            why="A name at the margin answers no question; an arrow says what they have to do with it.",
            look="Which event comes about through them?",
        )
    pivotal = [note for note in wall.of(Kind.EVENT) if note.pivotal]
    attempt.expect(
        pivotal,
        seen="No event on this wall is pivotal any more.",
        why="The pivotal events are where one asks first who does it.",
        look="Go on with the wall of the exercise before.",
    )
    for note in pivotal:
        who = [
            wall.notes[id_] for id_ in linked(wall, note) if wall.notes[id_].kind in (*PEOPLE, Kind.COMMAND)
        ]
        attempt.expect(
            who,
            seen=f"Nobody makes {quoted(note)} happen: no arrow joins it with a person or a system.",
            why="It is pivotal, and no one is responsible. That is how incidents begin.",
            look="Who presses, decides or measures there?",
        )


@task(
    title="Where contexts part",
    hints=(
        "Listen to the words: who says session, who invoice, who outage? Frame those who talk alike.",
        "Now follow the arrows. Where one leads out of a frame, two teams have to agree: on what?",
        '`board.frame("billing", "Invoice Issued", …)`; a hot spot beside two frames, or linked to both.',
    ),
)
def where_contexts_part(attempt: Attempt, board: object) -> None:
    """Frames around those who talk alike, and a question wherever the story crosses a border."""
    wall = the_wall(attempt, board, "where_contexts_part")
    told(attempt, wall, cases.TOLD[:6])
    contexts = {area.name for area in wall.areas.values() if area.kind is AreaKind.CONTEXT}
    attempt.expect(
        len(contexts) >= 3,
        seen=f"{len(contexts)} {'context is' if len(contexts) == 1 else 'contexts are'} framed.",
        why="Operations, drivers and bookkeepers share a wall, not a language.",
        look="Who would not understand the words of whom? Draw the line there; three are there at least.",
    )
    for note in wall.of(Kind.EVENT):
        attempt.expect(
            wall.context_of(note),
            seen=f"{quoted(note)} hangs in no frame.",
            why="What belongs to nobody is built twice, or never.",
            look="Whose word is it? Pull a frame over it, or move the note.",
        )
    questions_at_borders(attempt, wall)


@task(
    title="Reverse narrative",
    hints=(
        "Stand at the last event: what must have happened for this to be possible? And if it had not?",
        "An offline station, a blocked token, a new tariff in mid-session, a declined card: where?",
        '`board.place("event", "Card Declined", x, y)`, and arrows, until each chain begins with somebody.',
    ),
)
def reverse_narrative(attempt: Attempt, board: object) -> None:
    """What the happy path hides, found by walking back from its end."""
    wall = the_wall(attempt, board, "reverse_narrative")
    told(attempt, wall, cases.HAPPY)
    known = {*map(key, cases.HAPPY)}
    found = [note for name, note in named(wall, Kind.EVENT).items() if name not in known]
    attempt.expect(
        len(found) >= 3,
        seen=f"Beside the happy path the wall tells {counted(len(found), 'event')}.",
        why="Told forwards, everything goes well. The way back passes all the doors that were closed.",
        look="Three that somebody would call you about at night. What makes an invoice wrong, or late?",
    )
    well_worded(attempt, wall, found)
    graph = Graph(wall, Level.BIG_PICTURE)
    for note in found:
        element = graph.of_note[note.id]
        attempt.expect(
            graph.upstream([element]) or graph.downstream([element]),
            seen=f"{quoted(note)} hangs beside the story: no arrow joins it.",
            why="Whether it comes before the payment or instead of it is what was asked.",
            look="What leads to it, and what does it lead to?",
        )
    for event in graph.of(Kind.EVENT):
        attempt.expect(
            has_a_beginning(graph, event),
            seen=f"Walk back from `{clipped(event.name, 40)}`: the arrows end before you reach anybody.",
            why="Every chain begins with a person, a system or time; else a cause is unknown to all.",
            look="What must have happened for it to be possible? And what before that?",
        )


@task(
    title="What follows what",
    hints=(
        "`seen.stream` and `seen.type` are all that you need. Several streams come interleaved.",
        "Keep for each stream the type that came last. With the next one they make a pair.",
        "`last, pairs = {}, Counter()`, then `for seen in recorded:` and ask `if seen.stream in last:`",
    ),
)
def what_follows_what(attempt: Attempt, answer: object) -> None:
    """The directly-follows graph of a log, counted by hand."""
    follows = attempt.function(answer, "follows", parameters=1)
    for story in cases.stories():
        got = changes_nothing(attempt, follows, list(story.recorded))
        pairs: Any = dict(got) if isinstance(got, (dict, list, tuple)) and are_pairs(got) else None
        attempt.expect(
            pairs is not None,
            seen=f"`follows` gave {a(type(got))}: `{shown(got, 80)}`.",
            why="An arrow has a beginning, an end and a number.",
            look="Make it a dict from `(type, next type)` to how often, such as a `Counter`.",
        )
        found = {pair: times for pair, times in pairs.items() if times}
        attempt.expect(
            found == story.follows,
            seen=f"Given {story.words}, you count `{shown(found, 120)}`.",
            why="A case is one stream. What two sessions do at the same time is a coincidence.",
            look="Count the next event of the same stream, in the order of the log, whichever type it has.",
        )


@task(
    title="Beside the log",
    hints=(
        '`board.conformance(log, case="session")` names each difference, with a case to look at.',
        "What happens belongs on the wall. What never happened is a wish or a blind spot: a question.",
        '`directly_follows(log, "session").surprises`: link a hot spot with both ends of one of them.',
    ),
)
def beside_the_log(attempt: Attempt, board: object) -> None:
    """A wall that has been held against what really happened."""
    wall = the_wall(attempt, board, "beside_the_log")
    found = conformance(wall, cases.log(), "session")
    for missing in found.not_on_the_wall:
        attempt.refuse(
            f"`{missing.type}` happened {missing.times:,} times, as in `{missing.streams[0]}`, "
            "and is not on the wall.",
            "What nobody mentioned in the room happens all the same, and the software will meet it.",
            "Whose event is it? Hang it where it happens; a note costs nothing.",
        )
    for turned in found.order_differs:
        attempt.expect(
            2 * turned.against <= turned.of,
            seen=f"The wall has `{clipped(turned.first, 40)}` before `{clipped(turned.second, 40)}`; in "
            f"{turned.against} of {turned.of} cases the log has it the other way round.",
            why="The log does not know what ought to be, but it knows what is.",
            look=f"Look at case `{turned.cases[0]}`, then move a note or turn an arrow.",
        )
    for wish in found.never_happened:
        attempt.expect(
            any(key(wish.name) in spot for spot in asked_about(wall)),
            seen=f"`{clipped(wish.name, 40)}` never happened in two days, and no hot spot asks why.",
            why="A wish, a typing error, or something that nobody records: the three look alike on a wall.",
            look="Correct its name, or draw an arrow from a hot spot to it, with the question.",
        )
    surprises(attempt, wall)
