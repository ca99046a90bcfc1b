"""Predictions: `predict` asks what will happen, `reveal` shows the guess beside the result.

    predict("after_the_crash", "Which of the two writes is there after a crash?", ["both", "one", "none"])

The cell that computes the answer ends with `reveal("after_the_crash", answer)`. A guess is an event in the
outbox (`progress.py`); nothing waits for it, so all cells run from top to bottom without one. Where widgets
do not run, the question is text. The browser's part is `predict.js`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from workbench.classroom.participant import never_raises, participant
from workbench.classroom.progress import GuessMade, Outbox, guesses
from workbench.classroom.show import Card, Notice
from workbench.pictures.show import bundle
from workshop_lib.events import WorkshopError

NONE = -1
"""The choice before one is made."""


class InvalidPrediction(WorkshopError):
    """A question cannot be asked like this."""

    def __init__(self, name: object, reason: str) -> None:
        self.name = name
        super().__init__(f"You asked for the prediction {name!r}, but {reason}.")


class Prediction(anywidget.AnyWidget):
    """A question with options, shown as radio buttons; `committed` is set once the guess is made.

    A guess that was made before is shown again. Raises `InvalidPrediction`.
    """

    _esm = Path(__file__).with_suffix(".js")
    _css = Path(__file__).with_suffix(".css")
    question = traitlets.Unicode().tag(sync=True)
    options = traitlets.List(traitlets.Unicode()).tag(sync=True)
    choice = traitlets.Int(NONE).tag(sync=True)
    committed = traitlets.Bool(False).tag(sync=True)
    result = traitlets.Unicode("").tag(sync=True)
    right = traitlets.Int(NONE).tag(sync=True)
    trouble = traitlets.Unicode("").tag(sync=True)

    def __init__(self, name: str, question: str, options: Sequence[object], outbox: Outbox) -> None:
        _check(name, question, options)
        self.name, self._outbox = name, outbox
        texts = [str(option) for option in options]
        before = guesses(outbox.events()).get(name)
        choice = texts.index(before) if before in texts else NONE
        super().__init__(question=question, options=texts, choice=choice, committed=choice != NONE)
        self.observe(self._keep, names="committed")

    @property
    def guess(self) -> str:
        """The option that was chosen and committed, or an empty text."""
        return self.options[self.choice] if self.committed and self.choice != NONE else ""

    def place_of(self, answer: object) -> int:
        """Return which option an answer is, or `NONE`; 4619 is also the option "4,619"."""
        texts = {str(answer)}
        if isinstance(answer, (int, float)) and not isinstance(answer, bool):
            texts.add(f"{answer:,}")
        return next((place for place, option in enumerate(self.options) if option in texts), NONE)

    def show_result(self, answer: object) -> None:
        """Show the result beside the guess, as soon as there is one."""
        self.right = self.place_of(answer)
        self.result = self.options[self.right] if self.right != NONE else str(answer)

    @traitlets.validate("choice")
    def _within(self, proposal: Any) -> int:
        return proposal["value"] if NONE <= proposal["value"] < len(self.options) else NONE

    def _keep(self, change: Any) -> None:
        if change["new"] and self.choice != NONE:
            self.trouble = self._outbox.append(GuessMade(self.name, self.options[self.choice]))

    def __repr__(self) -> str:
        return "\n".join(
            [f"What do you expect? {self.question}", *(f"  ○ {option}" for option in self.options)]
        )

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[Any, Any], dict[Any, Any]]:
        options = "\n".join(f"- {_plain(option)}" for option in self.options)
        asked = f"**What do you expect?** {_plain(self.question)}\n\n{options}"
        return bundle(self, repr(self)) | {"text/markdown": asked}, {}


class Predictions:
    """The questions that this kernel asked, by name."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._asked: dict[str, Prediction] = {}

    def predict(self, name: str, question: str, options: Sequence[object]) -> Prediction:
        """Ask a question; the guess of an earlier run stays."""
        self._asked[name] = Prediction(name, question, options, self._outbox)
        return self._asked[name]

    def reveal(self, name: str, answer: object) -> Notice:
        """Return the guess beside the result, and show both at the question too."""
        asked = self._asked.get(name)
        if asked is None:
            return Notice(Card("The result", lines=(f"Result: {answer}", "The question was not asked yet.")))
        asked.show_result(answer)
        guess = f"Your guess: {asked.guess}" if asked.guess else "You have made no guess."
        lines = (guess, f"Result: {asked.result}")
        if not asked.guess or asked.right == NONE:
            return Notice(Card("The result", asked.question, lines=lines))
        if asked.choice == asked.right:
            return Notice(Card("✓ As you expected", asked.question, "passed", lines))
        return Notice(Card("✗ Not what you expected", asked.question, "wrong", lines))


@cache
def predictions() -> Predictions:
    """Return the questions of this kernel, made on the first call."""
    return Predictions(participant().outbox)


def predict(name: str, question: str, options: Sequence[object]) -> Prediction:
    """Ask a question before the cell that answers it: `predict("name", "question", [options])`."""
    return predictions().predict(name, question, options)


@never_raises
def reveal(name: str, answer: object) -> Notice:
    """Show the guess beside the result: `reveal("name", answer)`."""
    return predictions().reveal(name, answer)


def _check(name: object, question: object, options: object) -> None:
    if not (isinstance(name, str) and name.isidentifier()):
        raise InvalidPrediction(name, "its name is not a word like after_the_crash")
    if not (isinstance(question, str) and question.strip()):
        raise InvalidPrediction(name, "it has no question")
    if isinstance(options, str) or not isinstance(options, Sequence):
        raise InvalidPrediction(name, "its options are not a list")
    if len(options) < 2 or len({str(option) for option in options}) < len(options):
        raise InvalidPrediction(name, "it needs at least two options, all different")


def _plain(text: str) -> str:
    """Return a text on one line for Markdown: `code` stays, other signs with a meaning are escaped."""
    one_line = " ".join(text.split())
    return re.sub(r"(`[^`]+`)|([\\`*_{}\[\]<>#|~$!])", lambda found: found[1] or f"\\{found[2]}", one_line)
