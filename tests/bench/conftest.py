from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from drivers.bench import build
from drivers.bench.board import MEND_ALL, Board
from drivers.bench.shim import missing_tools

from bench.boards import MakeBoard
from reference import absent


@pytest.fixture
def make_board() -> Iterator[MakeBoard]:
    """Boards with compiled firmware, freed at the end of the test; skips where the tools are missing."""
    if reason := missing_tools() or build.missing():
        absent(reason)
    with ExitStack() as stack:

        def make(
            sketch: str | Path,
            board: str = "uno",
            *defines: str,
            clock_ppm: float = 0.0,
            mend: int = MEND_ALL,
            seed: int = 1,
        ) -> Board:
            elf = build.build(sketch, board, defines)
            return stack.enter_context(Board(elf, board, clock_ppm=clock_ppm, mend=mend, seed=seed))

        yield make
