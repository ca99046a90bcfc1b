"""The command `workshop`: one function per command, each calls the package that does the work.

Imports are inside the functions, so that `workshop --help` is fast. Read next: `setup/workspace.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workshop_lib.events import WorkshopError

if TYPE_CHECKING:
    from workbench.servers import ServerStatus
    from workbench.setup.workspace import FileChange

app = typer.Typer(
    name="workshop",
    help="The workbench for CQRS and Event Sourcing.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
servers = typer.Typer(
    help="Start and stop a PostgreSQL and a NATS JetStream of your own.", no_args_is_help=True
)
app.add_typer(servers, name="servers")
PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True}


Folder = Annotated[Path | None, typer.Option(help="The folder of the data.", show_default="in the workspace")]
Engines = Annotated[list[str] | None, typer.Argument(help="postgres or jetstream; default: both.")]


def main() -> None:
    """Run the command line; an error of the library is printed without a traceback."""
    try:
        app()
    except WorkshopError as error:
        _say(str(error), style="red", stderr=True)
        sys.exit(1)


@app.command(context_settings=PASS_ON)
def lab(
    context: typer.Context,
    browser: Annotated[bool, typer.Option(help="Open the first notebook in the browser.")] = True,
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="The port; if it is taken, the next free one.")
    ] = 8888,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
) -> None:
    """Open the workbench in JupyterLab. Other options are passed on to Jupyter."""
    from workbench.setup.lab import Lab, serve
    from workbench.setup.workspace import Workspace

    workspace = Workspace()
    _report(workspace.sync(), quiet=("copied",))
    serve(Lab(host, port, browser, tuple(context.args)), workspace, lambda url, at: _welcome(url, port, at))
    _say("Closed. Your work is in workspace/; the same command opens it again.")


@app.command(context_settings=PASS_ON)
def test(context: typer.Context) -> None:
    """Run the test suite; arguments are passed on to pytest."""
    import importlib.util
    import subprocess

    from workbench.setup.workspace import COURSE

    if not importlib.util.find_spec("pytest"):
        _say("The test tools are not installed. Run: python3 start.py test", style="red", stderr=True)
        raise typer.Exit(1)
    raise typer.Exit(subprocess.call([sys.executable, "-m", "pytest", *context.args], cwd=COURSE))


@app.command(context_settings=PASS_ON, add_help_option=False)
def bench(context: typer.Context) -> None:
    """Measure the event store against DuckDB and the library eventsourcing; --help lists the options."""
    import importlib.util
    import os
    import subprocess

    from workbench.setup.workspace import COURSE

    if not (COURSE / "benchmarks").is_dir():
        _say(
            f"You asked for the benchmarks, but there are none in {COURSE}: they are part of the course's "
            "folder and are not installed with the library. Clone the course and run this there.",
            style="red",
            stderr=True,
        )
        raise typer.Exit(1)
    if not importlib.util.find_spec("eventsourcing"):
        _say("The package eventsourcing is missing. Run: python3 start.py test", style="red", stderr=True)
        raise typer.Exit(1)
    environment = {**os.environ, "PYTHONPATH": str(COURSE)}
    command = [sys.executable, "-m", "benchmarks.event_store", *context.args]
    raise typer.Exit(subprocess.call(command, env=environment))


@app.command()
def doctor() -> None:
    """Check this computer, and suggest remedies for what is wrong."""
    from workbench.setup.doctor import examine, present

    findings = examine()
    present(findings)
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)


@app.command()
def reset(
    name: Annotated[str, typer.Argument(help="A notebook, a chapter (1_1) or a task.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Every file that you changed.")] = False,
) -> None:
    """Restore files as they were shipped; what you wrote is kept in a dated copy."""
    from workbench.setup.workspace import Workspace

    if bool(name) == everything:
        _say("Say what to reset: a notebook, a chapter, a task, or --all.", style="red", stderr=True)
        raise typer.Exit(2)
    workspace = Workspace()
    workspace.sync()
    _report(workspace.reset_all() if everything else workspace.reset(name))


@app.command()
def reveal(
    chapter: Annotated[str, typer.Argument(help="A chapter (1_1), a notebook, or all.")] = "all",
) -> None:
    """Copy solutions into the workspace."""
    from workbench.setup.workspace import Workspace

    _report(Workspace().reveal(chapter))


@servers.command("up")
def servers_up(engines: Engines = None, folder: Folder = None) -> None:
    """Start the servers that are not running yet, and show their addresses."""
    _show_servers(_control("up", engines, folder), "not started")


@servers.command("down")
def servers_down(engines: Engines = None, folder: Folder = None) -> None:
    """Stop the servers; their data stays."""
    _show_servers(_control("down", engines, folder), "stopped")


@servers.command("status")
def servers_status(engines: Engines = None, folder: Folder = None) -> None:
    """Show which servers are running, and where."""
    _show_servers(_control("status", engines, folder), "not running")


def _control(action: str, engines: list[str] | None, folder: Path | None) -> list[ServerStatus]:
    from workbench.servers import control
    from workbench.setup.workspace import Workspace

    return control(action, folder or Workspace().hidden / "servers", engines or ())


def _show_servers(statuses: list[ServerStatus], otherwise: str) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("engine", "version", "address", box=None)
    for status in statuses:
        table.add_row(status.engine, status.version, status.address or otherwise)
    Console(markup=False, highlight=False, width=500).print(table)  # never cut an address: people copy it
    for status in statuses:
        if status.trouble:
            _say(status.trouble, style="red", stderr=True)
    if any(status.trouble for status in statuses):
        raise typer.Exit(1)


def _report(changes: list[FileChange], quiet: tuple[str, ...] = ()) -> None:
    """Print a sentence for each file, or one if there are none."""
    reload = "If it is open in Lab: File > Reload Notebook from Disk."
    sentences = {
        "copied": "{path} was copied.",
        "updated": "{path} was updated; you had not changed it.",
        "beside": "You changed the older version of a notebook; the new one is beside yours: {path}.",
        "skipped": "{note}",
        "reset": f"{{path}} is as it was shipped. {reload}",
        "gap": f"The gap in {{path}} is as it was shipped. {reload}",
    }
    for change in changes:
        if change.kind not in quiet:
            _say(sentences[change.kind].format(path=change.path, note=change.note))
        if change.kept:
            _say(f"    Your version is kept in {change.kept}")
    if not changes and not quiet:
        _say("Nothing to do: nothing was changed.")


def _welcome(url: str, asked: int, port: int) -> None:
    from rich.console import Console
    from rich.panel import Panel

    if port != asked:
        _say(f"Port {asked} is taken, so the workbench uses {port}.")
    lines = f"The workbench is open. If no browser appears, open this address:\n\n{url}\n\nCtrl-C closes it."
    console = Console(markup=False, highlight=False)
    if console.is_terminal and len(url) <= console.width:
        console.print(Panel(lines, title="Workbench", border_style="yellow", expand=False))
    else:
        print(lines, flush=True)


def _say(text: str, style: str = "", stderr: bool = False) -> None:
    from rich.console import Console

    Console(stderr=stderr, markup=False, highlight=False, soft_wrap=True).print(text, style=style or None)


if __name__ == "__main__":
    main()
