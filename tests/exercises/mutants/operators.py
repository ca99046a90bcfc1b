"""Make every mutant of a solution: the cell with one small mistake in it.

Only the lines between the solution's markers are changed. An operator looks at one node of the syntax tree
and yields what could stand there instead; `OPERATORS` holds them all. Read `trial.py` next: what is done
with the mutants.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from enum import EnumMeta
from typing import Any

from workbench.classroom.course import BEGIN, END

Names = Mapping[str, object]
Operator = Callable[[ast.AST, Names], Iterator[ast.AST | None]]


@dataclass(frozen=True)
class Mutant:
    """A changed cell, and the change in words."""

    change: str
    source: str


def mutants(source: str, names: Names) -> list[Mutant]:
    """Return the mutants of a solved gap; `names` is what the cells before it have defined."""
    tree, lines = ast.parse(source), _solution_lines(source)
    skipped = set(_of_no_account(tree))
    made: dict[str, str] = {}
    seen: Counter[str] = Counter()
    for place, node in enumerate(ast.walk(tree)):
        if getattr(node, "lineno", 0) not in lines and not _holds(node, lines):
            continue
        for operator in OPERATORS:
            if isinstance(node, ast.FunctionDef) != (operator in _OF_FUNCTIONS):
                continue
            for new in operator(node, names) if node not in skipped else ():
                text = _replaced(tree, place, new)
                if text is None or text in made.values() or text == ast.unparse(tree):
                    continue
                change = _change(node, new)
                seen[change] += 1
                made[f"{change} ({seen[change]})" if seen[change] > 1 else change] = text
    return [Mutant(change, text) for change, text in made.items()]


def _of_no_account(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield what is no part of an answer: what makes a board begin anew and look tidy, the only value of a
    query's result, a `return None` where a function ends anyway, the words of an error, the names and times
    in a test of one's own, and the names of one's own streams.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and re.search(r"\.fetchall\(\)(\[0\])+$", ast.unparse(node)):
            yield from (node, node.slice)
        if isinstance(node, ast.Lambda) and isinstance(node.body, ast.JoinedStr):
            yield from (part for part in node.body.values if isinstance(part, ast.Constant))
        if isinstance(node, ast.Lambda) and "given(" in ast.unparse(node):
            yield from (part for part in ast.walk(node) if isinstance(part, ast.Constant))
        if isinstance(node, ast.Raise):
            yield from (
                part for text in ast.walk(node) if isinstance(text, ast.JoinedStr) for part in ast.walk(text)
            )
        if isinstance(node, ast.FunctionDef) and ast.unparse(node.body[-1]) in ("return None", "return"):
            yield node.body[-1]
        if isinstance(node, (ast.Assign, ast.Expr)) and isinstance(node.value, ast.Call):
            called = ast.unparse(node.value.func)
            if called in ("board_for", "board.tidy"):
                yield from ast.walk(node)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "board.place":
            yield from (node, *(one for one in node.args if isinstance(getattr(one, "value", ""), int)))


def _solution_lines(source: str) -> set[int]:
    inside, lines = False, set()
    for number, line in enumerate(source.splitlines(), 1):
        marker = line.strip()
        inside = (inside or marker.startswith(BEGIN)) and not marker.startswith(END)
        if inside:
            lines.add(number)
    return lines


def _holds(node: ast.AST, lines: set[int]) -> bool:
    """Return whether a function's body is part of the solution."""
    return isinstance(node, ast.FunctionDef) and any(one.lineno in lines for one in node.body)


def _replaced(tree: ast.Module, place: int, new: ast.AST | None) -> str | None:
    """Return the source with the node at this place of the walk replaced; None if it is not valid."""
    copied = deepcopy(tree)
    old = next(node for number, node in enumerate(ast.walk(copied)) if number == place)
    changed = _Replace(old, deepcopy(new)).visit(copied)
    try:
        text = ast.unparse(ast.fix_missing_locations(changed))
        compile(text, "<mutant>", "exec")
    except (SyntaxError, ValueError, TypeError, AttributeError):
        return None
    return text


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST | None) -> None:
        self._old, self._new = old, new

    def visit(self, node: ast.AST) -> ast.AST | None:
        if node is self._old:
            return self._new
        return self.generic_visit(node)


