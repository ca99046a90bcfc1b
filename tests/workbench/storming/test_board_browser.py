"""The board in a real browser, used with mouse, finger and keyboard."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.room import browser_in
from tests.workbench.storming.board_page import BoardPage
from workbench.storming.board import Board
from workbench.storming.commands import PlaceNote
from workbench.storming.events import Kind

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

EVIL = "<img src=x onerror='window.hacked = 1'>"


@pytest.fixture(scope="module")
def browser(require_tool: Callable[..., str]) -> Iterator[BrowserContext]:
    pytest.importorskip("playwright.sync_api")
    program = require_tool("chromium", "google-chrome", "chrome", why="the board is tried in a browser")
    with tempfile.TemporaryDirectory() as folder, browser_in(Path(folder), program) as context:
        context.set_default_timeout(20_000)
        yield context


@pytest.fixture
def board() -> Board:
    """Two events and a command between them, left to right."""
    board = Board("fair", "memory://")
    board.place("event", "Cable Plugged In", 200, 200)
    board.place("command", "Start charging", 500, 200)
    board.place("event", "Charging Started", 800, 200)
    return board


@pytest.fixture
def open_board(browser: BrowserContext) -> Iterator[Callable[..., BoardPage]]:
    """Open a board in a page, at one pixel for a board unit, with its origin in the wall's corner."""
    pages: list[BoardPage] = []

    def open_board(board: Board, level: str = "") -> BoardPage:
        pages.append(opened := BoardPage(browser.new_page(), board, level))
        return opened

    yield open_board
    troubles = [trouble for one in pages for trouble in one.troubles]
    for one in pages:
        one.close()
    assert troubles == []


@pytest.fixture
def view(open_board: Callable[..., BoardPage], board: Board) -> BoardPage:
    return open_board(board)


def names(board: Board) -> list[str]:
    return [note.name for note in board.wall.of()]


def arrows(board: Board) -> list[tuple[str, str]]:
    return [(source.name, target.name) for source, target in board.wall.links]


def test_a_double_click_on_the_wall_places_a_note_with_what_is_typed(view, board):
    view.double_click(view.at(500, 340))
    view.page.keyboard.type("Meter Read")
    view.page.keyboard.press("Enter")
    view.note("Meter Read").wait_for()
    [note] = [note for note in board.wall.notes.values() if note.name == "Meter Read"]
    assert (note.kind, round(note.x, -1), round(note.y, -1)) == ("event", 500, 340)


def test_a_note_without_text_is_not_placed(view, board):
    view.double_click(view.at(500, 340))
    view.page.keyboard.press("Enter")
    assert len(board.history) == 3


def test_a_double_click_on_a_note_rewords_it(view, board):
    view.double_click(view.at(200, 200))
    view.page.keyboard.type("Cable Locked")
    view.page.keyboard.press("Enter")
    view.note("Cable Locked").wait_for()
    assert names(board) == ["Cable Locked", "Start charging", "Charging Started"]


def test_escape_discards_the_typed_text(view, board):
    view.double_click(view.at(200, 200))
    view.page.keyboard.type("Nonsense")
    view.page.keyboard.press("Escape")
    assert names(board)[0] == "Cable Plugged In"
    assert len(board.history) == 3


def test_a_drag_moves_a_note_in_one_gesture(view, board):
    view.drag(view.at(200, 200), view.at(260, 330))
    view.until_answered()
    note = board.note("Cable Plugged In")
    assert (note.x, note.y) == (260, 330)
    assert len(board.history) == 4
    assert view.sent() == ["Do"]


def test_notes_in_the_rubber_band_move_together(view, board):
    view.drag(view.at(80, 100), view.at(560, 300))
    view.drag(view.at(500, 200), view.at(500, 320))
    view.until_answered()
    assert [note.y for note in board.wall.of()] == [320, 320, 200]
    assert board.undo()
    assert [note.y for note in board.wall.of()] == [200, 200, 200]


def test_an_arrow_is_drawn_from_the_handle_to_another_note(view, board):
    view.page.mouse.move(*view.at(200, 200))
    view.drag(view.at(275, 200), view.at(500, 200))
    view.until_answered()
    assert arrows(board) == [("Cable Plugged In", "Start charging")]


