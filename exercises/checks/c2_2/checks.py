"""The tasks of `2_2_design_level_event_storming`: a wall that can be built, and the code it becomes.

Any sensible wall passes: the checks ask the grammar and look at properties (`boards_checks.py`), and never
compare with a wall of ours. Decisions are tried on the cases in `c2_2/cases.py`.
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
    heard_by,
    missing,
    named,
    no_errors,
    no_longer_a_line,
    nothing_left,
    quoted,
    shown_to,
    still_hangs,
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
        "A wish goes to whoever decides. What has happened is noticed by a policy, or shown to a person.",
        '`("command", "event"): ["aggregate"]`; where one arrow is enough, the list is empty.',
    ),
)
def what_stands_between(attempt: Attempt, between: object) -> None:
    """Which notes lead from one kind to another."""
    given: dict[Any, Any] = attempt.value(between, dict, "The table")
    attempt.expect(
        set(given) == set(cases.PAIRS),
        seen=f"The keys are {shown(list(given), 120)}.",
        why="Each pair of notes hangs on some wall with nothing but an arrow between them.",
        look="Keep the pairs as they stand in the gap; only the lists are yours.",
    )
    for (first, last), question in cases.PAIRS.items():
        said = given[first, last]
        kinds = [kind.strip() for kind in said.split(",") if kind.strip()] if isinstance(said, str) else said
        attempt.expect(
            isinstance(kinds, (list, tuple)) and all(kind in {*Kind} for kind in kinds),
            seen=f"Between {first} and {last} you put `{shown(said, 60)}`.",
            why="What stands between two notes is notes: none, one, or several, in their order.",
            look=f"A list of kinds; they are called {', '.join(f'`{kind}`' for kind in Kind)}.",
        )
        for source, target in pairwise([first, *kinds, last]):
            attempt.expect(
                (source, target) in LEGAL,
                seen=f"From {first} to {last} you let {a(source)} lead straight to {a(target)}.",
                why="An arrow that skips somebody hides a decision, and the code will hide it too.",
                look=question,
            )
        attempt.expect(
            len(set(kinds)) == len(kinds),
            seen=f"Between {first} and {last} one kind of note comes twice.",
            why="That way round there is a shorter way, and a story that is told twice is not told better.",
            look=question,
        )


@task(
    title="Until the grammar holds",
    hints=(
        'Run `board.check("design")` and take the first error. It is a question: answer it aloud.',
        "Two errors want a note in between, one an arrow back to what changes it, one a cause.",
        '`board.add("event: Reservation Time Passed -> policy: Whenever … -> command: Release Connector")`',
    ),
)
def until_the_grammar_holds(attempt: Attempt, board: object) -> None:
    """A wall from Monday that could be built from."""
    task_name = "until_the_grammar_holds"
    wall = the_wall(attempt, board, task_name)
    still_hangs(attempt, wall, task_name, Kind.READ_MODEL, Kind.SYSTEM)
    no_errors(attempt, wall)
    graph = design(wall)
    for station in named(graph, Kind.SYSTEM, "Station"):
        attempt.expect(
            graph.before(station) or graph.after(station),
            seen="The arrow to `Station` is gone, and now nothing leads to it or comes from it.",
            why="The station has to learn that it is reserved, or the next car plugs in.",
            look="Whenever what has happened is the station told what to do? A policy, then a command to it.",
        )


@task(
    title="When the answer is no",
    hints=(
        "`board.check()` has three hints. Each names a command that nobody ever refuses.",
        "A no that nobody waits for is a line on the note. A no that somebody waits for is an event.",
        '`board.add("aggregate: Session {in charging} -> event: Charging Refused {in charging} -> …")`',
    ),
)
def when_the_answer_is_no(attempt: Attempt, board: object) -> None:
    """Each command can be refused, and who stands in the rain learns of it."""
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
        "Three commands are wanted by nobody. Find for each the event after which it has to come.",
        "A policy is a lilac note: whenever this has happened, that is wanted. It may listen over a border.",
        '`board.add("event: Charging Stopped {in charging} -> policy: Whenever … {in billing} -> …")`',
    ),
)
def whenever_then(attempt: Attempt, board: object) -> None:
    """Policies carry what happens in one context to the next."""
    task_name = "whenever_then"
    wall = the_wall(attempt, board, task_name)
    still_hangs(attempt, wall, task_name)
    graph = design(wall)
    for name, (event, why, look) in cases.POLICIES.items():
        for command in named(graph, Kind.COMMAND, name):
            heard = heard_by(graph, command)
            attempt.expect(
                heard,
                seen=f"No policy that listens to an event issues {quoted(command)}.",
                why="If a person has to think of it, it is forgotten on the first busy evening.",
                look=look,
            )
            attempt.expect(
                key(event) in heard,
                seen=f"{quoted(command)} is issued upon {quoted(next(iter(heard.values())))}.",
                why=why,
                look=look,
            )
    no_errors(attempt, wall)
    for finding in check_wall(wall, Level.DESIGN).of("private event abroad"):
        attempt.refuse(
            f"Another context listens to a private event. {finding.question}",
            "Whoever owns the event may rename it tomorrow, and the others stop without a sound.",
            finding.suggestion,
        )


@task(
    title="What the driver sees",
    hints=(
        "After which of the events is another connector free, or one less?",
        "A read model is as good as what it listens to. Who else looks at something, and at what?",
        '`board.add("event: Charging Started {in charging} -> read model: Free Connectors {in operations}")`',
    ),
)
def what_the_driver_sees(attempt: Attempt, board: object) -> None:
    """Read models that hear all that changes them, for everybody who decides."""
    task_name = "what_the_driver_sees"
    wall = the_wall(attempt, board, task_name)
    still_hangs(attempt, wall, task_name)
    graph = design(wall)
    for command, changes in cases.SEEN.items():
        models = shown_to(graph, "Driver", command)
        attempt.expect(
            models,
            seen=f"Nothing leads to the driver who asks for `{command}`.",
            why="Who decides without looking guesses, and then calls the hotline.",
            look="What is on the screen at that moment? A read model, and an arrow to the driver.",
        )
        heard = {key(event.name) for model in models for event in graph.before(model, Kind.EVENT)}
        lost = missing(changes.needed, heard)
        attempt.expect(
            not lost,
            seen=f"After `{lost}` nothing changes in what the driver sees before `{command}`.",
            why=changes.why,
            look="Follow one connector through a day: which events does the screen have to hear?",
        )
        idle = next((name for name in changes.idle if key(name) in heard), "")
        attempt.expect(
            not idle,
            seen=f"What the driver sees before `{command}` is put together from `{idle}` as well.",
            why="A read model that hears everything is rebuilt for everything, and nobody dares change it.",
            look="Which number or colour on the screen would be another one after this event?",
        )
    no_errors(attempt, wall)


@task(
    title="Right to overrule",
    hints=(
        "The grammar knows English and the notation. You know the business, the law and your colleagues.",
        "Ask of each: would the code be better if we followed it? If so, follow; if not, say why not.",
        '`board.overrule("row words: event billing/tariff changed", "…")`; the key stands in the finding.',
    ),
)
def right_to_overrule(attempt: Attempt, board: object) -> None:
    """Each question of the grammar is answered, some of them with a reasoned no."""
    wall = the_wall(attempt, board, "right_to_overrule")
    for name in ("Stecker gezogen", "Charging Stopped", "Reading Accepted", "Invoice Issued"):
        attempt.expect(
            named(design(wall), Kind.EVENT, name),
            seen=f"The event `{name}` no longer hangs on the wall.",
            why="The people who work there say so. A wall in words that they do not use is not their wall.",
            look="Give it its name again. If the grammar is wrong about it, say so and why.",
        )
    no_errors(attempt, wall)
    nothing_left(attempt, wall)


@task(
    title="Reservation and charging",
    hints=(
        "From each event one step to the left: who decided it, upon which command, wanted by whom?",
        "Frame what belongs together, then follow the story over the border: a policy, and a public event.",
        "`board.add(…)` with indented lines below `context: operations`; then `board.check()`, again.",
    ),
)
def reservation_and_charging(attempt: Attempt, board: object) -> None:
    """A storm at design level, until the grammar holds."""
    task_name = "reservation_and_charging"
    wall = the_wall(attempt, board, task_name)
    still_hangs(attempt, wall, task_name)
    no_errors(attempt, wall)
    two_contexts(attempt, design(wall))
    for finding in check_wall(wall, Level.PROCESS).of("blind decision"):
        attempt.refuse(
            finding.question,
            "Who decides without looking guesses, and then calls the hotline.",
            finding.suggestion,
        )
    nothing_left(attempt, wall)


@task(
    title="The first decision",
    hints=(
        "`print(code.module)` shows the classes. What does `state.token` say of a free connector?",
        "Refusals first. And is each line of the generated `evolve` true? It only copied what the notes say.",
        "`case reserving.ReserveConnector(token):` and then `if state.token is None:`",
    ),
)
def the_first_decision(attempt: Attempt, decide: object, evolve: object, domain: object) -> None:
    """What a wall cannot know is filled in."""
    chooses = attempt.function(decide, "decide", parameters=2)
    becomes = attempt.function(evolve, "evolve", parameters=2)
    made: Any = _module(attempt, domain)
    for case in cases.cases(made):
        state = reduce(lambda state, event: attempt.call(becomes, state, event), case.given, made.initial)
        got = changes_nothing(attempt, chooses, case.when, state, returns=(list, tuple))
        attempt.same_events(
            got,
            case.then,
            seen=f"Given {case.words}, something else should have followed.",
            why="The wall says what may follow. When it follows is the decision, and that is the rule.",
            look="Go through `evolve` first: is the state true at that moment? Then through `decide`.",
        )
    never_refuses(
        attempt, becomes, [(made.initial, event) for case in cases.cases(made) for event in case.then]
    )


@task(
    title="The test of the no",
    hints=(
        "Two lines: one for the connector that is free, one for the connector that somebody has.",
        "What has happened stands in `given`, what is wanted in `when`, what follows in `then`.",
        '`given(decider).when(reserving.ReserveConnector("ada")).then(…)`',
    ),
)
def the_test_of_the_no(attempt: Attempt, rules: object, domain: object) -> None:
    """Two rules that hold for a good connector and catch four bad ones."""
    judge = attempt.function(rules, "rules", parameters=1)
    made = _module(attempt, domain)
    for words, decider in cases.connectors(made).items():
        right = words == cases.RIGHT
        try:
            attempt.call(judge, decider, may_be_none=True)
        except Raised as raised:
            if not isinstance(raised.__cause__, AssertionError):
                raise
            attempt.expect(
                not right,
                seen=f"A connector that keeps all rules is refused. {clipped(str(raised.__cause__), 300)}",
                why="A test that fails for good code is switched off, and with it what it knew.",
                look="Who has the connector in `given`, who asks in `when`, and who learns it in `then`?",
            )
        else:
            attempt.expect(
                right,
                seen=f"A connector that {words} passes your rules.",
                why="A test is worth what it catches. This one would be merged on a Friday afternoon.",
                look="Which line of yours would see it? There is one rule for the yes and one for the no.",
            )


def _module(attempt: Attempt, domain: object) -> ModuleType:
    attempt.expect(
        isinstance(domain, ModuleType),
        seen=f"Instead of the board's module there came {a(type(domain))}: `{shown(domain, 60)}`.",
        why="The check makes its cases from the classes of your board.",
        look="Pass what `code.load()` gave you.",
    )
    lost = [name for name in cases.PARTS if not hasattr(domain, name)]
    attempt.expect(
        not lost,
        seen=f"The module has no `{', '.join(lost)}`.",
        why="The check makes its cases from the classes of the board as it was given.",
        look='`board_for("the_first_decision", anew=True)` hangs the given notes again.',
    )
    return domain  # type: ignore[return-value]
