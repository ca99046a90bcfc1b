"""Plan the code of a context: its classes, a decider for each aggregate, its policies.

Read `generate.py` next: it writes the code of a plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from workbench.storming.codegen.names import Names, TypedName, class_name, fitting, typed, variable
from workbench.storming.events import Kind, Level
from workbench.storming.gestures import NotPossible
from workbench.storming.grammar.graph import Element, Graph, Path
from workbench.storming.wall import Wall


class ClassShape(NamedTuple):
    """A class to generate: an event, a command or a state."""

    name: str
    fields: tuple[TypedName, ...]
    element: Element


@dataclass(frozen=True)
class DeciderPlan:
    """The decider of one aggregate; `command` to `name` are the names of its parts and its own."""

    state: ClassShape
    commands: tuple[ClassShape, ...]
    events: tuple[ClassShape, ...]
    paths: tuple[Path, ...]
    command: str
    event: str
    decide: str
    evolve: str
    initial: str
    name: str

    def outcomes(self, command: ClassShape) -> list[Element]:
        """Return the events that a command may lead to."""
        return [path.event for path in self.paths if path.command == command.element]


class Policy(NamedTuple):
    """A policy to generate as a function of an event."""

    name: str
    events: tuple[ClassShape, ...]
    commands: tuple[ClassShape, ...]
    element: Element


@dataclass(frozen=True)
class Plan:
    """Everything that is generated for a context."""

    context: str
    module: str
    events: Mapping[Element, ClassShape]
    commands: Mapping[Element, ClassShape]
    deciders: tuple[DeciderPlan, ...]
    policies: tuple[Policy, ...]

    @property
    def title(self) -> str:
        """The context's name in a docstring."""
        return (
            f"The context “{fitting(self.context, 40)}”"
            if self.context.strip()
            else "The notes outside of all frames"
        )


def plan_for(wall: Wall, context: str) -> Plan:
    """Plan the code of a context. Raises `NotPossible` if it has no command and no event."""
    graph = Graph(wall, Level.DESIGN)
    here = [one for one in graph.elements if _same(one.context, context)]
    aggregates = [one for one in here if one.kind is Kind.AGGREGATE]
    policies = [one for one in here if one.kind is Kind.POLICY]
    related = {*here}.union(
        *(graph.after(one, Kind.EVENT) + graph.before(one, Kind.COMMAND) for one in aggregates),
        *(graph.before(one, Kind.EVENT) + graph.after(one, Kind.COMMAND) for one in policies),
    )
    events = [one for one in graph.of(Kind.EVENT) if one in related]
    commands = [one for one in graph.of(Kind.COMMAND) if one in related]
    if not events and not commands:
        raise _nothing(graph, context)
    names = Names()
    facts = {one: _shape(names, one) for one in events}
    wishes = {one: _shape(names, one) for one in commands}
    deciders = [_decider(graph, names, one, facts, wishes, len(aggregates) > 1) for one in aggregates]
    functions = [_policy(graph, names, one, facts, wishes) for one in policies]
    module = f"{variable(context) if context.strip() else 'board'}_decider"
    return Plan(context, module, facts, wishes, tuple(deciders), tuple(functions))


def _shape(names: Names, element: Element) -> ClassShape:
    own = Names(frozenset())
    fields = [typed(field.name, field.type) for field in element.fields]
    return ClassShape(
        names.new(class_name(element.name)),
        tuple(field._replace(name=own.new(field.name)) for field in dict.fromkeys(fields)),
        element,
    )


def _decider(
    graph: Graph,
    names: Names,
    aggregate: Element,
    facts: Mapping[Element, ClassShape],
    wishes: Mapping[Element, ClassShape],
    several: bool,
) -> DeciderPlan:
    """Plan the decider of an aggregate; with several in a context, its functions bear its name."""
    events = tuple(facts[one] for one in graph.after(aggregate, Kind.EVENT))
    commands = tuple(wishes[one] for one in graph.before(aggregate, Kind.COMMAND))
    paths = tuple(path for path in graph.paths if path.aggregate == aggregate)
    state = _state(_shape(names, aggregate), events)
    if not several:
        called = "Command", "Event", "decide", "evolve", "initial", "decider"
        return DeciderPlan(state, commands, events, paths, *called)
    types = [names.new(state.name + part) for part in ("Command", "Event")]
    parts = ("decide", "evolve", "initial", "decider")
    functions = [names.new(f"{part}_{variable(state.name)}") for part in parts]
    return DeciderPlan(state, commands, events, paths, *types, *functions)


def _state(shape: ClassShape, events: Iterable[ClassShape]) -> ClassShape:
    """Return a state with the fields of the aggregate's note, or else with those of its events."""
    fields = shape.fields or (field for event in events for field in event.fields)
    known: dict[str, TypedName] = {}
    for field in fields:
        maybe = f"{field.type.removesuffix(' | None')} | None"
        known.setdefault(field.name, field._replace(type=maybe))
    return shape._replace(fields=tuple(known.values()))


def _policy(
    graph: Graph,
    names: Names,
    policy: Element,
    facts: Mapping[Element, ClassShape],
    wishes: Mapping[Element, ClassShape],
) -> Policy:
    name = variable(policy.name)
    events = tuple(facts[one] for one in graph.before(policy, Kind.EVENT))
    commands = tuple(wishes[one] for one in graph.after(policy, Kind.COMMAND))
    return Policy(
        names.new(name if name.startswith("when") else f"whenever_{name}"), events, commands, policy
    )


def _same(one: str, other: str) -> bool:
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())


def _nothing(graph: Graph, context: str) -> NotPossible:
    known = sorted({one.context for one in graph.of(Kind.COMMAND, Kind.EVENT, Kind.AGGREGATE)})
    there = ", ".join(repr(name) if name else "'' (no frame)" for name in known) or "none yet"
    return NotPossible(
        f"You asked for the code of the context {fitting(context, 60)!r}, but it has no command and no "
        f"event. Frame some, or name a context that has them: {there}."
    )
