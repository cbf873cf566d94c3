"""One trial from links to result: record, read back from disk, analyse; with progress on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import landing_lab
from landing_lab.acquire.session import TrialFile, record_trial, stream_names
from landing_lab.app.live.trial import LiveTrial
from landing_lab.app.record.protocols import protocol_of
from landing_lab.app.record.view import words
from landing_lab.model.device import Arrival, DeviceLink
from landing_lab.model.result import Result

Show = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RecordedTrial:
    """A trial on disk and what the analysis says of it."""

    file: TrialFile
    result: Result


@contextmanager
def progress_line() -> Iterator[Show]:
    """A line on the terminal that is rewritten in place; on a file or pipe each new text is a line."""
    from rich.console import Console

    console = Console()
    if console.is_terminal:
        with console.status("") as status:
            yield status.update
        return
    last = ""

    def show(text: str) -> None:
        nonlocal last
        stage = text.split(" | ", 1)[0]
        if stage != last:
            print(stage)
            sys.stdout.flush()
            last = stage

    yield show


def record_and_analyse(
    links: Sequence[DeviceLink],
    path: Path,
    *,
    label: str,
    show: Show,
    metadata: Mapping[str, object],
    max_duration_s: float,
    mass_kg: float | None = None,
    box_height_m: float | None = None,
) -> RecordedTrial:
    """Record one trial into path and analyse what the file holds.

    The numbers come from the file, never from the live view: they are those of `landing-lab analyse` on it.
    Raises DeviceError and RecordingError as record_trial does; RecordingError where nothing arrived.
    """
    from landing_lab.io.read import read
    from landing_lab.metrics.analyse import analyse

    live, protocol = LiveTrial(), protocol_of("drop_jump")
    for name, link in zip(stream_names(links), links, strict=True):
        live.follow(name, link.info)

    def on_arrival(name: str, arrival: Arrival) -> bool:
        complete = live.on_arrival(name, arrival)
        stage = words(protocol, live.stage, knows_empty=live.load.knows_empty)
        show(f"{label}: {stage} | load {live.load_n:5.0f} N | insoles feel: {live.feet}")
        return complete

    facts = {
        "started_at": datetime.now(tz=UTC).isoformat(timespec="seconds"),
        "software": f"landing-lab {landing_lab.__version__}",
        "box_height_m": box_height_m,
        "mass_kg": mass_kg,
        **metadata,
    }
    file = record_trial(links, path, metadata=facts, on_arrival=on_arrival, max_duration_s=max_duration_s)
    show(f"{label}: measuring")
    return RecordedTrial(file=file, result=analyse(read(path), mass_kg=mass_kg, box_height_m=box_height_m))


def warm_up() -> None:
    """Compile or load every kernel before anything is recorded, so that no sample waits for a compiler.

    A force plate's trial and one of insoles and load cells go through the analysis, which fuses only the second.
    """
    from landing_lab.app.boards.scenes import acted_trial
    from landing_lab.calibrate.recording import recording_from_raw
    from landing_lab.metrics.analyse import analyse
    from landing_lab.sim.drop_jump import simulate_drop_jump
    from landing_lab.sim.reception import received
    from landing_lab.sim.setting import ONE_VISIT

    analyse(simulate_drop_jump(seed=1).recording)
    scene = acted_trial("drop_jump", start="box", leg="both", alive_s=0.0)
    facts = {"started_at": datetime.now(tz=UTC).isoformat(timespec="seconds")}
    raw, _ = received(scene, seed=1, session=0, setting=ONE_VISIT, metadata=facts)
    analyse(recording_from_raw(raw))