def test_an_arrow_released_over_nothing_is_not_drawn(view, board):
    view.page.mouse.move(*view.at(200, 200))
    view.drag(view.at(275, 200), view.at(300, 420))
    assert view.page.get_by_role("status").inner_text().startswith("An arrow leads from one note to another")
    assert arrows(board) == []


def test_undo_and_redo_go_through_the_store(view, board):
    view.drag(view.at(200, 200), view.at(260, 330))
    view.press("Control+z")
    view.until_answered()
    assert board.note("Cable Plugged In").x == 200
    view.press("Control+Shift+z")
    view.until_answered()
    assert board.note("Cable Plugged In").x == 260


def test_the_board_can_be_used_with_the_keyboard_alone(view, board):
    page = view.page
    page.locator("#one .viewport").focus()
    view.press("Home", "l", "ArrowRight", "Enter")  # an arrow from the first note to the next
    view.press("End", "n")
    page.keyboard.type("Meter Read")
    view.press("Enter", "ArrowDown")  # the note just written is chosen, so it moves
    view.press("p", "Escape", "ArrowLeft", "Delete", "Space", "Delete")
    view.until_answered()
    assert arrows(board) == [("Cable Plugged In", "Start charging")]
    assert names(board) == ["Cable Plugged In", "Start charging", "Meter Read"]
    note = board.note("Meter Read")
    assert (note.x, note.y, note.pivotal) == (990, 220, True)


def test_what_people_write_is_shown_as_text_everywhere(open_board):
    board = Board("fair", "memory://")
    board.place("event", f"{EVIL}\n{EVIL}")
    board.frame(EVIL, *board.wall.notes)
    board.assign(board.place("hot spot", EVIL).id, EVIL)
    board.link(*board.wall.notes)
    view = open_board(Board.from_json(board.to_json()), "design")
    view.page.locator("#one .note .badge").first.click()
    view.press("Control+a")
    assert view.page.locator("#one img").count() == 0
    assert view.page.evaluate("window.hacked") is None
    assert view.page.locator("#one .note .name").first.inner_text() == EVIL


def test_keys_choose_the_kind_of_the_next_note(view, board):
    view.page.locator("#one .viewport").focus()
    view.press("2", "n")
    view.page.keyboard.type("Stop charging")
    view.press("Enter")
    view.until_answered()
    assert board.note("Stop charging").kind == "command"


def test_keys_choose_the_kind_of_the_chosen_notes(view, board):
    view.page.mouse.click(*view.at(200, 200))
    view.press("8")
    view.until_answered()
    assert board.note("Cable Plugged In").kind == "hot spot"


def test_a_note_is_dragged_from_the_palette(view, board):
    swatch = view.page.get_by_role("button", name="policy, key 5").bounding_box()
    assert swatch
    view.drag((swatch["x"] + 10, swatch["y"] + 10), view.at(500, 340))
    view.page.keyboard.type("Whenever it rains, roof")
    view.press("Enter")
    view.until_answered()
    note = board.note("Whenever it rains, roof")
    assert (note.kind, round(note.x, -1), round(note.y, -1)) == ("policy", 500, 340)


def test_tab_while_typing_goes_on_with_the_next_note(view, board):
    view.page.locator("#one .viewport").focus()
    view.press("End", "n")
    for word in ("Meter Read", "Session Paid"):
        view.page.keyboard.type(word)
        view.press("Tab")
    view.press("Escape")
    view.until_answered()
    assert names(board)[2:] == ["Charging Started", "Meter Read", "Session Paid"]


def test_a_rejected_text_stays_in_the_editor(view, board):
    view.double_click(view.at(200, 200))
    view.page.keyboard.insert_text("much " * 500)
    view.press("Enter")
    view.page.get_by_text("You wrote 2,499 characters, but a note holds 2,000.").wait_for()
    editor = view.page.locator("#one .editor")
    assert editor.input_value().startswith("much much")
    editor.fill("Cable Locked")
    view.press("Enter")
    view.until_answered()
    assert names(board)[0] == "Cable Locked"


