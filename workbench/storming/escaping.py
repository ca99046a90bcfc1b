"""Escape text for Markdown, so that it is shown as it was written."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"[`*_{}\[\]()#+!|~^:@-]")
_MATHS = re.compile(r"[$\\]")


def as_text(text: str) -> str:
    """Return text that Markdown shows as it is: no markup, no HTML, no line break, no formula.

    JupyterLab searches the rendered page for formulas, where an escaped dollar is a dollar again, but never
    across the border of an element. So each dollar and backslash gets an element of its own.
    """
    line = " ".join(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").split())
    plain = _SPECIAL.sub(lambda found: f"&#{ord(found[0])};", line)
    return _MATHS.sub(lambda found: f"<span>&#{ord(found[0])};</span>", plain)
