"""Set-up is all or nothing, can be repeated, and reports each expected failure in one sentence."""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from tests.workbench.helpers import interruptible
from workbench.setup.workspace import COURSE

posix = pytest.mark.skipif(os.name != "posix", reason="the fake installer is a shell script")


INSTALLS = """\
case "$*" in *" -e "*) for packages in .venv/lib/python3*/site-packages; do
    pwd > "$packages/_editable_impl_workshop_lib.pth"
done; esac
exit 0"""


@pytest.fixture
def uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fake uv that installs the workbench alone and records each call; `calls(uv)` returns them."""
    folder = tmp_path / "bin"
    folder.mkdir()
    script = folder / "uv"
    behave(script, INSTALLS)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return script


def behave(script: Path, then: str) -> None:
    script.write_text(f'#!/bin/sh\necho "$@" >> "{script}.calls"\n{then}\n', encoding="utf-8")
    script.chmod(0o755)


def calls(script: Path) -> list[str]:
    recorded = Path(f"{script}.calls")
    return recorded.read_text().splitlines() if recorded.exists() else []


def run(clone: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "start.py", *arguments],
        cwd=clone,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


def error_line(result: subprocess.CompletedProcess[str]) -> str:
    """Return the single line of the error message; fail on any other output."""
    assert result.returncode == 1
    assert "Traceback" not in result.stdout + result.stderr
    (line,) = result.stderr.strip().splitlines()
    return line


def test_start_parses_on_python_3_6():
    ast.parse((COURSE / "start.py").read_text(encoding="utf-8"), feature_version=(3, 6))


@pytest.mark.parametrize(
    ("version", "remedy"), [("3, 10, 9", "python3.13 start.py"), ("3, 15, 0", "python3.14 start.py")]
)
def test_the_error_for_a_python_outside_the_range_names_one_to_use(version: str, remedy: str):
    pretend = (
        f"import runpy, sys; sys.version_info = ({version}); runpy.run_path('start.py', run_name='__main__')"
    )
    result = subprocess.run(
        [sys.executable, "-c", pretend], cwd=COURSE, capture_output=True, text=True, check=False
    )
    assert remedy in error_line(result)


@pytest.mark.parametrize(("implementation", "is_64_bit"), [("PyPy", True), ("CPython", False)])
def test_pythons_other_than_64_bit_cpython_are_rejected(
    start: ModuleType, implementation: str, is_64_bit: bool
):
    with pytest.raises(start.SetupError, match="64-bit CPython"):
        start.check_python((3, 12), implementation, is_64_bit)


def test_the_error_for_a_python_without_venv_names_the_package_to_install(start: ModuleType):
    with pytest.raises(start.SetupError, match=r"apt install python3\.\d+-venv"):
        start.installers(Path("python"), None, lambda module: module if module != "ensurepip" else None)


def test_uv_is_preferred_and_pip_is_used_without_it(start: ModuleType):
    names = [
        [way[0] for way in start.installers(Path("python"), uv, lambda name: name)]
        for uv in ("/bin/uv", None)
    ]
    assert names == [["uv", "pip"], ["pip"]]


def test_help_needs_no_setup(clone: Path):
    assert "start.py test" in run(clone, "--help").stdout
    assert not (clone / ".venv").exists()


def test_a_file_named_venv_is_reported(clone: Path):
    (clone / ".venv").write_text("in the way")
    assert "is a file, but a folder is needed" in error_line(run(clone))


def test_a_full_disk_is_reported_before_anything_is_written(clone: Path, start: ModuleType):
    start.NEEDED_BYTES = 2**80
    with pytest.raises(start.SetupError, match="MB of disk space are left"):
        start.Setup(clone).ensure("lab")
    assert not (clone / ".venv").exists()


def test_a_folder_that_cannot_be_written_is_reported(clone: Path, start: ModuleType):
    (clone / ".start-was-here").mkdir()  # like a missing permission, but works for root too
    with pytest.raises(start.SetupError, match="cannot be written"):
        start.Setup(clone).ensure("lab")


def test_the_error_for_an_unreachable_index_names_the_settings_that_help(clone: Path, tmp_path: Path):
    nowhere = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_FIND_LINKS": "",
    }
    nowhere |= {"PIP_EXTRA_INDEX_URL": "", "HOME": str(tmp_path), "PATH": os.defpath, "NO_PROXY": "*"}
    assert "HTTPS_PROXY, PIP_INDEX_URL or PIP_CERT" in error_line(run(clone, **nowhere))


@pytest.mark.parametrize(
    ("output", "remedy"),
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        (
            "THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE",
            "differs from the one in the lock",
        ),
        ("ProxyError('Cannot connect to proxy.')", "cannot be reached"),
        ("error: Failed to fetch: dns error", "cannot be reached"),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate", "cannot be reached"),
        ("ERROR: No matching distribution found for duckdb==2.0.0", "has no wheel for this computer"),
        ("PermissionError: [Errno 13] Permission denied", "could not be written"),
        ("an unknown failure", "an unknown failure"),
    ],
)
def test_each_installer_failure_gets_a_remedy(clone: Path, start: ModuleType, output: str, remedy: str):
    place = start.Setup(clone)
    place.venv.mkdir()
    place.log.write_text(output)
    said = str(place.failure("Installing"))
    assert remedy in said
    assert ("Then run the same command again" in said) == (remedy != output)


@posix
class TestWithAFakeUv:
    """Set-ups that install nothing and are therefore fast."""

    def test_a_complete_setup_is_not_repeated(
        self, clone: Path, start: ModuleType, uv: Path, capsys: pytest.CaptureFixture
    ):
        start.Setup(clone).ensure("lab")
        made, _ = len(calls(uv)), capsys.readouterr()
        start.Setup(clone).ensure("lab")
        assert len(calls(uv)) == made == 2
        assert capsys.readouterr().out == ""

    def test_progress_counts_the_steps(
        self, clone: Path, start: ModuleType, uv: Path, capsys: pytest.CaptureFixture
    ):
        start.Setup(clone).ensure("lab")
        assert [line[:5] for line in capsys.readouterr().out.splitlines()[1:4]] == ["[1/3]", "[2/3]", "[3/3]"]

    def test_packages_are_checked_by_hash_and_the_workbench_needs_no_index(
        self, clone: Path, start: ModuleType, uv: Path
    ):
        start.Setup(clone).ensure("lab")
        packages, own = calls(uv)
        assert "--require-hashes" in packages
        assert "--no-index" in own

    @pytest.mark.parametrize("harm", ["changed lock", "lost stamp", "broken python", "moved folder"])
    def test_an_outdated_or_broken_venv_is_made_again(
        self, clone: Path, start: ModuleType, uv: Path, harm: str
    ):
        place = start.Setup(clone)
        place.ensure("lab")
        (place.venv / "left over").touch()
        if harm == "changed lock":
            (clone / "requirements.lock").open("a").write("# newer\n")
        elif harm == "lost stamp":
            place.stamp.unlink()
        elif harm == "broken python":
            place.python.unlink()
        else:
            clone = clone.rename(clone.with_name("elsewhere"))
        repaired = start.Setup(clone)
        assert not repaired.has("lab")
        repaired.ensure("lab")
        assert repaired.has("lab")
        assert not (repaired.venv / "left over").exists()

    def test_the_test_set_is_added_to_a_complete_lab(self, clone: Path, start: ModuleType, uv: Path):
        place = start.Setup(clone)
        place.ensure("lab")
        (place.venv / "still here").touch()
        place.ensure("test")
        assert place.has("lab")
        assert place.has("test")
        assert (place.venv / "still here").exists()

    def test_a_failed_download_of_the_test_set_leaves_the_lab_usable(
        self, clone: Path, start: ModuleType, uv: Path
    ):
        place = start.Setup(clone)
        place.ensure("lab")
        behave(uv, "echo dns error; exit 1")
        with pytest.raises(start.SetupError, match="cannot be reached"):
            place.ensure("test")
        assert place.has("lab")

    def test_an_interrupted_setup_says_so_and_can_be_repeated(self, clone: Path, start: ModuleType, uv: Path):
        behave(uv, "exec sleep 60")
        with interruptible(clone) as setup:
            while not calls(uv):
                assert setup.poll() is None
                time.sleep(0.05)
            setup.send_signal(signal.SIGINT)
            _, errors = setup.communicate(timeout=30)
        assert setup.returncode == 130
        assert errors.strip() == "Interrupted. Nothing is broken: run the same command again."
        assert not start.Setup(clone).has("lab")
        behave(uv, INSTALLS)
        start.Setup(clone).ensure("lab")
        assert start.Setup(clone).has("lab")

    def test_a_failed_update_leaves_the_old_packages_usable(
        self, clone: Path, start: ModuleType, uv: Path, capsys: pytest.CaptureFixture[str]
    ):
        behave(uv, INSTALLS)
        start.Setup(clone).ensure("lab")
        (clone / ".venv" / "old").touch()
        with (clone / "requirements.lock").open("a") as lock:
            lock.write("# newer\n")
        behave(uv, "echo network is unreachable; exit 1")
        monkey = pytest.MonkeyPatch()
        monkey.setattr(start, "installers", lambda *_: [("uv", [sys.executable, "-c", ""], [str(uv)])])
        with pytest.raises(start.SetupError, match="cannot be reached"):
            start.Setup(clone).ensure("lab")
        monkey.undo()
        assert (clone / ".venv" / "old").exists()
        assert not (clone / ".venv.before").exists()
        assert "-m workbench.cli lab" in capsys.readouterr().out

    def test_a_symlinked_venv_is_replaced_without_touching_its_target(
        self, clone: Path, start: ModuleType, uv: Path
    ):
        precious = clone.parent / "precious"
        precious.mkdir()
        (precious / "file").touch()
        (clone / ".venv").symlink_to(precious)
        start.Setup(clone).ensure("lab")
        assert (precious / "file").exists()
