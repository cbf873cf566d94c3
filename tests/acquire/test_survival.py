"""A recorder of emulated boards is killed at any instant of its life: what it had received is in its files."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import numpy as np
import pytest
import pyxdf

from landing_lab.io.formats.xdf import read_raw

logging.getLogger("pyxdf").setLevel(logging.CRITICAL)
pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs fork and SIGKILL")

N_INSTANTS = int(os.environ.get("LANDING_LAB_KILLS", "20"))
"""The figure that is stated with results was measured with 100."""
MOST_LOST_S = 0.1
SEED = 9


@dataclass(slots=True)
class Life:
    """What a recorder said before it died, by trial and stream.

    first_s, last: when the first frames came, when the last and their number. done: frames of a trial that was closed.
    """

    first_s: dict[tuple[int, str], float] = field(default_factory=dict)
    last: dict[tuple[int, str], tuple[float, int]] = field(default_factory=dict)
    done: dict[tuple[int, str], int] = field(default_factory=dict)
    length_s: float = 0.0


class Recorders:
    """Starts recorders one after the other, and kills them."""

    def __init__(self, told: IO[str], ask: IO[str]) -> None:
        self.told, self.ask = told, ask

    def live(self, folder: Path, kill_after_s: float | None) -> Life:
        print(folder, file=self.ask, flush=True)
        word, pid = self.told.readline().split()
        assert word == "ready"
        life, born_s = Life(), time.monotonic()
        if kill_after_s is not None:
            time.sleep(kill_after_s)
            with suppress(ProcessLookupError):  # it had come to its end by itself
                os.kill(int(pid), signal.SIGKILL)
        for line in self.told:
            if line == "dead\n":
                break
            word, trial, name, *numbers = line.split()
            key = int(trial), name
            if word == "done":
                life.done[key] = int(numbers[0])
            else:
                life.first_s.setdefault(key, float(numbers[0]))
                life.last[key] = float(numbers[1]), int(numbers[2])
        life.length_s = time.monotonic() - born_s
        return life


@pytest.fixture(scope="module")
def recorders() -> Iterator[Recorders]:
    script = Path(__file__).with_name("mortal_recorder.py")
    with subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        yield Recorders(program.stdout, program.stdin)
        program.stdin.close()


def lost_s(folder: Path, life: Life) -> float:
    """The most that is missing of any stream of the trial that was cut short, after checking all that must hold."""
    worst = 0.0
    for path in sorted(folder.glob("*.xdf")):
        trial = int(path.stem)
        raw = read_raw(path)
        streams, _ = pyxdf.load_xdf(str(path))
        by_name = {stream["info"]["name"][0]: stream for stream in streams}
        assert set(raw.streams) == {"insole_left", "insole_right", "plate"}
        for name, stream in raw.streams.items():
            np.testing.assert_array_equal(by_name[name]["time_series"][:, 0], stream.frames.sequence)
            assert (np.diff(stream.frames.sequence) == 1).all()
            if (trial, name) in life.done:
                assert len(stream.frames) == life.done[trial, name]
                assert raw.notes == ()
            elif (trial, name) in life.last:
                in_file_s = stream.arrival_s[-1] if len(stream.frames) else life.first_s[trial, name]
                worst = max(worst, life.last[trial, name][0] - in_file_s)
    return worst


@pytest.mark.slow
def test_what_was_received_is_in_the_files_whenever_the_recorder_is_killed(
    recorders: Recorders, tmp_path: Path
) -> None:
    whole = tmp_path / "whole"
    life = recorders.live(whole, None)
    assert len(life.done) == 3 * len(list(whole.iterdir())) > 0
    assert lost_s(whole, life) == 0.0
    worst, unfinished = [], 0
    for number, instant in enumerate(np.random.default_rng(SEED).uniform(0.0, life.length_s, N_INSTANTS)):
        folder = tmp_path / str(number)
        killed = recorders.live(folder, float(instant))
        files = {int(path.stem) for path in folder.glob("*.xdf")}
        # whatever was received belongs to a trial whose file is there
        assert {trial for trial, _ in killed.last} <= files
        unfinished += bool({trial for trial, _ in killed.last} - {trial for trial, _ in killed.done})
        worst.append(lost_s(folder, killed))
    print(f"killed {N_INSTANTS} times, {unfinished} within a trial; most lost {1e3 * max(worst):.1f} ms")
    assert unfinished > N_INSTANTS // 4
    assert max(worst) <= MOST_LOST_S
