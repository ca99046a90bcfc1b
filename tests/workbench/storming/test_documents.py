"""Markdown documents show everything on the wall, with escaped texts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt

from tests.workbench.storming.any_wall import walls
from workbench.storming import Board
from workbench.storming.formats.documents import MOST, glossary, to_mermaid

STORY = """
context: charging
  actor: Driver -> command: Start Charging -> aggregate: Session -> event: Charging Started
  event: Charging Started -> policy: Whenever it starts -> command: Occupy Connector -> system: Station
  system: Station -> event: Connector Occupied
  hot spot: Who pays? {owner: Anna}
  hot spot: How long? {answer: an hour}
"""
FRAME = r"[tr]f \d{2,3} (ui|pcr|cmd|rmo|evt) [A-Z][A-Za-z0-9]*( ->> \d{2,3})*"
EVIL = ["<img src=x onerror=alert(1)>", "a | b", "```", "*x*", "$x$", "[a](b)", "# x\n- y"]


def frames(markdown):
    lines = markdown.split("\n")
    return lines[2 : lines.index("```")] if lines[0] == "```mermaid" else []


def test_a_flow_becomes_frames_in_the_order_of_time():
    assert frames(Board.from_text(STORY).to_mermaid()) == [
        "tf 01 ui Driver",
        "tf 02 cmd StartCharging",
        "tf 03 evt ChargingStarted",
        "tf 04 pcr WheneverItStarts",
        "tf 05 cmd OccupyConnector",
        "tf 06 evt ConnectorOccupied",
    ]


def test_arrows_from_other_than_the_previous_box_are_written_out():
    board = Board.from_text("command: A -> event: B Happened\ncommand: A -> event: C Happened")
    board.place("event", "D Happened")
    assert frames(board.to_mermaid()) == [
        "tf 01 cmd A",
        "tf 02 evt BHappened",
        "tf 03 evt CHappened ->> 01",
        "rf 04 evt DHappened",
    ]


def test_what_has_no_box_is_listed_below():
    markdown = Board.from_text(STORY).to_mermaid()
    assert "- aggregate Session (charging)" in MarkdownIt().render(markdown).replace("<li>", "- ")
    assert "Who pays?: open (owner: Anna)" in markdown.replace("&#58;", ":")
    assert "How long?: resolved, an hour" in markdown


@pytest.mark.parametrize(
    ("name", "word"), [("Tür geöffnet", "TurGeoffnet"), ("充电", "Event1"), ("2 Paid", "No2Paid")]
)
def test_a_name_that_mermaid_cannot_show_is_simplified_and_listed(name, word):
    markdown = Board.from_text(f"event: {name}").to_mermaid()
    assert frames(markdown) == [f"tf 01 evt {word}"]
    assert f"- {word}: {name}" in markdown


@settings(max_examples=80, deadline=None, derandomize=True)
@given(walls)
def test_any_wall_gives_lines_that_mermaid_can_read(wall):
    assert all(re.fullmatch(FRAME, line) for line in frames(to_mermaid(wall)))


def test_a_wall_that_is_too_large_for_mermaid_is_drawn_in_part_with_a_list():
    markdown = Board.from_text(
        "\n".join(f"event: Car {number} Charged" for number in range(MOST + 2))
    ).to_mermaid()
    assert len(frames(markdown)) == MOST
    assert markdown.count("\n- event Car") == 2
    assert len(markdown) < 50_000


@pytest.mark.parametrize("text", EVIL)
def test_what_people_write_is_escaped_in_documents(text):
    board = Board("fair", "memory://")
    board.place("event", text), board.place("hot spot", text), board.place("aggregate", text)
    html = MarkdownIt().enable("table").render(board.glossary() + "\n" + board.to_mermaid())
    assert not re.search("<(img|em|a|h1|script)[ >]", html)
    assert html.count("<tr>") == 4


def test_the_glossary_has_one_row_for_each_element():
    board = Board.from_text(
        "event: Car Charged\n  | public\nevent: Car Charged #2\ncontext: billing\n  event: Car Charged"
    )
    assert board.glossary().split("\n")[2:-1] == [
        "| Car Charged | event |  | public | 2 |",
        "| Car Charged | event | billing |  | 1 |",
    ]


@settings(max_examples=40, deadline=None, derandomize=True)
@given(walls)
def test_any_wall_has_a_glossary_of_five_columns(wall):
    rows = MarkdownIt().enable("table").parse(glossary(wall))
    assert len([one for one in rows if one.type in ("td_open", "th_open")]) % 5 == 0
