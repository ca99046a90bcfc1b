"""Clauses about reading, for a whole log, a log as of an earlier moment, and a branch."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from workshop_lib.store.contract.support import (
    CINEMA,
    HARBOUR,
    Clauses,
    SocketPlugged,
    SocketRead,
    places,
    positions,
    shown,
    versions,
)
from workshop_lib.store.errors import InvalidArgument, InvalidStreamName, InvalidVersion
from workshop_lib.store.port import AppendCondition, Query, Reading

WEST, PLUGGED, READ = Query(tags=["west"]), Query(types=["SocketPlugged"]), Query(types=["SocketRead"])


class ReadingContract(Clauses):
    """The clauses for reading. The fixture `log` must return a log that was `filled`."""

    def test_the_log_is_read_in_the_global_order(self, log: Reading) -> None:
        assert shown(log.read()) == "c1 c2 h1 c3 h2 c4"
        assert places(log) == sorted(set(places(log)))

    def test_events_are_read_as_they_were_appended(self, log: Reading) -> None:
        events = [recorded.event for recorded in log.read()]
        assert events[:3] == [SocketPlugged("7"), SocketRead("7", 10), SocketPlugged("1")]
        assert events[3:] == [SocketRead("7", 20), SocketRead("1", 5), SocketRead("7", 30)]

    def test_reading_begins_after_a_position(self, log: Reading) -> None:
        place = places(log)
        assert shown(log.read(after=place[3])) == "h2 c4"
        assert shown(log.read(after=place[-1])) == ""
        assert shown(log.read(after=place[-1] + 1_000)) == ""

    def test_a_limit_returns_the_first_events(self, log: Reading) -> None:
        assert shown(log.read(limit=2)) == "c1 c2"
        assert shown(log.read(after=places(log)[1], limit=3)) == "h1 c3 h2"
        assert shown(log.read(limit=0)) == ""

    def test_reading_backwards_starts_with_the_newest_event(self, log: Reading) -> None:
        place = places(log)
        assert positions(log.read(backwards=True)) == place[::-1]
        assert shown(log.read(after=place[1], backwards=True, limit=3)) == "c4 h2 c3"

    def test_a_query_matches_any_of_its_types(self, log: Reading) -> None:
        assert shown(log.read(query=PLUGGED)) == "c1 h1"
        assert shown(log.read(query=Query(types=["SocketRead", "SocketPlugged"]))) == "c1 c2 h1 c3 h2 c4"
        assert shown(log.read(query=Query(types=[SocketPlugged]))) == "c1 h1"
        assert shown(log.read(query=Query(types=["SocketBurnt"]))) == ""

    def test_a_query_matches_all_of_its_tags(self, log: Reading) -> None:
        assert shown(log.read(query=Query(tags=["cinema"]))) == "c1 c2 c3"
        assert shown(log.read(query=Query(tags=["west", "cinema"]))) == "c1"
        assert shown(log.read(query=Query(tags=["west", "late"]))) == ""

    def test_a_query_with_types_and_tags_requires_both(self, log: Reading) -> None:
        assert shown(log.read(query=Query(types=["SocketRead"], tags=["west"]))) == "h2"

    def test_a_query_with_alternatives_returns_each_event_once(self, log: Reading) -> None:
        assert shown(log.read(query=WEST | PLUGGED)) == "c1 h1 h2"
        assert shown(log.read(query=Query(tags=["late"]) | WEST | PLUGGED)) == "c1 h1 c3 h2"

    def test_a_query_combines_with_after_limit_and_backwards(self, log: Reading) -> None:
        assert shown(log.read(after=places(log)[1], query=READ, limit=2)) == "c3 h2"
        assert shown(log.read(query=READ, backwards=True, limit=2)) == "c4 h2"

    def test_a_stream_is_read_between_two_versions_both_included(self, log: Reading) -> None:
        assert shown(log.read_stream(CINEMA)) == "c1 c2 c3 c4"
        assert shown(log.read_stream(CINEMA, 2, 3)) == "c2 c3"
        assert shown(log.read_stream(CINEMA, from_version=4)) == "c4"
        assert shown(log.read_stream(CINEMA, to_version=0)) == ""

    def test_a_stream_is_read_backwards_and_up_to_a_limit(self, log: Reading) -> None:
        assert shown(log.read_stream(CINEMA, 2, 4, backwards=True)) == "c4 c3 c2"
        assert shown(log.read_stream(CINEMA, backwards=True, limit=2)) == "c4 c3"
        assert shown(log.read_stream(CINEMA, limit=2)) == "c1 c2"
        assert shown(log.read_stream(CINEMA, limit=0)) == ""

    def test_a_streams_version_is_the_number_of_its_events(self, log: Reading) -> None:
        assert (log.stream_version(CINEMA), log.stream_version(HARBOUR)) == (4, 2)

    def test_a_stream_that_does_not_exist_is_empty_and_has_version_0(self, log: Reading) -> None:
        assert log.stream_version("socket-9 at the moon") == 0
        assert list(log.read_stream("socket-9 at the moon")) == []

    def test_the_position_is_that_of_the_last_event(self, log: Reading) -> None:
        assert log.position() == places(log)[-1]

    def test_waiting_for_an_existing_event_returns_at_once(self, log: Reading) -> None:
        assert log.wait(places(log)[-2], timeout=0)
        assert not log.wait(log.position(), timeout=0)

    def test_an_unchanged_log_verifies(self, log: Reading) -> None:
        assert log.verify() is None

    def test_as_of_a_position_the_log_ends_there(self, log: Reading) -> None:
        place = places(log)
        earlier = log.as_of(position=place[3])
        assert shown(earlier.read()) == "c1 c2 h1 c3"
        assert shown(earlier.read(query=WEST)) == "c1"
        assert shown(earlier.read(backwards=True, limit=1)) == "c3"
        assert earlier.position() == place[3]

    def test_as_of_a_position_every_stream_ends_there(self, log: Reading) -> None:
        earlier = log.as_of(position=places(log)[3])
        assert versions(earlier.read_stream(CINEMA, backwards=True)) == [3, 2, 1]
        assert (earlier.stream_version(CINEMA), earlier.stream_version(HARBOUR)) == (3, 1)
        assert earlier.verify() is None

    def test_as_of_an_instant_the_log_holds_what_was_recorded_by_then(self, log: Reading) -> None:
        third = list(log.read())[2].recorded_at
        assert shown(log.as_of(recorded_at=third).read()) == "c1 c2 h1"
        assert shown(log.as_of(recorded_at=third - timedelta(microseconds=1)).read()) == "c1 c2"
        assert shown(log.as_of(recorded_at=third - timedelta(days=1)).read()) == ""

    def test_the_earlier_of_two_as_of_limits_applies(self, log: Reading) -> None:
        third, place = list(log.read())[2].recorded_at, places(log)
        assert shown(log.as_of(position=place[4]).as_of(position=place[1]).read()) == "c1 c2"
        assert shown(log.as_of(position=place[1]).as_of(position=place[4]).read()) == "c1 c2"
        assert shown(log.as_of(position=place[4], recorded_at=third).read()) == "c1 c2 h1"

    def test_as_of_a_future_moment_is_the_current_log(self, log: Reading) -> None:
        place = places(log)
        assert places(log.as_of(position=place[-1] + 1_000)) == place

    def test_a_number_below_its_minimum_is_rejected(self, log: Reading) -> None:
        wrong: Any
        for wrong in (-1, 1.5, True, "3"):
            for ask in (
                partial(log.read_stream, CINEMA, from_version=wrong),
                partial(log.read_stream, CINEMA, to_version=wrong),
                partial(log.read_stream, CINEMA, limit=wrong),
                partial(log.read, after=wrong),
                partial(log.read, limit=wrong),
            ):
                with pytest.raises(InvalidVersion):
                    list(ask())
            with pytest.raises(InvalidVersion):
                log.as_of(position=wrong)

    def test_as_of_no_moment_is_rejected_with_what_to_give(self, log: Reading) -> None:
        with pytest.raises(InvalidArgument, match=r"as_of\(recorded_at=…\)"):
            log.as_of()
        with pytest.raises(InvalidArgument, match=r"state_at\("):
            log.as_of(occurred_at=list(log.read())[2].occurred_at)  # type: ignore[arg-type]

    def test_something_other_than_a_query_is_rejected(self, log: Reading) -> None:
        wrong: Any
        for wrong in ("SocketPlugged", SocketPlugged, ["SocketPlugged"], AppendCondition(WEST), 7):
            with pytest.raises(InvalidArgument, match=r"Write Query\(types=\["):
                log.read(query=wrong)

    def test_an_invalid_stream_name_is_rejected_when_reading(self, log: Reading) -> None:
        for name in ("", "tail ", None):
            with pytest.raises(InvalidStreamName, match="Use category-id"):
                list(log.read_stream(name))  # type: ignore[arg-type]
            with pytest.raises(InvalidStreamName):
                log.stream_version(name)  # type: ignore[arg-type]
