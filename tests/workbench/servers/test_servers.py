"""`workshop servers`: real servers that come and go by a command, and leave nothing running."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from workbench import cli, servers
from workbench.servers import jetstream, postgres
from workshop_lib import open_store
from workshop_lib.events import WorkshopError
from workshop_lib.store.contract import SocketPlugged
from workshop_lib.store.server_errors import ExtraMissing


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that a server run by another user than root's can enter, with a short name for its socket."""
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
def test_postgresql_goes_up_keeps_its_data_and_goes_down_however_often_one_asks(folder: Path):
    shop = ("postgres", "--folder", folder)
    assert run_servers("status", *shop) == (0, ["engine address", "PostgreSQL not running"])
    first, again = run_servers("up", *shop), run_servers("up", *shop)
    assert first == again == run_servers("status", *shop)
    address = first[1][1].removeprefix("PostgreSQL ")
    with open_store(address) as store:
        store.append("socket-7", [SocketPlugged("7")])
    for _ in range(2):
        assert run_servers("down", *shop) == (0, ["engine address", "PostgreSQL stopped"])
        assert postgres.pid_of(folder / "postgres") is None
    with open_store(postgres.up(folder / "postgres")) as store:
        assert store.position() == 1


@pytest.mark.usefixtures("wheel")
def test_a_note_of_a_server_whose_id_another_program_has_now_fools_nobody(folder: Path):
    postgres.up(folder)
    note = folder / "data" / "postmaster.pid"
    lines = note.read_text().splitlines()
    postgres.down(folder)
    note.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert (postgres.status(folder), postgres.pid_of(folder)) == (None, None)
    postgres.down(folder)
    assert postgres.up(folder)
    postgres.down(folder)


@pytest.mark.usefixtures("wheel")
def test_a_place_where_no_server_can_be_is_a_sentence(folder: Path):
    (folder / "postgres").write_text("a file")
    code, lines = run_servers("up", "postgres", "--folder", folder)
    assert code == 1
    assert "does not start" in " ".join(lines)
    (folder / "postgres").unlink()


def test_the_cluster_goes_up_and_down_by_the_same_command(folder: Path, require_tool):
    require_tool("nats-server", "/usr/sbin/nats-server")
    code, lines = run_servers("up", "jetstream", "--folder", folder)
    assert (code, lines[1].count("127.0.0.1")) == (0, 3)
    assert run_servers("status", "jetstream", "--folder", folder) == (0, lines)
    assert run_servers("down", "jetstream", "--folder", folder)[1][1].endswith("stopped")
    assert not [node for node in jetstream.nodes_in(folder / "jetstream") if node.runs()]


@pytest.mark.usefixtures("wheel")
def test_where_one_engine_is_missing_the_sentence_is_clear_and_the_other_serves(folder: Path, monkeypatch):
    monkeypatch.setattr(jetstream.shutil, "which", lambda *_, **__: None)
    code, lines = run_servers("up", "--folder", folder)
    assert code == 1
    assert "PostgreSQL postgresql://" in lines[1]
    assert "three nodes not started" in lines[2]
    assert "no nats-server on the PATH" in " ".join(lines[3:])


def test_an_unknown_engine_is_named(folder: Path):
    with pytest.raises(WorkshopError, match=r"'kafka', but the engines are postgres and jetstream"):
        servers.control("up", folder, ["kafka"])
