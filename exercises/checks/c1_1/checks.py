"""The tasks of `1_1_state_and_its_limits`: what tables forget, what an audit proves, time as a parameter.

Answers are checked on the logs of `c1_1/cases.py`, the tables of `tables.py` and the power failures of
`crashes.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from exercises.checks.c1_1 import cases, generated, tables
from exercises.checks.c1_1.agreements import (
    busy_like_ours,
    counts_like_ours,
    on_the_map,
    priced_like_ours,
    republished_like_ours,
    shows_like_ours,
)
from exercises.checks.c1_1.crashes import (
    counted_by_id,
    crashes,
    derives,
    derives_like_ours,
    nobody_disagrees,
    nothing_lost,
)
from exercises.checks.c1_1.drifts import drift_like_ours, finds_like_ours
from exercises.checks.small_logs import (
    at,
    counted,
    history,
    is_number,
    names,
    number,
    numbers,
    same_names,
    status_text,
)
from workbench.classroom.agreement import agrees
from workbench.classroom.attempt import Attempt
from workbench.classroom.patterns import changes_nothing, reads_nothing_else
from workbench.classroom.plain import a, clipped, shown
from workbench.classroom.task import task


@task(
    title="What the tables hold",
    hints=(
        "`SELECT * FROM connectors LIMIT 3`, and the same for the other three: which columns are there?",
        "For each question: is it about the present? An UPDATE keeps the present and nothing else.",
        "Two are a `count(*)` and a `sum(…)`. For the others: which column could hold the answer?",
    ),
    proven="Rows that are updated in place hold the present; questions about the past have no answer there.",
)
def what_the_tables_hold(attempt: Attempt, answers: object, database: object) -> None:
    """Check that two of the five questions have a number and three are unanswerable."""
    attempt.expect(
        isinstance(answers, dict),
        seen=f"The first argument is `{shown(answers, 60)}`, not the five answers.",
        why="The check looks up each answer by the name of its question.",
        look='`check("what_the_tables_hold", answers, database)`',
    )
    given: Any = answers
    attempt.expect(
        hasattr(database, "cursor"),
        seen=f"The second argument is `{shown(database, 60)}`, not the database.",
        why="The check queries the same tables as you.",
        look='`check("what_the_tables_hold", answers, database)`',
    )
    wanted = {"free_now", "delivered_wh", *tables.FORGOTTEN}
    attempt.expect(
        wanted == set(given),
        seen=f"The keys are `{', '.join(map(str, given))}`.",
        why="There are five questions, with the five names in the gap.",
        look="Keep the keys as they are; change only the values.",
    )
    tables.unanswerable(attempt, given)
    cursor = database.cursor()  # type: ignore[attr-defined]
    tables.present(attempt, "free_now", given["free_now"], cursor.execute(tables.FREE_NOW).fetchall()[0][0])
    tables.present(
        attempt, "delivered_wh", given["delivered_wh"], cursor.execute(tables.DELIVERED).fetchall()[0][0]
    )


@task(
    title="State is a fold",
    hints=(
        "The events come in order. Three types matter to the map: reports, and two of the station.",
        "Keep two variables during the loop: the last report, and whether the station is online.",
        "`status, online = None, True`, then `for event in events:` and `match event:`",
    ),
    proven="State is a left fold over the events: the same history gives the same state in every replay.",
)
def status_is_a_fold(attempt: Attempt, answer: object) -> None:
    """Check the state after small histories, that a replay repeats it, and that nothing else is read."""
    status_of = attempt.function(answer, "status_of", parameters=1)
    for words, events, status in cases.FOLDS:
        got = changes_nothing(attempt, status_of, events, may_be_none=True)
        attempt.expect(
            got == status,
            seen=f"After {words} the map shows `{status_text(got)}`.",
            why="A state follows from all events together, in their order, not from the last one alone.",
            look="What does each type of event change, and what does it leave as it was?",
        )
    again = attempt.call(status_of, [], may_be_none=True)
    attempt.expect(
        again is None,
        seen=f"Called again with no event at all, your fold returns `{shown(again)}`.",
        why="A replay must give the same result each time, or no projection can be rebuilt.",
        look="What outlives the first call: a global variable, or a default argument that grows?",
    )

    def differs(events: list[object], got: object) -> None:
        attempt.refuse(
            f"After {history(events)} the map shows `{status_text(got)}`.",
            "A state follows from all events together, in their order, not from the last one alone.",
            "What if an outage begins twice, ends without having begun, or a report comes during it?",
        )

    def yours(events: list[object]) -> object:
        return attempt.call(status_of, events, may_be_none=True)

    agrees(attempt, cases.HISTORIES, yours, cases.status_after, differs)
    reads_nothing_else(attempt, status_of, cases.FOLDS[-1][1])


@task(
    title="Outages of a connector",
    hints=(
        "`events.StatusReported` is a view with the columns `connector`, `status` and both times.",
        "Three conditions on the rows, then a count. Which of the two times does the exercise name?",
        "`SELECT count(*) FROM events.StatusReported WHERE connector = $connector AND …`",
    ),
    seconds=20,
    proven="The log keeps every fault, so the faults of any period can be counted, by when they occurred.",
)
def outages_of_a_connector(attempt: Attempt, answer: object) -> None:
    """Check how often a connector was faulted between two instants."""
    outages = attempt.function(answer, "outages", parameters=4)
    for words, connector, start, end, count in cases.EVENINGS:
        returned = attempt.call(outages, cases.faults(), connector, at(start), at(end))
        got = number(returned)
        attempt.expect(
            is_number(got),
            seen=f"The count is {a(type(returned))}: `{shown(returned, 60)}`.",
            why="The caller will add and compare counts, which takes a number.",
            look="Return the number itself, not a text and not a list of outages.",
        )
        attempt.expect(
            got == count,
            seen=f"For {words} you count `{shown(got)}` outages.",
            why="The log keeps every fault and the time when it occurred; you only have to count them.",
            look="The start is included and the end is not; a fault counts at the time when it occurred.",
        )
    counts_like_ours(attempt, outages)


@task(
    title="The price at the start",
    hints=(
        "`events.ChargingStarted` has the tariff and time of a session, `events.TariffPublished` the prices.",
        "Of all publications of this tariff up to the start, take the latest, by when it occurred.",
        "`SELECT max_by(energy_price, t.occurred_at) FROM events.TariffPublished AS t, …`",
    ),
    seconds=20,
    proven="The price at the start is in the last publication before it, however many followed.",
)
def price_at_start(attempt: Attempt, answer: object) -> None:
    """Check the price on the display when a session started."""
    price = attempt.function(answer, "price_at_start", parameters=2)
    for session, words, right in cases.SESSIONS:
        got = number(attempt.call(price, cases.prices(), session))
        attempt.expect(
            isinstance(got, Decimal),
            seen=f"The price is `{shown(got)}`, not a Decimal.",
            why="Money stays a Decimal up to the invoice; a float loses the cent that somebody will sue for.",
            look="Return the Decimal from the log, with its four digits or with two.",
        )
        attempt.expect(
            not _through_a_float(got),
            seen=f"The price is a Decimal that was made from a float: `{clipped(str(got), 24)}`.",
            why="`Decimal(0.45)` keeps the error of the float, to its last digit.",
            look="Return the Decimal from the log; convert nothing.",
        )
        attempt.expect(
            got == Decimal(right),
            seen=f"For a session {words} you found `{got}`.",
            why="A driver pays the price on the display, no matter when the office learned of it.",
            look="Which publication is the last one up to the start, both by `occurred_at`?",
        )
    priced_like_ours(attempt, price)


def _through_a_float(price: Decimal) -> bool:
    """Return whether the price has more than the four decimal places that are stored."""
    exponent = price.normalize().as_tuple().exponent
    return isinstance(exponent, int) and exponent < -4


@task(
    title="Drifted rows",
    hints=(
        "The last audited status of a connector: `last(new_value ORDER BY written_at)`, for each key.",
        "Join each connector with its last audited status. What if there is no audit entry to join?",
        "`SELECT connector FROM connectors LEFT JOIN (SELECT key, …) ON key = connector WHERE …`",
    ),
    proven="The audit cannot explain these rows: a second copy of the truth drifts from it.",
)
def drifted_rows(attempt: Attempt, answer: object) -> None:
    """Check which connectors have a different status from their last audit entry."""
    drifted = attempt.function(answer, "drifted", parameters=1)
    database = tables.drifted_tables()
    named = names(attempt, drifted, database.cursor(), known=tables.DRIFTED)
    tables.untouched(attempt, database)
    same_names(
        attempt,
        named,
        tables.DRIFTED,
        "connector",
        "If the audit and the table differ, one of them is wrong, and nobody can say which.",
        "For each connector: is there a last audit entry, and does it equal the status in the row?",
    )
    drift_like_ours(attempt, lambda tables, known: names(attempt, drifted, tables.cursor(), known=known))


@task(
    title="The tampered reading",
    hints=(
        "`workshop_lib/store/chain.py` is short: what is a row linked to, and what is the first?",
        "Go through the rows with the hash of the row before. Return the first row whose hash is wrong.",
        "`previous = GENESIS`, then `for row in rows:` and compare `link(previous, row)` with `row.hash`",
    ),
    proven="In a hash chain a changed row no longer follows from the row before it, wherever it is.",
)
def tampered_reading(attempt: Attempt, answer: object) -> None:
    """Check which row is found as the first that does not follow from the row before it."""
    find_tampered = attempt.function(answer, "find_tampered", parameters=1)
    for forgery in cases.forgeries():
        got = attempt.call(find_tampered, list(forgery.rows), copied=False, may_be_none=True)
        attempt.expect(
            got is None or (isinstance(got, int) and not isinstance(got, bool)),
            seen=f"Your function returns `{shown(got, 60)}`, which is not a position.",
            why="A court can look up a position; a row can be forged again tomorrow.",
            look="Return `row.position`, or None if every row is honest.",
        )
        attempt.expect(
            got == forgery.position,
            seen=f"Given a log {forgery.words}, you accuse {_accused(got)}.",
            why="A hash chain covers every row, the first and the last too, and accuses no honest row.",
            look="What is the first row linked to? Do you check every row? Do you return a position?",
        )
    finds_like_ours(attempt, find_tampered)


def _accused(position: object) -> str:
    return "nobody" if position is None else f"position `{position}`"


@task(
    title="The map at 18:05",
    hints=(
        "`store.as_of(recorded_at=instant)` is the log as we knew it at that instant.",
        "In the log of that instant, the last report of each connector is what the map showed.",
        "`{seen.event.connector: seen.event.status for seen in store.as_of(…).read(…)}`",
    ),
    proven="The log as of an instant shows what was known then, not what was really the case.",
)
def the_map_at(attempt: Attempt, answer: object) -> None:
    """Check what the map showed at several instants, according to what was known then."""
    map_at = attempt.function(answer, "map_at", parameters=2)
    for clock, right in cases.MAPS:
        got = attempt.call(map_at, cases.evening(), at(clock), returns=dict)
        shown_then = {key: status for key, status in got.items() if status is not None}
        for connector in sorted({*right, *map(str, shown_then)}):
            on_the_map(attempt, clock, connector, shown_then.get(connector), right.get(connector))
    shows_like_ours(attempt, map_at)


@task(
    title="Republished in between",
    hints=(
        "You need three views: `events.InvoiceIssued`, `.ChargingStarted` and `.TariffPublished`.",
        "Is there a publication of the same tariff, after the start of the session, before the invoice?",
        "`… FROM events.InvoiceIssued i JOIN events.ChargingStarted s USING (session) WHERE EXISTS (…)`",
    ),
    proven="A question that nobody planned for is a join of three types of events in the log.",
)
def tariff_changed_later(attempt: Attempt, answer: object) -> None:
    """Check which invoices had their tariff published again since the start of the session."""
    republished = attempt.function(answer, "republished", parameters=1)
    same_names(
        attempt,
        names(attempt, republished, cases.bills(), known=cases.INVOICES),
        cases.INVOICES,
        "invoice",
        "Only these invoices may have been computed with a price that the driver never saw.",
        "A publication of the same tariff, later than the start of the session, earlier than the invoice.",
    )
    republished_like_ours(attempt, lambda store: names(attempt, republished, store, known=generated.INVOICES))


@task(
    title="Busy at each instant",
    hints=(
        "`workshop_lib.reading.temporal.state_at_instants` has a row for each instant and connector.",
        "For each instant count the rows with the status Charging; where there are none, the number is 0.",
        "`SELECT instant, count(*) FILTER (status = 'Charging') FROM … GROUP BY instant`, and the zeros",
    ),
    proven="The state at an instant is the fold of what occurred until then, late reports included.",
)
def busy_at_each_instant(attempt: Attempt, answer: object) -> None:
    """Check how many connectors were charging at each instant, according to what we know now."""
    busy_at = attempt.function(answer, "busy_at", parameters=2)
    attempt.expect(
        any(_busy(attempt, busy_at, cases.BUSY)),
        seen="You count no car at all, at any instant of an evening on which up to four cars were charging.",
        why="A misspelt status matches no row, and a time with a zone never equals one without.",
        look="The status is `Charging`, and `instant.replace(tzinfo=None)` is an instant as in the rows.",
    )
    for busy in (cases.BUSY, cases.BUSY[:1], cases.BUSY[3:5]):
        for (_, words, right), one in zip(busy, _busy(attempt, busy_at, busy), strict=True):
            attempt.expect(
                one == right,
                seen=f"At an instant {words}, you count `{shown(one, 40)}` charging.",
                why="Time is a parameter: the same fold gives the state at every instant, if it ends there.",
                look="Use the last report up to the instant, that second included, by when it occurred.",
            )
    attempt.expect(
        _busy(attempt, busy_at, cases.SHUFFLED) == [right for _, _, right in cases.SHUFFLED],
        seen="The check passed the instants in another order, and your numbers do not follow it.",
        why="The caller matches each number with the instant at the same place in the list.",
        look="Go through `instants` in their given order, and append one number for each; sort nothing.",
    )
    busy_like_ours(
        attempt, lambda store, instants: [number(one) for one in numbers(attempt, busy_at, store, instants)]
    )


def _busy(attempt: Attempt, busy_at: Any, busy: Sequence[tuple[str, str, int]]) -> list[Any]:
    instants = [at(clock) for clock, _, _ in busy]
    got = [number(one) for one in numbers(attempt, busy_at, cases.evening(), instants)]
    attempt.expect(
        len(got) == len(busy),
        seen=f"For {counted(len(busy), 'instant')} you return {counted(len(got), 'number')}.",
        why="A curve needs a number for each instant; a quiet hour is 0, not nothing.",
        look="What happens to an instant without rows? Do you use the argument `instants`?",
    )
    return got


@task(
    title="One write",
    hints=(
        "How many places does `record` write to? What if a crash comes between two of them?",
        "One write cannot be half done. `derive` computes the rows and the messages from the log.",
        '`office.store.append(f"session-{event.session}", [event], event_ids=[event_id])`',
    ),
    proven="One append leaves no gap for a crash: all that is derived agrees, and a repeat counts once.",
)
def one_write(attempt: Attempt, record: object, derive: object) -> None:
    """Check that only the log is written, through every crash, and that the rest is derived from it."""
    recorder = attempt.function(record, "record", parameters=3)
    deriver = attempt.function(derive, "derive", parameters=1)
    derives(attempt, deriver)
    derives_like_ours(attempt, deriver)
    for evening in crashes(attempt, recorder):
        nothing_lost(attempt, evening)
        nobody_disagrees(attempt, evening, deriver)
    counted_by_id(attempt, recorder)
