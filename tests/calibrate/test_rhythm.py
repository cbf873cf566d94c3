"""The rhythm of a converter, of readings that are late by a jitter."""

from __future__ import annotations

import numpy as np
import pytest

from landing_lab.calibrate.rhythm import in_rhythm


def test_readings_are_put_back_into_their_rhythm() -> None:
    rng = np.random.default_rng(1)
    number = np.delete(np.arange(400), [50, 51, 200])
    true = 5.0 + number * 0.01182
    times, period = in_rhythm(true + rng.uniform(0.0, 0.001, len(true)))
    assert period == pytest.approx(0.01182, rel=2e-5)
    assert np.std(times - true) < 0.0001
    # Converters that do not run evenly keep the times they were read at.
    uneven = np.cumsum(rng.uniform(0.008, 0.016, 300))
    np.testing.assert_array_equal(in_rhythm(uneven)[0], uneven)
