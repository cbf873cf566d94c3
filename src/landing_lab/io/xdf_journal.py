"""The raw journal: an append-only XDF 1.0 file that survives the death of the program that writes it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np

from landing_lab.errors import ParameterError, RecordingError
from landing_lab.io import xdf_chunks as xdf
from landing_lab.io.write import make_folder
from landing_lab.io.xdf_notes import NOTES_STREAM, notes_chunk, notes_header_chunk
from landing_lab.model.blocks import FloatArray, FrameBlock
from landing_lab.model.device import DeviceInfo, LinkNote

_BOUNDARY_EVERY_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class JournalStream:
    """One device of a journal: the name under which its frames are appended, and what it said of itself."""

    name: str
    info: DeviceInfo


@dataclass(slots=True)
class _Written:
    """What has been written of one stream."""

    stream_id: int
    n_channels: int
    first_s: float | None = None
    last_s: float | None = None
    n_samples: int = 0
    facts: dict[str, object] = field(default_factory=dict)

    def count(self, first_s: float, last_s: float, n_samples: int) -> None:
        self.first_s = first_s if self.first_s is None else self.first_s
        self.last_s = last_s
        self.n_samples += n_samples


class XdfJournal:
    """Raw frames of several devices and what was told beside them, appended as they arrive; one thread appends.

    Each append is one write to the operating system, so that a killed program loses nothing it appended. `sync`, which
    may run on another thread, brings to the disk what was appended, so that a power cut loses only what came since.
    The file appears with its headers whole. A mark each second lets readers find their way past damage. After a write
    that failed the file ends with the last whole chunk, and nothing more is appended. metadata: plain values for JSON.
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
        if not names or len({*names, NOTES_STREAM}) <= len(names):
            raise ParameterError(
                f"a journal needs streams of different names, none of them {NOTES_STREAM}; got {names}; rename them"
            )
        self._streams = {
            stream.name: _Written(number, stream.info.n_channels) for number, stream in enumerate(streams, start=1)
        }
        self._notes = _Written(len(streams) + 1, 1)
        self._last_boundary_s: float | None = None
        self._failure: RecordingError | None = None
        self._closed = False
        facts = dict(metadata or {})
        headers = [
            xdf.stream_header_chunk(number, stream.name, stream.info, facts)
            for number, stream in enumerate(streams, start=1)
        ]
        # a mark after each header, so that damage to one does not cost the next
        chunks = [xdf.file_header_chunk(facts), *headers, notes_header_chunk(self._notes.stream_id), b""]
        make_folder(self.path.parent)
        self._file = self._create(xdf.MAGIC + xdf.boundary_chunk().join(chunks))

    def append(self, name: str, arrival_s: float | FloatArray, frames: FrameBlock) -> None:
        """Append frames of one device that arrived at arrival_s (host clock, seconds; one for all, or (n,))."""
        written = self._stream(name)
        if not len(frames):
            return
        if frames.counts.shape[1] != written.n_channels:
            raise ParameterError(
                f'stream "{name}" has {written.n_channels} channels; got frames of {frames.counts.shape[1]}; '
                f"append them to the stream of their device"
            )
        stamps = np.broadcast_to(np.asarray(arrival_s, dtype=np.float64), (len(frames),))
        first_s, last_s = float(stamps[0]), float(stamps[-1])
        self._put(xdf.samples_chunk(written.stream_id, stamps, frames) + self._marks(last_s))
        written.count(first_s, last_s, len(frames))

    def note(self, name: str, note: LinkNote) -> None:
        """Append what the device of a stream, or its link, told beside the measurements."""
        self._stream(name)
        self._put(notes_chunk(self._notes.stream_id, [(name, note)]))
        self._notes.count(note.time_s, note.time_s, 1)

    def conclude(self, name: str, facts: Mapping[str, object]) -> None:
        """Facts on a stream that are known only at its end, for its footer: plain values for JSON."""
        self._streams[name].facts.update(facts)

    def sync(self) -> None:
        """Wait until the disk has what was appended so far, and see that the file is still where it belongs."""
        try:
            # Windows and macOS have no fdatasync
            getattr(os, "fdatasync", os.fsync)(self._file.fileno())
            self._check_still_there()
        except OSError as error:
            # the system tells a failed write once; a later sync would know nothing of it
            self._failure = self._cannot_go_on(error)
            raise self._failure from error

    def close(self) -> None:
        """Write the footers, tell the disk and close; safe to call twice. After a failed write it only closes."""
        if self._closed:
            return
        self._closed = True
        footers = [
            xdf.footer_chunk(written.stream_id, written.first_s, written.last_s, written.n_samples, written.facts)
            for written in (*self._streams.values(), self._notes)
        ]
        try:
            if self._failure is None:
                self._put(xdf.boundary_chunk() + b"".join(footers))
                self.sync()
        finally:
            self._file.close()

    def discard(self) -> None:
        """Close and remove a file in which nothing was recorded."""
        self._closed = True
        self._file.close()
        with suppress(OSError):
            self.path.unlink()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _create(self, headers: bytes) -> FileIO:
        """The file with its headers, open for appending. Whoever is killed meanwhile leaves no half a header."""
        beginning = self.path.with_name(f".{self.path.name[:40]}-{secrets.token_hex(4)}.tmp")
        try:
            try:
                with beginning.open("xb") as stream:
                    stream.write(headers)
                    stream.flush()
                    os.fsync(stream.fileno())
                _place(beginning, self.path)
            finally:
                beginning.unlink(missing_ok=True)
            return self.path.open("ab", buffering=0)
        except FileExistsError as error:
            raise RecordingError(
                f"{self.path} already exists and recordings are never overwritten; choose another name", path=self.path
            ) from error
        except OSError as error:
            raise RecordingError(
                f"{self.path} cannot be written: {error.strerror or error}; "
                f"free space on the disk, check the permissions, or choose another folder",
                path=self.path,
            ) from error

    def _stream(self, name: str) -> _Written:
        written = self._streams.get(name)
        if written is None:
            raise ParameterError(
                f'the journal has no stream "{name}"; it has: {", ".join(self._streams)}; use one of them'
            )
        if self._closed:
            raise RecordingError(f"{self.path} is closed; nothing more can be appended; start a new recording")
        if self._failure is not None:
            raise self._failure
        return written

    def _marks(self, now_s: float) -> bytes:
        """Once a second a boundary, and for each stream that its stamps are on the host clock already (offset 0)."""
        last = self._last_boundary_s
        if last is not None and abs(now_s - last) < _BOUNDARY_EVERY_S:
            return b""
        self._last_boundary_s = now_s
        written = (*self._streams.values(), self._notes)
        return b"".join(xdf.clock_offset_chunk(one.stream_id, now_s, 0.0) for one in written) + xdf.boundary_chunk()

    def _put(self, data: bytes) -> None:
        """One write; more only where the system takes less than it was given."""
        start = self._file.tell()
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[self._file.write(rest) or 0 :]
        except OSError as error:
            with suppress(OSError):  # half a chunk at the end costs a reader nothing but a sentence
                self._file.truncate(start)
            self._failure = self._cannot_go_on(error)
            raise self._failure from error

    def _check_still_there(self) -> None:
        """Raise RecordingError where the file is not found under its name any more."""
        # Windows refuses to delete an open file
        if os.name == "posix" and os.fstat(self._file.fileno()).st_nlink == 0:
            raise RecordingError(
                f"the recording's file was deleted while it was written; {self.path} and what it held are lost; "
                f"record again, into a folder that nothing else tidies up",
                path=self.path,
            )
        if not self.path.exists():
            raise RecordingError(
                f"the recording's folder was moved or renamed while it was written; {self.path} is not there any "
                f"more, what had arrived is in the file wherever it is now; record again and leave the folder in place",
                path=self.path,
            )

    def _cannot_go_on(self, error: OSError) -> RecordingError:
        n_frames = sum(written.n_samples for written in self._streams.values())
        return RecordingError(
            f"{self.path} cannot be written any further: {error.strerror or error}; the {n_frames} frames until then "
            f"are kept in it; free space on the disk, check it, or choose another folder, and record again",
            path=self.path,
        )


def _place(source: Path, target: Path) -> None:
    """Give a file its name unless that is taken (FileExistsError), for good also if the power goes."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:  # memory sticks know no second name for a file
        if target.exists():
            raise FileExistsError(target) from None
        source.rename(target)
    if os.name == "posix":
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
