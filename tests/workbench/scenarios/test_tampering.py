"""A changed reading breaks the chain of hashes; new hashes hide it, and only an anchor outside shows that."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from workbench.city.traffic import network
from workbench.scenarios.tampering import rehash, tamper
from workshop_lib import open_store
from workshop_lib.store.errors import AppendOnly
from workshop_lib.store.port import EventStore


def last_hash(store: EventStore) -> bytes:
    return store.sql("SELECT hash FROM events ORDER BY position DESC LIMIT 1").fetchall()[0][0]


def test_new_hashes_hide_a_changed_reading_from_everybody_but_the_anchor(tmp_path: Path):
    file = tmp_path / "city.duckdb"
    with network(seed=1, events=600, path=file) as store:
        anchor = last_hash(store)
    position = tamper(file, Random(1))
    with open_store(file) as store:
        assert (store.verify(), last_hash(store)) == (position, anchor)
    rehash(file)
    with open_store(file) as store:
        assert store.verify() is None
        assert last_hash(store) != anchor
        with pytest.raises(AppendOnly):
            store.sql("UPDATE events SET data = '{}'")
