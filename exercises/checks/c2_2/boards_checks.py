"""The properties that the walls of chapter 2.2 must have, one function for each.

`c2_2/checks.py` calls them.
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
"""The number of words that a reason, or a line that says when the answer is no, must have."""

NO_MATTER_OF_TASTE = {
    "personal data": "The right to be forgotten is a law, and a log keeps everything forever.",
    "private event abroad": "Another team will rely on this event, and its owner does not know.",
}
"""Warnings that may not be overruled, and why."""


def design(wall: Wall) -> Graph:
    """Return the wall's notes and arrows at design level."""
    return Graph(wall, Level.DESIGN)


def quoted(element: Element | Finding) -> str:
    """Return a name as a message shows it."""
    return f"`{clipped(element.name if isinstance(element, Element) else element.rule, 50)}`"


def still_hangs(attempt: Attempt, wall: Wall, task: str, *kinds: Kind) -> None:
    """Check that the given events, commands and notes of these kinds are still on the wall."""
    there = {(note.kind, key(note.name)) for note in wall.notes.values()}
    for note in given_wall(task).of(Kind.EVENT, Kind.COMMAND, *kinds):
        attempt.expect(
            (note.kind, key(note.name)) in there,
            seen=f"The {note.kind} `{clipped(note.name, 50)}` no longer hangs on the wall.",
            why="Removing a note does not answer the question; the first customer will ask it again.",
            look="Undo, or put the note back with its words; then answer the question about it.",
        )


def no_errors(attempt: Attempt, wall: Wall) -> None:
    """Check that the grammar has no errors, not even overruled ones."""
    errors = [finding for finding in check_wall(wall, Level.DESIGN) if finding.severity == "error"]
    for finding in errors:
        attempt.expect(
            not finding.overruled,
            seen=f"An error was overruled ({finding.rule}): {finding.question}",
            why="A hint is a matter of opinion. An error is a hole in the code, and no reason fills it.",
            look=finding.suggestion,
        )
        left = f"{len(errors)} errors are left; the first" if len(errors) > 1 else "One error is left"
        attempt.refuse(
            f"{left} ({finding.rule}): {finding.question}",
            "If the wall does not answer this, a programmer will have to guess, late at night.",
            finding.suggestion,
        )


def named(graph: Graph, kind: Kind, name: str) -> list[Element]:
    """Return the elements of this kind and name, in all contexts."""
    return [one for one in graph.of(kind) if key(one.name) == key(name)]


def triggers_of(graph: Graph, command: Element) -> dict[tuple[str, ...], Element]:
    """Return the events after which a policy sends this command, by name."""
    policies = graph.before(command, Kind.POLICY)
    return {key(event.name): event for policy in policies for event in graph.before(policy, Kind.EVENT)}


def shown_to(graph: Graph, actor: str, command: str) -> set[Element]:
    """Return the read models that an actor looks at before sending this command."""
    asking = [one for wish in named(graph, Kind.COMMAND, command) for one in graph.before(wish, Kind.ACTOR)]
    people = [one for one in asking if key(one.name) == key(actor)]
    return {model for one in people for model in graph.before(one, Kind.READ_MODEL)}


def has_a_no(attempt: Attempt, graph: Graph, command: Element) -> None:
    """Check that an event, or a line of at least three words, says when the command is refused."""
    attempt.expect(
        command not in {asked.about[0] for asked in yes_sayers(graph)},
        seen=f"On this wall {quoted(command)} is never refused.",
        why="If the answer is always yes, there is nothing to decide, and no aggregate is needed.",
        look="When would the business say no? Add an event, or a line with “only”, “never”, “unless” …",
    )
    for aggregate in graph.after(command, Kind.AGGREGATE):
        lines = [line for one in (command, aggregate) for line in one.details]
        attempt.expect(
            len(graph.outcomes(command, aggregate)) > 1 or any(len(line.split()) >= WORDS for line in lines),
            seen=f"The rule for {quoted(command)} on the wall is: `{clipped(' / '.join(lines), 40)}`.",
            why="Somebody will write an `if` from this line, and needs to know its condition.",
            look="Write the rule as a short sentence: only if …, never while …",
        )


