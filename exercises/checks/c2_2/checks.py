"""The tasks of `2_2_design_level_event_storming`: a wall that can be built, and the code it becomes.

Any sensible wall passes: the checks use the grammar and test properties (`boards_checks.py`), and never
compare an answer with a wall of ours. Decisions are checked on the cases in `c2_2/cases.py`.
"""

from __future__ import annotations

from functools import reduce
from itertools import pairwise
from types import ModuleType
from typing import Any

from exercises.checks.c2_2 import cases
from exercises.checks.c2_2.boards_checks import (
    design,
    has_a_no,
    missing,
    named,
    no_errors,
    no_longer_a_line,
    nothing_left,
    quoted,
    shown_to,
    still_hangs,
    triggers_of,
    two_contexts,
)
from exercises.checks.walls import key, the_wall
from workbench.classroom.attempt import Attempt, Raised
from workbench.classroom.patterns import changes_nothing, never_refuses
from workbench.classroom.plain import a, clipped, shown
from workbench.classroom.task import task
from workbench.storming.events import Kind, Level
from workbench.storming.grammar import check_wall
from workbench.storming.grammar.flow import LEGAL


@task(
    title="What stands between",
    hints=(
        "Go through the grammar in the picture of the lecture: which arrows leave the first kind of note?",
        "A command goes to the one who decides. An event goes to a policy, or to what a person looks at.",
        '`("command", "event"): ["aggregate"]`; where one arrow is enough, the list is empty.',
    ),
)
def what_stands_between(attempt: Attempt, between: object) -> None:
    """Check which notes stand between two kinds of notes."""
    given: dict[Any, Any] = attempt.value(between, dict, "The table")
    attempt.expect(
        set(given) == set(cases.PAIRS),
        seen=f"The keys are {shown(list(given), 120)}.",
        why="The check needs a list for each of the given pairs.",
        look="Keep the pairs as they are given and change the lists only.",
    )
    for (first, last), question in cases.PAIRS.items():
        answer = given[first, last]
        kinds = (
            [kind for kind in map(str.strip, answer.split(",")) if kind]
            if isinstance(answer, str)
            else answer
        )
        attempt.expect(
            isinstance(kinds, (list, tuple)) and all(kind in {*Kind} for kind in kinds),
            seen=f"Between {first} and {last} you put `{shown(answer, 60)}`.",
            why="Only notes can stand between two notes: none, one, or several in their order.",
            look=f"Give a list of kinds; they are called {', '.join(f'`{kind}`' for kind in Kind)}.",
        )
        for source, target in pairwise([first, *kinds, last]):
            attempt.expect(
                (source, target) in LEGAL,
                seen=f"From {first} to {last} you let {a(source)} lead straight to {a(target)}.",
                why="An arrow that skips a note hides a decision, and the code will hide it too.",
                look=question,
            )
        attempt.expect(
            len(set(kinds)) == len(kinds),
            seen=f"Between {first} and {last} you have one kind of note twice.",
            why="There is a shorter way between the two; the detour adds nothing to the story.",
            look=question,
        )


@task(
    title="Until the grammar holds",
    hints=(
        'Run `board.check("design")` and take the first error. It is a question: answer it aloud.',
        "Some arrows lack a note in between, one event lacks a cause, one read model its events.",
        '`board.add("event: Reservation Time Passed -> policy: Whenever … -> command: Release Connector")`',
    ),
)
def until_the_grammar_holds(attempt: Attempt, board: object) -> None:
    """Check a wall from Monday that was made ready to build."""
    task_name = "until_the_grammar_holds"
    wall = the_wall(attempt, board, task_name)
    still_hangs(attempt, wall, task_name, Kind.READ_MODEL, Kind.SYSTEM)
    no_errors(attempt, wall)
    graph = design(wall)
    for station in named(graph, Kind.SYSTEM, "Station"):
        attempt.expect(
            graph.before(station) or graph.after(station),
            seen="The arrow to `Station` is gone, and now no arrow leads to it or comes from it.",
            why="The station has to learn that it is reserved, or the next car plugs in.",
            look="After which event should the station do something? Add a policy, then a command to it.",
        )


