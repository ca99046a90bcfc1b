"""Who may charge: drivers, their tokens, and an answer for every station that asks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from workshop_lib.charging.driver import (
    AuthorizationStatus,
    AuthorizeToken,
    BlockToken,
    Command,
    DriverRegistered,
    IssueToken,
    RegisterDriver,
    TokenAccepted,
    TokenBlocked,
    TokenIssued,
    TokenRejected,
    TokenType,
    TokenUnblocked,
    UnblockToken,
    decider,
)
from workshop_lib.events import NaiveDatetime
from workshop_lib.modeling import given

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
CARD = "NL-TNM-000001"
ANN = DriverRegistered(1, "Ann")
ISSUED = TokenIssued(1, CARD, TokenType.RFID, None)
UNTIL_NOON = TokenIssued(1, CARD, TokenType.RFID, NOON)
BLOCKED, UNBLOCKED = TokenBlocked(1, CARD, "lost in the harbour"), TokenUnblocked(1, CARD)
BLOCK = BlockToken(1, CARD, "lost in the harbour")
ASK = AuthorizeToken(1, CARD, "cinema-7", NOON)


def rejected(status: AuthorizationStatus) -> TokenRejected:
    return TokenRejected(1, CARD, "cinema-7", status)


def test_a_driver_is_registered_once_and_by_name() -> None:
    given(decider).when(RegisterDriver(1, "Ann")).then(ANN)
    given(decider, ANN).when(RegisterDriver(1, "Ann")).then_refused("a customer already")
    given(decider).when(RegisterDriver(1, "  ")).then_refused("a driver has a name")


@pytest.mark.parametrize("command", [IssueToken(1, CARD, TokenType.RFID), BLOCK, UnblockToken(1, CARD)])
def test_a_stranger_has_no_tokens(command: Command) -> None:
    given(decider).when(command).then_refused("nobody with this number")


def test_a_token_is_issued_once() -> None:
    issue = IssueToken(1, CARD, TokenType.RFID)

    given(decider, ANN).when(issue).then(ISSUED)
    given(decider, ANN, ISSUED).when(issue).then_refused("a token is issued once")


def test_a_token_has_an_id() -> None:
    given(decider, ANN).when(IssueToken(1, " ", TokenType.RFID)).then_refused("a token has an id")


def test_a_valid_token_is_accepted() -> None:
    given(decider, ANN, ISSUED).when(ASK).then(TokenAccepted(1, CARD, "cinema-7"))


@pytest.mark.parametrize("history", [(), (ANN,)])
def test_a_token_that_nobody_issued_is_unknown_and_that_is_recorded(history: tuple[object, ...]) -> None:
    given(decider, *history).when(ASK).then(rejected(AuthorizationStatus.UNKNOWN))


def test_a_blocked_token_is_rejected_until_it_is_unblocked() -> None:
    given(decider, ANN, ISSUED, BLOCKED).when(ASK).then(rejected(AuthorizationStatus.BLOCKED))
    given(decider, ANN, ISSUED, BLOCKED, UNBLOCKED).when(ASK).then(TokenAccepted(1, CARD, "cinema-7"))


def test_a_token_expires_exactly_at_its_end() -> None:
    moment_before = AuthorizeToken(1, CARD, "cinema-7", NOON - timedelta(microseconds=1))

    given(decider, ANN, UNTIL_NOON).when(ASK).then(rejected(AuthorizationStatus.EXPIRED))
    given(decider, ANN, UNTIL_NOON).when(moment_before).then(TokenAccepted(1, CARD, "cinema-7"))


def test_a_blocked_token_is_called_blocked_even_when_it_has_expired() -> None:
    given(decider, ANN, UNTIL_NOON, BLOCKED).when(ASK).then(rejected(AuthorizationStatus.BLOCKED))


def test_a_token_is_blocked_for_a_reason_and_once() -> None:
    given(decider, ANN, ISSUED).when(BLOCK).then(BLOCKED)
    given(decider, ANN, ISSUED, BLOCKED).when(BLOCK).then()
    given(decider, ANN, ISSUED).when(BlockToken(1, CARD, "")).then_refused("without a reason")


def test_only_a_blocked_token_is_unblocked() -> None:
    given(decider, ANN, ISSUED, BLOCKED).when(UnblockToken(1, CARD)).then(UNBLOCKED)
    given(decider, ANN, ISSUED).when(UnblockToken(1, CARD)).then()


@pytest.mark.parametrize("command", [BlockToken(1, "X", "stolen"), UnblockToken(1, "X")])
def test_nobody_blocks_somebody_elses_token(command: Command) -> None:
    given(decider, ANN, ISSUED).when(command).then_refused("has no such token")


def test_other_tokens_of_a_driver_stay_valid() -> None:
    app = TokenIssued(1, "app-1", TokenType.APP_USER, None)
    ask = AuthorizeToken(1, "app-1", "cinema-7", NOON)

    given(decider, ANN, ISSUED, app, BLOCKED).when(ask).then(TokenAccepted(1, "app-1", "cinema-7"))


def test_a_token_that_is_delivered_again_stays_blocked() -> None:
    given(decider, ANN, ISSUED, BLOCKED, ISSUED).when(ASK).then(rejected(AuthorizationStatus.BLOCKED))


def test_an_unknown_command_is_refused() -> None:
    given(decider, ANN).when("drive").then_refused("has no such command")


def test_a_time_without_a_zone_is_rejected() -> None:
    naive = AuthorizeToken(1, CARD, "cinema-7", NOON.replace(tzinfo=None))

    given(decider, ANN, UNTIL_NOON).when(naive).then_refused(NaiveDatetime)
