"""Write a wall as Markdown for people who were not there: a Mermaid diagram and a glossary.

The diagram is of Mermaid's kind `eventmodeling` (11.15 and later; JupyterLab draws it). The names of its
boxes can contain only letters, digits and _, so simplified names are listed below it with the original.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from unicodedata import normalize

from workbench.storming.escaping import as_text
from workbench.storming.events import Kind, Level
from workbench.storming.grammar.graph import Element, Graph
from workbench.storming.wall import Note, Wall

BOXES = {
    Kind.ACTOR: "ui",
    Kind.POLICY: "pcr",
    Kind.COMMAND: "cmd",
    Kind.READ_MODEL: "rmo",
    Kind.EVENT: "evt",
}
"""The kinds that have a box, with Mermaid's keyword for it."""

ROWS = {"ui": 0, "pcr": 0, "cmd": 1, "rmo": 1, "evt": 2}

MOST, LONGEST = 400, 48
"""The most boxes, and the longest name, that keep the text within Mermaid's size limit."""


def to_mermaid(wall: Wall) -> str:
    """Return Markdown with a Mermaid diagram of commands, events, policies and read models, and lists of what
    the diagram cannot show: simplified names, who decides, hot spots, opportunities.
    """
    graph = Graph(wall, Level.DESIGN)
    boxed = graph.of(*BOXES)
    names = _names(boxed[:MOST])
    diagram = ["```mermaid", "eventmodeling", *_frames(graph, names), "```"] if names else []
    parts = [
        "\n".join(diagram),
        _listed("Simplified names", _simplified(names)),
        _listed("Left out, because Mermaid draws no more", map(_described, boxed[MOST:])),
        _listed("Who decides", _deciders(graph)),
        _listed("Hot spots", map(_hot_spot, wall.of(Kind.HOT_SPOT))),
        _listed("Opportunities", (as_text(note.name) for note in wall.of(Kind.OPPORTUNITY))),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def glossary(wall: Wall) -> str:
    """Return a Markdown table of all elements: name, kind, context, details, and number of notes."""
    elements = sorted(
        Graph(wall, Level.DESIGN).elements, key=lambda one: (one.name.casefold(), one.kind, one.context)
    )
    rows = (
        (one.name, one.kind, one.context, "; ".join(one.details), str(len(one.notes))) for one in elements
    )
    lines = ("| " + " | ".join(map(as_text, row)) + " |" for row in rows)
    return "\n".join(["| name | kind | context | details | notes |", "|---|---|---|---|---|", *lines]) + "\n"


def _names(elements: Sequence[Element]) -> dict[Element, str]:
    """Return a word for each element, from left to right; Mermaid accepts only letters, digits and _."""
    return {one: _word(one.name) or f"{_word(one.kind)}{number}" for number, one in enumerate(elements, 1)}


def _word(name: str) -> str:
    plain = normalize("NFKD", name).encode("ascii", "ignore").decode()
    word = "".join(part[0].upper() + part[1:] for part in re.findall("[A-Za-z0-9]+", plain))
    return f"No{word}"[:LONGEST] if word[:1].isdigit() else word[:LONGEST]


def _frames(graph: Graph, names: dict[Element, str]) -> Iterator[str]:
    """Yield a line for each box. Mermaid draws the arrow from the previous box if that is in another row.

    Mermaid's namespaces are not used: it would open a new lane for each box.
    """
    numbers = {element: number for number, element in enumerate(names, 1)}
    before: Element | None = None
    for element, number in numbers.items():
        causes = [one for one in _causes(graph, element) if numbers.get(one, number) < number]
        box = f"{number:02} {BOXES[element.kind]} {names[element]}"
        follows = before is not None and _row(before) != _row(element)
        if causes == [before] and follows:
            yield f"tf {box}"
        elif causes:
            yield f"tf {box}" + "".join(f" ->> {numbers[one]:02}" for one in causes)
        else:
            yield f"{'rf' if before else 'tf'} {box}"
        before = element


def _row(element: Element) -> int:
    return ROWS[BOXES[element.kind]]


def _causes(graph: Graph, element: Element) -> list[Element]:
    """Return the causes of an element; commands replace the aggregates and systems that handle them."""
    found: list[Element] = []
    for one in graph.before(element):
        if one.kind is Kind.AGGREGATE:
            found += [path.command for path in graph.paths if (path.aggregate, path.event) == (one, element)]
        elif one.kind is Kind.SYSTEM:
            found += graph.before(one, Kind.COMMAND)
        else:
            found.append(one)
    return list(dict.fromkeys(found))


def _simplified(names: dict[Element, str]) -> Iterator[str]:
    for element, word in names.items():
        if re.sub(r"[\s,.?!-]+", "", element.name).casefold() != word.casefold():
            yield f"{word}: {as_text(element.name)}"


def _deciders(graph: Graph) -> Iterator[str]:
    for one in graph.of(Kind.AGGREGATE, Kind.SYSTEM):
        events = graph.after(one, Kind.EVENT)
        if events:
            yield f"{_described(one)}: {', '.join(as_text(event.name) for event in events)}"


def _described(element: Element) -> str:
    context = f" ({as_text(element.context)})" if element.context else ""
    return f"{element.kind} {as_text(element.name)}{context}"


def _hot_spot(note: Note) -> str:
    owner = f" (owner: {as_text(note.owner)})" if note.owner else ""
    answer = f": resolved, {as_text(note.answer)}" if note.answer else ": open"
    return f"{as_text(note.name)}{answer}{owner}"


def _listed(title: str, points: Iterable[str]) -> str:
    lines = [f"- {point}" for point in points]
    return "\n".join([f"**{title}**", "", *lines]) if lines else ""
