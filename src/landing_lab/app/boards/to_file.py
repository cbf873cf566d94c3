"""`ll.record`: boards into a raw file, from a script or notebook, without session, protocol and verdict."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import landing_lab
from landing_lab.acquire.session import TrialFile, record_trial, stream_names
from landing_lab.app.boards.links import OPEN_TIMEOUT_S, RECONNECT_S, SILENT_S, opened, transport
from landing_lab.calibrate.convert import foreign
from landing_lab.errors import ParameterError
from landing_lab.model.calibration import Calibration, as_document
from landing_lab.model.device import Arrival, DeviceInfo

LONGEST_S: Final = 24 * 3600.0


def record(
    urls: str | Path | Sequence[str | Path],
    path: str | Path,
    *,
    seconds: float,
    frames: int | None = None,
    calibrations: Sequence[Calibration] = (),
    metadata: Mapping[str, object] | None = None,
) -> TrialFile:
    """Record boards into a new raw file (XDF), for `ll.read` and `ll.read_raw`; what it left and why it ended.

    urls: ports such as "/dev/ttyUSB0", "COM3" or "socket://HOST:PORT". seconds: longest time. frames: ends once every
    board has sent so many. calibrations: those of these boards, kept in the file; without one the file holds counts.
    metadata: more facts for the file, such as mass_kg and box_height_m. Ctrl-C ends it and keeps what came.

    Raises ParameterError for wrong values, DeviceError where a board does not answer or start, RecordingError where
    the file exists or cannot be written. A board that is lost on the way, or silent at the end, is in
    `lost` of the result.
    """
    named = [str(urls)] if isinstance(urls, (str, Path)) else [str(one) for one in urls]
    if not named or len(set(named)) < len(named):
        raise ParameterError("urls name no port, or one twice; landing-lab devices lists them")
    if not isinstance(seconds, (int, float)) or not 0.0 < seconds <= LONGEST_S:
        raise ParameterError(f"seconds {seconds!r} is no time that can be recorded in one file, 0 to {LONGEST_S:g} s")
    if frames is not None and (isinstance(frames, bool) or not isinstance(frames, int) or frames < 1):
        raise ParameterError(f"frames {frames!r} is no number of frames; leave it out to record for {seconds:g} s")
    with opened(transport(), named, timeout_s=OPEN_TIMEOUT_S, reconnect_s=RECONNECT_S) as links:
        _check_calibrations(calibrations, {link.info.device_id: link.info for link in links})
        left = dict.fromkeys(stream_names(links), frames or 0)

        ended_s = time.monotonic()
        heard_s = dict.fromkeys(left, ended_s)

        def enough(name: str, arrival: Arrival) -> bool:
            left[name] -= len(arrival.frames)
            heard_s[name] = time.monotonic()
            return frames is not None and max(left.values()) <= 0

        facts: dict[str, object] = {
            "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "software": f"landing-lab {landing_lab.__version__}",
            **(metadata or {}),
        }
        if calibrations:
            facts["calibrations"] = {one.device_id: as_document(one) for one in calibrations}

        def look() -> None:
            nonlocal ended_s
            ended_s = time.monotonic()

        done = record_trial(links, Path(path), metadata=facts, on_arrival=enough, on_tick=look, max_duration_s=seconds)
    silent = {name: ended_s - last_s for name, last_s in heard_s.items() if ended_s - last_s > SILENT_S}
    if done.lost is None and silent:
        gone = ", ".join(f"{name} sent nothing for the last {s:.0f} s" for name, s in silent.items())
        return dataclasses.replace(done, lost=f"{gone}: look at cable and power")
    return done


def _check_calibrations(calibrations: Sequence[Calibration], boards: Mapping[str, DeviceInfo]) -> None:
    """Raises ParameterError for one of no board here, of another kind of board, or a second one of the same."""
    for one in calibrations:
        info = boards.get(one.device_id)
        if info is None:
            raise ParameterError(
                f"a calibration of {one.device_id} was given, which is not among {', '.join(sorted(boards))}"
            )
        if (why := foreign(info, one)) is not None:
            raise ParameterError(f"a calibration does not belong to {one.device_id}: {why}")
    if len({one.device_id for one in calibrations}) < len(calibrations):
        raise ParameterError("two calibrations are of one board; name the one that holds")
