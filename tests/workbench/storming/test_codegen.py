"""Generated code runs, passes linter and type checker, and lacks only decisions."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from itertools import count, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workbench.storming.stories import STAY, wall
from tests.workbench.storming.test_grammar import walls
from workbench.setup.workspace import COURSE
from workbench.storming import Board
from workbench.storming.codegen.generate import Code, to_code
from workbench.storming.codegen.names import class_name, fitting, variable
from workbench.storming.codegen.undecided import NotDecidedYet
from workbench.storming.events import Kind
from workbench.storming.gestures import NotPossible
from workbench.storming.wall import Note, Wall
from workshop_lib import open_store
from workshop_lib.events import REGISTRY

HOTEL = wall(
    "A:Guest > C:Book Room|room: int|guest: Guest > G:Booking > E:Room Booked|room: int|price: Decimal",
    "G:Booking > E:Booking Refused|why: str | None",
    "E:Room Booked > P:Whenever booked > C:Clean Room|room: int > S:Cleaners > E:Room Cleaned|at: datetime",
    "A:Guest > C:Leave|room: int > G:Booking' > E:Guest Left|items: list[str]|on: date|took: timedelta",
)
TWO = wall(
    "C:Book Room|room: int > G:Booking > E:Room Booked|room: int",
    "C:Send Bill|bill: UUID > G:Bill|paid: bool > E:Bill Sent|bill: UUID",
    "E:Bill Sent|bill: UUID > P:Be quick > C:Book Room|room: int",
    "E:Room Booked|room: int > P:Be quick",
)
LONG = wall(
    *(
        f"P:{n * 60} > C:{n} is {'very ' * 9} > G:{n} of {'many ' * 9} > E:{n} was {'told ' * 9} > P:{n * 60}"
        for n in ("Ⅷ tale", "Story")
    )
)
WIDE = wall(
    *(
        f"C:Do the {n}th very long and winding job|a field of {n}: int > G:Work > E:Job {n} Done"
        for n in "abcdefghijkl"
    )
)
EVIL = [
    '"""\nimport os',
    '"); import os; ("',
    "'''\\",
    "x\\",
    "{0} %s {{}} \\N{BULLET}",
    "None",
    "class",
    "1 2 3",
    "\u202eevil\u2028\x00\x0c\r",
    "充電開始 🚗",
    "l",
    "int",
    "Decimal",
    "self: __import__('os').system('true')",
    "# noqa",
    "Returns",
    "Event",
    "a" * 300,
]  # fmt: skip


def run(code, made) -> dict[str, object]:
    """Return the generated module and its test functions, loaded as in a fresh interpreter."""
    for name, text in code.files.items():
        module = type(sys)(name.removesuffix(".py"))
        made.setitem(sys.modules, module.__name__, module)
        exec(compile(text, name, "exec", dont_inherit=True), vars(module))
    return {name: value for name, value in vars(module).items() if name.startswith("test_")}


def filled(code):
    """Return the code with decisions: each command and policy leads to everything that follows it."""
    examples = dict(re.findall(r"then = domain\.(\w+)(\((?:[^()]|\([^()]*\))*\))\n", code.tests))

    def decision(found):
        indent, *_ = re.findall(r"^ *", found[0])
        ways = re.findall(r"→ (\w+)", found[0])
        results = ", ".join(f"{name}{examples[name]}" for name in ways).replace("domain.", "")
        return f"{indent}return [{results}]\n"

    body = re.sub(r"( +# → \w+\n)+ +raise NotDecidedYet\(.*\)\n", decision, code.module)
    needed = "import uuid\nfrom datetime import *\nfrom decimal import Decimal\nfrom uuid import UUID\n"
    return code.__class__(
        code.name, body.replace("from dataclasses", f"{needed}from dataclasses", 1), code.tests
    )


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch):
    """Register generated event types only for the duration of a test."""
    for name in ("_by_class", "_by_name"):
        monkeypatch.setattr(REGISTRY, name, dict(getattr(REGISTRY, name)))


def evil(text: str) -> Wall:
    """A board with hostile texts and ids in all notes."""
    lines = f"{text}: {text}\n{text}: list[int]\nx: {text}"
    kinds = Kind.COMMAND, Kind.AGGREGATE, Kind.EVENT, Kind.POLICY, Kind.COMMAND
    notes = [
        Note(f"{n}{text}", kind, f"{text}\n{lines}" if n < 4 else f"{text} {n}", n, 0)
        for n, kind in enumerate(kinds)
    ]
    arrows = frozenset((a.id, b.id) for a, b in pairwise(notes))
    return Wall({note.id: note for note in notes}, arrows=arrows)


BOARDS = {
    "hotel": HOTEL,
    "two": TWO,
    "wide": WIDE,
    "long": LONG,
    **{f"evil{n}": evil(text) for n, text in enumerate(EVIL)},
}


@pytest.mark.parametrize("board", BOARDS)
def test_the_tests_of_a_board_fail_only_where_a_decision_is_missing(board, monkeypatch):
    tests = run(to_code(BOARDS[board]), monkeypatch)
    assert tests
    for test in tests.values():
        with pytest.raises(NotDecidedYet):
            test()


@pytest.mark.parametrize("board", BOARDS)
def test_the_tests_of_a_board_pass_once_its_decisions_are_filled_in(board, monkeypatch):
    code = filled(to_code(BOARDS[board]))
    assert "raise NotDecidedYet" not in code.module
    for test in run(code, monkeypatch).values():
        test()


