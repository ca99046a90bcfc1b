"""Set up the workbench in .venv and open it: `python3 start.py`, or run its tests: `python3 start.py test`.

This file needs only Python, and it must parse even on Python 3.6, so that an old Python gets a clear message.
Set-up is all or nothing: a stamp is written last. Without the right stamp `.venv` is made again; with it,
nothing is installed and no network is used. Read next: `workbench/cli.py`.
"""

import ast
import hashlib
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path
from typing import IO, Callable, Dict, List, Mapping, Optional, Tuple

OLDEST, NEWEST = (3, 11), (3, 14)
ROOT = Path(__file__).resolve().parent
LOCKS = {"lab": "requirements.lock", "test": "requirements-test.lock"}
NEEDED_BYTES = 1000**3
BASE = getattr(sys, "_base_executable", None) or sys.executable  # .venv cannot replace itself
USAGE = """\
python3 start.py [--no-browser] [--port N] [--host ADDRESS]   open the workbench in JupyterLab
python3 start.py test [arguments of pytest]                   run the whole test suite
python3 start.py lock [arguments of uv pip compile]           remake the locks from pyproject.toml
The first two set up .venv if it is missing, which needs a network; afterwards they work offline."""
AGAIN = " Then run the same command again."

# Where packages come from: the only settings of one's own that an installer gets. Others (user, target,
# prefix, root, require-hashes, ...) would install elsewhere than in .venv, or nothing.
PIP_SETTINGS = re.compile(
    "(extra-)?index-url|find-links|no-index|trusted-host|proxy|cert|client-cert|(default-)?timeout"
    "|(resume-)?retries|(no-)?cache-dir|keyring-provider|use-feature|use-deprecated"
)
UV_SETTINGS = re.compile(
    "UV_.*(INDEX|FIND_LINKS|HOST|TLS|CERT|TIMEOUT|RETRIES|CACHE|CONFIG_FILE|KEYRING|LINK_MODE|CONCURRENT|OFFLINE)"
)

# Runs the installer. Its input ends when start.py does, even if that is killed; then the installer ends too.
GUARD = """\
import os, signal, subprocess, sys, threading
installer = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
def end_with_start():
    os.read(0, 1)
    if os.name == "posix":
        os.killpg(0, signal.SIGKILL)
    subprocess.call(["taskkill", "/F", "/T", "/PID", str(installer.pid)])
threading.Thread(target=end_with_start, daemon=True).start()
os._exit(1 if installer.wait() else 0)
"""

# Fails unless this Python imports the workbench of the folder in its first argument.
TRIAL = """\
import os, sys, %s
sys.exit(not os.path.samefile(os.path.join(workbench.__path__[0], ".."), sys.argv[1]))
"""

# Patterns of an installer's output, and what to do about each failure. The first match is shown.
REMEDIES = {
    "No space left|ENOSPC|not enough space|disk.*full": "the disk is full. Free about 1 GB.",
    "DO NOT MATCH THE HASHES|Hash mismatch": "a downloaded package differs from the one in the lock. Empty"
    " the cache (pip cache purge, or uv cache clean); if that does not help, ask who runs your mirror.",
    "NewConnectionError|timed out|ConnectTimeout|ReadTimeout|Temporary failure|Name or service not known"
    "|getaddrinfo|ProxyError|Tunnel connection|Network is unreachable|Connection refused|ConnectionError"
    "|dns error|error sending request|Failed to fetch|certificate|SSLError|Could not connect": "the package"
    " index cannot be reached. Connect to a network; behind a proxy or with a mirror of your own, set"
    " HTTPS_PROXY, PIP_INDEX_URL or PIP_CERT (for uv: UV_DEFAULT_INDEX, SSL_CERT_FILE).",
    "No matching distribution|No solution found|no usable wheels|no wheels with|not a supported wheel": "a"
    " package has no wheel for this computer (%s %s, Python %s). If you use a mirror, check that it is"
    " complete; otherwise use a 64-bit Python 3.11 to 3.14 on Linux, macOS or Windows."
    % (platform.system(), platform.machine(), platform.python_version()),
    "Permission denied|Access is denied|EACCES|PermissionError|Read-only file system": "a file could not be"
    " written. Close every program that uses this folder, or copy the folder to a place of your own.",
}


