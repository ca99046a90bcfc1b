"""What `mypy --strict` finds in an application: each program with exactly the errors that it should have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from mypy import api

ROOT = Path(__file__).parents[2]

HEAD = """
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import uuid4

from workshop_lib import (
    AppendCondition, Decider, EventStore, Query, Refused, Repository, Rule, decide_again, event_type, fold,
    given, handle, open_store,
)


@dataclass(frozen=True)
class Park:
    car: str


@dataclass(frozen=True)
class Leave:
    car: str


Command = Park | Leave


@event_type("TypedCarParked")
class CarParked:
    car: str


@event_type("TypedCarLeft")
class CarLeft:
    car: str


Event = CarParked | CarLeft


def decide(command: Command, car: str | None) -> Iterable[Event]:
    match command:
        case Park():
            if car:
                raise Refused("a bay holds one car at a time")
            yield CarParked(command.car)
        case Leave():
            yield CarLeft(command.car)


def evolve(car: str | None, event: Event) -> str | None:
    return event.car if isinstance(event, CarParked) else None


BAY: Decider[Command, str | None, Event] = Decider(decide, evolve, None)


def bays_of(store: EventStore) -> Repository[Command, str | None, Event]:
    return Repository(store, BAY, "bay", tags_of=lambda event: [f"car-{event.car}"])


with open_store("memory://") as store:
    bays = bays_of(store)
"""

RIGHT = {
    "a command is handled, with every keyword": """
    handled = handle(
        bays, 7, Park("zoe"), command_id=uuid4(), retry=decide_again(3), tags=["cinema"], metadata={"a": 1},
        rule=Rule(Query(["TypedCarParked"], ["car-zoe"]), len), on_refusal=print,
    )
    cars: list[str] = [event.car for event in handled.events]
    number: int = handled.position + handled.version
""",
    "events are saved at the version that was loaded": """
    state, version = bays.load(7)
    parked: str | None = state
    bays.save(7, [CarParked("zoe")], version, condition=AppendCondition(Query(["TypedCarLeft"]), 1))
""",
    "a log as of then is loaded": """
    before = Repository(store.as_of(position=1), BAY, "bay")
    parked: str | None = before.load(7).state
""",
    "any store is passed on": """
    def count(store: EventStore) -> int:
        return store.position()

    count(store)
    with open_store() as local:
        count(local)
        local.sql("SELECT 1")
""",
    "SQL after a look at the kind of store": """
    from workshop_lib.store.duckdb_engine.store import DuckDBStore

    if isinstance(store, DuckDBStore):
        store.sql("SELECT 1").df()
""",
    "a specification and a fold": """
    given(BAY, CarParked("zoe")).when(Leave("zoe")).then(CarLeft("zoe"))
    parked: str | None = fold(BAY, [CarParked("zoe")])
""",
}

WRONG = {
    "a command of another aggregate": (
        """handle(bays, 7, CarParked("zoe"))""",
        'Cannot infer value of type parameter "Command" of "handle"  [misc]',
    ),
    "a misspelt keyword of handle": (
        """handle(bays, 7, Park("zoe"), comand_id=uuid4())""",
        'Unexpected keyword argument "comand_id" for "handle"; did you mean "command_id"?  [call-arg]',
    ),
    "a misspelt keyword of save": (
        """bays.save(7, [CarParked("zoe")], 0, metdata={})""",
        'Unexpected keyword argument "metdata" for "save" of "Repository"; did you mean "metadata"?'
        "  [call-arg]",
    ),
    "a keyword with a value of another kind": (
        """bays.save(7, [CarParked("zoe")], 0, condition=Query())""",
        'Argument "condition" to "save" of "Repository" has incompatible type "Query"; '
        'expected "AppendCondition | None"  [arg-type]',
    ),
    "a command that is saved": (
        """bays.save(7, [Park("zoe")], 0)""",
        'List item 0 has incompatible type "Park"; expected "CarParked | CarLeft"  [list-item]',
    ),
    "one event instead of a list": (
        """store.append("bay-7", CarParked("zoe"))""",
        'Argument 2 to "append" of "EventStore" has incompatible type "CarParked"; '
        'expected "Sequence[object]"  [arg-type]',
    ),
    "a decider of another aggregate": (
        """other: Repository[str, str | None, Event] = Repository(store, BAY, "bay")""",
        'Argument 2 to "Repository" has incompatible type '
        '"Decider[Park | Leave, str | None, CarParked | CarLeft]"; '
        'expected "Decider[str, str | None, CarParked | CarLeft]"  [arg-type]',
    ),
    "a retry policy that is not called": (
        """handle(bays, 7, Park("zoe"), retry=decide_again)""",
        'Argument "retry" to "handle" has incompatible type '
        '"Callable[[int], Callable[[int, Conflict], bool]]"; '
        'expected "Callable[[int, Conflict], bool]"  [arg-type]',
    ),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> dict[str, list[str]]:
    """Run mypy once over all programs and return the errors of each."""
    folder = tmp_path_factory.mktemp("applications")
    programs = RIGHT | {name: f"    {program}" for name, (program, _) in WRONG.items()}
    files = {name: folder / f"program_{number}.py" for number, name in enumerate(programs)}
    for name, file in files.items():
        file.write_text(f"{HEAD}{programs[name]}\n", encoding="utf-8")
    options = ["--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(ROOT / ".mypy_cache")]
    output, errors, _ = api.run(["--no-error-summary", *options, *map(str, files.values())])
    assert not errors
    of_file = {file.name: name for name, file in files.items()}
    result: dict[str, list[str]] = {name: [] for name in files}
    for line in output.splitlines():
        match = re.match(r".*?(program_\d+\.py):\d+: (error|note): (.*)", line)
        assert match, output
        if match[2] == "error":
            result[of_file[match[1]]].append(match[3])
    return result


@pytest.mark.parametrize("program", RIGHT)
def test_a_right_program_has_no_error(found, program):
    assert found[program] == []


@pytest.mark.parametrize("program", WRONG)
def test_a_mistake_is_found(found, program):
    assert found[program] == [WRONG[program][1]]
