"""A wall beside a log: what people believe happens, and what happens.

Neither is right by itself. What never happened may be a wish, or something that nobody records; what is not
on the wall may be noise, or what nobody wanted to talk about. Each difference is a question to an expert.
Read `grammar/rules.py` next: the questions that a wall raises by itself.
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
"""How many streams are named for each difference."""


class NeverHappened(NamedTuple):
    """An event on the wall that the log does not know; and what the log may call it, or nothing."""

    name: str
    notes: tuple[str, ...]
    perhaps: str


class NotOnTheWall(NamedTuple):
    """An event type that happens and hangs nowhere, and some streams to look at."""

    type: str
    times: int
    streams: tuple[str, ...]


class OrderDiffers(NamedTuple):
    """The wall says `first` before `second`, by an arrow or by its place; the log says the opposite in
    `against` of the `of` cases that hold both.
    """

    first: str
    second: str
    by: str
    against: int
    of: int
    cases: tuple[str, ...]


Told = tuple[str, list[str]]
"""A heading and the lines below it."""


@dataclass(frozen=True, repr=False)
class Conformance:
    """How a wall and a log differ; in a notebook as Markdown, else as text."""

    board: str
    known: int
    types: int
    never_happened: tuple[NeverHappened, ...]
    not_on_the_wall: tuple[NotOnTheWall, ...]
    order_differs: tuple[OrderDiffers, ...]

    @property
    def agrees(self) -> bool:
        """Whether there is nothing to ask."""
        return not (self.never_happened or self.not_on_the_wall or self.order_differs)

    def __repr__(self) -> str:
        parts = [
            "\n".join([f"{heading}:", *(f"  - {line}" for line in lines)])
            for heading, lines in self._told(str)
        ]
        return "\n".join([self._head(str), *parts])

    def _repr_markdown_(self) -> str:
        parts = [
            "\n".join([f"**{heading}**", "", *(f"- {line}" for line in lines)])
            for heading, lines in self._told(as_text)
        ]
        return "\n\n".join([self._head(as_text), *parts])

    def _head(self, said: Callable[[str], str]) -> str:
        there = f"{self.known} of {self.types} event types that happen are on the board {said(self.board)}."
        return f"{there} Wall and log agree." if self.agrees else there

    def _told(self, said: Callable[[str], str]) -> Iterator[Told]:
        if self.never_happened:
            yield "On the wall, but it never happened", [_never(one, said) for one in self.never_happened]
        if self.not_on_the_wall:
            yield "It happens, but is not on the wall", [_unseen(one, said) for one in self.not_on_the_wall]
        if self.order_differs:
            yield "The order differs", [_turned(one, said) for one in self.order_differs]


def conformance(wall: Wall, store: Reading, case: str = "stream", board: str = "") -> Conformance:
    """What is on the wall and never happened, what happens and is not on the wall, where the order differs.

    Names are the same if they differ only in spaces, hyphens and capitals. The order is that of the first
    time in each case (see `directly_follows`). Raises `NoSuchCase`.
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
    """What two spellings of one name share."""
    return "".join(filter(str.isalnum, name.casefold()))


def _by_name(notes: Iterable[Note]) -> dict[str, list[Note]]:
    """Several notes may denote one event; what says nothing denotes none."""
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


def _not_on_the_wall(notes: Mapping[str, Sequence[Note]], told: Iterable[Tally]) -> Iterator[NotOnTheWall]:
    unseen = defaultdict[str, list[Tally]](list)
    for one in told:
        if _key(one.type) not in notes:
            unseen[one.type].append(one)
    counted = {type_: sum(one.times for one in ones) for type_, ones in unseen.items()}
    for type_ in sorted(counted, key=lambda name: (-counted[name], name)):
        yield NotOnTheWall(type_, counted[type_], tuple(one.case for one in unseen[type_][:EXAMPLES]))


def _order_differs(
    wall: Wall, notes: Mapping[str, Sequence[Note]], told: Iterable[Tally]
) -> list[OrderDiffers]:
    cases = defaultdict[str, dict[str, int]](dict)
    for one in told:
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
    """How the wall says that one event comes before the other: by an arrow, by its place, or not at all.

    Arrows there and back say nothing; neither do notes that hang one above the other.
    """
    forth = any(b.id in after[a.id] for a in first for b in second)
    back = any(a.id in after[b.id] for a in first for b in second)
    if forth or back:
        return "arrow" if forth and not back else ""
    clear = SIZES[Kind.EVENT][0] / 2
    return "place" if max(a.x for a in first) + clear <= min(b.x for b in second) else ""


def _reachable(wall: Wall) -> dict[str, set[str]]:
    """For each note all that its arrows lead to, through whatever lies between but notes about notes."""
    ways = defaultdict[str, set[str]](set)
    for source, target in wall.links:
        if not ASIDE & {source.kind, target.kind}:
            ways[source.id].add(target.id)
    return {start: reachable([start], ways.__getitem__) for start in wall.notes}


def _never(one: NeverHappened, said: Callable[[str], str]) -> str:
    perhaps = f"; does the log call it {said(one.perhaps)}?" if one.perhaps else ""
    return f"{said(one.name)} ({', '.join(one.notes)}){perhaps}"


def _unseen(one: NotOnTheWall, said: Callable[[str], str]) -> str:
    return f"{said(one.type)}, {one.times:,} ×, as in {', '.join(map(said, one.streams))}"


def _turned(one: OrderDiffers, said: Callable[[str], str]) -> str:
    return (
        f"{said(one.first)} before {said(one.second)} (by its {one.by}): the other way round in "
        f"{one.against:,} of {one.of:,} cases, as in {', '.join(map(said, one.cases))}"
    )
