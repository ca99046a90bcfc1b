"""The code uses the words of the glossary in CONTRIBUTING.md."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest

from tests.code import ROOT
from tests.glossary import CODE, ITSELF, Finding, Glossary, read_glossary

NOT_YET: set[str] = set()
"""Rooms that still use old words. The list only shrinks: strike a room out when it is clean."""

GLOSSARY = read_glossary((ROOT / "CONTRIBUTING.md").read_text("utf-8"))

EXAMPLE = """
## Glossary

| instead of | write | where | the old word stays |
|---|---|---|---|
| `ticket`, `tickets` | pending append | `library/store` | `library/store/desk.py`, `parking ticket` |
| `because_of` | `caused_by` | all code | |
| `past` | reader | names in `library` | |
| `Late` | `Conflict` | all code | |

## Next
| `append` | `write` | all code | |
"""


def found(source: str, place: str = "library/store/queue.py") -> list[str]:
    return [str(one) for one in read_glossary(EXAMPLE).findings(place, source)]


@pytest.mark.parametrize(
    "planted",
    ["ticket = 1", "def next_ticket(): ...", "class TicketQueue: ...", "TICKETS = []", "x = 'a ticket'"]
    + ["# the tickets", '"""Take a ticket."""', 'f"for {one} ticket"', '"tickets:\\nticket"', "order.ticket"],
)
def test_an_old_word_is_found(planted: str):
    assert set(found(f"\n{planted}\n")) & {
        "library/store/queue.py:2: “ticket”, write pending append",
        "library/store/queue.py:2: “tickets”, write pending append",
    }


@pytest.mark.parametrize(
    "allowed",
    ["cricket = 1", "ticketed = 1", "# a parking ticket", '"""A parking\nticket."""', "# in the past", ""],
)
def test_other_words_phrases_and_prose_are_allowed(allowed: str):
    assert found(allowed) == []


@pytest.mark.parametrize("place", ["library/store/desk.py", "library/storage.py", "library/modeling/a.py"])
def test_an_old_word_stays_elsewhere(place: str):
    assert found("ticket = 1", place) == []


def test_a_line_is_counted_inside_a_docstring():
    assert found('\n"""Append.\n\nReturn a ticket.\n"""\n') == [
        "library/store/queue.py:4: “ticket”, write pending append"
    ]


def test_a_name_with_underscores_is_one_word_and_all_code_is_everywhere():
    assert found("x(because_of=1)  # because of", "start.py") == [
        "start.py:1: “because_of”, write `caused_by`"
    ]


def test_the_name_of_a_class_is_not_the_word():
    assert found("class TooLate: ...", "start.py") == ["start.py:1: “Late”, write `Conflict`"]
    assert found("late = Later  # late", "start.py") == []


def test_a_rule_for_names_leaves_prose_alone_and_reads_the_name_of_a_module():
    assert found("class _Past: ...  # past", "library/a.py") == ["library/a.py:1: “past”, write reader"]
    assert found("", "library/past.py") == ["library/past.py:1: “past”, write reader"]


def test_every_folder_of_the_table_is_there():
    named = {folder for rule in GLOSSARY.rules for folder in (*rule.folders, *rule.stays_in)}
    assert [folder for folder in sorted(named) if not (ROOT / folder).exists()] == []


def test_every_word_of_the_table_is_a_rule_once():
    words = [(rule.old, rule.folders) for rule in GLOSSARY.rules]
    assert len(words) > 20
    assert len(words) == len(set(words))


def room_of(place: str) -> str:
    """The room of a file, `workshop_lib/store`, or a file that is in no room."""
    parts = place.split("/")
    return "/".join(parts[: 3 if parts[0] == "tests" and parts[1].startswith("work") else 2])


def findings(glossary: Glossary) -> Iterator[Finding]:
    """Yield every old word in the project's code."""
    tops = [ROOT / one for one in CODE]
    files = [file for top in tops for file in ([top] if top.is_file() else sorted(top.rglob("*.py")))]
    for file in files:
        place = file.relative_to(ROOT).as_posix()
        if place not in ITSELF:
            yield from glossary.findings(place, file.read_text("utf-8"))


@pytest.fixture(scope="module")
def by_room() -> dict[str, list[Finding]]:
    rooms: dict[str, list[Finding]] = defaultdict(list)
    for one in findings(GLOSSARY):
        rooms[room_of(one.place)].append(one)
    return rooms


def test_the_code_uses_the_words_of_the_glossary(by_room: dict[str, list[Finding]]):
    report = [str(one) for room, some in by_room.items() if room not in NOT_YET for one in some]
    assert report == [], "\n" + "\n".join(report)


def test_a_room_that_has_become_clean_is_struck_out(by_room: dict[str, list[Finding]]):
    clean = sorted(NOT_YET - set(by_room))
    assert clean == [], f"strike out of NOT_YET in {__file__}: {', '.join(clean)}"
