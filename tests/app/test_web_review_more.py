"""Raw channels, several jumps in a file, trials without raw file and contrasts of the review, without a browser."""

from __future__ import annotations

import base64
import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from command_line import run
from landing_lab.app.web.review import Review
from landing_lab.app.web.review_raw import RawRead, raw_shown
from landing_lab.calibrate.recording import frame_times_s
from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.io.formats.xdf import read_raw
from landing_lab.io.read import read
from landing_lab.model.blocks import FLAG_SATURATED, FLAG_SUSPECT, FrameBlock
from landing_lab.model.raw import RawRecording
from made_dataset import USUAL, make_dataset
from reviewed_dataset import SES_01, SESSION, TRIAL, make_reviewed, review_of, unpacked

PEOPLE = [f"P{number:02d}" for number in range(1, 8)]


def json_of(value: object) -> Any:
    return json.loads(json.dumps(value))


def curves_of(chart: Any) -> dict[str, tuple[Any, Any]]:
    """Label -> times and values of each line or mark."""
    return {one["label"]: (unpacked(chart["times"][one["times"]]), unpacked(one["values"])) for one in chart["curves"]}


def test_raw_channels_are_the_counts_of_the_file_at_the_times_of_the_recording(reviewed: Path, review: Review) -> None:
    path = reviewed / SES_01 / "raw/sub-P07_ses-01_task-dropJump_run-01.xdf"
    raw, recording = read_raw(path), read(path)
    shown: Any = review.raw({**TRIAL, "device": "insole_left"})
    curves = curves_of(shown["chart"])
    frames, stream = raw.streams["insole_left"].frames, recording.streams["insole_left"]
    assert list(curves) == [channel.name.replace("_", " ") for channel in stream.layout.channels]
    for column, (times_s, values) in enumerate(curves.values()):
        np.testing.assert_array_equal(values, frames.counts[:, column])
        np.testing.assert_allclose(times_s, stream.times_s, atol=1e-4)
    assert [one["highest"] for one in shown["rows"]] == frames.counts.max(axis=0).tolist()
    plate: Any = review.raw({**TRIAL, "device": "plate", "centred": "0"})
    counts = raw.streams["plate"].frames
    assert counts.channel is not None
    found = curves_of(plate["chart"])["cell 3, left"][1]
    np.testing.assert_array_equal(found, counts.counts[counts.channel == 2, 2])
    middle: Any = review.raw({**TRIAL, "device": "plate"})
    assert middle["centred"] is True
    np.testing.assert_array_equal(curves_of(middle["chart"])["cell 3, left"][1], found - np.median(found))
    with pytest.raises(ParameterError, match="no such board"):
        review.raw({**TRIAL, "device": "../plate"})


def spoilt(raw: RawRecording) -> RawRead:
    """The same recording with lost frames, cells at the end of their range and readings that are none."""
    left, plate = raw.streams["insole_left"], raw.streams["plate"]
    counts = left.frames.counts.copy()
    counts[2000:2010, 3] = 1023
    frames = dataclasses.replace(left.frames, counts=counts)
    whole = np.r_[0:3000, 3001:5000, 5040 : len(frames)]
    flags = plate.frames.flags.copy()
    flags[100] |= FLAG_SUSPECT
    flags[200] |= FLAG_SATURATED
    streams = {
        "insole_left": dataclasses.replace(left, frames=rows_of(frames, whole), arrival_s=left.arrival_s[whole]),
        "plate": dataclasses.replace(plate, frames=dataclasses.replace(plate.frames, flags=flags)),
    }
    changed = RawRecording(streams=streams)
    return RawRead(raw=changed, times_s=frame_times_s(changed))


def rows_of(frames: FrameBlock, which: Any) -> FrameBlock:
    mask = np.zeros(len(frames), dtype=bool)
    mask[which] = True
    return frames.rows(mask)


def test_gaps_ends_of_the_range_and_unsound_readings_are_seen_in_raw_channels(reviewed: Path) -> None:
    read_so = spoilt(read_raw(reviewed / SES_01 / "raw/sub-P07_ses-01_task-dropJump_run-01.xdf"))
    shown: Any = raw_shown(read_so, "insole_left")
    curves = curves_of(shown["chart"])
    assert len(curves["missing"][0]) == 2
    np.testing.assert_array_equal(curves["at the end of the range"][1], np.full(10, 1023.0))
    times_s, heel = curves["heel"]
    assert np.isnan(heel).sum() == 2, "no line bridges a gap"
    assert (np.diff(times_s) > 0).all()
    assert "41 frames were lost on the way." in shown["told"]
    assert "2 gaps, the longest 41 ms." in shown["told"]
    (row,) = [one for one in shown["rows"] if one["at_end"]]
    assert (row["at_end"], "end of its range" in row["fault"]) == (10, True)
    plate: Any = raw_shown(read_so, "plate")
    assert sum(one["unsound"] for one in plate["rows"]) == 1
    assert sum(one["at_end"] for one in plate["rows"]) == 1
    assert len(curves_of(plate["chart"])["marked as no sound reading"][0]) == 1


