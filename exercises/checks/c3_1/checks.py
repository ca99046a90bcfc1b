"""The tasks of `3_1_application_and_hexagon`: a use case that survives clicks and races, and its stores.

The cases are in `c3_1/cases.py`, the socket that several drivers want at once in `contested.py`, the
checks of stores in `stores.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid5

from exercises.checks.c3_1 import cases, generated
from exercises.checks.c3_1.adapters import like_lists
from exercises.checks.c3_1.agreements import decide_like_ours, decides_on, same_days
from exercises.checks.c3_1.cases import ADA_IN, ADA_OUT, BOB_IN
from exercises.checks.c3_1.contested import CONFLICT, CRASHED, DONE, REFUSED, THERE, Counted, Evening, Result
from exercises.checks.c3_1.stores import explains_what_is_missing, keeps_its_promises, plays_at
from workbench.classroom.agreement import agrees
from workbench.classroom.attempt import Attempt, name_of
from workbench.classroom.plain import clipped, shown
from workbench.classroom.task import task
from workbench.scenarios.clicks import CLICK, Request
from workbench.scenarios.contested import AFTER_THE_LOOK, BEFORE_THE_APPEND
from workbench.scenarios.reservable_socket import PlugIn
from workbench.simulation.power import Failpoint
from workshop_lib.modeling.timeline import in_words

MOMENTS = (BEFORE_THE_APPEND, AFTER_THE_LOOK)


@task(
    title="Load, decide, append",
    hints=(
        "Three steps, in this order. What does the third need from the first?",
        "The decision is based on the version that you loaded. Pass that version to `save`.",
        "`state, version = sockets.load(socket)`",
    ),
)
def load_decide_append(attempt: Attempt, answer: object) -> None:
    """A use case without a rule of its own, which lets the store detect a lost race."""
    handle = attempt.function(answer, "handle", parameters=3)
    for case in cases.COMMANDS:
        _handles(attempt, handle, case)
    for moment in MOMENTS:
        _notices_a_rival(attempt, handle, moment)
    same_days(
        attempt,
        handle,
        generated.handle,
        generated.COMMANDS,
        "The same three steps are right for every socket, driver and command, and after every history.",
        "Does each step use what it was given: the socket, the command, the version that was loaded?",
    )


def _handles(attempt: Attempt, handle: Callable[..., Any], case: cases.Handled) -> None:
    evening = Evening(attempt, handle, Counted())
    evening.happened(BOB_IN, socket=THERE)
    evening.happened(*case.history)
    result = evening.call(case.command)
    attempt.expect(
        result.outcome == (REFUSED if case.events is None else DONE),
        seen=f"{case.words} `{in_words(case.command)}`: {_in_words(result)}.",
        why="The decider has the rules. What it allows is recorded; what it refuses, the caller has to hear.",
        look="Which version does `save` get: the one that was loaded with the state?"
        if result.outcome == CONFLICT
        else "Does `SOCKET.decide` make every decision? Does its refusal reach the caller?",
    )
    attempt.same_events(
        evening.story(),
        [*case.history, *(case.events or ())],
        seen=f"{case.words} The stream holds other events.",
        why="Only what a use case appends has happened.",
        look="Append all decided events and nothing else, at the version that was loaded.",
    )


def _notices_a_rival(attempt: Attempt, handle: Callable[..., Any], moment: str) -> None:
    evening = Evening(attempt, handle, Counted([BOB_IN], moment=moment))
    result = evening.call(PlugIn("ada", "18:05"))
    attempt.expect(
        ADA_IN not in evening.story(),
        seen=f"Bob plugged in {moment}, and Ada's `SocketTaken` follows his: two cars, one socket.",
        why="You decided on a socket that was free. An append has to name the version behind the decision.",
        look="Which version does `save` get: the one that was loaded with the state, or another?",
    )
    attempt.expect(
        result.outcome in (CONFLICT, REFUSED),
        seen=f"Bob plugged in {moment}, and Ada's call ended as if all were well.",
        why="Nothing was recorded for her. She stands at a taken socket, and her app says: done.",
        look="Which `except` swallows `WrongExpectedVersion`? Let it through.",
    )


def _in_words(result: Result) -> str:
    words = {
        DONE: "it was done",
        REFUSED: f"it was refused ({result.words})",
        CONFLICT: f"it ended with {result.words}, although nobody was faster",
        CRASHED: "the program died",
    }
    return words[result.outcome]


@task(
    title="The key of a click",
    hints=(
        "Put the requests of one press side by side. Which fields are the same in all of them?",
        "Which of these together distinguish one press from all others, on every device and every day?",
        "`return request.device, …`",
    ),
)
def the_key_of_a_click(attempt: Attempt, answer: object) -> None:
    """One key for one press, however often it is sent."""
    key_of = attempt.function(answer, "key_of", parameters=1)
    key = attempt.call(key_of, CLICK)
    attempt.expect(
        getattr(type(key), "__hash__", None) is not None,
        seen=f"Your key is `{shown(key, 60)}`, which cannot be used for a look-up.",
        why="A key is compared with all earlier keys, so it must not change.",
        look="Return a text, a number, an id, or a tuple of these.",
    )
    for words, one, other in cases.SAME:
        _keys(attempt, key_of, words, one, other, same=True)
    for words, one, other in cases.OTHER:
        _keys(attempt, key_of, words, one, other, same=False)

    def yours(pair: tuple[Request, Request]) -> bool:
        return bool(attempt.call(key_of, pair[0]) == attempt.call(key_of, pair[1]))

    def differs(pair: tuple[Request, Request], equal: bool) -> None:
        _keys(attempt, key_of, "and " + generated.what_differs(*pair), *pair, same=not equal)

    agrees(attempt, generated.requests(), yours, generated.is_one_press, differs)


def _keys(
    attempt: Attempt, key_of: Callable[..., Any], words: str, one: object, other: object, same: bool
) -> None:
    first, second = attempt.call(key_of, one), attempt.call(key_of, other)
    keys = f"`{shown(first, 60)}`" if first == second else f"`{shown(first, 60)}` and `{shown(second, 60)}`"
    attempt.expect(
        not same or first == second,
        seen=f"It was one press: {words}. Your keys are {keys}.",
        why="Two keys mean two presses, so this one is carried out twice.",
        look="Which field of your key changes each time the *same* press is sent?",
    )
    attempt.expect(
        same or first != second,
        seen=f"There were two presses: {words}. Your key is {keys} for both.",
        why="The second press is dropped as a copy of the first, and nobody ever hears of it.",
        look="Which device counts a press, and which presses does that count include?",
    )


CLICKS = [uuid5(UUID(int=0), str(number)) for number in range(3)]


@task(
    title="A double click",
    hints=(
        "A copy may arrive seconds or hours later, after a restart of the program. Where is the click kept?",
        "In the log: write the click beside the event, and look for it before you decide.",
        "`if any(seen.causation_id == click for seen in sockets.store.read_stream(…)):` and then `return`",
    ),
)
def a_double_click(attempt: Attempt, answer: object) -> None:
    """A click that counts once, whenever its copies arrive."""
    start = attempt.function(answer, "start_session", parameters=5)
    evening = Evening(attempt, start, Counted())
    ada, bob, later = CLICKS
    _click(evening, "Ada clicks at a free socket.", ("ada", "18:05", ada), DONE, ADA_IN)
    _click(evening, "Ada's click arrives a second time.", ("ada", "18:05", ada), DONE)
    _click(evening, "Bob clicks while Ada's car stands there.", ("bob", "18:10", bob), REFUSED)
    evening.happened(ADA_OUT)
    _click(evening, "Ada has left; a copy of her click arrives an hour late.", ("ada", "18:05", ada), DONE)
    _click(evening, "Ada comes back and clicks again.", ("ada", "19:30", later), DONE, ADA_IN)
    _click(evening, "A copy of Ada's very first click arrives.", ("ada", "18:05", ada), DONE)
    for after in (False, True):
        _crashes(attempt, start, after)
    same_days(
        attempt,
        start,
        generated.start_session,
        generated.clicks(),
        "Each click counts once, however many others came in between, for every driver and every socket.",
        "Which events do you look through for the click: all of this socket's? And with what do you compare?",
    )


def _click(evening: Evening, words: str, call: tuple[object, ...], outcome: str, *events: object) -> None:
    before = evening.story()
    result = evening.call(*call)
    attempt = evening.attempt
    lost = outcome == DONE and call[-1] not in [seen.causation_id for seen in evening.store.read()]
    attempt.expect(
        result.outcome == outcome,
        seen=f"{words} The result: {_in_words(result)}.",
        why="A copy gets the answer of the first click: all is well. Only a real refusal reaches the driver.",
        look="No event in the log has this click. Does `save` write it, as its `causation_id`?"
        if lost
        else "First look in the log for this click. Decide only if it is not there.",
    )
    attempt.same_events(
        evening.story(),
        [*before, *events],
        seen=f"{words} Now the stream holds other events.",
        why="A click that counts twice becomes a car that nobody sees, or a bill that nobody understands.",
        look="How do you recognise a click: by the state of the socket, or by its own id?",
    )


def _crashes(attempt: Attempt, start: Callable[..., Any], after: bool) -> None:
    evening = Evening(attempt, start, Counted())
    evening.store.failpoint = Failpoint(1, after)
    call = ("ada", "18:05", CLICKS[0])
    evening.call(*call)
    evening.store.failpoint = Failpoint()
    result, moment = evening.call(*call), "after" if after else "before"
    attempt.expect(
        result.outcome == DONE and evening.story() == [ADA_IN],
        seen=f"The program died just {moment} the append, and Ada clicked again: {_in_words(result)}, and "
        f"the stream holds `{shown(evening.story(), 80)}`.",
        why="Nobody can see whether a program died before or after its append. A retry must be safe.",
        look="Is the click written in the same append as the event, and nowhere else?",
    )


@task(
    title="A concurrent reservation",
    hints=(
        "After a lost race your state is old. What has to be done again, and what must not be reused?",
        "A loop: load, decide, append. Leave it with `return`; go round again on `WrongExpectedVersion`.",
        "`for lost in range(10):` with a `try:` in it; after the loop `raise` the error of the last round",
    ),
)
def a_concurrent_reservation(attempt: Attempt, answer: object) -> None:
    """A use case that decides again after a lost race, on the new state, and gives up in the end."""
    start = attempt.function(answer, "start_among_rivals", parameters=4)
    for moment in MOMENTS:
        for race in cases.RACES:
            _runs(attempt, start, race, moment)
    evening = Evening(attempt, start, Counted(*cases.FOR_EVER))
    result = evening.call("ada", "18:05")
    attempt.expect(
        result.outcome == CONFLICT and ADA_IN not in evening.story(),
        seen=f"Bob was faster in all {evening.store.tried} rounds, and Ada's call ended {_ended(result)}.",
        why="A use case that gives up has to say so: nothing was recorded, and only the caller can act.",
        look="After the last round, let `WrongExpectedVersion` through to the caller.",
    )
    same_days(
        attempt,
        start,
        generated.start_among_rivals,
        generated.RIVALS,
        "Whoever gives up too early refuses for nothing, and whoever goes on too long keeps people waiting.",
        "Count the rounds: she may lose nine races and win the tenth; after eleven she has given up.",
    )


def _runs(attempt: Attempt, start: Callable[..., Any], race: cases.Race, moment: str) -> None:
    evening = Evening(attempt, start, Counted(*race.rivals, moment=moment))
    result = evening.call("ada", "18:05")
    words = race.words if race.words.endswith(".") else f"{race.words} {moment}."
    attempt.expect(
        race.outcome == DONE or ADA_IN not in evening.story(),
        seen=f"{words} Ada's `SocketTaken` follows it, against the rules.",
        why="The old decision was about a state that no longer exists.",
        look="After a lost race use nothing from the old round: neither its state nor its events.",
    )
    attempt.expect(
        result.outcome == race.outcome,
        seen=f"{words} Ada's call ended {_ended(result)}.",
        why="If the rules still allow it, she gets her socket. If not, she has to hear which rule.",
        look="Load again, then let `SOCKET.decide` decide on the new state.",
    )
    attempt.same_events(evening.story(), race.story, seen=f"{words} The stream holds other events.")


def _ended(result: Result) -> str:
    words = {DONE: "as if all were well", REFUSED: f"with a refusal: {clipped(result.words, 60)}"}
    return words.get(result.outcome, f"with `{result.words}`")


@task(
    title="Retry is a policy",
    hints=(
        "Read each sentence for two things: when to try again at all, and how often at most.",
        "Three of the four are in `workshop_lib.modeling.application`: `no_retry`, "
        "`retry_if_unchanged(times)`, `decide_again(times)`.",
        '`policies = {"reserve": no_retry, …}`; the fourth: `lambda lost, conflict: lost <= 3 and all(…)`',
    ),
)
def retry_is_a_policy(attempt: Attempt, policies: object) -> None:
    """A policy for each use case, which says whether to decide again."""
    given: dict[str, Any] = attempt.value(policies, dict, "What you passed")
    for name, lost_races in cases.POLICIES.items():
        attempt.expect(
            name in given,
            seen=f"There is no policy for `{name}`.",
            why="Without one the use case gives up, and nobody has decided that it should.",
            look="The keys are the four words in the exercise.",
        )
        retry = attempt.function(given[name], name, parameters=2)
        for case in lost_races:
            decides_on(attempt, retry, name, case)
    decide_like_ours(attempt, given)


@task(
    title="Which import breaks it?",
    hints=(
        "For each line: which part of the hexagon has the module, and which part has what it imports?",
        "From the inside: domain, port, application, storage, workbench. Only a step outwards breaks it.",
        "Start with the outer ones, like `store.duckdb_engine.store`: they may import anything inside.",
    ),
)
def which_import_breaks_it(attempt: Attempt, breaks: object) -> None:
    """The letters of the imports that point outwards."""
    given: Any = attempt.value(breaks, (set, list, tuple, str), "What you passed")
    letters = {str(letter).strip().upper() for letter in given} - {"", ","}
    unknown = sorted(letters - set(cases.IMPORTS))
    attempt.expect(
        not unknown,
        seen=f"There is no import `{clipped(str(unknown[0]), 20) if unknown else ''}`.",
        why="Each of the eight has a letter.",
        look='Pass a set of letters, such as `{"A", "B"}`.',
    )
    for letter, candidate in cases.IMPORTS.items():
        named = letter in letters
        attempt.expect(
            named == candidate.breaks,
            seen=f"`{letter}` {'breaks nothing' if named else 'is missing'}: `{candidate.module}` with "
            f"`{candidate.line}`.",
            why=candidate.why,
            look="Find both names in the picture. From which part to which does the arrow point?",
        )


@task(
    title="The address chooses the store",
    hints=(
        "Which line can fail because a server is missing, and which because a rule says no?",
        "Only `open_store(address)` goes into the `try`; `with store:` closes the store in any case.",
        "`try: store = open_store(address)`",
    ),
)
def the_address_chooses(attempt: Attempt, answer: object) -> None:
    """One use case at any address; a missing server becomes a sentence."""
    evening_at = attempt.function(answer, "evening_at", parameters=1)
    plays_at(attempt, evening_at)
    for address in cases.NOWHERE:
        explains_what_is_missing(attempt, evening_at, address)


@task(
    title="An adapter of your own",
    methods=("read_stream", "append"),
    hints=(
        "The events of a stream in a list: what is its version, and what does `append` have to compare?",
        "Compare first and raise `WrongExpectedVersion(stream, expected_version, actual)`; then extend.",
        "In `read_stream`: `return [recorded(event, number) for number, event in enumerate(…, 1)]`",
    ),
)
def an_adapter_of_your_own(attempt: Attempt, answer: object) -> None:
    """A store of the participant's own, with the two methods of the port that a use case needs."""
    attempt.expect(
        isinstance(answer, type),
        seen=f"You passed `{shown(answer, 60)}`, not a class.",
        why="The check makes a new store for each case.",
        look=f"Pass `{name_of(answer)}` without parentheses." if callable(answer) else "Pass the class.",
    )
    keeps_its_promises(attempt, answer)  # type: ignore[arg-type]
    like_lists(attempt, answer)  # type: ignore[arg-type]
