"""Fit the text of a note: break it into lines, as large as possible, and replace characters not valid in XML.

Widths are estimated and added up exactly, so a picture is the same on every machine and Python version. Read
`scene.py` next: it places the lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from math import fsum
from typing import NamedTuple
from unicodedata import combining, east_asian_width

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NARROW, _WIDE = frozenset("iIjlt.,:;'|!()[]{} -frJ"), frozenset("mwMWGOQDHNUC@%&")

LEADING = 1.18
"""The height of a line, in font sizes."""


class Line(NamedTuple):
    """One line: its text, its font size, and whether it is bold, as names are."""

    text: str
    size: float
    bold: bool = False


def legible(text: str) -> str:
    """Return the text with U+FFFD in place of each character that is not valid in XML."""
    return _NO_XML.sub("\ufffd", text)


def width(text: str, size: float, bold: bool = False) -> float:
    """Return the estimated width of a text, rather too large than too small."""
    return fsum(map(_em, text)) * size * (1.1 if bold else 1.0)


def fitted(
    name: str, details: Sequence[str], room: tuple[float, float], largest: float = 17, least: float = 10
) -> list[Line]:
    """Return the lines of a note in the largest font that fits; text that does not fit at all is cut."""
    size = largest
    while size > least:
        lines = _lines(name, details, room[0], size)
        whole = all(width(line.text, line.size, line.bold) <= room[0] for line in lines)
        if whole and height(lines) <= room[1]:
            return lines
        size -= 1
    return _cut([*_lines(name, details, room[0], least)], room)


def height(lines: Sequence[Line]) -> float:
    """Return the height of lines below each other."""
    return fsum(line.size * LEADING for line in lines)


def cut_to_width(text: str, room: float, size: float, bold: bool = False) -> str:
    """Return a text, or its beginning and an ellipsis if it is too wide."""
    if width(text, size, bold) <= room:
        return text
    while text and width(text + "…", size, bold) > room:
        text = text[: -max(1, len(text) // 20)]
    return text.rstrip() + "…"


def _em(sign: str) -> float:
    if combining(sign):
        return 0.0
    if east_asian_width(sign) in "WF":
        return 1.05
    return 0.4 if sign in _NARROW else 0.86 if sign in _WIDE else 0.63


def _lines(name: str, details: Sequence[str], room: float, size: float) -> list[Line]:
    small = max(size * 0.78, 9)
    return [
        *(Line(text, size, True) for text in _broken(name, room, size, True)),
        *(Line(text, small) for detail in details for text in _broken(detail, room, small, False)),
    ]


def _broken(text: str, room: float, size: float, bold: bool) -> Iterator[str]:
    """Break a text between words, and within words at `/`, `_`, `-` and before capitals."""
    line = ""
    for word in re.split(r"\s+|(?<=[/_-])(?=\w)|(?<=[a-z0-9])(?=[A-Z])", text.strip()):
        joined = f"{line}{_joint(text, line, word)}{word}" if line else word
        if line and width(joined, size, bold) > room:
            yield line
            line = word
        else:
            line = joined
    if line:
        yield line


def _joint(text: str, line: str, word: str) -> str:
    """Return what stood between two parts: nothing within a word, otherwise a space."""
    return "" if f"{line.split()[-1]}{word}" in text else " "


def _cut(lines: list[Line], room: tuple[float, float]) -> list[Line]:
    kept: list[Line] = []
    for line in lines:
        if height([*kept, line]) > room[1]:
            kept[-1:] = [
                Line(cut_to_width(one.text + " …", room[0], one.size, one.bold), *one[1:])
                for one in kept[-1:]
            ]
            break
        kept.append(line)
    return [Line(cut_to_width(one.text, room[0], one.size, one.bold), *one[1:]) for one in kept]
