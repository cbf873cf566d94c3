"""Keep a lab of simulated boards with the real firmware behind ports, until Ctrl-C.

From the checkout: .venv/bin/python -m drivers.bench.serve
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from drivers.bench import build
from drivers.bench.lab import BenchLab, labelled
from drivers.bench.shim import BenchError, missing_tools

from landing_lab.errors import LandingLabError

_LATE_S = 0.05


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve from the command line; 0 when ended, 1 where the bench cannot run, 2 for impossible arguments."""
    parser = argparse.ArgumentParser(
        prog="python -m drivers.bench.serve",
        description="Run the real firmware on simulated boards: two insoles and an eight-cell plate under an athlete "
        "who does drop jumps, each behind a port of its own.",
        epilog="The jumps begin when all three boards stream, and repeat as long as they do.",
    )
    parser.add_argument("--trials", type=int, default=1, help="jumps in a row before the scene repeats (1)")
    parser.add_argument("--seed", type=int, default=1, help="another athlete (1)")
    parser.add_argument(
        "--plate-board", choices=tuple(build.BOARDS), default="uno", help="what the plate runs on (uno)"
    )
    parser.add_argument("--no-reset", action="store_true", help="opening a port does not reset its board")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="end after so many seconds")
    given = parser.parse_args(arguments)
    if reason := missing_tools() or build.missing():
        print(f"the bench cannot run here: {reason}", file=sys.stderr)
        return 1
    try:
        with BenchLab(
            n_trials=given.trials, seed=given.seed, plate_board=given.plate_board, reset_on_open=not given.no_reset
        ) as lab:
            _serve(lab, given.seconds)
    except (BenchError, build.FirmwareBuildError) as error:
        print(error, file=sys.stderr)
        return 1
    except LandingLabError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        pass
    return 0


def _serve(lab: BenchLab, seconds: float) -> None:
    for url, name in labelled(lab):
        print(f"{url}  {name}")
    ports = " ".join(f"--port {url}" for url in lab.urls)
    print(f"In another terminal: landing-lab devices {ports}")
    print(f"                     landing-lab record {ports}")
    print("Ctrl-C ends the boards.", flush=True)
    end_s = time.monotonic() + seconds
    told_s = _LATE_S
    while time.monotonic() < end_s:
        time.sleep(min(0.5, max(0.0, end_s - time.monotonic())))
        if (behind_s := lab.behind_s()) > told_s:
            told_s = 2 * behind_s
            print(f"this machine is too busy: the boards lagged {behind_s:.2f} s behind real time", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
