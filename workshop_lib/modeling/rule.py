"""A rule over several streams, such as "a member has three loans at most".

Somebody may append to one of the streams between the look and the append. A `Rule` therefore names once which
events it is about: `handle` checks it on these, and appends on condition that there are no more of them.

    def three_loans(member):
        def check(events):
            if len(copies_lent(events)) >= 3:
                raise Refused("a member has three loans at most")
        return Rule(Query(["CopyLent", "CopyReturned"], [f"member-{member}"]), check)

    handle(copies, "c1", Lend("ada"), rule=three_loans("ada"))

Events are found by the tags that `Repository(…, tags_of=…)` gives them. Read `application.py` next.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from workshop_lib.events import RecordedEvent
from workshop_lib.store.port import AppendCondition, Query, Reading


@dataclass(frozen=True)
class Rule:
    """A rule over several streams. `check` gets the events that match the query and raises `Refused`.

    It is called only if the command leads to events; a command that changes nothing breaks no rule.
    """

    query: Query
    check: Callable[[Sequence[Any]], object]

    def read(self, store: Reading) -> tuple[list[RecordedEvent], AppendCondition]:
        """Return the events, and the condition that there are no more. The position is read before them."""
        position = store.position()
        known = list(store.read(query=self.query))
        return known, AppendCondition(self.query, max([position, *(each.position for each in known[-1:])]))
