"""Each rule of the grammar gives its questions where it should, nowhere else, and can be overruled."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workbench.storming.stories import STAY, wall
from workbench.storming import Board
from workbench.storming.events import AreaKind, Kind, Level
from workbench.storming.gestures import NotPossible
from workbench.storming.grammar.rules import RULES, check_wall
from workbench.storming.wall import Area, Note, Wall
from workshop_lib import open_store

CLEANING = "P:Whenever booked > C:Clean Room > S:Cleaners > E:Room Cleaned"
BILLING = "P:Whenever due > C:Bill Stay > G:Bill|only once > E:Stay Billed"
FIVE = ["E:Room Booked > E:Guest Arrived > E:Key Handed Over > E:Stay Billed > E:Guest Left"]
CASES = {
    "past tense": ("big picture", ["E:Room Booking"], ["E:Room Booked"]),
    "imperative": ("design", [STAY.replace("Book Room", "The Booking")], [STAY]),
    "row words": ("big picture", ["E:Room Updated"], ["E:Room Cleaned"]),
    "two facts in one": (
        "big picture",
        ["E:Room Booked And Paid"],
        ["E:Terms And Conditions Accepted > E:Bed And Breakfast Booked"],
    ),
    "technical event": ("big picture", ["E:Button Clicked"], ["E:Bell Rung"]),
    "same words": ("big picture", ["E:Stay Ended", "R:Stay ended"], ["E:Stay Ended", "E:Stay Ended'"]),
    "legal arrow": ("design", [STAY, "A:Guest > E:Key Lost"], [STAY]),
    "orphan command": (
        "design",
        [STAY, "A:Guest > C:Cancel Stay"],
        [STAY, "A:Guest > C:Cancel Stay > S:Desk > E:Stay Cancelled"],
    ),
    "orphan event": ("design", [STAY, "E:Fire Alarm Rang"], [STAY, "E:Month Ended"]),
    "missing policy": (
        "design",
        [STAY, f"E:Room Booked > {CLEANING[20:]}"],
        [STAY, f"E:Room Booked > {CLEANING}"],
    ),
    "unasked command": ("design", [STAY, CLEANING[20:]], [STAY, f"A:Guest > {CLEANING[20:]}"]),
    "blind decision": ("process", ["A:Guest > C:Book Room > E:Room Booked"], [STAY]),
    "read model without a source": (
        "design",
        [STAY, "R:Weather > A:Guest"],
        [STAY, "S:Sky > E:Rain Fell > R:Weather > A:Guest"],
    ),
    "unread read model": (
        "design",
        [STAY, "E:Room Booked > R:Occupancy"],
        [STAY, "E:Room Booked > R:Occupancy", "R:Occupancy > A:Guest"],
    ),
    "loose policy": ("design", [STAY, CLEANING], [STAY, f"E:Room Booked > {CLEANING}"]),
    "aggregate calls a system": ("design", [STAY, "G:Booking|only if it is free > S:Bank"], [STAY, "S:Bank"]),
    "two deciders": ("design", [STAY, "C:Book Room > S:Agency"], [STAY]),
    "silent aggregate": ("design", [STAY, "G:Bill"], [STAY]),
    "never a no": (
        "design",
        [STAY.replace("|only if it is free", "")],
        [STAY.replace("|only if it is free", ""), "G:Booking > E:Booking Refused"],
    ),
    "endless loop": (
        "design",
        ["S:Bank > E:Payment Failed > P:Again > C:Try Payment > S:Bank'"],
        ["S:Bank > E:Payment Failed > P:Again > C:Try Payment > S:Bank'", "S:Bank > E:Payment Given Up"],
    ),
    "backward arrow": (
        "big picture",
        ["E:Room Booked", "E:Room Left > E:Room Booked"],
        ["E:Room Booked > E:Room Left"],
    ),
    "pivotal events": ("big picture", FIVE, [FIVE[0].replace("Guest Arr", "*Guest Arr")]),
    "pivot at the edge": (
        "big picture",
        ["E:*Room Booked > E:Guest Left"],
        ["E:Bell Rung > E:*Room Booked > E:Guest Left"],
    ),
    "reverse narrative": (
        "design",
        [STAY, "G:Housekeeping > E:Room Cleaned"],
        [STAY, "A:Guest > C:Clean Room|never on Sundays > G:Housekeeping > E:Room Cleaned"],
    ),
    "open hot spot": ("design", ["H:Who pays?"], [STAY]),
    "private event abroad": (
        "design",
        [("hotel", STAY), ("billing", f"E:Room Booked > {BILLING}")],
        [("hotel", STAY.replace("Room Booked", "Room Booked|public")),
         ("billing", f"E:Room Booked|public > {BILLING}")],
    ),
    "personal data": (
        "design",
        [STAY.replace("Room Booked", "Room Booked|guest email: str")],
        [STAY.replace("Room Booked", "Room Booked|guest email: str|erasure: crypto-shredding")],
    ),
    "pivot within a context": (
        "big picture",
        [("hotel", "E:Room Booked > E:*Guest Arrived > E:Key Handed Over"), ("billing", "E:Stay Billed")],
        [("hotel", "E:Room Booked > E:*Guest Arrived"), ("billing", "E:Stay Billed")],
    ),
}  # fmt: skip
GAPS = {"Room Booked": 0.0, "Guest Arrived": 200.0, "Stay Billed": 400.0}


@pytest.mark.parametrize("rule", CASES)
def test_a_broken_rule_gives_one_question_and_no_other(rule):
    level, broken, _ = CASES[rule]
    assert [finding.rule for finding in check_wall(wall(*broken), level)] == [rule]


@pytest.mark.parametrize("rule", CASES)
def test_a_corrected_story_leaves_no_question(rule):
    level, _, mended = CASES[rule]
    assert str(check_wall(wall(*mended), level)) == "The grammar holds: 0 errors, 0 warnings, 0 hints."


def test_every_rule_has_a_board_that_breaks_it():
    assert {rule.name for rule in RULES} == {*CASES, "hole in the timeline"}


@pytest.mark.parametrize(("gap", "asked"), [(600, False), (601, True)])
def test_a_gap_is_long_from_four_times_the_width_of_an_event(gap, asked):
    story = "E:Room Booked > E:Guest Arrived > E:Stay Billed > E:Guest Left"
    close = {"Room Booked": 0.0, "Guest Arrived": 100.0, "Stay Billed": 200.0, "Guest Left": 200.0 + gap}
    assert bool(check_wall(wall(story, places=close), "big picture").of("hole in the timeline")) is asked


@pytest.mark.parametrize(("gap", "asked"), [(800, False), (801, True)])
def test_a_gap_is_long_from_four_times_the_usual_gap(gap, asked):
    story = "E:Room Booked > E:Guest Arrived > E:Stay Billed > E:Guest Left"
    wide = GAPS | {"Guest Left": 400.0 + gap}
    assert bool(check_wall(wall(story, places=wide), "big picture").of("hole in the timeline")) is asked


def test_a_long_gap_on_the_timeline_gives_a_question():
    story = "E:Room Booked > E:Guest Arrived > E:Stay Billed > E:Guest Left"
    [asked] = check_wall(wall(story, places=GAPS | {"Guest Left": 2_000}), "big picture")
    assert (asked.rule, asked.notes) == ("hole in the timeline", ("n3", "n4"))
    assert not check_wall(wall(story, places=GAPS | {"Guest Left": 900}), "big picture")


@pytest.mark.parametrize(
    ("rule", "rows", "question"),
    [
        ("orphan command", [STAY, "A:Guest > C:Pay > S:Bank"], "What has happened once “Pay”"),
        ("loose policy", [STAY, "E:Room Booked > P:Be kind"], "What does “Be kind” do then"),
        ("missing policy", CASES["missing policy"][1], "Who or what decides that “Clean Room” follows"),
        ("past tense", [STAY.replace("Room Booked", "RoomBooking")], "What exactly has happened"),
    ],
)
def test_a_finding_is_a_question_to_an_expert(rule, rows, question):
    [asked] = check_wall(wall(*rows)).of(rule)
    assert question in asked.question


def test_more_than_seven_pivotal_events_are_too_many():
    story = " > ".join(f"E:*Guest {number} Arrived" for number in range(9))
    assert len(check_wall(wall(story), "big picture").of("pivotal events")[0].notes) == 9


def test_a_circle_without_a_beginning_gives_one_question():
    story = "P:Again > C:Try Door > G:Door > E:Door Tried > P:Again'"
    assert len(check_wall(wall(story)).of("reverse narrative")) == 1


def test_at_process_level_aggregates_may_be_missing():
    story = "E:Door Opened > R:Guests > A:Guest > C:Book Room > E:Room Booked"
    assert check_wall(wall("S:Street > E:Door Opened", story), "process") == []
    assert {one.rule for one in check_wall(wall("S:Street > E:Door Opened", story))} == {"legal arrow"}


def test_an_event_may_happen_several_times_and_a_command_have_several_outcomes():
    several = "C:Book Room > G:Booking|only if it is free' > E:Room Booked'"
    assert check_wall(wall(STAY, several, "G:Booking|only if it is free > E:Guest Put Off")) == []


def test_a_public_event_in_another_context_is_the_same_event_received_there():
    here, there = ("hotel", STAY.replace("Room Booked", "Room Booked|public")), f"E:Room Booked' > {BILLING}"
    assert check_wall(wall(here, ("billing", there))) == []
    assert check_wall(wall(("hotel", STAY), ("billing", there))).of("orphan event")


def test_a_hot_spot_with_an_owner_or_an_answer_is_not_open():
    spot = wall("H:Who pays?").notes["n1"]
    for resolved in (replace(spot, owner="Ida"), replace(spot, answer="The guest")):
        assert check_wall(Wall({"n1": resolved})) == []


def test_a_note_without_text_gives_no_finding():
    assert check_wall(Wall({"n1": Note("n1", Kind.EVENT, " \n ", 0, 0)})) == []


def test_a_severity_depends_on_the_level():
    story = wall(STAY, "E:Fire Alarm Rang")
    assert [check_wall(story, level).counts() for level in Level] == [
        {"error": 0, "warning": 0, "hint": 0},
        {"error": 0, "warning": 1, "hint": 0},
        {"error": 1, "warning": 0, "hint": 0},
    ]


@pytest.fixture
def board():
    board = Board("hotel", open_store("memory://"))
    board.place("event", "Key Lost")
    return board


def test_an_overruled_finding_stays_with_its_reason_and_no_longer_counts(board):
    [asked] = board.check()
    board.overrule(asked.key, "Nobody knows how.")
    assert board.check() == [asked._replace(overruled="Nobody knows how.")]
    assert board.check().holds
    board.overrule(asked.key, "")
    assert not board.check().holds


def test_a_finding_stays_overruled_after_a_move_or_a_change_of_capitals(board):
    board.overrule(board.check()[0].key, "Nobody knows how.")
    board.move("Key Lost", 900, 900)
    board.reword("Key Lost", "KEY  lost\nkey: int")
    assert [asked.overruled for asked in board.check()] == ["Nobody knows how."]


def test_with_an_open_hot_spot_the_grammar_holds_but_is_not_done(board):
    board.reword("Key Lost", "Night Ended")
    board.place("hot spot", "Who pays?")
    assert board.check().holds
    assert not board.check().done


def test_findings_name_their_notes(board):
    assert [asked.notes for asked in board.check()] == [("n1",)]


def test_an_unknown_level_raises_an_error_with_the_known_ones(board):
    with pytest.raises(NotPossible, match="big picture, process, design"):
        board.check("sea level")


def test_findings_escape_the_text_of_notes(board):
    board.reword("Key Lost", "<img src=x onerror=alert(1)> | [a](b) `c` *d*")
    shown = board.check()._repr_markdown_()
    assert "<" not in shown
    assert not {"`", "[", "("} & {*shown.partition("|---|")[2]}


TEXTS = st.text("Ab \n:'/→%|é", max_size=8) | st.sampled_from(
    ["Room Booked", "Book Room", "x: int", "public"]
)
PLACES = st.integers(-3, 3).map(lambda step: step * 150.0)


@st.composite
def walls(draw):
    notes = [
        Note(
            f"n{number}",
            draw(st.sampled_from(Kind)),
            draw(TEXTS),
            draw(PLACES),
            draw(PLACES),
            draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 9)))
    ]
    ids = [note.id for note in notes]
    arrows = (
        draw(st.frozensets(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), max_size=20)) if ids else ()
    )
    frames = [
        Area(f"c{number}", AreaKind.CONTEXT, draw(TEXTS), draw(PLACES), draw(PLACES), 300.0 + number, 300.0)
        for number in range(draw(st.integers(0, 2)))
    ]
    return Wall({note.id: note for note in notes}, {one.id: one for one in frames}, arrows=frozenset(arrows))


@st.composite
def crowded_walls(draw):
    """Draw walls with several events in one place, in two frames."""
    kinds = st.just(Kind.EVENT) | st.sampled_from(Kind)
    names = st.sampled_from(["Room Booked", "Key Lost", "Guest Left"])
    places = st.sampled_from([0.0, 150.0, 2_000.0])
    one = st.builds(partial(Note, ""), kinds, names, places, st.sampled_from([0.0, 150.0]), st.booleans())
    notes = [replace(note, id=f"n{number}") for number, note in enumerate(draw(st.lists(one, max_size=6)))]
    frames = [Area(f"c{x}", AreaKind.CONTEXT, f"frame {x}", x, -50, 300, 100) for x in (-50, 1_950)]
    return Wall({note.id: note for note in notes}, {one.id: one for one in frames})


def with_other_ids(story, random):
    """Return the same wall with its notes placed in another order and with other ids."""
    ids = [*story.notes]
    random.shuffle(ids)
    new = {old: f"z{number}" for number, old in enumerate(ids)}
    notes = {new[old]: replace(story.notes[old], id=new[old]) for old in ids}
    return replace(story, notes=notes, arrows=frozenset((new[a], new[b]) for a, b in story.arrows))


def findings_without_ids(story, level):
    """Return the findings with the texts of notes instead of ids."""
    plain = {id_: repr(replace(note, id="")) for id_, note in story.notes.items()}
    return [
        asked._replace(notes=tuple(sorted(plain[id_] for id_ in asked.notes)))
        for asked in check_wall(story, level)
    ]


@settings(max_examples=60, deadline=None)
@given(walls(), st.sampled_from(Level), st.randoms(use_true_random=False))
def test_findings_depend_neither_on_ids_nor_on_the_order_of_notes(story, level, random):
    assert findings_without_ids(with_other_ids(story, random), level) == findings_without_ids(story, level)


@settings(max_examples=150, deadline=None)
@given(crowded_walls(), st.randoms(use_true_random=False))
def test_findings_do_not_depend_on_ids_where_notes_share_a_place(story, random):
    big = Level.BIG_PICTURE
    assert findings_without_ids(with_other_ids(story, random), big) == findings_without_ids(story, big)


@pytest.mark.parametrize("ids", [("n1", "n2"), ("n2", "n1")])
def test_events_in_one_place_are_one_edge_of_the_timeline(ids):
    first, second = ids
    at_the_edge = Note(first, Kind.EVENT, "Room Booked", 0, 0, pivotal=True)
    notes = (
        at_the_edge,
        Note(second, Kind.EVENT, "Bell Rung", 0, 0),
        Note("n3", Kind.EVENT, "Key Lost", 200, 0),
    )
    [asked] = check_wall(Wall({note.id: note for note in notes}), "big picture")
    assert (asked.rule, asked.notes) == ("pivot at the edge", (first,))
    assert asked.question.startswith("What happens before “Room Booked”")


@settings(max_examples=30, deadline=None)
@given(walls(), st.sampled_from(Level))
def test_a_shifted_wall_has_the_same_findings(story, level):
    notes = {id_: replace(note, x=note.x + 3_000, y=note.y - 600) for id_, note in story.notes.items()}
    areas = {id_: replace(area, x=area.x + 3_000, y=area.y - 600) for id_, area in story.areas.items()}
    asked = check_wall(story, level)
    assert check_wall(replace(story, notes=notes, areas=areas), level) == asked
    assert len({one.key for one in asked}) == len(asked)


def test_a_question_about_two_spellings_quotes_both():
    [asked] = check_wall(wall("E:RoomBooked > E:Room Booked"), "big picture")
    assert asked.question == "Are “RoomBooked” (event) and “Room Booked” (event) the same thing?"


def test_a_board_in_another_language_gets_no_errors():
    story = "A:Fahrer > C:Laden starten > G:Ladung > E:Ladung gestartet > R:Säulen > A:Fahrer"
    assert check_wall(wall(story)).holds
    assert {asked.rule for asked in check_wall(wall(story))} == {"past tense", "never a no"}


def test_findings_print_as_sentences_with_the_keys_to_overrule_them():
    assert repr(check_wall(wall("E:Key Lost"))) == (
        "The grammar does not hold yet: 1 error, 0 warnings, 0 hints.\n"
        "error, orphan event: What made “Key Lost” happen: somebody, a system, or time?\n"
        "    Draw its cause before it; if the cause is the clock, write the line “time” on the note.\n"
        "    key: orphan event: event key lost"
    )
