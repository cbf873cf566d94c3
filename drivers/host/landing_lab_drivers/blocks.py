"""FrameBlocks of no rows and of some rows of another."""

from __future__ import annotations

import numpy as np

from landing_lab.model.blocks import FrameBlock


def empty_block(n_channels: int, *, free_running: bool) -> FrameBlock:
    """A block of no frames."""
    none = np.empty(0, np.int64)
    return FrameBlock(none, none, np.empty((0, n_channels), np.int32), none if free_running else None, none)


def take_rows(block: FrameBlock, start: int, stop: int) -> FrameBlock:
    """Frames [start, stop) of a block; the block itself where these are all."""
    if start == 0 and stop == len(block):
        return block
    return block.rows(slice(start, stop))
