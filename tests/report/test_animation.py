"""A landing in slow motion: length, size, what moves, what is refused."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import landing_lab as ll
from landing_lab.errors import ParameterError
from landing_lab.report import animation
from landing_lab.report.animation import FRAMES_PER_S, MOST_FRAMES, animation_bytes, animation_frames
from landing_lab.report.pressure_view import pressure_view
from report.made_pressure import pressed_trial
from report.made_trials import made_trial


@pytest.fixture(scope="module")
def gif(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ll.animate_landing(pressed_trial(), tmp_path_factory.mktemp("gif") / "landing.gif")


def test_gif_is_a_few_seconds_of_25_pictures_and_small(gif: Path) -> None:
    with Image.open(gif) as image:
        assert image.n_frames == MOST_FRAMES
        durations = []
        for number in range(image.n_frames):
            image.seek(number)
            durations.append(image.info["duration"])
        assert durations[:-1] == [1000 // FRAMES_PER_S] * (MOST_FRAMES - 1)
        assert durations[-1] == 1000
        assert image.info["loop"] == 0
        assert image.width <= 800
    assert gif.stat().st_size < 2_000_000


def test_cursor_and_pressure_move(gif: Path) -> None:
    with Image.open(gif) as image:
        first, middle = (np.asarray(_frame(image, number)).astype(int) for number in (0, 40))
    changed = np.abs(first - middle).sum(axis=2) > 60
    half = changed.shape[1] // 2
    assert changed[:, :half].mean() > 0.1, "the soles"
    assert 0.0005 < changed[:, half:].mean() < 0.05, "cursor and clock, not the whole force"


def _frame(image: Image.Image, number: int) -> Image.Image:
    image.seek(number)
    return image.convert("RGB")


def test_pictures_of_a_short_contact_are_its_samples() -> None:
    from report.made_trials import crowded_trial

    view = pressure_view(pressed_trial(trial=crowded_trial()))
    frames = animation_frames(view)
    assert next(frames).shape[2] == 3


def test_other_endings_missing_ffmpeg_and_trials_without_insoles_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ParameterError, match=r"\.gif or \.mp4"):
        ll.animate_landing(pressed_trial(), tmp_path / "landing.avi")
    monkeypatch.setattr(animation.shutil, "which", lambda _: None)
    with pytest.raises(
        ParameterError, match=r"needs ffmpeg, which is not installed here; install it, or write a \.gif"
    ):
        ll.animate_landing(pressed_trial(), tmp_path / "landing.mp4")
    with pytest.raises(ParameterError, match="no pressure to draw"):
        ll.animate_landing(made_trial(), tmp_path / "landing.gif")
    nowhere: Any = None
    with pytest.raises(ParameterError, match=r"written to a path; got None; name a \.gif or \.mp4"):
        ll.animate_landing(pressed_trial(), nowhere)
    assert list(tmp_path.iterdir()) == []


def test_failing_ffmpeg_says_what_it_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool = tmp_path / "ffmpeg"
    tool.write_text("#!/bin/sh\ncat > /dev/null\necho 'no such codec' >&2\nexit 1\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(ll.LandingLabError, match=r"ffmpeg could not make the \.mp4: no such codec"):
        animation_bytes(pressed_trial(), ".mp4")


def test_image_is_readable_from_bytes(gif: Path) -> None:
    with Image.open(io.BytesIO(gif.read_bytes())) as image:
        assert image.format == "GIF"
