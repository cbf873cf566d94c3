"""The lines of the live screen, for any width and height."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from landing_lab.app.boards.links import SILENT_S
from landing_lab.app.live.heard import LinkHealth
from landing_lab.app.record.events import PlanLine, SessionView
from landing_lab.io.visible import visible
from landing_lab.model.channels import Side
from landing_lab.model.result import TrialResult

Line: TypeAlias = tuple[str, str]
"""Text and rich style."""

NUMBERS: Final = (
    ("contact_time_s", "contact", 1000.0, "ms", 0),
    ("flight_time_s", "flight", 1000.0, "ms", 0),
    ("jump_height_flight_time_m", "height", 100.0, "cm", 1),
    ("rsi_flight_time_m_per_s", "RSI", 1.0, "m/s", 2),
    ("peak_force_bw", "peak", 1.0, "BW", 1),
    ("landing_peak_force_bw", "landing peak", 1.0, "BW", 1),
    ("time_to_stabilisation_s", "stable after", 1.0, "s", 1),
)
STYLES: Final = {
    "armed": "bold black on green",
    "moving": "bold black on yellow",
    "landed": "bold black on cyan",
    "verdict": "bold white on blue",
}
MARKS: Final = {"accepted": "ok", "now": ">>", "open": "--", "left out": "xx"}


def screen(view: SessionView, keys: str, *, width: int, height: int) -> list[Line]:
    """The whole screen from top to bottom, no line longer than width, no more lines than fit."""
    width = max(40, width) - 1
    top = [*_title(view, width), *_banner(view, width), *_force(view, width), ("", ""), *_links(view.links, width)]
    bottom = _bottom(keys, width, room=height - 6 - len(top))
    room = max(4, height - 4 - len(top) - len(bottom))
    numbers = list(_numbers(view, width))
    warnings = list(_findings(view, width))[: max(1, room - len(numbers) - 1)]
    plan = list(_plan(view.plan, width, rows=max(1, room - len(numbers) - len(warnings))))
    gap: list[Line] = [("", "")]
    lines = [*top, *gap, *warnings, *numbers, *plan, *(gap if len(top) + room < height - 2 else []), *bottom]
    return [(visible(text)[:width], style) for text, style in lines]


def _bottom(keys: str, width: int, *, room: int) -> list[Line]:
    """What can be typed: its own lines where they fit, else run on."""
    lines = [part for line in keys.split("\n") for part in textwrap.wrap(line, width)]
    if len(lines) > max(1, room):
        lines = textwrap.wrap(keys.replace("\n", "  "), width)
    return [(line, "bold") for line in lines or [""]]


def _title(view: SessionView, width: int) -> Iterator[Line]:
    left = f"{view.participant} ses-{view.session}: {view.protocol}"
    condition = f", {view.condition.replace('_', ' ')}" if view.condition else ""
    run = f" (run {view.run:02d})" if view.run else ""
    right = f"trial {view.number} of {view.n_planned}{run}{condition}"
    yield f"{left[: max(0, width - len(right) - 2)]:<{width - len(right)}}{right}", "bold"


def _banner(view: SessionView, width: int) -> Iterator[Line]:
    """Where the athlete is and what comes next, in three full lines that are seen from across the room."""
    stops = any(finding.level == "stop" for finding in view.findings)
    style = STYLES.get(view.stage if view.phase == "recording" else view.phase, "bold white on bright_black")
    if stops:
        style = "bold white on red"
    spaced = " ".join(view.headline) if 2 * len(view.headline) < width - 2 else view.headline
    clock = f"{view.elapsed_s:.0f} s" if view.phase == "recording" else ""
    yield " " * width, style
    yield f"{spaced:^{width}}", style
    yield f"{view.instruction:^{width - 8}}{clock:>7} ", style


def _force(view: SessionView, width: int) -> Iterator[Line]:
    weight = view.weight_n
    full_n = max(1.5 * (weight or 700.0), 1.0)
    bar = width - 45
    sides: tuple[Side, ...] = ("left", "right")
    for side in sides:
        force = view.feet_n.get(side)
        share = "" if force is None or not weight else f"{100 * force / weight:4.0f} % BW"
        newton = "    - N" if force is None else f"{force:5.0f} N"
        felt = [contact for name, contact in view.insoles.items() if side in name]
        insole = "" if not felt else f"insole {'on ground' if any(felt) else 'off'}"
        yield f"{side:<6}{_bar(force or 0.0, full_n, bar)}{newton} {share:>9}  {insole:<16}", ""
    known = f"body weight {weight:.0f} N ({weight / 9.80665:.1f} kg)" if weight else "not weighed yet"
    if not view.zero_known:
        yield f"{'both':<6}{_bar(0.0, full_n, bar)}    - N  zero not known yet", ""
        return
    yield f"{'both':<6}{_bar(view.load_n, 2.0 * full_n, bar)}{view.load_n:5.0f} N  {known}", ""
    told = ", ".join(
        f"{side} {one.force_n:.0f}+-{one.sd_n:.0f}{'?' if one.doubt else ''}" for side, one in view.peaks.items()
    )
    if told:
        yield f"peak {told} N" + (" (last landing, insole and plate fused)" if width > 80 else ""), "bold"
    doubts = dict.fromkeys(part for one in view.peaks.values() for part in (one.doubt or "").split("; ") if part)
    for line in textwrap.wrap(f"?: {'; '.join(doubts)}", width, subsequent_indent="   ") if doubts else ():
        yield line, "yellow"


def _bar(force_n: float, full_n: float, width: int) -> str:
    filled = min(width, max(0, round(width * force_n / full_n)))
    return f"{'#' * filled}{'.' * (width - filled)} "


def _links(links: Sequence[LinkHealth], width: int) -> Iterator[Line]:
    yield f"{'board':<16}{'rate':>9}{'lost':>14}{'jitter':>10}{'heard':>12}"[:width], "dim"
    for link in links:
        rate = "-" if link.rate_hz is None else f"{link.rate_hz:.0f} Hz"
        lost = f"{link.lost} ({100 * link.lost_fraction:.1f} %)" if link.lost else "0"
        jitter = "-" if link.jitter_ms is None else f"{link.jitter_ms:.0f} ms"
        silent = link.silent_s > SILENT_S
        heard = f"{link.silent_s:.0f} s ago" if silent else "now"
        style = "bold red" if silent else "yellow" if link.lost_fraction > 0.002 else ""
        yield f"{link.name:<16}{rate:>9}{lost:>14}{jitter:>10}{heard:>12}", style


def _findings(view: SessionView, width: int) -> Iterator[Line]:
    for finding in sorted(view.findings, key=lambda one: one.level):
        stop = finding.level == "stop"
        for line in textwrap.wrap(finding.marked, width, subsequent_indent="      "):
            yield line, "bold red" if stop else "yellow"


def _numbers(view: SessionView, width: int) -> Iterator[Line]:
    if not view.trials:
        return
    lead = "first numbers" if view.provisional else f"result ({view.trials[0].task.replace('_', ' ')})"
    told = key_numbers(view.trials, provisional=view.provisional)
    for line in textwrap.wrap(f"{lead}: {told}", width, subsequent_indent="  "):
        yield line, "bold"


def key_numbers(trials: Sequence[TrialResult], *, provisional: bool) -> str:
    """The numbers that are looked at between two trials, in one line; what cannot be known yet is named."""
    if not trials:
        return ""
    table = trials[0].table
    parts, later = [], []
    for name, label, factor, unit, digits in NUMBERS:
        row = table.get(name)
        if row is None:
            continue
        if row.value is None:
            later.append(label)
        else:
            parts.append(f"{label} {factor * row.value:.{digits}f} {unit}{'?' if row.status == 'flagged' else ''}")
    if later:
        parts.append(f"{', '.join(later)}: {'known once standing is over' if provisional else 'not known'}")
    told = ", ".join(parts)
    return (f"{told} (?: flagged, see the report)" if "?" in told else told) or trials[0].reason or "no numbers"


def _plan(plan: Sequence[PlanLine], width: int, *, rows: int) -> Iterator[Line]:
    """The trials side by side, as many as fit around the one that is now."""
    cells = [_cell(line) for line in plan]
    if not cells:
        return
    wide = min(width, max(len(cell) for cell in cells) + 2)
    columns = max(1, width // wide)
    now = next((index for index, line in enumerate(plan) if line.status == "now"), len(plan) - 1)
    first = max(0, min(now // columns - rows + 2, -(-len(cells) // columns) - rows)) * columns
    for start in range(first, min(len(cells), first + rows * columns), columns):
        yield "".join(f"{cell:<{wide}}" for cell in cells[start : start + columns]), "dim" if start > now else ""


def _cell(line: PlanLine) -> str:
    condition = f" {line.condition.replace('_', ' ')}" if line.condition else ""
    return f"{line.number}{condition} {MARKS[line.status]}"
