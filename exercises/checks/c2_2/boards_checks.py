"""What is asked of the walls of chapter 2.2, question by question.

Read `c2_2/checks.py` for which task asks what.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from exercises.checks.small_logs import counted
from exercises.checks.walls import key
from workbench.classroom.attempt import Attempt
from workbench.classroom.boards import given_wall
from workbench.classroom.plain import clipped
from workbench.storming.events import Kind, Level
from workbench.storming.grammar import check_wall
from workbench.storming.grammar.findings import Finding
from workbench.storming.grammar.flow import yes_sayers
from workbench.storming.grammar.graph import Element, Graph
from workbench.storming.wall import Wall

WORDS = 3
"""A reason, or a line that says when the answer is no, has at least so many words."""

NO_MATTER_OF_TASTE = {
    "personal data": "The right to be forgotten is a law, and a log keeps everything for ever.",
    "private event abroad": "Another team will rely on this event, and nobody told those who may change it.",
}
"""Findings beneath an error that no reason makes good."""


def design(wall: Wall) -> Graph:
    """The wall as those see it who will build it."""
    return Graph(wall, Level.DESIGN)


def quoted(element: Element | Finding) -> str:
    """A name as a sentence shows it."""
    return f"`{clipped(element.name if isinstance(element, Element) else element.rule, 50)}`"


def still_hangs(attempt: Attempt, wall: Wall, task: str, *kinds: Kind) -> None:
    """What the wall was given with hangs there: at least its events and commands, and these kinds."""
    there = {(note.kind, key(note.name)) for note in wall.notes.values()}
    for note in given_wall(task).of(Kind.EVENT, Kind.COMMAND, *kinds):
        attempt.expect(
            (note.kind, key(note.name)) in there,
            seen=f"The {note.kind} `{clipped(note.name, 50)}` no longer hangs on the wall.",
            why="A question that is taken off the wall is not answered; the first customer asks it again.",
            look="Undo, or place it again with its words; then answer what is asked about it.",
        )


def no_errors(attempt: Attempt, wall: Wall) -> None:
    """End the check with the first error of the grammar, overruled or not."""
    errors = [finding for finding in check_wall(wall, Level.DESIGN) if finding.severity == "error"]
    for finding in errors:
        attempt.expect(
            not finding.overruled,
            seen=f"An error was overruled ({finding.rule}): {finding.question}",
            why="Hints are a matter of opinion. An error is a hole in the code, and no reason fills it.",
            look=finding.suggestion,
        )
        left = f"{len(errors)} errors are left; the first" if len(errors) > 1 else "One error is left"
        attempt.refuse(
            f"{left} ({finding.rule}): {finding.question}",
            "What the wall does not say, the code cannot know; a programmer will guess it at night.",
            finding.suggestion,
        )


def named(graph: Graph, kind: Kind, name: str) -> list[Element]:
    """The elements of this kind and name, in whichever contexts."""
    return [one for one in graph.of(kind) if key(one.name) == key(name)]


def heard_by(graph: Graph, command: Element) -> dict[tuple[str, ...], Element]:
    """The events upon which a policy issues this command, by their names."""
    policies = graph.before(command, Kind.POLICY)
    return {key(event.name): event for policy in policies for event in graph.before(policy, Kind.EVENT)}


def shown_to(graph: Graph, actor: str, command: str) -> set[Element]:
    """The read models that somebody looks at before they ask for this."""
    asking = [one for wish in named(graph, Kind.COMMAND, command) for one in graph.before(wish, Kind.ACTOR)]
    people = [one for one in asking if key(one.name) == key(actor)]
    return {model for one in people for model in graph.before(one, Kind.READ_MODEL)}


def has_a_no(attempt: Attempt, graph: Graph, command: Element) -> None:
    """End the check unless an event, or a line that says upon what, tells when the command is refused."""
    attempt.expect(
        command not in {asked.about[0] for asked in yes_sayers(graph)},
        seen=f"Whoever decides about {quoted(command)} always says yes.",
        why="A command may be refused, an event may not. What is never refused needs nobody to decide.",
        look="When would the business say no? Another event, or a line with “only”, “never”, “unless” …",
    )
    for aggregate in graph.after(command, Kind.AGGREGATE):
        lines = [line for one in (command, aggregate) for line in one.details]
        attempt.expect(
            len(graph.outcomes(command, aggregate)) > 1 or any(len(line.split()) >= WORDS for line in lines),
            seen=f"When {quoted(command)} is refused, the wall says: `{clipped(' / '.join(lines), 40)}`.",
            why="From this line somebody writes an `if`. It has to say upon what.",
            look="Say the rule in a short sentence: only if …, never while …",
        )


def no_longer_a_line(attempt: Attempt, graph: Graph, command: Element) -> None:
    """End the check unless the command's no is an event, and whoever waits for the answer sees it."""
    deciding = graph.after(command, Kind.AGGREGATE)
    outcomes = [event for one in deciding for event in graph.outcomes(command, one)]
    attempt.expect(
        len(outcomes) > 1,
        seen=f"The no to {quoted(command)} is a line on a note, and no event.",
        why="The driver stands there with the cable in hand. A line on a note shows nothing to anybody.",
        look="What has happened when the session refuses? That is a fact, and the display tells it.",
    )
    for event in outcomes:
        attempt.expect(
            graph.after(event, Kind.READ_MODEL),
            seen=f"{quoted(event)} leads to no read model.",
            why="It happened, and the driver still looks at the old display.",
            look="What does the driver look at? Draw an arrow from the event to it.",
        )


