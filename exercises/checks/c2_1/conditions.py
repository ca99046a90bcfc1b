"""What the condition of chapter 2.1 has to find, and what it has to leave alone.

Each function ends the check with a finding, or returns. Read `c2_1/checks.py` for which task asks what.
"""

from __future__ import annotations

from exercises.checks.c2_1 import cases
from exercises.checks.small_logs import counted
from workbench.classroom.attempt import Attempt
from workbench.classroom.plain import shown
from workbench.scenarios.invariants import Broken
from workbench.simulation.boundaries import RushResult
from workshop_lib.store.port import Query


def asks_for_what_there_is(attempt: Attempt, query: Query) -> None:
    """The query is written in types that the log knows, and in tags of its command."""
    each = query.each()
    kinds = [kind for one in each for kind in one.types if not isinstance(kind, str)]
    attempt.expect(
        not kinds,
        seen=f"Your query asks for events of the type `{shown(kinds[0], 60) if kinds else ''}`.",
        why="The log knows no classes: an event is recorded under the name of its type.",
        look='A type is a text, as in `Query(["MeterRead"])`.',
    )
    tags = [tag for one in each for tag in one.tags if tag not in cases.WANTED.tags]
    attempt.expect(
        not tags,
        seen=f"Of `{cases.WANTED}` your query asks for the tag `{shown(tags[0], 60) if tags else ''}`.",
        why="That is none of the tags of this command, so the query finds nothing that its answer rests on.",
        look="Types come first, tags second, spelled as in `wish.tags`, of the command that is given.",
    )


def must_find(attempt: Attempt, query: Query, scene: cases.Scene, who: str, broken: list[Broken]) -> None:
    """An event on which the answer rests."""
    times = counted(len(broken), "time")
    damage = f" In the evening of the check a rule was broken {times}." if broken else ""
    attempt.expect(
        query.matches(cases.recorded(scene)),
        seen=f"For a driver {who} your query does not find {scene.words}.{damage}",
        why="What the query does not find is neither looked at nor guarded: the condition holds, in vain.",
        look="All tags of one `Query` must be there at once. Do you want both, or either? Which types?",
    )


def must_ignore(attempt: Attempt, query: Query, scene: cases.Scene, who: str, outcome: RushResult) -> None:
    """An event on which the answer does not rest."""
    attempt.expect(
        not query.matches(cases.recorded(scene)),
        seen=f"For a driver {who} your query finds {scene.words}. In the evening of the check there were "
        f"{counted(outcome.conflicts, 'conflict')}; after {outcome.needless} the same was decided again.",
        why="The answer does not rest on that event, and yet it would refuse the append.",
        look="Which types of event, and which tags, can turn a yes into a no?",
    )
