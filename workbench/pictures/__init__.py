"""Pictures of logs, folds and the architecture; a colour means the same in all of them.

`style.py` defines the colours, `figures.py` the still pictures, `time_slider.py` and `event_stepper.py` the
interactive ones; `hexagon.py` and `layout.py` draw the architecture from the source code.
"""
