"""Commands of a session, from its start to its end."""

from __future__ import annotations

import pytest

from workshop_lib.charging.session import (
    ChargingResumed,
    ChargingStarted,
    ChargingStopped,
    ChargingSuspended,
    Command,
    MeterRead,
    ReadMeter,
    ResumeCharging,
    StartCharging,
    StopCharging,
    StopReason,
    SuspendCharging,
    SuspendedBy,
    decider,
)
from workshop_lib.modeling import fold, given

START = StartCharging(7, "cinema-7", "NL-TNM-000123", "standard", 5_000)
STARTED = ChargingStarted(7, "cinema-7", "NL-TNM-000123", "standard", 5_000)
SUSPENDED = ChargingSuspended(7, SuspendedBy.EVSE)
STOPPED = ChargingStopped(7, 5_900, StopReason.LOCAL)
SUSPEND, RESUME = SuspendCharging(7, SuspendedBy.EVSE), ResumeCharging(7)
STOP = StopCharging(7, 5_900, StopReason.LOCAL)


def reading(seq_no: int, energy_wh: int) -> MeterRead:
    return MeterRead(7, "cinema-7", seq_no, energy_wh, 11_000)


def read(seq_no: int, energy_wh: int, connector: str = "cinema-7", power_w: int = 11_000) -> ReadMeter:
    return ReadMeter(7, connector, seq_no, energy_wh, power_w)


def test_a_session_starts_with_what_the_meter_shows() -> None:
    given(decider).when(START).then(STARTED)


def test_a_session_starts_once() -> None:
    given(decider, STARTED).when(START).then_refused("a session starts once")


@pytest.mark.parametrize("command", [read(1, 5_100), SUSPEND, RESUME, STOP])
def test_a_session_that_has_not_started_refuses_other_commands(command: Command) -> None:
    given(decider).when(command).then_refused("it has not started")


@pytest.mark.parametrize("command", [read(1, 5_950), SUSPEND, RESUME, STOP])
def test_a_stopped_session_refuses_all_commands(command: Command) -> None:
    given(decider, STARTED, STOPPED).when(command).then_refused("what has stopped stays stopped")


def test_a_reading_is_recorded_with_its_number() -> None:
    given(decider, STARTED, reading(1, 5_100)).when(read(2, 5_350)).then(reading(2, 5_350))


@pytest.mark.parametrize("seq_no", [1, 2])
def test_a_repeated_or_late_reading_is_not_recorded(seq_no: int) -> None:
    given(decider, STARTED, reading(1, 5_100), reading(2, 5_350)).when(read(seq_no, 5_100)).then()


def test_readings_may_be_missing() -> None:
    given(decider, STARTED, reading(1, 5_100)).when(read(5, 5_700)).then(reading(5, 5_700))


def test_the_same_reading_under_a_new_number_is_recorded() -> None:
    given(decider, STARTED, reading(1, 5_100)).when(read(2, 5_100)).then(reading(2, 5_100))


def test_a_meter_never_runs_backwards() -> None:
    history = STARTED, reading(1, 5_100)

    given(decider, *history).when(read(2, 5_099)).then_refused("it showed 5100 Wh already")
    given(decider, *history).when(StopCharging(7, 5_099, StopReason.LOCAL)).then_refused(
        "never runs backwards"
    )


def test_a_meter_does_not_begin_below_zero() -> None:
    given(decider).when(StartCharging(7, "zoo-1", "NL-TNM-000123", "night", -1)).then_refused(
        "never runs backwards"
    )


@pytest.mark.parametrize(("connector", "token"), [("", "NL-TNM-000123"), ("cinema-7", " ")])
def test_a_session_has_a_connector_and_a_token(connector: str, token: str) -> None:
    given(decider).when(StartCharging(7, connector, token, "standard", 0)).then_refused(
        "a connector and a token"
    )


def test_a_session_stays_at_one_connector() -> None:
    given(decider, STARTED).when(read(1, 5_100, connector="cinema-8")).then_refused("stays at one connector")


def test_a_car_gives_no_energy_back() -> None:
    given(decider, STARTED).when(read(1, 5_100, power_w=-1)).then_refused("gives none back")


def test_a_session_is_suspended_and_resumed() -> None:
    given(decider, STARTED).when(SUSPEND).then(SUSPENDED)
    given(decider, STARTED, SUSPENDED).when(RESUME).then(ChargingResumed(7))


def test_a_session_is_not_suspended_twice_nor_resumed_while_it_charges() -> None:
    given(decider, STARTED, SUSPENDED).when(SUSPEND).then_refused("it is suspended already")
    given(decider, STARTED).when(RESUME).then_refused("it is not suspended")


def test_the_meter_is_read_while_a_session_is_suspended_too() -> None:
    given(decider, STARTED, SUSPENDED).when(read(1, 5_000, power_w=0)).then(
        MeterRead(7, "cinema-7", 1, 5_000, 0)
    )


@pytest.mark.parametrize("history", [(STARTED,), (STARTED, SUSPENDED)])
@pytest.mark.parametrize("reason", StopReason)
def test_a_session_can_be_stopped_for_every_reason_of_the_standard(
    history: tuple[object, ...], reason: StopReason
) -> None:
    given(decider, *history).when(StopCharging(7, 5_900, reason)).then(ChargingStopped(7, 5_900, reason))


def test_a_session_may_stop_without_having_taken_anything() -> None:
    stop = StopCharging(7, 5_000, StopReason.TIMEOUT)

    given(decider, STARTED).when(stop).then(ChargingStopped(7, 5_000, StopReason.TIMEOUT))


def test_a_stopped_session_is_terminal() -> None:
    assert decider.is_terminal(fold(decider, [STARTED, STOPPED]))
    assert not decider.is_terminal(fold(decider, [STARTED, SUSPENDED]))


def test_a_refusal_says_what_was_asked_which_rule_forbids_it_and_that_nothing_was_recorded() -> None:
    refusal = given(decider).when(ResumeCharging(7)).actual

    assert str(refusal) == (
        "You asked for ResumeCharging of session 7, but it has not started. Nothing was recorded."
    )
