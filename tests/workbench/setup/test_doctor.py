"""Every check of the doctor passes on a good computer and fails on a bad one."""

from __future__ import annotations

import json
import socket
import sys
import webbrowser
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest

from workbench.setup import doctor
from workbench.setup.workspace import COURSE

LOCK = COURSE / "requirements.lock"


def no_browser() -> object:
    raise webbrowser.Error


def test_only_supported_pythons_pass():
    assert [doctor.python_version((3, minor, 1)).ok for minor in (10, 11, 14, 15)] == [
        False,
        True,
        True,
        False,
    ]


def test_the_packages_of_this_environment_are_those_of_the_lock():
    assert doctor.packages(LOCK).ok, doctor.packages(LOCK).seen


def test_a_package_in_another_version_is_named(tmp_path: Path):
    (tmp_path / "lock").write_text("duckdb==2.0.0 \\\n    --hash=sha256:00\n")
    finding = doctor.packages(tmp_path / "lock", lambda name: "1.5.0")
    assert not finding.ok
    assert "duckdb 2.0.0 is required, 1.5.0 is installed" in finding.seen


def test_a_missing_package_is_named(tmp_path: Path):
    (tmp_path / "lock").write_text("no-such-package==1.0 \\\n    --hash=sha256:00\n")
    assert "nothing is installed" in doctor.packages(tmp_path / "lock").seen


def test_packages_of_other_systems_are_not_required(tmp_path: Path):
    (tmp_path / "lock").write_text(
        "no-such-package==1.0 ; sys_platform == 'amiga' \\\n    --hash=sha256:00\n"
    )
    assert doctor.packages(tmp_path / "lock").ok


def test_the_lock_is_read_with_names_and_versions():
    names = {line.split("==")[0] for line in LOCK.read_text().splitlines() if line[:1].isalnum()}
    assert set(doctor.locked(LOCK)) <= names
    assert metadata.version("duckdb") == doctor.locked(LOCK)["duckdb"]


def test_a_free_port_passes_and_a_taken_one_fails():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        assert not doctor.free_port(port).ok
    assert doctor.free_port(port).ok


def test_a_writable_folder_passes_and_a_file_in_its_place_fails(tmp_path: Path):
    assert doctor.writable(tmp_path / "new").ok
    (tmp_path / "file").touch()
    assert not doctor.writable(tmp_path / "file").ok
    assert list((tmp_path / "new").iterdir()) == []


def test_disk_space_is_compared_with_what_is_needed(tmp_path: Path):
    assert doctor.disk_space(tmp_path, needed_mb=0).ok
    assert not doctor.disk_space(tmp_path, needed_mb=10**12).ok


def test_a_browser_is_found_by_the_system_or_by_name_or_not_at_all():
    assert doctor.browser(object).ok
    assert doctor.browser(no_browser, lambda name: "/bin/x" if name == "firefox" else None).seen == "firefox"
    assert not doctor.browser(no_browser, lambda name: None).ok


@pytest.mark.parametrize(
    ("proxies", "ok"),
    [
        ({}, True),
        ({"no": "example.org"}, True),
        ({"http": "http://proxy:3128", "no": "127.0.0.1,localhost"}, True),
        ({"http": "http://proxy:3128", "no": "*"}, True),
        ({"http": "http://proxy:3128"}, False),
        ({"https": "http://proxy:3128", "no": "localhost"}, False),
    ],
)
def test_a_proxy_must_be_bypassed_for_this_computer(proxies: dict[str, str], ok: bool):
    finding = doctor.proxy(proxies)
    assert finding.ok == ok
    assert "websocket" in finding.remedy


def test_our_kernel_starts_and_answers():
    assert doctor.kernel().ok, doctor.kernel().seen


def test_a_kernel_that_does_not_exist_is_reported():
    assert "no-such-kernel does not start" in doctor.kernel("no-such-kernel").seen


@pytest.fixture
def add_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, list[str]], None]:
    def add(name: str, argv: list[str]) -> None:
        folder = tmp_path / "kernels" / name
        folder.mkdir(parents=True)
        spec = {"argv": argv, "display_name": name, "language": "python"}
        (folder / "kernel.json").write_text(json.dumps(spec))

    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    return add


def test_a_kernel_that_exits_at_once_is_reported(add_kernel: Callable[[str, list[str]], None]):
    add_kernel("dying", [sys.executable, "-c", "raise SystemExit(1)"])
    assert not doctor.kernel("dying", seconds=10).ok


def test_a_kernel_of_another_python_is_reported(add_kernel: Callable[[str, list[str]], None]):
    pretend = (
        "import sys; sys.prefix = '/elsewhere'; import ipykernel.kernelapp as k; k.launch_new_instance()"
    )
    add_kernel("foreign", [sys.executable, "-c", pretend, "-f", "{connection_file}"])
    finding = doctor.kernel("foreign")
    assert not finding.ok
    assert "/elsewhere" in finding.seen


def test_widgets_are_served_by_a_real_lab():
    with doctor.short_lived_lab() as fetch:
        finding = doctor.widgets(Path(sys.prefix), fetch)
    assert finding.ok, finding.seen


def test_a_lab_that_does_not_serve_the_widgets_is_reported():
    finding = doctor.widgets(Path(sys.prefix), lambda path: 404)
    assert not finding.ok
    assert "404" in finding.seen


def test_missing_widgets_are_reported(tmp_path: Path):
    assert "anywidget is not installed" in doctor.widgets(tmp_path, lambda path: 200).seen


def test_a_remedy_is_shown_only_for_a_failed_check(capsys: pytest.CaptureFixture[str]):
    doctor.present(
        [doctor.Diagnosis("A", True, "fine", "remedy A"), doctor.Diagnosis("B", False, "broken", "remedy B")]
    )
    shown = capsys.readouterr().out
    assert "✓" in shown
    assert "✗" in shown
    assert "remedy A" not in shown
    assert "remedy B" in shown
