"""A picture shows what is on the wall, is self-contained and contains no active content."""

from __future__ import annotations

import struct
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workbench.storming.any_wall import walls
from workbench.pictures.style import STICKY
from workbench.storming import Board, Kind
from workbench.storming.drawing.boxes import Box
from workbench.storming.drawing.lettering import fitted, height, width
from workbench.storming.drawing.picture import to_png, to_svg
from workbench.storming.drawing.scene import Sheet, Stroke, scene_of
from workbench.storming.wall import EMPTY, Note, Wall

EVIL = [
    "<img src=x onerror=alert(1)>",
    "</svg><script>alert(1)</script>",
    "a\x00b\x1bc\ufffe",
    "\ud800",
    "&amp;",
]
SVG = "{http://www.w3.org/2000/svg}"


def one(text, **more):
    return Wall({"n1": Note("n1", Kind.HOT_SPOT, text, 0, 0, **more)})


def strokes(board):
    return [mark for mark in scene_of(board.wall).marks if isinstance(mark, Stroke)]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(walls)
def test_any_wall_is_a_picture_of_harmless_shapes(wall):
    root = ElementTree.fromstring(to_svg(wall).encode())
    shapes = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert shapes <= {"svg", "title", "rect", "polyline", "polygon", "text"}
    assert not [
        name for element in root.iter() for name in element.attrib if name.startswith("on") or "href" in name
    ]


@pytest.mark.parametrize("text", EVIL)
def test_what_people_write_is_escaped_in_a_picture(text):
    svg = to_svg(one(text, owner=text, answer=text)).encode()
    words = "".join(element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text"))
    assert text[:3].replace("\x00", "\ufffd").replace("\ud800", "\ufffd") in words
    assert to_png(one(text, owner=text)).startswith(b"\x89PNG")


def test_an_arch_over_the_highest_row_is_in_the_picture():
    board = Board.from_text("read model: R -> actor: A -> command: Do It -> aggregate: G -> event: It Done")
    board.link("It Done", "R")
    scene = scene_of(board.wall)
    [arch] = [stroke for stroke in strokes(board) if len(stroke.points) > 2]
    assert scene.box.top < min(y for _, y in arch.points) < board.note("G").y - 100


def test_a_wide_wall_is_scaled_to_the_page_and_a_small_one_is_not():
    board = Board.from_text("event: A Done")
    small = ElementTree.fromstring(to_svg(board.wall)).attrib
    board.place("event", "B Done", 4_000, 60)
    wide = ElementTree.fromstring(to_svg(board.wall)).attrib
    assert small["viewBox"].split()[2:] == [small["width"], small["height"]]
    _, _, across, down = map(float, wide["viewBox"].split())
    assert float(wide["width"]) == 1000 < across
    assert float(wide["height"]) == pytest.approx(down * 1000 / across, abs=0.1)


def test_the_same_wall_gives_the_same_picture():
    board = Board.from_text("event: A -> event: B\ncontext: c\n  event: C")
    assert board.to_svg() == Board.from_json(board.to_json()).to_svg()
    assert board.to_png() == board.to_png()


def test_an_empty_wall_is_an_empty_sheet():
    assert "without notes" in to_svg(EMPTY)
    assert to_png(EMPTY).startswith(b"\x89PNG")


def test_every_kind_has_a_colour_of_its_own():
    assert len({STICKY[kind] for kind in Kind}) == len(Kind)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.text(max_size=300), st.lists(st.text(max_size=40), max_size=5))
def test_text_stays_on_its_note(name, details):
    lines = fitted(name, details, (130, 80))
    assert height(lines) <= 80
    assert all(width(line.text, line.size, line.bold) <= 130 for line in lines)


def test_an_arrow_ends_at_the_borders_of_its_notes():
    board = Board.from_text("event: A -> event: B")
    [arrow] = strokes(board)
    first, second = (Box.of_note(note.kind, note.x, note.y) for note in board.wall.of())
    assert arrow.points[0][0] == pytest.approx(first.right, abs=6)
    assert arrow.points[-1][0] == pytest.approx(second.left, abs=6)


def test_an_arrow_over_other_notes_of_its_row_is_an_arch():
    board = Board.from_text("event: A -> event: B -> event: C\nevent: C -> event: A")
    arch = max(strokes(board), key=lambda stroke: len(stroke.points))
    assert min(y for _, y in arch.points) < min(note.y for note in board.wall.of()) - 50


def test_a_pivotal_event_is_a_line_from_top_to_bottom():
    board = Board.from_text("event: A {pivotal} -> event: B")
    [line] = [stroke for stroke in strokes(board) if stroke.dashed]
    assert {x for x, _ in line.points} == {board.note("A").x}


def test_a_resolved_hot_spot_looks_different_and_shows_its_answer():
    open_, done = to_svg(one("Who pays?")), to_svg(one("Who pays?", answer="The driver"))
    assert "✓ The driver" in done
    assert open_.count(STICKY["hot spot"]) > done.count(f'fill="{STICKY["hot spot"]}"')


def test_a_badge_counts_only_open_findings():
    board = Board.from_text("command: Start Charging")
    open_ = board.check()
    badges = [
        mark for mark in scene_of(board.wall, open_).marks if isinstance(mark, Sheet) and mark.round == 14
    ]
    assert len(badges) == 1
    over = [finding._replace(overruled="so it is") for finding in open_]
    assert scene_of(board.wall, over).marks == scene_of(board.wall).marks


def test_without_findings_there_are_no_badges():
    board = Board.from_text("command: Start Charging")
    assert board.to_svg(findings=None) == board.to_svg(()) == board.to_svg() != board.to_svg(board.check())
    assert board.to_png(findings=None) == board.to_png(())


def test_a_lane_spans_the_whole_picture():
    board = Board.from_text("event: A\nlane: back {at 0 300, size 10 90}")
    scene = scene_of(board.wall)
    lane = next(mark for mark in scene.marks if isinstance(mark, Sheet))
    assert (lane.box.left, lane.box.right) == (scene.box.left, scene.box.right)


def test_a_wall_as_wide_as_a_street_still_fits_a_screen():
    wall = Wall({"n1": Note("n1", Kind.EVENT, "A", -1e6, 0), "n2": Note("n2", Kind.EVENT, "B", 1e6, 5)})
    wide, high = struct.unpack(">II", to_png(replace(wall, arrows=frozenset({("n1", "n2")})))[16:24])
    assert 1 <= high <= wide == 2400
