"""Lay out Python as the formatter does: on one line if it fits, otherwise one item per line."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

WIDTH = 110
"""The longest line of code in the workbench."""

_HOMES = {
    "dataclasses": ("dataclass", "replace"),
    "datetime": ("UTC", "date", "datetime", "timedelta"),
    "decimal": ("Decimal",),
    "functools": ("reduce",),
    "uuid": ("UUID",),
}


def call(before: str, name: str, arguments: Sequence[str], after: str = "") -> str:
    """Return a call or a function's head, with `before` to its left and `after` to its right."""
    one = f"{before}{name}({', '.join(arguments)}){after}"
    if len(one) <= WIDTH:
        return one
    indent = " " * (len(before) - len(before.lstrip()))
    inside = [f"{indent}    {argument}," for argument in arguments]
    return "\n".join([f"{before}{name}(", *inside, f"{indent}){after}"])


def alias(name: str, types: Sequence[str]) -> str:
    """Return a type alias for a union of types."""
    one = f"{name} = {' | '.join(types)}"
    if len(one) <= WIDTH:
        return one
    return "\n".join([f"{name} = (", f"    {types[0]}", *(f"    | {type_}" for type_ in types[1:]), ")"])


def import_lines(code: str, *own: str) -> str:
    """Return the import lines for the names that the code uses."""
    used = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    needed = {home: [name for name in names if name in used] for home, names in _HOMES.items()}
    standard = [f"from {home} import {', '.join(names)}" for home, names in needed.items() if names]
    ours = [line for line in own if line.rpartition(" ")[2] in used]
    blocks = ["from __future__ import annotations", "\n".join(standard), "\n".join(ours)]
    return "\n\n".join(block for block in blocks if block)


def module(docstring: str, parts: Iterable[str], *own: str) -> str:
    """Return a whole module: docstring, imports, and the parts two blank lines apart."""
    code = "\n\n\n".join(parts)
    apart = "\n\n" if code.startswith("#") else "\n\n\n"
    return f'"""{docstring}\n"""\n\n{import_lines(code, *own)}{apart}{code}\n'
