"""The error with which code written from a board says that a decision is still to be filled in."""

from __future__ import annotations

from workshop_lib.events import WorkshopError


class NotDecidedYet(WorkshopError):
    """A command or a policy hangs on the wall, and nobody has said yet what follows from it."""

    def __init__(self, what: str, note: str) -> None:
        self.what, self.note = what, note
        super().__init__(
            f"You asked what follows from “{what}”, but nobody has decided that yet; it is on note {note} "
            "of the board. Replace the line that raises this by what follows, or by an error that says why."
        )
