"""`landing-lab serve --sim` with boards faster than real time: `python tests/fast_lab.py DATASET SPEED`."""

from __future__ import annotations

import functools
import sys
from pathlib import Path

from landing_lab.app.web import boards
from landing_lab.app.web.serve import ServeSettings, run_serve


def main(dataset: str, speed: str) -> int:
    """Serve until it is ended; the exit code."""
    boards.LabBoards = functools.partial(boards.LabBoards, speed=float(speed))  # type: ignore[misc, assignment]
    return run_serve(ServeSettings(simulated=True, dataset=Path(dataset), listen_port=0))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
