"""Pictures: one colour for one meaning, in every notebook and on every wall.

`style.py` holds the colours, `figures.py` the still pictures, `time_slider.py` and `event_stepper.py` the
ones that move; `hexagon.py` and `layout.py` draw the architecture, read from the source.
"""
