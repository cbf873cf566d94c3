"""One piece of work in a process of its own: what it gives back, refuses, or leaves without an answer."""

from __future__ import annotations

import os
import threading
import time

import pytest

from landing_lab.app.processes.aside import made_aside
from landing_lab.errors import ParameterError, RecordingError
from landing_lab.io.dataset_names import check_pseudonym
from landing_lab.io.time_base import check_rate

pytestmark = pytest.mark.slow


def test_it_happens_elsewhere_and_comes_back() -> None:
    assert made_aside(os.getpid) != os.getpid()
    assert made_aside(check_rate, 1000) == 1000.0


def test_a_refusal_comes_back_as_itself() -> None:
    with pytest.raises(ParameterError, match="looks like a path"):
        made_aside(check_pseudonym, "../P01")


def test_a_process_that_ends_without_a_word_is_told() -> None:
    with pytest.raises(RecordingError, match="ended without a result"):
        made_aside(os._exit, 3)


def test_one_waits_for_the_other() -> None:
    began = time.monotonic()
    two = [threading.Thread(target=made_aside, args=(time.sleep, 0.5)) for _ in range(2)]
    for one in two:
        one.start()
    for one in two:
        one.join()
    assert time.monotonic() - began > 1.0