@task(
    title="When the answer is no",
    hints=(
        "`board.check()` has three hints. Each names a command that is never refused.",
        "If nobody waits for the no, it is a line on the note. If somebody waits for it, it is an event.",
        '`board.add("aggregate: Session {in charging} -> event: Charging Refused {in charging} -> …")`',
    ),
)
def when_the_answer_is_no(attempt: Attempt, board: object) -> None:
    """Check that each command can be refused, and that a driver who waits learns of it."""
    task_name = "when_the_answer_is_no"
    wall = the_wall(attempt, board, task_name)
    still_hangs(attempt, wall, task_name)
    graph = design(wall)
    for command in graph.of(Kind.COMMAND):
        has_a_no(attempt, graph, command)
    for command in named(graph, Kind.COMMAND, "Start Charging"):
        no_longer_a_line(attempt, graph, command)
    no_errors(attempt, wall)


@task(
    title="Whenever, then",
    hints=(
        "Three commands have no sender. For each, find the event after which it has to be sent.",
        "A policy is a lilac note: whenever this has happened, send that. It may listen across a border.",
        '`board.add("event: Charging Stopped {in charging} -> policy: Whenever … {in billing} -> …")`',
    ),
)
def whenever_then(attempt: Attempt, board: object) -> None:
    """Check policies that send a command after an event, also one of another context."""
    task_name = "whenever_then"
    wall = the_wall(attempt, board, task_name)
    still_hangs(attempt, wall, task_name)
    graph = design(wall)
    for name, (event, why, look) in cases.POLICIES.items():
        for command in named(graph, Kind.COMMAND, name):
            events = triggers_of(graph, command)
            attempt.expect(
                events,
                seen=f"No policy that listens to an event sends {quoted(command)}.",
                why="If a person has to think of it, it will be forgotten on the first busy evening.",
                look=look,
            )
            attempt.expect(
                key(event) in events,
                seen=f"{quoted(command)} is sent after {quoted(next(iter(events.values())))}.",
                why=why,
                look=look,
            )
    no_errors(attempt, wall)
    for finding in check_wall(wall, Level.DESIGN).of("private event abroad"):
        attempt.refuse(
            f"Another context listens to a private event. {finding.question}",
            "The owner may rename the event tomorrow, and the other context would silently stop working.",
            finding.suggestion,
        )


@task(
    title="What the driver sees",
    hints=(
        "After which of the events is one more connector free, or one less?",
        "A read model is only as good as its events. Who else looks at something, and at what?",
        '`board.add("event: Charging Started {in charging} -> read model: Free Connectors {in operations}")`',
    ),
)
def what_the_driver_sees(attempt: Attempt, board: object) -> None:
    """Check that people decide with read models that have all their events, and no others."""
    task_name = "what_the_driver_sees"
    wall = the_wall(attempt, board, task_name)
    still_hangs(attempt, wall, task_name)
    graph = design(wall)
    for command, changes in cases.SEEN.items():
        models = shown_to(graph, "Driver", command)
        attempt.expect(
            models,
            seen=f"No read model leads to the driver who sends `{command}`.",
            why=cases.BLIND,
            look="What is on the screen at that moment? Add a read model, and an arrow to the driver.",
        )
        events = {key(event.name) for model in models for event in graph.before(model, Kind.EVENT)}
        lost = missing(changes.needed, events)
        attempt.expect(
            not lost,
            seen=f"After `{lost}` nothing changes in what the driver sees before `{command}`.",
            why=changes.why,
            look="Follow one connector through a day: which events change the screen?",
        )
        idle = next((name for name in changes.idle if key(name) in events), "")
        attempt.expect(
            not idle,
            seen=f"What the driver sees before `{command}` depends on `{idle}` as well.",
            why="A read model with too many events is updated too often, and nobody dares to change it.",
            look="Which number or colour on the screen would this event change?",
        )
    no_errors(attempt, wall)


@task(
    title="Right to overrule",
    hints=(
        "The grammar knows English and the notation. You know the business, the law and your colleagues.",
        "For each finding: would the code be better if you followed it? If so, follow it; if not, say why.",
        '`board.overrule("row words: event billing/tariff changed", "…")`; the key is in the finding.',
    ),
)
def right_to_overrule(attempt: Attempt, board: object) -> None:
    """Check that each finding is answered on the wall or overruled with a reason."""
    wall = the_wall(attempt, board, "right_to_overrule")
    for name in ("Stecker gezogen", "Charging Stopped", "Reading Accepted", "Invoice Issued"):
        attempt.expect(
            named(design(wall), Kind.EVENT, name),
            seen=f"The event `{name}` no longer hangs on the wall.",
            why="The people who work there use this word. A wall in other words is not their wall.",
            look="Restore its name. If the grammar is wrong about it, overrule it with a reason.",
        )
    no_errors(attempt, wall)
    nothing_left(attempt, wall)


