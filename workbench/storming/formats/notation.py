"""Read and write one line of a board in text form.

    event: Charging Started #2 {pivotal, at 120 80} -> policy: "Whenever -> then"

An ambiguous name is written as a JSON string. Read `text.py` next: the meaning of whole texts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from difflib import get_close_matches
from itertools import groupby
from typing import NamedTuple

from workbench.storming.events import AreaKind, Kind
from workbench.storming.gestures import BoardError

KINDS: Mapping[str, Kind] = {
    **{str(kind): kind for kind in Kind},
    "system": Kind.SYSTEM,
    "hotspot": Kind.HOT_SPOT,
}
"""How a note's kind is written, with two common synonyms."""

WORDS = (*KINDS, *AreaKind, "board", "phase", "overruled")
MARKS: Mapping[str, tuple[str, ...]] = {
    "note": ("at", "in", "pivotal", "owner", "answer"),
    **{str(kind): ("at", "size") for kind in AreaKind},
    "overruled": ("because",),
}
"""The marks that may follow in braces the name of a note, a frame, an overruled finding."""

_STRING = r'(?<!\\)"(?:[^"\\]|\\.)*"'  # keeps long rows of \" linear
_TOKEN = re.compile(
    rf"""(?P<string>{_STRING}) | (?P<arrow>(?<=\s)(?:->|→)(?=\s|$))
       | (?P<number>(?<=\s)\#\d{{1,4}}(?=[\s{{]|$))
       | (?P<marks>\{{(?:{_STRING}|[^"{{}}])*\}}) | (?P<text>[^\s"{{}}\#→-]+|.)""",
    re.VERBOSE | re.DOTALL,
)
_PIECE = re.compile(rf'(?:{_STRING}|[^",])+|"')
_VALUE = re.compile(rf"({_STRING})(?:\s+#(\d{{1,4}}))?|(.*?)(?:\s#(\d{{1,4}}))?", re.DOTALL)
_NUMBER = r"([+-]?\d+(?:\.\d*)?(?:e[+-]?\d+)?)"
_NUMBERS = re.compile(rf"{_NUMBER}\s+{_NUMBER}", re.IGNORECASE)
_ODD = re.compile(r'["{}#→]|->|^\|')


class TextError(BoardError):
    """A line that cannot be read: its number, what is wrong, what to write instead."""

    def __init__(self, line: int, written: str, problem: str, remedy: str) -> None:
        self.line = line
        excerpt = written if len(written) <= 60 else written[:59] + "…"
        super().__init__(f"You wrote {excerpt!r} in line {line}, but {problem}. {remedy}")


class ContextName(NamedTuple):
    """The context of a note: its name, and its number if several have that name."""

    name: str
    number: int = 1


MarkValue = str | tuple[float, float] | ContextName


class Item(NamedTuple):
    """One item of a line: its word, name, number (of several with that name) and marks."""

    word: str
    name: str
    number: int
    marks: Mapping[str, MarkValue]


class _Wrong(Exception):
    """The problem and the remedy of a `TextError`."""


def items(number: int, line: str) -> list[Item]:
    """Return the items of a line, in the order of its arrows. Raises `TextError`."""
    parts = groupby(_TOKEN.finditer(line), lambda token: token.lastgroup == "arrow")
    texts = ["".join(token[0] for token in tokens).strip() for _, tokens in parts]
    try:
        if len(texts) % 2 == 0 or not all(texts[::2]):
            raise _Wrong("an arrow has no note on one side", "Name a note on both sides.")
        return [_item(text) for text in texts[::2]]
    except _Wrong as wrong:
        raise TextError(number, line.strip(), *wrong.args) from None


def written(item: Item) -> str:
    """Return an item in the notation."""
    number = f" #{item.number}" if item.number != 1 else ""
    marks = ", ".join(_mark_written(word, value) for word, value in item.marks.items())
    return f"{item.word}: {quoted(item.name)}{number}{f' {{{marks}}}' if marks else ''}"


def quoted(text: str, beside: str = "") -> str:
    """Return text unchanged, or as a JSON string if it would be ambiguous."""
    plain = text and text == text.strip() and text.isprintable() and not _ODD.search(text)
    return text if plain and not any(sign in text for sign in beside) else _as_json(text)


def detail(line: str) -> str:
    """Return the text of a detail line, given what follows the bar."""
    if len(line) > 1 and line[0] == line[-1] == '"':
        try:
            return str(json.loads(line))
        except ValueError:
            return line
    return line


