"""A board as text: it survives a round trip, and an unreadable line raises an error with its number."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.workbench.storming.any_wall import done, shown, walls
from workbench.storming import Board
from workbench.storming.events import Kind
from workbench.storming.formats.text import TextError, from_text, to_text
from workbench.storming.gestures import decide_all
from workbench.storming.wall import EMPTY, fold

STORY = """\
board: Charging network
phase: timeline
context: charging
  actor: Driver -> command: Start Charging -> aggregate: Session -> event: Charging Started {pivotal}
    | session: int
  event: Charging Started -> policy: Whenever a session starts, the connector is occupied
  hot spot: Who pays when the line fails? {owner: Anna} -> event: Charging Started
context: billing
  policy: Whenever a session ends, it is billed -> command: Bill Session
lane: back office {at 0 2000, size 900 200}
event: Charging Started {in: charging} -> policy: Whenever a session ends, it is billed {in: billing}
overruled: past tense event/x {because: everybody says so}
"""


PIECES = [
    *(
        "event: A",
        "command: B",
        "context: c",
        "lane: l",
        " -> ",
        "\n",
        "\n  ",
        " {at 1 2}",
        " {pivotal}",
        " #2",
    ),
    *("{", "}", '"', "| x", " {in: c}", " {size 9 9, at 0 0}", "phase: timeline", "{owner: ", "#", ":"),
]


def read(text, wall=EMPTY):
    return fold(decide_all(wall, from_text(text, wall)), wall)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(walls)
def test_a_wall_survives_a_round_trip_through_text(wall):
    text = to_text(wall)
    again = read(text)
    assert shown(again) == shown(wall)
    assert to_text(again) == text


@settings(max_examples=80, deadline=None, derandomize=True)
@given(walls)
def test_without_positions_all_but_positions_survive(wall):
    assume(all(area.y + area.height < 500_000 for area in wall.areas.values()))  # space for notes below
    again = read(to_text(wall, positions=False))
    compared = [
        sorted((n.kind, n.text, n.pivotal, n.owner) for n in one.notes.values()) for one in (wall, again)
    ]
    assert compared[0] == compared[1]
    assert len(again.links) == len(wall.links)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    st.lists(
        st.sampled_from(PIECES),
        max_size=14,
    ).map("".join)
    | st.text()
)
def test_any_text_is_a_board_or_raises_an_error_with_its_line(text):
    try:
        done(from_text(text))
    except TextError as raised:
        assert f"in line {raised.line}" in str(raised)


def test_the_same_kind_and_name_mean_the_same_note():
    board = Board.from_text("event: A -> event: B\nevent: a -> event: C\nevent: A #2")
    assert sorted(note.name for note in board.wall.notes.values()) == ["A", "A", "B", "C"]


def test_the_same_name_in_two_contexts_means_two_notes():
    wall = read("context: one\n  event: Session Stopped\ncontext: two\n  event: Session Stopped")
    assert sorted(map(wall.context_of, wall.notes.values())) == ["one", "two"]


def test_every_part_of_a_text_is_placed_as_written():
    board = Board.from_text(STORY)
    wall = board.wall
    assert board.name == "Charging network"
    assert wall.context_of(board.note("Charging Started")) == "charging"
    assert board.note("Charging Started").details == ("session: int",)
    assert board.note("Who pays when the line fails?").owner == "Anna"
    assert [(a.name, b.name) for a, b in wall.links if wall.context_of(a) != wall.context_of(b)] == [
        ("Charging Started", "Whenever a session ends, it is billed")
    ]


def test_without_positions_text_reads_as_people_type_it():
    assert "  actor: Driver -> command: Start Charging -> aggregate: Session" in Board.from_text(
        STORY
    ).to_text(False)


def test_indenting_the_whole_text_changes_nothing():
    pushed = "\n".join(f"    {line}" for line in STORY.split("\n"))
    assert Board.from_text(pushed).to_text() == Board.from_text(STORY).to_text()


def test_added_text_joins_existing_notes_and_one_undo_reverts_it():
    board = Board.from_text(STORY)
    before = board.wall.seen()
    board.add("event: Charging Started -> read model: Live Map\nhot spot: Really? -> event: Charging Started")
    assert len(board.wall.of(Kind.EVENT)) == 1
    assert {a.name for a, b in board.wall.links if b.name == "Charging Started"} >= {"Really?", "Session"}
    board.undo()
    assert board.wall.seen() == before


def test_the_same_text_twice_changes_nothing():
    board = Board.from_text(STORY)
    version = board.version
    board.add(STORY)
    assert board.version == version


def test_added_details_follow_the_existing_ones():
    board = Board.from_text("event: Charging Started\n  | session: int")
    board.add("event: Charging Started\n  | session: int\n  | public")
    assert board.note("Charging Started").details == ("session: int", "public")


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("evnt: x", 1, 'Did you mean "event:"'),
        ("event: A\n\nevent:", 3, "the name is missing"),
        ("event: A -> ", 1, "has no note on one side"),
        ("context: charging\nevent: A", 1, "Indent its notes below it"),
        ("event: A {pivotl}", 1, "The marks are: at, in, pivotal"),
        ("event: A {pivotal yes}", 1, "Write {pivotal}"),
        ("| session: int", 1, "Name the note that it describes first"),
        ("lane: back office {at 1 2}", 1, "needs both a place and a size"),
        ("event: A\nevent: A -> event: a", 2, "from a note to itself"),
        ("command: A {pivotal}", 1, "only a note of kind event can be"),
        ("event: A {at 1e9 0}", 1, "off the wall"),
        ("event: A {at here}", 1, "needs two numbers"),
        ('event: "A', 1, "as a JSON string"),
        ('event: "\\x"', 1, "is not a JSON string"),
        ("phase: lunch", 1, "The phases are: chaotic exploration"),
        ("overruled: past tense event/x", 1, "gives no reason"),
        ("context: a -> event: B", 1, "only notes have arrows and numbers"),
        ("event: " + "x" * 3_000, 1, "a note holds 2,000"),
        ("event: " + '\\"' * 20_000, 1, "a note holds 2,000"),  # fast for any length
    ],
)
def test_invalid_text_raises_an_error_with_line_and_remedy(text, line, sentence):
    with pytest.raises(TextError, match=sentence.replace("{", "\\{")) as raised:
        from_text(text)
    assert raised.value.line == line