def test_copies_go_through_the_clipboard_with_their_arrows(view, board):
    board.link("Cable Plugged In", "Start charging")
    view.refresh()
    view.drag(view.at(80, 100), view.at(560, 300))
    view.press("Control+c", "Control+v")
    view.until_answered()
    assert len(board.wall.notes) == 5
    assert arrows(board) == [("Cable Plugged In", "Start charging")] * 2


def test_each_line_of_a_pasted_text_becomes_a_note(view, board):
    view.page.locator("#one .viewport").focus()
    view.page.evaluate(
        """() => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", "Meter Read\\n\\n  Session Paid ");
          const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
          document.querySelector("#one .viewport").dispatchEvent(paste);
        }"""
    )
    view.until_answered()
    assert {"Meter Read", "Session Paid"} < set(names(board))
    assert len(board.history) == 4


def test_duplicates_are_one_gesture(view, board):
    view.page.locator("#one .viewport").focus()
    view.press("Control+a", "Control+d")
    view.until_answered()
    assert len(board.wall.notes) == 6
    assert len(board.history) == 4


def test_a_context_is_drawn_named_moved_with_its_notes_and_resized(view, board):
    view.page.get_by_role("button", name="Draw a context's frame").click()
    view.drag(view.at(100, 120), view.at(600, 290))
    view.page.keyboard.type("Charging")
    view.press("Enter")
    view.until_answered()
    view.drag(view.at(350, 290), view.at(350, 330))  # by its lower edge
    view.until_answered()
    assert [note.y for note in board.wall.of()] == [240, 240, 200]
    corner = view.page.locator("#one .corner").bounding_box()
    assert corner
    start = corner["x"] + 10, corner["y"] + 10
    before = board.area("Charging")
    view.drag(start, (start[0] - 46, start[1] + 23))
    view.until_answered()
    after = board.area("Charging")
    assert (before.x, before.y) == (after.x, after.y)
    assert (after.width, after.height) != (before.width, before.height)


def test_frames_can_be_drawn_with_the_keyboard(view, board):
    view.page.locator("#one .viewport").focus()
    view.press("Control+a", "f")
    view.page.keyboard.type("Charging")
    view.press("Enter", "Alt+ArrowRight", "Alt+ArrowDown")
    view.until_answered()
    assert [board.wall.context_of(note) for note in board.wall.of()] == ["Charging"] * 3
    area = board.area("Charging")
    assert (area.width, area.height) == (750 + 80 + 20, 100 + 80 + 20)


def test_a_badge_opens_its_question_and_a_reason_overrules_it(open_board, board):
    view = open_board(board, "design")
    view.note("Start charging").locator(".badge").click()
    finding = view.page.locator("#one .finding").first
    rule = finding.locator(".rule").inner_text()
    assert "?" in finding.locator("p").first.inner_text()
    finding.get_by_role("textbox").fill("the town wants it so")
    view.press("Enter")
    view.page.get_by_text("Overruled: the town wants it so").wait_for()
    [overruled] = [one for one in board.check("design") if one.overruled]
    assert overruled.rule in rule


def test_a_question_is_not_overruled_without_a_reason(open_board, board):
    view = open_board(board, "design")
    view.note("Start charging").locator(".badge").click()
    view.page.get_by_role("button", name="Overrule").first.click()
    assert "without a reason" in view.page.get_by_role("alert").inner_text()
    assert board.wall.overruled == {}


def test_a_hot_spot_gets_an_owner_and_an_answer(open_board, board):
    board.place("hot spot", "Who pays?", 500, 340)
    view = open_board(board)
    view.note("Who pays?").click()
    view.press("i")
    for field, words in (("Who will find out?", "Mona"), ("The answer", "The town")):
        view.page.get_by_role("textbox", name=field).fill(words)
        view.press("Enter")
        view.until_answered()
    note = board.note("Who pays?")
    assert (note.owner, note.answer) == ("Mona", "The town")


def test_the_panel_does_what_a_drag_does(view, board):
    view.page.mouse.click(*view.at(200, 200))
    view.press("i")
    page = view.page
    page.get_by_role("button", name="Move down").click()
    page.get_by_role("combobox", name="Arrow to").select_option(label="Charging Started (event)")
    page.get_by_role("combobox", name="Kind", exact=True).select_option("external system")
    view.until_answered()
    note = board.note("Cable Plugged In")
    assert (note.y, note.kind) == (240, "external system")
    assert arrows(board) == [("Cable Plugged In", "Charging Started")]
    page.get_by_role("button", name="Remove the arrow to Charging Started").click()
    view.until_answered()
    assert arrows(board) == []


