"""The grammar of names: facts in the past tense, wishes in the imperative, words of the business.

Six rules. Read `flow.py` next: what may lead to what.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from workbench.storming.events import Kind
from workbench.storming.grammar.english import imperative, is_past, past_places, past_tense, words
from workbench.storming.grammar.english_words import VERBS, word_set
from workbench.storming.grammar.findings import Asked
from workbench.storming.grammar.graph import ASIDE, Element, Graph

CRUD = word_set("created inserted updated modified changed edited saved deleted")
"""What happens to rows, whatever happened in the business."""

TECHNICAL = word_set("""
    api button cache callback checkbox cron csv database db dto endpoint entity http https json kafka message
    microservice payload pdf popup queue request response row screen sql thread url webhook xml
""")
"""What a machine handles, whatever the business is about."""

_SEVERAL_PLACES = ASIDE | {Kind.ACTOR, Kind.SYSTEM}


def past_tense_events(graph: Graph) -> Iterator[Asked]:
    """An event says what has happened: its subject, then a verb in the past tense."""
    for event in graph.of(Kind.EVENT):
        reading = past_tense(event.name)
        if not reading.holds:
            yield Asked(
                (event,),
                f"What exactly has happened once {event.quoted} is true?",
                f"{reading.because} Say who or what, and then the verb in the past tense.",
            )


def imperative_commands(graph: Graph) -> Iterator[Asked]:
    """A command says what somebody wants: the verb first."""
    for command in graph.of(Kind.COMMAND):
        reading = imperative(command.name)
        if not reading.holds:
            yield Asked(
                (command,),
                f"What does somebody ask for with {command.quoted}, and could the answer be no?",
                f"{reading.because} Start with the verb, as one says it to somebody who may refuse.",
            )


def crud_events(graph: Graph) -> Iterator[Asked]:
    """Created, updated, deleted: the verbs of a table hide what people did."""
    for event in graph.of(Kind.EVENT):
        verbs = [word for word in words(event.name) if is_past(word)]
        if verbs and set(verbs) <= CRUD:
            yield Asked(
                (event,),
                f"Why does that happen in the business: what did somebody do when {event.quoted} came true?",
                f"“{verbs[-1]}” tells of a row. Use the word of those who do it; there may be several.",
            )


def joined_facts(graph: Graph) -> Iterator[Asked]:
    """One note, one fact, one wish."""
    for element in graph.of(Kind.EVENT, Kind.COMMAND):
        if _joins(element):
            yield Asked(
                (element,),
                f"Can one half of {element.quoted} come about without the other?",
                "If so, make two notes of it; if never, one name will do for both.",
            )


def technical_events(graph: Graph) -> Iterator[Asked]:
    """An event tells what matters to the business, not what a machine did for it."""
    for event in graph.of(Kind.EVENT):
        machine = next((word for word in words(event.name) if word in TECHNICAL), "")
        if machine:
            yield Asked(
                (event,),
                f"What does {event.quoted} mean to somebody who has never seen the program?",
                f"“{machine}” is a matter of machines. Name the fact behind it, or leave the note out.",
            )


def same_words(graph: Graph) -> Iterator[Asked]:
    """One name, one meaning: the same words for two things, or in two contexts, deserve a question."""
    named: defaultdict[str, list[Element]] = defaultdict(list)
    for element in graph.elements:
        named[" ".join(words(element.name)) or element.name.casefold()].append(element)
    for elements in named.values():
        asked = _of_two_minds(graph, elements)
        if len(asked) > 1:
            several = " and ".join(_described(element) for element in asked)
            yield Asked(
                tuple(asked),
                f"Are {several} one and the same thing?",
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
    """Those of one name that may not be one thing. A person or a system may stand in many places, and what
    was received is what was sent.
    """
    received = {got for one in elements for got in graph.after(one, Kind.EVENT) if one.public}
    asked = [one for one in elements if one not in received and one.kind not in ASIDE]
    kinds = {one.kind for one in asked}
    return [] if len(kinds) == 1 and kinds & _SEVERAL_PLACES else asked


def _described(element: Element) -> str:
    where = f" in {element.context}" if element.context else ""
    return f"{element.quoted} ({element.kind}{where})"
