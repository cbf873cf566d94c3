"""The raw journal: an append-only XDF 1.0 file that survives the death of the program that writes it."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np

from landing_lab.errors import ParameterError, RecordingError
from landing_lab.io import xdf_chunks as xdf
from landing_lab.io.write import make_folder
from landing_lab.model.blocks import FloatArray, FrameBlock
from landing_lab.model.device import DeviceInfo

_BOUNDARY_EVERY_S: Final = 1.0
_SYNC_EVERY_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class JournalStream:
    """One device of a journal: the name under which its frames are appended, and what it said of itself."""

    name: str
    info: DeviceInfo


@dataclass(slots=True)
class _Written:
    """What has been written of one stream."""

    stream_id: int
    info: DeviceInfo
    first_s: float | None = None
    last_s: float | None = None
    n_samples: int = 0
    facts: dict[str, object] = field(default_factory=dict)


class XdfJournal:
    """Raw frames of several devices, appended as they arrive; one thread writes.

    Each append is one write to the operating system, so that a killed program loses nothing it appended; the
    disk is told once a second, so that a power cut loses about a second. A mark each second lets readers find
    their way past damage. metadata: plain values for JSON.
    Raises RecordingError where the file exists, cannot be written, was deleted, or the journal is closed.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        streams: Sequence[JournalStream],
        metadata: Mapping[str, object] | None = None,
    ) -> None:
        self.path = Path(path)
        names = [stream.name for stream in streams]
        if not names or len(set(names)) < len(names):
            raise ParameterError(f"a journal needs streams of different names; got {names}; rename them")
        self._streams = {stream.name: _Written(number, stream.info) for number, stream in enumerate(streams, start=1)}
        self._last_boundary_s: float | None = None
        self._last_sync = time.monotonic()
        self._closed = False
        make_folder(self.path.parent)
        try:
            self._file = self.path.open("xb", buffering=0)
        except FileExistsError as error:
            raise RecordingError(
                f"{self.path} already exists and recordings are never overwritten; choose another name", path=self.path
            ) from error
        except OSError as error:
            raise self._cannot_write(error) from error
        facts = dict(metadata or {})
        headers = [
            xdf.stream_header_chunk(written.stream_id, name, written.info, facts)
            for name, written in self._streams.items()
        ]
        # a mark after each header, so that damage to one does not cost the next
        mark = xdf.boundary_chunk()
        self._put(xdf.MAGIC + mark.join([xdf.file_header_chunk(facts), *headers, b""]))

    def append(self, name: str, arrival_s: float | FloatArray, frames: FrameBlock) -> None:
        """Append frames of one device that arrived at arrival_s (host clock, seconds; one for all, or (n,))."""
        written = self._streams.get(name)
        if written is None:
            raise ParameterError(
                f'the journal has no stream "{name}"; it has: {", ".join(self._streams)}; use one of them'
            )
        if self._closed:
            raise RecordingError(f"{self.path} is closed; nothing more can be appended; start a new recording")
        if not len(frames):
            return
        if frames.counts.shape[1] != written.info.n_channels:
            raise ParameterError(
                f'stream "{name}" has {written.info.n_channels} channels; got frames of {frames.counts.shape[1]}; '
                f"append them to the stream of their device"
            )
        stamps = np.broadcast_to(np.asarray(arrival_s, dtype=np.float64), (len(frames),))
        data = xdf.samples_chunk(written.stream_id, stamps, frames) + self._marks(float(stamps[-1]))
        self._put(data)
        written.first_s = float(stamps[0]) if written.first_s is None else written.first_s
        written.last_s = float(stamps[-1])
        written.n_samples += len(frames)

    def conclude(self, name: str, facts: Mapping[str, object]) -> None:
        """Facts on a stream that are known only at its end, for its footer: plain values for JSON."""
        self._streams[name].facts.update(facts)

    def close(self) -> None:
        """Write the footers and close; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        footers = [
            xdf.footer_chunk(written.stream_id, written.first_s, written.last_s, written.n_samples, written.facts)
            for written in self._streams.values()
        ]
        try:
            self._put(xdf.boundary_chunk() + b"".join(footers), sync=True)
        finally:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _marks(self, now_s: float) -> bytes:
        """Once a second a boundary, and for each stream that its stamps are on the host clock already (offset 0)."""
        last = self._last_boundary_s
        if last is not None and abs(now_s - last) < _BOUNDARY_EVERY_S:
            return b""
        self._last_boundary_s = now_s
        offsets = [xdf.clock_offset_chunk(written.stream_id, now_s, 0.0) for written in self._streams.values()]
        return b"".join(offsets) + xdf.boundary_chunk()

    def _put(self, data: bytes, *, sync: bool = False) -> None:
        """One write (more only where the system takes less than it was given), and the disk once a second."""
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[self._file.write(rest) or 0 :]
            if sync or time.monotonic() - self._last_sync >= _SYNC_EVERY_S:
                self._last_sync = time.monotonic()
                # Windows and macOS have no fdatasync
                getattr(os, "fdatasync", os.fsync)(self._file.fileno())
                self._check_still_there()
        except OSError as error:
            raise self._cannot_write(error) from error

    def _check_still_there(self) -> None:
        """Raise RecordingError where the file has no name any more: what is written to it is lost at its end."""
        # Windows refuses to delete an open file
        if os.name == "posix" and os.fstat(self._file.fileno()).st_nlink == 0:
            raise RecordingError(
                f"the recording's file was deleted while it was written; {self.path} and what it held are lost; "
                f"record again, into a folder that nothing else tidies up",
                path=self.path,
            )

    def _cannot_write(self, error: OSError) -> RecordingError:
        return RecordingError(
            f"{self.path} cannot be written: {error.strerror or error}; "
            f"free space on the disk, check the permissions, or choose another folder",
            path=self.path,
        )
