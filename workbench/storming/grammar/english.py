"""Decide whether an English name states a past fact or a request, and explain why.

A heuristic: it splits a name into words (CamelCase too) and looks for a subject followed by a verb in the
past tense, where the verb cannot be an adjective: "Meter Read" is a fact, "Read Meter" is not, and "Lost
Property Office" is a place. Where it is wrong, a person overrules the finding.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from workbench.storming.grammar.english_words import (
    AMBIGUOUS,
    ASKED,
    AUXILIARY,
    DETERMINERS,
    IRREGULAR,
    NOT_PAST,
    OPENERS,
    PLAIN_VERBS,
    PREPOSITIONS,
    PRESENT,
    TRAILING,
    VERBS,
)

_NOUN_ENDINGS = ("tion", "sion", "ment", "ness", "ity", "ance", "ence", "ship", "ism")
_PREFIXES = ("over", "under", "with", "fore", "mis", "out", "pre", "re", "up", "un")


class Wording(NamedTuple):
    """Whether a name has the expected form, and why, in a sentence."""

    holds: bool
    because: str


def words(name: str) -> list[str]:
    """Return the words of a name in lower case: "ChargingStarted" and "charging_started" give the same."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return [word.casefold() for word in re.findall(r"[^\W_]+(?:['’][^\W_]+)?", apart)]


def is_past(word: str) -> bool:
    """Return whether a word can be a past form of a verb."""
    if word in NOT_PAST:
        return False
    return (len(word) > 3 and word.endswith("ed")) or _irregular(word) is not None


def verbs_of(word: str) -> set[str]:
    """Return the possible verbs of a past form: "stopped" gives stopp, stoppe and stop."""
    irregular = _irregular(word)
    if irregular is not None:
        return {irregular}
    if not word.endswith("ed"):
        return set()
    stem = word[:-2]
    doubled = {stem[:-1]} if stem[-1:] == stem[-2:-1] else set()
    return {stem, stem + "e"} | doubled | ({stem[:-1] + "y"} if stem.endswith("i") else set())


def past_tense(name: str) -> Wording:
    """Return whether a name states a fact: a subject, then a verb in the past tense.

    On the held-out names of `tests/workbench/storming/test_english.py` it recognises 70 of 75 facts and takes
    none of 54 other names for facts; "any word ends in -ed" recognises 26, with 16 false positives.
    """
    said = words(name)
    reason = _never_a_fact(said)
    if reason:
        return Wording(False, reason)
    for place in range(1, len(said)):
        if _verb_of_the_past(said, place):
            return Wording(True, f"“{said[place]}” is in the past tense and follows its subject.")
    return Wording(False, _what_it_is(said))


def imperative(name: str) -> Wording:
    """Return whether a name is a request, with the verb first; yes if in doubt."""
    said = words(name)
    if not said:
        return Wording(False, "It has no words.")
    first = said[0]
    if first in VERBS:
        return Wording(True, f"It starts with the verb “{first}”.")
    for reading in (_as_a_fact(name, said), _as_a_thing(first), _verb_elsewhere(said)):
        if reading:
            return Wording(False, reading)
    return Wording(True, f"“{first}” may be a verb.")


def same_deed(command: str, event: str) -> bool:
    """Return whether an event has the verb of a command: "Start Charging" and "Charging Started"."""
    asked = words(command)[:1]
    return any(verb in asked for word in words(event) for verb in verbs_of(word))


def past_places(name: str) -> list[int]:
    """Return the indices of the words of a name that are verbs in the past tense."""
    said = words(name)
    return [place for place in range(1, len(said)) if _verb_of_the_past(said, place)]


def _irregular(word: str) -> str | None:
    if word in IRREGULAR:
        return IRREGULAR[word]
    for prefix in _PREFIXES:
        rest = word.removeprefix(prefix)
        if rest != word and rest in IRREGULAR and len(rest) > 2:
            return prefix + IRREGULAR[rest]
    return None


def _never_a_fact(said: list[str]) -> str:
    """Return why these words cannot state a fact, or an empty text."""
    if not said:
        return "It has no words."
    if said[0] in PLAIN_VERBS and not (len(said) == 2 and said[1] in ASKED):
        return f"It starts with “{said[0]}”, as a command does."
    if said[0] in OPENERS:
        return f"“{said[0]}” opens a condition, as a policy does."
    past = next((place for place in range(1, len(said)) if is_past(said[place])), len(said))
    present = next((word for word in said[:past] if word in PRESENT), "")
    return f"“{present}” says how things are or should be, not what happened." if present else ""


def _verb_of_the_past(said: list[str], place: int) -> bool:
    """Return whether this word is the verb of a fact: past tense, after a subject, and not an adjective."""
    word, before, after = said[place], said[place - 1], said[place + 1 :]
    if not is_past(word) or not _has_subject(said[:place]):
        return False
    if before in PREPOSITIONS - TRAILING or before in DETERMINERS or before.endswith("ly"):
        return False
    if _closed(after) or before in AUXILIARY:
        return True
    return word not in AMBIGUOUS and said[0] not in VERBS


def _has_subject(said: list[str]) -> bool:
    return any(
        word not in DETERMINERS | AUXILIARY | TRAILING and not word.isdigit() and not word.endswith("ly")
        for word in said
    )


def _closed(after: list[str]) -> bool:
    """Return whether only particles, a phrase or a verb follow, and no noun that the word describes."""
    if not after:
        return True
    word, *rest = after
    if word in PREPOSITIONS or word in AUXILIARY:
        return True
    goes_on = word in TRAILING or word in {"and", "or"} or word.endswith("ly") or is_past(word)
    return goes_on and _closed(rest)


def _what_it_is(said: list[str]) -> str:
    if is_past(said[0]):
        return f"“{said[0]}” comes first, so the name does not say who or what."
    going_on = next((word for word in said if word.endswith("ing") and word not in VERBS), "")
    if said[0] in VERBS and len(said) > 1:
        return f"It starts with “{said[0]}”, as a command may."
    if going_on:
        return f"“{going_on}” is still going on; nothing has happened yet."
    return "It has no verb in the past tense after its subject."


def _as_a_fact(name: str, said: list[str]) -> str:
    if past_tense(name).holds or is_past(said[0]):
        return "It says what has happened, as an event does."
    return ""


def _as_a_thing(first: str) -> str:
    if first in DETERMINERS or first in PRESENT:
        return f"It starts with “{first}”, not with a verb."
    if first.endswith(_NOUN_ENDINGS):
        return f"“{first}” is a noun, not a verb."
    return f"“{first}” is an activity, not a request." if first.endswith("ing") and len(first) > 5 else ""


def _verb_elsewhere(said: list[str]) -> str:
    """Return the reason if a verb is last or follows a subject: "Session Start", "Driver Starts Session"."""
    if len(said) > 1 and said[-1] in VERBS:
        return f"The verb “{said[-1]}” comes last."
    if len(said) > 1 and said[1].endswith("s") and said[1].removesuffix("s") in PLAIN_VERBS:
        return f"“{said[0]} {said[1]}” says who does it; that belongs on an actor's note."
    return ""
