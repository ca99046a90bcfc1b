"""The grammar of the flow: who asks for what, who decides, what follows.

    actor → command → aggregate or external system → event → policy → command
                                                     event → read model → actor or policy

Read `grammar/wall.py` next: time, contexts and open questions.
"""

from __future__ import annotations

from collections.abc import Iterator

from workbench.storming.events import Kind, Level
from workbench.storming.grammar.findings import Asked
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
"""What may lead to what. Before aggregates are found, at process level, a command may lead to its event."""

_ASKED_ELSEWHERE = {(Kind.EVENT, Kind.COMMAND), (Kind.AGGREGATE, Kind.SYSTEM)}

_NO = ("refuse", "refused", "refuses", "reject", "rejected", "unless", "only", "never", "must", "not")
"""Words of a detail line that tells when the answer is no."""


def legal_arrows(graph: Graph) -> Iterator[Asked]:
    """An arrow that the grammar does not know."""
    for source, target in graph.edges:
        if not _legal(graph.level, source, target):
            nexts = sorted(b for a, b in LEGAL if a is source.kind)
            yield Asked(
                (source, target),
                f"What happens between {source.quoted} and {target.quoted}?",
                f"An arrow from {_a(source.kind)} to {_a(target.kind)} skips something: "
                + f"from {_a(source.kind)} it leads to {' or '.join(map(_a, nexts))}.",
            )


def orphan_commands(graph: Graph) -> Iterator[Asked]:
    """Somebody decides about a command, and something comes of it."""
    for command in graph.of(Kind.COMMAND):
        deciders = graph.after(command)
        if not deciders:
            who = "aggregate or external system" if graph.level is Level.DESIGN else "system, or which event,"
            yield Asked(
                (command,),
                f"Who or what decides about {command.quoted}?",
                f"Draw an arrow to the {who} that answers it.",
            )
        elif not _events_of(graph, command):
            yield Asked(
                (command, *deciders),
                f"What has happened once {command.quoted} was accepted?",
                "Add the event that tells the outcome, and an arrow to it.",
            )


def orphan_events(graph: Graph) -> Iterator[Asked]:
    """An event comes of something: of a command, of a system, of time."""
    for event in graph.of(Kind.EVENT):
        if not graph.before(event) and not event.is_time:
            yield Asked(
                (event,),
                f"What made {event.quoted} happen: somebody, a system, or time?",
                "Draw its cause before it; if it is the clock, write the line “time” on the note.",
            )


def missing_policies(graph: Graph) -> Iterator[Asked]:
    """Between an event and a command somebody or something decides: whenever this, then that."""
    for event, command in graph.edges:
        if (event.kind, command.kind) == (Kind.EVENT, Kind.COMMAND):
            yield Asked(
                (event, command),
                f"Who or what decides that {command.quoted} follows whenever {event.quoted} is true? Always?",
                "Put a policy between the two, “whenever … then …”, or an actor who reads of it.",
            )


def unasked_commands(graph: Graph) -> Iterator[Asked]:
    """Somebody, or a policy, wants a command."""
    for command in graph.of(Kind.COMMAND):
        if not graph.before(command):
            yield Asked(
                (command,),
                f"Who wants {command.quoted}, or what triggers it?",
                "Draw an arrow from an actor or from a policy to it.",
            )


def blind_decisions(graph: Graph) -> Iterator[Asked]:
    """A person decides upon something that they can see."""
    for command in graph.of(Kind.COMMAND):
        blind = [
            actor for actor in graph.before(command, Kind.ACTOR) if not graph.before(actor, Kind.READ_MODEL)
        ]
        for actor in blind:
            yield Asked(
                (actor, command),
                f"What does {actor.quoted} look at before deciding to {command.quoted}?",
                "Add the read model that shows it, and an arrow to the actor.",
            )


def sourceless_read_models(graph: Graph) -> Iterator[Asked]:
    """What a read model shows comes from events."""
    for model in graph.of(Kind.READ_MODEL):
        if not graph.before(model):
            yield Asked(
                (model,),
                f"From which facts would {model.quoted} be put together?",
                "Draw arrows from the events that change it.",
            )


def unread_read_models(graph: Graph) -> Iterator[Asked]:
    """Somebody reads a read model."""
    for model in graph.of(Kind.READ_MODEL):
        if not graph.after(model):
            yield Asked(
                (model,),
                f"Who decides something by looking at {model.quoted}?",
                "Draw an arrow to the actor or the policy that reads it, or take the note off.",
            )


def loose_policies(graph: Graph) -> Iterator[Asked]:
    """A policy listens to an event and issues a command."""
    for policy in graph.of(Kind.POLICY):
        heard = [one for one in graph.before(policy) if one.kind is not Kind.READ_MODEL]
        if not heard:
            yield Asked(
                (policy,),
                f"Whenever what happens does {policy.quoted} apply?",
                "Draw an arrow from the event that it listens to.",
            )
        elif not graph.after(policy):
            yield Asked(
                (policy,),
                f"And what is done then, by {policy.quoted}?",
                "Draw an arrow to the command that it issues.",
            )


def reaching_aggregates(graph: Graph) -> Iterator[Asked]:
    """An aggregate decides and tells; it calls nobody."""
    for aggregate, system in graph.edges:
        if (aggregate.kind, system.kind) == (Kind.AGGREGATE, Kind.SYSTEM):
            yield Asked(
                (aggregate, system),
                f"Whenever what has happened in {aggregate.quoted} is {system.quoted} asked to do something?",
                "Let the aggregate emit an event, and a policy issue a command to the external system.",
            )


def shared_commands(graph: Graph) -> Iterator[Asked]:
    """One decides: a command is handled by exactly one aggregate or external system."""
    for command in graph.of(Kind.COMMAND):
        deciders = graph.after(command, Kind.AGGREGATE, Kind.SYSTEM)
        if len(deciders) > 1:
            several = " and ".join(one.quoted for one in deciders)
            yield Asked(
                (command, *deciders),
                f"Who has the last word on {command.quoted}: {several}? What if one says yes and another no?",
                "Let one decide, and a policy carry its event to the other.",
            )


def yes_sayers(graph: Graph) -> Iterator[Asked]:
    """Every command needs a no."""
    for command in graph.of(Kind.COMMAND):
        for aggregate in graph.after(command, Kind.AGGREGATE):
            outcomes = graph.outcomes(command, aggregate)
            if len(outcomes) == 1 and not command.says(*_NO) and not aggregate.says(*_NO):
                yield Asked(
                    (command, aggregate),
                    f"When would {aggregate.quoted} say no to {command.quoted}, and who learns of it?",
                    "Add the event for that case, or a line on the note that says when it refuses.",
                )


def silent_aggregates(graph: Graph) -> Iterator[Asked]:
    """An aggregate emits what it decides."""
    for aggregate in graph.of(Kind.AGGREGATE):
        if not graph.after(aggregate) and not graph.before(aggregate):
            yield Asked(
                (aggregate,),
                f"What does {aggregate.quoted} decide, and what has happened then?",
                "Draw arrows from the commands it answers and to the events it emits.",
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
