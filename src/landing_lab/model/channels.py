"""What a column of numbers is: its quantity, unit, body side and place under the foot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Side: TypeAlias = Literal["total", "left", "right", "left_right", "plate_1", "plate_2"]
Quantity: TypeAlias = Literal["force", "pressure", "conductance", "counts", "cop_ml", "cop_ap", "cop_1", "cop_2"]

WHOLE: Final[tuple[str, ...]] = ("total", "left_right")
"""Sides of a number that is of both feet together."""

# cop_ml and cop_ap: centre of pressure where the axes are known to be the body's; cop_1, cop_2: axes of the plate.

OPPOSITE_SIDE: dict[Side, Side] = {
    "left": "right",
    "right": "left",
    "plate_1": "plate_2",
    "plate_2": "plate_1",
}


@dataclass(frozen=True, slots=True)
class Channel:
    """One column of a stream.

    position_mm is (medio-lateral, antero-posterior) from the middle of the heel edge of the foot or the
    centre of the plate, medial positive on both feet; None where it has no meaning.
    """

    name: str
    quantity: Quantity
    unit: str
    side: Side
    position_mm: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class ChannelLayout:
    """The columns of a stream, in order."""

    channels: tuple[Channel, ...]

    def __len__(self) -> int:
        return len(self.channels)

    def pick(self, *, quantity: Quantity | None = None, side: Side | None = None) -> NDArray[np.intp]:
        """Indices, shape (n,), of the columns with this quantity and side (None: any)."""
        return np.array(
            [
                index
                for index, channel in enumerate(self.channels)
                if (quantity is None or channel.quantity == quantity) and (side is None or channel.side == side)
            ],
            dtype=np.intp,
        )

    @property
    def sides(self) -> tuple[Side, ...]:
        """Body sides present, in column order, each once."""
        return tuple(dict.fromkeys(channel.side for channel in self.channels))
