"""Format events: in words, as a timeline, as plain text and as Markdown.

`compare` merges two lists of events into one timeline that marks each event: as expected, missing, not
expected, out of order, or different in a field. Text in an event is escaped.
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
"""How many characters of a field are shown."""

REMARKS = {"✓": "as expected", "+": "not expected", "↕": "out of order", "≠": "different", "–": "missing"}
"""The meaning of each mark in a comparison."""


class Difference(NamedTuple):
    """An event in a comparison with its mark; `expected` is the event that was expected in its place."""

    mark: str
    event: Any
    expected: Any = None


class Row(NamedTuple):
    """A line of a timeline: its part (Given, When, Then), a mark, the mark's meaning, the event in words."""

    part: str
    mark: str
    remark: str
    words: str


def in_words(fact: object) -> str:
    """Return an event or a command in words: `ChargingStarted (session 42, connector cinema-7)`."""
    if not is_dataclass(fact):
        return " ".join(shortened(fact).split())
    shown = [f"{field.name.replace('_', ' ')} {_value(getattr(fact, field.name))}" for field in fields(fact)]
    name = type(fact).__name__
    return f"{name} ({', '.join(shown)})" if shown else name


def compare(
    actual: Sequence[Any], expected: Sequence[Any], key: Callable[[Any], Any] = lambda event: event
) -> list[Difference]:
    """Compare actual with expected events and return both as one timeline.

    Two events are equal if their keys are. An expected event that is there, but out of order or with other
    values, is not listed as missing.
    """
    timeline = _aligned(actual, expected, key)
    missing = [one for one in timeline if one.mark == "–"]
    for mark, what in (("↕", key), ("≠", type)):
        for at, one in enumerate(timeline):
            twins = [other for other in missing if one.mark == "+" and what(other.event) == what(one.event)]
            if twins:
                timeline[at] = Difference(mark, one.event, twins[0].event)
                missing = [other for other in missing if other is not twins[0]]
    return [one for one in timeline if one.mark != "–" or any(one is other for other in missing)]


def differing_fields(event: Any, expected: Any) -> dict[str, Any]:
    """Return the fields in which an event differs from another one of its type, with the expected values."""
    names = [field.name for field in fields(event)] if is_dataclass(event) else []
    differing = [name for name in names if getattr(event, name) != getattr(expected, name)]
    return {name: getattr(expected, name) for name in differing}


def as_rows(differences: Sequence[Difference]) -> list[Row]:
    """Return the lines of a comparison, with expected values."""
    return [Row("Then", one.mark, _remark(one), in_words(one.event)) for one in differences]


def as_plain_text(rows: Sequence[Row]) -> str:
    """Format a timeline as plain text."""
    width = max((len(row.remark) for row in rows), default=0)
    lines = []
    for part, group in groupby(rows, key=lambda row: row.part):
        lines.append(f"{part}:")
        for row in group:
            marks = f"{row.mark or ' '} {row.remark:<{width}}  " if row.remark else ""
            lines.append(f"    {marks}{row.words}")
    return "\n".join(lines)


def as_markdown(rows: Sequence[Row]) -> str:
    """Format a timeline as a Markdown table."""
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
    """Escape text for Markdown, HTML and formulas. `$` and a backslash get an element of their own, because
    Lab looks for formulas in the finished page, but not across elements.
    """
    plain = [sign if sign.isalnum() or sign in " ,.()" else f"&#{ord(sign)};" for sign in text]
    return "".join(f"<span>{sign}</span>" if sign in ("&#36;", "&#92;") else sign for sign in plain)


def _remark(one: Difference) -> str:
    if one.mark != "≠":
        return REMARKS[one.mark]
    wanted = differing_fields(one.event, one.expected)
    values = [f"{name.replace('_', ' ')} {_value(value)}" for name, value in wanted.items()]
    return f"expected {', '.join(values) if is_dataclass(one.event) else _value(one.expected)}"


def _aligned(actual: Sequence[Any], expected: Sequence[Any], key: Callable[[Any], Any]) -> list[Difference]:
    """Align both lists by their longest common part; mark other events as + (actual) or – (missing)."""
    known: list[Any] = []

    def number(event: Any) -> int:  # events need not be hashable
        if key(event) not in known:
            known.append(key(event))
        return known.index(key(event))

    matcher = SequenceMatcher(None, [*map(number, actual)], [*map(number, expected)], autojunk=False)
    aligned: list[Difference] = []
    for tag, first, last, low, high in matcher.get_opcodes():
        aligned += [Difference("✓" if tag == "equal" else "+", event) for event in actual[first:last]]
        aligned += [Difference("–", event) for event in expected[low:high] if tag != "equal"]
    return aligned
