"""`workshop servers`: a command starts and stops real servers, and leaves nothing running."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.workshop_lib.store.jetstream_server import program_of
from workbench import cli, servers
from workbench.servers import jetstream, postgres
from workshop_lib import open_store
from workshop_lib.events import WorkshopError
from workshop_lib.store.contract import SocketPlugged
from workshop_lib.store.server_errors import ExtraMissing


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that a server of another user can enter, with a short path for its socket."""
    made = Path(tempfile.mkdtemp(prefix="servers-"))
    yield made
    servers.control("down", made)
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def wheel() -> None:
    try:
        postgres.status(Path("nowhere"))
        postgres._pgserver()
    except ExtraMissing as missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(missing))


def run_servers(*arguments: object) -> tuple[int, list[str]]:
    result = CliRunner().invoke(cli.app, ["servers", *map(str, arguments)])
    return result.exit_code, [" ".join(line.split()) for line in result.output.splitlines()]


@pytest.mark.usefixtures("wheel")
def test_postgresql_can_be_started_and_stopped_repeatedly_and_keeps_its_data(folder: Path):
    options = ("postgres", "--folder", folder)
    assert run_servers("status", *options) == (0, ["engine version address", "PostgreSQL not running"])
    first, again = run_servers("up", *options), run_servers("up", *options)
    assert first == again == run_servers("status", *options)
    address = first[1][1].split()[-1]
    with open_store(address) as store:
        store.append("socket-7", [SocketPlugged("7")])
    for _ in range(2):
        assert run_servers("down", *options) == (0, ["engine version address", "PostgreSQL stopped"])
        assert postgres.pid_of(folder / "postgres") is None
    with open_store(postgres.up(folder / "postgres")) as store:
        assert store.position() == 1


@pytest.mark.usefixtures("wheel")
def test_a_pid_file_with_the_id_of_another_program_is_ignored(folder: Path):
    postgres.up(folder)
    pid_file = folder / "data" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    postgres.down(folder)
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert (postgres.status(folder), postgres.pid_of(folder)) == (None, None)
    postgres.down(folder)
    assert postgres.up(folder)
    postgres.down(folder)


@pytest.mark.usefixtures("wheel")
def test_a_folder_in_which_no_server_can_run_is_an_error_message(folder: Path):
    (folder / "postgres").write_text("a file")
    code, lines = run_servers("up", "postgres", "--folder", folder)
    assert code == 1
    assert "does not start" in " ".join(lines)
    (folder / "postgres").unlink()


def test_the_cluster_is_started_and_stopped_by_the_same_command(folder: Path):
    said = subprocess.run([program_of("wheel"), "--version"], capture_output=True, text=True, check=True)
    code, lines = run_servers("up", "jetstream", "--folder", folder)
    assert (code, lines[1].count("127.0.0.1")) == (0, 3)
    assert f" {said.stdout.rpartition('v')[2].strip()} nats://" in lines[1]
    assert run_servers("status", "jetstream", "--folder", folder) == (0, lines)
    assert run_servers("down", "jetstream", "--folder", folder)[1][1].endswith("stopped")
    assert not [node for node in jetstream.nodes_in(folder / "jetstream") if node.runs()]


def test_a_cluster_goes_on_with_the_program_that_it_was_started_with(folder: Path):
    jetstream.up(folder, 1, program_of("system"))
    version = jetstream.version(folder)
    jetstream.down(folder)
    assert jetstream.version(folder) == ""
    jetstream.up(folder)
    assert jetstream.version(folder) == version
    jetstream.down(folder)


def test_the_servers_of_the_path_are_found_after_that_of_the_wheel(tmp_path: Path, monkeypatch):
    for place in ("wheel", "path"):
        program = tmp_path / place / "nats-server"
        program.parent.mkdir()
        program.touch(mode=0o755)
    monkeypatch.setattr(jetstream.sysconfig, "get_path", lambda _: str(tmp_path / "wheel"))
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    found = jetstream.programs()
    assert found[:2] == [str(tmp_path / place / "nats-server") for place in ("wheel", "path")]


@pytest.mark.usefixtures("wheel")
def test_if_one_engine_is_missing_the_message_says_so_and_the_other_starts(folder: Path, monkeypatch):
    monkeypatch.setattr(jetstream.shutil, "which", lambda *_, **__: None)
    code, lines = run_servers("up", "--folder", folder)
    assert code == 1
    assert "PostgreSQL 1" in lines[1]
    assert "three nodes not started" in lines[2]
    assert "no nats-server on this computer" in " ".join(lines[3:])


def test_an_unknown_engine_is_named(folder: Path):
    with pytest.raises(WorkshopError, match=r"'kafka', but the engines are postgres and jetstream"):
        servers.control("up", folder, ["kafka"])
