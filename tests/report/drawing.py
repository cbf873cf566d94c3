"""What a picture draws, as the renderer is told: every line of text with its box."""

from __future__ import annotations

from itertools import combinations

import pytest
from matplotlib.backends.backend_agg import RendererAgg


def drawn_boxes(figure: object, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[float, float, float, float]]]:
    """Every line of text the renderer was told to draw, with its box (left, bottom, right, top) in pixels."""
    boxes = []

    def note(
        self: RendererAgg, _gc: object, x: float, y: float, text: str, font: object, angle: float, **_: object
    ) -> None:
        width, height, descent = self.get_text_width_height_descent(text, font, False)
        bottom = self.height - y
        if angle == 0:
            boxes.append((text, (x, bottom - descent, x + width, bottom - descent + height)))
        else:
            boxes.append((text, (x + descent - height, bottom, x + descent, bottom + width)))

    monkeypatch.setattr(RendererAgg, "draw_text", note)
    figure.canvas.draw()
    return boxes


def assert_texts_apart(figure: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """No text covers another or leaves the picture."""
    boxes = drawn_boxes(figure, monkeypatch)
    assert boxes
    width, height = figure.bbox.width, figure.bbox.height
    for text, (left, bottom, right, top) in boxes:
        assert left >= 0, text
        assert bottom >= 0, text
        assert right <= width, text
        assert top <= height, text
    for (first, a), (second, b) in combinations(boxes, 2):
        across = min(a[2], b[2]) - max(a[0], b[0])
        upward = min(a[3], b[3]) - max(a[1], b[1])
        assert min(across, upward) <= 0.5, (first, second)
