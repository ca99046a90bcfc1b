"""The event stepper: a widget that folds events one at a time and shows event and state.

The fold runs once, in Python, with the given `evolve`; the browser only shows its pages. `stepper.step` is
the number of events folded so far (0: the initial state), `stepper.state` the state after them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import accumulate
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from workbench.pictures.figures import fold_strip
from workbench.pictures.show import bundle
from workbench.pictures.sticky import pairs
from workbench.pictures.style import STICKY
from workshop_lib.events import RecordedEvent

STILL = 4
"""The number of events in the still picture."""


class EventStepper(anywidget.AnyWidget):
    """A fold that one steps through, event by event. Events may be `RecordedEvent`s or plain events."""

    _esm = Path(__file__).with_suffix(".js")
    _css = Path(__file__).with_suffix(".css")
    title = traitlets.Unicode().tag(sync=True)
    pages = traitlets.List(traitlets.Dict()).tag(sync=True)
    colours = traitlets.Dict(STICKY).tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)

    def __init__(
        self,
        events: Iterable[object],
        evolve: Callable[[Any, Any], Any],
        initial: Any,
        title: str = "State is a fold of what happened",
    ) -> None:
        given = list(events)
        self.events = [seen.event if isinstance(seen, RecordedEvent) else seen for seen in given]
        self.states = list(accumulate(self.events, evolve, initial=initial))
        self._evolve = evolve
        shown = zip([None, *given], [None, *self.events], self.states, strict=True)
        super().__init__(title=title, pages=[_page(*one) for one in shown])

    @property
    def state(self) -> Any:
        """The state after the events so far."""
        return self.states[self.step]

    @traitlets.validate("step")
    def _within(self, proposal: Any) -> int:
        return max(0, min(int(proposal["value"]), len(self.events)))

    def __repr__(self) -> str:
        last = f" (the last: {type(self.events[self.step - 1]).__name__})" if self.step else ""
        return f"{self.title}: {self.step} of {len(self.events)} events folded{last} into {self.state!r}."

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[Any, Any], dict[Any, Any]]:
        picture = fold_strip(self.events[:STILL], self._evolve, self.states[0], self.title)
        return bundle(self, repr(self), picture), {}


def _page(seen: object, event: object, state: object) -> dict[str, Any]:
    """Return what the browser shows of one step: only names and values, as text."""
    return {
        "event": "" if event is None else type(event).__name__,
        "facts": [] if event is None else pairs(event),
        "place": _place(seen) if isinstance(seen, RecordedEvent) else "",
        "state": type(state).__name__,
        "values": pairs(state),
    }


def _place(seen: RecordedEvent) -> str:
    when = f"{seen.occurred_at:%Y-%m-%d %H:%M:%S} UTC"
    return f"{seen.stream}, version {seen.version}, position {seen.position}, {when}"