def no_longer_a_line(attempt: Attempt, graph: Graph, command: Element) -> None:
    """Check that the command's no is an event, and that each of its events is shown in a read model."""
    deciding = graph.after(command, Kind.AGGREGATE)
    outcomes = [event for one in deciding for event in graph.outcomes(command, one)]
    attempt.expect(
        len(outcomes) > 1,
        seen=f"The no to {quoted(command)} is a line on a note, but not an event.",
        why="The driver is waiting with the cable in hand, and nothing tells them that the answer was no.",
        look="What has happened when the session refuses? That is a fact, and the display shows it.",
    )
    for event in outcomes:
        attempt.expect(
            graph.after(event, Kind.READ_MODEL),
            seen=f"{quoted(event)} leads to no read model.",
            why="It has happened, but the driver's display does not change.",
            look="What does the driver look at? Draw an arrow from the event to that read model.",
        )


def two_contexts(attempt: Attempt, graph: Graph) -> None:
    """Check that all is in a context, that two contexts decide, and that a policy connects two."""
    for one in graph.of(Kind.EVENT, Kind.COMMAND, Kind.AGGREGATE):
        framed = [other.context for other in named(graph, one.kind, one.name) if other.context]
        attempt.expect(
            one.context,
            seen=f"The {one.kind} {quoted(one)} is in no context.",
            why="Every piece of code needs an owner: somebody has to get up at night for it.",
            look=f"There is another one in `{clipped(framed[0], 40)}`: "
            "remove the note outside, or move it there."
            if framed
            else "Whose word is it? Frame what belongs together, with `board.frame` or in the text.",
        )
    deciding = {one.context for one in graph.of(Kind.AGGREGATE)}
    attempt.expect(
        len(deciding) > 1,
        seen=f"All decisions are made in {counted(len(deciding), 'context')}.",
        why="Two teams decide here: one who may have a connector, the other whether energy may flow.",
        look="Which notes would operations recognise, and which only the team that builds the charging app?",
    )
    attempt.expect(
        any(_over_a_border(graph, policy) for policy in graph.of(Kind.POLICY)),
        seen="No policy listens across a border, so the contexts are not connected.",
        why="A driver with a reservation starts to charge, but the reservation stays open.",
        look="When charging has started at a reserved connector, what should happen to the reservation?",
    )


def _over_a_border(graph: Graph, policy: Element) -> bool:
    contexts = {one.context for one in graph.before(policy, Kind.EVENT)}
    return len(contexts | {one.context for one in graph.after(policy, Kind.COMMAND)}) > 1


def nothing_left(attempt: Attempt, wall: Wall) -> None:
    """Check that each finding is answered, or overruled with a reason."""
    findings = check_wall(wall, Level.DESIGN)
    reasons(attempt, (finding for finding in findings if finding.overruled))
    for finding in findings.open:
        attempt.refuse(
            f"{counted(len(findings.open), 'question')} left, among them ({finding.rule}): "
            f"{finding.question}",
            "Open questions that nobody answers become noise, and then nobody reads the important ones.",
            f"{finding.suggestion} Or overrule it, if you can say why.",
        )


def reasons(attempt: Attempt, overruled: Iterable[Finding]) -> None:
    """Check that each overruled finding may be overruled and has a reason of its own."""
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
            why="In a year somebody will ask why, and the reason is all that they will find.",
            look="Write what the business knows and the grammar does not.",
        )
        other = given.setdefault(finding.overruled.casefold(), finding.key)
        attempt.expect(
            other == finding.key,
            seen=f"Two findings were overruled with the same words: `{clipped(finding.overruled, 60)}`.",
            why="A reason that fits everything explains nothing.",
            look="Why is *this* note right as it is?",
        )


def missing(wanted: Iterable[str], got: Collection[tuple[str, ...]]) -> str:
    """Return the first of these names that is not among the others, or "" if none is missing."""
    return next((name for name in wanted if key(name) not in got), "")