def test_every_jump_of_a_file_has_its_events_and_numbers(tmp_path: Path) -> None:
    dataset = make_reviewed(tmp_path, contrast=False, jumps=2)
    review, _ = review_of(dataset)
    entries = json.loads((dataset / SES_01 / "analysis.json").read_text())["trials"]
    for index in (0, 1):
        shown = json_of(review.trial({**TRIAL, "index": str(index)}))
        (entry,) = [one for one in entries if one["run"] == 1 and one["index"] == index]
        assert (shown["n_in_source"], shown["index"]) == (2, index)
        assert shown["metrics"] == entry["metrics"]
        assert f'"text": "trial {2 - index}"' in json.dumps(shown["chart"]["item"]), "the other one is marked"
    touchdown = next(one for one in shown["events"] if (one["name"], one["side"]) == ("touchdown", "total"))
    moved = {"event": "touchdown", "side": "total", "by": "AB", "why": "rang", "moved_s": touchdown["time_s"] - 0.001}
    review.move({**TRIAL, "index": "1", **moved})
    holding = [json_of(review.trial({**TRIAL, "index": index}))["moved"]["holding"] for index in ("0", "1")]
    assert [len(one) for one in holding] == [0, 1], "an event is moved in one jump alone"
    found: Any = review.compare({**SESSION, "by": "run", "side": "total", "align": "touchdown"})
    assert [one["label"] for one in found["rows"]] == [
        "run 01, trial 1", "run 01, trial 2", "run 03, trial 1", "run 03, trial 2",
    ]  # fmt: skip
    with pytest.raises(ParameterError, match="no such trial"):
        review.trial({**TRIAL, "index": "2"})


def test_without_its_raw_file_a_trial_is_what_its_session_stored(reviewed_copy: Path) -> None:
    before, _ = review_of(reviewed_copy)
    whole: Any = json_of(before.trial(TRIAL))
    (reviewed_copy / SES_01 / "raw/sub-P07_ses-01_task-dropJump_run-01.xdf").unlink()
    assert (reviewed_copy / SES_01 / "trials/sub-P07_ses-01_task-dropJump_run-01.json").is_file()
    review, _ = review_of(reviewed_copy)
    shown: Any = json_of(review.trial(TRIAL))
    assert (whole["stored"], shown["stored"]) == (False, True)
    for what in ("metrics", "events", "phases", "quality", "card", "gaps"):
        assert shown[what] == whole[what], what
    for one, two in zip(whole["chart"]["curves"], shown["chart"]["curves"], strict=True):
        np.testing.assert_allclose(unpacked(one["values"]), unpacked(two["values"]), atol=1e-9)
    with pytest.raises(FileFormatError, match="other thresholds"):
        review.threshold(TRIAL)
    with pytest.raises(FileFormatError, match="in counts"):
        review.raw(TRIAL)
    found: Any = review.compare({**SESSION, "by": "run", "side": "total", "align": "touchdown"})
    assert [one["label"] for one in found["rows"]] == ["run 01", "run 03"]


def contrast_of_command(dataset: Path, *words: str) -> Any:
    done = run("contrast", dataset, "--json", *words)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_conditions_are_compared_as_the_command_compares_them(tmp_path: Path) -> None:
    make_dataset(
        tmp_path, seed=1, participants=PEOPLE, n_sessions=1, conditions=("flat", "heel_lift"), metrics=USUAL[:3]
    )
    review, _ = review_of(tmp_path)
    asked = {"participant": "P01", "session": "01"}
    every: Any = review.contrast(asked)
    assert json_of(every["exact"]) == contrast_of_command(tmp_path)["contrasts"]
    assert (every["first"], every["second"]) == ("flat", "heel_lift")
    row = every["rows"][0]
    assert row["cells"][0] == "7"
    assert every["columns"].index("p") == 5
    one: Any = review.contrast({**asked, "who": "one"})
    assert json_of(one["exact"]) == contrast_of_command(tmp_path, "--participant", "P01")["contrasts"]
    picture: Any = review.contrast_picture({**asked, "metric": row["name"], "of_side": row["side"]})
    assert base64.b64decode(picture["png"]).startswith(b"\x89PNG")


def test_too_few_athletes_or_conditions_are_refused_with_the_reason(review: Review) -> None:
    found: Any = review.contrast({**SESSION, "session": "02"})
    assert {row["cells"][3] for row in found["rows"]} == {"refused"}
    assert any("a group needs at least 3" in one for one in found["reasons"])
    json.dumps(found, allow_nan=False)
    with pytest.raises(ParameterError):
        review.contrast({**SESSION, "first": "flat", "second": "barefoot"})


def test_one_condition_leaves_nothing_to_compare(tmp_path: Path) -> None:
    review, _ = review_of(make_reviewed(tmp_path, contrast=False))
    found: Any = review.contrast(SESSION)
    assert "were not recorded in two conditions" in found["refusal"]
    assert found["rows"] == []


def test_sessions_of_an_athlete_are_judged_as_the_cohort_judges_them(tmp_path: Path) -> None:
    make_dataset(tmp_path, seed=2, participants=PEOPLE[:2], metrics=USUAL[:4])
    review, _ = review_of(tmp_path)
    found: Any = json_of(review.contrast({"participant": "P01", "session": "01", "what": "sessions"}))
    done = run("cohort", tmp_path, "--athlete", "P01", "--json")
    assert done.returncode == 0, done.stderr
    trends = json.loads(done.stdout)["trends"]
    assert [one["exact"] for one in found["rows"]] == [one["change"] for one in trends]
    assert found["sessions"] == ["session 01", "session 02"]
