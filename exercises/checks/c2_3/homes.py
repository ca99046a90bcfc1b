"""Checks of chapter 2.3 on the streams that a participant chooses: a day of traffic, and generated events.

Each function returns, or ends the check with a finding. Read `deciders.py` next.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from exercises.checks.c2_3 import generated
from workbench.classroom.agreement import agrees
from workbench.classroom.attempt import Attempt
from workbench.classroom.plain import clipped, shown
from workbench.scenarios import stream_cost as streams
from workbench.scenarios.stream_cost import Owner, owner_of
from workshop_lib.modeling.timeline import in_words

StreamOf = Callable[..., Any]
Homes = dict[Owner, dict[str, object]]
"""For each session and connector the names of its streams, each with an event."""


def homes_of(attempt: Attempt, stream_of: StreamOf) -> Homes:
    """Return the streams of each session and connector of a day; check that each has a stream's name."""
    homes: Homes = defaultdict(dict)
    for owner, event in streams.samples():
        name = attempt.call(stream_of, event, returns=str)
        _is_a_stream_name(attempt, name)
        homes[owner].setdefault(name, event)
    return homes


def _is_a_stream_name(attempt: Attempt, name: str) -> None:
    category, dash, rest = name.partition("-")
    attempt.expect(
        bool(category and dash and rest),
        seen=f"One of your streams is called `{shown(name, 40)}`.",
        why="The store takes the category from the name, for example to read all sessions and nothing else.",
        look='A category, a dash and an id: `f"session-{event.session}"`.',
    )


def are_in_one_stream_each(attempt: Attempt, homes: Homes) -> None:
    """Check that all events of a session, or of a connector, are in one stream."""
    for (kind, number), places in homes.items():
        names = [f"`{name}`" for name in places]
        kinds = [type(event).__name__ for event in places.values()]
        attempt.expect(
            len(places) == 1,
            seen=f"The story of {kind} {number} is split: "
            f"{kinds[0]} in {names[0]}, {kinds[-1]} in {names[-1]}.",
            why="An expected version protects one stream. Nothing protects a rule that needs two streams.",
            look="`MeterRead` has a session *and* a connector: whose decisions depend on it?",
        )


def share_no_stream(attempt: Attempt, stream_of: StreamOf, homes: Homes) -> None:
    """Check that no two sessions or connectors are in the same stream."""
    names = [next(iter(places)) for places in homes.values()]
    if len(set(names)) == len(names):
        return
    cost = streams.cost(stream_of)
    lost = f", and {cost.conflicts:,} appends came too late" if cost.conflicts else ""
    attempt.refuse(
        f"Several stories share a stream. After one day the longest has {cost.longest:,} events{lost}.",
        why="Every decision loads its whole stream, and competes with everyone who writes to it.",
        look="Which of these events does one decision need? The other stories only make it wait.",
    )


def have_the_name_of_their_owner(attempt: Attempt, stream_of: StreamOf) -> None:
    """Check that a name ends with the id, after a category that all sessions or all connectors have."""
    categories: dict[str, str] = {}
    for (kind, number), event in dict(streams.samples()).items():
        if kind not in categories:
            name = attempt.call(stream_of, event, returns=str)
            categories[kind] = _category(name, number)
            if not categories[kind]:
                _has_another_name(attempt, event, name)
    attempt.expect(
        len({*categories.values()}) == len(categories),
        seen=f"Sessions and connectors are in the same category, `{categories['session']}`.",
        why="A reader of one category, for example of all sessions, would get the others too.",
        look="Two kinds of stories, two categories.",
    )

    def yours(event: object) -> tuple[str, str]:
        name: str = attempt.call(stream_of, event, returns=str)
        return name, _category(name, owner_of(event)[1])

    agrees(
        attempt,
        generated.events(),
        yours,
        lambda event: categories[owner_of(event)[0]],
        lambda event, got: _has_another_name(attempt, event, got[0]),
        same=lambda got, category: got[1] == category,
    )


def _category(name: str, number: object) -> str:
    """Return what stands before the dash and the id, which may have leading zeros; empty if nothing does."""
    found = re.fullmatch(rf"(.+?)-0*{re.escape(str(number))}", name)
    return found[1] if found else ""


def _has_another_name(attempt: Attempt, event: object, name: str) -> None:
    kind, number = owner_of(event)
    attempt.refuse(
        f"For `{in_words(event)}` the stream is called `{clipped(name, 60)}`.",
        f"Whoever knows the {kind} has to find its stream, among all {kind}s in one category.",
        f"The same category for all {kind}s, a dash, and the id as it is: here that is {number}.",
    )