def _change(old: ast.AST, new: ast.AST | None) -> str:
    if isinstance(old, ast.FunctionDef) and isinstance(new, ast.FunctionDef):
        added = next(one for one in new.body if not isinstance(one, ast.FunctionDef))
        return f"{old.name}: {ast.unparse(added).splitlines()[0]}"
    if isinstance(old, ast.Constant) and isinstance(new, ast.Constant) and isinstance(old.value, str):
        return " -> ".join(_what_differs(old.value, str(new.value)))
    return f"{_text(old)} -> {_text(new) if new is not None else 'nothing'}"


def _what_differs(old: str, new: str) -> tuple[str, str]:
    """Return two texts; if they are long, only where they differ, with some words around it."""
    if len(old) <= 40:
        return repr(old), repr(new)
    start = next(
        (at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )
    end = next(
        (at for at, (a, b) in enumerate(zip(old[:start:-1], new[:start:-1], strict=False)) if a != b), 0
    )
    parts = (text[max(start - 12, 0) : len(text) - end + 8] for text in (old, new))
    before, after = (re.sub(r"\s+", " ", part)[:40] for part in parts)
    return f"…{before}…", f"…{after}…"


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.match_case):
        return f"case {ast.unparse(node.pattern)}"
    text = ast.unparse(node)
    if isinstance(node, (ast.For, ast.If, ast.With, ast.Try)):
        text = text.splitlines()[0]
    words = re.sub(r"\s+", " ", text.replace("\\n", " "))
    return words if len(words) <= 46 else f"{words[:28]} … {words[-14:]}"


# Expressions


def _constants(node: ast.AST, names: Names) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Constant):
        return
    value = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int) and value >= 20 and "board_for" in names:
        yield ast.Constant(-1000)  # a place on the wall, where one step more or less means nothing
    elif isinstance(value, int):
        yield from map(ast.Constant, sorted({value + 1, value - 1, 0, 1} - {value}))
    elif isinstance(value, str) and _is_number(value):
        yield ast.Constant(str(float(value) + 1))
    elif isinstance(value, str) and not _is_sql(value):
        yield from map(ast.Constant, _other_words(value))


def _other_words(text: str) -> Iterator[str]:
    """Yield a text without its words, and if it is a name (no sentence) changed, or without its last word."""
    yield ""
    if text.endswith("-"):
        return  # the beginning of a stream's name
    words = text.split()
    is_name = text.istitle() or (len(words) == 1 and not (text.isalpha() and text.islower()))
    if is_name and len(words) < 6 and "?" not in text:
        yield text + "x"
        if len(words) > 1:
            yield " ".join(words[:-1])


def _lines_of_text(node: ast.AST, names: Names) -> Iterator[ast.AST]:
    """Drop a line of a text such as a board's notes, or its last arrow, or exchange what an arrow joins."""
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or "\n" not in node.value:
        return
    if _is_sql(node.value):
        return
    lines = node.value.split("\n")
    for number, line in enumerate(lines):
        if line.strip():
            yield ast.Constant("\n".join(lines[:number] + lines[number + 1 :]))
        steps = line.split(" -> ")
        for place in range(1, len(steps)):
            if not re.search(r"(command|policy|aggregate|read model):", steps[place - 1] + steps[place]):
                continue  # a story tells what happens in many orders
            turned = [*steps[: place - 1], steps[place], steps[place - 1], *steps[place + 1 :]]
            yield ast.Constant("\n".join([*lines[:number], " -> ".join(turned), *lines[number + 1 :]]))
        if len(steps) > 1:
            shorter = " -> ".join(steps[:-1])
            yield ast.Constant("\n".join([*lines[:number], shorter, *lines[number + 1 :]]))


