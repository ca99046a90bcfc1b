"""Two lists of events side by side: what is as expected, missing, unexpected, out of order, or different."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass
from difflib import SequenceMatcher

from workbench.classroom.plain import shown
from workbench.classroom.show import Row

Step = tuple[str, object]


def compare(got: Sequence[object], expected: Sequence[object]) -> tuple[Row, ...]:
    """The timeline of what came and what is missing; empty when both are equal.

    A missing event shows its type only, a different one the names of its fields: never the expected values.
    """
    if list(got) == list(expected):
        return ()
    steps = _steps(got, expected)
    wanted = [event for mark, event in steps if mark == "wanted"]
    remarks = _remarks([event for mark, event in steps if mark == "came"], wanted)
    return tuple(row for mark, event in steps for row in _rows(mark, event, remarks, wanted))


def _steps(got: Sequence[object], expected: Sequence[object]) -> list[Step]:
    """The longest common story as `same`; around it what `came` and what was `wanted`."""
    matcher = SequenceMatcher(
        None, [repr(one) for one in got], [repr(one) for one in expected], autojunk=False
    )
    steps: list[Step] = []
    for tag, first, last, low, high in matcher.get_opcodes():
        if tag == "equal":
            steps += [("same", event) for event in got[first:last]]
        else:
            steps += [("came", event) for event in got[first:last]]
            steps += [("wanted", event) for event in expected[low:high]]
    return steps


def _remarks(came: list[object], wanted: list[object]) -> dict[int, tuple[str, str]]:
    """What to say of each event that came; the wanted ones that are thereby explained are taken away."""
    remarks = {id(event): ("+", "not expected") for event in came}
    rest = list(came)
    for event in came:
        if _take(wanted, lambda one, event=event: repr(one) == repr(event)):  # type: ignore[misc]
            remarks[id(event)] = ("↕", "out of order")
            rest.remove(event)
    for event in rest:
        if twin := _take(wanted, lambda one, event=event: type(one) is type(event)):  # type: ignore[misc]
            remarks[id(event)] = ("≠", f"different {_fields(event, twin[0])}".rstrip())
    return remarks


def _rows(mark: str, event: object, remarks: dict[int, tuple[str, str]], missing: list[object]) -> list[Row]:
    if mark == "same":
        return [Row("✓", "as expected", shown(event))]
    if mark == "came":
        return [Row(*remarks[id(event)], shown(event))]
    is_missing = any(one is event for one in missing)
    return [Row("–", "missing", type(event).__name__)] if is_missing else []


def _take(events: list[object], fits: Callable[[object], bool]) -> list[object]:
    """Take the first event that fits out of the list."""
    for index, event in enumerate(events):
        if fits(event):
            return [events.pop(index)]
    return []


def _fields(event: object, other: object) -> str:
    if not is_dataclass(event):
        return ""
    return ", ".join(
        field.name
        for field in fields(event)
        if getattr(event, field.name) != getattr(other, field.name, None)
    )
