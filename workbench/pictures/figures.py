"""Still pictures of a log: a film strip of events, a fold step by step, states over time, late arrivals.

Each function returns the figure it drew; end the cell with `plt.show()`. Colours are those of `style.py`;
`sticky.py` draws the notes. Read `time_slider.py` next: an interactive picture.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

from workbench.pictures.sticky import arrow, cut, facts, height_for, note, wall
from workbench.pictures.style import FAINT, INK, PAPER, STICKY, by_number, figure, looks_of
from workshop_lib.events import RecordedEvent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

State = TypeVar("State")
Spell = tuple[int, datetime, datetime, str]
"""A state during a period: its line in the picture, start, end, the state."""


def timeline(
    events: Iterable[RecordedEvent], finding: str = "What happened, in order", across: int = 5
) -> Figure:
    """Draw an orange note for each event, and below it stream, version, time (UTC) and position."""
    shown = list(events)
    rows = -(-len(shown) // across) or 1
    tall = max([0.6, *(height_for(seen.type, facts(seen.event)) for seen in shown)])
    sheet, axes = wall(finding, across, rows * (tall + 0.62))
    for place, seen in enumerate(shown):
        x, y = place % across, (rows - 1 - place // across) * (tall + 0.62) + 0.55
        note(axes, "event", (x + 0.04, y), (0.92, tall), seen.type, facts(seen.event))
        when = f"version {seen.version}, {seen.occurred_at:%H:%M:%S}"
        where = f"{cut(seen.stream, 21)}\n{when}\nposition {seen.position:,}"
        axes.text(x + 0.06, y - 0.05, where, va="top", size=13, color=INK)
    return sheet


def fold_strip(
    events: Iterable[object],
    evolve: Callable[[State, Any], State],
    initial: State,
    finding: str = "State is a fold of what happened",
) -> Figure:
    """Draw a panel for each event: the event, and the state that `evolve` returns for it."""
    steps: list[tuple[Any, State]] = [(None, initial)]
    for seen in events:
        event = seen.event if isinstance(seen, RecordedEvent) else seen
        steps.append((event, evolve(steps[-1][1], event)))
    below = max(height_for("", facts(state)) for _, state in steps)
    above = max(height_for(type(event).__name__, facts(event)) for event, _ in steps)
    sheet, axes = wall(finding, len(steps), above + below + 0.45)
    for x, (event, state) in enumerate(steps):
        heading = type(state).__name__ if x else "initial state"
        note(axes, "aggregate", (x + 0.06, 0.04), (0.88, below), heading, facts(state))
        if x:
            note(axes, "event", (x + 0.06, below + 0.4), (0.88, above), type(event).__name__, facts(event))
            arrow(axes, (x + 0.5, below + 0.4), (x + 0.5, below + 0.04))
            axes.text(x + 0.54, below + 0.23, "evolve", va="center", size=13, style="italic")
            arrow(axes, (x - 0.06, below / 2), (x + 0.06, below / 2))
    return sheet


def status_map(
    rows: Iterable[tuple[datetime, object, object]], finding: str = "Every connector, at every instant"
) -> Figure:
    """Draw the rows of `state_at_instants` as a map: a line for each key, coloured and hatched by state."""
    keys, spells = _spells(rows)
    sheet, axes = figure(finding, x="instant (UTC)", size=(11, min(9.0, max(3.2, 1.9 + 0.3 * len(keys)))))
    for look in looks_of(state for *_, state in spells):
        mine = [spell for spell in spells if spell[3] == look.word]
        starts, ends = _days(start for _, start, *_ in mine), _days(end for *_, end, _ in mine)
        widths = [end - start for start, end in zip(starts, ends, strict=True)]
        lines = [spell[0] for spell in mine]
        bars = axes.barh(lines, widths, 0.86, starts, color=look.colour, hatch=look.hatch, label=look.word)
        for bar in bars:
            bar.set(edgecolor=PAPER, linewidth=0)
    _name_lines(axes, keys)
    _dates(axes.xaxis)
    axes.margins(x=0, y=0.01)
    if spells:
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.02), handlelength=1.6, handleheight=1.2)
    return sheet


def status_counts(
    rows: Iterable[tuple[datetime, object, object]],
    finding: str = "How many are in which state",
    unit: str = "connectors",
) -> Figure:
    """Draw how many keys are in each state at each instant, from the rows of `state_at_instants`."""
    counts = Counter((instant, str(state)) for instant, _, state in rows)
    instants = sorted({instant for instant, _ in counts})
    looks = looks_of(state for _, state in counts)
    sheet, axes = figure(finding, x="instant (UTC)", y=unit, size=(11, 4.2))
    floor = [0] * len(instants)
    for look in looks[1:] + looks[:1]:  # the first state, the usual one, goes on top
        top = [low + counts[instant, look.word] for low, instant in zip(floor, instants, strict=True)]
        area: dict[str, Any] = {"facecolor": look.colour, "hatch": look.hatch, "label": look.word}
        axes.fill_between(_days(instants), floor, top, step="post", edgecolor=PAPER, linewidth=0, **area)
        floor = top
    _dates(axes.xaxis)
    axes.margins(x=0, y=0.02)
    if instants:
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.02), reverse=True)
    return sheet


def delays(
    recorded: Iterable[RecordedEvent],
    finding: str = "Late deliveries are above the line",
    late_after: timedelta = timedelta(minutes=15),
) -> Figure:
    """Draw how long after its occurrence each event was recorded; mark those later than `late_after`."""
    sheet, axes = figure(finding, x="occurred at (UTC)", y="recorded after", size=(11, 4.6))
    late, in_time = list[RecordedEvent](), list[RecordedEvent]()
    for seen in recorded:
        (late if seen.recorded_at - seen.occurred_at > late_after else in_time).append(seen)
    dots: dict[str, Any] = {"marker": "o", "s": 26, "color": FAINT}
    diamonds: dict[str, Any] = {
        "marker": "D",
        "s": 55,
        "color": STICKY["event"],
        "edgecolor": INK,
        "linewidth": 0.5,
    }
    for word, events, marks in (("in time", in_time, dots), ("late", late, diamonds)):
        occurred = _days(seen.occurred_at for seen in events)
        waited = [(seen.recorded_at - seen.occurred_at).total_seconds() for seen in events]
        axes.scatter(occurred, waited, label=f"{word}: {len(events):,}", **marks)
    axes.axhline(late_after.total_seconds(), color=FAINT, linewidth=1, linestyle="--", zorder=0)
    _dates(axes.xaxis)
    _durations(axes)
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.02))
    return sheet


def drift(
    state: Mapping[str, float],
    audit: Mapping[str, float],
    finding: str = "The audit table no longer explains the state",
    unit: str = "kWh",
) -> Figure:
    """Draw each key's state beside the sum of its audit rows; a red line where they differ."""
    keys = sorted({*state, *audit}, key=by_number, reverse=True)
    sheet, axes = figure(finding, x=unit, size=(11, 1.9 + 0.45 * len(keys)))
    for line, key in enumerate(keys):
        if state.get(key) != audit.get(key):
            ends = [state.get(key, 0), audit.get(key, 0)]
            axes.plot(ends, [line, line], color=STICKY["hot spot"], linewidth=6, zorder=1)
    sides = (("state", state, "o", STICKY["read model"]), ("audit", audit, "D", STICKY["actor"]))
    for word, numbers, marker, colour in sides:
        lines = [line for line, key in enumerate(keys) if key in numbers]
        amounts = [numbers[keys[line]] for line in lines]
        size = 150 if marker == "o" else 50  # a diamond inside a circle: equal numbers show both
        axes.scatter(amounts, lines, size, colour, marker=marker, edgecolor=INK, label=word, zorder=2)
    axes.set_yticks(range(len(keys)), keys)
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.02))
    return sheet


