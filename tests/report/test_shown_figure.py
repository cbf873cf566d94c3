"""Pictures show themselves in a notebook that never imported pyplot."""

from __future__ import annotations

import io

from PIL import Image

import landing_lab as ll
from landing_lab.report.figure import figure_bytes


def test_a_picture_is_shown_by_itself() -> None:
    figure = ll.plot(ll.analyse(ll.simulate_drop_jump(seed=3).recording))
    png, shown = figure._repr_png_()  # type: ignore[attr-defined]
    assert png == figure_bytes(figure)
    width, height = Image.open(io.BytesIO(png)).size
    assert width > 1.5 * shown["width"]
    assert shown["width"] / shown["height"] == width / height
