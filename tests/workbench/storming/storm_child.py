"""A process that makes gestures: `python -m tests.workbench.storming.storm_child ADDRESS NAME SEED`.

It waits for a line of input, so that all processes begin at once, makes its gestures, and prints the wall.
"""

from __future__ import annotations

import json
import random
import sys
from contextlib import suppress

from workbench.storming import Board
from workbench.storming.gestures import BoardError
from workshop_lib import open_store


def storm(board: Board, seed: int, gestures: int) -> None:
    """Make many gestures on few notes."""
    chance = random.Random(seed)
    for number in range(gestures):
        with suppress(BoardError):
            gesture(board, chance, f"{board.by} {number}")


def gesture(board: Board, chance: random.Random, text: str) -> None:
    """Make a random gesture."""
    note = f"n{chance.randint(1, 4)}"
    which = (
        lambda: board.move(note, chance.randint(0, 9), chance.randint(0, 9)),
        lambda: board.reword(note, text),
        lambda: board.place("event", text),
        lambda: board.remove(note),
        lambda: board.copy(note),
        lambda: board.link(note, "n1"),
        board.undo,
        board.undo,
        board.redo,
    )
    chance.choice(which)()


def main(address: str, name: str, seed: str) -> None:
    with open_store(address) as store:
        board = Board("fair", store, by=name)
        print("ready", flush=True)
        for line in sys.stdin:
            if line.startswith("storm"):
                storm(board, int(seed), 40)
                print("done", flush=True)
            else:
                print(json.dumps(looks(board)), flush=True)


def looks(board: Board) -> str:
    """Return what is visible on a wall as text."""
    return repr((sorted(map(repr, board.wall.notes.values())), board.wall.links, board.version))


if __name__ == "__main__":
    main(*sys.argv[1:])
