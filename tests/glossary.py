"""The glossary of CONTRIBUTING.md as rules, and where the code breaks them."""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterator
from functools import cache
from io import StringIO
from pathlib import Path
from typing import NamedTuple

CODE = ("workshop_lib", "workbench", "exercises/checks", "tests", "benchmarks", "start.py", "conftest.py")
"""What "all code" means in the table."""

ITSELF = ("tests/glossary.py", "tests/test_glossary.py")
"""The files that must name the old words."""


class Rule(NamedTuple):
    """One row of the table, of one of its old words."""

    old: str
    new: str
    folders: tuple[str, ...]
    names_only: bool
    stays_in: tuple[str, ...]
    phrases: tuple[str, ...]

    def concerns(self, place: str) -> bool:
        return _inside(place, self.folders) and not _inside(place, self.stays_in)

    @property
    def first_word(self) -> str:
        return self.old.split()[0].lower()

    def found_in(self, text: str) -> Iterator[int]:
        """Yield where the old word begins in a text, once the phrases in which it may stand are blanked."""
        for phrase in self.phrases:
            text = _pattern(phrase).sub(lambda match: re.sub(r"\S", " ", match[0]), text)
        return (match.start() for match in _pattern(self.old).finditer(text))


class Finding(NamedTuple):
    """An old word at a line of a file."""

    place: str
    line: int
    rule: Rule

    def __str__(self) -> str:
        return f"{self.place}:{self.line}: “{self.rule.old}”, write {self.rule.new}"


class Glossary(NamedTuple):
    """All rules of a table."""

    rules: tuple[Rule, ...]

    def findings(self, place: str, source: str) -> Iterator[Finding]:
        """Yield the old words in the name of a module, in its identifiers, strings and comments."""
        everything = f"{place}\n{source}".lower()
        rules = [one for one in self.rules if one.concerns(place) and one.first_word in everything]
        for text, line, is_name in _texts(place, source) if rules else ():
            for rule in rules:
                if is_name or not rule.names_only:
                    yield from (
                        Finding(place, line + text.count("\n", 0, start), rule)
                        for start in rule.found_in(text)
                    )


def read_glossary(page: str) -> Glossary:
    """Return the rules of the table in the section "Glossary" of a page."""
    section = page.partition("\n## Glossary\n")[2].partition("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return Glossary(tuple(rule for row in rows for rule in _rules(*row)))


def _rules(olds: str, new: str, where: str, stays: str = "") -> Iterator[Rule]:
    folders = tuple(_quoted(where)) or CODE
    stays_in = tuple(one for one in _quoted(stays) if "/" in one)
    phrases = tuple(one for one in _quoted(stays) if "/" not in one)
    for old in _quoted(olds):
        yield Rule(old, new.strip(), folders, where.startswith("names"), stays_in, phrases)


def _quoted(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def _inside(place: str, folders: tuple[str, ...]) -> bool:
    return any(f"{place}/".startswith(f"{folder.rstrip('/')}/") for folder in folders)


@cache
def _pattern(old: str) -> re.Pattern[str]:
    """Match a word in prose and as a part of snake_case, CamelCase and CONSTANTS; several words in a row.

    A word with a capital is the name of a class and matches in CamelCase only.
    """
    if old[0].isupper():
        return re.compile(rf"{old}(?![a-z])")
    small, large = (r"\s+".join(map(re.escape, each.split())) for each in (old.lower(), old.upper()))
    first = old[0].upper() + small[1:]
    return re.compile(rf"(?<![A-Za-z])(?:{small}|{large})(?![A-Za-z])|{first}(?![a-z])")


def _texts(place: str, source: str) -> Iterator[tuple[str, int, bool]]:
    """Yield each identifier, string and comment with its line, and whether it is an identifier."""
    yield Path(place).stem, 1, True
    prose = {tokenize.STRING, tokenize.COMMENT, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}
    for token in tokenize.generate_tokens(StringIO(source).readline):
        if token.type in prose or token.type == tokenize.NAME:
            yield re.sub(r"\\[a-z]", "  ", token.string), token.start[0], token.type == tokenize.NAME
