"""novel loadsol text (loadpad app): force of heel, medial and lateral zone per foot; lost packets written as -1."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from landing_lab.errors import FileFormatError
from landing_lab.io.insole_recording import FootCells, insole_recording
from landing_lab.io.insole_text import table_below
from landing_lab.io.registry import Format
from landing_lab.io.text_lines import is_text, read_lines
from landing_lab.io.time_base import TimeBase
from landing_lab.io.visible import quoted_name, snippet
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.insole_layout import shipped_layouts
from landing_lab.model.recording import Recording

_START: Final = re.compile(r"\A(?:\xef\xbb\xbf|\ufeff)?\s*loadapp_|\A[^\n]*\.loadflux")
_UNITS: Final = re.compile(r"^\s*Time\s*\[secs?\]\t", re.IGNORECASE)
_ZONE: Final = re.compile(r"^(?P<device>.+?-(?P<side>[LR]))::(?P<zone>[A-Za-z ]+)$")
_OFF_GRID: Final = 1.2
"""Samples that the app's time stamps may lie off even times: some are written twice, with a jump beside them."""

_LOST: Final = "packets lost on the air, written as -1"


def recognises(head: bytes) -> bool:
    """Whether the file begins as an export of the loadpad app does."""
    return is_text(head) and _START.search(head.decode("latin-1")) is not None


def read_loadsol(path: Path) -> Recording:
    """Force of each zone of each foot in newton; rows of lost packets are gaps.

    Raises FileFormatError where names or units are missing or unknown, or a row is no row.
    """
    lines = read_lines(path)
    above = next((index for index, line in enumerate(lines[:40]) if _UNITS.match(line)), None)
    if above is None or above == 0:
        raise FileFormatError(
            f"{path.name} is a loadsol file without its row of units (Time[secs] Force[N]); export it again", path=path
        )
    names = [field.strip() for field in lines[above - 1].split("\t")]
    units = [field.strip() for field in lines[above].split("\t")]
    zones = _zones(path, names, units)
    used = {0, *(column for own in zones.values() for _, column in own)}
    width = max(len(units), *(line.count("\t") + 1 for line in lines[above + 1 : above + 3]), 1)
    columns = tuple(names[i] if i < len(names) and names[i] else f"column {i + 1}" for i in range(width))
    words = set(range(width)) - used
    values, _, notes = table_below(path, lines, above + 1, columns, words=words)
    base = _even_times(path, values[:, 0])
    feet = [_foot(side, own, values) for side, own in zones.items()]
    comment = next((line.removeprefix("comment").strip() for line in lines[:above] if line.startswith("comment")), None)
    facts = {"insole": "novel loadsol", "comment": comment}
    return insole_recording(path, "loadsol file", feet, base, facts, *notes)


def _zones(path: Path, names: list[str], units: list[str]) -> dict[Side, list[tuple[str, int]]]:
    """Side -> zones with their columns, in the order of the file."""
    found: dict[Side, list[tuple[str, int]]] = {}
    for column, (name, unit) in enumerate(zip(names, units, strict=False)):
        match = _ZONE.match(name)
        if match is None or not unit.lower().startswith("force"):
            continue
        if unit.lower().replace(" ", "") != "force[n]":
            raise FileFormatError(
                f'{path.name} holds force in "{snippet(unit)}", not in newton; export it in newton', path=path
            )
        side: Side = "left" if match["side"] == "L" else "right"
        found.setdefault(side, []).append((match["zone"].strip().lower(), column))
    if not found:
        raise FileFormatError(
            f"{path.name} names no zone of a loadsol insole (such as X-L::heel with Force[N] below); export the zones",
            path=path,
        )
    for side, own in found.items():
        if len({zone for zone, _ in own}) < len(own):
            raise FileFormatError(f"{path.name} names a zone of the {side} foot twice; export one pair", path=path)
    return found


def _foot(side: Side, zones: Sequence[tuple[str, int]], values: FloatArray) -> FootCells:
    """Zones in the order of the layout where they are its zones, in that of the file otherwise."""
    layout = shipped_layouts()["loadsol_3"]
    order = [cell.name for cell in layout.cells]
    by_name = dict(zones)
    known = set(by_name) == set(order)
    names = order if known else [zone for zone, _ in zones]
    force = values[:, [by_name[name] for name in names]].copy()
    force[(force < 0.0).any(axis=1)] = np.nan
    return FootCells(
        side=side,
        samples=force,
        layout=layout if known else None,
        names=[quoted_name(name) for name in names],
        quantity="force",
        description=f"loadsol insole, {side}, {len(names)} zones",
        lost=_LOST,
    )


def _even_times(path: Path, times_s: FloatArray) -> TimeBase:
    """Rows at the mean rate; the app writes every row, but some stamps twice and the next ones late.

    Raises FileFormatError where the stamps are no such even rows.
    """
    n = len(times_s)
    span = float(times_s[-1] - times_s[0]) if np.isfinite(times_s).all() else 0.0
    if not span > 0.0:
        raise FileFormatError(f"{path.name}: its time stamps do not rise; export it again", path=path)
    rate = (n - 1) / span
    if abs(rate - round(rate)) < 2e-3 * rate:
        rate = float(round(rate))
    off = np.abs(times_s - times_s[0] - np.arange(n) / rate) * rate
    if off.max() > _OFF_GRID:
        raise FileFormatError(
            f"{path.name}: its time stamps are up to {off.max():.0f} rows off an even {rate:.4g} Hz, so rows are "
            "missing or doubled; export it again",
            path=path,
        )
    repeated = int((np.diff(times_s) <= 0.0).sum())
    told = f"{repeated} time stamps stand twice with a jump beside them: rows were taken as even at {rate:g} Hz."
    return TimeBase(
        times_s=times_s[0] + np.arange(n) / rate,
        row_of=np.arange(n),
        sample_rate_hz=rate,
        clock='column of time "Time[secs]"',
        notes=(told,) if repeated else (),
    )


FORMAT = Format(name="loadsol file", recognises=recognises, read=read_loadsol, order=10)
