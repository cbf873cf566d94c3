"""A sensor that is missing, silent or broken is a sentence, never a crash and never a number that looks sound."""

from __future__ import annotations

import numpy as np
import pytest

from fuse.scenes import changed, keep, raw_of, scene_of, with_streams
from landing_lab.calibrate.recording import recording_from_raw
from landing_lab.metrics.analyse import analyse
from landing_lab.model.blocks import FLAG_SUSPECT
from landing_lab.model.raw import RawRecording, RawStream
from landing_lab.model.recording import Recording
from landing_lab.model.result import Result
from traces import assert_honest, sd_of, value_of

SCENE = scene_of(1)
RAW = raw_of(SCENE)
LEFT, RIGHT, PLATE = (RAW.streams[name] for name in ("insole_left", "insole_right", "plate"))
TRUTH = SCENE.truths[0]


def look(raw: RawRecording) -> Result:
    result = analyse(recording_from_raw(raw))
    assert_honest(result)
    return result


def first(stream: RawStream, n: int) -> RawStream:
    return keep(stream, np.arange(min(n, len(stream.frames))))


def rows_between(stream: RawStream, start_s: float, stop_s: float) -> np.ndarray:
    seconds = stream.frames.ticks_us * 1e-6
    return np.flatnonzero((seconds >= start_s) & (seconds < stop_s))


SLOW = ("body_weight_n", "time_to_stabilisation_s")
"""What a plate that is too slow for an impact can still know."""

PEAKS = ("peak_force_n", "peak_force_bw", "landing_peak_force_n", "landing_peak_force_bw")
PLATE_ALONE = (*SLOW, *PEAKS, "vertical_stability_index")
"""What it can tell with its own, larger error."""


def refused_timing(
    result: Result, reason: str, sides: tuple[str, ...] = ("total", "left", "right", "left_right")
) -> None:
    """The plate weighs, sees the body come to rest and tells peaks with their error; every fast time is refused."""
    assert result.task == "drop_jump"
    assert result.status in ("flagged", "refused")
    assert reason in str(result.reason)
    assert value_of(result, "body_weight_n") == pytest.approx(TRUTH.metrics["body_weight_n", "total"], rel=0.01)
    for row in result.first.table:
        if row.side in sides and row.name.endswith("_s") and row.name not in SLOW:
            assert row.value is None, row
        if row.side in sides and row.name in PEAKS:
            true = TRUTH.metrics[row.name, row.side]
            assert row.status == "flagged"
            assert row.value == pytest.approx(true, abs=3.0 * (row.sd or 0.0)), row
            assert 0.02 * true < (row.sd or 0.0) < 0.15 * true, row
    row = result.first.table.get("contact_time_s")
    assert row is not None
    assert reason in str(row.reason)


def test_without_insoles_the_plate_cannot_time() -> None:
    result = look(with_streams(RAW, insole_left=None, insole_right=None))
    refused_timing(result, "an HX711 plate cannot time a contact")
    assert result.first.signals is not None
    assert "filter taken out" in result.first.signals.source


@pytest.mark.parametrize(("lost", "kept"), [("left", "right"), ("right", "left")])
def test_the_foot_that_has_its_insole_is_timed(lost: str, kept: str) -> None:
    result = look(with_streams(RAW, **{f"insole_{lost}": None}))
    refused_timing(result, "an HX711 plate cannot time a contact", ("total", lost, "left_right"))
    for name in ("contact_time_s", "peak_force_n"):
        row = result.first.table.get(name, kept)  # type: ignore[arg-type]
        assert row is not None
        assert row.value == pytest.approx(TRUTH.metrics[name, kept], abs=3.0 * (row.sd or 0.0))  # type: ignore[index]
    signals = result.first.signals
    assert signals is not None
    assert f"{lost}: load-cell plate alone" in signals.source
    assert f"{kept}: nominal insole" in signals.source


def test_without_plate() -> None:
    result = look(with_streams(RAW, plate=None))
    assert (result.task, result.status) == ("drop_jump", "flagged")
    assert "tell when, not how much" in str(result.reason)
    assert result.first.table.get("body_weight_n").value is None  # type: ignore[union-attr]


def test_a_recording_of_nothing() -> None:
    result = analyse(Recording(streams={}))
    assert_honest(result)
    assert "the recording holds no plate" in str(result.reason)


@pytest.mark.parametrize("name", ["insole_left", "insole_right", "plate"])
@pytest.mark.parametrize("n", [0, 1, 8, 1000])
def test_a_board_that_stops_early_gives_no_trial(name: str, n: int) -> None:
    result = look(with_streams(RAW, **{name: first(RAW.streams[name], n)}))
    assert result.status != "ok"
    if name == "plate" and n < 2:  # it never was there: the insoles alone tell when
        assert "tell when, not how much" in str(result.reason)
        return
    insole = name != "plate"
    stopped = ("total", name.removeprefix("insole_")) if insole else ("total", "left", "right")
    told = PLATE_ALONE if insole else SLOW
    assert all(row.value is None for row in result.first.table if row.side in stopped and row.name not in told)


