"""Random gestures of several people, on notes that exist or were removed.

A gesture is the name of a method of `Board` and its arguments, so a failing example is easy to read.
"""

from __future__ import annotations

from contextlib import suppress

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from workbench.storming import Board
from workbench.storming.events import AreaKind, Kind, Phase
from workbench.storming.gestures import BoardError

STEADY = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "Robert'); DROP TABLE events; --",
    "$x^2$ **bold** `code` | [link](javascript:alert(1))",
    "one\r\ntwo\rthree\n\n\n",
    "\x00\x01\x7f\x85\ufeff\u200b\u202e\u2028\u2029\uffff",
    "👩‍🚒 e\u0301 Straße ẞ ı İ ﬁ",
    '{"kind": "event"}',
    "{0.__class__} %s ${HOME}",
    "n1",
    "",
    "   \n\t ",
    "x" * 2_000,
]
"""What somebody may write on a note."""

TEXTS = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NOTES = st.sampled_from(["n1", "n2", "n3", "n4"])
AREAS = st.sampled_from(["c1", "c2", "l1"])
PLACES = st.integers(-3, 3).map(lambda step: step * 100.0)
LENGTHS = st.integers(1, 5).map(lambda step: step * 100.0)
SHAPES = (PLACES, PLACES, LENGTHS, LENGTHS)

HANDS = st.one_of(
    st.tuples(st.just("place"), st.sampled_from(Kind), TEXTS, PLACES, PLACES),
    st.tuples(st.just("move"), NOTES, PLACES, PLACES),
    st.tuples(st.just("reword"), NOTES, TEXTS),
    st.tuples(st.just("retype"), NOTES, st.sampled_from(Kind)),
    st.tuples(st.just("remove"), NOTES),
    st.tuples(st.just("remove"), NOTES, NOTES),
    st.tuples(st.just("copy"), NOTES, NOTES),
    st.tuples(st.just("link"), NOTES, NOTES, NOTES),
    st.tuples(st.just("unlink"), NOTES, NOTES),
    st.tuples(st.just("mark_pivotal"), NOTES, st.booleans()),
    st.tuples(st.just("resolve"), NOTES, TEXTS),
    st.tuples(st.just("assign"), NOTES, TEXTS),
    st.tuples(st.just("frame"), TEXTS, NOTES, NOTES),
    st.tuples(st.just("draw"), st.sampled_from(AreaKind), TEXTS, *SHAPES),
    st.tuples(st.just("reshape"), AREAS, *SHAPES),
    st.tuples(st.just("rename"), AREAS, TEXTS),
    st.tuples(st.just("erase"), AREAS),
    st.tuples(st.just("enter"), st.sampled_from(Phase)),
    st.tuples(st.just("overrule"), st.sampled_from(["past tense: x", "crud: y"]), TEXTS),
)
"""Whatever one can do at a wall, except to take it back."""

SECOND_THOUGHTS = st.sampled_from([("undo",), ("redo",)])
GESTURES = HANDS | SECOND_THOUGHTS
FIRST_NOTES = [("place", Kind.EVENT, f"Car {number} Plugged In", 0.0, 0.0) for number in (1, 2, 3)]
"""Something to begin with, so that most gestures find what they are about."""


class Interrupted:
    """A store in which somebody else acts before, or right after, the next append."""

    def __init__(self, store):
        self._store, self.first, self.then = store, None, None

    def __getattr__(self, name):
        return getattr(self._store, name)

    def append(self, *args, **kwargs):
        first, self.first = self.first, None
        if first:
            first()
        result = self._store.append(*args, **kwargs)
        then, self.then = self.then, None
        if then:
            then()
        return result


def play(board: Board, gesture: tuple) -> None:
    """Make a gesture; return an error instead of raising it."""
    verb, *details = gesture
    with suppress(BoardError):
        getattr(board, verb)(*details)


def hour(*people: str, gestures: st.SearchStrategy = GESTURES, most: int = 25) -> st.SearchStrategy:
    """Draw a list of (person, gesture)."""
    return st.lists(st.tuples(st.sampled_from(people), gestures), max_size=most)
