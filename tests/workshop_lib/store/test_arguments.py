"""What is no argument of an append is refused in a sentence, by every store and by every branch of one."""

from __future__ import annotations

import inspect
from importlib import import_module

import pytest

from tests.workshop_lib.store.conftest import SocketPlugged
from workshop_lib import Append, open_store
from workshop_lib.store.arguments import KEYWORDS
from workshop_lib.store.errors import StoreError
from workshop_lib.store.memory import MemoryStore

STORES = {
    "branch": "Branch",
    "duckdb_store": "DuckDBStore",
    "jetstream_store": "JetStreamStore",
    "postgres_store": "PostgresStore",
}


@pytest.fixture(params=["memory://", None])
def store(request):
    with open_store(request.param) as store:
        yield store


@pytest.mark.parametrize(
    ("keyword", "says"),
    [
        ("ids", r"You gave append ids=…, but its keywords are .*event_ids.*\. Did you mean event_ids\?"),
        ("version", r"Did you mean expected_version\?"),
        ("meta", r"Did you mean metadata\?"),
        ("colour", r"What else is true of the recording goes into metadata\."),
    ],
)
def test_a_keyword_that_append_has_not_is_answered_with_those_that_it_has(keyword, says):
    with open_store() as store:
        for one in (store, store.fork()):
            with pytest.raises(StoreError, match=says):
                one.append("socket-7", [SocketPlugged("7")], **{"tags": ["a"], keyword: 1})
            assert one.position() == 0


def test_the_plain_python_store_has_its_keywords_in_its_signature():
    assert set(KEYWORDS) < set(inspect.signature(MemoryStore.append).parameters)


@pytest.mark.parametrize("wrong", [5, SocketPlugged("7"), None, ("socket-7", [])])
def test_what_is_no_append_is_refused_with_all_that_stands_beside_it(store, wrong):
    for one in (store, store.fork()):
        with pytest.raises(StoreError, match=r"it takes appends\. Make each one with Append\(stream"):
            one.append_batch([Append("socket-7", [SocketPlugged("7")]), wrong])
        assert one.position() == 0


@pytest.mark.parametrize("wrong", [5, None, Append("socket-7", []), "socket-7"])
def test_a_batch_that_is_no_list_is_told_to_be_one(store, wrong):
    with pytest.raises(StoreError, match="appends are several"):
        store.append_batch(wrong)
    store.append("socket-7", [SocketPlugged("7")])
    assert store.position() == 1


def test_no_tags_are_no_tags_whatever_else_is_said(store):
    store.append("socket-7", [SocketPlugged("7")], tags=None, metadata={"device": "phone"})
    assert next(store.read()).tags == ()


@pytest.mark.parametrize("module", STORES)
def test_the_help_on_append_names_its_keywords(module):
    store = getattr(import_module(f"workshop_lib.store.{module}"), STORES[module])
    told = inspect.getdoc(store.append) or ""
    takes = set(KEYWORDS[1:]) - ({"condition"} if module == "jetstream_store" else set())
    assert all(f"`{keyword}`" in told for keyword in takes)
