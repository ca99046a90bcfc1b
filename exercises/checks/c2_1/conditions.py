"""The events that the condition of chapter 2.1 has to find, and those that it must not find.

Each function ends the check with a finding, or returns. `c2_1/checks.py` calls them.
"""

from __future__ import annotations

from exercises.checks.c2_1 import cases
from exercises.checks.small_logs import counted
from workbench.classroom.attempt import Attempt
from workbench.classroom.plain import shown
from workbench.scenarios.invariants import Broken
from workbench.simulation.boundaries import RushResult
from workshop_lib.store.port import Query


def uses_known_tags(attempt: Attempt, query: Query) -> None:
    """Check that the query's tags are tags of its command."""
    tags = [tag for one in query.each() for tag in one.tags if tag not in cases.WANTED.tags]
    attempt.expect(
        not tags,
        seen=f"For `{cases.WANTED}` your query asks for the tag `{shown(tags[0], 60) if tags else ''}`.",
        why="This command has no such tag, so the query misses the events that its decision depends on.",
        look="Types come first, tags second; take the tags of the command that is given, as in `wish.tags`.",
    )


def must_find(attempt: Attempt, query: Query, scene: cases.Scene, who: str, broken: list[Broken]) -> None:
    """Check that the query finds an event on which the decision depends."""
    times = counted(len(broken), "time")
    damage = f" In the check's evening a rule was broken {times}." if broken else ""
    attempt.expect(
        query.matches(cases.recorded(scene)),
        seen=f"For a driver {who} your query does not find {scene.words}.{damage}",
        why="The decision neither reads this event nor is guarded against it, so the rule can be broken.",
        look="An event must have all tags of one `Query`. Do you want both tags, or either? Which types?",
    )


def must_ignore(attempt: Attempt, query: Query, scene: cases.Scene, who: str, outcome: RushResult) -> None:
    """Check that the query does not find an event on which the decision does not depend."""
    attempt.expect(
        not query.matches(cases.recorded(scene)),
        seen=f"For a driver {who} your query finds {scene.words}. In the check's evening there were "
        f"{counted(outcome.conflicts, 'conflict')}, {outcome.needless} of them needless.",
        why="The decision does not depend on that event, but a new one would still reject the append.",
        look="Which types of event, and which tags, can turn a yes into a no?",
    )