def two_contexts(attempt: Attempt, graph: Graph) -> None:
    """All that is built lives in a context, of which two decide and one hears the other."""
    for one in graph.of(Kind.EVENT, Kind.COMMAND, Kind.AGGREGATE):
        framed = [other.context for other in named(graph, one.kind, one.name) if other.context]
        attempt.expect(
            one.context,
            seen=f"The {one.kind} {quoted(one)} hangs in no context.",
            why="Code has to live somewhere, and somebody gets up at night for it.",
            look=f"A second one hangs in `{clipped(framed[0], 40)}`: "
            "take off the note outside, or move it there."
            if framed
            else "Whose word is it? Frame what belongs together, with `board.frame` or in the text.",
        )
    deciding = {one.context for one in graph.of(Kind.AGGREGATE)}
    attempt.expect(
        len(deciding) > 1,
        seen=f"All decisions are taken in {counted(len(deciding), 'context')}.",
        why="Who may have a connector and whether energy flows are two questions, asked by two teams.",
        look="Which notes would operations recognise, and which only those who build the charging app?",
    )
    attempt.expect(
        any(_over_a_border(graph, policy) for policy in graph.of(Kind.POLICY)),
        seen="No policy listens over a border: the contexts do not know of each other.",
        why="Somebody comes with a reservation and starts to charge, and the reservation never hears of it.",
        look="Whenever charging has started at a reserved connector, what should happen to the reservation?",
    )


def _over_a_border(graph: Graph, policy: Element) -> bool:
    heard = {one.context for one in graph.before(policy, Kind.EVENT)}
    return len(heard | {one.context for one in graph.after(policy, Kind.COMMAND)}) > 1


def nothing_left(attempt: Attempt, wall: Wall) -> None:
    """End the check with the first question that is neither answered nor overruled with a reason."""
    findings = check_wall(wall, Level.DESIGN)
    reasons(attempt, (finding for finding in findings if finding.overruled))
    for finding in findings.open:
        attempt.refuse(
            f"{counted(len(findings.open), 'question')} left, among them ({finding.rule}): "
            f"{finding.question}",
            "A question that nobody answers is noise by next week, and then the real ones go unread.",
            f"{finding.suggestion} Or overrule it, if you can say why.",
        )


def reasons(attempt: Attempt, overruled: Iterable[Finding]) -> None:
    """What was overruled may be, and each has a reason of its own."""
    given: dict[str, str] = {}
    for finding in overruled:
        attempt.expect(
            finding.rule not in NO_MATTER_OF_TASTE,
            seen=f"You overruled {quoted(finding)}: {finding.question}",
            why=NO_MATTER_OF_TASTE.get(finding.rule, ""),
            look=finding.suggestion,
        )
        attempt.expect(
            len(finding.overruled.split()) >= WORDS,
            seen=f"The reason for {quoted(finding)} is `{clipped(finding.overruled, 40)}`.",
            why="In a year somebody finds this and asks why. The reason is all that they will have.",
            look="Say what the business knows and the grammar does not.",
        )
        other = given.setdefault(finding.overruled.casefold(), finding.key)
        attempt.expect(
            other == finding.key,
            seen=f"Two findings were overruled with the same words: `{clipped(finding.overruled, 60)}`.",
            why="A reason that fits everything explains nothing.",
            look="Why is *this* one right as it is?",
        )


def missing(wanted: Iterable[str], got: Collection[tuple[str, ...]]) -> str:
    """The first of these names that is not among the others; empty if none is missing."""
    return next((name for name in wanted if key(name) not in got), "")
