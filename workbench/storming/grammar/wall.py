"""The grammar of the whole wall: time from left to right, stories without gaps, contexts, open questions.

Read `english.py` next for how names are read, or `codegen/generate.py` for the code that a wall leads to.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from statistics import median_low

from workbench.storming.events import AreaKind, Kind
from workbench.storming.grammar.english import words
from workbench.storming.grammar.english_words import word_set
from workbench.storming.grammar.findings import Question
from workbench.storming.grammar.graph import ASIDE, Element, Field, Graph
from workbench.storming.wall import SIZES, Note

HOLE = 4.0
"""A gap is a hole if it is this many times the usual gap and the width of an event."""

FEW, MANY = 5, 7
"""From `FEW` events on some should be pivotal; more than `MANY` pivotal ones are too many."""

FORGETTING = word_set("""
    anonymised anonymized crypto encrypted erasable erase erased erasure forget forgotten pseudonym
    pseudonymised pseudonymized shred shredded shredding
""")
"""Words of a detail line that says how personal data is erased."""

PERSONAL = word_set("""
    address age birthday birthdate birth card email gender iban ip licence license mail mobile passport
    phone photo plate salary ssn surname telephone username firstname lastname
""")
"""Words in the name of a field with personal data."""

_PEOPLE = word_set("contact customer driver first full given guest holder last person user")

_STANDING = ASIDE | {Kind.READ_MODEL}
"""Kinds without a place in time: a read model is there before and after an event."""


def backward_arrows(graph: Graph) -> Iterator[Question]:
    """Find causes that are more than half a note to the right of their effect."""
    for cause, effect in graph.links:
        if not _STANDING & {cause.kind, effect.kind} and cause.x > effect.x + SIZES[effect.kind][0] / 2:
            source, target = graph.of_note[cause.id], graph.of_note[effect.id]
            yield Question(
                (source, target),
                f"Does {source.quoted} really come before {target.quoted}? It is to the right of it.",
                "Reverse the arrow, or move the notes; if it happens again later, add a copy further right.",
                (cause.id, effect.id),
            )


def holes(graph: Graph) -> Iterator[Question]:
    """Find long gaps on the timeline."""
    gaps = [right.x - left.x for left, right in pairwise(graph.timeline)]
    for (left, right), gap in zip(pairwise(graph.timeline), gaps, strict=True):
        if gap > HOLE * max(median_low(gaps), SIZES[Kind.EVENT][0]):
            before, after = graph.of_note[left.id], graph.of_note[right.id]
            yield Question(
                (before, after),
                f"What happens in the business between {before.quoted} and {after.quoted}?",
                "Tell the story aloud from one to the other, and add what was left out.",
                (left.id, right.id),
            )


def pivots_at_the_edge(graph: Graph) -> Iterator[Question]:
    """Find pivotal events that are first or last: they should separate what is before from what is after.

    Events in exactly the same place count as one moment.
    """
    moments = [(note.x, note.y) for note in graph.timeline]
    for event in graph.of(Kind.EVENT):
        for side, edge in (("after", moments[-1]), ("before", moments[0])):
            there = [note.id for note in event.notes if note.pivotal and (note.x, note.y) == edge]
            if there:
                yield Question(
                    (event,),
                    f"What happens {side} {event.quoted}, if it separates two states of the business?",
                    f"Add what happens {side} it, or choose another pivotal event.",
                    tuple(there),
                )


def unfounded_stories(graph: Graph) -> Iterator[Question]:
    """Find stories that do not begin with a person, a system or time.

    Events without any cause belong to another rule.
    """
    founded = _founded(graph)
    untold = [event for event in graph.of(Kind.EVENT) if event not in founded]
    for event in untold:
        later, earlier = graph.downstream([event]), graph.upstream([event])
        last = [one for one in untold if one in later or one is event]
        if last[0] is event and all(one in earlier or one is event for one in last):
            yield Question(
                tuple(last),
                f"What must have happened for {event.quoted} to be possible, and what before that?",
                "Walk back until you reach an actor, an external system or time.",
            )


def endless_loops(graph: Graph) -> Iterator[Question]:
    """Find automatic loops without a way out."""
    automatic = (Kind.EVENT, Kind.POLICY, Kind.COMMAND, Kind.AGGREGATE, Kind.SYSTEM)
    seen: set[Element] = set()
    for event in graph.of(Kind.EVENT):
        after = graph.downstream([event], *automatic)
        if event not in after or event in seen:
            continue
        loop = [
            one for one in graph.elements if one in after and event in graph.downstream([one], *automatic)
        ]
        seen |= {*loop}
        if not any(_way_out(graph, one, loop) for one in loop):
            yield Question(
                tuple(loop),
                f"{event.quoted} leads to itself with nobody in between: what ends it?",
                "Add the event that ends the last attempt, or a person who decides.",
            )


def open_hot_spots(graph: Graph) -> Iterator[Question]:
    """Find hot spots without an answer and without an owner."""
    for spot in graph.of(Kind.HOT_SPOT):
        waiting = tuple(note.id for note in spot.notes if not note.answer and not note.owner)
        if waiting:
            yield Question(
                (spot,),
                f"Who can answer {spot.quoted}?",
                "Write the answer on it, or the name of the person who will find out.",
                waiting,
            )


def private_events_abroad(graph: Graph) -> Iterator[Question]:
    """Find events that another context uses although they are not marked as public."""
    for event, consumer in graph.edges:
        abroad = event.context and consumer.context and event.context != consumer.context
        if abroad and event.kind is Kind.EVENT and consumer.kind not in ASIDE and not event.public:
            yield Question(
                (event, consumer),
                f"May {consumer.context} rely on {event.quoted}, even if {event.context} changes?",
                "If so, write the line “public” on the event; if not, give that context its own event.",
            )


def unforgettable_people(graph: Graph) -> Iterator[Question]:
    """Find events with personal data that do not say how it is erased: a log keeps everything."""
    for event in graph.of(Kind.EVENT):
        personal = [field.name for field in event.fields if _is_personal(field)]
        if personal and not event.says(*FORGETTING):
            yield Question(
                (event,),
                f"How is “{personal[0][:40]}” in {event.quoted} erased when that person asks for it?",
                "Write it down, such as “erasure: crypto-shredding”, or keep the fact out of the event.",
            )


def pivotal_events(graph: Graph) -> Iterator[Question]:
    """Check that a storming has a few pivotal events: not none and not many."""
    events = graph.of(Kind.EVENT)
    pivotal = [one for one in events if _is_pivotal(one)]
    if len(pivotal) > MANY:
        yield Question(
            tuple(pivotal),
            f"{len(pivotal)} events are pivotal: which of them would the whole business stop for?",
            f"Keep those that everybody cares about, up to {MANY}.",
        )
    if not pivotal and len(events) >= FEW:
        yield Question(
            (),
            "After which events is the business in a different state than before?",
            "Mark the few that most people care about as pivotal.",
        )


def pivots_within(graph: Graph) -> Iterator[Question]:
    """Find pivotal events that are not at a border between contexts."""
    if len({area.name for area in graph.wall.areas.values() if area.kind is AreaKind.CONTEXT}) < 2:
        return
    for event in filter(_is_pivotal, graph.of(Kind.EVENT)):
        if not any(_at_a_border(graph, note) for note in event.notes):
            yield Question(
                (event,),
                f"Who takes over at {event.quoted}, and do they use the same words?",
                "A pivotal event stands where contexts meet: move a border to it, or choose another event.",
            )


def _founded(graph: Graph) -> set[Element]:
    """Return the elements that a person, a system, time, or an element without a cause leads to."""
    roots = [
        one
        for one in graph.elements
        if one.kind in {Kind.ACTOR, Kind.SYSTEM}
        or (one.kind is Kind.EVENT and one.is_time)
        or (one.kind is not Kind.AGGREGATE and not graph.before(one))
    ]
    in_time = [kind for kind in Kind if kind not in _STANDING]
    return {*roots} | graph.downstream(roots, *in_time)


def _way_out(graph: Graph, one: Element, loop: list[Element]) -> bool:
    deciding = one.kind in {Kind.AGGREGATE, Kind.SYSTEM, Kind.COMMAND}
    return deciding and any(event not in loop for event in graph.after(one, Kind.EVENT))


def _is_personal(field: Field) -> bool:
    said = words(field.name)
    return bool(PERSONAL & {*said}) or (said[-1:] == ["name"] and (len(said) == 1 or bool(_PEOPLE & {*said})))


def _is_pivotal(event: Element) -> bool:
    return any(note.pivotal for note in event.notes)


def _at_a_border(graph: Graph, note: Note) -> bool:
    """Return whether an arrow crosses a border here, or the timeline's neighbours are in two contexts."""
    event = graph.of_note[note.id]
    beside = [*graph.after(event), *graph.before(event)]
    if any(one.context and one.context != event.context for one in beside):
        return True
    place = graph.timeline.index(note)
    around = graph.timeline[max(0, place - 1) : place + 2]
    return len({graph.of_note[one.id].context for one in around}) > 1
