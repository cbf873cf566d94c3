"""The one contact detector, live and batch: batch is a stream of one block."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from landing_lab.detect.params import ContactParams
from landing_lab.errors import ParameterError
from landing_lab.kernels.contact import STATE_DTYPE, advance
from landing_lab.model.blocks import FloatArray
from landing_lab.model.events import CONTACT, EVENT_DTYPE, RELEASE, CrossingArray

_COMPILED: set[bool] = set()
"""Not empty once the kernel was compiled in this process; its types do not depend on the number of columns."""

_NONE: CrossingArray = np.zeros(0, EVENT_DTYPE)


class LandingDetector:
    """Feed it vertical force, block after block; it returns the crossings that each block decided.

    params: what a contact is. sample_rate_hz: of the blocks. offset_n: (c,) unloaded force of each column.
    noise_n: (s,) SD of the unloaded total and, for c > 1, of each column; it raises the threshold.
    The kernel is compiled here, before the first live sample.
    """

    def __init__(
        self,
        params: ContactParams | None = None,
        *,
        sample_rate_hz: float,
        offset_n: Sequence[float] | FloatArray = (0.0,),
        noise_n: Sequence[float] | FloatArray | None = None,
    ) -> None:
        self.params = params or ContactParams()
        self.sample_rate_hz = float(sample_rate_hz)
        self._settings = self.params.at(self.sample_rate_hz)
        self._offset = np.array(offset_n, dtype=np.float64)
        if self._offset.ndim != 1 or not len(self._offset) or not np.isfinite(self._offset).all():
            raise ParameterError(
                f"offset_n needs one finite value per column; got {offset_n}; "
                "estimate it with landing_lab.calibrate.tare"
            )
        columns = len(self._offset)
        signals = 1 if columns == 1 else 1 + columns
        noise = np.zeros(signals) if noise_n is None else np.array(noise_n, dtype=np.float64)
        if noise.shape != (signals,) or not np.isfinite(noise).all():
            raise ParameterError(
                f"noise_n needs {signals} finite values (total, then each column); got {noise_n}; "
                "estimate it with landing_lab.calibrate.tare"
            )
        self.threshold_n = np.maximum(self._settings.on_n, self.params.noise_multiple * noise)
        self._state = self._fresh_state(signals)
        self._found: CrossingArray = _NONE  # kept from block to block: most of them decide nothing
        if not _COMPILED:
            self._advance(np.zeros((1, columns)), self._fresh_state(signals))
            _COMPILED.add(True)

    @staticmethod
    def _fresh_state(signals: int) -> CrossingArray:
        state = np.zeros(signals, STATE_DTYPE)
        state["contact"] = -1
        return state

    def _advance(self, block: FloatArray, state: CrossingArray) -> CrossingArray:
        settings = self._settings
        room = len(state) * (len(block) // min(settings.hold_on, settings.hold_off) + 2)
        if room > len(self._found):
            self._found = np.zeros(room, EVENT_DTYPE)
        written = advance(
            block,
            self._offset,
            self.threshold_n,
            settings.band_n,
            settings.hold_on,
            settings.hold_off,
            settings.interpolate,
            state,
            self._found,
        )
        if not written:
            return _NONE
        found = self._found[:written].copy()
        if written < 2:
            return found
        # In the order of decision, so that any cutting into blocks gives the same list.
        return found[np.lexsort((found["signal"], found["decided"]))]

    def feed(self, block: FloatArray) -> CrossingArray:
        """Crossings decided by this block: (k,) EVENT_DTYPE; `sample` counts from the first block on.

        block: (n,) or (n, c) newton, not finite = missing; ParameterError where c is not the detector's.
        """
        # One memory layout and type, so that the kernel is never compiled a second time in a live session.
        signal = np.array(block, dtype=np.float64, order="C", copy=None)
        if signal.ndim == 1:
            signal = signal.reshape(-1, 1)
        if signal.ndim != 2 or signal.shape[1] != len(self._offset):
            raise ParameterError(
                f"this detector takes {len(self._offset)} columns; got a block of shape {np.shape(block)}; "
                "give one column per force signal"
            )
        if not signal.flags.writeable:  # numba compiles read-only arrays anew (0.3 s)
            signal = signal.copy()
        return self._advance(signal, self._state)

    def finish(self) -> CrossingArray:
        """Crossings whose hold time was cut off by the end of the signal: `confirmed` is 0."""
        pending = [(signal, state) for signal, state in enumerate(self._state) if state["run"] > 0]
        out = np.zeros(len(pending), EVENT_DTYPE)
        for row, (signal, state) in zip(out, pending, strict=True):
            row["kind"] = CONTACT if state["candidate"] == 1 else RELEASE
            row["signal"] = signal
            for name in ("sample", "fraction", "slope", "bridged"):
                row[name] = state[name]
            row["decided"] = state["n"]
        self._state["run"] = 0
        return out


def detect_contacts(
    force_n: FloatArray,
    params: ContactParams | None = None,
    *,
    sample_rate_hz: float,
    offset_n: Sequence[float] | FloatArray = (0.0,),
    noise_n: Sequence[float] | FloatArray | None = None,
) -> CrossingArray:
    """All crossings of a whole signal, (n,) or (n, c) newton: one feed and one finish of LandingDetector."""
    detector = LandingDetector(params, sample_rate_hz=sample_rate_hz, offset_n=offset_n, noise_n=noise_n)
    return np.concatenate([detector.feed(force_n), detector.finish()])
