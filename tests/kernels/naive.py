"""The kernels as their definitions read: slow, one reading after another, nothing from kernels/."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

UNKNOWN, UNLOADED, LOADED = -1, 0, 1


@dataclass(frozen=True)
class Settings:
    """What the detector is given: thresholds per signal, hysteresis, hold times in samples, interpolation."""

    threshold: tuple[float, ...]
    band: float
    hold_on: int
    hold_off: int
    interpolate: bool


def signals_of(force: np.ndarray, offset: np.ndarray) -> list[list[float]]:
    """Total first, then (of several) each column, all re-zeroed."""
    columns = [[float(value) - float(offset[j]) for value in force[:, j]] for j in range(force.shape[1])]
    total = []
    for i in range(force.shape[0]):
        value = 0.0
        for column in columns:
            value += column[i]
        total.append(value)
    return [total] if len(columns) == 1 else [total, *columns]


def crossings(force: np.ndarray, offset: np.ndarray, settings: Settings) -> list[dict[str, float]]:
    """Every crossing that held, and those that the end cut off, of a whole recording, as they were decided."""
    confirmed, cut_off = [], []
    for number, signal in enumerate(signals_of(force, offset)):
        for crossing in _of_one(signal, settings.threshold[number], settings):
            crossing["signal"] = number
            (confirmed if crossing["confirmed"] else cut_off).append(crossing)
    confirmed.sort(key=lambda crossing: (crossing["decided"], crossing["signal"]))
    return confirmed + cut_off


def _of_one(signal: list[float], threshold: float, settings: Settings) -> list[dict[str, float]]:
    readings = [(sample, value) for sample, value in enumerate(signal) if math.isfinite(value)]
    found = []
    state = UNKNOWN
    at = 0
    while at < len(readings):
        beyond = LOADED if readings[at][1] >= threshold else UNLOADED
        if beyond == state:
            at += 1
            continue
        outcome, end = _hold(readings, at, beyond, threshold, settings)
        if outcome == "broken":
            at = end  # the reading that broke it may begin another
            continue
        crossing = _crossing(readings, at, beyond, state, threshold, settings)
        crossing["confirmed"] = 1 if outcome == "held" else 0
        crossing["decided"] = readings[end][0] if outcome == "held" else len(signal)
        found.append(crossing)
        if outcome == "cut off":
            break
        state = beyond
        at = end + 1
    return found


def _hold(
    readings: list[tuple[int, float]], start: int, wanted: int, threshold: float, settings: Settings
) -> tuple[str, int]:
    """Whether a state entered at `start` lasts, and the reading that decided it.

    Small returns (within the band) do not break it; a reading on its own side of the threshold confirms it once
    it has lasted the hold time, counted in readings.
    """
    hold = settings.hold_on if wanted == LOADED else settings.hold_off
    for at in range(start, len(readings)):
        value = readings[at][1]
        if wanted == LOADED and value < threshold - settings.band:
            return "broken", at
        if wanted == UNLOADED and value >= threshold + settings.band:
            return "broken", at
        on_its_side = (value >= threshold) == (wanted == LOADED)
        if at - start + 1 >= hold and on_its_side:
            return "held", at
    return "cut off", len(readings) - 1


def _crossing(
    readings: list[tuple[int, float]], at: int, beyond: int, state: int, threshold: float, settings: Settings
) -> dict[str, float]:
    sample, value = readings[at]
    crossing: dict[str, float] = {"kind": 1 if beyond == LOADED else 2, "sample": sample}
    if state == UNKNOWN:
        return {**crossing, "fraction": 0.0, "slope": 0.0, "bridged": -1}
    before, value_before = readings[at - 1]
    assert (value_before >= threshold) != (value >= threshold), "a crossing has its two readings on two sides"
    width = sample - before
    fraction = -(value - threshold) / (value - value_before) * width if settings.interpolate else -0.5 * width
    return {**crossing, "fraction": fraction, "slope": (value - value_before) / width, "bridged": width - 1}


def motion_from_end(
    force: np.ndarray, lead: float, tail: float, edge: float, dt: float, weight: float, gravity: float, last: float
) -> tuple[float, list[float], list[float]]:
    """Velocity at the start, then velocity and position at the samples, of a contact that ends at velocity `last`.

    Trapezoids between the start (force `edge`), the samples and the end (force `edge`); position is 0 at the end.
    """
    times = [-lead * dt, *(i * dt for i in range(len(force))), (len(force) - 1 + tail) * dt]
    acceleration = [(value - weight) / weight * gravity for value in (edge, *force, edge)]
    n = len(times)
    velocity = [
        last - sum(0.5 * (acceleration[k] + acceleration[k + 1]) * (times[k + 1] - times[k]) for k in range(i, n - 1))
        for i in range(n)
    ]
    position = [
        -sum(0.5 * (velocity[k] + velocity[k + 1]) * (times[k + 1] - times[k]) for k in range(i, n - 1))
        for i in range(n)
    ]
    return velocity[0], velocity[1:-1], position[1:-1]


@dataclass(frozen=True)
class Path:
    """Path of the centre of pressure: length, extents, extents without first and last points, gate and noise."""

    length: float
    extent: tuple[float, float]
    inner: tuple[float, float]
    peak: float
    gate: float
    noise: float
    added: float
    sensitivity: float
    loaded: int


def cop_path(force: np.ndarray, cop: np.ndarray, share: float, least_n: float, step: float, half: int) -> Path | int:
    """The path while force exceeds the gate; how many readings are missing, where some are."""
    finite = [float(value) for value in force if math.isfinite(value)]
    peak = max([0.0, *finite])
    gate = max(share * peak, least_n)
    loaded = [i for i in range(len(force)) if force[i] > gate]
    missing = len(force) - len(finite) + sum(not np.isfinite(cop[i]).all() for i in loaded)
    if missing:
        return missing
    stretches: list[list[int]] = []
    for i in loaded:
        if stretches and stretches[-1][-1] == i - 1:
            stretches[-1].append(i)
        else:
            stretches.append([i])
    thirds = [abs(value) for one in stretches if len(one) > 3 for value in np.diff(cop[one], 3, axis=0).ravel()]
    # |third difference| of white noise has the mean s sqrt(20) sqrt(2 / pi)
    noise = float(np.mean(thirds)) / math.sqrt(20) / math.sqrt(2 / math.pi) / math.sqrt(2 * half + 1) if thirds else 0.0
    paths = [_points(cop[one], step, half) for one in stretches]
    length = added = sensitivity = 0.0
    for points in paths:
        steps = np.diff(points, axis=0)
        ways = [math.hypot(*one) for one in steps]
        length += sum(ways)
        added += sum(way - math.sqrt(max(0.0, way**2 - math.pi * noise**2)) for way in ways)
        directions = [one / way if way else np.zeros(2) for one, way in zip(steps, ways, strict=True)]
        turns = np.diff([np.zeros(2), *directions, np.zeros(2)], axis=0)
        sensitivity += float((turns**2).sum())
    every = np.concatenate(paths) if paths else np.zeros((0, 2))
    inner = np.concatenate([points[1:-1] for points in paths]) if paths else every
    return Path(length, _extent(every), _extent(inner), peak, gate, noise, added, sensitivity, len(loaded))


def _points(positions: np.ndarray, step: float, half: int) -> np.ndarray:
    """Means around every `step` positions and the last one itself."""
    last = len(positions) - 1
    centres = sorted({min(last, math.floor(k * step + 0.5)) for k in range(len(positions) + 1)} | {last})
    around = [min(half, centre, last - centre) for centre in centres]
    return np.array([positions[c - a : c + a + 1].mean(axis=0) for c, a in zip(centres, around, strict=True)])


def _extent(points: np.ndarray) -> tuple[float, float]:
    if not len(points):
        return 0.0, 0.0
    return float(np.ptp(points[:, 0])), float(np.ptp(points[:, 1]))


def common_cop(forces: np.ndarray, positions: np.ndarray, least_n: float) -> np.ndarray:
    """Force-weighted mean, (n, 2), of positions (s, n, 2) of the sides that carry more than least_n in (s, n)."""
    mean = np.full(positions.shape[1:], np.nan)
    for i in range(forces.shape[1]):
        carrying = forces[:, i] > least_n
        if carrying.any() and np.isfinite(forces[:, i]).all():
            mean[i] = np.average(positions[carrying, i], axis=0, weights=forces[carrying, i])
    return mean


MISSING = math.nan


def _finite(force: np.ndarray, first: int, last: int) -> list[int]:
    return [i for i in range(first, last + 1) if math.isfinite(force[i])]


def _highest(force: np.ndarray, samples: list[int]) -> int | None:
    """The first sample of greatest force; None where there is none."""
    return max(samples, key=lambda i: (float(force[i]), -i), default=None)


def loss_of(force: np.ndarray, index: int) -> float:
    """What sampling may hide at a sample: half its height above its neighbours, half a step where force rises on."""
    here = float(force[index])
    around = [float(force[min(max(i, 0), len(force) - 1)]) for i in (index - 1, index + 1)]
    known = [value for value in around if math.isfinite(value)]
    if not known:
        return 0.5 * here
    if max(known) > here:
        return 0.5 * (max(known) - here)
    return 0.5 * (here - sum(known) / len(known))


def force_at(force: np.ndarray, position: float) -> float:
    """Force between two samples on the straight line through them; NaN outside the recording or beside a hole."""
    below, above = math.floor(position), math.ceil(position)
    if below < 0 or above > len(force) - 1 or not np.isfinite(force[below : above + 1]).all():
        return MISSING
    return float(force[below]) + (position - below) * (float(force[above]) - float(force[below]))


def impulse_of(force: np.ndarray, start: float, stop: float, start_n: float) -> float:
    """Area under the polygon from (start, start_n) over the samples between to (stop, force there), N samples."""
    inside = range(math.ceil(start), math.floor(stop) + 1)
    corners = [(start, start_n), *((float(i), float(force[i])) for i in inside), (stop, force_at(force, stop))]
    area = sum(0.5 * (a_n + b_n) * (b - a) for (a, a_n), (b, b_n) in itertools.pairwise(corners) if b > a)
    return area if all(math.isfinite(value) for _, value in corners) else MISSING


@dataclass(frozen=True)
class ImpactSettings:
    """Contact from start to stop (positions), force at its start, blur, prominence and windows in samples."""

    start: float
    stop: float
    edge_n: float
    blur_n: float
    blur_fraction: float
    prominence_n: float
    first_peak: float
    slope: int
    short: float
    long: float


def impact(force: np.ndarray, how: ImpactSettings) -> dict[str, float]:
    """What force does in one contact; a name that is absent does not exist or is hidden by missing samples."""
    first, last = max(0, math.ceil(how.start)), min(len(force) - 1, math.floor(how.stop))
    finite = _finite(force, first, last)
    found: dict[str, float] = {
        "first_passed": 0.0,
        "first": first,
        "last": last,
        "missing": max(0, last - first + 1) - len(finite),
    }
    peak = _highest(force, finite)
    if peak is None:
        return found
    top = float(force[peak])
    found |= {"peak": peak, "peak_n": top, "loss_n": loss_of(force, peak)}
    near = [i for i in finite if force[i] >= top - max(how.blur_n, how.blur_fraction * top)]
    found["flat"] = max(near) - min(near) if near else 0
    found |= _valley(force, peak, last, how)
    for name, window in (("short", how.short), ("long", how.long)):
        if how.start + window <= how.stop:
            found[f"{name}_impulse"] = impulse_of(force, how.start, how.start + window, how.edge_n)
            found[f"{name}_end_n"] = force_at(force, how.start + window)
    if all(math.isfinite(force[i]) for i in range(first, peak)):
        found |= _rise(force, first, peak, how)
    return found


def _valley(force: np.ndarray, peak: int, last: int, how: ImpactSettings) -> dict[str, float]:
    """The first minimum after the maximum from which force rises by the prominence, before any missing sample."""
    for i in range(peak, last + 1):
        if not math.isfinite(force[i]):
            return {}
        fallen = [float(force[k]) for k in range(peak, i + 1)]
        lowest = min(fallen)
        if force[i] - lowest >= how.prominence_n and force[i] > lowest:
            at = peak + fallen.index(lowest)
            near = [at, *(k for k in range(peak, i) if force[k] <= lowest + how.blur_n)]
            return {"valley": at, "valley_n": lowest, "valley_flat": max(near) - min(near)}
    return {}


def _rise(force: np.ndarray, first: int, peak: int, how: ImpactSettings) -> dict[str, float]:
    """First peak, crossings of 20 and 80 % of the maximum and greatest rise, in an unbroken rise."""
    found: dict[str, float] = {}
    for at in range(first, peak):
        before = [float(force[i]) for i in range(first, at)]
        if any(value >= force[at] for value in before):
            continue  # not higher than what came before it
        higher = next(i for i in range(at + 1, peak + 1) if force[i] > force[at] or i == peak)
        if force[at] - min(float(force[i]) for i in range(at, higher + 1)) >= how.prominence_n:
            if 2.0 * loss_of(force, at) > 0.1 * force[at]:
                found["first_passed"] = 1.0
                continue  # one sample that stands alone
            if at - how.start <= how.first_peak:
                found |= {"first_peak": at, "first_peak_n": float(force[at]), "first_loss_n": loss_of(force, at)}
                fallen = next(i for i in range(at, peak + 1) if force[at] - force[i] >= how.prominence_n)
                blur = max(how.blur_n, how.blur_fraction * float(force[at]))
                near = [at, *(i for i in range(first, fallen) if force[i] >= force[at] - blur)]
                found["first_flat"] = max(near) - min(near)
            break  # the first that is prominent: early enough or not
    points = [(how.start, how.edge_n), *((float(i), float(force[i])) for i in range(first, peak + 1))]
    for share in (0.2, 0.8):
        wanted = share * float(force[peak])
        k = next((k for k in range(1, len(points)) if points[k][1] >= wanted), None)
        if k is not None:
            (a, a_n), (b, b_n) = points[k - 1], points[k]
            found[f"rise_{100 * share:.0f}"] = a if a_n >= wanted else a + (wanted - a_n) / (b_n - a_n) * (b - a)
    rises = {
        i: float(force[i]) - float(force[i - how.slope])
        for i in range(first, peak + 1)
        if i - how.slope >= max(first - 1, 0) and math.isfinite(force[i - how.slope])
    }
    if rises:
        steepest = max(rises, key=lambda i: (rises[i], -i))
        found |= {"slope": steepest, "slope_n": rises[steepest]}
    return found


def span(force: np.ndarray, start: float, stop: float, start_n: float) -> dict[str, float]:
    """Peak and impulse between two positions; start_n NaN: taken from the samples around."""
    first, last = max(0, math.ceil(start)), min(len(force) - 1, math.floor(stop))
    finite = _finite(force, first, last)
    peak = _highest(force, finite)
    begin = start_n if math.isfinite(start_n) else force_at(force, start)
    found: dict[str, float] = {"missing": max(0, last - first + 1) - len(finite), "start_n": begin}
    found["stop_n"] = force_at(force, stop)
    if peak is not None:
        found |= {"peak": peak, "peak_n": float(force[peak]), "loss_n": loss_of(force, peak)}
    if not found["missing"] and start >= 0 and stop <= len(force) - 1:
        found["impulse"] = impulse_of(force, start, stop, begin)
    return found


def describe_motion(
    force: np.ndarray,
    lead: float,
    tail: float,
    edge: float,
    dt: float,
    weight: float,
    gravity: float,
    last: float,
    *,
    from_slowest: bool,
) -> dict[str, float]:
    """Everything that is read off the motion of a contact; absent names do not exist."""
    start, velocity, position = motion_from_end(force, lead, tail, edge, dt, weight, gravity, last)
    n = len(force)
    found: dict[str, float] = {"start_velocity": start}
    if np.ptp(force) > 0 and np.ptp(position) > 0:
        found["spring_r"] = float(np.corrcoef(force, position)[0, 1])
    falling = [i for i in range(n) if velocity[i] < 0]
    turn = falling[-1] if falling and falling[-1] < n - 1 else None
    rising = range(0 if turn is None else turn + 1, n)
    found["propulsion_peak_n"] = max(0.0, *(float(force[i]) for i in rising))
    found["peak_power"] = max(0.0, *(float(force[i]) * velocity[i] for i in rising))
    corners = [(-lead, edge), *((float(i), float(force[i])) for i in range(n)), (n - 1 + tail, edge)]
    if turn is None:
        return found | {"propulsion_impulse": _net(corners, weight) * dt}  # all of it is propulsion
    share = -velocity[turn] / (velocity[turn + 1] - velocity[turn])
    top = position[0] - 0.5 * (velocity[0] + start) * lead * dt
    slowest = min(range(turn + 1), key=lambda i: velocity[i])
    middle = (turn + share, float(force[turn]) + share * (float(force[turn + 1]) - float(force[turn])))
    found["propulsion_peak_n"] = max(found["propulsion_peak_n"], middle[1])
    braking = [corner for corner in corners if corner[0] <= turn and (not from_slowest or corner[0] >= slowest)]
    return found | {
        "lowest": turn + share,
        "lowest_acceleration": (velocity[turn + 1] - velocity[turn]) / dt,
        "slowest": slowest,
        "slowest_velocity": velocity[slowest],
        "depth": top - min(position[turn : turn + 2]),
        "braking_peak_n": max(middle[1], *(float(force[i]) for i in range(turn + 1))),
        "braking_impulse": _net([*braking, middle], weight) * dt,
        "propulsion_impulse": _net([middle, *(corner for corner in corners if corner[0] > turn)], weight) * dt,
    }


def _net(corners: list[tuple[float, float]], weight: float) -> float:
    """Area between the polygon through the corners and weight, N samples."""
    return sum((0.5 * (a_n + b_n) - weight) * (b - a) for (a, a_n), (b, b_n) in itertools.pairwise(corners))


def net_impulse(force: np.ndarray, start: float, stop: int, weight: float, edge: float, dt: float) -> float:
    """Area between force and weight from (start, edge) to a sample, N s; NaN where a sample is missing."""
    corners = [(start, edge), *((float(i), float(force[i])) for i in range(math.ceil(start), stop + 1))]
    return _net(corners, weight) * dt


def windows_of_standing(force: np.ndarray, width: int, least_n: float) -> dict[int, tuple[float, float]]:
    """Start -> mean and SD of every window without missing samples that carries more than least_n."""
    found = {}
    for start in range(len(force) - width + 1 if width > 0 else 0):
        window = [float(value) for value in force[start : start + width]]
        if all(math.isfinite(value) for value in window) and math.fsum(window) / width > least_n:
            mean = math.fsum(window) / width
            found[start] = mean, math.sqrt(math.fsum((value - mean) ** 2 for value in window) / width)
    return found


def first_rest(force: np.ndarray, start: int, weight: float, tolerance: float, hold: int) -> int:
    """The first sample from start on that begins `hold` samples near weight; -1 where there is none."""
    near = [math.isfinite(value) and abs(value - weight) <= tolerance * weight for value in force]
    return next((i for i in range(start, len(force) - hold + 1) if all(near[i : i + hold])), -1)


def mean_square_off_weight(force: np.ndarray, start: int, stop: int, weight: float) -> float:
    """Mean of squared departures from weight, in body weights; NaN where a sample is missing."""
    return float(np.mean([((weight - value) / weight) ** 2 for value in force[start:stop]]))


def side_sums(samples: np.ndarray, row_of: list[int], limit: float, sides: int) -> tuple[list[list[float]], int]:
    """Force of each side, NaN where it is none, and how many readings that took."""
    rows, dropped = [], 0
    for side in range(sides):
        row = []
        for sample in samples:
            value = sum(float(sample[k]) for k in range(len(row_of)) if row_of[k] == side)
            dropped += abs(value) > limit
            row.append(math.nan if abs(value) > limit else value)
        rows.append(row)
    return rows, dropped


def least_step(row: list[float], rounding: float) -> float:
    """Smallest difference of two successive readings that is more than rounding; 0 for none."""
    known = [value for value in row if not math.isnan(value)]
    if not known:
        return 0.0
    least = rounding * (max(known) - min(known))
    steps = [abs(row[i] - row[i - 1]) for i in range(1, len(row))]
    return min((step for step in steps if step > least), default=0.0)


def unloaded_blocks(rows: list[list[float]], width: int, limits: tuple[float, float, float]) -> list[int]:
    """Numbers of the unloaded blocks, the calmest total first, without the noisiest tenth."""
    max_offset, max_noise, calm = limits
    near = []
    for b in range(len(rows[0]) // width):
        blocks = [np.array(row[b * width : (b + 1) * width]) for row in rows]
        spread = max(float(block.std()) for block in blocks)
        if all(abs(block.mean()) < max_offset for block in blocks) and spread < max_noise:
            near.append((spread, float(sum(blocks).var()), b))  # type: ignore[arg-type]
    if not near:
        return []
    limit = max(calm, 4.0 * float(np.median([spread for spread, _, _ in near])))
    chosen = sorted(((variance, b) for spread, variance, b in near if spread < limit))
    return [b for _, b in chosen[: max(1, math.ceil(0.9 * len(chosen)))]]


def tare_of(rows: list[list[float]], width: int, blocks: list[int]) -> tuple[list[float], list[float], float]:
    """Offset of each column, noise of the total and of each column, and wander of the worst column."""
    cut = [[np.array(row[b * width : (b + 1) * width]) for b in blocks] for row in rows]
    levels = [[float(block.mean()) for block in column] for column in cut]
    noise = [math.sqrt(float(np.mean([block.var() for block in column]))) for column in cut]
    total = math.sqrt(float(np.mean([sum(parts).var() for parts in zip(*cut, strict=True)])))  # type: ignore[attr-defined]
    wander = max(float(np.percentile(level, 95) - np.percentile(level, 5)) for level in levels)
    offset = [float(np.median(level)) for level in levels]
    return offset, [total, *noise], max(0.0, wander - 4.0 * max(noise) / math.sqrt(width))


def window_starts(total: list[float], width: int, loaded: float, louder: float, wanted: int) -> list[int]:
    """First samples of the calmest loaded windows, the calmest first."""
    found = []
    begin = 0
    while begin < len(total):
        end = begin
        while end < len(total) and total[end] >= loaded:
            end += 1
        for at in range(begin + 2, end - 2 - width - 1, width // 2):
            energy = sum((total[i + 2] - 2.0 * total[i + 1] + total[i]) ** 2 for i in range(at, at + width))
            if energy > 0.0:
                found.append((energy, at))
        begin = max(end, begin) + 1
    found.sort(key=lambda window: window[0])
    return [at for energy, at in found[:wanted] if energy <= louder * found[0][0]]


def low_pass_misfit(
    log_f: list[float], level: list[float], least: float, cutoff: float, grids: tuple[list[float], ...]
) -> float:
    """Least sum of squares of the model of filtered force at one log10 cut-off; grids: orders, floors, falls, prior."""
    orders, floors, falls, prior = grids
    best = math.inf
    for order in orders:
        gain = [-2.0 * math.log10(1.0 + 10.0 ** (order * (f - cutoff))) for f in log_f]
        for fall in falls:
            a = sum(level[b] - gain[b] + fall * log_f[b] for b in (0, 1)) / 2.0
            for floor in floors:
                model = [max(max(a - fall * f, floor) + g, least) for f, g in zip(log_f, gain, strict=True)]
                misfit = sum(((y - m) / prior[2]) ** 2 for y, m in zip(level, model, strict=True))
                best = min(best, misfit + ((floor - prior[0]) / prior[1]) ** 2)
    return best


def survey_of(row: list[float], near: float) -> list[float]:
    """Lowest, highest, missing, longest hole, exact zeros, readings near zero, smallest reading that is not zero."""
    known = [value for value in row if not math.isnan(value)]
    sizes = [abs(value) for value in known]
    return [
        min(known, default=math.nan),
        max(known, default=math.nan),
        len(row) - len(known),
        hole_in(row, 0, len(row)),
        sizes.count(0.0),
        sum(size <= near for size in sizes),
        min((size for size in sizes if size), default=math.inf),
    ]


def hole_in(row: list[float], first: int, stop: int) -> int:
    """Longest run of missing samples."""
    text = "".join("x" if math.isnan(value) else " " for value in row[first:stop])
    return max((len(run) for run in text.split()), default=0)


def repeats_in(row: list[float], first: int, stop: int, loaded: float) -> tuple[int, int]:
    """Longest stretch of the largest loaded value, and of any other loaded value."""
    window = row[first:stop]
    high = max((value for value in window if not math.isnan(value)), default=math.nan)
    at_limit = other = 0
    at = 0
    while at < len(window):
        end = at + 1
        while end < len(window) and window[end] == window[at]:
            end += 1
        if window[at] > loaded:
            if window[at] == high:
                at_limit = max(at_limit, end - at)
            else:
                other = max(other, end - at)
        at = end
    return at_limit, other


def absent_in(row: list[float], total: list[float], span: tuple[int, int], limits: tuple[float, float, float]) -> int:
    """Loaded samples in which a side carries next to nothing after it first carried its part."""
    loaded, carried, absent = limits
    shares = [row[i] / total[i] for i in range(*span) if total[i] > loaded]
    first = next((i for i, share in enumerate(shares) if share > carried), len(shares))
    return sum(share < absent for share in shares[first:])


def lone_in(row: list[float], first: int, stop: int, least: float, multiple: float) -> int:
    """Readings far above both neighbours, or far below both."""
    count = 0
    for i in range(max(first, 1), min(stop, len(row) - 1)):
        before, value, after = row[i - 1 : i + 2]
        if any(math.isnan(reading) for reading in (before, value, after)):
            continue
        above = value - max(before, after) > max(least, (multiple - 1.0) * max(before, after))
        below = min(before, after) - value > max(least, 0.9 * min(before, after))
        count += above or below
    return count


def mean_place(row: list[float], places: list[list[float]], first: int, stop: int, loaded: float) -> float:
    """Mean of the first coordinate over loaded samples whose place is known."""
    known = [places[i][0] for i in range(first, stop) if row[i] > loaded and not math.isnan(places[i][0])]
    return sum(known) / len(known) if known else math.nan


def relaxed(keep: np.ndarray, pull: np.ndarray) -> np.ndarray:
    """States (n, c) that keep a share of themselves and are pulled, from 0 on."""
    states, now = [], np.zeros(pull.shape[1])
    for kept, pulled in zip(keep, pull, strict=True):
        now = kept * now + pulled
        states.append(now)
    return np.array(states).reshape(pull.shape)
