"""Pictures are drawn without a screen and let go of after each test."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _no_screen():
    import matplotlib

    matplotlib.use("Agg")
    yield
    from matplotlib import pyplot

    pyplot.close("all")