_KINDS = {"event": ["command", "policy"], "command": ["event"], "policy": ["event"], "aggregate": ["policy"]}
_KINDS |= {"actor": ["external system"], "external system": ["actor"], "read model": ["external system"]}


def _retyped_notes(node: ast.AST, names: Names) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return
    for found in re.finditer(
        r"\b(event|command|policy|read model|actor|external system|aggregate):", node.value
    ):
        start, end = found.span(1)
        for kind in _KINDS[found[1]]:
            yield ast.Constant(node.value[:start] + kind + node.value[end:])


_SQL = [
    (r"<=", "<"),
    (r">=", ">"),
    (r"(?<![<])>(?!=)", ">="),
    (r"<(?![=>])", "<="),
    (r"(?<![<>!])=", "<>"),
    (r"\bmax_by\b", "min_by"),
    (r"\bmax\b", "min"),
    (r"\bmin\b", "max"),
    (r"\blast\(", "first("),
    (r"\bfirst\(", "last("),
    (r"\bLEFT JOIN\b", "JOIN"),
    (r"\bAND\b", "OR"),
    (r"\bIS DISTINCT FROM\b", "<>"),
    (r"\boccurred_at\b", "recorded_at"),
    (r"\brecorded_at\b", "occurred_at"),
    (r"\bsum\b", "max"),
    (r"\bEXISTS\b", "NOT EXISTS"),
    (r"\bDISTINCT (?!FROM)", ""),
    (r"\s+AND [^()\n]*?(?=\)|\n|$| ORDER| GROUP| AND)", ""),
]


def _sql(node: ast.AST, names: Names) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or not _is_sql(node.value):
        return
    aliases = sorted({found[1] for found in re.finditer(r"\b([a-z])\.\w", node.value)})
    others = [(rf"\b{one}\.(?=\w)", f"{other}.") for one in aliases for other in aliases if one != other]
    for pattern, instead in (*_SQL, *others):
        for found in re.finditer(pattern, node.value):
            yield ast.Constant(node.value[: found.start()] + instead + node.value[found.end() :])


def _is_sql(text: str) -> bool:
    return "SELECT" in text or "FROM " in text


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", text) is not None


_COMPARED: dict[type[ast.cmpop], list[type[ast.cmpop]]] = {
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
}


def _comparisons(node: ast.AST, names: Names) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Compare):
        return
    for place, kind in enumerate(node.ops):
        for other in _COMPARED.get(type(kind), []):
            ops = [*node.ops[:place], other(), *node.ops[place + 1 :]]
            yield ast.Compare(node.left, ops, node.comparators)
    if len(node.ops) == 1 and isinstance(node.ops[0], (ast.Eq, ast.NotEq)):
        starts = f"str({ast.unparse(node.left)}).startswith(str({ast.unparse(node.comparators[0])}))"
        yield _expression(starts if isinstance(node.ops[0], ast.Eq) else f"not {starts}")
    if len(node.ops) > 1:
        yield ast.Compare(node.left, node.ops[:-1], node.comparators[:-1])
        yield ast.Compare(node.comparators[0], node.ops[1:], node.comparators[1:])


def _conditions(node: ast.AST, names: Names) -> Iterator[ast.AST]:
    if isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        yield from node.values
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    if isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)


_COUNTED: dict[type[ast.operator], list[type[ast.operator]]] = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Add],
    ast.Div: [ast.Mult],
}


def _arithmetic(node: ast.AST, names: Names) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp):
        for other in _COUNTED.get(type(node.op), []):
            yield ast.BinOp(node.left, other(), node.right)
        yield from (node.left, node.right)


_CALLED = {"sum": ["max", "len"], "max": ["min"], "min": ["max"], "sorted": ["list"], "any": ["all"]}
_CALLED |= {"all": ["any"], "len": ["bool"], "reversed": ["list"], "set": ["list"]}