@pytest.mark.parametrize("text", EVIL)
def test_the_text_of_a_note_never_becomes_code(text):
    code = to_code(evil(text))
    nodes = [node for source in code.files.values() for node in ast.walk(ast.parse(source))]
    homes = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    called = {ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)}
    own = {
        f"{before}{node.name}"
        for node in nodes
        if isinstance(node, ast.ClassDef | ast.FunctionDef)
        for before in ("", "domain.")
    }
    assert homes <= {
        "__future__",
        "dataclasses",
        "decimal",
        "functools",
        "workshop_lib.events",
        "workshop_lib.modeling.decider",
        "workbench.storming.codegen.undecided",
    }
    assert names == {code.name}
    assert called <= own | {
        "event_type",
        "dataclass",
        "replace",
        "reduce",
        "NotDecidedYet",
        "Decimal",
        "Decider",
    }


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Return a folder with the code of many boards, m0, m1, …, to check all of it at once."""
    folder, numbers = tmp_path_factory.mktemp("code"), count()

    def write(drawn):
        for context in {drawn.context_of(note) for note in drawn.of(Kind.COMMAND, Kind.EVENT) if note.name}:
            code, name = to_code(drawn, context), f"m{next(numbers)}"
            tests = code.tests.replace(f"import {code.name} as domain", f"import {name} as domain")
            Code(name, code.module, tests).write(folder)

    settings(max_examples=40, deadline=None, database=None)(given(walls())(write))()
    for board in BOARDS.values():
        write(board)
    return folder


@pytest.mark.parametrize(
    "tool",
    [
        ["ruff", "check", "--no-cache", "--config", f"{COURSE / 'pyproject.toml'}", "."],
        ["ruff", "format", "--check", "--no-cache", "--config", f"{COURSE / 'pyproject.toml'}", "."],
        ["mypy", "--strict", "--config-file", os.devnull, "--cache-dir", os.devnull, "."],
    ],
    ids=["linter", "formatter", "type checker"],
)
def test_the_code_of_any_board_passes_linter_and_type_checker(tool, written):
    said = subprocess.run(
        [sys.executable, "-m", *tool], cwd=written, capture_output=True, text=True, check=False,
        env=os.environ | {"MYPYPATH": str(COURSE)},
    )  # fmt: skip
    assert said.returncode == 0, said.stdout[-2_000:] + said.stderr


def test_the_code_names_missing_decisions_and_their_notes(monkeypatch):
    test = run(to_code(HOTEL), monkeypatch)["test_book_room_leads_to_room_booked"]
    with pytest.raises(
        NotDecidedYet, match="“Book Room”, but nobody has decided that yet; it is on note n2 of"
    ):
        test()


def test_given_events_are_what_the_wall_shows_before(monkeypatch):
    code = to_code(HOTEL)
    test = code.tests.partition("def test_leave_leads_to_guest_left")[2].partition("def ")[0]
    assert 'domain.RoomBooked(room=1, price=Decimal("1.50")),' in test


def test_an_unknown_type_becomes_str_with_a_comment():
    assert "    guest: str  # the note says Guest\n" in to_code(HOTEL).module


def test_several_aggregates_have_a_decider_each(monkeypatch):
    module = to_code(TWO).module
    for function in ("decide_booking", "evolve_booking", "decide_bill", "evolve_bill"):
        assert f"def {function}(" in module


def test_a_context_without_commands_and_events_raises_and_names_others():
    with pytest.raises(NotPossible, match=r"no command and no event.*: 'hotel'"):
        to_code(wall(("hotel", STAY)), "billing")


def test_filled_in_code_is_not_overwritten(tmp_path):
    code = to_code(HOTEL)
    file, _ = code.write(tmp_path)
    assert [path.name for path in code.write(tmp_path)] == ["board_decider.py", "test_board_decider.py"]
    file.write_text("mine")
    with pytest.raises(NotPossible, match="overwrite=True"):
        code.write(tmp_path)
    assert file.read_text() == "mine"
    code.write(tmp_path, overwrite=True)
    assert file.read_text() == code.module


def test_a_binary_file_is_not_overwritten(tmp_path):
    (tmp_path / "board_decider.py").write_bytes(b"\xff")
    with pytest.raises(NotPossible, match="has other content"):
        to_code(HOTEL).write(tmp_path)


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_folder_that_cannot_be_written_to_raises_an_error(tmp_path, overwrite):
    (tmp_path / "letter").write_text("no folder")
    (tmp_path / "taken" / "board_decider.py").mkdir(parents=True)
    for place in ("letter", "letter/below", "taken"):
        with pytest.raises(NotPossible, match=rf"board_decider\.py into .*{place}, but .*Choose a folder"):
            to_code(HOTEL).write(tmp_path / place, overwrite=overwrite)


def test_a_notebook_shows_the_code_in_a_fence_that_no_note_closes():
    shown_ = to_code(wall("A:G > C:Do ``` it > G:It > E:It Done"))._repr_markdown_()
    assert shown_.count("````python\n") == 2


def test_a_board_generates_its_code():
    board = Board("hotel", open_store("memory://"))
    board.frame("front desk", board.place("event", "Guest Arrived"))
    assert board.to_code("Front  desk").name == "front_desk_decider"


@given(st.text())
def test_any_text_becomes_a_valid_python_name(text):
    assert re.fullmatch(r"[A-Z][A-Za-z0-9]{0,39}", class_name(text))
    assert re.fullmatch(r"[a-z][a-z0-9_]{0,40}", variable(text))
    assert fitting(text).isprintable()
    assert not {*'"\\#'} & {*fitting(text)}


@settings(max_examples=25, deadline=None)
@given(walls())
def test_the_code_of_any_wall_lacks_only_decisions(drawn):
    for context in {drawn.context_of(note) for note in drawn.of(Kind.COMMAND, Kind.EVENT) if note.name}:
        with pytest.MonkeyPatch.context() as made:
            for test in run(to_code(drawn, context), made).values():
                with pytest.raises(NotDecidedYet):
                    test()