class SetupError(Exception):
    """An expected failure; the message says what is wrong, then what to do now."""

    def __init__(self, seen: str, remedy: str = "") -> None:
        super().__init__(seen + remedy)
        self.seen = seen


def main(arguments: List[str]) -> int:
    """Run the command line; return the exit code."""
    try:
        check_python(sys.version_info[:2], platform.python_implementation(), sys.maxsize > 2**32)
        return follow(arguments)
    except SetupError as error:
        say("start.py: %s" % error, sys.stderr)
        return 1
    except KeyboardInterrupt:
        say("\nInterrupted. Nothing is broken: run the same command again.", sys.stderr)
        return 130


def follow(arguments: List[str]) -> int:
    """Set up what the command needs, then run it."""
    command = arguments[0] if arguments and arguments[0] in ("lab", "test", "lock") else "lab"
    rest = arguments[1:] if arguments[:1] == [command] else arguments
    if command != "test" and rest in (["-h"], ["--help"]):
        say(USAGE)
        return 0
    if command == "lock":
        return remake_locks(rest)
    place = Setup(ROOT)
    place.ensure(command)
    module = ["pytest"] if command == "test" else ["workbench.cli", "lab"]
    return hand_over([str(place.python), "-m"] + module + rest)


def check_python(version: Tuple[int, int], implementation: str, is_64_bit: bool) -> None:
    """Raise `SetupError` if the locked packages do not support this Python."""
    this = "this is Python %d.%d" % version
    if version < OLDEST:
        raise SetupError("%s, and the workbench needs 3.11 to 3.14. Try: python3.13 start.py" % this)
    if version > NEWEST:
        raise SetupError("%s, for which not all packages exist yet. Try: python3.14 start.py" % this)
    if implementation != "CPython" or not is_64_bit:
        kind = implementation if implementation != "CPython" else "32-bit"
        raise SetupError("%s (%s). Use a 64-bit CPython, for example from python.org." % (this, kind))


def say(text: str, stream: Optional[IO[str]] = None) -> None:
    """Print and flush, so that progress appears immediately."""
    stream = stream or sys.stdout
    try:
        print(text, file=stream, flush=True)
    except UnicodeEncodeError:  # the terminal has no such letter
        print(text.encode("ascii", "backslashreplace").decode("ascii"), file=stream, flush=True)


