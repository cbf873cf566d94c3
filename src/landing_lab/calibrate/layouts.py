"""What the channels of a board are: which foot they carry and where."""

from __future__ import annotations

from collections.abc import Sequence

from landing_lab.model import nominal
from landing_lab.model.channels import Channel, ChannelLayout, Side
from landing_lab.model.device import DeviceInfo


def insole_layout(info: DeviceInfo) -> ChannelLayout:
    """Cells of an insole; one of another number of cells than the nominal layout has no places."""
    named = info.n_channels == len(nominal.INSOLE_CELLS)
    return ChannelLayout(
        tuple(
            Channel(
                name=nominal.INSOLE_CELL_NAMES[cell] if named else f"cell_{cell + 1}",
                quantity="force",
                unit="N",
                side=info.placement,
                position_mm=nominal.insole_position_mm(nominal.INSOLE_CELLS[cell]) if named else None,
            )
            for cell in range(info.n_channels)
        )
    )


def plate_layout(info: DeviceInfo, places: Sequence[tuple[float, float] | None] = ()) -> ChannelLayout:
    """Cells of a board: with eight, the first four carry the left foot and the last four the right.

    places: where a calibration found each cell; the nominal places where it did not.
    """
    channels = []
    for cell in range(info.n_channels):
        both = info.placement == "total" and info.n_channels == 2 * len(nominal.PLATE_CELLS_MM)
        side: Side = ("left" if cell < len(nominal.PLATE_CELLS_MM) else "right") if both else info.placement
        found = places[cell] if cell < len(places) else None
        position = found or nominal.PLATE_CELLS_MM[cell % len(nominal.PLATE_CELLS_MM)]
        channels.append(Channel(name=f"cell_{cell + 1}", quantity="force", unit="N", side=side, position_mm=position))
    return ChannelLayout(tuple(channels))
