"""A recording of two force plates as simulated insoles and a simulated plate of load cells would have seen it."""

from __future__ import annotations

import dataclasses

import numpy as np

from landing_lab.errors import ParameterError
from landing_lab.model.blocks import FloatArray
from landing_lab.model.given import seed_given, shown
from landing_lab.model.insole_layout import InsoleLayout
from landing_lab.model.recording import Recording, Stream
from landing_lab.sim.from_force import SensedRecording, sensed_recording
from landing_lab.sim.measured_cop import feet_cop_mm, force_columns
from landing_lab.sim.setting import setting_named


def simulate_sensors(
    recording: Recording,
    *,
    seed: int = 1,
    sensors: str = "typical",
    layout: InsoleLayout | None = None,
    speed_up: float = 1.0,
    session: int = 0,
    calibrated: bool = True,
    marked: bool = True,
) -> SensedRecording:
    """What two FSR insoles and an 80 SPS plate would have recorded of a jump on two force plates, and its truth.

    Gives .recording (newton, ready to analyse), .raw (counts as boards send them) and .truth (time_s, force_n,
    cop_mm, contacts). seed draws every sensor, foot and clock. sensors: "typical", "worn" insoles, a "ringing" plate,
    or "hard" for both. layout: where the cells lie, None for the eight usual ones. speed_up: landings so many times
    faster. session: another recording of the same sensors, put on anew. calibrated: with calibrations made of the
    same sensors; marked: feet stood on marks meanwhile.
    Raises ParameterError for a recording that does not hold the force of two feet, and for settings that are not these.
    """
    setting = setting_named(sensors)
    seed, session = seed_given(seed), seed_given(session, "session")
    if layout is not None and not isinstance(layout, InsoleLayout):
        raise ParameterError(
            f"layout is an InsoleLayout, as landing_lab.model.insole_layout makes it; got {shown(layout)}; leave it "
            "out for the eight usual cells"
        )
    if layout is not None:
        setting = dataclasses.replace(setting, layout=layout)
    force_n, rate_hz, cop_mm = two_feet(recording)
    return sensed_recording(
        force_n,
        rate_hz,
        seed=seed,
        setting=setting,
        cop_mm=cop_mm,
        speed_up=speed_up,
        session=session,
        calibrated=calibrated,
        marked=marked,
    )


def two_feet(recording: Recording) -> tuple[FloatArray, float, FloatArray | None]:
    """Force (n, 2) in N of the left and right foot, its rate, and the COP of both feet where the file tells it."""
    if not isinstance(recording, Recording):
        raise ParameterError(
            f"sensors are simulated under a Recording, as landing_lab.read gives it; got {type(recording).__name__}; "
            "read the file first"
        )
    stream: Stream | None = recording.streams.get("force")
    if stream is None:
        raise ParameterError(
            f"{recording.source} is a recording of boards already; choose a force-plate file, with its own two plates"
        )
    columns = force_columns(stream)
    if columns is None:
        names = ", ".join(channel.name for channel in stream.layout.channels if channel.quantity == "force")
        raise ParameterError(
            f"{recording.source} gives the force of {names} and not of two feet: one plate cannot say what each foot "
            "carries; name two columns with --left and --right, or choose a recording of two plates"
        )
    return np.asarray(stream.samples[:, list(columns)]), stream.sample_rate_hz, feet_cop_mm(stream)
