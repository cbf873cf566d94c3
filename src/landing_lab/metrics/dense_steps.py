"""Walking steps in a recording of insoles, as the indices of dense pressure mats need them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from landing_lab.detect.landing import detect_contacts
from landing_lab.detect.params import ContactParams
from landing_lab.fuse.foot_pressure import pressures_of
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.events import CONTACT
from landing_lab.model.insole_layout import DENSE_CELLS, InsoleLayout
from landing_lab.model.pressure import FootPressure
from landing_lab.model.recording import Recording, Stream
from landing_lab.model.result import Status

if TYPE_CHECKING:
    import pandas as pd

SWING_SHARE: Final = 0.05
"""Share of the largest force below which a foot swings: a laced shoe presses on an insole in the air (choice)."""

LEAST_ON_N: Final = 20.0
HOLD_MS: Final = 100.0
"""Contact threshold in newton at the least, and how long contact and swing must hold: three frames at 31 Hz."""

STANCE_S: Final = (0.4, 1.5)
"""How long the stance of a walking step lasts; runners' and landings' contacts are shorter (choice)."""

HEEL_BELOW, TOE_ABOVE, ENDS = 0.40, 0.55, 0.20
"""A walking step rolls: its centre of pressure lies below the first share of the insole's length in the first fifth of
the stance and above the second in the last fifth (choice)."""

COLUMNS: Final = ("step", "side", "start_s", "stop_s", "name", "value", "unit", "sd", "status", "reason", "method")


class StepValue(NamedTuple):
    """One index of one contact of one foot, contacts counted from 0; value and sd are None where it was refused."""

    step: int
    side: Side
    start_s: float
    stop_s: float
    name: str
    value: float | None
    unit: str
    sd: float | None
    status: Status
    reason: str | None
    method: str


@dataclass(frozen=True, slots=True)
class StepTable:
    """Indices of every contact of a recording, the left foot's first. note: why there are none, None where some are."""

    rows: tuple[StepValue, ...] = ()
    note: str | None = None

    def __iter__(self) -> Iterator[StepValue]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def to_pandas(self) -> pd.DataFrame:
        """The table as a data frame with COLUMNS; its groups by side and name give means and spreads.

        attrs["note"] of the frame is the note of the table.
        """
        import pandas as pd

        frame = pd.DataFrame(self.rows, columns=list(COLUMNS))
        frame.attrs["note"] = self.note
        return frame


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stance:
    """One contact of one foot: cells (n, c) newton, centre of pressure (n, 2) mm, medial and anterior.

    refusal: the sentence why its contact is no walking step on a dense mat, None where it is one. doubt: what flags
    everything that this insole says.
    """

    step: int
    side: Side
    start_s: float
    stop_s: float
    layout: InsoleLayout
    cells_n: FloatArray
    cop_mm: FloatArray
    refusal: str | None
    doubt: str | None = None

    @property
    def highest_kpa(self) -> FloatArray:
        """Highest pressure of each cell within the stance, (c,)."""
        return np.asarray(self.cells_n.max(axis=0) / self.layout.area_mm2 * 1000.0)


def stances_of(recording: Recording) -> list[Stance]:
    """Every whole contact of every insole whose cells have a known place; those cut off by an end are none."""
    found = []
    sides: tuple[Side, ...] = ("left", "right")
    for side in sides:
        for stream in recording.streams.values():
            if stream.sensor.insole is None or side not in stream.layout.sides:
                continue
            foot = pressures_of({side: stream}, stream.times_s).get(side)
            if foot is not None:
                found += _of_foot(stream, foot, side)
    return found


def why_none(recording: Recording) -> str:
    """The sentence why a recording has no stance at all."""
    insoles = [one for one in recording.streams.values() if one.sensor.kind in ("fsr_insole", "pressure_insole")]
    if not insoles:
        return (
            "the recording holds no insole, and these indices are of the cells of a pressure mat; read an insole file"
        )
    if all(one.sensor.insole is None for one in insoles):
        return "nobody knows where the cells of these insoles lie; describe them as a layout (docs/layouts.md)"
    return (
        "no insole has a contact that begins and ends within the recording: nobody stepped on it, or it was cut; "
        "record whole steps"
    )


def _of_foot(stream: Stream, foot: FootPressure, side: Side) -> list[Stance]:
    force = foot.cells_n.sum(axis=1)
    if not np.isfinite(force).any():
        return []
    on_n = max(LEAST_ON_N, SWING_SHARE * float(np.nanmax(force)))
    params = ContactParams(contact_on_n=on_n, hysteresis_n=0.25 * on_n, min_contact_ms=HOLD_MS, min_flight_ms=HOLD_MS)
    edges = detect_contacts(force, params, sample_rate_hz=stream.sample_rate_hz)
    begun, whole = None, []
    for edge in edges:
        if edge["kind"] == CONTACT:
            begun = int(edge["sample"]) if edge["bridged"] >= 0 else None
        elif begun is not None and edge["confirmed"]:
            whole.append((begun, int(edge["sample"])))
            begun = None
    return [_stance(stream, foot, side, number, first, stop) for number, (first, stop) in enumerate(whole)]


def _stance(stream: Stream, foot: FootPressure, side: Side, number: int, first: int, stop: int) -> Stance:
    cells = foot.cells_n[first:stop]
    force = cells.sum(axis=1)
    cop = np.full((len(cells), 2), np.nan)
    loaded = force > 0.0
    cop[loaded] = cells[loaded] @ foot.arms_mm / force[loaded, None]
    start_s, stop_s = float(stream.times_s[first]), float(stream.times_s[stop])
    return Stance(
        step=number,
        side=side,
        start_s=start_s,
        stop_s=stop_s,
        layout=foot.layout,
        cells_n=cells,
        cop_mm=cop,
        refusal=_refusal(foot, cells, cop, stop_s - start_s),
        doubt=stream.sensor.doubt,
    )


def _refusal(foot: FootPressure, cells: FloatArray, cop: FloatArray, duration_s: float) -> str | None:
    if not foot.layout.dense:
        return (
            f"needs a pressure mat of at least {DENSE_CELLS} cells; {foot.layout.name} has {len(foot.layout)}, between "
            "which the edge of a footprint is lost"
        )
    if not np.isfinite(cells).all():
        return "readings are missing in this contact; check the insole's link"
    if not STANCE_S[0] <= duration_s <= STANCE_S[1]:
        return (
            f"a contact of {duration_s:.2f} s is no walking step ({STANCE_S[0]:g}-{STANCE_S[1]:g} s), and this index "
            "has no meaning in standing, running or landing"
        )
    fifth = max(1, round(ENDS * len(cop)))
    begin, end = (float(np.nanmean(part[:, 1])) / foot.layout.length_mm for part in (cop[:fifth], cop[-fifth:]))
    if begin > HEEL_BELOW or end < TOE_ABOVE:
        return (
            f"this contact does not roll from heel to toe (its centre of pressure goes from {100 * begin:.0f} to "
            f"{100 * end:.0f} % of the length), so it is no walking step"
        )
    return None
