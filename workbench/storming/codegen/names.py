"""Turn the texts of notes into Python names and strings, safely: a note's text never becomes code.

Identifiers contain only letters, digits and underscores; characters that could end a string, a docstring or
a comment are replaced in texts. Read `codegen/plan.py` next.
"""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from typing import NamedTuple

from workbench.storming.grammar.english import words

LONGEST = 36
"""The longest identifier, so that every line of code fits."""

TYPES = {
    "int": "1",
    "float": "1.5",
    "str": "",
    "bool": "True",
    "Decimal": 'Decimal("1.50")',
    "datetime": "datetime(2026, 1, 1, tzinfo=UTC)",
    "date": "date(2026, 1, 1)",
    "timedelta": "timedelta(minutes=1)",
    "UUID": "UUID(int=1)",
}
"""The types that a line `name: type` may name, each with an example; a `str` gets the field's name."""

_HARMLESS = str.maketrans({'"': "'", "\\": "/", "#": "♯"})
_TYPE = re.compile(rf"(list\[)?({'|'.join(TYPES)})(?(1)\])( \| None)?")

_IMPORTED = {
    *("NotDecidedYet", "UTC", "annotations", "dataclass", "domain", "event_type", "reduce", "replace"),
    *("Command", "Decider", "Event", "decide", "decider", "evolve", "initial"),
}
RESERVED = frozenset({*keyword.kwlist, *keyword.softkwlist, *dir(builtins), *TYPES, *_IMPORTED})
"""Names that have another meaning in the generated code."""

_NO_FIELDS = frozenset({*keyword.kwlist, *TYPES, "list", "self", "l"})


class TypedName(NamedTuple):
    """A field of a class: its name, its type, and the note's type if that is unknown."""

    name: str
    type: str
    unknown: str = ""

    @property
    def example(self) -> str:
        """A value of its type, as Python source."""
        plain = self.type.removesuffix(" | None")
        inner = plain.removeprefix("list[").removesuffix("]")
        value = TYPES[inner] or f'"{self.name}"'
        return value if inner == plain else f"[{value}]"


class Names:
    """The names in use; a name that is taken gets a number."""

    def __init__(self, taken: frozenset[str] = RESERVED) -> None:
        self._taken = {*taken}

    def new(self, wanted: str) -> str:
        """Return this name, with the first free number if it is taken."""
        name, number = wanted, 1
        while name in self._taken:
            number += 1
            name = f"{wanted}{'_' if wanted.islower() else ''}{number}"
        self._taken.add(name)
        return name


def class_name(text: str) -> str:
    """Return a text as a class name: "charging started!" gives ChargingStarted."""
    parts = re.findall(r"[A-Za-z0-9]+", _plain_letters(text))
    name = "".join(part[0].upper() + part[1:] for part in parts)[:LONGEST]
    return name if name[:1].isalpha() else f"Note{name}"


def variable(text: str) -> str:
    """Return a text as the name of a function or field: "ChargingStarted" gives charging_started."""
    name = "_".join(words(_plain_letters(text)))[:LONGEST].strip("_")
    return name if name[:1].isalpha() else f"note_{name}".strip("_")


def typed(name: str, wanted: str) -> TypedName:
    """Return the field that a detail line describes."""
    found = variable(name)
    safe = f"{found}_" if found in _NO_FIELDS else found
    return TypedName(safe, wanted) if _TYPE.fullmatch(wanted) else TypedName(safe, "str", fitting(wanted))


def fitting(text: str, columns: int = 24) -> str:
    """Return as much of a text as fits, without characters that end a string or a comment."""
    plain = "".join(char if char.isprintable() else " " for char in text.translate(_HARMLESS))
    plain_text = " ".join(plain.split()) or "…"
    if _columns(plain_text) <= columns:
        return plain_text
    ends = (end for end in range(len(plain_text), 0, -1) if _columns(plain_text[:end]) <= columns - 2)
    return plain_text[: next(ends, 0)].rstrip() + "…"


def _columns(text: str) -> int:
    """Return how many columns a text takes at most: a character outside of ASCII may take two."""
    return sum(1 if char.isascii() else 2 for char in text)


def _plain_letters(text: str) -> str:
    straight = text.replace("’", "").replace("'", "").replace("ß", "ss")
    return unicodedata.normalize("NFKD", straight).encode("ascii", "ignore").decode()
