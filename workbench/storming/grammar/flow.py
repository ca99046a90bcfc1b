"""The grammar of the flow: who issues a command, what decides about it, what follows.

    actor → command → aggregate or external system → event → policy → command
                                                     event → read model → actor or policy

Read `grammar/wall.py` next: time, contexts and open questions.
"""

from __future__ import annotations

from collections.abc import Iterator

from workbench.storming.events import Kind, Level
from workbench.storming.grammar.findings import Question
from workbench.storming.grammar.graph import ASIDE, Element, Graph

LEGAL = frozenset(
    {
        (Kind.ACTOR, Kind.COMMAND),
        (Kind.COMMAND, Kind.AGGREGATE),
        (Kind.COMMAND, Kind.SYSTEM),
        (Kind.AGGREGATE, Kind.EVENT),
        (Kind.SYSTEM, Kind.EVENT),
        (Kind.EVENT, Kind.POLICY),
        (Kind.EVENT, Kind.READ_MODEL),
        (Kind.POLICY, Kind.COMMAND),
        (Kind.READ_MODEL, Kind.ACTOR),
        (Kind.READ_MODEL, Kind.POLICY),
    }
)
"""The legal arrows. At process level, before aggregates are found, a command may also lead to its event."""

_ASKED_ELSEWHERE = {(Kind.EVENT, Kind.COMMAND), (Kind.AGGREGATE, Kind.SYSTEM)}

_NO = ("refuse", "refused", "refuses", "reject", "rejected", "unless", "only", "never", "must", "not")
"""Words of a detail line that says when the command is refused."""


def legal_arrows(graph: Graph) -> Iterator[Question]:
    """Find arrows that are not legal."""
    for source, target in graph.edges:
        if not _legal(graph.level, source, target):
            nexts = sorted(b for a, b in LEGAL if a is source.kind)
            yield Question(
                (source, target),
                f"What happens between {source.quoted} and {target.quoted}?",
                f"An arrow from {_a(source.kind)} to {_a(target.kind)} skips a step: "
                + f"an arrow from {_a(source.kind)} leads to {' or '.join(map(_a, nexts))}.",
            )


def orphan_commands(graph: Graph) -> Iterator[Question]:
    """Find commands that nothing decides about, or that have no outcome."""
    for command in graph.of(Kind.COMMAND):
        deciders = graph.after(command)
        if not deciders:
            to = "the aggregate or external system that handles it"
            if graph.level is not Level.DESIGN:
                to = "the system that handles it, or to the event that follows"
            yield Question(
                (command,), f"Who or what decides about {command.quoted}?", f"Draw an arrow to {to}."
            )
        elif not _events_of(graph, command):
            yield Question(
                (command, *deciders),
                f"What has happened once {command.quoted} is accepted?",
                "Add the event that records the outcome, and an arrow to it.",
            )


def orphan_events(graph: Graph) -> Iterator[Question]:
    """Find events without a cause: a command, a system or time."""
    for event in graph.of(Kind.EVENT):
        if not graph.before(event) and not event.is_time:
            yield Question(
                (event,),
                f"What made {event.quoted} happen: somebody, a system, or time?",
                "Draw its cause before it; if the cause is the clock, write the line “time” on the note.",
            )


def missing_policies(graph: Graph) -> Iterator[Question]:
    """Find arrows from an event to a command without a policy or an actor in between."""
    for event, command in graph.edges:
        if (event.kind, command.kind) == (Kind.EVENT, Kind.COMMAND):
            yield Question(
                (event, command),
                f"Who or what decides that {command.quoted} follows {event.quoted}? Does it always?",
                "Put a policy between the two, “whenever … then …”, or an actor who reads about the event.",
            )


def unasked_commands(graph: Graph) -> Iterator[Question]:
    """Find commands that neither a person nor a policy issues."""
    for command in graph.of(Kind.COMMAND):
        if not graph.before(command):
            yield Question(
                (command,),
                f"Who wants {command.quoted}, or what triggers it?",
                "Draw an arrow to it from an actor or a policy.",
            )


