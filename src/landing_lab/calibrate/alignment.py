"""Clocks of several boards on one time base: by shared edges or taps where there are any, else by their fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

import numpy as np

from landing_lab.calibrate.clock import ClockFit
from landing_lab.calibrate.clock_board import fit_board, has_pings
from landing_lab.calibrate.clock_segments import ends_of, in_order, stretches, told
from landing_lab.calibrate.clock_shared import Instants, Tie, debounced, tie
from landing_lab.calibrate.clock_taps import tap_ticks_us
from landing_lab.model.blocks import IntArray
from landing_lab.model.raw import RawStream

EDGE_SD_S = 1e-5
"""SD between two boards that see one edge: micros() counts in steps of 4 us, an interrupt waits a few more."""

TAP_SD_S = 3e-4
"""SD between two insoles that feel one tap: scans are 1 ms apart, foams and cells differ."""

MIN_TAPS = 3
"""Two feet that happen to land together are no common tap; three times within a millisecond is no chance."""

HALF = 0.5**0.5
"""Half of the variance of a difference, as SD, to each of the two."""

CONTRADICTION_SD = 4.0
"""A shared instant that moves a clock by more than so many SD of the fits contradicts them."""


class _Kind(NamedTuple):
    """A kind of shared instants: what it is called, its SD, and how many it takes."""

    words: str
    sd_s: float
    least: int


EDGES = _Kind("wire edges", EDGE_SD_S, 1)
TAPS = _Kind("taps", TAP_SD_S, MIN_TAPS)


def align(streams: Mapping[str, RawStream]) -> Mapping[str, ClockFit]:
    """The clock of each stream (with at least one frame) such that times of different streams may be compared.

    hypot of the sd_s of two of them is the SD of the difference between their times. Each clock is fitted on its own
    (`fit_board`); pings count only where every board answered some: a delay that all boards share cancels between
    two that are treated alike. Edges on a wire that several boards watch then tie these boards to each other; where
    there are none, at least MIN_TAPS taps that two insoles felt before the first stance do, if that is better.
    """
    use_pings = all(has_pings(stream) for stream in streams.values())
    parts = {name: stretches(stream) for name, stream in streams.items()}
    fits = {name: fit_board(stream, parts[name], use_pings=use_pings) for name, stream in streams.items()}
    ends = {name: ends_of(stream, parts[name]) for name, stream in streams.items()}
    edges = {name: _edges(stream) for name, stream in streams.items()}
    tied = _tied(fits, ends, edges, EDGES)
    if tied is None:
        taps = {name: _taps(stream) for name, stream in streams.items()}
        tied = _tied(fits, ends, taps, TAPS)
    return fits if tied is None else tied


def alignment_note(fits: Mapping[str, ClockFit]) -> str | None:
    """One sentence on how the clocks were aligned and how well each pair is known; None for a single stream."""
    if len(fits) < 2:
        return None
    ways: dict[str, list[str]] = {}
    for name, fit in fits.items():
        ways.setdefault(fit.source, []).append(name)
    how = "; ".join(f"{', '.join(names)} by {source}" for source, names in ways.items())
    pairs = ", ".join(
        f"{first} to {second} {1e3 * float(np.hypot(fits[first].sd_s, fits[second].sd_s)):.2g} ms"
        for first, second in combinations(fits, 2)
    )
    return f"Clocks: {how}. SD of their differences: {pairs}."


def restart_notes(fits: Mapping[str, ClockFit]) -> list[str]:
    """A sentence for each time a board was away."""
    return [
        f"{name}: {part.reason} and was away for {part.away_s:.1f} s; its times after that have an offset of their "
        f"own (SD {1e3 * part.sd_s:.2g} ms)."
        for name, fit in fits.items()
        for part in fit.segments[1:]
    ]


def edge_notes(streams: Mapping[str, RawStream], fits: Mapping[str, ClockFit]) -> list[str]:
    """A sentence where boards saw edges on their sync wire that could not be used."""
    if len(fits) < 2:
        return []
    unused = {
        name: len(_edges(stream).ticks_us)
        for name, stream in streams.items()
        if name in fits and EDGES.words not in fits[name].source
    }
    told = ", ".join(f"{name} saw {number}" for name, number in unused.items() if number)
    return [f"Edges on the sync wire could not be used ({told}): no other board saw the same ones; check the wire."] * (
        bool(told)
    )


def _edges(stream: RawStream) -> Instants:
    ticks_us, rising = told(stream, "sync", "ticks_us", "rising").T
    return debounced(Instants(ticks_us=ticks_us, kind=rising.astype(np.int64)))


def _taps(stream: RawStream) -> Instants:
    ticks_us = tap_ticks_us(stream)
    return Instants(ticks_us=ticks_us, kind=np.zeros(len(ticks_us), dtype=np.int64))


def _tied(
    fits: Mapping[str, ClockFit], ends: Mapping[str, IntArray], seen: Mapping[str, Instants], kind: _Kind
) -> Mapping[str, ClockFit] | None:
    """The fits with those boards tied together that saw the same instants; None where there are no two."""
    who = [name for name, instants in seen.items() if len(instants.ticks_us) >= kind.least]
    if len(who) < 2:
        return None
    lead = min(who, key=lambda name: (len(fits[name].segments), fits[name].sd_s))
    ties = {
        name: found
        for name in who
        if name != lead
        and (found := tie(fits[name], seen[name], fits[lead], seen[lead], ends_us=ends[name], sd_s=kind.sd_s))
        and _believed(found, kind)
    }
    if not ties:
        return None
    shared_sd_s = fits[lead].sd_s
    group_sd_s = max(found.sd_s for found in ties.values()) * HALF
    result: dict[str, ClockFit] = {}
    for name, fit in fits.items():
        if name in ties:
            moved = ties[name]
            in_time = in_order(moved.fit, ends[name]) if fit.segments else moved.fit
            result[name] = replace(
                in_time,
                sd_s=moved.sd_s * HALF,
                source=f"{moved.n} {kind.words} shared with {lead}",
                doubt=_contradiction(name, moved, kind),
            )
        elif name == lead:
            # Each restart of the lead has an offset of its own, which shared instants do not tell.
            restarted_sd_s = sorted(part.sd_s for part in fit.segments)[1:]
            result[name] = replace(
                fit, sd_s=max([group_sd_s, *restarted_sd_s]), source=f"{kind.words} shared with {', '.join(ties)}"
            )
        else:  # what is common to the group is not in its SDs, so it stands in those of the others
            result[name] = replace(fit, sd_s=float(np.hypot(fit.sd_s, shared_sd_s)))
    return result


def _believed(found: Tie, kind: _Kind) -> bool:
    """Whether a tie is better than the clock fits; a tap that contradicts them was none that both felt."""
    if kind is EDGES:
        return True
    contradicts = abs(found.moved_s) > CONTRADICTION_SD * found.moved_sd_s
    return found.n >= kind.least and found.sd_s < found.moved_sd_s and not contradicts


def _contradiction(name: str, found: Tie, kind: _Kind) -> str | None:
    if abs(found.moved_s) <= CONTRADICTION_SD * found.moved_sd_s:
        return None
    return (
        f"the clock of {name} fitted to arrivals and the {kind.words} disagree by {1e3 * abs(found.moved_s):.1f} ms "
        f"(expected {1e3 * found.moved_sd_s:.1f} ms): the {kind.words} were used; check that the wire goes to every "
        "board and that the computer is not busy, and repeat the trial"
    )
