"""How bad the simulated sensors are, and how much a foot and a shoe deceive them: one frozen description."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from landing_lab.errors import ParameterError
from landing_lab.model import nominal
from landing_lab.model.given import shown
from landing_lab.model.insole_layout import InsoleLayout, default_layout

LIMITS: Final[Mapping[str, tuple[float, float]]] = {
    "subject_sd": (0.0, 1.0),
    "texture_sd": (0.0, 0.5),
    "cell_texture_sd": (0.0, 0.5),
    "fluctuation_sd": (0.0, 0.5),
    "fluctuation_scale_mm": (0.0, 300.0),
    "toe_bend": (0.0, 3.0),
    "slip_sd_mm": (0.0, 20.0),
    "redon_gain_sd": (0.0, 0.5),
    "shoe_lag_ms": (0.0, 20.0),
    "part_sd": (0.0, 0.5),
    "exponent_sd": (0.0, 0.2),
    "hysteresis": (0.0, 0.5),
    "creep_per_decade": (0.0, 0.3),
    "saturation_n": (10.0, math.inf),
    "saturation_sd": (0.0, 0.5),
    "preload_n": (0.0, 5.0),
    "noise_lsb": (0.0, 10.0),
    "adc_bits": (6, nominal.ADC_BITS),
    "plate_noise_n": (0.0, 10.0),
    "plate_step_n": (0.0, 5.0),
    "plate_drift_n_per_root_s": (0.0, 5.0),
    "corner_gain_sd": (0.0, 0.1),
    "mode_damping": (0.001, 0.9),
    "board_delay_sd_ms": (0.0, 10.0),
    "clock_slip_sd_ms": (0.0, 10.0),
    "jitter_ms": (0.0, 50.0),
    "spike_rate_per_s": (0.0, 5.0),
    "lose_fraction": (0.0, 0.5),
    "drop_outs_per_min": (0.0, 60.0),
    "drop_out_ms": (1.0, 2000.0),
}
"""Name -> smallest and greatest value (choice: beyond it the sensor is broken, not bad)."""

PLATE_FIELDS: Final = (
    "filter_order",
    "cell_rates_hz",
    "plate_noise_n",
    "plate_step_n",
    "plate_drift_n_per_root_s",
    "corner_gain_sd",
    "mode_hz",
    "mode_damping",
    "spike_rate_per_s",
)
"""Those that describe the plates."""

MODE_HZ: Final = (10.0, 500.0)
CELL_RATES_HZ: Final = (60.0, 350.0)


def _eight_cells() -> InsoleLayout:
    layout = default_layout(nominal.INSOLE_CHANNELS)
    assert layout is not None
    return layout


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorSetting:
    """Two FSR insoles, two plates of four HX711 and their links; the parts themselves are drawn from a seed.

    The defaults are as hard as the study in fusion.md section 1, texture and fluctuation half again as large: with
    these a calibrated insole alone misses the peak of a landing by as much as there. SDs of factors are of logarithms.

    Foot and shoe. layout: where the cells lie. subject_sd: deviation of the wearer's pressure field from the mean one
    (25 mm smooth). texture_sd, cell_texture_sd: contact of each cell, changing with posture and not. fluctuation_sd:
    random change of the field with 80 ms memory, alike within fluctuation_scale_mm (0: each cell by itself).
    toe_bend: 1 loads the bent forefoot falsely by 20-90 %. slip_sd_mm: difference per axis between how an insole lies
    in two sessions. redon_gain_sd: cells read so much otherwise in two sessions. shoe_lag_ms: first-order lag of the
    sole.
    FSR cells. part_sd, exponent_sd: spread of parts. hysteresis: width of the loop. creep_per_decade: per tenfold time
    under load. saturation_n, saturation_sd: soft saturation; inf for none. preload_n: mean preload of half the cells.
    noise_lsb: noise of the converter of ten bits; adc_bits: how many of them are worth anything.
    Plates. filter_order: None draws 3 or 4. cell_rates_hz: between which each converter's rate lies. plate_noise_n,
    plate_step_n, plate_drift_n_per_root_s: of each cell. corner_gain_sd: spread of the cells' scales. mode_hz,
    mode_damping: first mode of plate and foot, None for a rigid plate. spike_rate_per_s: readings 2^n - 1 per cell.
    Links. board_delay_sd_ms: constant latency of each board. clock_slip_sd_ms: how differently each board is aligned
    in two sessions. jitter_ms: mean delay of an arrival. lose_fraction: frames lost alone; drop_outs_per_min, each of
    drop_out_ms: frames lost together.

    Raises ParameterError, naming the limits, for a value outside them.
    """

    layout: InsoleLayout = field(default_factory=_eight_cells)
    subject_sd: float = 0.25
    texture_sd: float = 0.15
    cell_texture_sd: float = 0.15
    fluctuation_sd: float = 0.12
    fluctuation_scale_mm: float = 40.0
    toe_bend: float = 1.0
    slip_sd_mm: float = 4.0
    redon_gain_sd: float = 0.02
    shoe_lag_ms: float = 0.0
    part_sd: float = 0.06
    exponent_sd: float = 0.04
    hysteresis: float = 0.10
    creep_per_decade: float = 0.05
    saturation_n: float = nominal.FSR_SATURATION_N
    saturation_sd: float = 0.15
    preload_n: float = 0.3
    noise_lsb: float = 0.6
    adc_bits: int = nominal.ADC_BITS
    filter_order: int | None = None
    cell_rates_hz: tuple[float, float] = (78.0, 94.0)
    plate_noise_n: float = 0.15
    plate_step_n: float = 0.02
    plate_drift_n_per_root_s: float = 0.03
    corner_gain_sd: float = 0.002
    mode_hz: float | None = None
    mode_damping: float = 0.04
    spike_rate_per_s: float = 0.0
    board_delay_sd_ms: float = 1.0
    clock_slip_sd_ms: float = 0.5
    jitter_ms: float = 1.0
    lose_fraction: float = 0.0
    drop_outs_per_min: float = 0.0
    drop_out_ms: float = 30.0

    def __post_init__(self) -> None:
        for name, (low, high) in LIMITS.items():
            _check(name, float(getattr(self, name)), low, high)
        if self.mode_hz is not None:
            _check("mode_hz", self.mode_hz, *MODE_HZ)
        for rate in self.cell_rates_hz:
            _check("cell_rates_hz", rate, *CELL_RATES_HZ)
        if self.filter_order not in (None, 1, 2, 3, 4, 5):
            raise ParameterError(f"filter_order must be 1 to 5 or None; got {self.filter_order}; the HX711 has 3 or 4")

    @property
    def cells(self) -> tuple[tuple[float, float], ...]:
        """Relative (x, y) of each cell."""
        return tuple((cell.x, cell.y) for cell in self.layout.cells)

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON; the layout by its name, and None for no saturation."""
        plain: dict[str, object] = {
            one.name: getattr(self, one.name) for one in dataclasses.fields(self) if one.name != "layout"
        }
        unsaturated = math.isinf(self.saturation_n)
        return {**plain, "layout": self.layout.name, "saturation_n": None if unsaturated else self.saturation_n}


