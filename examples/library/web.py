"""HTTP: a request becomes a command, and its result, refusal or conflict becomes a status code."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from uuid import UUID

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from examples.library.copies import Buy, Lend, TakeBack
from examples.library.members import Bar, Join
from examples.library.queues import Leave, Reserve
from examples.library.report import LiveReport
from examples.library.use_cases import Command, Library
from workshop_lib import ConcurrencyConflict, EventStore, Refused
from workshop_lib.store.errors import InvalidStreamName, OutcomeUnknown

Endpoint = Callable[[Request], Awaitable[Response]]

COMMANDS: list[tuple[str, str, type[Command]]] = [
    ("PUT", "/members/{member}", Join),
    ("POST", "/members/{member}/bar", Bar),
    ("PUT", "/copies/{copy}", Buy),
    ("POST", "/copies/{copy}/loan", Lend),
    ("DELETE", "/copies/{copy}/loan", TakeBack),
    ("PUT", "/copies/{copy}/queue/{member}", Reserve),
    ("DELETE", "/copies/{copy}/queue/{member}", Leave),
]

STATUS: dict[type[Exception], int] = {
    Refused: 422,  # a rule forbids it: the same request would be refused again
    ConcurrencyConflict: 409,  # somebody was faster: look, and ask again
    OutcomeUnknown: 503,  # perhaps recorded: the same request with the same key counts once
    InvalidStreamName: 400,
    msgspec.ValidationError: 400,
    msgspec.DecodeError: 400,
}


def app_for(store: EventStore) -> Starlette:
    """Return the web application of a store."""
    library, report = Library(store), LiveReport(store)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        report.close()

    routes = [Route(path, accepting(kind, library), methods=[method]) for method, path, kind in COMMANDS]
    return Starlette(
        routes=[*routes, Route("/report", showing(report))],
        exception_handlers=dict.fromkeys(STATUS, failed),
        lifespan=lifespan,
    )


def accepting(kind: type[Command], library: Library) -> Endpoint:
    """Return the endpoint of a kind of command: its fields are in the path and in the body."""

    async def endpoint(request: Request) -> Response:
        body = msgspec.json.decode(await request.body() or b"{}", type=dict[str, object])
        fields = {"day": date.today(), **body, **request.path_params}
        key = msgspec.convert(request.headers.get("Idempotency-Key"), UUID | None)
        handled = await run_in_threadpool(library.do, msgspec.convert(fields, kind), key)
        status = 201 if handled.events and not handled.repeated else 200
        return JSONResponse({"position": handled.position, "repeated": handled.repeated}, status)

    return endpoint


def showing(report: LiveReport) -> Endpoint:
    """Return the endpoint of the report: `GET /report?after=12` shows what was recorded at position 12."""

    async def endpoint(request: Request) -> Response:
        after = msgspec.convert(request.query_params.get("after", "0"), int, strict=False)
        found = await run_in_threadpool(report.read, after)
        return JSONResponse(found) if found else Response(status_code=503, headers={"Retry-After": "1"})

    return endpoint


async def failed(request: Request, error: Exception) -> Response:
    """Return the answer to a command that was not carried out."""
    status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
    detail = error.rule if isinstance(error, Refused) else str(error)
    problem = {"title": type(error).__name__, "status": status, "detail": detail}
    return JSONResponse(problem, status, media_type="application/problem+json")
