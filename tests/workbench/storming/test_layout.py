"""Notes without a position get one: causes left, contexts framed, no overlaps."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.storming import Board
from workbench.storming.drawing.boxes import Box
from workbench.storming.events import AreaKind, Kind
from workbench.storming.formats.text import from_text
from workbench.storming.gestures import decide_all
from workbench.storming.wall import EMPTY, fold

KINDS = ["event", "command", "actor", "aggregate", "policy", "read model", "hot spot"]
mentions = st.builds("{}: {}".format, st.sampled_from(KINDS), st.sampled_from("ABCDE"))
lines = st.lists(mentions, min_size=1, max_size=5, unique=True).map(" -> ".join)
FRAMES = ["context: one", "context: two", "context: three", "# outside\nactor: Z"]


def blocks(frames):
    indented = st.lists(lines, min_size=1, max_size=4).map(lambda all_: "".join(f"\n  {one}" for one in all_))
    return st.lists(st.builds("{}{}".format, st.sampled_from(frames), indented), min_size=1, max_size=4).map(
        "\n".join
    )


texts, additions = blocks([*FRAMES, "lane: back"]), blocks(FRAMES)


def read(text, wall=EMPTY):
    return fold(decide_all(wall, from_text(text, wall)), wall)


def boxes(wall):
    return [Box.of_note(note.kind, note.x, note.y) for note in wall.notes.values()]


def frames(wall):
    return [Box.of_area(area) for area in wall.areas.values()]


@settings(max_examples=50, deadline=None, derandomize=True)
@given(texts, additions)
def test_added_notes_and_frames_never_overlap(first, second):
    for wall in (one := read(first), read(second, one)):
        assert not [pair for pair in combinations(boxes(wall), 2) if pair[0].meets(pair[1])]
        assert not [pair for pair in combinations(frames(wall), 2) if pair[0].meets(pair[1])]


@settings(max_examples=50, deadline=None, derandomize=True)
@given(texts, additions)
def test_a_note_is_placed_in_the_context_that_the_text_names(first, second):
    one = read(first)
    for wall, text in ((one, first), (read(second, one), second)):
        said = "outside"
        for line in text.split("\n"):
            said = line if not line.startswith(" ") else said
            if line.startswith("  ") and said.startswith("context"):
                kind, _, name = line.strip().partition(" -> ")[0].partition(": ")
                there = [note for note in wall.of(Kind(kind)) if note.name == name]
                assert said.partition(": ")[2] in {wall.context_of(note) for note in there}


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(st.integers(0, 12), st.integers(0, 12)).filter(lambda two: two[0] < two[1]), max_size=20
    )
)
def test_causes_are_left_of_their_effects(pairs):
    wall = read("\n".join(f"event: E{a} -> event: E{b}" for a, b in pairs))
    assert all(a.x < b.x for a, b in wall.links)


def test_a_pasted_list_becomes_a_timeline():
    wall = read("\n".join(f"event: Event {number} Happened" for number in range(12)))
    assert [note.name.split()[1] for note in wall.of()] == [str(number) for number in range(12)]
    assert len({note.y for note in wall.notes.values()}) == 1


def test_a_question_is_placed_next_to_its_subject():
    board = Board.from_text("event: A -> event: B -> event: C\nhot spot: Why? -> event: B")
    assert board.note("Why?").x == board.note("B").x


def test_an_added_note_is_right_of_its_cause():
    board = Board.from_text("event: A -> event: B -> event: C")
    board.add("event: C -> policy: Whenever C")
    assert board.note("Whenever C").x > board.note("C").x


def test_a_frame_grows_around_what_is_added_to_its_context():
    board = Board.from_text("context: charging\n  event: A")
    board.add("context: charging\n  event: B")
    assert [board.wall.context_of(note) for note in board.wall.of(Kind.EVENT)] == ["charging"] * 2
    assert len(board.wall.areas) == 1


def test_a_frame_without_space_to_grow_is_drawn_again_elsewhere():
    board = Board.from_text("context: one\n  event: A\ncontext: two\n  event: B\n  event: C")
    board.add("context: one\n  event: D")
    assert board.wall.context_of(board.note("D")) == "one"
    assert [area.kind for area in board.wall.areas.values()] == [AreaKind.CONTEXT] * 3
