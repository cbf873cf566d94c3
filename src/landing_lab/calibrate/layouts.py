"""What the channels of a board are: which foot they carry and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from landing_lab.errors import ParameterError
from landing_lab.model import nominal
from landing_lab.model.calibration import Calibration, InsoleCalibration
from landing_lab.model.channels import Channel, ChannelLayout, Side
from landing_lab.model.device import DeviceInfo
from landing_lab.model.insole_layout import InsoleLayout, default_layout, from_document


def cells_of(info: DeviceInfo, documents: object = None) -> tuple[InsoleLayout | None, str | None]:
    """Where the cells of an insole lie, and the sentence that what the recording says of it cannot be used.

    documents: device id -> layout, as a recording carries it. Without one the layout is the usual one of so many
    channels, None where there is none.
    """
    document = documents.get(info.device_id) if isinstance(documents, Mapping) else None
    if document is None:
        return default_layout(info.n_channels), None
    try:
        layout = from_document(document)
    except ParameterError as error:
        return default_layout(info.n_channels), f"the layout named for {info.device_id} was left out: {error}"
    if len(layout) != info.n_channels:
        told = f"{layout.name} has {len(layout)} cells and the board {info.n_channels} channels"
        return default_layout(info.n_channels), f"the layout named for {info.device_id} was left out: {told}"
    return layout, None


def other_layout(info: DeviceInfo, calibration: Calibration, documents: object) -> str | None:
    """The sentence that a calibration was made with another layout than the recording's; None where it was not.

    documents: as of `cells_of`. Older calibrations, and those of plates, say nothing of a layout and fit any.
    """
    if not isinstance(calibration, InsoleCalibration) or calibration.layout is None:
        return None
    cells, _ = cells_of(info, documents)
    name = None if cells is None else cells.name
    if name == calibration.layout:
        return None
    return (
        f"the calibration of {info.device_id} was made with the layout {calibration.layout}, and its cells are now "
        f"said to lie as {name or 'nobody knows'} (--insole-layout)"
    )


def insole_layout(
    info: DeviceInfo, cells: InsoleLayout | None = None, arms_mm: Sequence[tuple[float, float]] = ()
) -> ChannelLayout:
    """Cells of an insole, named and placed as its layout says (the usual one of so many channels where not given).

    arms_mm: where a calibration found the force of each cell to act; the layout's places where it did not.
    """
    cells = cells or default_layout(info.n_channels)
    places = arms_mm or (() if cells is None else [cells.position_mm(one.x, one.y) for one in cells.cells])
    return ChannelLayout(
        tuple(
            Channel(
                name=f"cell_{cell + 1}" if cells is None else cells.cells[cell].name,
                quantity="force",
                unit="N",
                side=info.placement,
                position_mm=places[cell] if places else None,
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
