"""The picture of a directly-follows graph: nothing overlaps, arrows end at notes, the slider counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import combinations, pairwise
from math import ceil, dist
from random import Random

import pytest
from matplotlib.font_manager import FontProperties, findfont
from PIL import ImageFont

from workbench.storming.drawing.boxes import Box
from workbench.storming.drawing.lettering import width
from workbench.storming.drawing.picture import polygon_of
from workbench.storming.drawing.scene import Scene, Sheet, Stroke, Words
from workbench.storming.mining.arcs import Arc
from workbench.storming.mining.discovery import DirectlyFollows
from workbench.storming.mining.path_slider import PathSlider, stops
from workbench.storming.mining.sheet import graph_scene, with_heading

SEEDS = range(0, 42, 2)


def log_of(types: int, pairs: int, seed: int) -> DirectlyFollows:
    """Return a graph of a process: mostly from one type to the next, with jumps, circles and loops."""
    random = Random(seed)
    names = [f"{random.choice(['Charging', 'Invoice', 'Tariff'])}Changed{number}" for number in range(types)]
    steps = [(place, min(place + 1, types - 1)) for place in range(types)]
    jumps = [(random.randrange(types), random.randrange(types)) for _ in range(4 * pairs)]
    chosen = list(dict.fromkeys(steps[: pairs // 2] + jumps))[:pairs]
    arcs = [
        Arc(
            names[a],
            names[b],
            int(10 ** random.uniform(0, 5)),
            1,
            timedelta(seconds=random.randint(-9999, 99999)),
            "case-1",
        )
        for a, b in chosen
    ]
    arcs.sort(key=lambda arc: (-arc.frequency, arc.source, arc.target))
    counts = {name: 1 + sum(arc.frequency for arc in arcs if arc.target == name) for name in names}
    return DirectlyFollows("stream", counts, {names[0]: 1}, {names[-1]: 1}, tuple(arcs))


def scenes() -> Iterator[tuple[DirectlyFollows, Scene]]:
    for seed in SEEDS:
        graph = log_of(types=Random(seed).choice([1, 2, 5, 8, 30, 200]), pairs=1 + seed, seed=seed)
        yield graph, graph_scene(graph.activities, graph.arcs, graph.surprises)


def parts(scene: Scene) -> tuple[list[Box], list[Stroke], list[tuple[str, Box]]]:
    """Return the notes, the arrows, and the boxes of the texts beside the arrows."""
    notes = [mark.box for mark in scene.marks if isinstance(mark, Sheet)]
    arrows = [mark for mark in scene.marks if isinstance(mark, Stroke)]
    texts = [(mark.text, box_of(mark)) for mark in scene.marks if isinstance(mark, Words)]
    return notes, arrows, [(text, box) for text, box in texts if not any(box.meets(note) for note in notes)]


def box_of(words: Words) -> Box:
    half, (x, y) = width(words.text, words.size, words.bold) / 2, words.place
    return Box(x - half, y - 0.76 * words.size, x + half, y + 0.1 * words.size)


def dots(arrow: Stroke) -> Iterator[Box]:
    """Yield small squares along an arrow, as large as it is thick."""
    half = arrow.thick / 2
    for (x, y), (u, v) in pairwise(arrow.points):
        for step in range(many := max(1, ceil(dist((x, y), (u, v)) / 5))):
            a, b = x + (u - x) * step / many, y + (v - y) * step / many
            yield Box(a - half, b - half, a + half, b + half)


def on_border(point: tuple[float, float], box: Box) -> bool:
    x, y = point
    across = box.left - 0.01 <= x <= box.right + 0.01 and min(abs(y - box.top), abs(y - box.bottom)) < 0.01
    upright = box.top - 0.01 <= y <= box.bottom + 0.01 and min(abs(x - box.left), abs(x - box.right)) < 0.01
    return across or upright


def test_no_text_is_on_an_arrow_a_note_or_another_text():
    for graph, scene in scenes():
        notes, arrows, texts = parts(scene)
        assert len(texts) == 2 * len(graph.arcs)
        assert not [one for one, other in combinations(notes, 2) if one.meets(other)]
        assert not [one for one, other in combinations(texts, 2) if one[1].meets(other[1])]
        heads = [polygon_of(arrow) for arrow in arrows]
        for text, box in texts:
            assert not any(box.meets(dot) for arrow in arrows for dot in dots(arrow)), text
            corners = [Box(x - 0.1, y - 0.1, x + 0.1, y + 0.1) for head in heads for x, y in head]
            assert not any(box.meets(corner) for corner in corners), text


def test_an_arrow_begins_and_ends_at_its_notes_and_crosses_no_other():
    for graph, scene in scenes():
        notes, arrows, _ = parts(scene)
        names = note_names(graph, scene)
        for arc, arrow in zip(arcs_of(graph, scene), arrows, strict=True):
            assert on_border(arrow.points[0], names[arc.source])
            assert on_border(arrow.points[-1], names[arc.target])
            thin = arrow._replace(thick=0.0, points=arrow.points[1:-1])
            assert not [note for note in notes for dot in dots(thin) if note.meets(dot)]


def note_names(graph: DirectlyFollows, scene: Scene) -> dict[str, Box]:
    """Return the box of each type, from the words that follow it."""
    found: dict[str, Box] = {}
    box, text = None, ""
    for mark in [*scene.marks, Sheet(scene.box, "")]:
        if isinstance(mark, Words) and box:
            text += mark.text if mark.bold else ""
        else:
            if box:
                found[text] = box
            box, text = (mark.box, "") if isinstance(mark, Sheet) else (None, "")
    return found


def arcs_of(graph: DirectlyFollows, scene: Scene) -> list[Arc]:
    """Return the arcs in the order of the scene, which draws one connected graph after the other."""
    names = note_names(graph, scene)
    waiting: list[Arc] = list(graph.arcs)
    ordered = []
    band: set[str] = set()
    for name in names:
        if name in band:
            continue
        band = {name}
        while (
            more := {
                end for arc in waiting if {arc.source, arc.target} & band for end in (arc.source, arc.target)
            }
            - band
        ):
            band |= more
        ordered += [arc for arc in waiting if arc.source in band]
    return ordered


def test_an_estimated_width_is_not_too_small_for_a_label():
    for text in ("44,999 ×", "1,111,111 ×", "65 s earlier", "12 min", "100,000 d"):
        for weight in ("normal", "bold"):
            font = ImageFont.truetype(findfont(FontProperties(family="DejaVu Sans", weight=weight)), size=170)
            assert font.getlength(text) / 10 <= width(text, 17, weight == "bold") + 6


def test_few_types_stand_in_one_row_and_many_are_folded_like_lines_of_text():
    for types, rows in ((5, 1), (12, 3)):
        graph = log_of(types, types, seed=3)
        chain = [Arc(a, b, 9, 1, timedelta(0), "") for a, b in pairwise(graph.activities)]
        notes = parts(graph_scene(graph.activities, chain, ()))[0]
        assert len({note.top for note in notes}) == rows
        assert len({note.left for note in notes}) == 5


def test_a_slider_offers_few_paths_all_of_them_or_sixty():
    assert stops(0) == [0]
    assert stops(5) == [1, 2, 3, 4, 5]
    assert stops(40)[-2:] == [32, 40]
    assert stops(675)[-1] == 60


@pytest.fixture
def slider() -> PathSlider:
    return log_of(types=30, pairs=40, seed=5).slider()


def test_a_slider_says_how_much_it_shows(slider: PathSlider):
    assert slider.paths == 16
    assert "16 of 40 directly-follows pairs, " in repr(slider)
    slider.position = 99
    assert slider.pictures[slider.position]["says"].startswith("40 of 40 directly-follows pairs, 100 % of")
    shares = [float(one["says"].split(", ")[1].split(" %")[0]) for one in slider.pictures]
    assert shares == sorted(shares)


def test_a_nearly_complete_share_is_not_called_complete():
    arcs = (Arc("A", "B", 10**6, 1, timedelta(0), ""), Arc("B", "A", 1, 1, timedelta(0), ""))
    says = [one["says"] for one in PathSlider({"A": 1, "B": 1}, arcs, (), "").pictures]
    assert [text.split(", ")[1][:13].strip() for text in says] == ["99.9 % of 1,0", "100 % of 1,00"]


def test_the_still_picture_is_the_same_every_time(slider: PathSlider):
    again = log_of(types=30, pairs=40, seed=5).slider()
    assert slider.still() == again.still()
    assert slider.pictures == again.pictures


def test_a_graph_in_a_notebook_is_a_widget_with_a_picture_and_a_stable_text():
    graph = log_of(types=200, pairs=400, seed=7)
    shown = graph._repr_mimebundle_()
    assert set(shown) == {"application/vnd.jupyter.widget-view+json", "text/plain", "image/png"}
    lines = shown["text/plain"].splitlines()
    assert len(lines) == 62
    assert lines[-1] == "340 rarer pairs are not listed."


def test_a_log_without_paths_shows_some_of_its_types():
    counts = {f"Type{number}": 1 for number in range(100)}
    scene = graph_scene(counts, (), ())
    assert len(parts(scene)[0]) == 24
    assert len(parts(with_heading(scene, "What follows what", "nothing"))[0]) == 24


def test_an_empty_log_is_an_empty_sheet():
    graph = DirectlyFollows("stream", {}, {}, {}, ())
    assert "0 of 0 directly-follows pairs" in repr(graph.slider())
    assert graph.slider().still().startswith(b"\x89PNG")
