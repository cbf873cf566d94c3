"""Makes the simulated example study: python data/make_example.py [--out data/example] [--jobs N]."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from landing_lab.app.failures import Interrupted, failed, hush, interrupted

DEFAULT = Path(__file__).parent / "example"


def make(
    out: Annotated[Path, typer.Option(help="A new folder.")] = DEFAULT,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes at work; all cores by default.")] = None,
) -> None:
    """Make the simulated example study, the same bytes at every making."""
    from landing_lab.app.datasets.example.make import example_dataset

    try:
        print(f"Written: {example_dataset(out, jobs=jobs)}")
    except KeyboardInterrupt as error:  # click ends on it without a word
        raise Interrupted from error


def main() -> int:
    """Every failure is one sentence on stderr and an exit code."""
    hush()
    app = typer.Typer(add_completion=False)
    app.command()(make)
    try:
        app(standalone_mode=False)
    except (Interrupted, KeyboardInterrupt, typer.Abort):
        return interrupted()
    except Exception as error:  # noqa: BLE001 - told in one sentence
        return failed(error)
    return 0


if __name__ == "__main__":
    sys.exit(main())
