"""Lines of Python laid out as the formatter would: on one line where it fits, else one thing a line."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

WIDTH = 110
"""How long a line of the workbench's code may be."""

_HOMES = {
    "dataclasses": ("dataclass", "replace"),
    "datetime": ("UTC", "date", "datetime", "timedelta"),
    "decimal": ("Decimal",),
    "functools": ("reduce",),
    "uuid": ("UUID",),
}


def call(before: str, name: str, arguments: Sequence[str], after: str = "") -> str:
    """A call, or a function's head: `before` is what stands to its left, `after` what follows it."""
    one = f"{before}{name}({', '.join(arguments)}){after}"
    if len(one) <= WIDTH:
        return one
    indent = " " * (len(before) - len(before.lstrip()))
    inside = [f"{indent}    {argument}," for argument in arguments]
    return "\n".join([f"{before}{name}(", *inside, f"{indent}){after}"])


def alias(name: str, types: Sequence[str]) -> str:
    """A name for any of several types."""
    one = f"{name} = {' | '.join(types)}"
    if len(one) <= WIDTH:
        return one
    return "\n".join([f"{name} = (", f"    {types[0]}", *(f"    | {type_}" for type_ in types[1:]), ")"])


def import_lines(code: str, *own: str) -> str:
    """The import lines that the code needs, by the names that it uses."""
    used = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    needed = {home: [name for name in names if name in used] for home, names in _HOMES.items()}
    standard = [f"from {home} import {', '.join(names)}" for home, names in needed.items() if names]
    ours = [line for line in own if line.rpartition(" ")[2] in used]
    blocks = ["from __future__ import annotations", "\n".join(standard), "\n".join(ours)]
    return "\n\n".join(block for block in blocks if block)


def module(docstring: str, parts: Iterable[str], *own: str) -> str:
    """A whole module: its docstring, what it imports, and its parts two lines apart."""
    code = "\n\n\n".join(parts)
    apart = "\n\n" if code.startswith("#") else "\n\n\n"
    return f'"""{docstring}\n"""\n\n{import_lines(code, *own)}{apart}{code}\n'
