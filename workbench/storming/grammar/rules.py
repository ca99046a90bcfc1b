"""The rules of Event Storming's grammar, with their severity at each level.

A finding is a question to somebody who knows the business, not a verdict: sometimes overruling it is right.
The rules are pure functions in `grammar/names.py`, `flow.py` and `grammar/wall.py`. Read `graph.py` next: the
graph that they read.
"""

from __future__ import annotations

from workbench.storming.events import Level
from workbench.storming.gestures import NotPossible, one_of
from workbench.storming.grammar import flow, names
from workbench.storming.grammar import wall as whole
from workbench.storming.grammar.findings import SEVERITIES, Finding, Findings, Question, Rule, Severity
from workbench.storming.grammar.graph import Graph
from workbench.storming.wall import Wall
from workshop_lib.events import shortened

__all__ = ["RULES", "Finding", "Findings", "check_wall", "key_of"]

BIG, PROCESS, DESIGN = Level.BIG_PICTURE, Level.PROCESS, Level.DESIGN
EVERYWHERE = (BIG, PROCESS, DESIGN)


def _at(severity: Severity, *levels: Level) -> dict[Level, Severity]:
    return dict.fromkeys(levels, severity)


RULES: tuple[Rule, ...] = (
    Rule("past tense", _at("warning", *EVERYWHERE), names.past_tense_events),
    Rule("imperative", _at("warning", PROCESS, DESIGN), names.imperative_commands),
    Rule("row words", _at("hint", *EVERYWHERE), names.crud_events),
    Rule("two facts in one", _at("hint", *EVERYWHERE), names.joined_facts),
    Rule("technical event", _at("hint", *EVERYWHERE), names.technical_events),
    Rule("same words", _at("hint", *EVERYWHERE), names.same_words),
    Rule("legal arrow", _at("error", PROCESS, DESIGN), flow.legal_arrows),
    Rule("orphan command", _at("error", PROCESS, DESIGN), flow.orphan_commands),
    Rule("orphan event", _at("warning", PROCESS) | _at("error", DESIGN), flow.orphan_events),
    Rule("missing policy", _at("error", PROCESS, DESIGN), flow.missing_policies),
    Rule("unasked command", _at("error", PROCESS, DESIGN), flow.unasked_commands),
    Rule("blind decision", _at("hint", PROCESS), flow.blind_decisions),
    Rule("read model without a source", _at("error", PROCESS, DESIGN), flow.sourceless_read_models),
    Rule("unread read model", _at("warning", PROCESS, DESIGN), flow.unread_read_models),
    Rule("loose policy", _at("error", PROCESS, DESIGN), flow.loose_policies),
    Rule("aggregate calls a system", _at("error", DESIGN), flow.reaching_aggregates),
    Rule("two deciders", _at("error", DESIGN), flow.shared_commands),
    Rule("silent aggregate", _at("error", DESIGN), flow.silent_aggregates),
    Rule("never a no", _at("hint", DESIGN), flow.yes_sayers),
    Rule("endless loop", _at("warning", PROCESS, DESIGN), whole.endless_loops),
    Rule("backward arrow", _at("error", *EVERYWHERE), whole.backward_arrows),
    Rule("hole in the timeline", _at("hint", BIG), whole.holes),
    Rule("pivot at the edge", _at("hint", BIG), whole.pivots_at_the_edge),
    Rule("reverse narrative", _at("error", PROCESS, DESIGN), whole.unfounded_stories),
    Rule("open hot spot", _at("warning", PROCESS, DESIGN), whole.open_hot_spots),
    Rule("private event abroad", _at("warning", DESIGN), whole.private_events_abroad),
    Rule("personal data", _at("warning", DESIGN), whole.unforgettable_people),
    Rule("pivotal events", _at("hint", BIG), whole.pivotal_events),
    Rule("pivot within a context", _at("hint", *EVERYWHERE), whole.pivots_within),
)
"""Every rule, in the order of the findings."""


def check_wall(wall: Wall, level: Level | str = Level.DESIGN) -> Findings:
    """Return the findings about a wall at a level, the most severe first. Raises `NotPossible`.

    Findings do not depend on the ids of notes, and a finding's key does not change when notes are moved.
    """
    level = one_of(Level, level, "level")
    graph = Graph(wall, level)
    found = {
        finding.key: finding
        for rule in RULES
        if level in rule.severity
        for finding in (_finding(rule, level, question, wall) for question in rule.questions(graph))
    }
    return Findings(sorted(found.values(), key=lambda finding: SEVERITIES.index(finding.severity)))


def key_of(wall: Wall, finding: Finding | str) -> str:
    """Return the key of a finding of any level, or of an overruled one. Raises `NotPossible`."""
    key = finding.key if isinstance(finding, Finding) else finding
    known = dict.fromkeys(one.key for level in Level for one in check_wall(wall, level))
    if key not in known and key not in wall.overruled:
        keys = "; ".join(known) or "none, because there are no findings"
        raise NotPossible(
            f"You overruled {shortened(key, 80)}, but this wall has no such finding. Give the key that "
            f"stands below its question: {keys[:400]}."
        )
    return key


def _finding(rule: Rule, level: Level, question: Question, wall: Wall) -> Finding:
    key = f"{rule.name}: {' → '.join(one.key for one in question.about)}" if question.about else rule.name
    notes = question.notes or tuple(note.id for one in question.about for note in one.notes)
    reason = wall.overruled.get(key, "")
    return Finding(
        key, rule.name, rule.severity[level], question.question, question.suggestion, notes, reason
    )