def detail_written(line: str) -> str:
    """Return a detail line with its bar."""
    plain = line == line.strip() and line.isprintable() and not line.startswith('"')
    return f"| {line if plain else _as_json(line)}".rstrip()


def _as_json(text: str) -> str:
    return json.dumps(text, ensure_ascii=not text.isprintable())


def _item(text: str) -> Item:
    word, colon, rest = text.partition(":")
    word = " ".join(word.casefold().split())
    if not colon or word not in WORDS:
        raise _Wrong(f"a line must begin with one of: {', '.join(WORDS)}", _instead(word))
    tokens = [*_TOKEN.finditer(rest.rstrip())]
    marks = tokens.pop()[0] if tokens and tokens[-1].lastgroup == "marks" else ""
    while tokens and tokens[-1][0].isspace():
        tokens.pop()
    number = int(tokens.pop()[0][1:]) if tokens and tokens[-1].lastgroup == "number" else 1
    name = _name("".join(token[0] for token in tokens).strip())
    return Item(word, name, max(number, 1), _marks(marks, word))


def _instead(word: str) -> str:
    near = get_close_matches(word, WORDS, 1)
    return f'Did you mean "{near[0]}:"?' if near else 'Write for example "event: Charging Started".'


def _name(text: str) -> str:
    if re.fullmatch(_STRING, text, re.DOTALL):
        return _string(text)
    if not text:
        raise _Wrong("the name is missing", 'Write a name after the colon, or "" for a note without text.')
    if text[0] == '"' or "{" in text or "}" in text:
        problem = "braces and a quotation mark at the beginning have a special meaning"
        raise _Wrong(problem, 'Write a name with such signs as a JSON string: event: "{…}".')
    return text


def _string(text: str) -> str:
    try:
        return str(json.loads(text))
    except ValueError:
        raise _Wrong(f"{text} is not a JSON string", 'Write \\" for a quote, \\n for a new line.') from None


def _marks(braces: str, word: str) -> dict[str, MarkValue]:
    """Return the marks in braces; a comma that no mark follows belongs to the text before it."""
    known = MARKS.get(word, MARKS["note"] if word in KINDS else ())
    pieces: list[str] = []
    for piece in map(str.strip, _PIECE.findall(braces[1:-1])):
        if _first_word(piece) in known or not pieces:
            pieces.append(piece)
        else:
            pieces[-1] += f", {piece}"
    found: dict[str, MarkValue] = {}
    for piece in pieces:
        name = _first_word(piece)
        if name not in known:
            remedy = f"The marks are: {', '.join(known)}." if known else "Remove the braces."
            raise _Wrong(f"{piece!r} is not a mark of {word}", remedy)
        found[name] = _value(name, piece[len(name) :].removeprefix(":").strip())
    return found


def _first_word(text: str) -> str:
    return re.split(r"[^a-z]", text, maxsplit=1)[0]


def _value(name: str, value: str) -> MarkValue:
    if name in ("at", "size"):
        return _numbers(name, value)
    if name == "pivotal" and value:
        raise _Wrong(f"“pivotal” takes no value such as {value!r}", "Write {pivotal}.")
    string, number, plain, plain_number = _VALUE.fullmatch(value).groups()  # type: ignore[union-attr]
    said = _string(string) if string else plain
    if name == "in":
        return ContextName(said, int(number or plain_number or 1))
    if number or plain_number or (plain or "").startswith('"'):
        raise _Wrong(f"{value!r} is ambiguous", "Write it as a JSON string.")
    return said


def _numbers(name: str, value: str) -> tuple[float, float]:
    found = _NUMBERS.fullmatch(value)
    if not found:
        raise _Wrong(f"{name!r} needs two numbers", f"Write for example {{{name} 120 80}}.")
    return float(found[1]), float(found[2])


def _mark_written(word: str, value: MarkValue) -> str:
    if isinstance(value, ContextName):
        number = f" #{value.number}" if value.number != 1 else ""
        return f"{word}: {quoted(value.name, ',')}{number}"
    if isinstance(value, str):
        return f"{word}: {quoted(value, ',')}" if value else word
    return f"{word} {_number(value[0])} {_number(value[1])}"


def _number(number: float) -> str:
    return f"{number:.0f}" if number == int(number) else repr(number)
