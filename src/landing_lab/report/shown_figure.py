"""The figure that our pictures are: one that notebooks show by themselves."""

from __future__ import annotations

from matplotlib.figure import Figure


class ShownFigure(Figure):
    """A matplotlib figure without pyplot, shown as the last value of a notebook's cell.

    Notebooks show figures of others only once pyplot has drawn one; before that a reader would see the text
    "<Figure size ...>". Half its size in pixels: sharp on every screen, and no wider than a page.
    """

    def _repr_png_(self) -> tuple[bytes, dict[str, int]]:
        from landing_lab.report.figure import figure_bytes

        width_in, height_in = self.get_size_inches()
        return figure_bytes(self), {"width": round(90 * width_in), "height": round(90 * height_in)}
