"""The wall as a typed graph: what stands for the same thing is one element, however many notes say so.

An element is a kind, a bounded context and a name; arrows between notes are arrows between elements. The
rules of the grammar and the code generator read this graph. Read `rules.py` next.
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
"""Notes about other notes: an arrow from or to them says nothing of what leads to what."""

LONGEST = 60
"""How much of a name a sentence quotes."""

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
    """One thing that the storming speaks of, and the notes that say so, from left to right. Each graph makes
    its own elements, once.
    """

    kind: Kind
    context: str
    name: str
    notes: tuple[Note, ...]

    @property
    def key(self) -> str:
        """What it is, to be found again after a move; it survives another spelling of capitals too."""
        said = " ".join(self.name.casefold().split())
        return (
            f"{self.kind} {_safe(self.context)}/{_safe(said)}"
            if self.context
            else f"{self.kind} {_safe(said)}"
        )

    @property
    def details(self) -> tuple[str, ...]:
        """The lines below its name, of all its notes, each once."""
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
        """Its name as a sentence shows it."""
        name = " ".join(self.name.split())
        return f"“{name if len(name) <= LONGEST else name[: LONGEST - 1] + '…'}”"

    @property
    def public(self) -> bool:
        """Whether a line says that other contexts may rely on it."""
        return self.says("public")

    @property
    def is_time(self) -> bool:
        """Whether time itself is what happens: "Month Ended", "Pickup Time Passed", or a line `time`."""
        said = words(self.name)
        passing = any(thing in _TIMES and verb in _PASSING for thing, verb in pairwise(said))
        return passing or self.says("time")

    def says(self, *wanted: str) -> bool:
        """Whether a detail line has one of these words."""
        return any(word in wanted for line in self.details for word in words(line))


class Path(NamedTuple):
    """A command, the aggregate that decides about it, an event that may come of it."""

    command: Element
    aggregate: Element
    event: Element
    asked: Note
    decided: Note


class Graph:
    """The elements of a wall and what leads to what, as somebody looks at it at a level.

    A public event that hangs in another context as well is the same fact, received there: an arrow leads
    from the one to the other although nobody drew it.
    """

    def __init__(self, wall: Wall, level: Level) -> None:
        self.wall, self.level = wall, level
        self.elements = _elements(wall)
        self.of_note: Mapping[str, Element] = {note.id: one for one in self.elements for note in one.notes}

    @cached_property
    def timeline(self) -> list[Note]:
        """The named notes of events, from left to right; an order that does not depend on their ids."""
        return sorted((note for one in self.of(Kind.EVENT) for note in one.notes), key=_place)

    @cached_property
    def links(self) -> list[tuple[Note, Note]]:
        """The arrows between named notes of two elements, from left to right."""
        named = [(a, b) for a, b in self.wall.links if a.id in self.of_note and b.id in self.of_note]
        apart = [(a, b) for a, b in named if self.of_note[a.id] != self.of_note[b.id]]
        return sorted(apart, key=lambda link: (_place(link[0]), _place(link[1])))

    @cached_property
    def edges(self) -> list[tuple[Element, Element]]:
        """What was drawn between elements, each arrow once."""
        return list(dict.fromkeys((self.of_note[a.id], self.of_note[b.id]) for a, b in self.links))

    def of(self, *kinds: Kind) -> list[Element]:
        """The elements of these kinds, from left to right."""
        return [one for one in self.elements if one.kind in kinds]

    def after(self, element: Element, *kinds: Kind) -> list[Element]:
        """What an element leads to; of these kinds only, if any are given."""
        return [one for one in self._after[element] if not kinds or one.kind in kinds]

    def before(self, element: Element, *kinds: Kind) -> list[Element]:
        """What leads to an element; of these kinds only, if any are given."""
        return [one for one in self._before[element] if not kinds or one.kind in kinds]

    def downstream(self, elements: Iterable[Element], *through: Kind) -> set[Element]:
        """Everything that follows from some elements, through these kinds only if any are given."""
        return reachable(elements, lambda one: self.after(one, *through))

    def upstream(self, elements: Iterable[Element], *through: Kind) -> set[Element]:
        """Everything that led to some elements."""
        return reachable(elements, lambda one: self.before(one, *through))

    @cached_property
    def paths(self) -> list[Path]:
        """Each way from a command through an aggregate to an event, from left to right.

        Where several commands lead to one note of an aggregate, an event with the verb of one of them is the
        outcome of that one alone.
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
        """The events that may come of a command to an aggregate."""
        return self._outcomes[command, aggregate]

    @cached_property
    def _outcomes(self) -> Mapping[tuple[Element, Element], list[Element]]:
        found: defaultdict[tuple[Element, Element], list[Element]] = defaultdict(list)
        for path in self.paths:
            found[path.command, path.aggregate].append(path.event)
        return found

    @cached_property
    def _touching(self) -> Mapping[str, list[tuple[Note, Note]]]:
        """The arrows at each note, in the order of all."""
        found: defaultdict[str, list[tuple[Note, Note]]] = defaultdict(list)
        for link in self.links:
            for note in link:
                found[note.id].append(link)
        return found

    def _emitted(self, aggregate: Note) -> list[tuple[Element, list[Element]]]:
        """The events of this note of an aggregate (or, if no arrow leaves it, of any note of it), each with
        the commands that it may be the outcome of.
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
    """Whether two elements have one name, whatever the spelling: "BillPaid", "bill paid"."""
    return (words(one.name) or one.name) == (words(other.name) or other.name)


def _elements(wall: Wall) -> tuple[Element, ...]:
    """The elements from left to right. A note that says nothing yet stands for none."""
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
    """An order of notes that does not depend on their ids, except for equal notes in one place."""
    return note.x, note.y, note.kind, note.text, note.pivotal, note.answer, note.owner, note.id


def _safe(text: str) -> str:
    """A part of a key that cannot be taken for two."""
    return text.replace("%", "%25").replace("/", "%2F").replace("→", "%E2%86%92").replace("\n", " ")
