"""Frames of a raw stream in the order in which a board sends them: what repeats, goes back or cannot be is left out."""

from __future__ import annotations

from typing import Final

import numpy as np

from landing_lab.errors import FileFormatError
from landing_lab.io.visible import quoted_name
from landing_lab.model.blocks import FloatArray

_EXACT: Final = 2.0**53
"""Whole numbers beyond it are no longer whole in a column of float64."""
_COUNT: Final = 2.0**31
_TICKS_BACK_US: Final = 1e6
"""Converters that run free of each other come a little out of order, never by a second."""
_MOST_LOST: Final = 4
"""Lost frames per frame that is there, beyond the minute that a board may have been away."""
_AWAY_S: Final = 120.0
_AWAY_FRAMES: Final = 60_000
_FIRST_COUNT: Final = 5


def sound_frames(values: FloatArray, name: str, file_name: str, rate_hz: float) -> tuple[FloatArray, list[str]]:
    """Rows (n, 5 + n_channels) of samples chunks that can be one stream, and a note on each kind that cannot.

    Raises FileFormatError where the rows claim a time or a number of frames out of all proportion to the file:
    filling the gaps between them would take any memory.
    """
    notes: list[str] = []
    name = quoted_name(name)
    possible = _possible(values)
    if not possible.all():
        notes.append(f'{int((~possible).sum())} frames of "{name}" hold impossible numbers and were left out.')
        values = values[possible]
    values, order_notes = _in_order(values, name)
    _refuse_disproportion(values, name, file_name, rate_hz)
    return values, notes + order_notes


def _possible(values: FloatArray) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Rows whose numbers a board can have sent: whole, in range, on a channel that exists."""
    n_channels = values.shape[1] - _FIRST_COUNT
    whole, counts, channel = values[:, [0, 1, 3]], values[:, _FIRST_COUNT:], values[:, 4]
    one_by_one = bool((channel >= 0).any())
    with np.errstate(invalid="ignore"):
        possible = (np.abs(whole) <= _EXACT).all(axis=1) & np.isfinite(values[:, 2])
        possible &= ((counts >= -_COUNT) & (counts < _COUNT)).all(axis=1)
        possible &= (channel >= 0 if one_by_one else channel == -1) & (channel < n_channels)
    return possible


def _in_order(values: FloatArray, name: str) -> tuple[FloatArray, list[str]]:
    """Rows up to the first that goes back in number or time; exact repeats of earlier rows are passed over."""
    notes: list[str] = []
    if not len(values):
        return values, notes
    sequence = values[:, 0]
    new = np.concatenate(([True], sequence[1:] > np.maximum.accumulate(sequence)[:-1]))
    stop = len(values)
    if not new.all():
        kept, again = values[new], values[~new]
        place = np.minimum(np.searchsorted(kept[:, 0], again[:, 0]), len(kept) - 1)
        foreign = np.flatnonzero((kept[place] != again).any(axis=1))
        stop = int(np.flatnonzero(~new)[foreign[0]]) if len(foreign) else stop
        if repeats := int((~new[:stop]).sum()):
            notes.append(f'{repeats} frames of "{name}" stand in the file twice and were taken once.')
    rows = values[:stop][new[:stop]]
    back = np.flatnonzero(rows[1:, 1] < np.maximum.accumulate(rows[:, 1])[:-1] - _TICKS_BACK_US)
    left_out = len(values) - stop
    if len(back):
        left_out += len(rows) - int(back[0]) - 1
        rows = rows[: back[0] + 1]
    if left_out:
        notes.append(
            f'The frames of "{name}" go back in number or time after the first {len(rows)}, as if two recordings were '
            f"in one file: the {left_out} after that were left out."
        )
    return rows, notes


def _refuse_disproportion(values: FloatArray, name: str, file_name: str, rate_hz: float) -> None:
    if len(values) < 2:
        return
    numbers = float(values[-1, 0] - values[0, 0])
    seconds = float(np.ptp(values[:, 1])) * 1e-6
    if numbers > (1 + _MOST_LOST) * len(values) + _AWAY_FRAMES or seconds > (
        (1 + _MOST_LOST) * len(values) / rate_hz + _AWAY_S
    ):
        raise FileFormatError(
            f'{file_name}: the {len(values)} frames of "{name}" are numbered over {numbers:.4g} frames and timed over '
            f"{seconds:.4g} s, so that most of the recording is missing or its numbers are damaged; record again"
        )
