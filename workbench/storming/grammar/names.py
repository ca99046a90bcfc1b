"""The grammar of names: events in the past tense, commands in the imperative, words of the business.

Six rules. Read `flow.py` next: which arrows are legal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from workbench.storming.events import Kind
from workbench.storming.grammar.english import imperative, is_past, past_places, past_tense, words
from workbench.storming.grammar.english_words import VERBS, word_set
from workbench.storming.grammar.findings import Question
from workbench.storming.grammar.graph import ASIDE, Element, Graph

CRUD = word_set("created inserted updated modified changed edited saved deleted")
"""Verbs of database rows, which hide what happened in the business."""

TECHNICAL = word_set("""
    api button cache callback checkbox cron csv database db dto endpoint entity http https json kafka message
    microservice payload pdf popup queue request response row screen sql thread url webhook xml
""")
"""Technical words, which do not depend on the business."""

_SEVERAL_PLACES = ASIDE | {Kind.ACTOR, Kind.SYSTEM}


def past_tense_events(graph: Graph) -> Iterator[Question]:
    """Find events that are not named by a subject and then a verb in the past tense."""
    for event in graph.of(Kind.EVENT):
        reading = past_tense(event.name)
        if not reading.holds:
            yield Question(
                (event,),
                f"What exactly has happened once {event.quoted} is true?",
                f"{reading.because} Say who or what, then the verb in the past tense.",
            )


def imperative_commands(graph: Graph) -> Iterator[Question]:
    """Find commands that do not start with a verb."""
    for command in graph.of(Kind.COMMAND):
        reading = imperative(command.name)
        if not reading.holds:
            yield Question(
                (command,),
                f"What does somebody ask for with {command.quoted}, and could the answer be no?",
                f"{reading.because} Start with the verb, as if asking somebody who may refuse.",
            )


def crud_events(graph: Graph) -> Iterator[Question]:
    """Find events that are named by the verbs of database rows: created, updated, deleted."""
    for event in graph.of(Kind.EVENT):
        verbs = [word for word in words(event.name) if is_past(word)]
        if verbs and set(verbs) <= CRUD:
            yield Question(
                (event,),
                f"What did somebody in the business do when {event.quoted} became true, and why?",
                f"“{verbs[-1]}” describes a database row. Use the word, or words, of those who do it.",
            )


def joined_facts(graph: Graph) -> Iterator[Question]:
    """Find events and commands that join two facts with “and”."""
    for element in graph.of(Kind.EVENT, Kind.COMMAND):
        if _joins(element):
            yield Question(
                (element,),
                f"Can one half of {element.quoted} happen without the other?",
                "If so, make two notes of it; if never, one name is enough for both.",
            )


def technical_events(graph: Graph) -> Iterator[Question]:
    """Find events that are named after technical things."""
    for event in graph.of(Kind.EVENT):
        machine = next((word for word in words(event.name) if word in TECHNICAL), "")
        if machine:
            yield Question(
                (event,),
                f"What does {event.quoted} mean to somebody who has never seen the program?",
                f"“{machine}” is a technical word. Name the fact behind it, or leave the note out.",
            )


def same_words(graph: Graph) -> Iterator[Question]:
    """Find the same words for two kinds of things, or in two contexts."""
    named: defaultdict[str, list[Element]] = defaultdict(list)
    for element in graph.elements:
        named[" ".join(words(element.name)) or element.name.casefold()].append(element)
    for elements in named.values():
        asked = _of_two_minds(graph, elements)
        if len(asked) > 1:
            several = " and ".join(_described(element) for element in asked)
            yield Question(
                tuple(asked),
                f"Are {several} the same thing?",
                "If not, give each its own name; if so, ask which context the word belongs to.",
            )


def _joins(element: Element) -> bool:
    said = words(element.name.replace("&", " and ").replace("+", " and "))
    if "and" not in said[1:-1]:
        return False
    place = said.index("and", 1)
    if element.kind is Kind.COMMAND:
        return said[place + 1] in VERBS
    return any(verb < place for verb in past_places(" ".join(said)))


def _of_two_minds(graph: Graph, elements: list[Element]) -> list[Element]:
    """Return the elements of one name that may be different things.

    Persons and systems may stand in many places, and a received event is the one that was sent.
    """
    received = {got for one in elements for got in graph.after(one, Kind.EVENT) if one.public}
    asked = [one for one in elements if one not in received and one.kind not in ASIDE]
    kinds = {one.kind for one in asked}
    return [] if len(kinds) == 1 and kinds & _SEVERAL_PLACES else asked


def _described(element: Element) -> str:
    where = f" in {element.context}" if element.context else ""
    return f"{element.quoted} ({element.kind}{where})"
