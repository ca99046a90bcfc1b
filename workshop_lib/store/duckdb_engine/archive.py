"""The archive: closed months leave the log's file for Parquet files, and every answer stays the same.

`archive` moves them while nobody else has the log open; `open_store` then reads the files and the table as
one log, with the chain unbroken from the first event to the last. `open_archive` opens the files alone, on
any machine, as a store that can be read and replayed. A month is closed when the clock shows a later one.

The order is what makes it safe: files, manifest, everything read back and verified, and only then one
transaction that removes the rows. After a crash at any point each event is still in the log or in a file that
the log has noted. Reading one stream takes longer in files than in the table, because they have no index.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from workshop_lib.clock import Clock, wall_clock
from workshop_lib.store.duckdb_engine import file as duckdb_file
from workshop_lib.store.duckdb_engine.archive_files import (
    TABLE,
    ArchivedMonth,
    bring_in,
    digest,
    folder_of,
    manifest,
    noted,
    settle,
    write_manifest,
)
from workshop_lib.store.duckdb_engine.connection import LogFile
from workshop_lib.store.duckdb_engine.reader import DuckDBPast
from workshop_lib.store.duckdb_engine.store import DuckDBStore
from workshop_lib.store.errors import StoreError, checked_time

CLOSED_MONTHS = f"""
SELECT strftime(recorded_at, '%Y-%m') AS month, min(position), max(position), hex(arg_max(hash, position))
FROM {TABLE} WHERE recorded_at < date_trunc('month', ?::TIMESTAMP) GROUP BY month ORDER BY month
"""

WRITE = """
COPY (SELECT * FROM {table} WHERE position BETWEEN {first} AND {last} ORDER BY position)
TO '{file}' (FORMAT parquet, COMPRESSION zstd)
"""

REMOVE = f"""
BEGIN;
USE log;
CREATE TABLE IF NOT EXISTS archived (position BIGINT NOT NULL, hash BLOB NOT NULL);
INSERT INTO archived VALUES ({{last}}, from_hex('{{hash}}'));
DROP TRIGGER events_no_DELETE ON events;
DELETE FROM events WHERE position <= {{last}};
{next(guard for guard in duckdb_file.guards() if "events_no_DELETE" in guard)};
COMMIT;
"""


class ArchiveNotWritten(StoreError):
    """Closed months that could not be brought into files as they are."""

    def __init__(self, path: object, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(
            f"You asked to archive the closed months of {path}, but {reason}. Nothing was removed from the "
            "log; put that right and archive it again."
        )


class Archive(DuckDBPast):
    """The events of an archive's files: a log that can be read and replayed, and takes nothing in."""

    def close(self) -> None:
        """Let go of the files. Closing twice is harmless."""
        self._file.close()


def open_archive(folder: str | Path) -> Archive:
    """Open the files of an archive without the log that they came from. Raises `ArchiveDamaged`."""
    folder = Path(folder).expanduser().resolve()
    months = manifest(folder)
    file = LogFile(None)
    try:
        return Archive(file, months[-1].last if months else 0, bring_in(file, folder, months))
    except BaseException:
        file.close()
        raise


def archive(path: str | Path, clock: Clock = wall_clock) -> list[ArchivedMonth]:
    """Move the closed months of a log into files beside it; the months that were moved now.

    Raises `StoreInUse` while somebody has the log open, and `ArchiveNotWritten`, with the log as it was.
    """
    path = Path(path).expanduser().resolve()
    if not path.is_file():
        raise ArchiveNotWritten(path, "there is no such file")
    with DuckDBStore(path, clock) as store:
        file = store._file
        if (misfit := store.verify()) is not None:
            raise ArchiveNotWritten(path, f"position {misfit} does not fit into the chain of hashes")
        closed = file.ask(CLOSED_MONTHS, checked_time("clock", clock()))
        try:
            return _moved(file, path, closed) if closed else []
        except (duckdb.Error, OSError) as error:
            raise ArchiveNotWritten(path, str(error).partition("\n")[0]) from error


def _moved(file: LogFile, path: Path, closed: list[tuple[str, int, int, str]]) -> list[ArchivedMonth]:
    folder = folder_of(path)
    folder.mkdir(exist_ok=True)
    earlier = [month for month in manifest(folder) if month.last < closed[0][1]] if noted(file) else []
    months = [_written(file, folder, *month) for month in closed]
    write_manifest(folder, [*earlier, *months])
    _require_all(file, folder)
    file.cursor().execute(REMOVE.format(last=months[-1].last, hash=months[-1].hash))
    file.cursor().execute("USE memory; CHECKPOINT log")
    return months


def _written(file: LogFile, folder: Path, month: str, first: int, last: int, hash_: str) -> ArchivedMonth:
    """Write the events of one month into a file."""
    place = folder / f"{month}-from-{first}.parquet"
    part = place.with_suffix(".part")
    quoted = str(part).replace("'", "''")
    file.cursor().execute(WRITE.format(table=TABLE, first=first, last=last, file=quoted))
    settle(part, place)
    return ArchivedMonth(place.name, month, first, last, hash_, digest(place))


def _require_all(file: LogFile, folder: Path) -> None:
    """Read the files back, as a log of their own whose chain has to hold. Raises `ArchiveNotWritten`."""
    months = manifest(folder)
    with open_archive(folder) as written:
        (last,) = written.sql("SELECT hex(hash) FROM events ORDER BY position DESC LIMIT 1").fetchall()
        misfit = written.verify()
    if misfit is not None or last != (months[-1].hash,):
        raise ArchiveNotWritten(file.path, f"what was written into {folder} does not read back the same")
