"""A driver and the tokens that open a connector: cards, apps, and the contracts behind them.

Why it exists: before energy flows, somebody must agree to pay for it. The station asks whether a token is
valid. The answer is recorded in any case, because a driver whose card was rejected at night will call
tomorrow. So `AuthorizeToken` is never refused: it leads to an acceptance or a rejection, in the words of OCPP
2.0.1 and with the token types of OCPI. The name is personal data. Stream: `driver-<number>`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from workshop_lib.events import event_type, instant
from workshop_lib.modeling import Decider, Refused


class TokenType(StrEnum):
    """The kind of a token (OCPI)."""

    AD_HOC_USER = "AD_HOC_USER"
    APP_USER = "APP_USER"
    OTHER = "OTHER"
    RFID = "RFID"


class AuthorizationStatus(StrEnum):
    """The answer to a station that asks about a token (OCPP 2.0.1)."""

    ACCEPTED = "Accepted"
    BLOCKED = "Blocked"
    CONCURRENT_TX = "ConcurrentTx"
    EXPIRED = "Expired"
    UNKNOWN = "Unknown"


# Commands


@dataclass(frozen=True)
class RegisterDriver:
    """Ask to register a driver."""

    driver: int
    name: str


@dataclass(frozen=True)
class IssueToken:
    """Ask to give a driver a token; without `valid_until` it is valid until it is blocked."""

    driver: int
    token: str
    type: TokenType
    valid_until: datetime | None = None


@dataclass(frozen=True)
class BlockToken:
    """Ask to block a token."""

    driver: int
    token: str
    reason: str


@dataclass(frozen=True)
class UnblockToken:
    """Ask to unblock a token."""

    driver: int
    token: str


@dataclass(frozen=True)
class AuthorizeToken:
    """Ask, from a connector, whether a token is valid at this moment."""

    driver: int
    token: str
    connector: str
    at: datetime


Command = RegisterDriver | IssueToken | BlockToken | UnblockToken | AuthorizeToken


# Events: stored formats.


@event_type("DriverRegistered")
class DriverRegistered:
    """Somebody became a customer."""

    driver: int
    name: str


@event_type("TokenIssued")
class TokenIssued:
    """A driver was given a token."""

    driver: int
    token: str
    type: TokenType
    valid_until: datetime | None


@event_type("TokenBlocked")
class TokenBlocked:
    """The token is invalid from now on."""

    driver: int
    token: str
    reason: str


@event_type("TokenUnblocked")
class TokenUnblocked:
    """The token is valid again."""

    driver: int
    token: str


@event_type("TokenAccepted")
class TokenAccepted:
    """A station got the answer that the token is valid."""

    driver: int
    token: str
    connector: str


@event_type("TokenRejected")
class TokenRejected:
    """A station got the answer that the token is not valid, and why."""

    driver: int
    token: str
    connector: str
    status: AuthorizationStatus


Event = DriverRegistered | TokenIssued | TokenBlocked | TokenUnblocked | TokenAccepted | TokenRejected


# States


@dataclass(frozen=True)
class Token:
    """A token of a driver."""

    type: TokenType
    valid_until: datetime | None = None
    blocked: bool = False


@dataclass(frozen=True)
class Unregistered:
    """No customer has this number."""


@dataclass(frozen=True)
class Driver:
    """A customer and their tokens."""

    name: str
    tokens: Mapping[str, Token] = field(default_factory=dict)


State = Unregistered | Driver
initial: State = Unregistered()


def status_of(token: str, state: State, at: datetime) -> AuthorizationStatus:
    """Return the answer to a station that asks about this token at that moment."""
    known = state.tokens.get(token) if isinstance(state, Driver) else None
    if known is None:
        return AuthorizationStatus.UNKNOWN
    if known.blocked:
        return AuthorizationStatus.BLOCKED
    if known.valid_until and instant("at", at) >= instant("valid_until", known.valid_until):
        return AuthorizationStatus.EXPIRED
    return AuthorizationStatus.ACCEPTED


def decide(command: Command, state: State) -> Sequence[Event]:
    """Return the events that follow from a command. Raises `Refused`."""
    match command, state:
        case AuthorizeToken(driver, token, connector, at), _:
            status = status_of(token, state, at)
            if status is AuthorizationStatus.ACCEPTED:
                return [TokenAccepted(driver, token, connector)]
            return [TokenRejected(driver, token, connector, status)]
        case RegisterDriver(driver, name), Unregistered():
            if not name.strip():
                raise _no(command, "a driver has a name")
            return [DriverRegistered(driver, name)]
        case RegisterDriver(), Driver():
            raise _no(command, "they are a customer already")
        case _, Driver(tokens=tokens):
            return _of_token(command, tokens)
    raise _no(command, "nobody with this number is our customer")


def evolve(state: State, event: object) -> State:
    """Return the state after an event. Never refuses: events of a token that was not issued are ignored,
    and a token that is issued twice stays as it is.
    """
    match event, state:
        case DriverRegistered(_, name), Unregistered():
            return Driver(name)
        case TokenIssued(_, token, type_, valid_until), Driver() if token not in state.tokens:
            return replace(state, tokens={**state.tokens, token: Token(type_, valid_until)})
        case ((TokenBlocked(token=token) | TokenUnblocked(token=token)), Driver()) if token in state.tokens:
            changed = replace(state.tokens[token], blocked=isinstance(event, TokenBlocked))
            return replace(state, tokens={**state.tokens, token: changed})
    return state


decider = Decider(decide, evolve, initial)


def _of_token(command: Command, tokens: Mapping[str, Token]) -> list[Event]:
    match command:
        case IssueToken(driver, token, type_, valid_until):
            if not token.strip():
                raise _no(command, "a token has an id")
            if token in tokens:
                raise _no(command, "a token is issued once")
            return [TokenIssued(driver, token, type_, valid_until)]
        case BlockToken(token=token) | UnblockToken(token=token) if token not in tokens:
            raise _no(command, "the driver has no such token")
        case BlockToken(driver, token, reason):
            if not reason.strip():
                raise _no(command, "a token is not blocked without a reason")
            return [] if tokens[token].blocked else [TokenBlocked(driver, token, reason)]
        case UnblockToken(driver, token):
            return [TokenUnblocked(driver, token)] if tokens[token].blocked else []
    raise Refused("a driver has no such command")


def _no(command: Command, rule: str) -> Refused:
    return Refused(rule, f"for {type(command).__name__} of driver {command.driver}")
