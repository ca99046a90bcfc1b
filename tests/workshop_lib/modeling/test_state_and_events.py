"""The hybrid: the table of states agrees with the log."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Thread
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.workshop_lib.modeling.bay import BAY, Bay, CarLeft, CarParked, Close, Leave, Park, evolve
from workshop_lib import Append, Query, open_store
from workshop_lib.modeling import Decider
from workshop_lib.modeling.application import decide_again, handle
from workshop_lib.modeling.repository import Repository
from workshop_lib.modeling.state_and_events import StateAndEvents, StateNotKept
from workshop_lib.store.duckdb_engine.store import DuckDBStore
from workshop_lib.store.errors import NotSupported, StoreError
from workshop_lib.store.state_table import state_table
from workshop_lib.store.transactions import transactions_of


@dataclass(frozen=True)
class Free:
    pass


@dataclass(frozen=True)
class Taken:
    by: str


TYPED = Decider(
    lambda command, state: [CarParked("zoe")],
    lambda state, event: Taken(event.car) if isinstance(event, CarParked) else Free(),
    Free(),
)


def hybrid(store, decider=BAY, *states) -> Repository:
    return StateAndEvents(state_table(store, "bay"), decider, *states)


def row(store, stream="bay-7"):
    return state_table(store, "bay").find(stream)


def test_the_row_is_the_state_after_the_events(sql_store):
    bays = hybrid(sql_store)
    for command in (Park("zoe"), Leave("zoe"), Close("rain")):
        handle(bays, 7, command)
        assert row(sql_store).version == sql_store.stream_version("bay-7")
        assert Bay(**json.loads(row(sql_store).state)) == Repository(sql_store, BAY, "bay").load(7).state


def test_loading_reads_the_row_and_folds_no_event(sql_store):
    def forbidden(state, event):
        raise AssertionError("an event was folded")

    hybrid(sql_store).save(7, [CarParked("zoe"), CarLeft("zoe")], 0)
    assert hybrid(sql_store, replace(BAY, evolve=forbidden)).load(7) == (Bay(visits=1), 2)


def test_if_the_row_cannot_be_written_no_event_is_appended(sql_store):
    def buggy(bay, event):
        return evolve(bay, event) if isinstance(event, CarParked) else 1 // 0

    bays = hybrid(sql_store, replace(BAY, evolve=buggy))
    bays.save(7, [CarParked("zoe")], 0)
    with pytest.raises(ZeroDivisionError):
        bays.save(7, [CarLeft("zoe")], 1)
    assert (sql_store.position(), row(sql_store).version) == (1, 1)
    assert bays.load(7) == (Bay("zoe", 1), 1)


def test_if_the_append_is_rejected_no_row_is_written(sql_store):
    bays = hybrid(sql_store)
    with pytest.raises(StoreError):
        bays.save(7, [CarParked("zoe")], 5)
    assert row(sql_store) is None


def test_other_categories_leave_the_table_alone(sql_store):
    hybrid(sql_store)
    sql_store.append_batch([Append("bay-7", [CarParked("zoe")]), Append("bayou-7", [CarParked("beetle")])])
    assert (row(sql_store).version, row(sql_store, "bayou-7")) == (1, None)


def test_several_streams_in_one_commit_have_a_row_each(sql_store):
    bays = hybrid(sql_store)
    sql_store.append_batch(
        [Append(f"bay-{n % 2}", [CarParked(f"car {n}"), CarLeft(f"car {n}")]) for n in range(4)]
    )
    assert [bays.load(n) for n in range(2)] == [(Bay(visits=2), 4)] * 2
    assert [row(sql_store, f"bay-{n}").version for n in range(2)] == [4, 4]


def test_a_table_that_is_added_later_catches_up(sql_store):
    sql_store.append("bay-7", [CarParked("zoe"), CarLeft("zoe")])
    bays = hybrid(sql_store)
    assert bays.load(7) == (Bay(visits=1), 2)
    handle(bays, 7, Park("beetle"))
    assert (row(sql_store).version, json.loads(row(sql_store).state)["visits"]) == (3, 2)


def test_two_repositories_on_one_table_count_an_event_once(sql_store):
    for bays in (hybrid(sql_store), hybrid(sql_store)):
        handle(bays, 7, Park("zoe"))
        handle(bays, 7, Leave("zoe"))
    assert json.loads(row(sql_store).state)["visits"] == 2


def test_states_of_several_classes_come_back_as_they_were(sql_store):
    bays = hybrid(sql_store, TYPED, Free, Taken)
    handle(bays, 7, Park("zoe"))
    assert (bays.load(7), row(sql_store).type) == ((Taken("zoe"), 1), "Taken")


def test_a_state_of_a_class_that_was_not_named_is_rejected(sql_store):
    with pytest.raises(StateNotKept, match=r"Taken is not one of the state classes.*Pass every state class"):
        handle(hybrid(sql_store, TYPED), 7, Park("zoe"))
    assert sql_store.position() == 0


@dataclass(frozen=True)
class Reserved:
    until: datetime
    by: Any = field(default="zoe", compare=False)


def test_a_state_is_compared_field_by_field_and_its_times_as_instants(sql_store):
    doubled = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1)
    states = iter([Reserved(doubled), Reserved(doubled.replace(tzinfo=None)), Reserved(doubled, (1, 2))])
    bays = hybrid(
        sql_store, Decider(lambda command, _: [command], lambda *_: next(states), Reserved(doubled))
    )
    for version in (0, 1):
        bays.save(7, [CarParked("zoe")], version)
    with pytest.raises(StateNotKept, match="would not come back"):
        bays.save(7, [CarParked("zoe")], 2)


def test_a_state_that_would_not_come_back_unchanged_is_rejected(sql_store):
    odd = replace(BAY, evolve=lambda bay, event: replace(evolve(bay, event), car=("a", "tuple")))
    with pytest.raises(StateNotKept, match="would not come back"):
        handle(hybrid(sql_store, odd), 7, Park("zoe"))
    assert sql_store.position() == 0


def test_a_row_written_by_other_code_is_replaced_by_a_fold_of_the_log(sql_store):
    handle(hybrid(sql_store, TYPED, Free, Taken), 7, Park("zoe"))
    bays = hybrid(sql_store)
    assert bays.load(7) == (Bay("zoe", 1), 1)


def forged(store, statement: str) -> None:
    """Change the table by hand."""
    in_duckdb = isinstance(store, DuckDBStore)
    table = "log.main.bay_states" if in_duckdb else f"{store._log.schema}.bay_states"
    transactions_of(store).between_commits(lambda cursor, rows: cursor.execute(statement.format(table)))


def test_a_row_that_differs_from_the_log_is_rebuilt_from_its_stream_alone(sql_store):
    bays = hybrid(sql_store)
    for bay in (7, 8):
        bays.save(bay, [CarParked("zoe"), CarLeft("zoe")], 0)
    forged(sql_store, """UPDATE {} SET version = 9, state = '{{"car": "ghost", "visits": 4}}'""")
    assert bays.load(7) == (Bay("ghost", 4), 9)
    assert bays.rebuild(7) == bays.load(7) == (Bay(visits=1), 2)
    assert (row(sql_store).version, row(sql_store, "bay-8").version) == (2, 9)
    assert handle(bays, 7, Park("beetle")).version == row(sql_store).version == 3


def test_a_row_is_rebuilt_with_the_current_evolve(sql_store):
    blind = replace(BAY, evolve=lambda bay, event: bay)
    hybrid(sql_store, blind).save(7, [CarParked("zoe")], 0)
    bays = hybrid(sql_store)
    assert (bays.load(7), bays.rebuild(7)) == ((Bay(), 1), (Bay("zoe", 1), 1))


def test_rebuilding_deletes_a_row_without_a_stream(sql_store):
    bays = hybrid(sql_store)
    forged(sql_store, """INSERT INTO {} VALUES ('bay-7', 1, 'Bay', '{{"car": "ghost"}}')""")
    assert bays.load(7).state == Bay("ghost")
    assert bays.rebuild(7) == (Bay(), 0)
    assert row(sql_store) is None


def test_a_row_that_cannot_be_rebuilt_stays_as_it_is(sql_store):
    hybrid(sql_store).save(7, [CarParked("zoe")], 0)
    before = row(sql_store)
    with pytest.raises(StateNotKept):
        hybrid(sql_store, TYPED).rebuild(7)
    assert row(sql_store) == before
    assert hybrid(sql_store).rebuild(7) == (Bay("zoe", 1), 1)


def test_a_row_can_be_rebuilt_while_others_append(sql_store):
    counting = Decider(lambda command, count: [CarParked(command.car)], lambda count, event: count + 1, 0)
    bays = hybrid(sql_store, counting)

    def park() -> None:
        for number in range(10):
            handle(bays, 7, Park(f"car {number}"), retry=decide_again(99))

    threads = [Thread(target=park) for _ in range(3)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        bays.rebuild(7)
    assert (row(sql_store), sql_store.position()) == ((30, "int", "30"), 30)


def test_sixteen_threads_on_one_row_lose_nothing(sql_store):
    counting = Decider(lambda command, count: [CarParked(command.car)], lambda count, event: count + 1, 0)
    bays = hybrid(sql_store, counting)
    threads = [
        Thread(target=handle, args=(bays, 7, Park(f"car {number}")), kwargs={"retry": decide_again(99)})
        for number in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (row(sql_store), bays.load(7)) == ((16, "int", "16"), (16, 16))
    assert len({recorded.event for recorded in sql_store.read()}) == 16


def test_a_duckdb_table_can_be_queried_in_sql():
    with open_store() as store:
        handle(hybrid(store), 7, Park("zoe"))
        rows = store.sql("SELECT stream, state->>'car' FROM log.main.bay_states")
        assert rows.fetchall() == [("bay-7", "zoe")]


def test_an_engine_without_such_a_transaction_is_rejected():
    with (
        open_store("memory://") as store,
        pytest.raises(NotSupported, match=r"state table.*DuckDB or PostgreSQL"),
    ):
        state_table(store, "bay")


@pytest.mark.parametrize("category", ["", "Bay", "bay-7", 'bay"; DROP TABLE events; --', "b" * 60])
def test_a_category_that_is_not_a_plain_name_gets_no_table(category):
    with open_store() as store, pytest.raises(StoreError, match="not a plain name"):
        state_table(store, category)


def test_its_events_are_found_by_their_tags(sql_store):
    bays = StateAndEvents(state_table(sql_store, "bay"), BAY, tags_of=lambda event: [f"car-{event.car}"])
    handle(bays, 7, Park("zoe"))
    assert [each.event for each in sql_store.read(query=Query(tags=["car-zoe"]))] == [CarParked("zoe")]
