"""What one file in this folder must offer as DEVICE.

To add a board: write one module here with a DEVICE that satisfies `Device` (kind code and name of its own), or
publish a function that returns such a dictionary as all_devices() does under the entry point `landing_lab.devices`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from landing_lab.model.blocks import FrameBlock
from landing_lab.model.device import DeviceInfo, LinkStats
from landing_lab.model.recording import SensorKind
from landing_lab_drivers.counters import CounterUnwrapper
from landing_lab_drivers.wire import Frame


class BlockDecoder(Protocol):
    """Turns the measurement frames of one link into blocks; keeps what it needs from one call to the next.

    Any cutting of the same frames into calls gives the same rows. held: frames taken in but not given out yet,
    because judging them needs what follows. counters: made with the link's stats, and asked by the link where a
    control frame stands on the time line of these rows.
    """

    @property
    def counters(self) -> CounterUnwrapper:
        """What makes 16-bit frame numbers and 32-bit microseconds run on."""

    @property
    def held(self) -> int:
        """How many frames wait."""

    def decode(self, frames: Sequence[Frame]) -> FrameBlock:
        """Rows that are complete now, oldest first; frames that are not of this device count as bad."""

    def flush(self) -> FrameBlock:
        """Rows that still wait, given out because nothing will follow."""


class Device(Protocol):
    """A type of board: immutable, one instance for all links.

    kind: name in recordings. kind_code: the number in its INFO frame, 1-127 for boards of this repository, 128-255
    for others. title: for people.
    """

    @property
    def kind(self) -> str:
        """Name of the device type."""

    @property
    def kind_code(self) -> int:
        """Number of the device type in an INFO frame."""

    @property
    def sensor_kind(self) -> SensorKind:
        """What limits its readings."""

    @property
    def title(self) -> str:
        """One line for people."""

    def decoder(self, info: DeviceInfo, stats: LinkStats) -> BlockDecoder:
        """A fresh decoder for one link to a board that said `info`; it counts into `stats`."""

    def encode(self, info: DeviceInfo, frames: FrameBlock) -> list[bytes]:
        """What a board that said `info` sends for these frames: one stretch of wire bytes per row.

        Raises ParameterError where the frames cannot be this board's.
        """
