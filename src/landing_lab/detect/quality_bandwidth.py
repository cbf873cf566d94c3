"""Whether a low-pass at the source makes a trial's numbers doubtful."""

from __future__ import annotations

from typing import Final

from landing_lab.fuse.bandwidth import edge_smear_s, loading_rate_loss_fraction, peak_loss_fraction
from landing_lab.model.quality import QualityItem
from landing_lab.model.result import ForceSignals

FLAGGED_BELOW_HZ: Final = 50.0
"""A low-pass at 50 Hz makes a touchdown 1.8 ms early and takes 0.7 % off peaks (docs/definitions.md); below, more."""

FLAGGED_SHARE_OF_RATE: Final = 0.4
"""A filter above this share of the sample rate takes no more than sampling does."""

BOTH_EDGES: Final = 1.7
"""Contacts grow by this many times what a touchdown moves: 30, 10, 5.5 and 2.7 ms at 10, 20, 30 and 50 Hz
(tests/detect/test_degradation.py)."""

SMEARED: Final = ("timing", "force", "motion")
"""What a low-pass changes: edges, maxima, and what is integrated between edges."""


def bandwidth_items(signals: ForceSignals) -> tuple[QualityItem, ...]:
    """One item for a force plate, none for sensors whose bandwidth their own checks speak of."""
    if signals.sensor_kind != "force_plate":
        return ()
    hertz, note = signals.bandwidth_hz, signals.bandwidth_note
    if hertz is None:
        if note is not None:
            if signals.unloaded_s and not any(signals.noise_n.values()):
                note += "; it reads exactly zero while empty, so its source did process it, and likely filtered it too"
            return (QualityItem("bandwidth_hz", "total", None, "Hz", "not checked", note),)
        half = signals.sample_rate_hz / 2.0
        told = f"the force keeps its noise up to {half:g} Hz, as raw force does: no low-pass at the source"
        return (QualityItem("bandwidth_hz", "total", None, "Hz", "ok", told),)
    if hertz >= FLAGGED_BELOW_HZ or hertz >= FLAGGED_SHARE_OF_RATE * signals.sample_rate_hz:
        told = f"{note or 'the sensor ends there'}; events and peaks hardly change at that frequency"
        return (QualityItem("bandwidth_hz", "total", hertz, "Hz", "ok", told),)
    return (QualityItem("bandwidth_hz", "total", hertz, "Hz", "flagged", _cost(hertz), SMEARED),)


def _cost(hertz: float) -> str:
    near = f"{hertz:.0f}" if hertz < 30.0 else f"{5.0 * round(hertz / 5.0):.0f}"
    longer_ms = 1000.0 * BOTH_EDGES * edge_smear_s(hertz)
    return (
        f"the source low-passed this force near {near} Hz: contact reads about {longer_ms:.0f} ms long, peaks about "
        f"{100.0 * peak_loss_fraction(hertz):.0f} % and the largest loading rate about "
        f"{100.0 * loading_rate_loss_fraction(hertz):.0f} % low; ask for the unfiltered export"
    )
