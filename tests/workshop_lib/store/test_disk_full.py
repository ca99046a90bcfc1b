"""A full disk fails the append that fills it and nothing else; a failed checkpoint fails no append."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tests.workshop_lib.store.conftest import SocketRead
from workshop_lib import open_store

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no file size limit for a process on Windows")

ROOT = Path(__file__).parents[3]
SMALL_DISK = """
    import os, resource, signal, sys
    from tests.workshop_lib.store.conftest import SocketPlugged
    from workshop_lib import open_store
    from workshop_lib.store.duckdb_engine import checkpoint as duckdb_checkpoint
    from workshop_lib.store.errors import DiskFull

    def file_size(limit):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    path, size = sys.argv[1], int(sys.argv[2])
    store = open_store(path)
    events = [SocketPlugged(str(n) * 800) for n in range(size)]
    recorded = 0
"""
FILLED = """
    file_size(os.path.getsize(path) + 200_000)
    try:
        for _ in range(10_000):
            recorded = store.append("socket-7", events).version
    except DiskFull as error:
        print(error)
    assert store.position() == store.stream_version("socket-7") == recorded, (store.position(), recorded)
    assert store.verify() is None
    file_size(resource.RLIM_INFINITY)
    assert store.append("socket-7", events, recorded).version == recorded + size
    store.close()
    with open_store(path) as again:
        assert (again.position(), again.verify()) == (recorded + size, None)
"""
NO_ROOM_FOR_A_CHECKPOINT = """
    duckdb_checkpoint.COMMITS = 30
    store.append("socket-1", [SocketPlugged(os.urandom(500).hex()) for _ in range(200)])
    store._file.connection.execute("CHECKPOINT log")
    file_size(os.path.getsize(path))
    for n in range(100):
        fresh = [SocketPlugged(os.urandom(500).hex()) for _ in range(size)]
        recorded = store.append("socket-7", fresh, recorded).version
        if n % 30 == 29:
            assert store.verify() is None
            assert store.sql("SELECT count(*) FROM events.SocketPlugged").fetchall() == [(200 + recorded,)]
    assert os.path.getsize(path + ".wal") > 100_000, "a checkpoint succeeded"
    os.kill(os.getpid(), signal.SIGKILL) if len(sys.argv) > 3 else store.close()
    print(recorded)
"""


def on_a_small_disk(act: str, *arguments: object) -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", dedent(SMALL_DISK) + dedent(act), *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)


@pytest.mark.parametrize("size", [1, 2, 20, 400], ids="{} events an append".format)
def test_a_full_disk_fails_one_append_and_nothing_else(path, size):
    answer = on_a_small_disk(FILLED, path, size)
    assert answer.returncode == 0, answer.stderr
    assert "Free some space, then append the same events again." in answer.stdout


@pytest.mark.parametrize("size", [1, 2])
def test_a_checkpoint_on_a_full_disk_fails_no_append(path, size):
    answer = on_a_small_disk(NO_ROOM_FOR_A_CHECKPOINT, path, size)
    assert answer.returncode == 0, answer.stderr
    with open_store(path) as store:
        assert (store.position(), store.verify()) == (200 + 100 * size, None)
        assert store.append("socket-7", [SocketRead("7", 1)], 100 * size).positions == (201 + 100 * size,)


def test_a_process_killed_after_failed_checkpoints_has_lost_nothing(path):
    assert on_a_small_disk(NO_ROOM_FOR_A_CHECKPOINT, path, 1, "kill").returncode == -9
    with open_store(path) as store:
        assert (store.position(), store.verify()) == (300, None)


@pytest.fixture
def small_mount(tmp_path):
    """Mount a disk of four megabytes in memory."""
    folder = tmp_path / "disk"
    folder.mkdir()
    try:
        mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
        mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("no mount program here; only the file size limit is tested")
    if mounted.returncode:
        pytest.skip(
            f"mounting is not permitted here ({mounted.stderr.strip()}); only the file size limit is tested"
        )
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("size", [1, 20, 400], ids="{} events an append".format)
def test_a_real_full_disk_behaves_the_same(small_mount, size):
    """As above, with a file that fills the disk instead of a size limit."""
    ballast = """
        def file_size(limit):
            if limit == resource.RLIM_INFINITY:
                os.unlink(ballast)
            else:
                disk = os.statvfs(os.path.dirname(path))
                with open(ballast, "wb") as file:
                    file.write(bytes(disk.f_bavail * disk.f_frsize - 200_000))

        ballast = path + ".ballast"
        """
    answer = on_a_small_disk(dedent(ballast) + dedent(FILLED), small_mount / "network.duckdb", size)
    assert answer.returncode == 0, answer.stderr
    assert "No space left on device" in answer.stdout
