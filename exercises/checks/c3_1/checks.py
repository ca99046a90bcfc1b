"""The tasks of `3_1_application_and_hexagon`: a use case that survives clicks and races, and its stores.

What answers are tried on stands in `c3_1/cases.py`, the socket that several want at once in
`contested.py`, and the judges of stores in `stores.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid5

from exercises.checks.c3_1 import cases
from exercises.checks.c3_1.cases import ADA_IN, ADA_OUT, BOB_IN
from exercises.checks.c3_1.contested import DEAD, DONE, OVERTAKEN, REFUSED, THERE, Counted, Evening, Told
from exercises.checks.c3_1.stores import keeps_its_promises, missing_is_told, plays_at
from workbench.classroom.attempt import Attempt, name_of
from workbench.classroom.plain import clipped, shown
from workbench.classroom.task import task
from workbench.scenarios.clicks import CLICK
from workbench.scenarios.contested import AFTER_THE_LOOK, BEFORE_THE_APPEND
from workbench.scenarios.reservable_socket import PlugIn
from workbench.simulation.power import Failpoint
from workshop_lib.modeling.timeline import in_words

MOMENTS = (BEFORE_THE_APPEND, AFTER_THE_LOOK)


@task(
    title="Load, decide, append",
    hints=(
        "Three steps, in this order. What does the third need to know of the first?",
        "The decision rests on the version that you loaded. Hand just that one to `save`.",
        "`state, version = sockets.load(socket)`",
    ),
)
def load_decide_append(attempt: Attempt, answer: object) -> None:
    """A use case holds no rule, and lets the store say when somebody was faster."""
    handle = attempt.function(answer, "handle", parameters=3)
    for case in cases.COMMANDS:
        _handles(attempt, handle, case)
    for moment in MOMENTS:
        _notices_a_rival(attempt, handle, moment)


def _handles(attempt: Attempt, handle: Callable[..., Any], case: cases.Handled) -> None:
    evening = Evening(attempt, handle, Counted())
    evening.happened(BOB_IN, socket=THERE)
    evening.happened(*case.history)
    told = evening.ask(case.command)
    attempt.expect(
        told.outcome == (REFUSED if case.events is None else DONE),
        seen=f"{case.words} `{in_words(case.command)}`: {_as_told(told)}.",
        why="The rules are the decider's: what it allows is recorded, what it refuses is told to who asked.",
        look="Which version does `save` get: the one that came with the state?"
        if told.outcome == OVERTAKEN
        else "Is every decision made by `SOCKET.decide`, and does its refusal get through?",
    )
    attempt.same_events(
        evening.story(),
        [*case.history, *(case.events or ())],
        seen=f"{case.words} The stream does not tell it so.",
        why="What a use case does not append has not happened.",
        look="The events that were decided, all of them and nothing else, at the version that was loaded.",
    )


def _notices_a_rival(attempt: Attempt, handle: Callable[..., Any], moment: str) -> None:
    evening = Evening(attempt, handle, Counted([BOB_IN], moment=moment))
    told = evening.ask(PlugIn("ada", "18:05"))
    attempt.expect(
        ADA_IN not in evening.story(),
        seen=f"Bob plugged in {moment}, and Ada's `SocketTaken` stands behind his: two cars, one socket.",
        why="You decided upon a socket that was free. Whoever appends has to say upon what they decided.",
        look="Which version does `save` get: the one that came with the state, or another?",
    )
    attempt.expect(
        told.outcome in (OVERTAKEN, REFUSED),
        seen=f"Bob plugged in {moment}, and Ada was told nothing.",
        why="Nothing was recorded for her. She stands at a socket with a car in it, and the app says: done.",
        look="Which `except` swallows `WrongExpectedVersion`? Let it through.",
    )


def _as_told(told: Told) -> str:
    words = {
        DONE: "it was done",
        REFUSED: f"it was refused ({told.words})",
        OVERTAKEN: f"it ended with {told.words}, though nobody was faster",
        DEAD: "the program died",
    }
    return words[told.outcome]


@task(
    title="The key of a click",
    hints=(
        "Put the requests of one press side by side: which fields are the same in all of them?",
        "Of these, which together tell one press from all others, on every device, tomorrow as well?",
        "`return request.device, …`",
    ),
)
def the_key_of_a_click(attempt: Attempt, answer: object) -> None:
    """One press, one key: however often it is sent, and whoever else presses."""
    key_of = attempt.function(answer, "key_of", parameters=1)
    key = attempt.call(key_of, CLICK)
    attempt.expect(
        getattr(type(key), "__hash__", None) is not None,
        seen=f"Your key is `{shown(key, 60)}`, by which nothing can be looked up.",
        why="A key is compared with all keys that came before, so it may not change.",
        look="A text, a number, an id, or a tuple of these.",
    )
    for words, one, other in cases.SAME:
        _keys(attempt, key_of, words, one, other, same=True)
    for words, one, other in cases.OTHER:
        _keys(attempt, key_of, words, one, other, same=False)


def _keys(
    attempt: Attempt, key_of: Callable[..., Any], words: str, one: object, other: object, same: bool
) -> None:
    first, second = attempt.call(key_of, one), attempt.call(key_of, other)
    keys = f"`{shown(first, 60)}`" if first == second else f"`{shown(first, 60)}` and `{shown(second, 60)}`"
    attempt.expect(
        not same or first == second,
        seen=f"It was one press: {words}. Your keys are {keys}.",
        why="Two keys are two wishes: the press is carried out twice.",
        look="Which field of your key is another one each time the *same* press is sent?",
    )
    attempt.expect(
        same or first != second,
        seen=f"There were two presses: {words}. Your key is {keys} for both.",
        why="The second wish is taken for a copy of the first and dropped, and nobody ever hears of it.",
        look="Who draws the number of a press, and for whom does it count?",
    )


CLICKS = [uuid5(UUID(int=0), str(number)) for number in range(3)]


@task(
    title="A double click",
    hints=(
        "A copy may arrive seconds or hours later, at a program that was started anew. Who still knows?",
        "The log knows: write the click beside the event, and look for it before you decide.",
        "`if any(seen.causation_id == click for seen in sockets.store.read_stream(…)):` and then `return`",
    ),
)
def a_double_click(attempt: Attempt, answer: object) -> None:
    """A click counts once, whenever its copies arrive."""
    start = attempt.function(answer, "start_session", parameters=5)
    evening = Evening(attempt, start, Counted())
    ada, bob, later = CLICKS
    _asks(evening, "Ada clicks at a free socket.", ("ada", "18:05", ada), DONE, ADA_IN)
    _asks(evening, "Ada's click arrives a second time.", ("ada", "18:05", ada), DONE)
    _asks(evening, "Bob clicks while Ada's car stands there.", ("bob", "18:10", bob), REFUSED)
    evening.happened(ADA_OUT)
    _asks(evening, "Ada has left, and a copy of her click arrives an hour late.", ("ada", "18:05", ada), DONE)
    _asks(evening, "Ada comes back and clicks anew.", ("ada", "19:30", later), DONE, ADA_IN)
    _asks(evening, "A copy of Ada's very first click arrives.", ("ada", "18:05", ada), DONE)
    for after in (False, True):
        _crashes(attempt, start, after)


def _asks(evening: Evening, words: str, ask: tuple[object, ...], outcome: str, *events: object) -> None:
    before = evening.story()
    told = evening.ask(*ask)
    attempt = evening.attempt
    lost = outcome == DONE and ask[-1] not in [seen.causation_id for seen in evening.store.read()]
    attempt.expect(
        told.outcome == outcome,
        seen=f"{words} What came: {_as_told(told)}.",
        why="A copy is answered as the first was: all is well. Who is really refused has to hear why.",
        look="No event in the log names this click: does `save` write it, as its `causation_id`?"
        if lost
        else "First ask the log whether this click was recorded; only if not, decide.",
    )
    attempt.same_events(
        evening.story(),
        [*before, *events],
        seen=f"{words} Now the stream tells another story.",
        why="A click that counts twice is a car that nobody sees, or a bill that nobody understands.",
        look="By what do you know a click again: by the state of the socket, or by its own id?",
    )


def _crashes(attempt: Attempt, start: Callable[..., Any], after: bool) -> None:
    evening = Evening(attempt, start, Counted())
    evening.store.failpoint = Failpoint(1, after)
    ask = ("ada", "18:05", CLICKS[0])
    evening.ask(*ask)
    evening.store.failpoint = Failpoint()
    told, moment = evening.ask(*ask), "after" if after else "before"
    attempt.expect(
        told.outcome == DONE and evening.story() == [ADA_IN],
        seen=f"The program died just {moment} the append, and Ada clicked again: {_as_told(told)}, and the "
        f"stream tells `{shown(evening.story(), 80)}`.",
        why="Nobody can know on which side of the append a program died. So asking again must be safe.",
        look="Is the click written in the same append as the event, and nowhere else?",
    )


@task(
    title="A concurrent reservation",
    hints=(
        "Who lost a race knows an old state. What has to be done again, and what must not be taken along?",
        "A loop: load, decide, append. Out of it with `return`, round again on `WrongExpectedVersion`.",
        "`for lost in range(10):`, in it `try:`, and behind it `raise` what the last round raised",
    ),
)
def a_concurrent_reservation(attempt: Attempt, answer: object) -> None:
    """Who lost a race decides again, upon what is true now, and not for ever."""
    start = attempt.function(answer, "start_among_rivals", parameters=4)
    for moment in MOMENTS:
        for race in cases.RACES:
            _runs(attempt, start, race, moment)
    evening = Evening(attempt, start, Counted(*cases.FOR_EVER))
    told = evening.ask("ada", "18:05")
    attempt.expect(
        told.outcome == OVERTAKEN and ADA_IN not in evening.story(),
        seen=f"Bob was faster in each of {evening.store.tried} rounds, and Ada's call ended {_ended(told)}.",
        why="Whoever gives up has to say so: nothing was recorded, and nobody but the caller can help.",
        look="After the last round, let `WrongExpectedVersion` through to the caller.",
    )


def _runs(attempt: Attempt, start: Callable[..., Any], race: cases.Race, moment: str) -> None:
    evening = Evening(attempt, start, Counted(*race.rivals, moment=moment))
    told = evening.ask("ada", "18:05")
    words = race.words if race.words.endswith(".") else f"{race.words} {moment}."
    attempt.expect(
        race.told == DONE or ADA_IN not in evening.story(),
        seen=f"{words} Ada's `SocketTaken` stands behind it, against the rules.",
        why="What was decided before is a decision about a socket that is not there any more.",
        look="After a lost race nothing of the old round may be used: neither its state nor its events.",
    )
    attempt.expect(
        told.outcome == race.told,
        seen=f"{words} Ada's call ended {_ended(told)}.",
        why="If it may still be, she gets her socket. If a rule forbids it now, she is told the rule.",
        look="Load anew, then let `SOCKET.decide` say what is so now.",
    )
    attempt.same_events(evening.story(), race.story, seen=f"{words} The stream tells another story.")


def _ended(told: Told) -> str:
    words = {DONE: "as if all were well", REFUSED: f"with a refusal: {clipped(told.words, 60)}"}
    return words.get(told.outcome, f"with `{told.words}`")


@task(
    title="Retry is a policy",
    hints=(
        "Read each sentence for two things: when again at all, and how often at most?",
        "Three of the four stand in `workshop_lib.modeling.application`: `no_retry`, "
        "`retry_if_unchanged(times)`, `decide_again(times)`.",
        '`policies = {"reserve": no_retry, …}`; the fourth: `lambda lost, conflict: lost <= 3 and all(…)`',
    ),
)
def retry_is_a_policy(attempt: Attempt, policies: object) -> None:
    """For each use case a value that says whether to decide again."""
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
            _decides_upon(attempt, retry, name, case)


def _decides_upon(attempt: Attempt, retry: Callable[..., Any], name: str, case: cases.Lost) -> None:
    conflict = cases.conflict(case.command, case.before, case.since)
    again = attempt.call(retry, case.lost, conflict, may_be_none=True, copied=False)
    often = "once" if case.lost == 1 else f"{case.lost} times"
    attempt.expect(
        bool(again) == case.again,
        seen=f"`{name}`: somebody was faster {often}, the last time because {case.words}. "
        f"Your policy {'tries again' if again else 'gives up'}.",
        why="Who tries too often does what nobody wants any more; who gives up leaves people standing.",
        look="Read the sentence of this use case again: when, and how often?",
    )


@task(
    title="Which import breaks it?",
    hints=(
        "For each: in which part of the hexagon is the module, and in which is what it imports?",
        "From the inside: domain, port, application, storage, workbench. Only a step outwards breaks it.",
        "Start with the outer ones, like `store.duckdb_engine.store`: they may import whatever is inside.",
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
        accused = letter in letters
        attempt.expect(
            accused == candidate.breaks,
            seen=f"`{letter}` {'breaks nothing' if accused else 'passed you by'}: `{candidate.module}` with "
            f"`{candidate.line}`.",
            why=candidate.why,
            look="Find both names in the picture. From which part to which does the arrow point?",
        )


@task(
    title="The address chooses the store",
    hints=(
        "Which line can fail because a server is missing, and which because the business says no?",
        "`open_store(address)` within `try`, the evening not; `with store:` closes it whatever happens.",
        "`try: store = open_store(address)`",
    ),
)
def the_address_chooses(attempt: Attempt, answer: object) -> None:
    """One use case at any address; a server that is missing is a sentence."""
    evening_at = attempt.function(answer, "evening_at", parameters=1)
    plays_at(attempt, evening_at)
    for address in (cases.NOBODY_THERE, cases.NO_ADAPTER):
        missing_is_told(attempt, evening_at, address)


@task(
    title="An adapter of your own",
    methods_are_gaps=True,
    hints=(
        "The events of a stream in a list: what is its version, and what does `append` have to compare?",
        "Compare first and raise `WrongExpectedVersion(stream, expected_version, actual)`; then extend.",
        "In `read_stream`: `return [recorded(event, number) for number, event in enumerate(…, 1)]`",
    ),
)
def an_adapter_of_your_own(attempt: Attempt, answer: object) -> None:
    """The port's two promises that a use case needs, kept by the participant."""
    attempt.expect(
        isinstance(answer, type),
        seen=f"You passed `{shown(answer, 60)}`, not a class.",
        why="Each case is tried on a store of its own.",
        look=f"Pass `{name_of(answer)}` without parentheses." if callable(answer) else "Pass the class.",
    )
    keeps_its_promises(attempt, answer)  # type: ignore[arg-type]
