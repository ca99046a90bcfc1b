"""The board as a widget in JupyterLab.

Read `board.py` first: the messages between browser and Python. `live.py` follows changes made elsewhere,
`facilitation.py` holds the phases' prompts, and `in_browser/` is the JavaScript half, from `things.js` to
`board.js`.
"""
