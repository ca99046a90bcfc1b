"""The error that generated code raises where a decision is still to be filled in."""

from __future__ import annotations

from workshop_lib.events import WorkshopError


class NotDecidedYet(WorkshopError):
    """The board has this command or policy, but does not say what follows from it."""

    def __init__(self, what: str, note: str) -> None:
        self.what, self.note = what, note
        super().__init__(
            f"You asked what follows from “{what}”, but nobody has decided that yet; it is on note {note} "
            "of the board. Replace the line that raises this with the decision: what to return, or which "
            "error to raise."
        )
