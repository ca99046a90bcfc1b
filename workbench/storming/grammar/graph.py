"""The wall as a typed graph, in which all notes for the same thing are one element.

An element has a kind, a bounded context and a name; arrows between notes become arrows between elements. The
rules of the grammar and the code generation read this graph. Read `rules.py` next.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from workbench.storming.events import Kind, Level
from workbench.storming.grammar.english import same_deed, words
from workbench.storming.grammar.english_words import word_set
from workbench.storming.reachable import reachable
from workbench.storming.wall import Note, Wall

ASIDE = frozenset({Kind.HOT_SPOT, Kind.OPPORTUNITY})
"""Notes about other notes: their arrows are not part of the flow."""

LONGEST = 60
"""The longest name that a sentence quotes in full."""

_TIMES = word_set("""
    time timer clock second minute hour day night midnight noon morning evening week weekend month
    quarter year date deadline timeout period
""")
_PASSING = word_set("""
    arrived began came closed elapsed ended expired over passed reached rang started struck
""")


class Field(NamedTuple):
    """A detail line such as `session: int`."""

    name: str
    type: str


@dataclass(frozen=True, eq=False)
class Element:
    """One thing on the wall, with its notes from left to right; elements of two graphs are never equal."""

    kind: Kind
    context: str
    name: str
    notes: tuple[Note, ...]

    @property
    def key(self) -> str:
        """An identity that stays the same when the note moves or its capital letters change."""
        said = " ".join(self.name.casefold().split())
        return (
            f"{self.kind} {_safe(self.context)}/{_safe(said)}"
            if self.context
            else f"{self.kind} {_safe(said)}"
        )

    @property
    def details(self) -> tuple[str, ...]:
        """The detail lines of all its notes, each once."""
        return tuple(dict.fromkeys(line for note in self.notes for line in note.details))

    @property
    def fields(self) -> tuple[Field, ...]:
        """Its detail lines of the form `name: type`."""
        split = [line.partition(":") for line in self.details]
        return tuple(
            Field(name.strip(), type_.strip()) for name, colon, type_ in split if colon and name.strip()
        )

    @property
    def quoted(self) -> str:
        """Its name in quotation marks, shortened if necessary."""
        name = " ".join(self.name.split())
        return f"“{name if len(name) <= LONGEST else name[: LONGEST - 1] + '…'}”"

    @property
    def public(self) -> bool:
        """Whether a detail line says `public`: other contexts may rely on it."""
        return self.says("public")

    @property
    def is_time(self) -> bool:
        """Whether time causes the event: "Month Ended", "Pickup Time Passed", or a line `time`."""
        said = words(self.name)
        passing = any(thing in _TIMES and verb in _PASSING for thing, verb in pairwise(said))
        return passing or self.says("time")

    def says(self, *wanted: str) -> bool:
        """Return whether a detail line has one of these words."""
        return any(word in wanted for line in self.details for word in words(line))


class Path(NamedTuple):
    """A command, the aggregate that decides about it, and an event that it may lead to."""

    command: Element
    aggregate: Element
    event: Element
    asked: Note
    decided: Note


class Graph:
    """The elements of a wall and the arrows between them, at a level of the grammar.

    A public event that appears in another context as well is the same fact, received there: the graph has an
    arrow from the one to the other even if nobody drew it.
    """

    def __init__(self, wall: Wall, level: Level) -> None:
        self.wall, self.level = wall, level
        self.elements = _elements(wall)
        self.of_note: Mapping[str, Element] = {note.id: one for one in self.elements for note in one.notes}

    @cached_property
    def timeline(self) -> list[Note]:
        """The named event notes from left to right, in an order that does not depend on ids."""
        return sorted((note for one in self.of(Kind.EVENT) for note in one.notes), key=_place)

    @cached_property
    def links(self) -> list[tuple[Note, Note]]:
        """The arrows between named notes of different elements, from left to right."""
        named = [(a, b) for a, b in self.wall.links if a.id in self.of_note and b.id in self.of_note]
        apart = [(a, b) for a, b in named if self.of_note[a.id] != self.of_note[b.id]]
        return sorted(apart, key=lambda link: (_place(link[0]), _place(link[1])))

    @cached_property
    def edges(self) -> list[tuple[Element, Element]]:
        """The drawn arrows between elements, each once."""
        return list(dict.fromkeys((self.of_note[a.id], self.of_note[b.id]) for a, b in self.links))

    def of(self, *kinds: Kind) -> list[Element]:
        """Return the elements of these kinds, from left to right."""
        return [one for one in self.elements if one.kind in kinds]

    def after(self, element: Element, *kinds: Kind) -> list[Element]:
        """Return what an element leads to, limited to these kinds if any are given."""
        return [one for one in self._after[element] if not kinds or one.kind in kinds]

    def before(self, element: Element, *kinds: Kind) -> list[Element]:
        """Return what leads to an element, limited to these kinds if any are given."""
        return [one for one in self._before[element] if not kinds or one.kind in kinds]

    def downstream(self, elements: Iterable[Element], *through: Kind) -> set[Element]:
        """Return everything that follows from elements, through these kinds only if any are given."""
        return reachable(elements, lambda one: self.after(one, *through))

    def upstream(self, elements: Iterable[Element], *through: Kind) -> set[Element]:
        """Return everything that leads to elements, through these kinds only if any are given."""
        return reachable(elements, lambda one: self.before(one, *through))

    @cached_property
    def paths(self) -> list[Path]:
        """Each path from a command through an aggregate to an event, from left to right.

        If several commands lead to one note of an aggregate, an event with the verb of one command is the
        outcome of that command only.
        """
        found: dict[tuple[Element, Element, Element], Path] = {}
        emitted: dict[str, list[tuple[Element, list[Element]]]] = {}
        for asked, decided in self.links:
            command, aggregate = self.of_note[asked.id], self.of_note[decided.id]
            if (command.kind, aggregate.kind) == (Kind.COMMAND, Kind.AGGREGATE):
                if decided.id not in emitted:
                    emitted[decided.id] = self._emitted(decided)
                for event in (event for event, commands in emitted[decided.id] if command in commands):
                    path = Path(command, aggregate, event, asked, decided)
                    found.setdefault((command, aggregate, event), path)
        return [*found.values()]

    def outcomes(self, command: Element, aggregate: Element) -> list[Element]:
        """Return the events that a command to an aggregate may lead to."""
        return self._outcomes[command, aggregate]

    @cached_property
    def _outcomes(self) -> Mapping[tuple[Element, Element], list[Element]]:
        found: defaultdict[tuple[Element, Element], list[Element]] = defaultdict(list)
        for path in self.paths:
            found[path.command, path.aggregate].append(path.event)
        return found

    @cached_property
    def _touching(self) -> Mapping[str, list[tuple[Note, Note]]]:
        """The arrows at each note, in the order of `links`."""
        found: defaultdict[str, list[tuple[Note, Note]]] = defaultdict(list)
        for link in self.links:
            for note in link:
                found[note.id].append(link)
        return found

    def _emitted(self, aggregate: Note) -> list[tuple[Element, list[Element]]]:
        """Return the events of an aggregate's note, each with the commands that may lead to it.

        If no arrow leaves this note, the arrows of all notes of the aggregate count.
        """
        here = self._touching[aggregate.id]
        if not any(source == aggregate for source, _ in here):
            notes = self.of_note[aggregate.id].notes
            here = [link for link in self.links if link[0] in notes or link[1] in notes]
        events = _of_kind(Kind.EVENT, (self.of_note[target.id] for _, target in here))
        rivals = _of_kind(Kind.COMMAND, (self.of_note[source.id] for source, _ in here))
        doers = ([one for one in rivals if same_deed(one.name, event.name)] for event in events)
        return [(event, found or rivals) for event, found in zip(events, doers, strict=True)]

    @cached_property
    def _after(self) -> Mapping[Element, list[Element]]:
        found: defaultdict[Element, list[Element]] = defaultdict(list)
        for source, target in [*self.edges, *self._received]:
            if not ASIDE & {source.kind, target.kind}:
                found[source].append(target)
        return found

    @cached_property
    def _before(self) -> Mapping[Element, list[Element]]:
        found: defaultdict[Element, list[Element]] = defaultdict(list)
        for source in self.elements:
            for target in self._after[source]:
                found[target].append(source)
        return found

    @cached_property
    def _received(self) -> list[tuple[Element, Element]]:
        public = [one for one in self.of(Kind.EVENT) if one.public]
        caused = {target for source, target in self.edges if source.kind not in ASIDE}
        return [
            (sent, got)
            for sent in public
            for got in self.of(Kind.EVENT)
            if got not in caused and got.context != sent.context and same_name(sent, got)
        ]


def same_name(one: Element, other: Element) -> bool:
    """Return whether two elements have the same words as names: "BillPaid" and "bill paid"."""
    return (words(one.name) or one.name) == (words(other.name) or other.name)


def _elements(wall: Wall) -> tuple[Element, ...]:
    """Return the elements from left to right. A note without a name belongs to no element."""
    found: defaultdict[tuple[Kind, str, str], list[Note]] = defaultdict(list)
    for note in sorted(wall.notes.values(), key=_place):
        if note.name:
            found[note.kind, wall.context_of(note), " ".join(note.name.casefold().split())].append(note)
    return tuple(
        Element(kind, context, same[0].name, tuple(same)) for (kind, context, _), same in found.items()
    )


def _of_kind(kind: Kind, elements: Iterable[Element]) -> list[Element]:
    return list(dict.fromkeys(one for one in elements if one.kind is kind))


def _place(note: Note) -> tuple[object, ...]:
    """Sort notes independently of their ids, except for equal notes in one place."""
    return note.x, note.y, note.kind, note.text, note.pivotal, note.answer, note.owner, note.id


def _safe(text: str) -> str:
    """Escape the separators of a key in one of its parts."""
    return text.replace("%", "%25").replace("/", "%2F").replace("→", "%E2%86%92").replace("\n", " ")
