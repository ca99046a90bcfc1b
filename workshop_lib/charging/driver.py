"""A driver and the tokens that open a connector: cards, apps, and the contracts behind them.

Why it exists: before energy flows somebody must answer for it. The station asks whether a token is good; the
answer is a fact either way, because a driver who stood there at night with a card that was refused will call
tomorrow. So `AuthorizeToken` is never refused: it is answered, by an acceptance or a rejection, in the words
of OCPP 2.0.1 and with the token types of OCPI. The name is personal data. Stream: `driver-<number>`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from workshop_lib.events import event_type, instant
from workshop_lib.modeling import Decider, Refused


class TokenType(StrEnum):
    """What a token is made of (OCPI)."""

    AD_HOC_USER = "AD_HOC_USER"
    APP_USER = "APP_USER"
    OTHER = "OTHER"
    RFID = "RFID"


class AuthorizationStatus(StrEnum):
    """How a station's question is answered (OCPP 2.0.1)."""

    ACCEPTED = "Accepted"
    BLOCKED = "Blocked"
    CONCURRENT_TX = "ConcurrentTx"
    EXPIRED = "Expired"
    UNKNOWN = "Unknown"


# Commands


@dataclass(frozen=True)
class RegisterDriver:
    """Ask to take a driver on."""

    driver: int
    name: str


@dataclass(frozen=True)
class IssueToken:
    """Ask to give a driver a token; without `valid_until` it is good until it is blocked."""

    driver: int
    token: str
    type: TokenType
    valid_until: datetime | None = None


@dataclass(frozen=True)
class BlockToken:
    """Ask that a token be good for nothing."""

    driver: int
    token: str
    reason: str


@dataclass(frozen=True)
class UnblockToken:
    """Ask that it be good again."""

    driver: int
    token: str


@dataclass(frozen=True)
class AuthorizeToken:
    """Ask, from a connector, whether a token is good at this moment."""

    driver: int
    token: str
    connector: str
    at: datetime


Command = RegisterDriver | IssueToken | BlockToken | UnblockToken | AuthorizeToken


# Events: stored formats.


@event_type("DriverRegistered")
class DriverRegistered:
    """Somebody became our customer."""

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
    """The token is good for nothing from now on."""

    driver: int
    token: str
    reason: str


@event_type("TokenUnblocked")
class TokenUnblocked:
    """The token is good again."""

    driver: int
    token: str


@event_type("TokenAccepted")
class TokenAccepted:
    """A station was told that the token is good."""

    driver: int
    token: str
    connector: str


@event_type("TokenRejected")
class TokenRejected:
    """A station was told that the token is not good, and why."""

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
    """Nobody with this number is a customer."""


@dataclass(frozen=True)
class Driver:
    """A customer and their tokens."""

    name: str
    tokens: Mapping[str, Token] = field(default_factory=dict)


State = Unregistered | Driver
initial: State = Unregistered()


def status_of(token: str, state: State, at: datetime) -> AuthorizationStatus:
    """What a station is told if it asks for this token at that moment."""
    known = state.tokens.get(token) if isinstance(state, Driver) else None
    if known is None:
        return AuthorizationStatus.UNKNOWN
    if known.blocked:
        return AuthorizationStatus.BLOCKED
    if known.valid_until and instant("at", at) >= instant("valid_until", known.valid_until):
        return AuthorizationStatus.EXPIRED
    return AuthorizationStatus.ACCEPTED


def decide(command: Command, state: State) -> Sequence[Event]:
    """What follows from a command. Raises `Refused`."""
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
    """The state after one more fact. Never refuses: a token of which we missed the beginning is
    none, and one that is issued twice stays as it is.
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
            raise _no(command, "it is no token of theirs")
        case BlockToken(driver, token, reason):
            if not reason.strip():
                raise _no(command, "nobody's token is blocked without a reason")
            return [] if tokens[token].blocked else [TokenBlocked(driver, token, reason)]
        case UnblockToken(driver, token):
            return [TokenUnblocked(driver, token)] if tokens[token].blocked else []
    raise Refused("that is nothing one asks of a driver")


def _no(command: Command, rule: str) -> Refused:
    return Refused(rule, f"for {type(command).__name__} of driver {command.driver}")
