"""Queries that are asked again: the rows kept from before and the new ones are those of a fresh read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workshop_lib.store.conftest import SocketPlugged, SocketRead
from workshop_lib import AppendCondition, AppendConditionFailed, Query, open_store
from workshop_lib.store.duckdb_engine import selections

TAGS, TYPES = ("cinema", "harbour", "west"), ("SocketRead", "SocketPlugged")
tags = st.lists(st.sampled_from(TAGS), unique=True, max_size=3)
queries = st.builds(Query, st.lists(st.sampled_from(TYPES), unique=True, max_size=2), tags)
either = st.one_of(queries, st.builds(Query.__or__, queries, queries))
appended = st.tuples(st.just("append"), st.booleans(), tags, st.integers(1, 4))
asked = st.tuples(st.just("ask"), either, st.integers(0, 12), st.booleans(), st.sampled_from([None, 0, 1, 3]))


@pytest.mark.parametrize("few", [2, 2_000])
@settings(max_examples=60, deadline=None)
@given(steps=st.lists(st.one_of(appended, asked), max_size=25))
def test_a_query_finds_the_same_as_the_list(few, steps):
    kept, selections.FEW = selections.FEW, few
    try:
        with open_store() as store, open_store("memory://") as expected:
            for what, *step in steps:
                if what == "append":
                    plugged, labels, count = step
                    event = SocketPlugged("7") if plugged else SocketRead("7", 1)
                    for log in (store, expected):
                        log.append("socket-7", [event] * count, tags=labels)
                    continue
                query, after, backwards, limit = step
                for bounds in ({}, {"after": after, "backwards": backwards, "limit": limit}):
                    found, wanted = (
                        [recorded.position for recorded in log.read(query=query, **bounds)]
                        for log in (store, expected)
                    )
                    assert found == wanted
    finally:
        selections.FEW = kept


def test_a_query_asked_again_reads_only_what_is_new(path, monkeypatch):
    with open_store(path) as store:
        store.append("socket-7", [SocketRead("7", n) for n in range(3)], tags=["west"])
    with open_store(path) as store:
        statements = []
        ask = store._file.ask
        monkeypatch.setattr(
            store._log, "ask", lambda query, *values: statements.append(values) or ask(query, *values)
        )
        for count in (3, 3, 4):
            if count == 4:
                store.append("socket-7", [SocketRead("7", 9)], tags=["west"])
            assert len([*store.read(query=Query(tags=["west"]))]) == count
        assert [values[:2] for values in statements] == [(0, 3)]  # the new one was appended here


@pytest.mark.parametrize("recent", [1, 2, 3, 1_000])
def test_events_that_are_not_among_the_last_ones_are_searched(monkeypatch, recent):
    monkeypatch.setattr(selections, "RECENT", recent)
    west = Query(tags=["west"])
    with open_store() as store:
        for number in range(12):
            store.append("socket-7", [SocketRead("7", number)], tags=["west"] if number % 3 else [])
            if number % 4 == 0:
                expected = [n + 1 for n in range(number + 1) if n % 3]
                assert [recorded.position for recorded in store.read(query=west)] == expected


def test_the_least_recently_asked_query_is_forgotten(monkeypatch):
    monkeypatch.setattr(selections, "ALL", 3)
    with open_store() as store:
        store.append("socket-7", [SocketRead("7", 1)], tags=["west"])
        for tag in ("west", "cinema", "west", "harbour"):
            [*store.read(query=Query(tags=[tag]))]
        kept = store._log._selections
        assert [Query(tags=[tag]) in kept for tag in ("west", "cinema", "harbour")] == [True, True, True]
        [*store.read(query=Query(tags=["late"]))]
        assert [Query(tags=[tag]) in kept for tag in ("west", "cinema", "harbour")] == [True, False, True]


def test_a_query_with_many_rows_is_read_from_the_log(monkeypatch):
    monkeypatch.setattr(selections, "FEW", 5)
    west = Query(tags=["west"])
    with open_store() as store:
        for count in range(1, 12):
            store.append("socket-7", [SocketRead("7", count)], tags=["west"])
            assert len([*store.read(query=west)]) == count
            with pytest.raises(AppendConditionFailed):
                store.append("socket-9", [SocketRead("7", 1)], condition=AppendCondition(west, count - 1))


def test_a_failed_commit_leaves_nothing_in_a_selection(path, monkeypatch):
    with open_store(path) as store:
        store.append("socket-7", [SocketRead("7", 1)], tags=["west"])
        assert len([*store.read(query=Query(tags=["west"]))]) == 1
        with monkeypatch.context() as patched:
            patched.setattr(store._writer, "commit", lambda *_: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                store.append("socket-7", [SocketRead("7", 2)], tags=["west"])
        assert len([*store.read(query=Query(tags=["west"]))]) == 1
        store.append("socket-7", [SocketRead("7", 3)], tags=["west"])
        assert [recorded.event.energy_wh for recorded in store.read(query=Query(tags=["west"]))] == [1, 3]


def test_a_condition_sees_what_was_appended_since(store):
    west = Query(tags=["west"])
    for number in range(3):
        seen = [recorded.position for recorded in store.read(query=west)]
        after = seen[-1] if seen else 0
        store.append(
            f"socket-{number}", [SocketRead("7", 1)], tags=["west"], condition=AppendCondition(west, after)
        )
        with pytest.raises(AppendConditionFailed):
            store.append("socket-9", [SocketRead("7", 1)], condition=AppendCondition(west, after))
