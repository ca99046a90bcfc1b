"""The lending library under `examples/` does the same on a file, in memory and on both servers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from uuid import UUID, uuid5

import httpx
import pytest
from starlette.applications import Starlette

from examples.library.copies import COPY, Buy, Copy, CopyBought, CopyLent, CopyReturned, Lend, TakeBack
from examples.library.members import Bar, Join
from examples.library.queues import CopyReserved, Leave, ReservationEnded, Reserve
from examples.library.report import Report
from examples.library.use_cases import CommandRefused, Library, may_borrow
from examples.library.web import app_for
from tests.workshop_lib.store.jetstream_server import fresh, nats_servers, nats_wheel
from tests.workshop_lib.store.servers import postgres
from workshop_lib import ConcurrencyConflict, Refused, WorkshopError, given, open_store, to_duckdb

__all__ = ["nats_servers", "nats_wheel", "postgres"]

MONDAY, DUE = date(2026, 3, 2), date(2026, 3, 30)
ENGINES = ["memory", "file", "postgresql", "nats"]


def key(number: int) -> UUID:
    return uuid5(UUID(int=0), str(number))


@pytest.fixture(params=ENGINES)
def store(request, tmp_path) -> Iterator:
    address = {"memory": "memory://", "file": str(tmp_path / "library.duckdb")}.get(request.param)
    if request.param == "postgresql":
        address = request.getfixturevalue("postgres").room()
    if request.param == "nats":
        address = fresh(request.getfixturevalue("nats_wheel"))
    with open_store(address) as store:
        yield store


@pytest.fixture
def library(store) -> Library:
    """A library with four copies, and Ada and Bob as members."""
    library = Library(store)
    for number in range(1, 5):
        library.do(Buy(f"c{number}", "Emma" if number < 3 else "Ulysses"))
    for name in ("Ada", "Bob"):
        library.do(Join(name.lower(), name))
    return library


class Client:
    """A client of an application in this process; no socket is needed."""

    def __init__(self, app: Starlette) -> None:
        self._transport = httpx.ASGITransport(app)

    def __call__(self, method: str, path: str, **request) -> httpx.Response:
        async def sent() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url="http://library") as client:
                return await client.request(method, path, **request)

        return asyncio.run(sent())


@contextmanager
def served(library: Library) -> Iterator[Client]:
    async def shut_down() -> None:
        async with app.router.lifespan_context(app):
            pass

    app = app_for(library.store)
    yield Client(app)
    asyncio.run(shut_down())


@pytest.fixture
def client(library) -> Iterator[Client]:
    with served(library) as client:
        yield client


def of(library: Library, stream: str) -> list[object]:
    return [recorded.event for recorded in library.store.read_stream(stream)]


def refused(library: Library, *commands) -> str:
    *before, last = commands
    for command in before:
        library.do(command)
    with pytest.raises(Refused) as caught:
        library.do(last)
    return caught.value.rule


def test_the_aggregates_are_specified_without_a_store():
    bought = CopyBought("c1", "Emma")
    given(COPY, bought).when(Lend("c1", "ada", MONDAY)).then(CopyLent("c1", "ada", DUE))
    given(COPY, bought, CopyLent("c1", "ada", DUE)).when(Lend("c1", "bob", MONDAY)).then_refused(
        "lent to ada"
    )
    given(COPY, bought).when(TakeBack("c1")).then()
    given(COPY).when(TakeBack("c1")).then_refused("no copy c1")


def test_the_rule_is_specified_without_a_store():
    with pytest.raises(Refused, match="ada is not a member"):
        may_borrow("c1", "ada").check([])


def test_a_copy_is_lent_and_taken_back(library):
    handled = library.do(Lend("c1", "ada", MONDAY))
    assert handled.events == (CopyLent("c1", "ada", DUE),)
    library.do(TakeBack("c1"))
    assert of(library, "copy-c1") == [CopyBought("c1", "Emma"), *handled.events, CopyReturned("c1", "ada")]
    assert library.copies.load("c1").state == Copy("Emma")


def test_rules_over_several_streams(library):
    assert refused(library, Lend("c1", "eve", MONDAY)) == "eve is not a member"
    loans = [Lend(f"c{number}", "ada", MONDAY) for number in range(1, 5)]
    assert refused(library, *loans) == "ada has 3 loans, and nobody has more"
    library.do(TakeBack("c1"))
    library.do(loans[3])
    assert refused(library, Bar("bob", "lost a book"), Lend("c1", "bob", MONDAY)) == "bob is barred"


def test_the_first_in_line_gets_a_copy_and_leaves_the_line(library):
    commands = [Reserve("c1", "bob"), Reserve("c1", "ada"), Lend("c1", "ada", MONDAY)]
    assert refused(library, *commands) == "bob is first in line for c1"
    library.do(Lend("c1", "bob", MONDAY))
    assert library.queues.load("c1").state == ("ada",)
    library.do(Leave("c1", "ada"))
    assert of(library, "queue-c1")[2:] == [ReservationEnded("c1", "bob"), ReservationEnded("c1", "ada")]


def test_a_repetition_after_a_lost_answer_does_what_is_missing(library, monkeypatch):
    library.do(Reserve("c1", "ada"))
    with monkeypatch.context() as crash:
        crash.setattr(library.queues, "load", lambda id_: 1 / 0)  # after the loan, before the reservation
        with pytest.raises(ZeroDivisionError):
            library.do(Lend("c1", "ada", MONDAY), key(1))
    again = library.do(Lend("c1", "ada", date(2026, 3, 3)), key(1))
    assert (again.repeated, again.events) == (True, (CopyLent("c1", "ada", DUE),))
    assert of(library, "queue-c1") == [CopyReserved("c1", "ada"), ReservationEnded("c1", "ada")]


@pytest.mark.parametrize("reserved_before", [False, True])
def test_a_late_repetition_does_not_end_a_later_reservation(library, reserved_before):
    if reserved_before:
        library.do(Reserve("c1", "ada"))
    first = library.do(Lend("c1", "ada", MONDAY), key(1))
    for command in (TakeBack("c1"), Lend("c1", "bob", MONDAY), Reserve("c1", "ada")):
        library.do(command)
    assert library.do(Lend("c1", "ada", MONDAY), key(1)) == first._replace(repeated=True)
    assert library.queues.load("c1").state == ("ada",)


def test_a_repetition_counts_once_whatever_has_happened_since(library):
    first = library.do(Lend("c1", "ada", MONDAY), key(1))
    for command in (TakeBack("c1"), Reserve("c1", "bob"), Bar("ada", "left"), Lend("c1", "bob", MONDAY)):
        library.do(command)
    assert library.do(Lend("c1", "ada", MONDAY), key(1))[:2] == first[:2]
    assert library.copies.load("c1").state.reader == "bob"


def test_a_refused_command_is_recorded_beside_and_may_be_accepted_later(library):
    library.do(Lend("c1", "bob", MONDAY))
    with pytest.raises(Refused):
        library.do(Lend("c1", "ada", MONDAY), key(1))
    library.do(TakeBack("c1"))
    assert not library.do(Lend("c1", "ada", MONDAY), key(1)).repeated
    (recorded,) = library.store.read_stream("refusals-copy-c1")
    assert recorded.event == CommandRefused(repr(Lend("c1", "ada", MONDAY)), "c1 is lent to bob")
    assert recorded.causation_id == key(1)


def at_once(acts) -> list[object]:
    def outcome(act) -> object:
        try:
            return act()
        except WorkshopError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(outcome, acts))


@pytest.mark.parametrize("race", range(5))
def test_two_members_race_for_one_copy(library, race):
    results = at_once(
        [lambda member=member: library.do(Lend("c1", member, MONDAY)) for member in ("ada", "bob")]
    )
    lost = [each for each in results if isinstance(each, (Refused, ConcurrencyConflict))]
    assert len(lost) == 1
    assert [type(event) for event in of(library, "copy-c1")] == [CopyBought, CopyLent]


def test_four_copies_at_once_are_three_loans_for_one_member(library):
    lend = [Lend(f"c{number}", "ada", MONDAY) for number in range(1, 5)]
    results = at_once([lambda command=command: library.do(command) for command in lend])
    lost = [each for each in results if isinstance(each, (Refused, ConcurrencyConflict))]
    assert len(lost) == 1
    assert [library.copies.load(f"c{number}").state.reader for number in range(1, 5)].count("ada") == 3


def test_a_client_reads_what_it_wrote(client):
    for number, member in ((1, "ada"), (3, "bob"), (4, "bob")):
        lent = client("POST", f"/copies/c{number}/loan", json={"member": member, "day": "2026-03-02"})
        assert lent.status_code == 201
        report = client("GET", "/report", params={"after": lent.json()["position"]}).json()
        assert report["readers"][f"c{number}"] == member
        assert report["position"] >= lent.json()["position"]
    client("DELETE", "/copies/c3/loan").raise_for_status()
    again = client("DELETE", "/copies/c3/loan")
    assert (again.status_code, again.json()["repeated"]) == (200, False)
    report = client("GET", "/report", params={"after": again.json()["position"]}).json()
    assert report["readers"] == {"c1": "ada", "c4": "bob"}
    assert report["times_lent"] == {"Emma": 1, "Ulysses": 2}


def test_a_repeated_request_gets_the_same_answer(client):
    headers = {"Idempotency-Key": str(key(1))}
    first, again = (client("POST", "/copies/c1/loan", json={"member": "ada"}, headers=headers) for _ in "ab")
    assert (first.status_code, again.status_code) == (201, 200)
    assert (
        again.json() == {"position": first.json()["position"], "repeated": True} or again.json()["repeated"]
    )


def test_a_refusal_says_which_rule_forbids_it(client):
    answer = client("POST", "/copies/c1/loan", json={"member": "eve"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {"title": "Refused", "status": 422, "detail": "eve is not a member"}


def test_a_conflict_says_what_came_in_between(client, library, monkeypatch):
    """Bob gets the copy while Ada's request is between its decision and its append."""
    real, rivals = type(library.store).append, [Lend("c1", "bob", MONDAY)]

    def append(store, stream, *args, **options):
        if rivals and stream == "copy-c1":
            library.do(rivals.pop())
        return real(store, stream, *args, **options)

    monkeypatch.setattr(type(library.store), "append", append)
    answer = client("POST", "/copies/c1/loan", json={"member": "ada"})
    assert (answer.status_code, answer.json()["title"]) == (409, "ConcurrencyConflict")
    assert "CopyLent(copy='c1', member='bob'" in answer.json()["detail"]
    assert "c1 is lent to bob" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        ("/copies/c1/loan", "{", {}),
        ("/copies/c1/loan", "[]", {}),
        ("/copies/c1/loan", "{}", {}),
        ("/copies/c1/loan", '{"member": 7}', {}),
        ("/copies/c1/loan", '{"member": "ada", "day": "yesterday"}', {}),
        ("/copies/c1/loan", '{"member": "ada"}', {"Idempotency-Key": "click-1"}),
        ("/copies/'/loan", '{"member": "ada"}', {}),
    ],
)
def test_a_request_that_is_no_command_is_a_bad_request(client, library, path, body, headers):
    before = library.store.position()
    assert client("POST", path, content=body, headers=headers).status_code == 400
    assert library.store.position() == before


def test_a_report_that_is_not_there_yet_says_when_to_ask_again(library, monkeypatch):
    monkeypatch.setattr("examples.library.report.LiveReport.read", lambda report, at_least: None)
    with served(library) as client:
        answer = client("GET", "/report", params={"after": 99})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")


def test_the_report_is_the_same_as_a_fold_and_in_sql_on_each_engine(library):
    loans = [Lend("c1", "ada", MONDAY), Lend("c3", "bob", MONDAY)]
    for command in (*loans, TakeBack("c1"), Lend("c2", "bob", MONDAY)):
        library.do(command)
    report = Report()
    for recorded in library.store.read():
        report.apply(recorded.event)
    times = {"Emma": 2, "Ulysses": 1}
    assert report.as_json() == {
        "position": 0,
        "readers": {"c2": "bob", "c3": "bob"},
        "times_lent": times,
    }
    with to_duckdb(library.store) as copy:
        rows = copy.sql(
            """SELECT title, count(*) FROM events.CopyLent JOIN events.CopyBought USING (copy)
               GROUP BY ALL ORDER BY ALL"""
        ).fetchall()
    assert dict(rows) == times