def test_after_a_choice_by_mouse_keys_go_to_the_wall(view, board):
    phase = view.page.get_by_role("combobox", name="Phase")
    phase.click()
    phase.select_option("timeline")
    view.press("n")
    view.page.get_by_role("textbox", name="Text").wait_for()
    view.until_answered()
    assert board.wall.phase == "timeline"


def test_after_the_panel_is_opened_a_key_changes_no_kind(view, board):
    view.page.mouse.click(*view.at(200, 200))
    view.press("i", "h")
    view.page.get_by_role("slider", name="Gesture of the session").wait_for()
    view.until_answered()
    assert board.note("Cable Plugged In").kind == "event"


def test_each_line_of_a_note_is_shown_whole_or_not_at_all(open_board, board):
    board.place("event", "Lines Counted\n" + "\n".join(f"line {n}: int" for n in range(9)), 500, 340)
    view = open_board(board)
    seen = view.note("Lines Counted").evaluate("""note => {
      const room = note.querySelector(".details").getBoundingClientRect();
      return [...note.querySelectorAll(".detail")].map((line) => line.getBoundingClientRect())
        .filter((line) => line.left < room.right).map((line) => line.bottom <= room.bottom + 0.5);
    }""")
    assert len(seen) > 2
    assert all(seen)


def test_a_long_name_is_not_smaller_than_the_lines_below_it(open_board, board):
    long = "Charging Started At The Connector Of The Cinema"
    board.place("event", f"{long}\na: int\nb: int\nc: int", 500, 340)
    name, line = (
        open_board(board)
        .note(long)
        .evaluate("""note => [".name", ".detail"].map((part) =>
          parseFloat(getComputedStyle(note.querySelector(part)).fontSize))""")
    )
    assert name > line


def test_a_new_note_keeps_its_distance_from_its_neighbours(open_board, board):
    board.place("event", "Here", 500, 440)
    board.place("event", "There", 710, 440)
    view = open_board(board)
    view.note("Here").click()
    view.press("n")
    view.page.keyboard.insert_text("Beyond")
    view.press("Enter")
    view.until_answered()
    assert board.note("Beyond").y == 440
    assert 20 <= board.note("Beyond").x - 710 - 150 < 60


def test_history_replays_the_session_and_the_past_cannot_be_changed(view, board):
    view.page.get_by_role("button", name="History").click()
    view.press("ArrowLeft", "ArrowLeft")
    view.page.wait_for_function("document.querySelectorAll('#one .note').length === 1")
    view.double_click(view.at(200, 200))
    view.drag(view.at(200, 200), view.at(260, 330))
    view.press("Delete")
    assert "past" in view.page.get_by_role("alert").inner_text()
    view.press("Escape")
    view.page.get_by_role("button", name="Back to now").click()
    assert view.page.locator("#one .note").count() == 3
    assert len(board.history) == 3


def test_a_phase_brings_its_question_and_its_minutes(view, board):
    view.page.get_by_role("combobox", name="Phase").select_option("timeline")
    view.until_answered()
    assert board.wall.phase == "timeline"
    assert "from left to right" in view.page.locator("#one .prompt").inner_text()
    assert view.page.get_by_role("timer").inner_text() == "20:00"


def test_the_clock_runs_pauses_and_restarts(view):
    page, clock = view.page, view.page.get_by_role("timer")
    page.get_by_role("button", name="Start the clock").click()
    page.wait_for_function("document.querySelector('#one .time').textContent < '15:00'")
    page.get_by_role("button", name="Pause the clock").click()
    minutes, seconds = clock.inner_text().split(":")
    page.get_by_role("button", name="One minute more").click()
    assert clock.inner_text() == f"{int(minutes) + 1}:{seconds}"
    page.get_by_role("button", name="Reset the clock").click()
    assert clock.inner_text() == "15:00"


