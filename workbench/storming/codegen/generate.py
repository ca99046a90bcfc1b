"""Generate the code of a board: events, commands, state, `decide` with gaps to fill in, `evolve`, policies.

The code is generated once and then yours. It runs, passes linter and type checker, and raises `NotDecidedYet`
where the board does not say what follows. Read `given_when_then.py` next: the tests that come with it.
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
"""The linter accepts at most this many `match` cases in one function."""


@dataclass(frozen=True, repr=False)
class Code:
    """A generated Python module and the module with its tests."""

    name: str
    module: str
    tests: str

    def load(self) -> ModuleType:
        """Return the module as if its file were imported."""
        return load_module(self.name, self.module)

    def run(self, module: ModuleType | None = None, **filled: object) -> Trial:
        """Run the tests one by one on the module; `decide=…` and other keywords replace its functions."""
        return run_tests(self.name, self.tests, module or self.load(), filled)

    @property
    def files(self) -> dict[str, str]:
        """The text of the two files by name."""
        return {f"{self.name}.py": self.module, f"test_{self.name}.py": self.tests}

    def write(self, folder: File | str, *, overwrite: bool = False) -> list[File]:
        """Write both files into a folder.

        Your changes are safe: raises `NotPossible` if a file exists with other content, or if the folder
        cannot be written to.
        """
        paths = {File(folder) / name: text for name, text in self.files.items()}
        try:
            if not overwrite:
                _require_no_other_content(paths)
            File(folder).mkdir(parents=True, exist_ok=True)
            for path, text in paths.items():
                path.write_text(text, "utf-8", newline="\n")
        except OSError as error:
            raise NotPossible(
                f"You asked to write {' and '.join(self.files)} into {folder}, but that failed: "
                f"{error.strerror or error}. Choose a folder that you can write to."
            ) from error
        return [*paths]

    def __str__(self) -> str:
        return self.module

    def __repr__(self) -> str:
        lines = [f"{name} ({text.count(chr(10))} lines)" for name, text in self.files.items()]
        return f"Code: {' and '.join(lines)}."

    def _repr_markdown_(self) -> str:
        return "\n\n".join(f"`{name}`\n\n{_fenced(text)}" for name, text in self.files.items())


def _require_no_other_content(paths: Mapping[File, str]) -> None:
    for path, text in paths.items():
        if path.exists() and path.read_text("utf-8-sig", "replace") != text:
            raise NotPossible(
                f"You asked to write {path}, but it exists and has other content. Choose another folder, "
                "or replace the file with overwrite=True."
            )


def to_code(wall: Wall, context: str = "") -> Code:
    """Generate the code of a bounded context; an empty name means the notes outside of all frames.

    Raises `NotPossible` if there is no command and no event.
    """
    plan = plan_for(wall, context)
    docstring = (
        f"{plan.title}, generated from its storming board; from here on it is yours.\n\n"
        "Where `NotDecidedYet` is raised, the board does not say what follows: fill it in."
    )
    own = (
        "from workbench.storming.codegen.undecided import NotDecidedYet",
        "from workshop_lib.events import event_type",
        "from workshop_lib.modeling.decider import Decider",
    )
    return Code(plan.module, module(docstring, _parts(plan), *own), tests_of(plan))


def _parts(plan: Plan) -> Iterator[str]:
    if plan.events:
        yield "# Events: facts, and stored formats once the first one is recorded."
    for event in plan.events.values():
        yield _dataclass(f'@event_type("{event.name}")', event)
    if plan.commands:
        yield "# Commands: requests that may be refused."
    for command in plan.commands.values():
        yield _dataclass("@dataclass(frozen=True)", command)
    for decider in plan.deciders:
        yield "# State and decisions."
        yield _dataclass("@dataclass(frozen=True)", decider.state, " = None")
        yield from _decider(decider)
    if plan.policies:
        yield "# Policies: whenever an event happens, commands follow."
    yield from map(_policy, plan.policies)


def _dataclass(decorator: str, shape: ClassShape, default: str = "") -> str:
    where = ", ".join(note.id for note in shape.element.notes)
    docstring = (
        f'    """{fitting(shape.element.name, 40)}: the {shape.element.kind} on note {fitting(where)}."""'
    )
    fields = [_field(field, default) for field in shape.fields]
    return "\n".join([decorator, f"class {shape.name}:", docstring, *([""] if fields else []), *fields])


def _field(field: TypedName, default: str) -> str:
    comment = f"  # the note says {field.unknown}" if field.unknown else ""
    return f"    {field.name}: {field.type}{default}{comment}"


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
        docstring = '    """Return the events that a command causes, or raise an error that says why not."""'
        yield _match(head, docstring, "command", [_decision(decider, one) for one in decider.commands])
    if decider.events:
        head = call("def ", decider.evolve, [f"state: {state}", f"event: {decider.event}"], f" -> {state}:")
        if not decider.commands:
            yield alias(decider.event, [one.name for one in decider.events])
        docstring = '    """Return the state after one more event; never raise."""'
        yield _match(head, docstring, "event", [_change(decider.state, one) for one in decider.events])
    values = [f"{decider.initial} = {state}()"]
    if decider.commands and decider.events:
        functions = [decider.decide, decider.evolve, decider.initial]
        values.append(call(f"{decider.name} = ", "Decider", functions))
    yield "\n".join(values)


def _match(head: str, docstring: str, subject: str, cases: list[str]) -> str:
    if len(cases) > BRANCHY:
        first, *rest = head.split("\n")
        head = "\n".join([f"{first}  # noqa: C901 - one case for each note", *rest])
    return "\n".join([head, docstring, f"    match {subject}:", *cases])


def _decision(decider: DeciderPlan, command: ClassShape) -> str:
    names = {event.element: event.name for event in decider.events}
    ways = [f"            # → {names[event]}" for event in decider.outcomes(command)]
    return "\n".join([f"        case {command.name}():", *ways, f"            {_undecided(command)}"])


def _change(state: ClassShape, event: ClassShape) -> str:
    known = {(field.name, field.type.removesuffix(" | None")) for field in state.fields}
    same = [one.name for one in event.fields if (one.name, one.type.removesuffix(" | None")) in known]
    changed = call("            return ", "replace", ["state", *(f"{name}=event.{name}" for name in same)])
    return f"        case {event.name}():\n{changed if same else '            return state'}"


def _policy(policy: Policy) -> str:
    events = " | ".join(one.name for one in policy.events) or "object"
    event = events if len(events) <= 90 else "object"
    ways = [f"    # → {one.name}" for one in policy.commands]
    docstring = (
        f'    """{fitting(policy.element.name, 40)}: return the commands that follow from an event."""'
    )
    head = call("def ", policy.name, [f"event: {event}"], " -> list[object]:")
    return "\n".join([head, docstring, *ways, f"    {_undecided(policy)}"])


def _undecided(what: ClassShape | Policy) -> str:
    note = what.element.notes[0]
    return f'raise NotDecidedYet("{fitting(what.element.name, 40)}", "{fitting(note.id)}")'


def _fenced(code: str) -> str:
    """Return code in a Markdown fence that the code itself cannot close."""
    return f"````python\n{code}````" if "```" in code else f"```python\n{code}```"
