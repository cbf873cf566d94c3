"""Pseudo terminals of simulated boards that are unplugged: their name is nobody else's until they are back."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo terminals", allow_module_level=True)

import pty

from landing_lab_drivers.endpoints import PtyEndpoint


def new_terminal() -> tuple[str, tuple[int, int]]:
    ends = pty.openpty()
    return os.ttyname(ends[1]), ends


def let_go(ends: tuple[int, int]) -> None:
    for end in ends:
        os.close(end)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems number terminals their own way")
def test_the_name_of_an_unplugged_board_is_kept_for_it() -> None:
    _, lower = new_terminal()
    board = PtyEndpoint()
    name = board.url
    board.vanish()
    with pytest.raises(FileNotFoundError):
        os.open(name, os.O_RDWR | os.O_NOCTTY)
    meanwhile = [new_terminal() for _ in range(3)]
    assert name not in [other for other, _ in meanwhile]
    let_go(lower)  # now a lower number is free, which a new terminal would get
    board.appear(elsewhere=False)
    assert board.url == name
    os.close(os.open(name, os.O_RDWR | os.O_NOCTTY))
    for _, ends in meanwhile:
        let_go(ends)
    board.close()
    assert not Path(name).exists()


def test_a_board_that_comes_back_elsewhere_has_another_name_and_lets_all_go_at_the_end() -> None:
    board = PtyEndpoint()
    before = len(list(Path("/dev/fd").iterdir()))
    name = board.url
    board.vanish()
    board.appear(elsewhere=True)
    assert board.url != name
    board.close()
    board.close()
    assert len(list(Path("/dev/fd").iterdir())) == before - 1
