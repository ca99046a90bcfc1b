"""Cards, bars and timelines as HTML and as plain text.

Any text may come from a participant, so all of it is escaped; a `word` between backticks becomes code.
Colours are those of JupyterLab's theme, light or dark, and no information is in a colour alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from workshop_lib.modeling.timeline import Row

_TONES = {
    "passed": "var(--jp-success-color1, #388e3c)",
    "wrong": "var(--jp-warn-color1, #ef6c00)",
    "error": "var(--jp-error-color1, #d32f2f)",
    "stale": "var(--jp-info-color1, #0097a7)",
    "not_attempted": "var(--jp-border-color0, #9e9e9e)",
    "plain": "var(--jp-brand-color1, #1976d2)",
}
_PAPER = "background: var(--jp-layout-color1, #fff)"
_PALE = "background: var(--jp-layout-color2, #f5f5f5)"
_INK = "color: var(--jp-content-font-color1, #212121)"
_GREY = "color: var(--jp-content-font-color2, #616161)"
_MONO = "font-family: var(--jp-code-font-family, monospace); font-size: 0.93em"
_TABLE = "border-collapse: collapse; font-size: inherit"


@dataclass(frozen=True)
class Bar:
    """A progress bar."""

    label: str
    done: int
    total: int

    @property
    def words(self) -> str:
        """The progress in words."""
        label = f"{self.label}: " if self.label else ""
        return f"{label}{self.done} of {self.total} solved"

    @property
    def blocks(self) -> tuple[str, str]:
        """The filled and the empty blocks, at most twenty together."""
        width = min(self.total, 20)
        full = self.done * width // self.total if self.total else 0
        return "▰" * full, "▱" * (width - full)

    @property
    def text(self) -> str:
        """The progress in words and in blocks."""
        return f"{self.words} {''.join(self.blocks)}".rstrip()


@dataclass(frozen=True)
class Card:
    """The contents of a card: a heading, lines, and optionally a timeline, code, a folded part and bars."""

    heading: str
    subject: str = ""
    tone: str = "plain"
    lines: tuple[str, ...] = ()
    timeline: tuple[Row, ...] = ()
    code: str = ""
    folded: tuple[str, str] | None = None
    bars: tuple[Bar, ...] = ()

    def text(self) -> str:
        """Return the card as plain text, without its folded part."""
        heading = f"{self.heading} · {self.subject}" if self.subject else self.heading
        rows = lines_of(self.timeline)
        code = [f"    {line}".rstrip() for line in self.code.splitlines()]
        return "\n".join([heading, *self.lines, *rows, *code, *(bar.text for bar in self.bars)])

    def html(self) -> str:
        """Return the card as self-contained HTML: no script, no style sheet, no image."""
        parts = [
            _heading(self),
            *(f'<div style="margin-top: 4px">{_inline(line)}</div>' for line in self.lines),
            _timeline(self.timeline),
            _code(self.code),
            _folded(self.folded),
            _bars(self.bars),
        ]
        style = (
            "border: 1px solid var(--jp-border-color2, #e0e0e0); border-radius: 3px; "
            f"border-left: 5px solid {_TONES[self.tone]}; padding: 8px 14px 10px; margin: 2px 0; "
            f"max-width: 52em; line-height: 1.45; {_PAPER}; {_INK}; "
            "font-family: var(--jp-content-font-family, sans-serif)"
        )
        return f'<div style="{style}">{"".join(parts)}</div>'


class Shown:
    """An object that a notebook displays as a card."""

    def card(self) -> Card:
        """Return the card to display."""
        raise NotImplementedError

    def __repr__(self) -> str:
        return self.card().text()

    def _repr_html_(self) -> str:
        return self.card().html()


@dataclass(frozen=True, repr=False)
class Notice(Shown):
    """A card that is not a verdict: a hint, a solution, a progress report, an error."""

    content: Card

    def card(self) -> Card:
        """Return the card to display."""
        return self.content


def lines_of(timeline: Sequence[Row]) -> list[str]:
    """Return a timeline as lines of plain text."""
    return [f"  {row.mark} {row.remark:<14} {row.words}" for row in timeline]


def notice(
    heading: str, *lines: str, subject: str = "", code: str = "", bars: tuple[Bar, ...] = ()
) -> Notice:
    """Return a notice with a heading and some lines."""
    return Notice(Card(heading, subject, lines=lines, code=code, bars=bars))


def _inline(text: str) -> str:
    marked = re.sub(r"`([^`]+)`", rf'<code style="{_MONO}">\1</code>', escape(text))
    return marked.replace("\n", "<br>")


def _heading(card: Card) -> str:
    word = f'<span style="font-weight: 700">{escape(card.heading)}</span>'
    subject = f'<span style="{_GREY}"> · {_inline(card.subject)}</span>' if card.subject else ""
    return f'<div style="margin-bottom: 2px">{word}{subject}</div>'


def _timeline(rows: tuple[Row, ...]) -> str:
    if not rows:
        return ""
    cell = "text-align: left; padding: 1px 14px 1px 0; background: transparent; border: 0"
    lines = "".join(
        f'<tr style="background: transparent"><td style="{cell}">{escape(row.mark)}</td>'
        f'<td style="{cell}; {_GREY}">{escape(row.remark)}</td>'
        f'<td style="{cell}; {_MONO}">{escape(row.words)}</td></tr>'
        for row in rows
    )
    return f'<table style="{_TABLE}; margin: 8px 0 4px; {_INK}">{lines}</table>'


def _code(code: str) -> str:
    wrapped = "white-space: pre-wrap; word-break: normal; overflow-wrap: anywhere"
    style = f"{_PALE}; {_INK}; padding: 8px 10px; margin: 8px 0 2px; {wrapped}; {_MONO}"
    return f'<pre style="{style}">{escape(code)}</pre>' if code else ""


def _folded(folded: tuple[str, str] | None) -> str:
    if folded is None:
        return ""
    summary, code = folded
    head = f'<summary style="cursor: pointer; {_GREY}">{escape(summary)}</summary>'
    return f'<details style="margin-top: 6px">{head}{_code(code)}</details>'


def _bars(bars: tuple[Bar, ...]) -> str:
    """Return the bars as a table, so that they line up."""
    if not bars:
        return ""
    cell = f"text-align: left; padding: 0 10px 0 0; background: transparent; border: 0; {_GREY}"
    lines = "".join(
        f'<tr style="background: transparent"><td style="{cell}">{escape(bar.words)}</td><td style="{cell}">'
        f'<span style="color: {_TONES["passed"]}">{bar.blocks[0]}</span>{bar.blocks[1]}</td></tr>'
        for bar in bars
    )
    return f'<table style="{_TABLE}; margin: 8px 0 0">{lines}</table>'
