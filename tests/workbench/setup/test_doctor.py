"""Every check of the doctor is shown a healthy computer and a sick one."""

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


def test_the_supported_pythons_are_well_and_others_are_not():
    assert [doctor.python_version((3, minor, 1)).well for minor in (10, 11, 14, 15)] == [
        False,
        True,
        True,
        False,
    ]


def test_the_packages_of_this_environment_are_those_of_the_lock():
    assert doctor.packages(LOCK).well, doctor.packages(LOCK).seen


def test_a_package_in_another_version_is_named(tmp_path: Path):
    (tmp_path / "lock").write_text("duckdb==2.0.0 \\\n    --hash=sha256:00\n")
    finding = doctor.packages(tmp_path / "lock", lambda name: "1.5.0")
    assert not finding.well
    assert "duckdb 2.0.0 is wanted, 1.5.0 is there" in finding.seen


def test_a_missing_package_is_named(tmp_path: Path):
    (tmp_path / "lock").write_text("no-such-package==1.0 \\\n    --hash=sha256:00\n")
    assert "nothing is there" in doctor.packages(tmp_path / "lock").seen


def test_packages_of_other_systems_are_not_missed(tmp_path: Path):
    (tmp_path / "lock").write_text(
        "no-such-package==1.0 ; sys_platform == 'amiga' \\\n    --hash=sha256:00\n"
    )
    assert doctor.packages(tmp_path / "lock").well


def test_a_lock_in_the_tests_is_read_whole():
    names = {line.split("==")[0] for line in LOCK.read_text().splitlines() if line[:1].isalnum()}
    assert set(doctor.locked(LOCK)) <= names
    assert metadata.version("duckdb") == doctor.locked(LOCK)["duckdb"]


def test_a_taken_port_is_found_and_a_free_one_too():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]
        assert not doctor.free_port(port).well
    assert doctor.free_port(port).well


def test_a_folder_can_be_written_and_a_file_in_its_place_cannot(tmp_path: Path):
    assert doctor.writable(tmp_path / "new").well
    (tmp_path / "file").touch()
    assert not doctor.writable(tmp_path / "file").well
    assert list((tmp_path / "new").iterdir()) == []


def test_disk_space_is_compared_with_the_need(tmp_path: Path):
    assert doctor.disk_space(tmp_path, needed_mb=0).well
    assert not doctor.disk_space(tmp_path, needed_mb=10**12).well


def test_a_browser_is_found_by_the_system_or_by_name_or_not_at_all():
    assert doctor.browser(object).well
    assert doctor.browser(no_browser, lambda name: "/bin/x" if name == "firefox" else None).seen == "firefox"
    assert not doctor.browser(no_browser, lambda name: None).well


@pytest.mark.parametrize(
    ("proxies", "well"),
    [
        ({}, True),
        ({"no": "example.org"}, True),
        ({"http": "http://proxy:3128", "no": "127.0.0.1,localhost"}, True),
        ({"http": "http://proxy:3128", "no": "*"}, True),
        ({"http": "http://proxy:3128"}, False),
        ({"https": "http://proxy:3128", "no": "localhost"}, False),
    ],
)
def test_a_proxy_must_spare_this_computer(proxies: dict[str, str], well: bool):
    finding = doctor.proxy(proxies)
    assert finding.well == well
    assert "websocket" in finding.remedy


def test_our_kernel_starts_and_answers():
    assert doctor.kernel().well, doctor.kernel().seen


def test_a_kernel_that_does_not_exist_is_told():
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


def test_a_kernel_that_dies_at_once_is_told(add_kernel: Callable[[str, list[str]], None]):
    add_kernel("dying", [sys.executable, "-c", "raise SystemExit(1)"])
    assert not doctor.kernel("dying", seconds=10).well


def test_a_kernel_of_another_python_is_told(add_kernel: Callable[[str, list[str]], None]):
    pretend = (
        "import sys; sys.prefix = '/elsewhere'; import ipykernel.kernelapp as k; k.launch_new_instance()"
    )
    add_kernel("foreign", [sys.executable, "-c", pretend, "-f", "{connection_file}"])
    finding = doctor.kernel("foreign")
    assert not finding.well
    assert "/elsewhere" in finding.seen


def test_widgets_are_served_by_a_real_lab():
    with doctor.short_lived_lab() as fetch:
        finding = doctor.widgets(Path(sys.prefix), fetch)
    assert finding.well, finding.seen


def test_a_lab_that_refuses_the_widgets_code_is_told():
    finding = doctor.widgets(Path(sys.prefix), lambda path: 404)
    assert not finding.well
    assert "404" in finding.seen


def test_widgets_that_are_not_installed_are_told(tmp_path: Path):
    assert "anywidget is not installed" in doctor.widgets(tmp_path, lambda path: 200).seen


def test_the_remedy_is_shown_for_what_is_not_well_only(capsys: pytest.CaptureFixture[str]):
    doctor.present(
        [doctor.Diagnosis("A", True, "fine", "cure A"), doctor.Diagnosis("B", False, "ill", "cure B")]
    )
    shown = capsys.readouterr().out
    assert "✓" in shown
    assert "✗" in shown
    assert "cure A" not in shown
    assert "cure B" in shown
