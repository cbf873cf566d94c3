"""Small files as vendors' insoles write them, made of known numbers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from landing_lab.model.blocks import FloatArray

ROWS = 40


def moticon_text(
    left: FloatArray, right: FloatArray, *, size: str = "7", rate_hz: float = 100.0, force: str = ""
) -> str:
    """OpenGo: 16 pressures in N/cm2 per foot, NaN = blank; force: text of both total columns where given."""
    names = ["time"]
    for side in ("left", "right"):
        names += [f"{side} pressure {n}[N/cm²]" for n in range(1, left.shape[1] + 1)] + [f"{side} total force[N]"]
    head = ["# Start time: 01.02.2024 10:00:00.000", "# Sensor insoles: Left SN1, Right SN2", f"# Size: {size}"]
    rows = []
    for index, (one, other) in enumerate(zip(left, right, strict=True)):
        cells = [f"{index / rate_hz:.2f}"]
        for foot in (one, other):
            cells += ["" if np.isnan(value) else f"{value:.2f}" for value in foot] + [force]
        rows.append("\t".join(cells))
    return "\n".join([*head, "# " + "\t".join(names), *rows, ""])


def pedar_text(kpa: FloatArray, *, sensor: str = "y", left: Sequence[int] = (), right: Sequence[int] = ()) -> str:
    """pedar at 100 Hz: kpa (n, left + right cells)."""
    masks = [
        f"{side} insole: {''.join(f'{cell},' for cell in own)}" for side, own in (("left", left), ("right", right))
    ]
    head = [
        "file name:  TEST.sol\tdate/time  25.04.23 10.49",
        f"sensor type:  {sensor}-1865l-1870r ",
        "total time [secs]:  1.0\ttime per frame [secs]:  0.01000\tscanning rate [Hz]:   100",
        "pressure values in  kPa",
        "",
        "mask definition: ",
        *masks,
        "",
        "\t".join(["time[secs]    ", *(f"{cell:7d}" for cell in (*left, *right))]) + "\t ",
    ]
    rows = ["\t".join([f"{(i + 1) / 100:12.5f}", *(f"{v:7.3f}" for v in row)]) for i, row in enumerate(kpa.tolist())]
    return "\n".join([*head, *rows, ""])


def loadsol_text(left: FloatArray, right: FloatArray, *, rate_hz: float = 200.0, unit: str = "Force[N]") -> str:
    """loadpad: heel, medial, lateral of the left foot, and lateral, medial, heel of the right; NaN rows are lost."""
    names = [
        "",
        "A1-L::heel",
        "A1-L::medial",
        "A1-L::lateral",
        "A1-L",
        "",
        "A2-R::lateral",
        "A2-R::medial",
        "A2-R::heel",
    ]
    units = ["Time[secs]", *[unit] * 4, "Time[secs]", *[unit] * 4]
    rows = []
    for index, (one, other) in enumerate(zip(left, right[:, ::-1], strict=True)):
        fields = []
        for foot in (one, other):
            lost = np.isnan(foot).any()
            shown = [-1.0] * 3 if lost else foot.tolist()
            total = 0.0 if lost else float(np.sum(foot))
            fields += [f"{index / rate_hz:.3f}", *(f"{value:.3f}" for value in (*shown, total))]
        rows.append("\t".join(fields))
    head = ["loadapp_2024_01_17_14_48_48_148.loadflux", "comment made", "\t".join([*names, "A2-R"]), "\t".join(units)]
    return "\n".join([*head, *rows, ""])


def fscan_text(frames: FloatArray, *, name: str = "PatL.fsx", unit: str = "KPa", step_s: float = 0.02) -> str:
    """F-Scan: frames (n, rows, columns), NaN = no cell."""
    head = [
        "DATA_TYPE MOVIE",
        "VERSION Tekscan Pressure Measurement System 6.33",
        f"FILENAME {name}",
        f"ROWS {frames.shape[1]}",
        f"COLS {frames.shape[2]}",
        "ROW_SPACING 5.08 mm",
        "COL_SPACING 5.08 mm",
        f"SECONDS_PER_FRAME {step_s}",
        "START_FRAME 1",
        f"END_FRAME {len(frames)}",
        f"UNITS {unit}",
        "MIRROR_ROW 0",
        "MIRROR_COL 0",
        "ASCII_DATA @@",
        "",
    ]
    body = []
    for number, frame in enumerate(frames, start=1):
        body += [f"Frame {number}", *(",".join("B" if np.isnan(v) else f"{v:g}" for v in row) for row in frame), ""]
    return "\r\n".join([*head, *body[:-1], "@@", ""])


def xsensor_text(left: FloatArray, right: FloatArray | None, *, pro7: bool = False, unit: str = "mmHg") -> str:
    """XSENSOR: frames (n, rows, columns) at 50 Hz; pro7: keys with colon, quoted, decimal commas, no empty lines."""
    lines = [f"Units:,{unit}", "Threshold:,51.72"]
    for index, one in enumerate(left):
        lines += [f"FRAME,{index + 1}", "Date, 2022 Aug 16", f"Time, {_clock(86_399.5 + index / 50)}"]
        for name, foot in (("HX-LF S1", one), ("HX-RF S1", None if right is None else right[index])):
            if foot is None:
                continue
            lines += [f"SENSOR,{name}", f"Rows,{foot.shape[0]}", f"Columns,{foot.shape[1]}"]
            lines += ["Sensel Width (cm),0.86", "Sensel Height (cm),0.86", "SENSELS"]
            lines += [",".join(f"{value:g}" for value in row) for row in foot]
        lines += ["GROUP,1", "Name,Left Heel", "SENSELS", "1,2,3"]
    if not pro7:
        return "\n".join(part for line in lines for part in (line + ",,,", ",,,")) + "\n"
    shown = []
    for line in lines:
        key, _, rest = line.partition(",")
        if key[:1].isalpha():
            shown.append(f"{key.title() if key.isupper() else key.rstrip(':')}:,{rest}" if rest else f"{key.title()}:")
        else:
            shown.append(",".join('"' + field.replace(".", ",") + '"' for field in line.split(",")))
    return "\n".join(shown) + "\n"


def _clock(second_of_day: float) -> str:
    second = second_of_day % 86_400.0
    return f"{int(second // 3600):02d}:{int(second % 3600 // 60):02d}:{second % 60:06.3f}"


def emed_text(
    frames: FloatArray, *, first: tuple[int, int] = (30, 20), force: float = 1.0, split: int | None = None
) -> str:
    """emed at 100 Hz: frames (n, rows, columns) whose first cell is in this row and column of the platform.

    force: factor of the stated force. split: column from which on a picture continues on a second page.
    """
    pages: list[str] = []
    number = 0
    for picture, frame in enumerate(frames, start=1):
        parts = [(0, frame.shape[1])] if split is None else [(0, split), (split, frame.shape[1])]
        for low, high in parts:
            number += 1
            part = frame[:, low:high]
            columns = [str(first[1] + column) for column in range(low, high)]
            lines = [
                "",
                f"\t\t\t\tPage {number}",
                "",
                "\tFile: C:\\x.dat \tMatrix: 64x95 ",
                "\tSensor area: 0.25 cm²\tTime/picture:10.0 ms",
                "\tMV over frames",
                "\tSensor size: 0.500x0.500 cm",
                "\tnovel munich",
                f"\tPict-No.: {picture}  Force[N]=sum*sensor_area in row/column",
                "",
                "\t".join(["", *columns, "Force"]),
            ]
            for row, values in enumerate(part):
                lines.append(
                    "\t".join([str(first[0] + row), *(f"{v:.2f}" for v in values), f"{values.sum() * 0.025:.2f}"])
                )
            sums = [f"{total * 0.025:.2f}" for total in part.sum(axis=0)]
            lines += ["\t".join(["Force", *sums, f"{force * part.sum() * 0.025:.2f}"]), "\x0c"]
            pages.append("\n".join(lines))
    return "\n".join(pages) + "\n"


def step(n: int = 50, *, rows: int = 50, columns: int = 20, side: str = "left", peak: float = 100.0) -> FloatArray:
    """A foot that rolls from heel to toes on a grid, toes in row 0: frames (n, rows, columns), 0 outside the sole.

    The arch is empty on the medial side, which is the right one of a left foot.
    """
    y = 1.0 - (np.arange(rows) + 0.5)[:, None] / rows
    x = (np.arange(columns) + 0.5)[None, :] / columns
    medial = x if side == "left" else 1.0 - x
    half = np.where(y < 0.3, 0.32, np.where(y < 0.55, 0.36, 0.45))
    sole = (np.abs(medial - 0.5) < half) & ~((y > 0.3) & (y < 0.58) & (medial > 0.5))
    sole &= ~((y > 0.95) & (medial < 0.5))
    times = np.linspace(0.0, 1.0, n)[:, None, None]
    roll = np.exp(-(((y[None] - (0.05 + 0.9 * times)) / 0.35) ** 2))
    return np.round(peak * roll * sole[None] * (np.sin(np.pi * np.linspace(0.02, 0.98, n)) ** 0.5)[:, None, None], 1)


def written(tmp_path: Path, text: str, name: str = "x.txt") -> Path:
    """A file of this text."""
    path = tmp_path / name
    path.write_bytes(text.encode())
    return path


RNG = np.random.default_rng(7)
CELLS = np.round(RNG.uniform(0.0, 20.0, (40, 16)), 2)
ZONES = np.round(RNG.uniform(50.0, 300.0, (40, 3)), 1)
LEFT = step()
COARSE = step(rows=31, columns=11), step(rows=31, columns=11, side="right")
TRIMMED = np.where(LEFT.max(axis=0) > 0.0, LEFT, np.nan)
EVERY = tuple(range(1, 100))
"""What files are made of: cells of Moticon in N/cm2, zones of loadsol in N, frames of grids, numbers of pedar cells."""
