"""How a story of events is told: in words, as a timeline, as plain text and as Markdown.

Two lists of events become one timeline that says of each event whether it came as expected, is missing, was
not expected, is out of order, or differs in a field. What people wrote into an event stays text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from difflib import SequenceMatcher
from enum import Enum
from itertools import groupby
from operator import eq
from typing import NamedTuple

from workshop_lib.events import shortened

LONGEST = 200
"""How many signs of a field are shown; a story that nobody can read tells nothing."""


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


def compare(came: Sequence[object], expected: Sequence[object]) -> list[Row]:
    """The events that came and those that were expected, as one timeline."""
    steps = _steps(came, expected)
    told = _told(steps)
    return [Row("Then", *told[at], in_words(event)) for at, (_, event) in enumerate(steps) if at in told]


def as_text(rows: Sequence[Row]) -> str:
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


def _steps(came: Sequence[object], expected: Sequence[object]) -> list[tuple[str, object]]:
    """The longest common story as `same`; around it what `came` and what was `wanted`."""
    known: list[object] = []
    for event in [*came, *expected]:
        if event not in known:  # events need not be hashable
            known.append(event)
    numbers = [known.index(event) for event in came], [known.index(event) for event in expected]
    steps: list[tuple[str, object]] = []
    for tag, first, last, low, high in SequenceMatcher(None, *numbers, autojunk=False).get_opcodes():
        if tag == "equal":
            steps += [("same", event) for event in came[first:last]]
        else:
            steps += [("came", event) for event in came[first:last]]
            steps += [("wanted", event) for event in expected[low:high]]
    return steps


def _told(steps: Sequence[tuple[str, object]]) -> dict[int, tuple[str, str]]:
    """What to say of each step; a wanted event that one which came explains is not told again."""
    extra, wanted = ([at for at, step in enumerate(steps) if step[0] == mark] for mark in ("came", "wanted"))
    told = {at: ("✓", "as expected") for at, step in enumerate(steps) if step[0] == "same"}
    told |= dict.fromkeys(extra, ("+", "not expected"))
    for alike in (eq, _of_one_type):
        for at in [at for at in extra if told[at][0] == "+"]:
            event = steps[at][1]
            if twins := [twin for twin in wanted if alike(event, steps[twin][1])]:
                wanted.remove(twins[0])
                expected = steps[twins[0]][1]
                told[at] = ("↕", "in the wrong order") if alike is eq else ("≠", _difference(event, expected))
    return told | dict.fromkeys(wanted, ("–", "missing"))


def _of_one_type(one: object, other: object) -> bool:
    return type(one) is type(other)


def _difference(event: object, expected: object) -> str:
    if not is_dataclass(event):
        return f"expected {_value(expected)}"
    pairs = [
        (field.name, getattr(event, field.name), getattr(expected, field.name)) for field in fields(event)
    ]
    told = [f"{name.replace('_', ' ')} {_value(wanted)}" for name, there, wanted in pairs if there != wanted]
    return f"expected {', '.join(told)}"
