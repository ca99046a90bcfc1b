"""Run the tests of a board's code in memory, without files and without a test runner.

The tests are plain functions, so `pytest` runs the written files as well. Each result is one line: the test
passes, its decision is still missing, or it fails.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, NamedTuple

from workbench.storming.codegen.undecided import NotDecidedYet
from workbench.storming.escaping import as_text

LONGEST = 120
"""How many characters of an error are shown."""


class Ran(NamedTuple):
    """The result of one test: its name, the path on the wall that it covers, how it ended and why."""

    test: str
    path: str
    ended: str
    why: str = ""

    @property
    def passed(self) -> bool:
        """Whether the expected event or command was returned."""
        return self.ended == "passes"

    def __str__(self) -> str:
        return f"{_SIGNS[self.ended]} {self.ended:<11} {self.path}{f'  ({self.why})' if self.why else ''}"


class Trial(list[Ran]):
    """The results of the tests of a board's code, in the order of the test module."""

    @property
    def passed(self) -> bool:
        """Whether all passed."""
        return all(ran.passed for ran in self)

    def __repr__(self) -> str:
        return "\n".join([f"{sum(ran.passed for ran in self)} of {len(self)} tests pass.", *map(str, self)])

    def _repr_markdown_(self) -> str:
        rows = [
            f"| {_SIGNS[ran.ended]} {ran.ended} | {as_text(ran.path)} | {as_text(ran.why)} |" for ran in self
        ]
        return "\n".join([f"**{repr(self).splitlines()[0]}**", "", "| | path | |", "|---|---|---|", *rows])


_SIGNS = {"passes": "✓", "not decided": "○", "fails": "✗"}


def load_module(name: str, source: str) -> ModuleType:
    """Return the module of this source, as if its file were imported."""
    sys.modules[name] = module = ModuleType(name)  # dataclasses look up their annotations there
    exec(compile(source, f"{name}.py", "exec", dont_inherit=True), vars(module))
    return module


def run_tests(name: str, source: str, module: ModuleType, filled: Mapping[str, object]) -> Trial:
    """Run the tests in this source on a module; `filled` replaces functions of the module by name.

    `name` is the name under which the tests import the module.
    """
    domain = ModuleType(name)
    vars(domain).update(vars(module))
    vars(domain).update(
        {each: _requiring_result(each, value) for each, value in filled.items() if value is not None}
    )
    tests: dict[str, Any] = {"domain": domain}
    alone = source.replace(f"import {name} as domain\n", "")
    exec(compile(alone, f"test_{name}.py", "exec", dont_inherit=True), tests)
    return Trial(_ran(each, test) for each, test in tests.items() if each.startswith("test_"))


class _NoResult(Exception):
    """A function returned None."""


def _requiring_result(name: str, value: Any) -> Any:
    """Wrap a function so that it raises if it returns None; return anything else unchanged."""
    if not callable(value):
        return value

    def checked(*arguments: object) -> object:
        if (result := value(*arguments)) is None:
            raise _NoResult(f"{name} returned None")
        return result

    return checked


def _ran(name: str, test: Callable[[], None]) -> Ran:
    path = " ".join((test.__doc__ or name).split())
    try:
        test()
    except NotDecidedYet:
        return Ran(name, path, "not decided")
    except _NoResult as nothing:
        return Ran(name, path, "not decided", str(nothing))
    except AssertionError:
        return Ran(name, path, "fails", "the result differs")
    except Exception as error:
        return Ran(name, path, "fails", f"{type(error).__name__}: {error}"[:LONGEST])
    return Ran(name, path, "passes")
