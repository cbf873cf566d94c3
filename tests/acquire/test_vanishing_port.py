"""A session with real ports and emulated boards, one of which is unplugged and plugged in again."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from landing_lab.acquire.session import record_trial
from landing_lab.calibrate.recording import recording_from_raw
from landing_lab.io.formats.xdf import read_raw
from landing_lab.model.device import Arrival
from landing_lab.sim.devices import drop_jump_scene
from landing_lab.sim.link import LinkFaults
from landing_lab_drivers.emulator import serve
from landing_lab_drivers.port import SerialTransport

UNPLUGGED_S, AWAY_S = 0.4, 0.3


def test_the_others_are_recorded_while_a_board_is_away_and_it_is_recorded_again_after(tmp_path: Path) -> None:
    devices = drop_jump_scene(n_trials=1, seed=1).devices
    faults = [LinkFaults(unplug_after_s=UNPLUGGED_S, return_after_s=AWAY_S), LinkFaults(), LinkFaults()]
    since_back = 0
    with serve(devices, loop=True, faults=faults) as server:  # type: ignore[attr-defined]
        links = [SerialTransport().open(url, timeout_s=5.0, reconnect_s=20.0) for url in server.urls]

        def on_arrival(name: str, arrival: Arrival) -> bool:
            nonlocal since_back
            if name == "insole_left" and links[0].stats.reconnects:
                since_back += len(arrival.frames)
            return since_back > 300

        done = record_trial(links, tmp_path / "t.xdf", metadata={}, on_arrival=on_arrival, max_duration_s=30.0)
        for link in links:
            link.close()
    assert done.ended == "complete"
    assert done.lost is None
    assert done.link_statistics["insole_left"]["reconnects"] == 1
    raw = read_raw(done.path)
    left, right = raw.streams["insole_left"], raw.streams["insole_right"]
    assert [note.kind for note in left.notes if note.kind in ("lost", "back")] == ["lost", "back"]
    steps = np.diff(left.frames.sequence)
    assert steps.max() >= 1000 * AWAY_S
    assert np.count_nonzero(steps > 1) == 1
    assert (np.diff(right.frames.sequence) == 1).all()
    assert right.arrival_s[-1] - right.arrival_s[0] >= UNPLUGGED_S + AWAY_S
    recording = recording_from_raw(raw)
    said = recording.provenance["notes"]
    assert isinstance(said, tuple)
    assert sum(note.startswith("insole_left was lost 0.") for note in said) == 1
    (gap,) = recording.streams["insole_left"].gaps
    assert gap.n_samples >= 1000 * AWAY_S
    assert recording.streams["insole_right"].gaps == ()
