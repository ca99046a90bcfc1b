"""A prediction blocks nothing, its guess is an event, and the result stands beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workbench.classroom.support import DEMO
from workbench.classroom.participant import Participant
from workbench.classroom.predict import InvalidPrediction, Prediction, Predictions
from workbench.classroom.progress import GuessMade, HintShown, Outbox, guesses, standings
from workbench.classroom.show import Card
from workbench.pictures.show import WIDGET

QUESTION = "How many events does a naive reader lose?"


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "progress.jsonl")


@pytest.fixture
def asked(outbox: Outbox) -> Predictions:
    return Predictions(outbox)


def ask(asked: Predictions) -> Prediction:
    return asked.predict("lost_events", QUESTION, ["none", "12", "4,619"])


def commit(prediction: Prediction, choice: int) -> None:
    """Do what the browser does when the button is pressed."""
    prediction.choice = choice
    prediction.committed = True


def test_a_guess_is_an_event_once_it_is_committed(asked: Predictions, outbox: Outbox):
    prediction = ask(asked)
    prediction.choice = 1
    assert outbox.events() == []
    prediction.committed = True
    assert outbox.events() == [GuessMade("lost_events", "12")]
    assert prediction.guess == "12"


def test_without_a_choice_nothing_is_recorded(asked: Predictions, outbox: Outbox):
    prediction = ask(asked)
    prediction.committed = True
    prediction.choice = 99
    assert (prediction.choice, prediction.guess, outbox.events()) == (-1, "", [])


def test_guessing_again_is_a_second_event_and_the_last_one_counts(asked: Predictions, outbox: Outbox):
    prediction = ask(asked)
    commit(prediction, 0)
    prediction.committed = False
    commit(prediction, 2)
    assert guesses([*outbox.events(), HintShown("other", 1)]) == {"lost_events": "4,619"}
    assert len(outbox.events()) == 2


def test_a_guess_is_shown_again_when_the_cell_runs_again_or_the_kernel_restarts(asked, outbox: Outbox):
    commit(ask(asked), 1)
    assert ask(asked).guess == "12"
    assert ask(Predictions(Outbox(outbox.file))).guess == "12"
    assert len(outbox.events()) == 1


def test_an_option_that_is_gone_is_no_guess(asked: Predictions):
    commit(ask(asked), 1)
    assert asked.predict("lost_events", QUESTION, ["few", "many"]).guess == ""


def revealed(asked: Predictions, answer: object) -> Card:
    return asked.reveal("lost_events", answer).card()


@pytest.mark.parametrize(
    ("choice", "answer", "heading", "tone"),
    [
        (1, 12, "✓ As you expected", "passed"),
        (2, 4619, "✓ As you expected", "passed"),
        (2, "12", "✗ Not what you expected", "wrong"),
        (0, 17, "The result", "plain"),
    ],
)
def test_the_guess_stands_beside_the_result(asked: Predictions, choice, answer, heading, tone):
    prediction = ask(asked)
    commit(prediction, choice)
    card = revealed(asked, answer)
    assert (card.heading, card.tone, card.subject) == (heading, tone, QUESTION)
    assert card.lines == (f"Your guess: {prediction.options[choice]}", f"Result: {prediction.result}")
    assert prediction.result.replace(",", "") == str(answer)


def test_without_a_guess_the_result_is_shown_and_nobody_is_blamed(asked: Predictions):
    prediction = ask(asked)
    assert revealed(asked, 12).text() == (f"The result · {QUESTION}\nYou have made no guess.\nResult: 12")
    commit(prediction, 1)
    assert (prediction.result, prediction.right) == ("12", 1)


def test_a_result_without_its_question_is_shown_too(asked: Predictions):
    assert revealed(asked, 12).lines == ("Result: 12", "The question was not asked yet.")


def test_true_is_no_number():
    prediction = Prediction("yes_or_one", QUESTION, ["1", "True"], Outbox(None))
    assert [prediction.place_of(answer) for answer in (True, 1, 2)] == [1, 0, -1]


def test_the_stored_output_is_a_stable_question(asked: Predictions):
    data, _ = ask(asked)._repr_mimebundle_()
    assert set(data) == {WIDGET, "text/plain", "text/markdown"}
    assert data["text/plain"] == f"What do you expect? {QUESTION}\n  ○ none\n  ○ 12\n  ○ 4,619"
    assert data["text/markdown"] == f"**What do you expect?** {QUESTION}\n\n- none\n- 12\n- 4,619"
    commit(ask(asked), 1)
    assert ask(asked)._repr_mimebundle_()[0]["text/markdown"] == data["text/markdown"]


def test_markdown_is_escaped_outside_of_code(asked: Predictions):
    prediction = asked.predict("evil", "<b>`decide_it`</b>\n# $x$", ["a*b*", "`a*b*`"])
    text = prediction._repr_mimebundle_()[0]["text/markdown"]
    assert r"\<b\>`decide_it`\</b\> \# \$x\$" in text
    assert text.endswith("- a\\*b\\*\n- `a*b*`")


def test_a_disk_that_is_full_is_said_in_the_widget(asked: Predictions, outbox: Outbox):
    outbox.file.mkdir()
    prediction = ask(asked)
    commit(prediction, 0)
    assert "Your progress cannot be saved" in prediction.trouble
    assert ask(asked).guess == "none"


@pytest.mark.parametrize(
    ("name", "question", "options", "says"),
    [
        ("two words", QUESTION, ["a", "b"], "not a word"),
        ("", QUESTION, ["a", "b"], "not a word"),
        ("name", " ", ["a", "b"], "no question"),
        ("name", QUESTION, "ab", "not a list"),
        ("name", QUESTION, ["a"], "at least two options"),
        ("name", QUESTION, [1, "1"], "all different"),
    ],
)
def test_a_question_that_cannot_be_asked_raises_an_error(asked: Predictions, name, question, options, says):
    with pytest.raises(InvalidPrediction, match=says):
        asked.predict(name, question, options)


def test_guesses_are_no_attempts_at_tasks(outbox: Outbox):
    outbox.append(GuessMade("lost_events", "12"))
    assert standings(outbox.events()) == {}
    assert "Nothing tried yet" in repr(Participant(outbox, DEMO).progress())


def test_in_a_notebook_the_functions_use_the_kernels_outbox(room, tmp_path: Path, monkeypatch):
    from workbench.classroom import predict as module

    monkeypatch.setattr(module, "participant", lambda: room.participant)
    module.predictions.cache_clear()
    room.runs("from workbench.classroom.predict import predict, reveal")
    room.runs('asked = predict("lost_events", "How many?", [1, 2])\nshown = reveal("lost_events", 2)')
    assert "Result: 2" in repr(room.shell.user_ns["shown"])
    commit(room.shell.user_ns["asked"], 0)
    assert room.outbox.events() == [GuessMade("lost_events", "1")]
    module.predictions.cache_clear()
