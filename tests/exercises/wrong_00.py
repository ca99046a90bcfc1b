"""Answers to the tasks of chapter 00."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.exercises.answers import RightAnswer, WrongAnswer
from workbench.classroom.outcome import Outcome
from workshop_lib import NO_STREAM, WrongExpectedVersion, open_store
from workshop_lib.charging.connector import ConnectorStatus, StatusReported
from workshop_lib.charging.session import MeterRead

FAULTED = StatusReported("cinema-7", ConnectorStatus.FAULTED)


def recorded(stream: str, *events: object, where: str | None = None) -> tuple[Any, Any]:
    store = open_store(where)
    return store, store.append(stream, list(events))


def appended_twice() -> tuple[Any, Any]:
    store, _ = recorded("connector-cinema-7", FAULTED)
    return store, store.append("connector-cinema-7", [FAULTED])


def closed() -> tuple[Any, Any]:
    store, result = recorded("connector-cinema-7", FAULTED)
    store.close()
    return store, result


def refused_with_an_older_receipt() -> tuple[Any, Any]:
    _, result = recorded("connector-cinema-7", FAULTED)
    return open_store(), result


def swapped() -> tuple[Any, Any]:
    store, result = recorded("connector-cinema-7", FAULTED)
    return result, store


def receipt_of_another() -> tuple[Any, Any]:
    store, _ = recorded("connector-cinema-7", FAULTED)
    _, other = recorded("connector-cinema-7", FAULTED, FAULTED)
    return store, other


def readings(store: Any, stream: str) -> list[MeterRead]:
    return [seen.event for seen in store.read_stream(stream) if isinstance(seen.event, MeterRead)]


def ours(store: Any, stream: str) -> tuple[int, int | None]:
    there = readings(store, stream)
    return store.stream_version(stream), there[-1].energy_wh if there else None


def the_last_event_is_a_reading(store: Any, stream: str) -> tuple[int, int | None]:
    last = list(store.read_stream(stream))[-1]
    return last.version, last.event.energy_wh


def kinds_of_the_recorded(store: Any, stream: str) -> tuple[int, int | None]:
    there = [seen for seen in store.read_stream(stream) if isinstance(seen, MeterRead)]
    return store.stream_version(stream), there[-1].energy_wh if there else None


def zero_for_none(store: Any, stream: str) -> tuple[int, int]:
    return ours(store, stream)[0], ours(store, stream)[1] or 0


def position_for_version(store: Any, stream: str) -> tuple[int, int | None]:
    there = list(store.read_stream(stream))
    return (there[-1].position if there else 0), ours(store, stream)[1]


def first_for_last(store: Any, stream: str) -> tuple[int, int | None]:
    there = readings(store, stream)
    return store.stream_version(stream), there[0].energy_wh if there else None


def none_for_zero(store: Any, stream: str) -> tuple[int, int | None]:
    return ours(store, stream)[0], ours(store, stream)[1] or None


def largest_for_last(store: Any, stream: str) -> tuple[int, int | None]:
    there = readings(store, stream)
    return store.stream_version(stream), max((one.energy_wh for one in there), default=None)


def of_the_whole_log(store: Any, stream: str) -> tuple[int, int | None]:
    there = [seen.event.energy_wh for seen in store.read() if seen.type == "MeterRead"]
    return store.stream_version(stream), there[-1] if there else None


def by_number(store: Any, stream: str) -> tuple[int, int | None]:
    there = readings(store, stream)
    return store.stream_version(stream), max(there, key=lambda one: one.seq_no).energy_wh if there else None


def by_time(store: Any, stream: str) -> tuple[int, int | None]:
    seen = [one for one in store.read_stream(stream) if isinstance(one.event, MeterRead)]
    latest = max(seen, key=lambda one: one.occurred_at, default=None)
    return store.stream_version(stream), latest.event.energy_wh if latest else None


def by_beginning(store: Any, stream: str) -> tuple[int, int | None]:
    seen = [one for one in store.read() if one.stream.startswith(stream)]
    there = [one.event.energy_wh for one in seen if isinstance(one.event, MeterRead)]
    return len(seen), there[-1] if there else None


def in_sql(store: Any, stream: str) -> tuple[Any, ...]:
    query = """
        SELECT (SELECT count(*) FROM events WHERE stream = $stream),
               (SELECT max_by(energy_wh, position) FROM events.MeterRead WHERE stream = $stream)
    """
    return store.sql(query, stream=stream).fetchall()[0]


def by_match_backwards(store: Any, stream: str) -> list[int | None]:
    for seen in store.read_stream(stream, backwards=True):
        match seen.event:
            case MeterRead(energy_wh=energy_wh):
                return [store.stream_version(stream), energy_wh]
    return [store.stream_version(stream), None]


def safe(store: Any, stream: str, version: int, event: object) -> str:
    try:
        store.append(stream, [event], expected_version=version)
    except WrongExpectedVersion:
        return "too late"
    return "recorded"


def never_before(store: Any, stream: str, version: int, event: object) -> str:
    return safe(store, stream, NO_STREAM, event)


def at_cinema_7(store: Any, stream: str, version: int, event: object) -> str:
    return safe(store, "connector-cinema-7", version, event)


def reserved(store: Any, stream: str, version: int, event: object) -> str:
    return safe(store, stream, version, StatusReported("cinema-7", ConnectorStatus.RESERVED))


def unless_newer(store: Any, stream: str, version: int, event: object) -> str:
    return safe(store, stream, min(version, 9), event)


def checks_then_appends(store: Any, stream: str, version: int, event: object) -> str:
    if store.stream_version(stream) != version:
        return "too late"
    store.append(stream, [event])
    return "recorded"


def whatever_version(store: Any, stream: str, version: int, event: object) -> str:
    store.append(stream, [event])
    return "recorded"


def asked_now(store: Any, stream: str, version: int, event: object) -> str:
    try:
        store.append(stream, [event], store.stream_version(stream))
    except WrongExpectedVersion:
        return "too late"
    return "recorded"


def swallows_all(store: Any, stream: str, version: int, event: object) -> str:
    try:
        store.append(stream, [event], version)
    except Exception:
        return "too late"
    return "recorded"


def off_by_one(store: Any, stream: str, version: int, event: object) -> str:
    return safe(store, stream, version + 1, event)


def tries_until_it_works(store: Any, stream: str, version: int, event: object) -> str:
    while safe(store, stream, version, event) == "too late":
        version += 1
    return "recorded"


def capital(store: Any, stream: str, version: int, event: object) -> str:
    return safe(store, stream, version, event).capitalize()


def true_or_false(store: Any, stream: str, version: int, event: object) -> bool:
    return safe(store, stream, version, event) == "recorded"


def one_value(store: Any, stream: str) -> tuple[int]:
    return (store.stream_version(stream),)


def forgets_to_return(store: Any, stream: str, version: int, event: object) -> None:
    safe(store, stream, version, event)


def raises(store: Any, stream: str, version: int, event: object) -> str:
    store.append(stream, [event], version)
    return "recorded"


class Recorder:
    """Right, and an object."""

    def __call__(self, store: Any, stream: str, version: int, event: object) -> str:
        return safe(store, stream, version, event)


def returns_nothing(store: Any, stream: str) -> None:
    ours(store, stream)


WRONG = [
    WrongAnswer("a_first_event", recorded("cinema-7", FAULTED), Outcome.WRONG, "in the stream `cinema-7`"),
    WrongAnswer("a_first_event", recorded("connector-zoo-1", FAULTED), Outcome.WRONG, "connector-zoo-1"),
    WrongAnswer(
        "a_first_event",
        recorded("connector-cinema-7", StatusReported("cinema-7", ConnectorStatus.AVAILABLE)),
        Outcome.WRONG,
        "It will say so for ever",
    ),
    WrongAnswer("a_first_event", appended_twice(), Outcome.WRONG, "The log holds 2 events"),
    WrongAnswer("a_first_event", (open_store(), None), Outcome.WRONG, "`result` is `None`"),
    WrongAnswer("a_first_event", refused_with_an_older_receipt(), Outcome.WRONG, "append did not happen"),
    WrongAnswer("a_first_event", swapped(), Outcome.WRONG, "the store first"),
    WrongAnswer("a_first_event", receipt_of_another(), Outcome.WRONG, "receipt"),
    WrongAnswer("a_first_event", closed(), Outcome.ERROR, "StoreClosed"),
    WrongAnswer("a_first_event", (open_store(), ...), Outcome.NOT_ATTEMPTED, "`result` is still the gap"),
    WrongAnswer("read_it_back", the_last_event_is_a_reading, Outcome.ERROR, "energy_wh"),
    WrongAnswer(
        "read_it_back", kinds_of_the_recorded, Outcome.WRONG, "the event itself is in the field `.event`"
    ),
    WrongAnswer("read_it_back", zero_for_none, Outcome.WRONG, "0 Wh would be a claim"),
    WrongAnswer("read_it_back", position_for_version, Outcome.WRONG, "returns the version `7`"),
    WrongAnswer("read_it_back", first_for_last, Outcome.WRONG, "the last reading is `400`"),
    WrongAnswer("read_it_back", none_for_zero, Outcome.WRONG, "the last reading is `None`"),
    WrongAnswer("read_it_back", largest_for_last, Outcome.WRONG, "the last reading is `300`"),
    WrongAnswer("read_it_back", of_the_whole_log, Outcome.WRONG, "the last reading is `0`"),
    WrongAnswer("read_it_back", by_number, Outcome.WRONG, "whatever its number or time"),
    WrongAnswer("read_it_back", by_time, Outcome.WRONG, "whatever its number or time"),
    WrongAnswer("read_it_back", by_beginning, Outcome.WRONG, "which ends in"),
    WrongAnswer("read_it_back", one_value, Outcome.WRONG, "returned 1 value:"),
    WrongAnswer("read_it_back", returns_nothing, Outcome.WRONG, "Is a `return` missing"),
    WrongAnswer("read_it_back", lambda store, stream: 4, Outcome.WRONG, "returned an int"),
    WrongAnswer("read_it_back", (4, 700), Outcome.WRONG, "not a function"),
    WrongAnswer(
        "recorded_or_too_late", never_before, Outcome.WRONG, "Do you pass on the stream, the version"
    ),
    WrongAnswer("recorded_or_too_late", at_cinema_7, Outcome.WRONG, "Do you pass on the stream"),
    WrongAnswer("recorded_or_too_late", reserved, Outcome.WRONG, "the last of them"),
    WrongAnswer("recorded_or_too_late", unless_newer, Outcome.WRONG, "the caller has seen version 10"),
    WrongAnswer("recorded_or_too_late", checks_then_appends, Outcome.WRONG, "somebody always slips in"),
    WrongAnswer("recorded_or_too_late", whatever_version, Outcome.WRONG, "The stream had moved on"),
    WrongAnswer("recorded_or_too_late", asked_now, Outcome.WRONG, "The stream had moved on"),
    WrongAnswer("recorded_or_too_late", swallows_all, Outcome.WRONG, "a bug, not a race"),
    WrongAnswer("recorded_or_too_late", off_by_one, Outcome.WRONG, "Nobody else appended"),
    WrongAnswer("recorded_or_too_late", tries_until_it_works, Outcome.WRONG, "The stream had moved on"),
    WrongAnswer("recorded_or_too_late", capital, Outcome.WRONG, 'Return "recorded" or "too late"'),
    WrongAnswer("recorded_or_too_late", true_or_false, Outcome.WRONG, "Your function returns `True`"),
    WrongAnswer("recorded_or_too_late", forgets_to_return, Outcome.WRONG, "Is a `return` missing"),
    WrongAnswer("recorded_or_too_late", raises, Outcome.ERROR, "WrongExpectedVersion"),
]

RIGHT = [
    RightAnswer("a_first_event", recorded("connector-cinema-7", FAULTED)),
    RightAnswer("a_first_event", recorded("connector-cinema-7", FAULTED, where="memory://")),
    RightAnswer("read_it_back", ours),
    RightAnswer("read_it_back", in_sql),
    RightAnswer("read_it_back", by_match_backwards),
    RightAnswer("recorded_or_too_late", safe),
    RightAnswer("recorded_or_too_late", Recorder()),
    RightAnswer("recorded_or_too_late", SimpleNamespace(call=safe).call),
]
