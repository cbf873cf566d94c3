"""Colours of pressure: fixed bands in kPa, so that two pictures compare, or per cent of a foot's highest cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from landing_lab.model.blocks import FloatArray

if TYPE_CHECKING:
    from matplotlib.colors import BoundaryNorm, Colormap

KPA_EDGES: Final = (10.0, 25.0, 50.0, 100.0, 150.0, 200.0, 300.0, 400.0, 600.0)
"""Edges of the bands, the same in every picture (choice): from standing on a few large cells (10-60 kPa) to the
hardest cells of a mat in a landing (400-600 kPa)."""

RELATIVE_EDGES: Final = (5.0, 10.0, 20.0, 30.0, 40.0, 50.0, 65.0, 80.0, 100.0)
"""The same number of bands for cells that are not calibrated (choice)."""

UNLOADED: Final = "#F3F3F1"
# Light to dark in one direction, so that the order survives grey print and every common kind of colour vision.
BAND_COLORS: Final = ("#FDEBA6", "#FEDD84", "#FDBB55", "#FB9243", "#F4693A", "#DD3F34", "#B5182F", "#7F0A2C")
BEYOND: Final = "#3D0420"


@dataclass(frozen=True, slots=True, kw_only=True)
class PressureScale:
    """What colours and numbers on a picture mean; unit stands at the legend and in captions."""

    edges: tuple[float, ...]
    unit: str
    title: str
    calibrated: bool

    def values(self, pressure_kpa: FloatArray, highest_kpa: float) -> FloatArray:
        """Pressures as they are coloured: in kPa, or in per cent of the foot's highest cell."""
        if self.calibrated:
            return pressure_kpa
        return pressure_kpa * (100.0 / highest_kpa if highest_kpa > 0.0 else 0.0)

    def colors(self) -> tuple[Colormap, BoundaryNorm]:
        """Colour map and norm of matplotlib."""
        from matplotlib.colors import BoundaryNorm, ListedColormap

        # The top edge of a relative scale is the highest cell itself.
        edges = [*self.edges[:-1], self.edges[-1] * (1.0 if self.calibrated else 1.001)]
        colors = ListedColormap(list(BAND_COLORS)).with_extremes(under=UNLOADED, over=BEYOND, bad=(0, 0, 0, 0))
        return colors, BoundaryNorm(edges, len(BAND_COLORS))


KPA: Final = PressureScale(edges=KPA_EDGES, unit="kPa", title="pressure (kPa)", calibrated=True)
RELATIVE: Final = PressureScale(
    edges=RELATIVE_EDGES, unit="%", title="pressure (% of the foot's highest cell)", calibrated=False
)


def scale_of(calibrated: Sequence[bool]) -> PressureScale:
    """Kilopascals where every foot drawn is calibrated; otherwise numbers compare within a foot only."""
    return KPA if all(calibrated) else RELATIVE


def draw_scale(axes: Any, scale: PressureScale, *, size_pt: float) -> None:
    """The legend: one box per band from below, edges at their borders, open above where values may be beyond."""
    from matplotlib.patches import Rectangle

    boxes = [UNLOADED, *BAND_COLORS, *([BEYOND] if scale.calibrated else [])]
    for row, color in enumerate(boxes):
        axes.add_patch(Rectangle((0.0, row), 1.0, 1.0, facecolor=color, edgecolor="#777777", lw=0.5))
    for row, edge in enumerate(scale.edges, start=1):
        axes.text(1.25, row, f"{edge:g}", fontsize=size_pt, va="center", ha="left", color="#222222")
    axes.set_xlim(0.0, 3.2)
    axes.set_ylim(-0.05, len(boxes) + 0.05)
    axes.set_axis_off()


def cell_text(value: float) -> str:
    """A cell's value beside its mark: whole numbers, as fine as a cell can be read."""
    return "–" if not np.isfinite(value) else f"{value:.0f}"
