"""Rectangles on the wall: the space that notes and frames take. Read `layout.py` next: it places notes."""

from __future__ import annotations

from typing import NamedTuple, Self

from workbench.storming.events import Kind
from workbench.storming.wall import SIZES, Area

PAD, TITLE = 30.0, 30.0
"""The space around the notes in a frame, and for the frame's name above them."""

Shape = tuple[float, float, float, float]
"""The upper left corner, width and height."""


class Box(NamedTuple):
    """A rectangle on the wall."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Return whether two rectangles overlap."""
        beside = self.right <= other.left or other.right <= self.left
        return not beside and self.top < other.bottom and other.top < self.bottom

    def with_(self, other: Box) -> Box:
        """Return the smallest rectangle around both."""
        low = max(self.right, other.right), max(self.bottom, other.bottom)
        return Box(min(self.left, other.left), min(self.top, other.top), *low)

    def covers(self, other: Box) -> bool:
        """Return whether the other rectangle lies within this one."""
        return self.with_(other) == self

    def framed(self) -> Box:
        """Return the frame around a box of notes: with space at the sides, and for a name above."""
        return Box(self.left - PAD, self.top - PAD - TITLE, self.right + PAD, self.bottom + PAD)

    @property
    def shape(self) -> Shape:
        """The rectangle as its upper left corner and size."""
        return self.left, self.top, self.right - self.left, self.bottom - self.top

    @classmethod
    def of_note(cls, kind: Kind, x: float, y: float) -> Box:
        """Return the rectangle of a note with this centre."""
        width, height = SIZES[kind]
        return cls(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    @classmethod
    def of_area(cls, area: Area) -> Box:
        """Return the rectangle of a frame."""
        return cls.of_shape((area.x, area.y, area.width, area.height))

    @classmethod
    def of_shape(cls, shape: Shape) -> Self:
        """Return the rectangle with this corner and size."""
        x, y, width, height = shape
        return cls(x, y, x + width, y + height)
