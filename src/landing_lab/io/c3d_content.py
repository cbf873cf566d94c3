"""What ezc3d finds in a C3D file, read in a process of its own: the library does not survive every file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from landing_lab.errors import FileFormatError
from landing_lab.model.blocks import FloatArray, IntArray

DEADLINE_S: Final = 20.0
_BYTES_PER_S: Final = 5e6
"""What a slow computer reads; a large file gets so much more time."""
_MOST_PLATES: Final = 1000


def vertical_force_of(side: str) -> str:
    """How a channel of vertical force is described in the files we write, so that reading finds the foot again."""
    return f"vertical force, {side.replace('_', ' ')}, up positive"


@dataclass(frozen=True, slots=True, eq=False)
class C3dContent:
    """Analog channels (n_channels, n_samples) with labels and units, and the plates as FORCE_PLATFORM describes them.

    channels: (n_per_plate, n_plates) 1-based numbers of analog channels; matrices: (6, n_per_plate, n_plates) or
    empty. corners: (3, 4, n_plates) in the laboratory and origins: (3, n_plates) of each plate, in `length_unit`;
    empty where the file does not say.
    """

    analogs: FloatArray
    labels: list[str]
    descriptions: list[str]
    units: list[str]
    rate_hz: float
    n_plates: int
    types: list[int]
    channels: IntArray
    matrices: FloatArray
    corners: FloatArray
    origins: FloatArray
    length_unit: str


def read_in_child(path: Path) -> C3dContent:
    """Read a file with ezc3d in a child process, which may crash, hang or ask for any memory.

    Raises FileFormatError where the child gives no result in time.
    """
    with tempfile.TemporaryDirectory(prefix="landing-lab-", ignore_cleanup_errors=True) as folder:
        out = Path(folder) / "content.npz"
        failure = _run(path.resolve(), out)
        if failure is None:
            try:
                return _content(out)
            except Exception as error:  # the child got far enough to write, and what it wrote is not the content
                raise _damaged(path, "give no usable content") from error
    raise _damaged(path, failure)


def _run(path: Path, out: Path) -> str | None:
    """Run the child; what the library did where there is no result."""
    # the child finds what this process finds, and nothing in the folder that happens to be the current one
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    deadline_s = DEADLINE_S + path.stat().st_size / _BYTES_PER_S
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module; the file is an argument
            [sys.executable, "-P", "-m", "landing_lab.io.c3d_child", str(path), str(out)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=deadline_s,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except subprocess.TimeoutExpired:
        return f"hang (no answer within {deadline_s:.0f} s)"
    if done.returncode == 0 and out.exists():
        return None
    return "fail" if done.returncode == 1 else "crash"


def _damaged(path: Path, what: str) -> FileFormatError:
    return FileFormatError(f"{path.name} makes the C3D library {what}: the file is damaged; export it again", path=path)


def _content(out: Path) -> C3dContent:
    """What the child wrote. Raises where it is not what a C3D file can hold."""
    with np.load(out, allow_pickle=False) as arrays:
        facts = json.loads(arrays["facts"].tobytes())
        channels = np.atleast_2d(arrays["channels"])
        analogs, matrices = arrays["analogs"], arrays["matrices"]
        corners, origins = arrays["corners"], np.atleast_2d(arrays["origins"])
    n_plates = int(facts["used"][0]) if facts["used"] else 0
    if not 0 <= n_plates <= _MOST_PLATES or not (np.abs(channels) < 2**31).all():
        raise ValueError(f"{n_plates} plates")
    return C3dContent(
        analogs=analogs,
        labels=[str(label) for label in facts["labels"]],
        descriptions=[str(description) for description in facts["descriptions"]],
        units=[str(unit) for unit in facts["units"]],
        rate_hz=float(facts["rate"][0]) if facts["rate"] else 0.0,
        n_plates=n_plates,
        types=[int(kind) for kind in facts["types"]],
        channels=channels.astype(np.int64),
        matrices=matrices,
        corners=corners,
        origins=origins,
        length_unit=str(facts["lengths"][0]).strip().lower() if facts["lengths"] else "",
    )
