"""Show the figures of the mutants at the end of pytest's output."""

from __future__ import annotations

from typing import Any


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = [one for some in terminalreporter.stats.values() for one in some]
    figures = [
        text
        for report in reports
        for name, text in getattr(report, "user_properties", ())
        if name == "mutants" and report.when == "call"
    ]
    if figures:
        terminalreporter.section("mutants of the solutions")
        for line in figures:
            terminalreporter.write_line(line)
