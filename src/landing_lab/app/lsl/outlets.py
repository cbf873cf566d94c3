"""The outlets of a session: what is handed over is sent by a thread of its own, whatever becomes of readers."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Final, NamedTuple, Self, TypeAlias
from xml.etree import ElementTree as ET

from landing_lab.app.lsl.board_time import BoardTime
from landing_lab.app.lsl.library import lsl_library
from landing_lab.errors import DeviceError
from landing_lab.io.visible import snippet
from landing_lab.io.xdf_chunks import printable
from landing_lab.io.xdf_live import (
    LIVE_TYPE,
    MARKERS_STREAM,
    MARKERS_TYPE,
    live_description,
    live_note_text,
    live_rate_hz,
    live_values,
)
from landing_lab.io.xdf_notes import NOTES_STREAM
from landing_lab.model.device import Arrival, DeviceInfo, LinkNote

SEND_EVERY_S: Final = 0.01
"""What waits is sent so often; stamps are those of the measurement, so a reader notices nothing but this delay."""
MOST_WAITING: Final = 200_000
"""So much may wait for a thread that is stuck, minutes of three boards; then sending ends, the recording does not."""
_TRIES: Final = 20
_LOOK_EVERY_S: Final = 0.1
_OPEN_WITHIN_S: Final = 1.0
_ANEW: Final = ("back", "restarted")


class Beginning(NamedTuple):
    """A trial as it began: number of its run, 0 for none, and how many had begun by then (a run may begin twice)."""

    run: int
    begun: int


_Item: TypeAlias = tuple[str, Arrival | LinkNote | str | None, float, Beginning]
"""Stream, what it sends (None: its board's clock began anew), host time, trial."""


class LslOutlets:
    """One outlet per board, one of markers, one of what boards tell; open until `close`.

    Everything but the constructor returns at once and never raises: what goes wrong later is in `failure`, in a
    sentence, and from then on nothing is sent. clock: seconds, that of the arrivals.
    Raises ParameterError without pylsl, DeviceError where liblsl cannot open an outlet.
    """

    def __init__(
        self,
        boards: Mapping[str, DeviceInfo],
        metadata: Mapping[str, object],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._library = lsl_library()
        self._clock = clock
        self.failure: str | None = None
        self._trial = Beginning(0, 0)
        self.sent: dict[str, int] = {}
        self._to_lsl_s = self._measure()
        self._times: dict[str, tuple[Beginning, BoardTime]] = {}
        self._waiting: deque[_Item] = deque()
        self._outlets: dict[str, Any] = {}
        try:
            for name, info in boards.items():
                self._outlets[name] = self._board(name, info, metadata)
            who = ".".join(sorted(info.device_id for info in boards.values()))
            self._outlets[MARKERS_STREAM] = self._texts(MARKERS_STREAM, who, metadata)
            self._outlets[NOTES_STREAM] = self._texts(NOTES_STREAM, who, {})
        except Exception as error:
            raise DeviceError(
                f"liblsl cannot open an outlet ({snippet(str(error))}); record without --lsl, or look at lsl_api.cfg"
            ) from error
        self.sent = dict.fromkeys(self._outlets, 0)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._send, name="landing-lab LSL", daemon=True)
        self._thread.start()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the streams as LabRecorder lists them."""
        return tuple(self._outlets)

    @property
    def has_readers(self) -> bool:
        """Whether somebody reads any of the streams."""
        return any(outlet.have_consumers() for outlet in tuple(self._outlets.values()))

    def wait_for_readers(self, seconds: float, *, pause: Callable[[float], None] = time.sleep) -> bool:
        """Wait until somebody reads, and then until all streams of a reader are open; whether somebody does."""
        for _ in range(round(seconds / _LOOK_EVERY_S)):
            if self.has_readers:
                pause(_OPEN_WITHIN_S)
                return True
            pause(_LOOK_EVERY_S)
        return self.has_readers

    def begin(self, run: int) -> None:
        """From now on frames are of this run; 0: they are of none and are not sent."""
        self._trial = Beginning(run, self._trial.begun + bool(run))
        if run and self._clock is time.monotonic:
            self._to_lsl_s = self._measure()  # on Windows the two clocks drift apart

    def frames(self, name: str, arrival: Arrival) -> None:
        """Send the frames of a board."""
        if self._trial.run:
            self._hand_over(name, arrival, arrival.time_s)

    def note(self, name: str, note: LinkNote) -> None:
        """Send what a board or its link told, as the raw file has it."""
        if self._trial.run:
            if note.kind in _ANEW:
                self._hand_over(name, None, note.time_s)
            self._hand_over(NOTES_STREAM, note._replace(facts={**note.facts, "stream": name}), note.time_s)

    def mark(self, text: str) -> None:
        """Send a marker of this moment."""
        self._hand_over(MARKERS_STREAM, text, self._clock())

    def _hand_over(self, name: str, what: Arrival | LinkNote | str | None, time_s: float) -> None:
        if self.failure is not None:
            return
        if len(self._waiting) >= MOST_WAITING:
            self._fail(f"{MOST_WAITING} arrivals wait to be sent")
            return
        self._waiting.append((name, what, time_s, self._trial))

    def close(self) -> None:
        """Send what waits, let it reach the readers, and close; safe to call twice."""
        self._ending.set()
        self._thread.join(timeout=5.0)
        if self._outlets and self.failure is None and self.has_readers:
            time.sleep(0.2)  # liblsl drops what it has not handed to the network yet
        self._outlets.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _measure(self) -> float:
        """LSL's clock minus ours, seconds; of several looks the one between whose ends least time passed."""
        looks = []
        for _ in range(_TRIES):
            before_s, lsl_s, after_s = self._clock(), self._library.local_clock(), self._clock()
            looks.append((after_s - before_s, lsl_s - 0.5 * (before_s + after_s)))
        return float(min(looks)[1])

    def _board(self, name: str, info: DeviceInfo, metadata: Mapping[str, object]) -> Any:
        desc = live_description(name, info, metadata, self._to_lsl_s)
        n_columns = len(desc.findall("channels/channel"))
        source = f"landing-lab.{printable(info.device_id)}"  # of the board: a reader finds its stream again by it
        stream = self._library.StreamInfo(printable(name), LIVE_TYPE, n_columns, live_rate_hz(info), "double64", source)
        _append(stream.desc(), desc)
        return self._library.StreamOutlet(stream)

    def _texts(self, name: str, who: str, metadata: Mapping[str, object]) -> Any:
        stream = self._library.StreamInfo(name, MARKERS_TYPE, 1, 0, "string", f"{name}.{printable(who)}")
        desc = ET.Element("desc")
        channel = ET.SubElement(ET.SubElement(desc, "channels"), "channel")
        ET.SubElement(channel, "label").text = "marker" if name == MARKERS_STREAM else "note"
        ET.SubElement(channel, "unit").text = "words" if name == MARKERS_STREAM else "JSON"
        ET.SubElement(desc, "metadata").text = json.dumps(
            {key: value for key, value in metadata.items() if isinstance(value, (str, int, float))}
        )
        _append(stream.desc(), desc)
        return self._library.StreamOutlet(stream)

    def _send(self) -> None:
        """Until the end: empty what waits."""
        try:
            while True:
                ending = self._ending.wait(SEND_EVERY_S)
                while self._waiting and self.failure is None:
                    self._push(*self._waiting.popleft())
                if ending:
                    return
        except Exception as error:  # noqa: BLE001 - a network never ends a recording
            self._fail(f"{type(error).__name__}: {snippet(str(error))}")

    def _fail(self, why: str) -> None:
        self.failure = (
            f"sending to the Lab Streaming Layer ended ({why}); the recording goes on and its files are whole"
        )
        self._waiting.clear()

    def _push(self, name: str, what: Arrival | LinkNote | str | None, time_s: float, trial: Beginning) -> None:
        if isinstance(what, Arrival):
            self._push_frames(name, what, trial)
        elif what is None:
            self._times.pop(name, None)
        else:
            text = what if isinstance(what, str) else live_note_text(what, trial.run, trial.begun)
            self._outlets[name].push_sample([text], time_s + self._to_lsl_s)
            self.sent[name] += 1

    def _push_frames(self, name: str, arrival: Arrival, trial: Beginning) -> None:
        frames = arrival.frames
        known = self._times.get(name)
        if known is None or known[0] != trial:  # a board begins its clock anew with every START
            known = self._times[name] = (trial, BoardTime())
        stamps = known[1].stamps(frames.ticks_us, arrival.time_s) + self._to_lsl_s
        self._outlets[name].push_chunk(live_values(frames, arrival.time_s, trial.run, trial.begun), stamps.tolist())
        self.sent[name] += len(frames)


def _append(parent: Any, element: ET.Element) -> None:
    """The children of an element below one of liblsl's."""
    for child in element:
        if len(child):
            _append(parent.append_child(child.tag), child)
        else:
            parent.append_child_value(child.tag, child.text or "")
