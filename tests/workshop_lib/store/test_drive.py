"""A drive that cannot lock files, as network drives often cannot, is named, with what to do."""

from __future__ import annotations

import errno
import os

import pytest

from workshop_lib.store import open_store
from workshop_lib.store.duckdb_engine import file as duckdb_file
from workshop_lib.store.errors import CannotLock, StoreNotWritable

fcntl = pytest.importorskip("fcntl", reason="locks without flock are those of Windows")


def flock_fails(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def fails(descriptor: int, operation: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", fails)


@pytest.mark.parametrize("code", ["ENOTSUP", "EOPNOTSUPP", "ENOLCK", "ENOSYS", "EINVAL"])
def test_a_drive_without_locks_is_named(tmp_path, monkeypatch, code):
    flock_fails(monkeypatch, getattr(errno, code))
    monkeypatch.setattr(type(tmp_path), "is_mount", lambda self: self == tmp_path)
    (tmp_path / "deep").mkdir()
    with pytest.raises(CannotLock) as caught:
        open_store(tmp_path / "deep" / "log.duckdb")
    assert f"its drive, {tmp_path}, cannot lock files" in str(caught.value)
    assert "to a local folder" in str(caught.value)
    monkeypatch.undo()
    open_store(tmp_path / "deep" / "log.duckdb").close()  # nothing is left that would stop it


def test_another_error_of_the_lock_is_an_error_of_the_store_too(tmp_path, monkeypatch):
    flock_fails(monkeypatch, errno.EIO)
    with pytest.raises(StoreNotWritable, match=os.strerror(errno.EIO)):
        duckdb_file.Ownership(tmp_path / "log.duckdb")


@pytest.mark.parametrize("said", ["No locks available", "File locks are not supported for this file system"])
def test_a_drive_on_which_duckdb_cannot_lock_is_named(tmp_path, said):
    error = OSError(f'IO Error: Could not set lock on file "x": {said}')
    assert isinstance(duckdb_file.opening_error(tmp_path / "x", error), CannotLock)