def test_search_goes_from_one_hit_to_the_next(view):
    view.page.locator("#one .viewport").focus()
    view.press("/")
    view.page.keyboard.type("charging")
    assert view.page.locator("#one .note.hit").count() == 2
    view.press("Enter", "Enter")
    assert view.page.locator("#one .note.chosen .name").inner_text() == "Charging Started"
    view.press("Escape")
    assert view.page.locator("#one .note.hit").count() == 0


def test_the_wheel_zooms_only_with_control(view):
    page = view.page
    page.mouse.move(*view.at(500, 200))
    before = view.at(500, 200), view.at(800, 200)
    page.evaluate("document.addEventListener('wheel', (event) => { window.left = !event.defaultPrevented; })")
    page.mouse.wheel(0, 100)
    page.wait_for_function("window.left === true")
    assert (view.at(500, 200), view.at(800, 200)) == before
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    page.wait_for_function("window.left === false")
    assert view.at(500, 200) == pytest.approx(before[0], abs=1)  # the point under the mouse does not move
    assert view.at(800, 200)[0] > before[1][0] + 20


def test_the_map_appears_when_not_everything_is_visible(view):
    assert view.page.locator("#one .minimap").is_hidden()
    for _ in range(6):
        view.page.get_by_role("button", name="Zoom in").click()
    view.page.locator("#one .minimap").wait_for()
    view.page.get_by_role("button", name="Show everything").click()
    view.page.locator("#one .minimap").wait_for(state="hidden")


def test_a_finger_places_moves_and_pans(view, board):
    view.touch([view.at(200, 200), view.at(230, 260), view.at(260, 330)])
    view.until_answered()
    assert (board.note("Cable Plugged In").x, board.note("Cable Plugged In").y) == (260, 330)
    before = view.at(0, 0)
    view.touch([view.at(500, 340), view.at(520, 340), view.at(600, 340)])
    assert view.at(0, 0)[0] - before[0] == pytest.approx(view.at(100, 0)[0] - view.at(0, 0)[0], abs=2)
    for _ in range(2):
        view.touch([view.at(600, 420)])
    view.page.keyboard.type("Meter Read")
    view.press("Enter")
    view.until_answered()
    assert "Meter Read" in names(board)


def test_two_fingers_zoom(view):
    before = view.at(800, 200)[0] - view.at(200, 200)[0]
    view.pinch(view.at(480, 320), view.at(520, 320), 60)
    assert view.at(800, 200)[0] - view.at(200, 200)[0] > before * 1.5


def test_an_arrow_is_chosen_and_removed(view, board):
    board.link("Cable Plugged In", "Start charging")
    view.refresh()
    view.page.mouse.click(*view.at(350, 207))
    view.press("Delete")
    view.until_answered()
    assert arrows(board) == []
    assert len(board.wall.notes) == 3


def test_everything_has_a_name_for_assistive_technology(open_board, board):
    board.mark_pivotal("Charging Started")
    board.frame("Charging", "Charging Started")
    view = open_board(board)
    page = view.page
    page.get_by_role("option", name="event, Charging Started, pivotal, in Charging").wait_for()
    page.get_by_role("option", name="context Charging").wait_for()
    view.note("Start charging").click()
    assert view.note("Start charging").get_attribute("aria-selected") == "true"
    view.press("Delete")
    assert "Ctrl+Z restores it" in page.get_by_role("status").inner_text()
    unnamed = page.locator("#one :is(button, select, input, textarea)").evaluate_all(
        "all => all.filter((one) => !one.ariaLabel && !one.textContent.trim()).map((one) => one.outerHTML)"
    )
    assert unnamed == []


def test_two_views_of_one_board_stay_in_step_and_close_separately(view, board):
    view.page.evaluate("() => { window.close_two = open_view('two'); }")
    view.drag(view.at(200, 200), view.at(260, 330))
    view.until_answered()
    where = view.page.locator(".note").evaluate_all("all => all.map((one) => one.style.translate)")
    assert where[:3] == where[3:]
    view.page.evaluate("close_two()")
    assert view.page.locator(".storming-board").count() == 1
    view.page.evaluate("close_one()")
    assert view.page.evaluate("model.listeners()") == 0


