"""The board as a widget in JupyterLab.

Read `board.py` first: the messages between browser and Python. `live.py` follows changes made elsewhere,
`facilitation.py` holds the phases' prompts, and `in_browser/` is the JavaScript half, from `things.js` to
`board.js`.

How a drag becomes an event: `in_browser/hands.js` handles the release of the note, `gestures.js` makes a
`MoveNote`, `talk.js` sends it, `BoardWidget` in `board.py` calls `Board.do`, `gestures.decide` returns
`NoteMoved`, and `repository.py` appends it.
"""
