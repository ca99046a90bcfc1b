"""From a board to code: events, commands, state, `decide` with its decisions to fill in, `evolve`, policies.

The code is a start, written once and yours from then on: it runs, passes linter and type checker, and says
`NotDecidedYet` wherever the board does not know what follows. Read `given_when_then.py` next: the tests that
come with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path as File
from types import ModuleType

from workbench.storming.codegen.given_when_then import tests_of
from workbench.storming.codegen.lines import alias, call, module
from workbench.storming.codegen.names import TypedName, fitting
from workbench.storming.codegen.plan import ClassShape, DeciderPlan, Plan, Policy, plan_for
from workbench.storming.codegen.run import Trial, load_module, run_tests
from workbench.storming.gestures import NotPossible
from workbench.storming.wall import Wall

BRANCHY = 9
"""A `match` of more cases than this is more than the linter likes in one function."""


@dataclass(frozen=True, repr=False)
class Code:
    """A module of Python, and another with its tests."""

    name: str
    module: str
    tests: str

    def load(self) -> ModuleType:
        """The module, as an import of its file would give it."""
        return load_module(self.name, self.module)

    def run(self, module: ModuleType | None = None, **filled: object) -> Trial:
        """Run the tests, each by itself: on the module, in which `decide=…` and the like replace what it has
        under these names.
        """
        return run_tests(self.name, self.tests, module or self.load(), filled)

    @property
    def files(self) -> dict[str, str]:
        """The two files by name."""
        return {f"{self.name}.py": self.module, f"test_{self.name}.py": self.tests}

    def write(self, folder: File | str, *, overwrite: bool = False) -> list[File]:
        """Write both into a folder. What you filled in there is safe: raises `NotPossible` if a file is
        there and says something else, or if nothing can be written there.
        """
        paths = {File(folder) / name: text for name, text in self.files.items()}
        try:
            if not overwrite:
                _require_nothing_of_yours(paths)
            File(folder).mkdir(parents=True, exist_ok=True)
            for path, text in paths.items():
                path.write_text(text, "utf-8", newline="\n")
        except OSError as error:
            raise NotPossible(
                f"You asked to write {' and '.join(self.files)} into {folder}, but that cannot be done: "
                f"{error.strerror or error}. Choose a folder that you may write to."
            ) from error
        return [*paths]

    def __str__(self) -> str:
        return self.module

    def __repr__(self) -> str:
        lines = [f"{name} ({text.count(chr(10))} lines)" for name, text in self.files.items()]
        return f"Code: {' and '.join(lines)}."

    def _repr_markdown_(self) -> str:
        return "\n\n".join(f"`{name}`\n\n{_fenced(text)}" for name, text in self.files.items())


def _require_nothing_of_yours(paths: Mapping[File, str]) -> None:
    for path, text in paths.items():
        if path.exists() and path.read_text("utf-8", "replace") != text:
            raise NotPossible(
                f"You asked to write {path}, but it is there and says something else. Choose another "
                "folder, or lose what it says with overwrite=True."
            )


def to_code(wall: Wall, context: str = "") -> Code:
    """The code of a bounded context, from a board at design level; empty: of what hangs in no frame.

    Raises `NotPossible` if no command and no event hangs there.
    """
    plan = plan_for(wall, context)
    told = (
        f"{plan.title}, written from its storming board; from here on it is yours.\n\n"
        "Where `NotDecidedYet` is raised, the board does not say what follows: fill it in."
    )
    own = (
        "from workbench.storming.codegen.undecided import NotDecidedYet",
        "from workshop_lib.events import event_type",
        "from workshop_lib.modeling.decider import Decider",
    )
    return Code(plan.module, module(told, _parts(plan), *own), tests_of(plan))


def _parts(plan: Plan) -> Iterator[str]:
    if plan.events:
        yield "# Events: facts, and stored formats once the first of them is recorded."
    for event in plan.events.values():
        yield _dataclass(f'@event_type("{event.name}")', event)
    if plan.commands:
        yield "# Commands: what somebody wants, and may be refused."
    for command in plan.commands.values():
        yield _dataclass("@dataclass(frozen=True)", command)
    for decider in plan.deciders:
        yield "# State and decisions."
        yield _dataclass("@dataclass(frozen=True)", decider.state, " = None")
        yield from _decider(decider)
    if plan.policies:
        yield "# Policies: whenever something has happened, something is wanted."
    yield from map(_policy, plan.policies)


def _dataclass(decorator: str, shape: ClassShape, default: str = "") -> str:
    where = ", ".join(note.id for note in shape.element.notes)
    told = f'    """{fitting(shape.element.name, 40)}: the {shape.element.kind} on note {fitting(where)}."""'
    fields = [_field(field, default) for field in shape.fields]
    return "\n".join([decorator, f"class {shape.name}:", told, *([""] if fields else []), *fields])


def _field(field: TypedName, default: str) -> str:
    asked = f"  # the note says {field.unknown}" if field.unknown else ""
    return f"    {field.name}: {field.type}{default}{asked}"


def _decider(decider: DeciderPlan) -> Iterator[str]:
    state = decider.state.name
    if decider.commands:
        event = decider.event if decider.events else "object"
        head = call(
            "def ", decider.decide, [f"command: {decider.command}", f"state: {state}"], f" -> list[{event}]:"
        )
        names = [alias(decider.command, [one.name for one in decider.commands])]
        names += [alias(decider.event, [one.name for one in decider.events])] if decider.events else []
        yield "\n".join(names)
        told = '    """What follows from a command: events, or an error that says why not."""'
        yield _match(head, told, "command", [_decision(decider, one) for one in decider.commands])
    if decider.events:
        head = call("def ", decider.evolve, [f"state: {state}", f"event: {decider.event}"], f" -> {state}:")
        if not decider.commands:
            yield alias(decider.event, [one.name for one in decider.events])
        told = '    """The state after one more event. It never refuses."""'
        yield _match(head, told, "event", [_change(decider.state, one) for one in decider.events])
    values = [f"{decider.initial} = {state}()"]
    if decider.commands and decider.events:
        functions = [decider.decide, decider.evolve, decider.initial]
        values.append(call(f"{decider.name} = ", "Decider", functions))
    yield "\n".join(values)


def _match(head: str, told: str, subject: str, cases: list[str]) -> str:
    if len(cases) > BRANCHY:
        first, *rest = head.split("\n")
        head = "\n".join([f"{first}  # noqa: C901 - one case for each note", *rest])
    return "\n".join([head, told, f"    match {subject}:", *cases])


def _decision(decider: DeciderPlan, command: ClassShape) -> str:
    names = {event.element: event.name for event in decider.events}
    ways = [f"            # → {names[event]}" for event in decider.outcomes(command)]
    return "\n".join([f"        case {command.name}():", *ways, f"            {_undecided(command)}"])


def _change(state: ClassShape, event: ClassShape) -> str:
    known = {(field.name, field.type.removesuffix(" | None")) for field in state.fields}
    told = [one.name for one in event.fields if (one.name, one.type.removesuffix(" | None")) in known]
    changed = call("            return ", "replace", ["state", *(f"{name}=event.{name}" for name in told)])
    return f"        case {event.name}():\n{changed if told else '            return state'}"


def _policy(policy: Policy) -> str:
    heard = " | ".join(one.name for one in policy.heard) or "object"
    event = heard if len(heard) <= 90 else "object"
    ways = [f"    # → {one.name}" for one in policy.issued]
    told = f'    """{fitting(policy.element.name, 40)}: the commands that follow from an event."""'
    head = call("def ", policy.name, [f"event: {event}"], " -> list[object]:")
    return "\n".join([head, told, *ways, f"    {_undecided(policy)}"])


def _undecided(what: ClassShape | Policy) -> str:
    note = what.element.notes[0]
    return f'raise NotDecidedYet("{fitting(what.element.name, 40)}", "{fitting(note.id)}")'


def _fenced(code: str) -> str:
    """Code in a fence that no text in it can close."""
    return f"````python\n{code}````" if "```" in code else f"```python\n{code}```"