class Setup:
    """The folder .venv of one copy of the workbench, which `ensure` makes complete."""

    def __init__(self, root: Path) -> None:
        self.root, self.venv = root, root / ".venv"
        self.before = root / ".venv.before"
        self.stamp, self.log = self.venv / "setup-complete.txt", self.venv / "setup.log"
        windows = os.name == "nt"
        self.python = self.venv / ("Scripts" if windows else "bin") / ("python.exe" if windows else "python")
        self.began = time.monotonic()

    def ensure(self, kind: str) -> None:
        """Install the set "lab" or "test" unless it is complete. Raises `SetupError`."""
        if self.has(kind):
            return
        self.check_place()
        say("Setting up the workbench in %s (once; needs a network)." % self.venv)
        try:
            self.make(kind, keep=kind == "test" and self.has("lab"))  # "test" contains "lab"
        except (SetupError, KeyboardInterrupt):
            self.restore()
            raise
        shutil.rmtree(str(self.before), ignore_errors=True)
        done = LOCKS if kind == "test" else [kind]
        self.stamp.write_text("\n".join(map(self.recipe, done)) + "\n", encoding="utf-8")
        say("Ready after %d s. From now on this works offline." % (time.monotonic() - self.began))

    def has(self, kind: str) -> bool:
        """Return whether the set is complete for this Python, lock and folder, and its Python runs."""
        try:
            stamped = self.stamp.read_text(encoding="utf-8").splitlines()
            return self.recipe(kind) in stamped and self.runs()
        except (OSError, UnicodeError):
            return False

    def recipe(self, kind: str) -> str:
        """Return a line that changes whenever the set has to be installed again."""
        lock = hashlib.sha256((self.root / LOCKS[kind]).read_bytes().replace(b"\r\n", b"\n")).hexdigest()
        folder = os.fsencode(str(self.root)).decode("utf-8", "backslashreplace")  # the same in every locale
        return "%s %s python-%d.%d %s %s" % ((kind, lock) + sys.version_info[:2] + (sys.platform, folder))

    def runs(self) -> bool:
        """Return whether the Python of .venv finds the workbench, quickly and without output."""
        command, variables, quiet = self.trial("workbench"), environment(os.environ), subprocess.DEVNULL
        return subprocess.call(command, cwd=str(self.venv), env=variables, stderr=quiet) == 0

    def trial(self, modules: str) -> List[str]:
        """Return a command that succeeds if the Python of .venv can import these modules from here."""
        return [str(self.python), "-c", TRIAL % modules, str(self.root)]

    def check_place(self) -> None:
        """Raise `SetupError` if the folder cannot hold the packages."""
        if self.venv.exists() and not self.venv.is_dir():
            raise SetupError("%s is a file, but a folder is needed. Move it away and try again." % self.venv)
        self.check_name()
        free = shutil.disk_usage(str(self.root)).free
        if free < NEEDED_BYTES:
            raise SetupError("%d MB of disk space are left, but 1 GB is needed." % (free // 1000**2))
        try:
            probe = self.root / ".start-was-here"
            probe.write_bytes(b"")
            probe.unlink()
        except OSError as error:
            raise SetupError(
                "the folder %s cannot be written (%s). Copy the workbench to a folder of your own."
                % (self.root, error.strerror)
            ) from None

    def check_name(self) -> None:
        """Raise `SetupError` if no Python could be set up in a folder of this name."""
        if os.pathsep in str(self.root):
            reason = "a %s, which separates folders in the PATH" % os.pathsep
        elif "\ufffd" in os.fsencode(str(self.root)).decode("utf-8", "replace"):
            reason = "letters that are not in UTF-8"
        else:
            return
        raise SetupError(
            "the name of the folder %s contains %s. Rename the folder, or copy the workbench to another one,"
            " and start it there." % (self.root, reason)
        )

    def make(self, kind: str, keep: bool) -> None:
        """Make .venv and install with uv; with pip if uv is missing or fails."""
        ways = installers(self.python, shutil.which("uv"), importlib.util.find_spec)
        for name, make_venv, install in ways:
            try:
                if not keep:
                    self.remove()
                    self.step(1, "Making .venv", make_venv)
                self.install(name, install, kind)
                return
            except SetupError as error:
                if keep or name == ways[-1][0]:
                    raise  # a set that was complete stays complete
                say("With %s: %s\nTrying with pip." % (name, error.seen))

    def install(self, name: str, install: List[str], kind: str) -> None:
        lock = (self.root / LOCKS[kind]).read_text(encoding="utf-8")
        count = len(re.findall(r"(?m)^[A-Za-z0-9]\S*==", lock))
        settings = self.pip_settings() if name == "pip" else {}
        hashed = ["--require-hashes", "--only-binary", ":all:", "-r", LOCKS[kind]]
        self.step(2, "Installing up to %d packages with %s" % (count, name), install + hashed, settings)
        own = ["--no-deps", "--no-build-isolation", "--no-index", "-e", "."]  # a path may contain [ or #
        self.step(3, "Installing the workbench itself", install + own, settings)
        self.link()
        with self.log.open("wb") as log:  # with the variables that .venv will be used with
            if watch(
                self.trial("workbench.cli"), log, lambda elapsed: None, self.venv, environment(os.environ)
            ):
                raise self.failure("Starting the new Python")

    def link(self) -> None:
        """Make the path to the workbench relative: Python reads an absolute one in the locale's encoding."""
        packages = Path(sysconfig.get_path("purelib", "venv", {"base": str(self.venv)}))
        here = os.path.relpath(str(self.root), str(packages))
        for file in packages.glob("*.pth"):
            if os.fsencode(str(self.root)) in file.read_bytes():
                file.write_text(here + "\n", encoding="ascii")

    def pip_settings(self) -> Dict[str, str]:
        """Return what people's pip is set to use for downloads, as variables, without its other settings."""
        command = [str(self.python), "-m", "pip", "--disable-pip-version-check", "config", "list"]
        with self.log.open("wb") as log:
            watch(command, log, lambda elapsed: None, self.venv, dict(os.environ, PYTHONUTF8="1"))
        return downloads(self.log.read_text(encoding="utf-8", errors="replace"))

    def step(
        self, number: int, title: str, command: List[str], settings: Optional[Dict[str, str]] = None
    ) -> None:
        """Run one step; show progress and write its output to the log. Raises `SetupError` with a remedy."""
        self.venv.mkdir(exist_ok=True)
        began, label = time.monotonic(), "[%d/3] %s" % (number, title)
        variables = dict(installer_environment(os.environ), **(settings or {}))
        with self.log.open("wb") as log:
            code = watch(command, log, lambda elapsed: progress(label, elapsed), self.root, variables)
        if code:
            raise self.failure(title)
        say("%s%s: %.1f s   " % ("\r" if sys.stdout.isatty() else "", label, time.monotonic() - began))

    def remove(self) -> None:
        try:
            if self.venv.is_symlink():
                self.venv.unlink()
            elif self.stamp.exists():
                say("Setting the outdated .venv aside.")
                shutil.rmtree(str(self.before), ignore_errors=True)
                self.venv.rename(self.before)
            elif self.venv.exists():
                say("Removing the unfinished .venv.")
                remove_tree(self.venv)
        except OSError as error:
            raise SetupError(
                "%s cannot be removed (%s). Close every Lab and terminal that uses it and try again."
                % (self.venv, error.strerror)
            ) from None

    def restore(self) -> None:
        """Restore the old .venv, so that a failed update leaves a working one."""
        if self.before.exists():
            shutil.rmtree(str(self.venv), ignore_errors=True)
            self.before.rename(self.venv)
            say("The previous packages still work: %s -m workbench.cli lab" % self.python)

    def failure(self, title: str) -> SetupError:
        """Return the installer's failure with a remedy, or with its last lines if it is unknown."""
        output = self.log.read_text(encoding="utf-8", errors="replace")
        for pattern, remedy in REMEDIES.items():
            if re.search(pattern, output, re.IGNORECASE):
                return SetupError(remedy, AGAIN)
        tail = "\n".join("    " + line for line in output.strip().splitlines()[-5:])
        return SetupError(
            '"%s" failed. %s ends with:\n%s' % (title, self.log, tail),
            "\nThe same command fails again until the cause is removed. If these lines do not say what to do,"
            " send that file to your trainer.",
        )


def installers(
    python: Path, uv: Optional[str], find: Callable[[str], object]
) -> List[Tuple[str, List[str], List[str]]]:
    """Return the ways to install, best first: (name, make .venv, install). Raises `SetupError` if none."""
    venv = [BASE, "-m", "venv", str(python.parent.parent)]
    ways = []
    if uv and find("venv"):
        install = [uv, "pip", "install", "--python", str(python), "--color", "never", "--compile-bytecode"]
        ways.append(("uv", venv + ["--without-pip"], install))
    if find("venv") and find("ensurepip"):
        pip = [str(python), "-m", "pip", "install", "--no-input", "--progress-bar", "off", "--retries", "2"]
        ways.append(("pip", venv, pip + ["--disable-pip-version-check"]))
    if not ways:
        raise SetupError(
            "this Python has no venv module. On Debian: sudo apt install python%d.%d-venv;"
            " elsewhere reinstall Python with its own installer." % sys.version_info[:2] + AGAIN
        )
    return ways


def environment(variables: Mapping[str, str]) -> Dict[str, str]:
    """Return the variables without those that make Python or pip leave .venv."""
    removed = ("PYTHONHOME", "PYTHONPATH", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "VIRTUAL_ENV")
    return {name: value for name, value in variables.items() if name not in removed}


def installer_environment(variables: Mapping[str, str]) -> Dict[str, str]:
    """Return the variables for an installer: of pip's settings none, of uv's those for downloads."""
    kept = {
        name: value
        for name, value in environment(variables).items()
        if not name.startswith("PIP_") and (not name.startswith("UV_") or UV_SETTINGS.match(name))
    }
    # In the locale C, Python uses UTF-8 for folders whatever its options, and REMEDIES find English messages.
    return dict(kept, PIP_CONFIG_FILE=os.devnull, PYTHONUTF8="1", LC_ALL="C")


def downloads(listed: str) -> Dict[str, str]:
    """Return the settings for downloads in the output of `pip config list`, as pip's variables."""
    found = {}  # type: Dict[str, str]
    for section in ("global", "install", ":env:"):  # a later one overrides the ones before, as in pip
        for name, value in re.findall(r"(?m)^%s\.([\w-]+)=(['\"].*['\"])\s*$" % section, listed):
            text = str(ast.literal_eval(value))
            if PIP_SETTINGS.fullmatch(name) and text:
                found["PIP_" + name.upper().replace("-", "_")] = text
    return found


def remove_tree(folder: Path) -> None:
    """Remove a folder; for some seconds, wait for what is left of a killed set-up to end."""
    for _ in range(50):
        try:
            return shutil.rmtree(str(folder))
        except OSError:
            time.sleep(0.1)
    shutil.rmtree(str(folder))


def watch(
    command: List[str], log: IO[bytes], tick: Callable[[float], None], folder: Path, variables: Dict[str, str]
) -> int:
    """Run a command, calling `tick` with the elapsed seconds. It ends when start.py ends in any way."""
    if not shutil.which(command[0]):
        raise SetupError("%s is missing or cannot be run. Reinstall it." % command[0] + AGAIN)
    began = time.monotonic()
    process = subprocess.Popen(
        [BASE, "-IS", "-c", GUARD] + command,
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        env=variables,
        cwd=str(folder),
        start_new_session=True,  # an interrupt reaches start.py alone, which then ends the installer
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # the same on Windows
    )
    try:
        while process.poll() is None:
            tick(time.monotonic() - began)
            time.sleep(0.1)
    finally:
        process.communicate()  # the guard ends the installer when its input is closed
    return process.returncode


def progress(label: str, elapsed: float) -> None:
    """Print the seconds: on a terminal in one changing line, in a file as a line every 20 seconds."""
    if sys.stdout.isatty():
        print("\r%s ... %d s " % (label, elapsed), end="", flush=True)
    elif elapsed % 20 > 19.9:
        say("%s ... %d s" % (label, elapsed))


def hand_over(command: List[str]) -> int:
    """Replace this process by the command, which then gets all signals; on Windows, wait for it."""
    os.chdir(str(ROOT))
    sys.stdout.flush()
    variables = dict(environment(os.environ), PYTHONUTF8="1")
    if os.name == "posix":
        os.execve(command[0], command, variables)
    process = subprocess.Popen(command, env=variables)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # the command was interrupted too and ends by itself


def remake_locks(options: List[str]) -> int:
    """Compile both locks from pyproject.toml, the second constrained by the first; pass options to uv.

    All extras are included: those that few participants use (`privacy`, `market`) take 25 MB of 900.
    """
    uv = shutil.which("uv")
    if not uv:
        raise SetupError("making the locks needs uv, which is not on the PATH. Install it and try again.")
    plain = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--quiet"]
    bound = ["--group", "test", "-c", LOCKS["lab"]]
    for kind, more in (("lab", []), ("test", bound)):  # type: Tuple[str, List[str]]
        command = [uv, "pip", "compile", "pyproject.toml", "--all-extras", "--group", "setup"] + more + plain
        addressless = ["--no-emit-index-url", "--no-emit-find-links", "-o", LOCKS[kind]]
        code = subprocess.call(command + options + addressless, cwd=str(ROOT))
        if code:
            return code
        say("%s is written." % LOCKS[kind])
    pin_in_the_open(ROOT)
    return 0


def pin_in_the_open(root: Path) -> None:
    """Pin the packages of environment.yml to the versions of the lock."""
    lock = (root / LOCKS["lab"]).read_text(encoding="utf-8")
    versions = dict(re.findall(r"(?m)^([a-z0-9-]+)==([^\s;]+)", lock))
    conda = root / "environment.yml"
    text = conda.read_text(encoding="utf-8")
    pinned = re.sub(r"([a-z0-9-]+)==\S+", lambda found: "%s==%s" % (found[1], versions[found[1]]), text)
    conda.write_text(pinned, encoding="utf-8")
    say("environment.yml has the same versions.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
