"""Set-up works wherever the course lies and whatever people's pip is set to; with pip and no network."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from pathlib import Path
from types import ModuleType

import pytest

from tests.start.test_start import INSTALLS, behave, calls, error_line, posix, run, uv
from tests.workbench.helpers import interruptible

__all__ = ["uv"]  # a fixture

NAMES = ("a course", "course [v2]", "course #1", "100%25 course", "Übung für 東京", "it's (a) course")
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}  # as strict as Python can be
LOCALES = {"C": {"LC_ALL": "C"}, "UTF-8": {"LC_ALL": "C.UTF-8"}, "ASCII": ASCII}
CASES = [(name, locale) for name in NAMES for locale in LOCALES]

BACKEND = """
import zipfile
INFO = "workshop_lib-0.1.0.dist-info/"
def prepare_metadata_for_build_editable(folder, settings=None):
    import pathlib
    made = pathlib.Path(folder, INFO)
    made.mkdir()
    (made / "METADATA").write_text("Metadata-Version: 2.1\\nName: workshop-lib\\nVersion: 0.1.0\\n")
    return INFO
def build_editable(folder, settings=None, metadata=None):
    import os
    name = "workshop_lib-0.1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        wheel.writestr("_editable_impl_workshop_lib.pth", os.fsencode(os.getcwd()))
        wheel.writestr(INFO + "METADATA", "Metadata-Version: 2.1\\nName: workshop-lib\\nVersion: 0.1.0\\n")
        wheel.writestr(INFO + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(INFO + "RECORD", "")
    return name
"""

HOSTILE = """
[global]
user = true
require-hashes = true
no-index = true
index-url = http://127.0.0.1:9/simple
timeout = 7
[install]
target = {elsewhere}
root = {elsewhere}
dry-run = true
"""


@pytest.fixture
def tiny(clone: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course without dependencies that builds itself, and a PATH without uv."""
    for lock in ("requirements.lock", "requirements-test.lock"):
        (clone / lock).write_text("# nothing\n")
    (clone / "backend.py").write_text(BACKEND)
    project = '[project]\nname = "workshop-lib"\nversion = "0.1.0"\n'
    (clone / "pyproject.toml").write_text(
        f'[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n{project}'
    )
    (clone / "workbench" / "cli.py").write_text('if __name__ == "__main__":\n    print("opened")\n')
    monkeypatch.setenv("PATH", str(clone))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return clone


def sampled() -> list[tuple[str, str]]:
    """Return all cases where FULL is set, otherwise two: one of them with letters that need an encoding."""
    if os.environ.get("FULL"):
        return CASES
    return [(NAMES[4], "ASCII"), random.Random(20261201).choice(CASES)]


@posix
@pytest.mark.parametrize(("name", "locale"), sampled())
def test_the_course_opens_in_any_folder_and_locale(tiny: Path, name: str, locale: str):
    course = tiny.rename(tiny.with_name(name))
    first = run(course, **LOCALES[locale])
    assert (first.returncode, first.stdout.splitlines()[-1]) == (0, "opened"), first.stdout + first.stderr
    for other in LOCALES.values():
        assert run(course, **other).stdout == "opened\n"
        python = [str(course / ".venv" / "bin" / "python"), "-c", "import workbench.cli"]
        variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        assert subprocess.run(python, cwd=course.parent, env=variables | other).returncode == 0


def test_pip_settings_that_lead_elsewhere_do_not_count(tiny: Path, tmp_path: Path):
    elsewhere = tmp_path / "elsewhere"
    (tmp_path / "pip.conf").write_text(HOSTILE.format(elsewhere=elsewhere))
    variables = {name: str(elsewhere) for name in ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_HOME")}
    variables |= {"PIP_USER": "1", "PIP_CONFIG_FILE": str(tmp_path / "pip.conf")}
    result = run(tiny, **variables)
    assert (result.returncode, result.stdout.splitlines()[-1]) == (0, "opened"), result.stdout + result.stderr
    assert not elsewhere.exists()


def test_mirrors_proxies_certificates_and_timeouts_still_count(start: ModuleType):
    listed = "\n".join(
        (
            ":env:.cert='/env.pem'",
            ":env:.target='/elsewhere'",
            "global.cert='/global.pem'",
            "global.find-links='/one\\n/two words'",
            "global.index-url='https://mirror/it%27s'",
            "global.user='true'",
            'install.proxy="it\'s"',
            "install.root='/'",
            "install.timeout='7'",
            "freeze.timeout='8'",
        )
    )
    assert start.downloads(listed) == {
        "PIP_CERT": "/env.pem",
        "PIP_FIND_LINKS": "/one\n/two words",
        "PIP_INDEX_URL": "https://mirror/it%27s",
        "PIP_PROXY": "it's",
        "PIP_TIMEOUT": "7",
    }


def test_an_installer_gets_only_the_variables_for_downloads(start: ModuleType):
    given = {"UV_DEFAULT_INDEX": "a", "UV_REQUIRE_HASHES": "1", "UV_SYSTEM_PYTHON": "1", "HTTPS_PROXY": "b"}
    got = start.installer_environment(given | {"PIP_USER": "1", "PIP_DRY_RUN": "1", "PYTHONPATH": "c"})
    kept = {"UV_DEFAULT_INDEX": "a", "HTTPS_PROXY": "b", "PIP_CONFIG_FILE": os.devnull}
    assert got == kept | {"PYTHONUTF8": "1", "LC_ALL": "C"}


@posix
def test_a_setup_whose_python_cannot_import_the_workbench_is_not_ready(tiny: Path):
    (tiny / "workbench" / "cli.py").write_text("import not_installed\n")
    result = run(tiny)
    assert result.returncode == 1
    assert "Ready" not in result.stdout
    assert "No module named 'not_installed'" in result.stderr
    assert "un the same command again" not in result.stderr
    assert not (tiny / ".venv" / "setup-complete.txt").exists()


@posix
def test_a_folder_that_no_python_can_be_set_up_in_is_to_be_renamed(clone: Path):
    said = error_line(run(clone.rename(clone.with_name("course 1:2"))))
    assert "contains a :" in said
    assert "Rename the folder" in said


@posix
def test_what_is_left_of_a_killed_setup_ends(clone: Path, start: ModuleType, uv: Path):
    behave(uv, f'for _ in $(seq 3000); do echo >> "{uv}.beats"; mkdir -p ".venv/a/$(date +%N)"; done')
    with interruptible(clone) as setup:
        while not calls(uv):
            assert setup.poll() is None
            time.sleep(0.05)
        setup.send_signal(signal.SIGKILL)
        setup.communicate(timeout=30)
    behave(uv, INSTALLS)
    start.Setup(clone).ensure("lab")
    beats = Path(f"{uv}.beats").stat().st_size
    time.sleep(0.3)
    assert Path(f"{uv}.beats").stat().st_size == beats
    assert start.Setup(clone).has("lab")
    assert not (clone / ".venv" / "a").exists()
