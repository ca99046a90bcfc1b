"""The tasks of `1_1_state_and_its_limits`: what tables forget, what an audit proves, time as a parameter.

The logs and tables on which answers are tried stand in `c1_1/cases.py` and `tables.py`,
the power failures in `crashes.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from exercises.checks.c1_1 import cases, tables
from exercises.checks.c1_1.crashes import (
    counted_by_id,
    crashes,
    derives,
    nobody_disagrees,
    nothing_lost,
)
from exercises.checks.small_logs import (
    at,
    counted,
    is_number,
    names,
    number,
    numbers,
    same_names,
    status_text,
)
from workbench.classroom.attempt import Attempt
from workbench.classroom.patterns import changes_nothing, reads_nothing_else
from workbench.classroom.plain import a, clipped, shown
from workbench.classroom.task import task
from workshop_lib.charging.connector import ConnectorStatus


@task(
    title="What the tables can tell",
    hints=(
        "`SELECT * FROM connectors LIMIT 3`, and the same of the other three: which columns are there?",
        "Ask of each question: is it about the present? An UPDATE keeps the present and nothing else.",
        "Two are a `count(*)` and a `sum(…)`. For the others ask which column could have kept the answer.",
    ),
    proven="Rows that are updated in place answer what is so; what was so cannot be asked of them.",
)
def what_the_tables_can_tell(attempt: Attempt, answers: object, database: object) -> None:
    """Two of five questions can be answered from the present."""
    attempt.expect(
        isinstance(answers, dict),
        seen=f"The first thing passed is `{shown(answers, 60)}`, not the five answers.",
        why="Each answer stands under the name of its question.",
        look='`check("what_the_tables_can_tell", answers, database)`',
    )
    given: Any = answers
    attempt.expect(
        hasattr(database, "cursor"),
        seen=f"The second thing passed is `{shown(database, 60)}`, not the database.",
        why="The check asks the same tables as you.",
        look='`check("what_the_tables_can_tell", answers, database)`',
    )
    wanted = {"free_now", "delivered_wh", *tables.FORGOTTEN}
    attempt.expect(
        wanted == set(given),
        seen=f"The keys are `{', '.join(map(str, given))}`.",
        why="Five questions were asked, under the five names in the gap.",
        look="Keep the keys as they stand; only the values are yours.",
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
        "The events come in order. Which of them matter to the map: reports, and two of the station's.",
        "Keep two things while you go through: the last report, and whether the station is on line.",
        "`status, online = None, True`, then `for event in events:` and `match event:`",
    ),
    proven="State is a left fold over the events: the same history gives the same state at every replay.",
)
def status_is_a_fold(attempt: Attempt, answer: object) -> None:
    """All events together say what the map shows."""
    status_of = attempt.function(answer, "status_of", parameters=1)
    for words, events, status in cases.FOLDS:
        got = changes_nothing(attempt, status_of, events, may_be_none=True)
        attempt.expect(
            got == status,
            seen=f"After {words} the map shows `{status_text(got)}`.",
            why="A state is what all events say together, in their order, not what the last one says alone.",
            look="What does each kind of event change, and what does it leave as it was?",
        )
    again = attempt.call(status_of, [], may_be_none=True)
    attempt.expect(
        again is None,
        seen=f"Asked once more about no event at all, your fold answers `{shown(again)}`.",
        why="A replay must tell the same story each time, or no projection can be rebuilt.",
        look="What outlives the first call: a global, a default argument that grows?",
    )
    reads_nothing_else(attempt, status_of, cases.FOLDS[-1][1])


@task(
    title="Outages of a connector",
    hints=(
        "`events.StatusReported` is a view with the columns `connector`, `status` and both times.",
        "Three conditions on the rows, then a count. Which of the two times does the question mean?",
        "`SELECT count(*) FROM events.StatusReported WHERE connector = $connector AND …`",
    ),
    proven="The log keeps every fault, so the past can be counted over any span, by when it occurred.",
)
def outages_of_a_connector(attempt: Attempt, answer: object) -> None:
    """How often a connector was faulted between two instants."""
    outages = attempt.function(answer, "outages", parameters=4)
    for words, connector, start, end, count in cases.EVENINGS:
        got = number(attempt.call(outages, cases.faults(), connector, at(start), at(end)))
        attempt.expect(
            is_number(got),
            seen=f"The count came as {a(type(got))}: `{shown(got, 60)}`.",
            why="Whoever asks how often will add and compare; that takes a number.",
            look="Return the number itself: no text, and no list of the outages.",
        )
        attempt.expect(
            got == count,
            seen=f"For {words} you count `{shown(got)}` outages.",
            why="The log keeps every fault and the time when it happened; all that is left is to count.",
            look="Start is included and end is not; a fault belongs to the time when it occurred.",
        )


@task(
    title="The price at the start",
    hints=(
        "`events.ChargingStarted` knows tariff and time of a session, `events.TariffPublished` the prices.",
        "Of all publications of this tariff until the session began: the latest, by when it occurred.",
        "`SELECT max_by(energy_price, t.occurred_at) FROM events.TariffPublished AS t, …`",
    ),
    proven="The price in force at the start is the last fact before it, however often it was replaced since.",
)
def price_at_start(attempt: Attempt, answer: object) -> None:
    """The price on the display when a session started."""
    price = attempt.function(answer, "price_at_start", parameters=2)
    for session, words, right in cases.SESSIONS:
        got = number(attempt.call(price, cases.prices(), session))
        attempt.expect(
            isinstance(got, Decimal),
            seen=f"The price came as `{shown(got)}`.",
            why="Money is a Decimal from the event to the invoice; a float loses the cent they sue for.",
            look="Hand on the Decimal that the log gives, with its four digits or with two.",
        )
        attempt.expect(
            not _through_a_float(got),
            seen=f"The price came as a Decimal that went through a float: `{clipped(str(got), 24)}`.",
            why="`Decimal(0.45)` keeps the error of the float, to its last digit.",
            look="Hand on the Decimal that the log gives; convert nothing.",
        )
        attempt.expect(
            got == Decimal(right),
            seen=f"For a session {words} you found `{got}`.",
            why="A driver pays what stood on the display, whenever the office came to hear of it.",
            look="Of the publications until the start, by the times when both occurred, which is the last?",
        )


def _through_a_float(price: Decimal) -> bool:
    """Whether it has more than the four digits after the point that a price is kept with."""
    exponent = price.normalize().as_tuple().exponent
    return isinstance(exponent, int) and exponent < -4


@task(
    title="Drifted rows",
    hints=(
        "The last audited status of a connector: `last(new_value ORDER BY written_at)`, for each key.",
        "Put each connector beside it. What if there is nothing to put beside it?",
        "`SELECT connector FROM connectors LEFT JOIN (SELECT key, …) ON key = connector WHERE …`",
    ),
    proven="These rows the audit cannot explain: what is written beside the truth drifts from it.",
)
def drifted_rows(attempt: Attempt, answer: object) -> None:
    """The connectors whose status the audit does not explain."""
    drifted = attempt.function(answer, "drifted", parameters=1)
    database = tables.drifted_tables()
    named = names(attempt, drifted, database.cursor(), known=tables.DRIFTED)
    tables.untouched(attempt, database)
    same_names(
        attempt,
        named,
        tables.DRIFTED,
        "connector",
        "An audit that disagrees with its table accuses one of the two, and cannot say which.",
        "For each connector: is the audit's last word there, and is it what the row says?",
    )


@task(
    title="The tampered reading",
    hints=(
        "`workshop_lib/store/chain.py` is forty lines: what is a row linked to, and what is the first one?",
        "Walk along with the hash of the row before. The first row whose hash is not what it should be…",
        "`previous = GENESIS`, then `for row in rows:` and compare `link(previous, row)` with `row.hash`",
    ),
    proven="In a hash chain a changed row no longer follows from the row before it, wherever it stands.",
)
def tampered_reading(attempt: Attempt, answer: object) -> None:
    """The first row of a log that does not follow from the row before it."""
    find_tampered = attempt.function(answer, "find_tampered", parameters=1)
    for forgery in cases.forgeries():
        got = attempt.call(find_tampered, list(forgery.rows), copied=False, may_be_none=True)
        attempt.expect(
            got is None or (isinstance(got, int) and not isinstance(got, bool)),
            seen=f"You answer with `{shown(got, 60)}`.",
            why="A position is what a court can look up; a row can be forged again tomorrow.",
            look="Return `row.position`, or None when all is well.",
        )
        attempt.expect(
            got == forgery.position,
            seen=f"Given a log {forgery.words}, you accuse {_accused(got)}.",
            why="A chain proves every link, the first and the last as well, and accuses no honest row.",
            look="What is the first row linked to? Do you look at every row? Do you answer with positions?",
        )


def _accused(position: object) -> str:
    return "nobody" if position is None else f"position `{position}`"


@task(
    title="The map at 18:05",
    hints=(
        "`store.as_of(recorded_at=instant)` is the log as far as we knew it then.",
        "In the log of that moment, the last report of each connector is what the map showed.",
        "`{seen.event.connector: seen.event.status for seen in store.as_of(…).read(…)}`",
    ),
    proven="Cut by the time of recording, the log shows what was known then, not what was so.",
)
def the_map_at(attempt: Attempt, answer: object) -> None:
    """What the map showed, by what was known then."""
    map_at = attempt.function(answer, "map_at", parameters=2)
    for clock, right in cases.MAPS:
        got = attempt.call(map_at, cases.evening(), at(clock), returns=dict)
        shown_then = {key: status for key, status in got.items() if status is not None}
        for connector in sorted({*right, *map(str, shown_then)}):
            _on_the_map(attempt, clock, connector, shown_then.get(connector), right.get(connector))


_ON_THE_MAP = (
    "A map shows what we have heard, not what was so: no one could have shown it better at the time."
)


def _on_the_map(attempt: Attempt, clock: str, connector: str, got: object, right: object) -> None:
    attempt.expect(
        got is not None or right is None,
        seen=f"At {clock} your map lacks a connector that had reported by then.",
        why=_ON_THE_MAP,
        look="Every connector has its own last report. And is the very second of the question included?",
    )
    attempt.expect(
        got is None or right is not None,
        seen=f"At {clock} your map shows `{clipped(connector, 60)}`, of which we had not heard yet.",
        why=_ON_THE_MAP,
        look="Which of the two times says when we learned of something?",
    )
    attempt.expect(
        not isinstance(got, str) or right is None or got in list(ConnectorStatus),
        seen=f"At {clock} your map shows `{connector}` as `{status_text(got)}`, and there is no such status.",
        why="The map and its readers share the words of the standard, letter by letter.",
        look=f"The word here is `{right}`: the status itself or its `.value`, not its `.name`.",
    )
    attempt.expect(
        got == right,
        seen=f"At {clock} your map shows `{connector}` as `{status_text(got)}`; drivers saw something else.",
        why=_ON_THE_MAP,
        look="By which time do you cut, and which report of a connector wins: the last one recorded?",
    )


@task(
    title="Republished in between",
    hints=(
        "Three views have to meet: `events.InvoiceIssued`, `.ChargingStarted` and `.TariffPublished`.",
        "Is there a publication of the same tariff, after the start of the session, before the invoice?",
        "`… FROM events.InvoiceIssued i JOIN events.ChargingStarted s USING (session) WHERE EXISTS (…)`",
    ),
    proven="A question that nobody planned for is a join of three kinds of facts that the log had kept.",
)
def tariff_changed_later(attempt: Attempt, answer: object) -> None:
    """Invoices whose tariff was published again between the start of the session and the invoice."""
    republished = attempt.function(answer, "republished", parameters=1)
    same_names(
        attempt,
        names(attempt, republished, cases.bills(), known=cases.INVOICES),
        cases.INVOICES,
        "invoice",
        "Only these could have been computed with a price that the driver never saw.",
        "The same tariff, later than the start of the session, earlier than the invoice.",
    )


@task(
    title="Busy at each instant",
    hints=(
        "`workshop_lib.reading.temporal.state_at_instants` has a row for each instant and connector.",
        "Count the rows that say Charging, for each instant; and where there are none the answer is 0.",
        "`SELECT instant, count(*) FILTER (status = 'Charging') FROM … GROUP BY instant`, and the zeros",
    ),
    proven="State at any instant is the fold up to it, by when facts occurred; late ones fall into place.",
)
def busy_at_each_instant(attempt: Attempt, answer: object) -> None:
    """How many connectors were charging at each instant, by what we know now."""
    busy_at = attempt.function(answer, "busy_at", parameters=2)
    attempt.expect(
        any(_busy(attempt, busy_at, cases.BUSY)),
        seen="You count nobody at all, at any instant of an evening on which up to four cars were charging.",
        why="Whoever looks for another word, or for a time with a zone among times without, finds nothing.",
        look="The word is `Charging`, and `instant.replace(tzinfo=None)` is an instant as the rows name it.",
    )
    for busy in (cases.BUSY, cases.BUSY[:1], cases.BUSY[3:5]):
        for (_, words, right), one in zip(busy, _busy(attempt, busy_at, busy), strict=True):
            attempt.expect(
                one == right,
                seen=f"At an instant {words}, you count `{shown(one, 40)}` charging.",
                why="Time is a parameter: one fold answers for every instant, if it ends where it should.",
                look="A status is the last report until then, by when it occurred, that second included.",
            )
    attempt.expect(
        _busy(attempt, busy_at, cases.SHUFFLED) == [right for _, _, right in cases.SHUFFLED],
        seen="The same instants were passed in another order, not by time, and the numbers do not follow it.",
        why="Whoever asks puts each number beside the instant at the same place in the list.",
        look="Go through `instants` as they come, and take the number of each; sort nothing.",
    )


def _busy(attempt: Attempt, busy_at: Any, busy: Sequence[tuple[str, str, int]]) -> list[Any]:
    instants = [at(clock) for clock, _, _ in busy]
    got = [number(one) for one in numbers(attempt, busy_at, cases.evening(), instants)]
    attempt.expect(
        len(got) == len(busy),
        seen=f"For {counted(len(busy), 'instant')} you give {counted(len(got), 'number')}.",
        why="Whoever draws this curve needs a number for each instant; a quiet hour is 0, not nothing.",
        look="What becomes of an instant without rows? Do you use the instants that you are given?",
    )
    return got


@task(
    title="One write",
    hints=(
        "How many places does `record` write to? Which crash falls between two of them?",
        "One write cannot be half done. The rows and the messages are what `derive` makes of the log.",
        '`office.store.append(f"session-{event.session}", [event], event_ids=[event_id])`',
    ),
    proven="One append has no gap to crash in: what is derived from it agrees, and a repeat counts once.",
)
def one_write(attempt: Attempt, record: object, derive: object) -> None:
    """The dual write repaired: the log is written, all else follows from it."""
    recorder = attempt.function(record, "record", parameters=3)
    deriver = attempt.function(derive, "derive", parameters=1)
    derives(attempt, deriver)
    for evening in crashes(attempt, recorder):
        nothing_lost(attempt, evening)
        nobody_disagrees(attempt, evening, deriver)
    counted_by_id(attempt, recorder)