@task(
    title="Reservation and charging",
    hints=(
        "From each event go one step to the left: who decided it, upon which command, and who sent that?",
        "Frame what belongs together, then follow the story across the border: a policy, a public event.",
        "`board.add(…)` with indented lines below `context: operations`; then `board.check()` again.",
    ),
)
def reservation_and_charging(attempt: Attempt, board: object) -> None:
    """Check a wall at design level on which the grammar holds."""
    task_name = "reservation_and_charging"
    wall = the_wall(attempt, board, task_name)
    still_hangs(attempt, wall, task_name)
    no_errors(attempt, wall)
    two_contexts(attempt, design(wall))
    for finding in check_wall(wall, Level.PROCESS).of("blind decision"):
        attempt.refuse(
            finding.question,
            cases.BLIND,
            finding.suggestion,
        )
    nothing_left(attempt, wall)


@task(
    title="The first decision",
    hints=(
        "`print(code.module)` shows the classes. What is `state.token` when the connector is free?",
        "Refuse first. And is each line of the generated `evolve` true? It only copies the notes' fields.",
        "`case reserving.ReserveConnector(token):` and then `if state.token is None:`",
    ),
)
def the_first_decision(attempt: Attempt, decide: object, evolve: object, domain: object) -> None:
    """Check the decisions and the state that the wall does not contain."""
    decider = attempt.function(decide, "decide", parameters=2)
    folder = attempt.function(evolve, "evolve", parameters=2)
    made: Any = _module(attempt, domain)
    for case in cases.cases(made):
        state = reduce(lambda state, event: attempt.call(folder, state, event), case.given, made.initial)
        got = changes_nothing(attempt, decider, case.when, state, returns=(list, tuple))
        attempt.same_events(
            got,
            case.then,
            seen=f"Given {case.words}, other events should follow.",
            why="The wall says which events may follow. When each of them follows is your decision.",
            look="Go through `evolve` first: is the state right at that moment? Then go through `decide`.",
        )
    cases.like_ours(attempt, decider, folder, made)
    never_refuses(
        attempt, folder, [(made.initial, event) for case in cases.cases(made) for event in case.then]
    )


@task(
    title="The test of the no",
    hints=(
        "Two lines: one for the connector that is free, one for the connector that somebody has.",
        "Put what has happened into `given`, the command into `when`, and what follows into `then`.",
        '`given(decider).when(reserving.ReserveConnector("ada")).then(…)`',
    ),
)
def the_test_of_the_no(attempt: Attempt, rules: object, domain: object) -> None:
    """Check that two rules hold for a right connector and fail for four wrong ones."""
    apply_rules = attempt.function(rules, "rules", parameters=1)
    made = _module(attempt, domain)
    for words, decider in cases.connectors(made).items():
        right = words == cases.RIGHT
        try:
            attempt.call(apply_rules, decider, may_be_none=True)
        except Raised as raised:
            if not isinstance(raised.__cause__, AssertionError):
                raise
            attempt.expect(
                not right,
                seen=f"Your rules fail for a right connector. {clipped(str(raised.__cause__), 300)}",
                why="A test that fails for right code is soon switched off, and then it protects nothing.",
                look="Who has the connector in `given`, who asks in `when`, and who is refused in `then`?",
            )
        else:
            attempt.expect(
                right,
                seen=f"A connector that {words} passes your rules.",
                why="With such tests this connector would be merged on a Friday afternoon.",
                look="Which of your lines should fail? You need one rule for the yes and one for the no.",
            )


def _module(attempt: Attempt, domain: object) -> ModuleType:
    attempt.expect(
        isinstance(domain, ModuleType),
        seen=f"Instead of the board's module you passed {a(type(domain))}: `{shown(domain, 60)}`.",
        why="The check makes its cases from the classes of your board.",
        look="Pass the module that `code.load()` returned.",
    )
    lost = [name for name in cases.PARTS if not hasattr(domain, name)]
    attempt.expect(
        not lost,
        seen=f"The module has no `{', '.join(lost)}`.",
        why="The check makes its cases from the classes of the board as it was given.",
        look='`board_for("the_first_decision", anew=True)` restores the given notes.',
    )
    return domain  # type: ignore[return-value]
