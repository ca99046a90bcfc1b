"""Generate the tests of a board's code: one given/when/then test for each path and each policy.

A test fails until its decision is filled in. The given events are those that the wall shows before the
command; if a command has several outcomes, you fill in what leads to the second and later ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbench.storming.codegen.lines import call, module
from workbench.storming.codegen.names import Names, fitting, variable
from workbench.storming.codegen.plan import ClassShape, DeciderPlan, Plan, Policy
from workbench.storming.grammar.graph import Element, Path


def tests_of(plan: Plan) -> str:
    """Return the source of a plan's test module."""
    docstring = (
        f"{plan.title}, given, when, then: one test for each path on its storming board.\n\n"
        "Each fails until its decision is filled in. Correct the given and the expected events as you learn."
    )
    names = Names()
    paths = [_path(plan, names, decider, path) for decider in plan.deciders for path in decider.paths]
    policies = [test for policy in plan.policies for test in _policy(names, policy)]
    tests = [*paths, *policies] or ["# No command leads through an aggregate to an event here yet."]
    return module(docstring, tests, f"import {plan.module} as domain")


def _path(plan: Plan, names: Names, decider: DeciderPlan, path: Path) -> str:
    command, event = plan.commands[path.command], plan.events[path.event]
    name = names.new(f"test_{variable(path.command.name)}_leads_to_{variable(path.event.name)}")
    said = " → ".join(f"“{fitting(one.name)}”" for one in path[:3])
    notes = ", ".join(fitting(one.notes[0].id, 12) for one in path[:3])
    return "\n".join(
        [
            f"def {name}() -> None:",
            f'    """{said}."""',
            f"    # Notes {notes}.",
            *_given(plan, decider, path),
            _example("    when = ", command),
            _example("    then = ", event),
            call(
                "    state = ", "reduce", [f"domain.{decider.evolve}", "given", f"domain.{decider.initial}"]
            ),
            f"    assert then in domain.{decider.decide}(when, state)",
        ]
    )


def _given(plan: Plan, decider: DeciderPlan, path: Path) -> Iterator[str]:
    rivals = [one.event for one in decider.paths if one.command == path.command]
    if path.event != rivals[0]:
        usual = plan.events[rivals[0]].name
        yield f"    # Not {usual}: fill in what must have happened before for this outcome."
    before = [plan.events[event] for event in _history(decider, path)]
    if not before:
        yield f"    given: list[domain.{decider.event}] = []"
        return
    yield f"    given: list[domain.{decider.event}] = ["
    yield from (f"{_example('        ', event, ',')}" for event in before)
    yield "    ]"


def _history(decider: DeciderPlan, path: Path) -> Sequence[Element]:
    """Return the outcomes of the aggregate's earlier commands, in the order of the wall."""
    earlier = {one.command: one.event for one in reversed(decider.paths) if one.asked.x < path.asked.x}
    return [event for command, event in reversed(earlier.items()) if command != path.command]


def _policy(names: Names, policy: Policy) -> Iterator[str]:
    for event in policy.events:
        for command in policy.commands:
            said = [fitting(one.element.name) for one in (event, command)]
            what = [variable(one.element.name) for one in (event, command)]
            name = names.new("test_{}_asks_for_{}".format(*what))
            yield "\n".join(
                [
                    f"def {name}() -> None:",
                    f'    """Whenever “{said[0]}”, then “{said[1]}”."""',
                    f"    # Policy on note {fitting(policy.element.notes[0].id)}.",
                    _example("    when = ", event),
                    _example("    then = ", command),
                    f"    assert then in domain.{policy.name}(when)",
                ]
            )


def _example(before: str, shape: ClassShape, after: str = "") -> str:
    values = [f"{field.name}={field.example}" for field in shape.fields]
    return call(before, f"domain.{shape.name}", values, after)
