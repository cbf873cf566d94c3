"""Nominal values of the lab's sensors: what a datasheet or a drawing says, before any calibration.

The analysis may know these; the true values of a part differ and are known only through a calibration.
"""

from __future__ import annotations

from typing import Final

FSR_CONDUCTANCE_AT_1_N_S: Final = 1e-4
"""Conductance of one cell at 1 N: 10 kOhm (read off the Interlink 400 series force curve, PDS-10004-C; unverified)."""

FSR_CONDUCTANCE_EXPONENT: Final = 0.78
"""c of G = G1 F^c: 10 kOhm at 1 N to about 1 kOhm at 20 N (Interlink 400 series; unverified)."""

FSR_FORCE_EXPONENT: Final = 1.0 / FSR_CONDUCTANCE_EXPONENT
"""b of F = a G^b, the same law solved for force."""

FSR_FORCE_SCALE: Final = FSR_CONDUCTANCE_AT_1_N_S**-FSR_FORCE_EXPONENT
"""a of F = a G^b, in N per S^b."""

FSR_SENSING_AREA_M2: Final = 1.27e-4
"""Active area of one FSR 402: 12.7 mm across (Interlink PDS-10004-C, as in hardware.md)."""

FSR_SATURATION_N: Final = 60.0
"""Force on one cell above which its response flattens; 20 N is the end of the specified range (hardware.md)."""

FSR_DEAD_BAND_N: Final = 0.2
"""Actuation force of one cell (Interlink PDS-10004-C: 0.2 N)."""

DIVIDER_RESISTOR_OHM: Final = 1000.0
"""Measuring resistor to ground: keeps 60 N below 0.75 Vcc (hardware.md)."""

SUPPLY_V: Final = 5.0
"""Supply of divider and converter; the reading is a ratio, so that its value cancels."""

ADC_BITS: Final = 10
"""Converter of the ATmega328P (Microchip datasheet)."""

INSOLE_CHANNELS: Final = 8
"""Cells of the usual insole, one per analogue pin A0-A7; where they lie is in model/layouts/infotronic_8.toml."""

INSOLE_WIDTH_MM: Final = 90.0
"""Width of the insole that the relative positions refer to (EU 42; a lab measures its own)."""

INSOLE_LENGTH_MM: Final = 260.0
"""Length of the insole, likewise."""

INSOLE_SEEN_SHARE: Final = 1.0 / 12.0
"""Share of a foot's force on the cells' own areas: 8 FSR see about a twelfth of the sole (pressure.md)."""

INSOLE_RATE_HZ: Final = 1000.0
"""Scan rate of the insole firmware (hardware.md)."""

INSOLE_CHANNEL_SKEW_US: Final = 52.0
"""Time between two channels of one scan: 13 converter clocks at 16 MHz / 64 (ATmega328P datasheet)."""

HX711_COUNTS_PER_N: Final = 2138.6
"""Cell of 200 kg with 2 mV/V at 5 V on gain 128: 10 mV of +-20 mV, 2^22 counts, at 1961.33 N (HX711 datasheet)."""

HX711_RATE_HZ: Final = 80.0
"""Nominal output rate with the RATE pin high; users measure 78-94 (hardware.md)."""

HX711_LOWEST_COUNT: Final = -(1 << 23)
HX711_HIGHEST_COUNT: Final = (1 << 23) - 1
"""Ends of the 24-bit converter (HX711 datasheet)."""

PLATE_CELLS_MM: Final[tuple[tuple[float, float], ...]] = (
    (180.0, 180.0),
    (-180.0, 180.0),
    (180.0, -180.0),
    (-180.0, -180.0),
)
"""Places of the four cells of one foot's plate from its centre: (medial, anterior), channel order."""