@pytest.mark.parametrize("n", [2, 9, 50, 200])
def test_too_few_plate_readings_without_insoles(n: int) -> None:
    assert look(RawRecording({"plate": first(PLATE, n)})).status == "refused"


def test_nothing_but_suspect_readings() -> None:
    flags = np.full(len(PLATE.frames), FLAG_SUSPECT)
    result = look(with_streams(RAW, plate=changed(PLATE, flags=flags)))
    assert "the plate sent too few readings" in str(result.reason)


@pytest.mark.parametrize("cells", [(2,), (4, 5, 6, 7)])
def test_silent_load_cells_are_named(cells: tuple[int, ...]) -> None:
    assert PLATE.frames.channel is not None
    heard = np.flatnonzero(~np.isin(PLATE.frames.channel, cells))
    for raw in (with_streams(RAW, plate=keep(PLATE, heard)), RawRecording({"plate": keep(PLATE, heard)})):
        result = look(raw)
        assert result.status == "refused"
        assert all(f"cell_{cell + 1}" in str(result.reason) for cell in cells)


def test_a_plate_that_never_changes() -> None:
    result = look(with_streams(RAW, plate=changed(PLATE, counts=0 * PLATE.frames.counts)))
    assert result.status == "refused"


@pytest.mark.parametrize("name", ["insole_left", "insole_right"])
def test_an_insole_that_reads_zero_does_not_halve_the_force(name: str) -> None:
    stream = RAW.streams[name]
    result = look(with_streams(RAW, **{name: changed(stream, counts=0 * stream.frames.counts)}))
    side = name.removeprefix("insole_")
    refused_timing(result, f"the {side} insole shows no force", ("total", side, "left_right"))


def test_plate_silent_during_the_contact_is_not_bridged() -> None:
    touchdown = TRUTH.events["touchdown", "total"]
    quiet = rows_between(PLATE, touchdown - 0.1, touchdown + 0.4)
    result = look(with_streams(RAW, plate=keep(PLATE, np.setdiff1d(np.arange(len(PLATE.frames)), quiet))))
    # Force without the plate would be the insole's own, scaled by an older gain; it is missing instead.
    assert all(row.value is None for row in result.first.table if row.name.startswith(("peak_force", "contact_time")))


def test_insole_silent_during_the_peak_flags_or_refuses_it() -> None:
    touchdown = TRUTH.events["touchdown", "total"]
    quiet = rows_between(LEFT, touchdown + 0.03, touchdown + 0.15)
    result = look(with_streams(RAW, insole_left=keep(LEFT, np.setdiff1d(np.arange(len(LEFT.frames)), quiet))))
    assert any("were lost on the way" in note for note in result.first.notes)
    row = result.first.table.get("peak_force_n")
    assert row is not None
    assert "missing" in str(row.reason)
    assert value_of(result, "contact_time_s") == pytest.approx(TRUTH.metrics["contact_time_s", "total"], abs=0.003)


def test_a_contact_that_ends_within_a_hole_of_both_insoles_is_not_measured() -> None:
    take_off = TRUTH.events["take_off", "total"]
    lost = {}
    for name, stream in (("insole_left", LEFT), ("insole_right", RIGHT)):
        quiet = rows_between(stream, take_off - 0.08, take_off + 0.3)
        lost[name] = keep(stream, np.setdiff1d(np.arange(len(stream.frames)), quiet))
    result = look(with_streams(RAW, **lost))
    assert "nobody knows when this contact ended" in str(result.reason)
    for name, side in (("contact_time_s", "total"), ("flight_time_s", "total"), ("force_time_integral_ns", "left")):
        row = result.first.table.get(name, side)  # type: ignore[arg-type]
        assert row is None or row.value is None, row


def test_two_percent_of_lost_frames_change_little() -> None:
    rng = np.random.default_rng(4)
    whole = look(RAW)
    lossy = look(
        RawRecording(
            {
                name: keep(stream, np.flatnonzero(rng.random(len(stream.frames)) > 0.02))
                for name, stream in RAW.streams.items()
            }
        )
    )
    assert lossy.task == "drop_jump"
    for name in ("contact_time_s", "flight_time_s", "peak_force_n"):
        assert value_of(lossy, name) == pytest.approx(value_of(whole, name), abs=2 * sd_of(lossy, name))


def test_numbers_from_uncalibrated_sensors_are_flagged() -> None:
    table = look(RAW).first.table
    weight, peak, contact = (table.get(name) for name in ("body_weight_n", "peak_force_n", "contact_time_s"))
    assert weight is not None
    assert "uncalibrated load cells" in str(weight.reason)
    assert peak is not None
    assert "insole is not calibrated on a plate" in str(peak.reason)
    assert "no calibration of the plate settled" in str(peak.reason)
    assert contact is not None
    assert contact.status == "ok"