def _calls(node: ast.AST, names: Names) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Call):
        return
    if isinstance(node.func, ast.Name):
        for other in _CALLED.get(node.func.id, []):
            yield ast.Call(ast.Name(other, ast.Load()), node.args, [] if other == "list" else node.keywords)
    if len(node.args) >= 2:
        yield ast.Call(node.func, [node.args[1], node.args[0], *node.args[2:]], node.keywords)
        yield ast.Call(node.func, node.args[:-1], node.keywords)
    for keyword in node.keywords:
        if keyword.arg:
            yield ast.Call(node.func, node.args, [one for one in node.keywords if one is not keyword])


def _places(node: ast.AST, names: Names) -> Iterator[ast.AST]:
    """Take the first for the last, and the last for the first."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, (ast.Constant, ast.UnaryOp)):
        other = {"0": -1, "-1": 0}.get(ast.unparse(node.slice))
        if other is not None:
            yield ast.Subscript(node.value, ast.Constant(other), node.ctx)


def _parts_of_a_text(node: ast.AST, names: Names) -> Iterator[ast.AST]:
    """Leave out one value of an f-string."""
    if isinstance(node, ast.JoinedStr):
        for place, part in enumerate(node.values):
            if isinstance(part, ast.FormattedValue):
                yield ast.JoinedStr(_without(node.values, place))


_ATTRIBUTES = {
    "occurred_at": ["recorded_at"],
    "recorded_at": ["occurred_at"],
    "stream": ["type"],
    "session": ["connector", "token"],
    "connector": ["session", "station", "token"],
    "station": ["connector", "session", "token"],
    "token": ["connector", "session", "station"],
}


def _attributes(node: ast.AST, names: Names) -> Iterator[ast.AST]:
    if not isinstance(node, ast.Attribute):
        return
    for other in _ATTRIBUTES.get(node.attr, []):
        yield ast.Attribute(node.value, other, node.ctx)
    if isinstance(node.value, ast.Name) and isinstance(known := names.get(node.value.id), EnumMeta):
        members = list(known.__members__)
        if node.attr in members:
            yield ast.Attribute(node.value, members[(members.index(node.attr) + 1) % len(members)], node.ctx)


def _collections(node: ast.AST, names: Names) -> Iterator[ast.AST]:
    """Leave out one item; exchange the values of two neighbours in a dict."""
    if isinstance(node, (ast.List, ast.Set, ast.Tuple)) and isinstance(
        getattr(node, "ctx", ast.Load()), ast.Load
    ):
        for place in range(len(node.elts) if len(node.elts) > 1 or isinstance(node, ast.List) else 0):
            left = [*node.elts[:place], *node.elts[place + 1 :]]
            yield ast.Set(left) if isinstance(node, ast.Set) else type(node)(left, ast.Load())
    if isinstance(node, ast.Dict):
        for place in range(len(node.values)):
            yield ast.Dict(_without(node.keys, place), _without(node.values, place))
            if place and _may_change_places(node.values[place - 1], node.values[place]):
                values = [*node.values]
                values[place - 1 : place + 1] = values[place], values[place - 1]
                yield ast.Dict(node.keys, values)


def _may_change_places(one: ast.expr, other: ast.expr) -> bool:
    """Return whether two values differ, and are no sentences: which of those fits where is not checked."""
    texts = [ast.unparse(value) for value in (one, other)]
    return texts[0] != texts[1] and not all(len(text.split()) > 5 and text[0] in "\"'" for text in texts)


def _without(items: list[Any], place: int) -> list[Any]:
    return [*items[:place], *items[place + 1 :]]


def _iterations(node: ast.AST, names: Names) -> Iterator[ast.AST]:
    """Skip the first, skip the last, stop after the first; go backwards; filter nothing."""
    if isinstance(node, (ast.For, ast.comprehension)):
        for part in ("[1:]", "[:-1]", "[:1]", "[::-1]"):
            changed = deepcopy(node)
            changed.iter = _expression(f"list({ast.unparse(node.iter)}){part}")
            yield changed
    if isinstance(node, ast.comprehension):
        for place in range(len(node.ifs)):
            changed = deepcopy(node)
            del changed.ifs[place]
            yield changed


# Statements


_DROPPED = (ast.Expr, ast.Assign, ast.AugAssign, ast.Raise, ast.Delete, ast.Continue, ast.Break, ast.Return)


def _statements(node: ast.AST, names: Names) -> Iterator[ast.AST]:
    """Drop a statement; take a branch always or never."""
    if isinstance(node, _DROPPED):
        yield ast.Pass()
    if isinstance(node, ast.AugAssign):
        yield ast.Assign([node.target], node.value, lineno=node.lineno)
        if isinstance(node.op, ast.Add):
            yield ast.AugAssign(node.target, ast.Sub(), node.value)
    if isinstance(node, ast.If):
        for test in (ast.Constant(True), ast.Constant(False), ast.UnaryOp(ast.Not(), node.test)):
            yield ast.If(test, node.body, node.orelse)
    if isinstance(node, (ast.With, ast.Try)):
        yield ast.If(ast.Constant(True), node.body, [])


def _patterns(node: ast.AST, names: Names) -> Iterator[ast.AST | None]:
    """Drop a case, its guard, or one of several patterns."""
    if isinstance(node, ast.match_case):
        yield None
        if node.guard:
            yield ast.match_case(node.pattern, None, node.body)
    if isinstance(node, ast.MatchOr):
        for place in range(len(node.patterns)):
            left = _without(node.patterns, place)
            yield left[0] if len(left) == 1 else ast.MatchOr(left)


# Functions


def _ignored_parameters(node: ast.AST, names: Names) -> Iterator[ast.AST]:
    """Use for one parameter what the first call got, for ever."""
    assert isinstance(node, ast.FunctionDef)
    used = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    for one in node.args.args:
        if one.arg != "self" and one.arg in used:
            first = ast.parse(
                f"{one.arg} = globals().setdefault('first {one.arg} of {node.name}', {one.arg})"
            )
            changed = deepcopy(node)
            changed.body = [*first.body, *changed.body]
            yield changed


def _remembered_values(node: ast.AST, names: Names) -> Iterator[ast.AST]:
    """Let a lambda return what it returned first, for ever."""
    if isinstance(node, ast.Lambda):
        name = f"value of the lambda in line {node.lineno}"
        kept = _expression(
            f"globals()[{name!r}] if {name!r} in globals() else globals().setdefault({name!r}, 0)"
        )
        assert isinstance(kept, ast.IfExp)
        assert isinstance(kept.orelse, ast.Call)
        kept.orelse.args[1] = node.body
        yield ast.Lambda(node.args, kept)


def _remembered_results(node: ast.AST, names: Names) -> Iterator[ast.AST]:
    """Return what the first call returned, for ever: the result of the example, written down."""
    assert isinstance(node, ast.FunctionDef)
    if any(one.arg == "self" for one in node.args.args):
        return
    inner = deepcopy(node)
    passed = ", ".join(one.arg for one in node.args.args)
    kept = f"globals()['result of {node.name}']"
    lines = f"if 'result of {node.name}' not in globals(): {kept} = {node.name}({passed})\nreturn {kept}"
    changed = deepcopy(node)
    changed.body = [inner, *_body(lines)]
    yield changed


def _body(lines: str) -> list[ast.stmt]:
    function = ast.parse("def f():\n" + "\n".join(f"    {line}" for line in lines.splitlines())).body[0]
    assert isinstance(function, ast.FunctionDef)
    return function.body


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


_OF_FUNCTIONS: tuple[Operator, ...] = (_ignored_parameters, _remembered_results)
OPERATORS: tuple[Operator, ...] = (
    _constants,
    _lines_of_text,
    _retyped_notes,
    _sql,
    _comparisons,
    _conditions,
    _arithmetic,
    _calls,
    _places,
    _parts_of_a_text,
    _attributes,
    _collections,
    _iterations,
    _statements,
    _patterns,
    _remembered_values,
    *_OF_FUNCTIONS,
)