def _spells(
    rows: Iterable[tuple[datetime, object, object]],
) -> tuple[list[str], list[Spell]]:
    """Join rows into spells; a spell lasts until the next instant with another state."""
    known = {(str(key), instant): str(value) for instant, key, value in rows}
    instants = sorted({instant for _, instant in known})
    keys = sorted({key for key, _ in known}, key=by_number, reverse=True)
    spells: list[Spell] = []
    for line, key in enumerate(keys):
        for start, end in pairwise(instants):
            state = known.get((key, start))
            if spells and (line, start, state) == (spells[-1][0], spells[-1][2], spells[-1][3]):
                spells[-1] = (*spells[-1][:2], end, spells[-1][3])
            elif state is not None:
                spells.append((line, start, end, state))
    return keys, spells


def _name_lines(axes: Axes, keys: Sequence[str], most: int = 24) -> None:
    step = -(-len(keys) // most) or 1
    axes.set_yticks(range(0, len(keys), step), keys[::step])
    axes.tick_params(axis="y", length=0)


def _days(instants: Iterable[datetime]) -> list[float]:
    """Convert times to matplotlib's numbers; times without a zone are UTC, as in the log."""
    from matplotlib.dates import date2num

    return [float(date2num(instant)) for instant in instants]  # type: ignore[no-untyped-call]


def _dates(axis: Any) -> None:
    from matplotlib import dates

    locator = dates.AutoDateLocator(tz=UTC, minticks=3, maxticks=8)  # type: ignore[no-untyped-call]
    axis.set_major_locator(locator)
    plain = dates.ConciseDateFormatter(locator, tz=UTC, show_offset=False)  # type: ignore[no-untyped-call]
    plain.formats[2] = "%d %b"  # a bare "05" would look like an hour
    plain.zero_formats[2:4] = ["%d %b", "%d %b"]
    axis.set_major_formatter(plain)


_DURATIONS = {0: "0", 1: "1 s", 10: "10 s", 60: "1 min", 600: "10 min", 3600: "1 h", 21_600: "6 h"} | {
    86_400 * days: word for days, word in ((1, "1 day"), (7, "1 week"), (30, "1 month"), (365, "1 year"))
}


def _durations(axes: Axes) -> None:
    """Set a logarithmic scale of durations, linear below one second."""
    axes.set_yscale("symlog", linthresh=1)
    highest = max(axes.dataLim.y1, 1)
    shown = [seconds for seconds in _DURATIONS if seconds <= 2 * highest]
    axes.set_yticks(shown, [_DURATIONS[seconds] for seconds in shown])
    axes.set_yticks([], minor=True)
    axes.set_ylim(min(axes.dataLim.y0, 0), 2 * highest)
