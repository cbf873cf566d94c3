"""Where the command landing-lab begins: a library that is missing or broken is one sentence, not a traceback."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Entry point; without the libraries of the command line only `doctor` is still there, and says how to get them."""
    if sys.argv[1:2] == ["doctor"]:
        from landing_lab.app.doctor.loading import faults

        if faults(["landing_lab.app.cli"]):  # tried elsewhere: a library may end Python, and doctor is to say so
            sys.exit(_doctor())
    try:
        from landing_lab.app.cli import main as run
    except (Exception, SystemExit) as error:
        if os.environ.get("LANDING_LAB_DEBUG"):
            raise
        sys.exit(_without_command_line(error))
    run()


def _doctor() -> int:
    from landing_lab.app.doctor.run import run_doctor

    return run_doctor(as_json="--json" in sys.argv)


def _without_command_line(error: BaseException) -> int:
    from landing_lab.installation import pip_line
    from landing_lab.io.visible import visible

    if sys.argv[1:2] == ["doctor"]:
        return _doctor()
    why = visible((str(error).strip() or type(error).__name__).splitlines()[0])[:200]
    line = pip_line(again=True)
    text = f"a library cannot be loaded ({why}); `landing-lab doctor` says which, or install again: {line}"
    print(f"landing-lab: {text}", file=sys.stderr)
    return 1
