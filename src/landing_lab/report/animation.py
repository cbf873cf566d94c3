"""A landing in slow motion: pressure under both feet beside the force, as a GIF or, where ffmpeg is, an MP4."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from landing_lab.errors import ParameterError, RecordingError
from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.result import TrialResult
from landing_lab.report.panels import INK, LABEL_PT
from landing_lab.report.pressure_figure import (
    calibration_words,
    draw_forces,
    shade_phases,
    sheet_of_paper,
    write_header,
)
from landing_lab.report.pressure_scale import draw_scale
from landing_lab.report.pressure_view import PressureView, cells_kpa, pressure_view
from landing_lab.report.sole import FEET, on_sheet, sole_grid
from landing_lab.report.sole_drawing import draw_outline, fill_sole, prepare_sheet

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FRAMES_PER_S: Final = 25
MOST_FRAMES: Final = 80
LAST_FRAME_S: Final = 1.0
"""The last picture stands still so long before a GIF begins anew."""

SIZE_IN: Final = (7.6, 4.7)
ANIMATION_DPI: Final = 92
KINDS: Final = (".gif", ".mp4")


def animation_bytes(trial: TrialResult, kind: str = ".gif") -> bytes:
    """The contact of a trial in slow motion, 25 pictures per second, about three seconds.

    kind: ".gif" or ".mp4". Raises ParameterError for another kind, for .mp4 where ffmpeg is not installed, and where
    the trial has no insoles or contact.
    """
    if kind not in KINDS:
        raise ParameterError(f"animations are written as .gif or .mp4; got {kind or 'no ending'!r}; change the ending")
    if kind == ".mp4" and shutil.which("ffmpeg") is None:
        raise ParameterError("an .mp4 needs ffmpeg, which is not installed here; install it, or write a .gif")
    frames = animation_frames(pressure_view(trial))
    return _gif(frames) if kind == ".gif" else _mp4(frames)


def animation_frames(view: PressureView) -> Iterator[NDArray[np.uint8]]:
    """Pictures (rows, columns, 3) of the contact, evenly spaced in time."""
    count = min(MOST_FRAMES, view.stop - view.first)
    samples = np.linspace(view.first, view.stop - 1, count).round().astype(int).tolist()
    with sheet_of_paper(SIZE_IN[1], width_in=SIZE_IN[0], dpi=ANIMATION_DPI) as figure:
        stage = _Stage(figure, view, count)
        for sample in samples:
            stage.show(sample)
            yield np.array(figure.canvas.buffer_rgba())[:, :, :3]  # type: ignore[attr-defined]


class _Stage:
    """What stands still is drawn once; soles, points and the line in the force are drawn anew for each picture."""

    def __init__(self, figure: Figure, view: PressureView, count: int) -> None:
        self._figure, self._view = figure, view
        length_s = float(view.times_s[-1] - view.times_s[0])
        slower = count / FRAMES_PER_S / length_s
        lines = [f"Slow motion, {slower:.0f} times slower. Insoles {calibration_words(view)}."]
        top = write_header(figure, view, "pressure", lines) / (SIZE_IN[1] * 72)
        soles = figure.add_axes((0.01, 0.01, 0.47, top - 0.01))
        self._prepare(soles)
        scale = figure.add_axes((0.50, 0.10, 0.07, top - 0.30))
        draw_scale(scale, view.scale, size_pt=9.0)
        title = "kPa" if view.scale.calibrated else "% of the foot's\nhighest cell"
        scale.text(0.0, 1.03, title, transform=scale.transAxes, fontsize=9.0, va="bottom", color=INK)
        force = figure.add_axes((0.70, 0.17, 0.285, top - 0.27))
        draw_forces(force, view, columns=1)
        shade_phases(force, view, named=False)
        self._cursor = force.axvline(view.relative(view.first), color=INK, lw=1.4, zorder=6)
        self._clock = force.set_title(" ", fontsize=LABEL_PT + 1)
        self._moving: list[tuple[Any, Any]] = [(soles, picture) for picture in self._pictures.values()]
        self._moving += [(soles, line) for line in self._outlines]
        self._moving += [(soles, artist) for pair in self._paths.values() for artist in pair]
        self._moving += [(force, self._cursor), (force, self._clock)]
        for _, artist in self._moving:
            artist.set_animated(True)
        figure.canvas.draw()
        self._still = figure.canvas.copy_from_bbox(figure.bbox)  # type: ignore[attr-defined]

    def _prepare(self, axes: Any) -> None:
        view = self._view
        layouts = [foot.pressure.layout for foot in view.feet]
        prepare_sheet(
            axes, [layout.width_mm for layout in layouts], max(layout.length_mm for layout in layouts), words_pt=9.0
        )
        for side in set(FEET) - {foot.side for foot in view.feet}:
            draw_outline(axes, side, layouts[0], empty=True)
        self._pictures: dict[Side, Any] = {}
        self._outlines: list[Any] = []
        self._paths: dict[Side, tuple[Any, Any]] = {}
        self._drawn: dict[Side, FloatArray] = {}
        for foot in view.feet:
            layout = foot.pressure.layout
            self._pictures[foot.side] = fill_sole(axes, foot.side, layout, np.zeros(len(layout)), view.scale)
            if not layout.dense:  # a mat has its own edge
                self._outlines.append(draw_outline(axes, foot.side, layout))
            if foot.course is not None and not foot.no_cop:
                (tail,) = axes.plot([], [], color="#0B3C8C", lw=2.2, zorder=5)
                (point,) = axes.plot([], [], "o", ms=9, mfc="white", mec="#111111", mew=1.5, zorder=6)
                self._paths[foot.side] = (tail, point)
                self._drawn[foot.side] = on_sheet(foot.side, foot.course.cop_mm, layout.width_mm)

    def show(self, sample: int) -> None:
        """Draw the picture of one sample."""
        view, canvas = self._view, self._figure.canvas
        canvas.restore_region(self._still)  # type: ignore[attr-defined]
        for foot in view.feet:
            values = view.scale.values(cells_kpa(view, foot, sample), foot.highest_kpa)
            self._pictures[foot.side].set_data(sole_grid(foot.pressure.layout).filled(values))
            if foot.side in self._paths:
                path = self._drawn[foot.side][: max(sample - foot.first + 1, 0)]
                tail, point = self._paths[foot.side]
                tail.set_data(*path.T)
                point.set_data(*path[-1:].T)
        self._cursor.set_xdata([view.relative(sample)] * 2)
        self._clock.set_text(f"{1000 * view.relative(sample):+.0f} ms from touchdown")
        for axes, artist in self._moving:
            axes.draw_artist(artist)


def _gif(frames: Iterator[NDArray[np.uint8]]) -> bytes:
    """A GIF whose pictures share one palette, so that only what changes is stored."""
    from PIL import Image

    pictures = [Image.fromarray(frame) for frame in frames]
    # The legend holds every colour of the scale, so that any picture gives the palette of all.
    palette = pictures[len(pictures) // 2].quantize(128)
    shared = [one.quantize(palette=palette, dither=Image.Dither.NONE) for one in pictures]
    length_ms = [1000 // FRAMES_PER_S] * (len(shared) - 1) + [round(1000 * LAST_FRAME_S)]
    buffer = io.BytesIO()
    shared[0].save(
        buffer, "GIF", save_all=True, append_images=shared[1:], duration=length_ms, loop=0, optimize=False, disposal=1
    )
    return buffer.getvalue()


def _mp4(frames: Iterator[NDArray[np.uint8]]) -> bytes:
    """An MP4 by ffmpeg, which is given raw pictures and gives back a stream that can be kept whole."""
    pictures = [frame[: frame.shape[0] // 2 * 2, : frame.shape[1] // 2 * 2] for frame in frames]
    rows, columns = pictures[0].shape[:2]
    done = subprocess.run(  # noqa: S603 - nothing of it comes from outside
        [  # noqa: S607 - found on the path, as animation_bytes has checked
            "ffmpeg", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{columns}x{rows}",
            "-r", str(FRAMES_PER_S), "-i", "-", "-pix_fmt", "yuv420p", "-movflags", "frag_keyframe+empty_moov",
            "-f", "mp4", "-",
        ],
        input=b"".join(picture.tobytes() for picture in pictures), capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise RecordingError(f"ffmpeg could not make the .mp4: {said[-1] if said else 'no reason given'}; write a .gif")
    return done.stdout
