"""The board as a widget in JupyterLab.

Read `board.py` first: the messages between browser and Python. `live.py` follows changes made elsewhere,
`facilitation.py` holds the phases' prompts, and `in_browser/` is the JavaScript half, from `things.js` to
`board.js`.

The way of a drag to its event: `in_browser/hands.js` sees the note released, `gestures.js` makes a `MoveNote`
of it, `talk.js` sends it, `BoardWidget` in `board.py` calls `Board.do`, `gestures.decide` returns
`NoteMoved`, and `repository.py` appends it.
"""
