"""`landing-lab devices`: which boards answer, how well, and why the other ports do not."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from landing_lab.app.boards.links import close_all, open_answering, ports_here, transport
from landing_lab.app.boards.probe import LinkQuality, probe_links, rate_warning
from landing_lab.errors import ParameterError
from landing_lab.io.visible import visible
from landing_lab.model.calibration import Calibration, InsoleCalibration, validity
from landing_lab.model.device import DeviceInfo, DeviceLink


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundBoard:
    """A board that answered; link and calibration are None where nobody looked or there is none."""

    port: str
    info: DeviceInfo
    link: LinkQuality | None = None
    calibration: Calibration | None = None

    @property
    def calibration_age_days(self) -> float | None:
        """Days since its newest calibration."""
        if self.calibration is None:
            return None
        return (datetime.now(tz=UTC) - self.calibration.made).total_seconds() / 86400.0

    @property
    def expired(self) -> bool:
        """Whether its calibration is too old to be believed."""
        return self.calibration is not None and validity(self.calibration, datetime.now(tz=UTC)) == "expired"

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        made = self.calibration
        age_days = self.calibration_age_days
        return {
            "port": self.port,
            **asdict(self.info),
            "link": None if self.link is None else self.link.as_dict(),
            "calibration": None
            if made is None or age_days is None
            else {
                "file": made.file,
                "made_at": made.made_at,
                "age_days": round(age_days, 2),
                "expired": self.expired,
                "method": made.method if isinstance(made, InsoleCalibration) else "masses",
            },
        }


def run_devices(
    urls: Sequence[str], *, timeout_s: float, as_json: bool, probe: bool = True, dataset: Path | None = None
) -> int:
    """Ask the given ports (or all) and print who answers.

    0 if at least one did, no named one failed and none that was asked to stream was silent.
    """
    if not 0.1 <= timeout_s <= 60.0:
        raise ParameterError(f"--timeout-s {timeout_s:g} is outside 0.1-60 s; an Arduino needs about 2 s after opening")
    reach = transport()
    links, silent = open_answering(
        reach, list(urls) or ports_here(reach, practise="landing-lab simulate devices"), timeout_s=timeout_s
    )
    try:
        found, warnings = looked_at(links, probe=probe, dataset=dataset)
    finally:
        close_all(links)
    calibrations = any(board.calibration is not None for board in found)
    if as_json:
        _print_json(found, silent, warnings)
    else:
        _print_table(found, calibrated=calibrations)
    for sentence in (*silent.values(), *warnings):
        print(f"landing-lab: {visible(sentence)}", file=sys.stderr)
    mute = any(board.link is not None and board.link.problem is not None for board in found)
    return 0 if found and not (urls and silent) and not mute else 1


def looked_at(links: Sequence[DeviceLink], *, probe: bool, dataset: Path | None) -> tuple[list[FoundBoard], list[str]]:
    """What boards say, how well they stream (probe) and how old their calibrations are; sentences on what to mend."""
    qualities: Sequence[LinkQuality | None] = probe_links(links) if probe else [None] * len(links)
    calibrations, warnings = _calibrations(dataset, [link.info.device_id for link in links])
    found = [
        FoundBoard(port=link.url, info=link.info, link=quality, calibration=calibrations.get(link.info.device_id))
        for link, quality in zip(links, qualities, strict=True)
    ]
    return found, [*warnings, *(said for board in found for said in _warnings(board))]


def _calibrations(dataset: Path | None, device_ids: Sequence[str]) -> tuple[Mapping[str, Calibration], list[str]]:
    """Device id -> newest calibration in the dataset, and a sentence for each file that is damaged."""
    if dataset is None or not dataset.is_dir():
        return {}, []
    from landing_lab.io.calibration_files import newest_calibrations

    damaged: list[str] = []
    return newest_calibrations(dataset, device_ids, damaged=damaged), damaged


def _warnings(board: FoundBoard) -> list[str]:
    """What a person should do something about."""
    said = [rate_warning(board.info, board.link)]
    if board.link is not None and board.link.problem is not None:
        said.append(f"{board.info.device_id} answers but does not stream: {board.link.problem}")
    if board.expired and board.calibration is not None:
        said.append(
            f"the calibration of {board.info.device_id} of {board.calibration.made:%Y-%m-%d} has expired; "
            "make a new one with `landing-lab calibrate`"
        )
    return [sentence for sentence in said if sentence is not None]


def _print_json(found: Sequence[FoundBoard], silent: Mapping[str, str], warnings: Sequence[str]) -> None:
    from landing_lab.io.write import json_text

    document = {
        "devices": [board.as_dict() for board in found],
        "silent": [{"port": url, "reason": reason} for url, reason in silent.items()],
        "warnings": list(warnings),
    }
    sys.stdout.write(json_text(document))


def print_devices(found: Sequence[tuple[str, DeviceInfo]]) -> None:
    """A table of boards on the terminal, with what they say of themselves."""
    _print_table([FoundBoard(port=url, info=info) for url, info in found], calibrated=False)


def _print_table(found: Sequence[FoundBoard], *, calibrated: bool) -> None:
    if not found:
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(
        title=f"{len(found)} board{'s' if len(found) != 1 else ''} found", title_justify="left", box=box.SIMPLE_HEAD,
        padding=(0, 1), pad_edge=False,
    )  # fmt: skip
    probed = any(board.link is not None for board in found)
    optional = [*(["Link"] if probed else []), *(["Calibrated"] if calibrated else [])]
    for heading in ("Port", "Board", "Channels", *optional):
        # Ports alone may be long, and are worth copying from several lines.
        table.add_column(heading, overflow="fold", no_wrap=heading != "Port")
    for board in found:
        info = board.info
        foot = "both feet" if info.placement == "total" else f"{info.placement} foot"
        cells = [
            [board.port],
            [info.kind, info.device_id, foot],
            [f"{info.n_channels} at {_rate_hz(board):.4g} Hz", f"firmware {info.firmware_version}"],
            *([_link_words(board.link)] if probed else []),
            *([_age_words(board)] if calibrated else []),
        ]
        table.add_row(*("\n".join(visible(line) for line in lines) for lines in cells))
    # What a board says of itself is no markup.
    Console(markup=False).print(table)


def _rate_hz(board: FoundBoard) -> float:
    """Measured where it was, else what the board says."""
    measured = None if board.link is None else board.link.rate_hz
    return board.info.sample_rate_hz if measured is None else measured


def _link_words(quality: LinkQuality | None) -> list[str]:
    """Link quality, one short line for each figure."""
    if quality is None or quality.frames_per_s is None:
        return ["does not", "stream"]
    lines = [f"{quality.frames_per_s:.0f} frames/s", f"{quality.lost_frames} lost, {quality.bad_frames} bad"]
    times = (("jitter", quality.jitter_ms), ("ping", quality.round_trip_ms))
    return [*lines, *(f"{name} {value_ms:.1f} ms" for name, value_ms in times if value_ms is not None)]


def _age_words(board: FoundBoard) -> list[str]:
    """Age of the calibration in short lines."""
    age_days = board.calibration_age_days
    if age_days is None:
        return ["never"]
    return ["today" if age_days < 1.0 else f"{age_days:.0f} d ago", *(["expired"] if board.expired else [])]
