"""Layouts of insoles that a lab names: by name, as a file, or kept in its dataset beside the calibrations."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.io.path import check_path
from landing_lab.io.small_file import read_small
from landing_lab.io.visible import quoted_name, visible
from landing_lab.model.device import DeviceInfo
from landing_lab.model.insole_layout import InsoleLayout, parse_layout, shipped_layouts

FOLDER: Final = "layouts"
"""Name of the folder in a dataset."""

DEFAULT: Final = "default.toml"
"""The file in it that holds for insoles without one of their own."""

MOST_BYTES: Final = 2_000_000
"""A layout of a thousand cells is a tenth of it."""

_SIDES: Final = ("left", "right")


def read_layout(file: Path) -> InsoleLayout:
    """The layout in a TOML file; raises FileFormatError with one sentence where it holds none."""
    content = read_small(check_path(file), most_bytes=MOST_BYTES)
    try:
        return parse_layout(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise FileFormatError(
            f"{quoted_name(file.name)} is no text; a layout is a TOML file (docs/layouts.md)"
        ) from error
    except ParameterError as error:
        raise FileFormatError(visible(f"{quoted_name(file.name)} cannot be used: {error}")) from error


def layout_named(text: str) -> InsoleLayout:
    """The layout that ships under a name, or the one in a file that ends in .toml."""
    if text.lower().endswith(".toml"):
        return read_layout(Path(text))
    found = shipped_layouts().get(text)
    if found is None:
        raise ParameterError(
            f"there is no layout {quoted_name(text)!r}; there are {', '.join(shipped_layouts())}, or name a .toml file"
        )
    return found


def layouts_wanted(wanted: Sequence[str], boards: Sequence[DeviceInfo], dataset: Path) -> dict[str, InsoleLayout]:
    """Device id -> layout of each insole for which somebody says one; others are of the usual one.

    wanted: NAME or FILE.toml for both feet, left=... or right=... for one. Without one, DATASET/layouts/DEVICE_ID.toml
    holds, then DATASET/layouts/default.toml. Raises ParameterError for a layout of another number of cells than the
    board sends, a foot that is named twice, or one that is not there; FileFormatError for a file that holds none.
    """
    by_side = _by_side(wanted)
    insoles = [info for info in boards if info.sensor_kind == "fsr_insole"]
    absent = [side for side in by_side if side not in {info.placement for info in insoles}]
    if len(absent) == len(by_side) and wanted:
        there = ", ".join(visible(info.device_id) for info in insoles) or "none"
        raise ParameterError(f"--insole-layout is for an insole that does not answer (insoles connected: {there})")
    found: dict[str, InsoleLayout] = {}
    for info in insoles:
        text = by_side.get(info.placement)
        layout = layout_named(text) if text is not None else _kept(dataset, info.device_id)
        if layout is None:
            continue
        if len(layout) != info.n_channels:
            fitting = [name for name, one in shipped_layouts().items() if len(one) == info.n_channels]
            raise ParameterError(
                f"layout {layout.name} has {len(layout)} cells, and {visible(info.device_id)} sends {info.n_channels} "
                f"channels; layouts of {info.n_channels}: {', '.join(fitting) or 'none ship, write your own'}"
            )
        found[info.device_id] = layout
    return found


def documents_of(layouts: Mapping[str, InsoleLayout]) -> dict[str, object]:
    """What a raw recording carries of them: {"insole_layouts": {device id: document}}; empty without any."""
    documents = {device_id: layout.as_document() for device_id, layout in layouts.items()}
    return {"insole_layouts": documents} if documents else {}


def _by_side(wanted: Sequence[str]) -> dict[str, str]:
    by_side: dict[str, str] = {}
    for text in wanted:
        head, told, rest = text.partition("=")
        sides = (head,) if told and head in _SIDES else _SIDES
        for side in sides:
            if side in by_side:
                raise ParameterError(f"--insole-layout names two layouts for the {side} insole; leave out one of them")
            by_side[side] = rest if len(sides) == 1 else text
    return by_side


def _kept(dataset: Path, device_id: str) -> InsoleLayout | None:
    """The layout that the dataset keeps for a board; None where it keeps none."""
    own = re.sub(r"[^A-Za-z0-9-]+", "-", device_id)[:60]
    for name in (f"{own}.toml", DEFAULT):
        file = Path(dataset) / FOLDER / name
        if os.path.lexists(file):  # a link to nowhere, a folder or a device is refused, not passed over
            return read_layout(file)
    return None
