"""What people wrote stays text where Markdown is shown."""

from __future__ import annotations

import re

_SPECIAL = re.compile(r"[`*_{}\[\]()#+!|~^:@-]")
_MATHS = re.compile(r"[$\\]")


def as_text(text: str) -> str:
    """Text that Markdown shows as it is: no markup, no HTML, no new line, no formula.

    Lab looks for formulas in the finished page, where an escaped dollar is a dollar again; it does not look
    across the border of an element.
    """
    told = " ".join(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").split())
    plain = _SPECIAL.sub(lambda found: f"&#{ord(found[0])};", told)
    return _MATHS.sub(lambda found: f"<span>&#{ord(found[0])};</span>", plain)
