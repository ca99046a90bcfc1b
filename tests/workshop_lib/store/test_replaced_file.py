"""A file that is removed, moved or replaced while a store has it open: nobody else's events are lost."""

from __future__ import annotations

import gc
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workshop_lib.store.conftest import SocketPlugged
from workshop_lib import open_store
from workshop_lib.store.duckdb_engine.file import FileReplaced

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows does not remove a file that is in use")

PLUGGED = [SocketPlugged("7")]


def remove(path: Path) -> None:
    for file in path.parent.glob(path.name + "*"):
        file.unlink()


def files(path: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(path.parent.glob(path.name + "*"))}


PROGRAM = """
import sys
from tests.workshop_lib.store.conftest import SocketPlugged
from workshop_lib import WorkshopError, open_store

store = open_store(sys.argv[1])
print("opened", flush=True)
for line in sys.stdin:
    try:
        match line.strip():
            case "append":
                print(store.append("socket-1", [SocketPlugged("7")]).version, flush=True)
            case "read":
                print(len([*store.read()]), flush=True)
            case "close":
                store.close()
                print("closed", flush=True)
    except WorkshopError as error:
        print(type(error).__name__, error, flush=True)
"""


class Owner:
    """Another program that opened the file and appended one event."""

    def __init__(self, path: Path) -> None:
        command = [sys.executable, "-c", PROGRAM, str(path)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout.readline() == "opened\n"
        assert self.asked_to("append") == "1"

    def asked_to(self, what: str) -> str:
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def end(self) -> None:
        self._process.communicate(timeout=60)


@pytest.fixture
def owner(path):
    owner = Owner(path)
    yield owner
    owner.end()


def test_closing_leaves_the_files_of_whoever_came_after(owner, path):
    remove(path)
    with open_store(path) as after:
        after.append("socket-2", PLUGGED)
        before = files(path)
        assert len(before) == 4
        assert owner.asked_to("close") == "closed"
        owner.end()
        assert files(path) == before
        after.append("socket-2", PLUGGED)
    with open_store(path) as again:
        assert ([recorded.stream for recorded in again.read()], again.verify()) == (["socket-2"] * 2, None)


def test_a_program_that_ends_without_closing_leaves_them_too(owner, path):
    remove(path)
    with open_store(path) as after:
        after.append("socket-2", PLUGGED)
        before = files(path)
        owner.end()
        assert files(path) == before


def test_an_append_says_that_another_file_has_the_name(owner, path):
    remove(path)
    with open_store(path) as after:
        after.append("socket-2", PLUGGED)
        before = files(path)
        for _ in range(2):
            assert re.match("FileReplaced .*another file has its name .*Nothing", owner.asked_to("append"))
        assert (files(path), owner.asked_to("read")) == (before, "1")


def test_an_append_says_that_the_file_was_removed(path):
    with open_store(path) as store:
        store.append("socket-1", PLUGGED)
        remove(path)
        with pytest.raises(FileReplaced, match="it was removed since"):
            store.append("socket-1", PLUGGED)
        assert [recorded.version for recorded in store.read_stream("socket-1")] == [1]  # reading still works
    assert files(path) == {}


def test_a_moved_folder_takes_its_log_along(tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    owner = Owner(old / "network.duckdb")
    old.rename(new)
    old.mkdir()
    with open_store(old / "network.duckdb") as after:
        after.append("socket-2", PLUGGED)
        assert owner.asked_to("append").startswith("FileReplaced")
        assert owner.asked_to("close") == "closed"
        after.append("socket-2", PLUGGED)
    owner.end()
    for folder, stream, count in ((old, "socket-2", 2), (new, "socket-1", 1)):
        with open_store(folder / "network.duckdb") as again:
            assert [recorded.stream for recorded in again.read()] == [stream] * count
            assert again.verify() is None


def test_a_restored_copy_is_another_file(path, tmp_path):
    with open_store(path) as store:
        store.append("socket-1", PLUGGED)
    copy = shutil.copy(path, tmp_path / "copy.duckdb")
    with open_store(path) as store:
        store.append("socket-1", PLUGGED)
        copy.replace(path)
        with pytest.raises(FileReplaced):
            store.append("socket-1", PLUGGED)
    for file in path.parent.glob(f"{path.name}.*"):
        file.unlink()
    with open_store(path) as again:
        assert (again.position(), again.verify()) == (1, None)


def test_a_store_that_nothing_refers_to_does_not_keep_the_file(path):
    gc.disable()
    try:
        store = open_store(path)
        store.append("socket-1", PLUGGED)
        store = None
        with open_store(path) as store:
            assert (store.position(), store.verify()) == (1, None)
    finally:
        gc.enable()
