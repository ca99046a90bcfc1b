"""Draw a board as SVG, PNG or a film strip.

Read `picture.py` first: it writes a scene as SVG or PNG. `scene.py` computes what is drawn and where,
`lettering.py` fits texts into notes, `boxes.py`, `layout.py` and `tidy.py` arrange notes, `film.py` draws the
board at the end of each phase.
"""
