"""What is looked for in the force of a trial before its numbers are believed: values that repeat, holes, zeros."""

from __future__ import annotations

import math
from typing import Any

from landing_lab.kernels._jit import kernel


@kernel
def survey(row: Any, near_n: float, out: Any) -> None:
    """What a whole signal holds, in one pass.

    row: (n,) N, NaN = missing. near_n: how close to zero an unloaded reading is. out: (7,) overwritten with lowest and
    highest reading, missing samples, longest hole (samples), exact zeros, readings within near_n of zero, and the
    smallest reading that is not zero (absolute); lowest and highest are NaN where all are missing, the last infinite
    where there is none.
    """
    low = math.inf
    high = -math.inf
    missing = hole = longest = zeros = near = 0
    least = math.inf
    for i in range(row.shape[0]):
        value = row[i]
        if math.isnan(value):
            missing += 1
            hole += 1
            longest = max(longest, hole)
            continue
        hole = 0
        low = min(low, value)
        high = max(high, value)
        size = abs(value)
        if size <= near_n:
            near += 1
        if size == 0.0:
            zeros += 1
        else:
            least = min(least, size)
    out[0] = low if low <= high else math.nan
    out[1] = high if low <= high else math.nan
    out[2] = missing
    out[3] = longest
    out[4] = zeros
    out[5] = near
    out[6] = least


@kernel
def longest_repeats(row: Any, first: int, stop: int, loaded_n: float, out: Any) -> None:
    """Longest stretches of one exactly repeated loaded reading: at the largest value, and at any other.

    row: (n,) N. [first, stop): samples that are looked at. loaded_n: below it a reading may repeat itself. out: (3,)
    overwritten with samples at the largest value of the window, samples at another value, and that value.
    """
    high = -math.inf
    for i in range(first, stop):
        if row[i] > high:  # noqa: PLR1730 - a missing reading compares false, and max() would return it
            high = row[i]
    out[0] = 0.0
    out[1] = 0.0
    out[2] = math.nan
    length = 0
    for i in range(first, stop):
        length = length + 1 if i > first and row[i] == row[i - 1] else 1
        if row[i] > loaded_n:
            if row[i] == high:
                out[0] = max(out[0], length)
            elif length > out[1]:
                out[1] = length
                out[2] = row[i]


@kernel
def longest_hole(row: Any, first: int, stop: int) -> int:
    """Longest run of missing samples in [first, stop) of (n,) N."""
    longest = hole = 0
    for i in range(first, stop):
        hole = hole + 1 if math.isnan(row[i]) else 0
        longest = max(longest, hole)
    return longest


@kernel
def samples_absent(row: Any, total: Any, first: int, stop: int, loaded_n: float, carried: float, absent: float) -> int:
    """How many loaded samples a side carries next to nothing, once it has carried its part.

    row, total: (n,) N. [first, stop): samples that are looked at. loaded_n: total above which somebody is there.
    carried, absent: shares of the total.
    """
    count = 0
    seen = False
    for i in range(first, stop):
        if total[i] > loaded_n:
            share = row[i] / total[i]
            if share > carried:
                seen = True
            elif seen and share < absent:
                count += 1
    return count


@kernel
def lone_readings(row: Any, first: int, stop: int, least_n: float, multiple: float) -> int:
    """How many single readings of [first, stop) leave both neighbours far behind, upwards or downwards.

    row: (n,) N. A reading is alone where it is more than least_n and (multiple - 1) times the nearer neighbour away
    from both neighbours on the same side: above `multiple` times the larger one, or below it by as much.
    """
    count = 0
    for i in range(max(first, 1), min(stop, row.shape[0] - 1)):
        if math.isnan(row[i - 1] + row[i] + row[i + 1]):
            continue
        low = min(row[i - 1], row[i + 1])
        high = max(row[i - 1], row[i + 1])
        if row[i] - high > max(least_n, (multiple - 1.0) * high) or low - row[i] > max(least_n, 0.9 * low):
            count += 1
    return count


@kernel
def mean_place_loaded(row: Any, places: Any, first: int, stop: int, loaded_n: float) -> float:
    """Mean of the first coordinate where a side carries load; NaN where it never does.

    row: (n,) N. places: (n, 2) m, NaN = missing. [first, stop): samples that are looked at. loaded_n: N.
    """
    total = 0.0
    count = 0
    for i in range(first, stop):
        if row[i] > loaded_n and not math.isnan(places[i, 0]):
            total += places[i, 0]
            count += 1
    return total / count if count > 0 else math.nan