def _check(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:  # refuses NaN as well
        raise ParameterError(
            f"{name} must be {low:g} to {high:g}; got {value:g}; choose a value inside these limits", name=name
        )


TYPICAL: Final = SensorSetting()
"""Defaults: fusion.md section 1."""

ONE_VISIT: Final = SensorSetting(
    slip_sd_mm=2.0 * math.sqrt(2.0),
    redon_gain_sd=0.0,
    texture_sd=0.10,
    fluctuation_sd=0.08,
    fluctuation_scale_mm=0.0,
    plate_step_n=0.0,
)
"""Insoles that stay in the shoes between sessions, as in the scenes of simulated boards.

Each cell fluctuates by itself: contacts that fluctuate alike would shake the force of quiet standing as well, where
pressure hardly changes."""

WORN: Final = SensorSetting(saturation_n=30.0, hysteresis=0.20, shoe_lag_ms=3.0, slip_sd_mm=8.0, part_sd=0.12)
"""fusion.md section 5, "all bad at once"; the sizes of slip and part spread are our choice, twice the usual ones."""

RINGING: Final = SensorSetting(mode_hz=45.0, mode_damping=0.04)
"""A soft home-made plate, fusion.md section 5."""

HARD: Final = dataclasses.replace(WORN, mode_hz=45.0, mode_damping=0.04)
"""Both; landings come 1.6 times faster as well where it is used as in fusion.md."""

SETTINGS: Final[Mapping[str, SensorSetting]] = {"typical": TYPICAL, "worn": WORN, "ringing": RINGING, "hard": HARD}


def setting_named(name: str) -> SensorSetting:
    """The sensors of this name. Raises ParameterError, naming those there are."""
    if not isinstance(name, str) or name not in SETTINGS:
        raise ParameterError(f"there are no simulated sensors {shown(name)}; choose {', '.join(SETTINGS)}")
    return SETTINGS[name]
