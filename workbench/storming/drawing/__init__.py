"""The board as a picture: SVG, PNG, and film strips.

Read `picture.py` first: how a scene becomes SVG or PNG. `scene.py` says what is drawn and where,
`lettering.py` fits texts into notes, `boxes.py`, `layout.py` and `tidy.py` arrange notes, `film.py` draws
the board at the end of each phase.
"""
