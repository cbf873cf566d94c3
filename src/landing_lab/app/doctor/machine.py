"""What landing-lab needs of the computer itself: room, folders, ports, a clock, a compiler that works."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Final

from landing_lab.app.doctor.check import Check
from landing_lab.errors import LandingLabError

SCARCE_BYTES: Final = 1 << 30
"""Below this a long day of recordings and reports may not fit."""

TOO_SMALL_BYTES: Final = 50 << 20
"""Below this not even a session may fit: five trials with report and pictures take about 10 MB."""

SLEEP_LIMIT_S: Final = 0.005
"""Boards are read every few milliseconds; where a sleep of 1 ms takes this long, their times become doubtful."""

LONG_PAST: Final = dt.date(2025, 1, 1)
"""A computer that believes it is earlier has lost its clock: nothing of landing-lab is that old."""


def disk(folder: Path) -> Check:
    """Free room where recordings are written."""
    place = _existing(folder)
    free = shutil.disk_usage(place).free
    text = f"{free / 1e9:.1f} GB free in {place}"
    if free < TOO_SMALL_BYTES:
        return Check("disk", "missing", f"{text}: not enough for a session", "delete something, or use --dataset")
    if free < SCARCE_BYTES:
        return Check("disk", "optional", f"{text}: enough for a session, not for a day", "make room soon")
    return Check("disk", "ok", text)


def dataset_folder(folder: Path) -> Check:
    """Whether recordings can be written where `record` would put them; tried, because permissions can lie."""
    place = _existing(folder)
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        text = f"nothing can be written in {place}: {error.strerror or error}"
        return Check("recordings", "missing", text, "go to a folder of your own, or name one with --dataset")
    there = "is there" if folder.is_dir() else "will be made by the first recording"
    return Check("recordings", "ok", f"{folder} {there}")


def compiled_kernels() -> Check:
    """Where compiled code is kept between two starts."""
    from landing_lab.kernels._jit import FOLDER

    if Path(FOLDER).parent.name == "landing-lab":
        return Check("compiled code", "ok", f"kept in {FOLDER}")
    text = f"can only be kept in {FOLDER} and is compiled anew at every start, which takes half a minute"
    return Check("compiled code", "optional", text, "set XDG_CACHE_HOME to a folder of your own that can be written")


def detector() -> Check:
    """Compile and run the detector once: the part that most often fails on an unusual machine."""
    import numpy as np

    from landing_lab.detect.landing import detect_contacts

    started = time.perf_counter()
    force = np.zeros(1000)
    force[300:500] = 500.0
    found = len(detect_contacts(force, sample_rate_hz=1000.0))
    seconds = time.perf_counter() - started
    if found != 3:
        text = f"found {found} crossings where there are 3"
        return Check("detector", "missing", text, "please report this machine: what `landing-lab doctor --json` prints")
    return Check("detector", "ok", f"ready in {seconds:.1f} s")


def drivers() -> list[Check]:
    """Device drivers, by the entry points they are found through; each is loaded."""
    from importlib.metadata import entry_points

    from landing_lab.installation import pip_line

    checks = []
    for group in ("devices", "transports", "emulators"):
        entries = entry_points(group=f"landing_lab.{group}")
        broken = []
        for entry in entries:
            try:
                entry.load()
            except (Exception, SystemExit) as error:  # noqa: BLE001 - a driver of somebody else may raise anything
                broken.append(f"{entry.name} cannot be loaded: {error}")
        names = ", ".join(sorted({entry.name for entry in entries}))
        if not names or broken:
            found = "; ".join(broken) or "landing-lab was installed without its drivers"
            checks.append(Check(group, "missing", found, pip_line(again=True)))
        else:
            checks.append(Check(group, "ok", names))
    return checks


def ports() -> Check:
    """Serial ports, and whether this person may open them."""
    from landing_lab.app.boards.links import transport

    try:
        urls = transport().list_urls()
    except LandingLabError as error:
        return Check("serial ports", "missing", str(error))
    closed = [url for url in urls if url.startswith("/dev/") and not os.access(url, os.R_OK | os.W_OK)]
    group = _group_of_ports()
    join = f"sudo usermod -a -G {group} $USER, then log in again" if group else None
    if closed:
        return Check("serial ports", "missing", f"you may not open {', '.join(closed)}", join)
    if urls:
        return Check("serial ports", "ok", ", ".join(urls))
    text = "no board plugged in; --sim works without"
    if join is not None and not _may_open_ports(group):
        return Check("serial ports", "none", f"{text}; and you are not in the group {group} that may open ports", join)
    return Check("serial ports", "none", text)


def clock() -> Check:
    """Whether the date can be right, and whether this computer wakes up when it is told to."""
    today = dt.datetime.now(tz=dt.UTC).date()
    if today < LONG_PAST:
        text = f"this computer believes it is {today}; recordings would carry that date"
        return Check("clock", "missing", text, "set the date")
    late = sorted(_sleep_s() for _ in range(21))[10]
    text = f"{today}; a sleep of 1 ms takes {late * 1e3:.1f} ms"
    if late > SLEEP_LIMIT_S:
        return Check("clock", "optional", f"{text}: times of boards may be doubtful", "close other programs")
    return Check("clock", "ok", text)


def tools() -> list[Check]:
    """Programs beside Python that something is better with."""
    if shutil.which("ffmpeg"):
        ffmpeg = Check("ffmpeg", "ok", "slow motion as MP4")
    else:
        text = "slow motion is a GIF; an MP4 needs ffmpeg"
        ffmpeg = Check("ffmpeg", "optional", text, "install ffmpeg from your system's packages")
    return [_browser(), ffmpeg]


def _browser() -> Check:
    import webbrowser

    try:
        webbrowser.get()
    except webbrowser.Error:
        text = "none can be opened from here; reports are whole HTML files: copy them to a computer that has one"
        return Check("browser", "optional", text)
    return Check("browser", "ok", "opens report.html")


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    absolute = folder.absolute()
    return next((place for place in (absolute, *absolute.parents) if place.is_dir()), absolute)


def _sleep_s() -> float:
    started = time.perf_counter()
    time.sleep(0.001)
    return time.perf_counter() - started


def _group_of_ports() -> str | None:
    """The group that owns serial ports on this Linux; None elsewhere."""
    try:
        import grp
    except ImportError:
        return None
    names = {entry.gr_name for entry in grp.getgrall()}
    return next((name for name in ("dialout", "uucp") if name in names), None)


def _may_open_ports(group: str | None) -> bool:
    import grp

    return os.geteuid() == 0 or group in {_name(grp, number) for number in os.getgroups()}


def _name(grp: object, number: int) -> str:
    try:
        return str(grp.getgrgid(number).gr_name)  # type: ignore[attr-defined]
    except KeyError:
        return ""
