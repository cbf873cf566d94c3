"""`landing-lab devices`: which boards answer, and why the other ports do not."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from landing_lab.app.links import close_all, open_answering, ports_here, transport
from landing_lab.errors import ParameterError
from landing_lab.io.visible import visible
from landing_lab.model.device import DeviceInfo


def run_devices(urls: Sequence[str], *, timeout_s: float, as_json: bool) -> int:
    """Ask the given ports (or all) and print who answers; 0 if at least one did and no named one failed."""
    if not 0.1 <= timeout_s <= 60.0:
        raise ParameterError(f"--timeout-s {timeout_s:g} is outside 0.1-60 s; an Arduino needs about 2 s after opening")
    reach = transport()
    links, silent = open_answering(reach, list(urls) or ports_here(reach), timeout_s=timeout_s)
    found = [(link.url, link.info) for link in links]
    close_all(links)
    if as_json:
        _print_json(found, silent)
    else:
        print_devices(found)
    for reason in silent.values():
        print(f"landing-lab: {visible(reason)}", file=sys.stderr)
    return 0 if found and not (urls and silent) else 1


def _print_json(found: Sequence[tuple[str, DeviceInfo]], silent: dict[str, str]) -> None:
    import dataclasses

    from landing_lab.io.write import json_text

    document = {
        "devices": [{"port": url, **dataclasses.asdict(info)} for url, info in found],
        "silent": [{"port": url, "reason": reason} for url, reason in silent.items()],
    }
    sys.stdout.write(json_text(document))


def print_devices(found: Sequence[tuple[str, DeviceInfo]]) -> None:
    """A table of boards on the terminal."""
    if not found:
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{len(found)} board{'s' if len(found) != 1 else ''} found", title_justify="left")
    for heading in ("Port", "Device", "Id", "Foot", "Firmware", "Channels", "Rate"):
        table.add_column(heading, justify="right" if heading in ("Channels", "Rate") else "left", overflow="fold")
    for url, info in found:
        foot = "both" if info.placement == "total" else info.placement
        table.add_row(
            url,
            info.kind,
            info.device_id,
            foot,
            info.firmware_version,
            str(info.n_channels),
            f"{info.sample_rate_hz:g} Hz",
        )
    Console().print(table)
