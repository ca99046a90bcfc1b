"""How a story of events is told: in words, as a timeline, as plain text and as Markdown.

Two lists of events become one timeline that says of each event whether it came as expected, is missing, was
not expected, is out of order, or differs in a field. What people wrote into an event stays text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from difflib import SequenceMatcher
from enum import Enum
from itertools import groupby
from typing import Any, NamedTuple

from workshop_lib.events import shortened

LONGEST = 200
"""How many signs of a field are shown; a story that nobody can read tells nothing."""

REMARKS = {"✓": "as expected", "+": "not expected", "↕": "out of order", "≠": "different", "–": "missing"}
"""What each mark of a comparison means."""


class Difference(NamedTuple):
    """An event of a comparison with its mark; `expected` is the event that should have come in its place."""

    mark: str
    event: Any
    expected: Any = None


class Row(NamedTuple):
    """A line of a timeline: its part of the story, a mark, what the mark means, and the event in words."""

    part: str
    mark: str
    remark: str
    words: str


def in_words(fact: object) -> str:
    """An event or a command in words: `ChargingStarted (session 42, connector cinema-7)`."""
    if not is_dataclass(fact):
        return " ".join(shortened(fact).split())
    told = [f"{field.name.replace('_', ' ')} {_value(getattr(fact, field.name))}" for field in fields(fact)]
    name = type(fact).__name__
    return f"{name} ({', '.join(told)})" if told else name


def compare(
    came: Sequence[Any], expected: Sequence[Any], key: Callable[[Any], Any] = lambda event: event
) -> list[Difference]:
    """Compare the events that came with those that were expected; returns both as one timeline.

    Two events are equal if their keys are. An expected event whose twin came, out of order or with other
    values, is not listed again as missing.
    """
    timeline = _aligned(came, expected, key)
    missing = [one for one in timeline if one.mark == "–"]
    for mark, what in (("↕", key), ("≠", type)):
        for at, one in enumerate(timeline):
            twins = [other for other in missing if one.mark == "+" and what(other.event) == what(one.event)]
            if twins:
                timeline[at] = Difference(mark, one.event, twins[0].event)
                missing = [other for other in missing if other is not twins[0]]
    return [one for one in timeline if one.mark != "–" or any(one is other for other in missing)]


def differing_fields(event: Any, expected: Any) -> dict[str, Any]:
    """The fields in which an event differs from another one of its type, with the expected values."""
    names = [field.name for field in fields(event)] if is_dataclass(event) else []
    differing = [name for name in names if getattr(event, name) != getattr(expected, name)]
    return {name: getattr(expected, name) for name in differing}


def as_rows(differences: Sequence[Difference]) -> list[Row]:
    """The lines of a comparison, expected values included."""
    return [Row("Then", one.mark, _remark(one), in_words(one.event)) for one in differences]


def as_plain_text(rows: Sequence[Row]) -> str:
    """A timeline for a terminal."""
    width = max((len(row.remark) for row in rows), default=0)
    lines = []
    for part, group in groupby(rows, key=lambda row: row.part):
        lines.append(f"{part}:")
        for row in group:
            marks = f"{row.mark or ' '} {row.remark:<{width}}  " if row.remark else ""
            lines.append(f"    {marks}{row.words}")
    return "\n".join(lines)


def as_markdown(rows: Sequence[Row]) -> str:
    """A timeline as a table."""
    lines = ["| | | |", "|:--|:--|:--|"]
    for part, group in groupby(rows, key=lambda row: row.part):
        for at, row in enumerate(group):
            head = f"**{part}**" if at == 0 else ""
            lines.append(f"| {head} | {row.mark} {escaped(row.remark)} | <code>{escaped(row.words)}</code> |")
    return "\n".join(lines)


def _value(value: object) -> str:
    if isinstance(value, Enum):
        value = value.value
    text = " ".join((value if isinstance(value, str) else shortened(value, 60)).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def escaped(text: str) -> str:
    """Text that Markdown, HTML and formulas leave alone: Lab looks for a formula in the finished page, but
    not across the border of an element.
    """
    plain = [sign if sign.isalnum() or sign in " ,.()" else f"&#{ord(sign)};" for sign in text]
    return "".join(f"<span>{sign}</span>" if sign in ("&#36;", "&#92;") else sign for sign in plain)


def _remark(one: Difference) -> str:
    if one.mark != "≠":
        return REMARKS[one.mark]
    wanted = differing_fields(one.event, one.expected)
    told = [f"{name.replace('_', ' ')} {_value(value)}" for name, value in wanted.items()]
    return f"expected {', '.join(told) if is_dataclass(one.event) else _value(one.expected)}"


def _aligned(came: Sequence[Any], expected: Sequence[Any], key: Callable[[Any], Any]) -> list[Difference]:
    """The longest common part; around it what came (+) and what is missing (–)."""
    known: list[Any] = []

    def number(event: Any) -> int:  # events need not be hashable
        if key(event) not in known:
            known.append(key(event))
        return known.index(key(event))

    matcher = SequenceMatcher(None, [*map(number, came)], [*map(number, expected)], autojunk=False)
    aligned: list[Difference] = []
    for tag, first, last, low, high in matcher.get_opcodes():
        aligned += [Difference("✓" if tag == "equal" else "+", event) for event in came[first:last]]
        aligned += [Difference("–", event) for event in expected[low:high] if tag != "equal"]
    return aligned
