"""The socket of chapter 2.3, its mutants, and the office that keeps it in a table."""

from __future__ import annotations

from collections import Counter

import pytest

from exercises.checks.c2_3.cases import RULES, Rule
from workbench.scenarios.evening import CROWDED_EVENING
from workbench.scenarios.office import Office, history_of
from workbench.scenarios.reservable_socket import (
    SOCKET,
    Free,
    Reserve,
    Reserved,
    SocketLeft,
    SocketReserved,
    SocketTaken,
    Taken,
)
from workbench.scenarios.socket_mutants import ALL_MUTANTS
from workbench.scenarios.stream_cost import cost, day, owner_of, station_stream
from workbench.simulation.power import Failpoint, PowerFailure
from workshop_lib.modeling import fold, given
from workshop_lib.modeling.mutants import run_mutants
from workshop_lib.modeling.search import shortest_breaking_history
from workshop_lib.modeling.specification import NotAsSpecified, Subject

COMMANDS = [rule.when for rule in RULES]


def holds(rule: Rule, subject: Subject) -> None:
    outcome = given(subject, *rule.given).when(rule.when)
    outcome.then_refused() if rule.then is None else outcome.then(*rule.then)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.words)
def test_the_socket_keeps_its_rules(rule: Rule):
    holds(rule, SOCKET)


def test_the_rules_catch_every_mutant():
    report = run_mutants([_all], SOCKET, {one.bug: one.decider for one in ALL_MUTANTS})
    assert not report.survived
    assert not report.wrong


def _all(subject: Subject) -> None:
    for rule in RULES:
        holds(rule, subject)


@pytest.mark.parametrize("mutant", ALL_MUTANTS, ids=lambda mutant: mutant.bug)
def test_a_mutant_behaves_differently_from_the_right_socket(mutant):
    assert shortest_breaking_history(mutant.decider, SOCKET, COMMANDS)


def test_every_rule_is_broken_by_a_mutant():
    broken = {rule.words for rule in RULES for mutant in ALL_MUTANTS if _breaks(rule, mutant.decider)}
    assert broken == {rule.words for rule in RULES}


def test_no_two_mutants_are_the_same_bug():
    answers = [tuple(_answers(mutant.decider)) for mutant in ALL_MUTANTS]
    assert len(set(answers)) == len(ALL_MUTANTS)


def _answers(subject: Subject) -> list[str]:
    return [repr(given(subject, *rule.given).when(rule.when)) for rule in RULES]


def test_a_mutant_breaks_one_or_two_rules_and_keeps_all_others():
    for mutant in ALL_MUTANTS:
        broken = [rule.words for rule in RULES if _breaks(rule, mutant.decider)]
        assert 1 <= len(broken) <= 2, (mutant.bug, broken)


def _breaks(rule: Rule, subject: Subject) -> bool:
    try:
        holds(rule, subject)
    except NotAsSpecified:
        return True
    return False


def test_no_sequence_of_commands_puts_two_cars_at_the_socket():
    commands = [*COMMANDS, *CROWDED_EVENING]
    assert shortest_breaking_history(SOCKET, one_car_at_a_time, commands, most=400) is None


def one_car_at_a_time(history) -> bool:
    counts = Counter(type(event) for event in history)
    return counts[SocketTaken] - counts[SocketLeft] in (0, 1)


@pytest.mark.parametrize("state", [Free(), Reserved("ada", "18:15"), Taken("bob")])
def test_a_state_is_stored_in_the_row_and_has_a_history(state):
    assert Office(state).row == state
    assert fold(SOCKET, history_of(state)) == state


@pytest.mark.parametrize("write", [1, 2, 3])
def test_a_transaction_is_atomic(write: int):
    office = Office(failpoint=Failpoint(write))
    with pytest.raises(PowerFailure):
        _reserved(office)
    assert (office.row, office.emitted) == (Free(), [])


def _reserved(office: Office) -> None:
    with office.transaction():
        office.save(Reserved("ada", "18:15"))
        office.emit(SocketReserved("ada", "18:15"))


def test_a_rival_waits_for_the_end_of_a_transaction():
    office = Office(rival=Reserve("bob", "18:00", "18:30"))
    with office.transaction():
        assert office.load() == Free()
        office.save(Taken("ada"))
    assert office.row == Taken("ada")


def test_a_rival_is_faster_than_a_load_outside_of_a_transaction():
    office = Office(rival=Reserve("bob", "18:00", "18:30"))
    assert office.load() == Free()
    assert office.row == Reserved("bob", "18:30")


def test_a_stream_for_each_session_and_connector_is_short_and_without_conflicts():
    narrow = cost(lambda event: "-".join(map(str, owner_of(event))))
    wide = cost(station_stream)
    assert narrow.conflicts == 0 < wide.conflicts
    assert narrow.longest * 10 < wide.longest <= len(day())
