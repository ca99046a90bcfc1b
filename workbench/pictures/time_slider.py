"""The time slider: a widget that shows the state of every key in the log at a chosen instant.

`time_slider(store)` runs one temporal query and sends the result to the browser once, one byte for each key
and instant; dragging then needs no kernel. `slider.instant` follows the slider, and setting it moves the
slider. The browser's part is `time_slider.js`; read `workshop_lib.reading.temporal` for the query.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from workbench.pictures.figures import status_counts
from workbench.pictures.show import bundle
from workbench.pictures.style import by_number, looks_of
from workshop_lib.events import WorkshopError
from workshop_lib.reading.temporal import evenly, life_of, on_the_clock, state_at_instants
from workshop_lib.store.arguments import checked_time

if TYPE_CHECKING:
    from workshop_lib.store.duckdb_engine.reader import DuckDBReader

UNKNOWN = 255
"""The code of a key that has no state yet."""


class NothingToShow(WorkshopError):
    """A slider needs at least one row."""

    def __init__(self) -> None:
        super().__init__(
            "You asked for a slider, but the query has no rows: no event is before any of the instants. "
            "Choose instants after the first event, or append some events first."
        )


class TooManyStates(WorkshopError):
    """There are more different states than a slider can show."""

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(
            f"You asked for a slider over {count:,} different states, but it shows at most {UNKNOWN}. "
            "Choose a field with few values, such as a status, or round the numbers in the query."
        )


def before_last_mark(key: str) -> str:
    """Return the group of a key: the part before its last dash, slash, colon or dot."""
    found = re.match(r"(.+)[-/:.]", key)
    return found[1] if found else ""


class TimeSlider(anywidget.AnyWidget):
    """Every key's state at one instant, with the counts over time; for rows of `state_at_instants`.

    `step` is the index of the chosen instant, `instant` the instant itself (UTC): both can be observed and
    set. Raises `NothingToShow` and `TooManyStates`.
    """

    _esm = Path(__file__).with_suffix(".js")
    _css = Path(__file__).with_suffix(".css")
    title = traitlets.Unicode().tag(sync=True)
    noun = traitlets.Unicode("connectors").tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    groups = traitlets.List(traitlets.Unicode()).tag(sync=True)
    looks = traitlets.List(traitlets.Dict()).tag(sync=True)
    times = traitlets.List(traitlets.Float()).tag(sync=True)
    codes = traitlets.Bytes().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    instant = traitlets.Instance(datetime)

    def __init__(
        self,
        rows: Iterable[tuple[datetime, object, object]],
        title: str = "The life of the network",
        *,
        group: Callable[[str], str] = before_last_mark,
        noun: str = "connectors",
    ) -> None:
        known = {(_utc(instant), str(key)): str(value) for instant, key, value in rows}
        if not known:
            raise NothingToShow
        looks = looks_of(known.values())
        if len(looks) > UNKNOWN:
            raise TooManyStates(len(looks))
        self.instants = sorted({instant for instant, _ in known})
        names = sorted(
            {name for _, name in known}, key=lambda name: (by_number(group(name)), by_number(name))
        )
        code = {look.word: number for number, look in enumerate(looks)}
        cells = (known.get((instant, name)) for instant in self.instants for name in names)
        super().__init__(
            title=title,
            noun=noun,
            names=names,
            groups=[group(name) for name in names],
            looks=[look._asdict() for look in looks],
            times=[instant.timestamp() * 1000 for instant in self.instants],
            codes=bytes(UNKNOWN if cell is None else code[cell] for cell in cells),
            instant=self.instants[0],
        )

    def state(self) -> dict[str, str]:
        """Return the state of each key at the chosen instant."""
        start = self.step * len(self.names)
        codes = self.codes[start : start + len(self.names)]
        cells = zip(self.names, codes, strict=True)
        return {name: self.looks[code]["word"] for name, code in cells if code != UNKNOWN}

    @traitlets.validate("step")
    def _within(self, proposal: Any) -> int:
        return max(0, min(int(proposal["value"]), len(self.instants) - 1))

    @traitlets.validate("instant")
    def _on_a_step(self, proposal: Any) -> datetime:
        wanted = _utc(checked_time("instant", proposal["value"]))
        return self.instants[max(0, bisect_right(self.instants, wanted) - 1)]

    @traitlets.observe("step")
    def _follow_step(self, change: Any) -> None:
        self.instant = self.instants[change["new"]]

    @traitlets.observe("instant")
    def _follow_instant(self, change: Any) -> None:
        self.step = self.instants.index(change["new"])

    def __repr__(self) -> str:
        first, last = (f"{instant:%Y-%m-%d %H:%M}" for instant in (self.instants[0], self.instants[-1]))
        counts = Counter(self.state().values())
        now = ", ".join(
            f"{counts[look['word']]} {look['word']}" for look in self.looks if counts[look["word"]]
        )
        return (
            f"{self.title}: {len(self.names):,} {self.noun} at {len(self.instants):,} instants from {first} "
            f"to {last} UTC. At {self.instant:%Y-%m-%d %H:%M}: {now or 'nothing known'}."
        )

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[Any, Any], dict[Any, Any]]:
        return bundle(self, repr(self), status_counts(self._rows(), self.title, self.noun)), {}

    def _rows(self) -> Iterable[tuple[datetime, str, str]]:
        cells = ((instant, name) for instant in self.instants for name in self.names)
        for (instant, name), code in zip(cells, self.codes, strict=True):
            if code != UNKNOWN:
                yield instant, name, self.looks[code]["word"]


def time_slider(
    store: DuckDBReader,
    event_type: str = "StatusReported",
    key: str = "connector",
    value: str = "status",
    *,
    instants: Sequence[datetime] | None = None,
    axis: str = "recorded_at",
    **how: Any,
) -> TimeSlider:
    """Return a slider over the state of every key at these instants.

    Without `instants` it has up to 200 round times between the first and the last event, or 100 equal steps
    if they are less than two hours apart. `how` holds other arguments of `TimeSlider`: `title`, `group`,
    `noun`. Raises the errors of `state_at_instants` and `TimeSlider`.
    """
    if instants is None:
        instants = _over(life_of(store, event_type, axis))
    rows = state_at_instants(store, event_type, key, value, instants=instants, axis=axis).fetchall()
    return TimeSlider(rows, **how)


def _over(life: tuple[datetime, datetime] | None) -> list[datetime]:
    if life is None:
        return []
    return evenly(*life, 100) if life[1] - life[0] < timedelta(hours=2) else on_the_clock(*life, 200)


def _utc(instant: datetime) -> datetime:
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)
