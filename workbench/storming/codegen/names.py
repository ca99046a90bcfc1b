"""Names and texts of a wall made fit for Python: whatever a note says, it stays a name or a text.

Identifiers are built from letters, digits and underscores alone; texts lose what could end a string, a
docstring or a comment. Read `codegen/plan.py` next.
"""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from typing import NamedTuple

from workbench.storming.grammar.english import words

LONGEST = 36
"""How long an identifier gets, so that every line of code fits."""

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
"""The types that a line `name: type` may ask for, each with an example; a text's is its field's name."""

_HARMLESS = str.maketrans({'"': "'", "\\": "/", "#": "♯"})
_TYPE = re.compile(rf"(list\[)?({'|'.join(TYPES)})(?(1)\])( \| None)?")

_IMPORTED = {
    *("NotDecidedYet", "UTC", "annotations", "dataclass", "domain", "event_type", "reduce", "replace"),
    *("Command", "Decider", "Event", "decide", "decider", "evolve", "initial"),
}
RESERVED = frozenset({*keyword.kwlist, *keyword.softkwlist, *dir(builtins), *TYPES, *_IMPORTED})
"""Names that mean something else in the code."""

_NO_FIELDS = frozenset({*keyword.kwlist, *TYPES, "list", "self", "l"})


class TypedName(NamedTuple):
    """A field of a class: its name, its type, and a type that the note asked for and we do not know."""

    name: str
    type: str
    unknown: str = ""

    @property
    def example(self) -> str:
        """A value of its type, as Python."""
        plain = self.type.removesuffix(" | None")
        inner = plain.removeprefix("list[").removesuffix("]")
        value = TYPES[inner] or f'"{self.name}"'
        return value if inner == plain else f"[{value}]"


class Names:
    """Names that were given so far; a name asked for twice gets a number the second time."""

    def __init__(self, taken: frozenset[str] = RESERVED) -> None:
        self._taken = {*taken}

    def new(self, wanted: str) -> str:
        """This name, or this name with the first number that is free."""
        name, number = wanted, 1
        while name in self._taken:
            number += 1
            name = f"{wanted}{'_' if wanted.islower() else ''}{number}"
        self._taken.add(name)
        return name


def class_name(text: str) -> str:
    """A text as the name of a class: "charging started!" gives ChargingStarted."""
    parts = re.findall(r"[A-Za-z0-9]+", _plain_letters(text))
    name = "".join(part[0].upper() + part[1:] for part in parts)[:LONGEST]
    return name if name[:1].isalpha() else f"Note{name}"


def variable(text: str) -> str:
    """A text as the name of a function or a field: "ChargingStarted" gives charging_started."""
    name = "_".join(words(_plain_letters(text)))[:LONGEST].strip("_")
    return name if name[:1].isalpha() else f"note_{name}".strip("_")


def typed(name: str, wanted: str) -> TypedName:
    """The field that a detail line asks for."""
    found = variable(name)
    safe = f"{found}_" if found in _NO_FIELDS else found
    return TypedName(safe, wanted) if _TYPE.fullmatch(wanted) else TypedName(safe, "str", fitting(wanted))


def fitting(text: str, columns: int = 24) -> str:
    """As much of a text as fits, without what would end a string or a docstring, or direct a tool."""
    plain = "".join(char if char.isprintable() else " " for char in text.translate(_HARMLESS))
    told = " ".join(plain.split()) or "…"
    if _columns(told) <= columns:
        return told
    ends = (end for end in range(len(told), 0, -1) if _columns(told[:end]) <= columns - 2)
    return told[: next(ends, 0)].rstrip() + "…"


def _columns(text: str) -> int:
    """How wide a text may be shown: whatever is not ASCII may take two columns."""
    return sum(1 if char.isascii() else 2 for char in text)


def _plain_letters(text: str) -> str:
    straight = text.replace("’", "").replace("'", "").replace("ß", "ss")
    return unicodedata.normalize("NFKD", straight).encode("ascii", "ignore").decode()
