"""Compare a wall with a log: what people believe happens with what was recorded.

Neither is right by itself. An event that never happened may be a wish, or may not be recorded; an event type
that is not on the wall may be noise, or what nobody wanted to talk about. Each difference is a question to an
expert. Read `grammar/rules.py` next: the questions about a wall without a log.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import permutations
from typing import NamedTuple

from workbench.storming.escaping import as_text
from workbench.storming.events import Kind
from workbench.storming.grammar.graph import ASIDE
from workbench.storming.mining.discovery import NoSuchCase, Tally, tallies
from workbench.storming.reachable import reachable
from workbench.storming.wall import SIZES, Note, Wall
from workshop_lib.store.port import Reading

EXAMPLES = 3
"""The number of example streams or cases for each difference."""


class NeverHappened(NamedTuple):
    """An event on the wall that is not in the log, and a similar event type of the log, or an empty text."""

    name: str
    notes: tuple[str, ...]
    perhaps: str


class NotOnTheWall(NamedTuple):
    """An event type of the log that is not on the wall, and some streams with it."""

    type: str
    times: int
    streams: tuple[str, ...]


class OrderDiffers(NamedTuple):
    """On the wall `first` is before `second`, by an arrow or by its place; in the log it is after `second` in
    `against` of the `of` cases with both.
    """

    first: str
    second: str
    by: str
    against: int
    of: int
    cases: tuple[str, ...]


Section = tuple[str, list[str]]
"""A heading and the lines below it."""


@dataclass(frozen=True, repr=False)
class Conformance:
    """The differences between a wall and a log; shown as Markdown in a notebook, otherwise as text."""

    board: str
    known: int
    types: int
    never_happened: tuple[NeverHappened, ...]
    not_on_the_wall: tuple[NotOnTheWall, ...]
    order_differs: tuple[OrderDiffers, ...]

    @property
    def agrees(self) -> bool:
        """Whether there are no differences."""
        return not (self.never_happened or self.not_on_the_wall or self.order_differs)

    def __repr__(self) -> str:
        parts = [
            "\n".join([f"{heading}:", *(f"  - {line}" for line in lines)])
            for heading, lines in self._sections(str)
        ]
        return "\n".join([self._head(str), *parts])

    def _repr_markdown_(self) -> str:
        parts = [
            "\n".join([f"**{heading}**", "", *(f"- {line}" for line in lines)])
            for heading, lines in self._sections(as_text)
        ]
        return "\n\n".join([self._head(as_text), *parts])

    def _head(self, escape: Callable[[str], str]) -> str:
        there = f"{self.known} of {self.types} event types that happen are on the board {escape(self.board)}."
        return f"{there} Wall and log agree." if self.agrees else there

    def _sections(self, escape: Callable[[str], str]) -> Iterator[Section]:
        if self.never_happened:
            yield "On the wall, but it never happened", [_never(one, escape) for one in self.never_happened]
        if self.not_on_the_wall:
            yield "It happens, but is not on the wall", [_unseen(one, escape) for one in self.not_on_the_wall]
        if self.order_differs:
            yield "The order differs", [_turned(one, escape) for one in self.order_differs]


def conformance(wall: Wall, store: Reading, case: str = "stream", board: str = "") -> Conformance:
    """Compare a wall with a log: events only on the wall, event types only in the log, different order.

    Spaces, hyphens and capitals in names do not matter. The order is that of the first occurrences in each
    case (see `directly_follows`). Raises `NoSuchCase`.
    """
    by_stream = tallies(store)
    by_case = by_stream if case == "stream" else tallies(store, case)
    if by_stream and not by_case:
        raise NoSuchCase(case)
    notes = _by_name(wall.of(Kind.EVENT))
    types = {_key(one.type): one.type for one in by_stream}
    return Conformance(
        board,
        len(notes.keys() & types.keys()),
        len(types),
        tuple(_never_happened(notes, types)),
        tuple(_not_on_the_wall(notes, by_stream)),
        tuple(_order_differs(wall, notes, by_case)),
    )


def _key(name: str) -> str:
    """Return a name without differences of spelling: letters and digits in lower case."""
    return "".join(filter(str.isalnum, name.casefold()))


def _by_name(notes: Iterable[Note]) -> dict[str, list[Note]]:
    """Return the notes by event; notes without a name are left out."""
    found = defaultdict[str, list[Note]](list)
    for note in notes:
        found[_key(note.name)].append(note)
    found.pop("", None)
    return dict(found)


def _never_happened(notes: Mapping[str, Sequence[Note]], types: Mapping[str, str]) -> Iterator[NeverHappened]:
    free = [key for key in types if key not in notes]
    for key, same in notes.items():
        if key not in types:
            close = get_close_matches(key, free, n=1)
            yield NeverHappened(
                same[0].name, tuple(note.id for note in same), types[close[0]] if close else ""
            )


def _not_on_the_wall(notes: Mapping[str, Sequence[Note]], counts: Iterable[Tally]) -> Iterator[NotOnTheWall]:
    unseen = defaultdict[str, list[Tally]](list)
    for one in counts:
        if _key(one.type) not in notes:
            unseen[one.type].append(one)
    counted = {type_: sum(one.times for one in ones) for type_, ones in unseen.items()}
    for type_ in sorted(counted, key=lambda name: (-counted[name], name)):
        yield NotOnTheWall(type_, counted[type_], tuple(one.case for one in unseen[type_][:EXAMPLES]))


def _order_differs(
    wall: Wall, notes: Mapping[str, Sequence[Note]], counts: Iterable[Tally]
) -> list[OrderDiffers]:
    cases = defaultdict[str, dict[str, int]](dict)
    for one in counts:
        cases[one.case].setdefault(_key(one.type), one.first)
    after, found = _reachable(wall), []
    for first, second in permutations(notes, 2):
        by = _claim(notes[first], notes[second], after)
        both = [name for name, firsts in cases.items() if by and {first, second} <= firsts.keys()]
        against = [name for name in both if cases[name][second] < cases[name][first]]
        if against:
            names = notes[first][0].name, notes[second][0].name
            found.append(OrderDiffers(*names, by, len(against), len(both), tuple(against[:EXAMPLES])))
    return sorted(found, key=lambda one: (-one.against / one.of, -one.of))


def _claim(first: Sequence[Note], second: Sequence[Note], after: Mapping[str, set[str]]) -> str:
    """Return why one event is before the other on the wall: "arrow", "place", or "" if it is not.

    Arrows in both directions do not count, nor do notes that are above each other.
    """
    forth = any(b.id in after[a.id] for a in first for b in second)
    back = any(a.id in after[b.id] for a in first for b in second)
    if forth or back:
        return "arrow" if forth and not back else ""
    clear = SIZES[Kind.EVENT][0] / 2
    return "place" if max(a.x for a in first) + clear <= min(b.x for b in second) else ""


def _reachable(wall: Wall) -> dict[str, set[str]]:
    """Return all notes that each note leads to, not counting arrows of hot spots and opportunities."""
    ways = defaultdict[str, set[str]](set)
    for source, target in wall.links:
        if not ASIDE & {source.kind, target.kind}:
            ways[source.id].add(target.id)
    return {start: reachable([start], ways.__getitem__) for start in wall.notes}


def _never(one: NeverHappened, escape: Callable[[str], str]) -> str:
    perhaps = f"; is it {escape(one.perhaps)} in the log?" if one.perhaps else ""
    return f"{escape(one.name)} ({', '.join(one.notes)}){perhaps}"


def _unseen(one: NotOnTheWall, escape: Callable[[str], str]) -> str:
    return f"{escape(one.type)}, {one.times:,} ×, as in {', '.join(map(escape, one.streams))}"


def _turned(one: OrderDiffers, escape: Callable[[str], str]) -> str:
    return (
        f"{escape(one.first)} before {escape(one.second)} (by its {one.by}): the other way round in "
        f"{one.against:,} of {one.of:,} cases, as in {', '.join(map(escape, one.cases))}"
    )