def test_changes_by_others_appear_while_somebody_types(view, board):
    view.double_click(view.at(500, 340))
    view.page.keyboard.type("Meter")
    board.place("event", "Cable Unplugged", 800, 340)
    view.refresh()
    view.note("Cable Unplugged").wait_for()
    view.page.keyboard.type(" Read")
    view.press("Enter")
    view.until_answered()
    assert {"Meter Read", "Cable Unplugged"} < set(names(board))


def test_keys_of_the_board_do_not_reach_the_notebook(view):
    assert view.page.locator("#one .storming-board").get_attribute("data-lm-suppress-shortcuts") == "true"
    view.page.evaluate("document.addEventListener('keydown', (event) => { window.leaked = event.key; })")
    view.page.locator("#one .viewport").focus()
    view.press("ArrowRight", "d", "d", "Control+s")
    assert view.page.evaluate("window.leaked") is None


def test_the_projector_fills_the_page_with_larger_type(view):
    size = "element => parseFloat(getComputedStyle(element).fontSize)"
    before = view.page.locator("#one .prompt").evaluate(size)
    view.page.get_by_role("button", name="Projector").click()
    assert view.page.locator("#one .prompt").evaluate(size) >= 1.25 * before
    box = view.page.locator("#one .storming-board").bounding_box()
    assert box
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 1280, 720)
    view.page.get_by_role("button", name="Projector").click()


def test_three_hundred_notes_are_dragged_smoothly(open_board, capsys):
    board = Board("large", "memory://")
    board.do(*(PlaceNote(Kind.EVENT, f"Meter {n} Read", n % 20 * 200, n // 20 * 140) for n in range(300)))
    view = open_board(board)
    view.page.locator("#one .viewport").focus()
    single = view.frames_of_a_drag(view.at(400, 280), 60)
    view.drag(view.at(-90, -60), view.at(1900, 610))
    chosen = view.page.locator("#one .note.chosen").count()
    several = view.frames_of_a_drag(view.at(400, 280), 60)
    with capsys.disabled():
        print(
            f"\n300 notes on the board, milliseconds from frame to frame: one dragged {single}, 50 {several}"
        )
    assert chosen == 50
    assert len(board.history) == 3


def test_text_typed_on_a_removed_note_is_not_lost(view, board):
    view.double_click(view.at(200, 200))
    view.page.keyboard.type("Cable Locked")
    board.remove("Cable Plugged In")
    view.refresh()
    view.press("Enter")
    assert "somebody may have removed it" in view.page.get_by_role("alert").inner_text()
    view.press("Enter")  # now it is a new note
    view.until_answered()
    assert names(board) == ["Cable Locked", "Start charging", "Charging Started"]


def test_a_drag_survives_the_removal_of_everything_by_others(view, board):
    mouse = view.page.mouse
    mouse.move(*view.at(200, 200))
    mouse.down()
    mouse.move(*view.at(230, 230), steps=3)
    board.remove(*board.wall.notes)
    view.refresh()
    mouse.move(*view.at(260, 260), steps=3)
    mouse.up()
    view.until_answered()
    assert board.wall.notes == {}
    assert view.page.locator("#one .note").count() == 0


def test_the_tools_are_one_stop_for_the_tab_key(view):
    view.page.get_by_role("button", name="Choose and move").focus()
    view.press("ArrowRight", "ArrowRight")
    assert view.page.evaluate("document.activeElement.title") == "Draw a context's frame (F)"
    view.press("Tab")
    assert view.page.evaluate("document.activeElement.type") == "search"


def test_a_kernel_that_does_not_answer_is_reported(view, board):
    view.page.evaluate("() => { model.send = () => {}; }")
    view.drag(view.at(200, 200), view.at(260, 330))
    view.page.get_by_text("The kernel does not answer.").wait_for()
    where = view.page.locator("#one .note").first.evaluate("one => one.style.translate")
    assert where == "185px 280px"  # the change is visible meanwhile


def test_a_kernel_that_is_gone_is_reported_at_once(view):
    view.page.evaluate("() => { model.send = () => { throw new Error('Cannot send'); }; }")
    view.drag(view.at(200, 200), view.at(260, 330))
    view.page.get_by_text("reached no kernel").wait_for()
    where = view.page.locator("#one .note").first.evaluate("one => one.style.translate")
    assert where == "125px 150px"  # unchanged