def blind_decisions(graph: Graph) -> Iterator[Question]:
    """Find actors who decide without a read model to look at."""
    for command in graph.of(Kind.COMMAND):
        blind = [
            actor for actor in graph.before(command, Kind.ACTOR) if not graph.before(actor, Kind.READ_MODEL)
        ]
        for actor in blind:
            yield Question(
                (actor, command),
                f"What does {actor.quoted} look at before deciding to {command.quoted}?",
                "Add the read model that shows it, and an arrow to the actor.",
            )


def sourceless_read_models(graph: Graph) -> Iterator[Question]:
    """Find read models that are built from no event."""
    for model in graph.of(Kind.READ_MODEL):
        if not graph.before(model):
            yield Question(
                (model,),
                f"Which events is {model.quoted} built from?",
                "Draw arrows from the events that change it.",
            )


def unread_read_models(graph: Graph) -> Iterator[Question]:
    """Find read models that nobody reads."""
    for model in graph.of(Kind.READ_MODEL):
        if not graph.after(model):
            yield Question(
                (model,),
                f"Who decides something by looking at {model.quoted}?",
                "Draw an arrow to the actor or the policy that reads it, or remove the note.",
            )


def loose_policies(graph: Graph) -> Iterator[Question]:
    """Find policies without an event before them or a command after them."""
    for policy in graph.of(Kind.POLICY):
        triggers = [one for one in graph.before(policy) if one.kind is not Kind.READ_MODEL]
        if not triggers:
            yield Question(
                (policy,),
                f"After which event does {policy.quoted} apply?",
                "Draw an arrow from the event that triggers it.",
            )
        elif not graph.after(policy):
            yield Question(
                (policy,),
                f"What does {policy.quoted} do then?",
                "Draw an arrow to the command that it issues.",
            )


def reaching_aggregates(graph: Graph) -> Iterator[Question]:
    """Find aggregates that call an external system; an aggregate only emits events."""
    for aggregate, system in graph.edges:
        if (aggregate.kind, system.kind) == (Kind.AGGREGATE, Kind.SYSTEM):
            yield Question(
                (aggregate, system),
                f"After which event in {aggregate.quoted} is {system.quoted} asked to act?",
                "Let the aggregate emit an event, and a policy issue a command to the external system.",
            )


def shared_commands(graph: Graph) -> Iterator[Question]:
    """Find commands that more than one aggregate or external system handles."""
    for command in graph.of(Kind.COMMAND):
        deciders = graph.after(command, Kind.AGGREGATE, Kind.SYSTEM)
        if len(deciders) > 1:
            several = " and ".join(one.quoted for one in deciders)
            yield Question(
                (command, *deciders),
                f"Who decides about {command.quoted}: {several}? What if one says yes and another no?",
                "Let one decide, and let a policy react to its event and issue a command to the other.",
            )


def yes_sayers(graph: Graph) -> Iterator[Question]:
    """Find commands that are never refused."""
    for command in graph.of(Kind.COMMAND):
        for aggregate in graph.after(command, Kind.AGGREGATE):
            outcomes = graph.outcomes(command, aggregate)
            if len(outcomes) == 1 and not command.says(*_NO) and not aggregate.says(*_NO):
                yield Question(
                    (command, aggregate),
                    f"When would {aggregate.quoted} say no to {command.quoted}, and who learns of it?",
                    "Add the event for that case, or a line on the note that says when it refuses.",
                )


def silent_aggregates(graph: Graph) -> Iterator[Question]:
    """Find aggregates without commands and events."""
    for aggregate in graph.of(Kind.AGGREGATE):
        if not graph.after(aggregate) and not graph.before(aggregate):
            yield Question(
                (aggregate,),
                f"What does {aggregate.quoted} decide, and what has happened then?",
                "Draw arrows from the commands that it handles and to the events that it emits.",
            )


def _legal(level: Level, source: Element, target: Element) -> bool:
    kinds = source.kind, target.kind
    if ASIDE & {*kinds} or kinds == (Kind.EVENT, Kind.COMMAND):
        return True
    if level is Level.PROCESS:
        return kinds in LEGAL or kinds == (Kind.COMMAND, Kind.EVENT)
    return kinds in LEGAL or kinds in _ASKED_ELSEWHERE


def _events_of(graph: Graph, command: Element) -> set[Element]:
    deciding = graph.downstream([command], Kind.AGGREGATE, Kind.SYSTEM, Kind.EVENT)
    return {one for one in deciding if one.kind is Kind.EVENT}


def _a(kind: Kind) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
