"""The files of an archive: one Parquet file for each closed month, and a manifest that vouches for them.

The folder stands beside the log's file and goes with it: `network.duckdb.archive`. The log notes up to which
position its events are in the archive; what the manifest has beyond that was written by a run that did not
get to its end, and is not read. Read `archive.py` next: how the files come to be.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from workshop_lib.store.errors import StoreError

if TYPE_CHECKING:
    from workshop_lib.store.duckdb_engine.connection import LogFile

MANIFEST = "manifest.json"
TABLE = "log.main.events"
WHOLE = "memory.main.events"
"""The relation of all events where some of them are in files."""

HAS_ARCHIVE = "SELECT 1 FROM duckdb_tables() WHERE database_name = 'log' AND table_name = 'archived'"


class ArchiveDamaged(StoreError):
    """A file of an archive that is missing, or is not the one that was written."""

    def __init__(self, folder: Path, reason: str) -> None:
        self.folder = folder
        super().__init__(
            f"You asked for the events in the archive {folder}, but {reason}. Put that file back from a "
            "copy; an archived event stands nowhere else."
        )


class ArchivedMonth(msgspec.Struct, frozen=True):
    """A line of the manifest: a file, what it holds, and what proves that it is still the same."""

    file: str
    month: str
    first: int
    """The position of its first event."""
    last: int
    """The position of its last event."""
    hash: str
    """The chain's hash of its last event: the next one is sealed upon it."""
    sha256: str
    """The digest of the file."""


def folder_of(log: Path) -> Path:
    """Where the archive of a log is: beside it."""
    return log.with_name(log.name + ".archive")


def noted(file: LogFile) -> int:
    """Up to which position the events of a log are in its archive; 0 if it has none."""
    if not file.ask(HAS_ARCHIVE):
        return 0
    return int(file.ask("SELECT max(position) FROM log.main.archived")[0][0])


def relation_of(file: LogFile) -> str:
    """The relation that has all events of a log, wherever they stand. Raises `ArchiveDamaged`."""
    last = noted(file)
    if not last or file.path is None:
        return TABLE
    folder = folder_of(file.path)
    months = [month for month in manifest(folder) if month.last <= last]
    if not months or months[-1].last != last:
        raise ArchiveDamaged(folder, f"its {MANIFEST} does not go up to position {last}")
    return bring_in(file, folder, months, f"FROM {TABLE}")


def bring_in(file: LogFile, folder: Path, months: Sequence[ArchivedMonth], more: str = "") -> str:
    """Make the events of some months a relation, together with more of them; its name. Raises
    `ArchiveDamaged`.
    """
    for month in months:
        require_same(folder, month)
    files = ", ".join("'" + str(folder / month.file).replace("'", "''") + "'" for month in months)
    parts = [f"FROM read_parquet([{files}])", *([more] if more else [])]
    file.cursor().execute(f"CREATE OR REPLACE VIEW {WHOLE} AS {' UNION ALL '.join(parts)}")
    return WHOLE


def manifest(folder: Path) -> list[ArchivedMonth]:
    """What an archive holds, in the order of the log. Raises `ArchiveDamaged`."""
    try:
        months = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=list[ArchivedMonth])
    except FileNotFoundError:
        raise ArchiveDamaged(folder, f"there is no {MANIFEST}") from None
    except msgspec.MsgspecError as error:
        raise ArchiveDamaged(folder, f"its {MANIFEST} cannot be read: {error}") from error
    after = 0
    for month in months:
        if month.first != after + 1:
            raise ArchiveDamaged(folder, f"position {after + 1} is in none of the files of its {MANIFEST}")
        after = month.last
    return months


def write_manifest(folder: Path, months: Sequence[ArchivedMonth]) -> None:
    """Put a new manifest in the place of the old one, whole or not at all."""
    part = folder / f"{MANIFEST}.part"
    part.write_bytes(msgspec.json.format(msgspec.json.encode(months)))
    settle(part, folder / MANIFEST)


def settle(part: Path, place: Path) -> None:
    """Bring a finished file to its place, so that it outlives a power cut."""
    with part.open("rb+") as written:
        os.fsync(written.fileno())
    part.replace(place)
    if os.name != "nt":  # Windows cannot open a folder, and needs not
        folder = os.open(place.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def require_same(folder: Path, month: ArchivedMonth) -> None:
    """Look whether a file is the one that was written. Raises `ArchiveDamaged`."""
    try:
        found = digest(folder / month.file)
    except OSError as error:
        reason = f"{month.file} ({month.month}) cannot be read: {error.strerror}"
        raise ArchiveDamaged(folder, reason) from error
    if found != month.sha256:
        raise ArchiveDamaged(folder, f"{month.file} ({month.month}) was changed since it was written")
