"""Running the tests of a board's code at once: without a file, and without a test runner.

The tests are plain functions, so `pytest` runs the written files as well. Here each says in one line whether
its decision is taken, still missing, or another one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any, NamedTuple

from workbench.storming.codegen.undecided import NotDecidedYet
from workbench.storming.escaping import as_text

LONGEST = 120
"""How much of what a test said is shown."""


class Ran(NamedTuple):
    """One test: its name, the path of the wall that it walks, and how it ended."""

    test: str
    path: str
    ended: str
    why: str = ""

    @property
    def passed(self) -> bool:
        """Whether what was expected came."""
        return self.ended == "passes"

    def __str__(self) -> str:
        return f"{_SIGNS[self.ended]} {self.ended:<11} {self.path}{f'  ({self.why})' if self.why else ''}"


class Trial(list[Ran]):
    """How the tests of a code ended, in the order in which they stand there."""

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
    """The module of this source, as an import of its file would give it."""
    sys.modules[name] = module = ModuleType(name)  # where dataclasses look for their annotations
    exec(compile(source, f"{name}.py", "exec", dont_inherit=True), vars(module))
    return module


def run_tests(name: str, source: str, module: ModuleType, filled: Mapping[str, object]) -> Trial:
    """Run the tests in this source on a module; `filled` replaces what the module has under these names.

    `name` is what the tests import the module as.
    """
    domain = ModuleType(name)
    vars(domain).update(vars(module))
    vars(domain).update(
        {each: _answering(each, value) for each, value in filled.items() if value is not None}
    )
    tests: dict[str, Any] = {"domain": domain}
    alone = source.replace(f"import {name} as domain\n", "")
    exec(compile(alone, f"test_{name}.py", "exec", dont_inherit=True), tests)
    return Trial(_ran(each, test) for each, test in tests.items() if each.startswith("test_"))


class _NothingCame(Exception):
    """A function ended without an answer."""


def _answering(name: str, value: Any) -> Any:
    """A function that says so when it ends without an answer; anything else as it is."""
    if not callable(value):
        return value

    def asked(*arguments: object) -> object:
        if (answer := value(*arguments)) is None:
            raise _NothingCame(f"{name} returned None")
        return answer

    return asked


def _ran(name: str, test: Callable[[], None]) -> Ran:
    path = " ".join((test.__doc__ or name).split())
    try:
        test()
    except NotDecidedYet:
        return Ran(name, path, "not decided")
    except _NothingCame as nothing:
        return Ran(name, path, "not decided", str(nothing))
    except AssertionError:
        return Ran(name, path, "fails", "something else came")
    except Exception as error:
        return Ran(name, path, "fails", f"{type(error).__name__}: {error}"[:LONGEST])
    return Ran(name, path, "passes")
