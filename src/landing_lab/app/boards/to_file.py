"""`ll.record`: boards into a raw file, from a script or notebook, without session, protocol and verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import landing_lab
from landing_lab.acquire.session import TrialFile, record_trial, stream_names
from landing_lab.app.boards.links import OPEN_TIMEOUT_S, RECONNECT_S, opened, transport
from landing_lab.errors import ParameterError
from landing_lab.model.calibration import Calibration, as_document
from landing_lab.model.device import Arrival

LONGEST_S: Final = 24 * 3600.0


def record(
    urls: str | Sequence[str],
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
    the file exists or cannot be written. A board that is lost on the way is in `lost` of the result.
    """
    named = [urls] if isinstance(urls, str) else list(urls)
    if not named or len(set(named)) < len(named):
        raise ParameterError("urls name no port, or one twice; landing-lab devices lists them")
    if not 0.0 < seconds <= LONGEST_S:
        raise ParameterError(f"seconds {seconds:g} is outside what can be recorded in one file, 0 to {LONGEST_S:g} s")
    if frames is not None and frames < 1:
        raise ParameterError(f"frames {frames} is less than one; leave it out to record for {seconds:g} s")
    with opened(transport(), named, timeout_s=OPEN_TIMEOUT_S, reconnect_s=RECONNECT_S) as links:
        connected = {link.info.device_id for link in links}
        if foreign := [one.device_id for one in calibrations if one.device_id not in connected]:
            raise ParameterError(
                f"a calibration of {foreign[0]} was given, which is not among {', '.join(sorted(connected))}"
            )
        left = dict.fromkeys(stream_names(links), frames or 0)

        def enough(name: str, arrival: Arrival) -> bool:
            left[name] -= len(arrival.frames)
            return frames is not None and max(left.values()) <= 0

        facts: dict[str, object] = {
            "started_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "software": f"landing-lab {landing_lab.__version__}",
            **(metadata or {}),
        }
        if calibrations:
            facts["calibrations"] = {one.device_id: as_document(one) for one in calibrations}
        return record_trial(links, Path(path), metadata=facts, on_arrival=enough, max_duration_s=seconds)
