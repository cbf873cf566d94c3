"""Pictures of the site: real output of this version, from simulated athletes, drawn when the site is built.

They are drawn again only after the package changed; build/docs-cache keeps them.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from docsite.assemble import DOCS, ROOT, write_if_new
from docsite.terminal import CACHE, package_stamp

PLACE: Final = "pictures"


def pictures(target: Path) -> list[Path]:
    """Draw what is older than the package, and copy all into the sources of the site; what was written."""
    kept = CACHE / "pictures"
    mark = kept / ".drawn"
    stamp = f"{package_stamp()} {_text_of_this()}"
    if not (mark.is_file() and mark.read_text(encoding="utf-8") == stamp):
        shutil.rmtree(kept, ignore_errors=True)
        (kept / "samples").mkdir(parents=True)
        _draw_all(kept)
        mark.write_text(stamp, encoding="utf-8")
    written = []
    for path in sorted(kept.rglob("*")):
        if path.is_file() and path != mark:
            inside = path.relative_to(kept)
            copy = target / ("extra" if inside.parts[0] == "samples" else PLACE) / inside
            write_if_new(copy, path.read_bytes())
            written.append(copy)
    return written


def _text_of_this() -> str:
    texts = [Path(__file__), Path(__file__).with_name("explained.py"), DOCS / "cases" / "make.py"]
    return hashlib.sha256(b"".join(path.read_bytes() for path in texts)).hexdigest()


def _draw_all(folder: Path) -> None:
    os.environ.setdefault("MPLBACKEND", "agg")
    for draw in (_force_file, _insoles, _screening, _fragile):
        draw(folder)


def _force_file(folder: Path) -> None:
    """One trial of a force plate, its thresholds, and its whole report."""
    import landing_lab as ll
    from landing_lab.report.figure import save_figure

    trial = ll.simulate_drop_jump(seed=3, drop_height_m=0.4)
    result = ll.analyse(trial.recording, box_height_m=0.4)
    save_figure(ll.plot(result), folder / "trial.svg")
    save_figure(ll.plot(ll.threshold_sensitivity(trial.recording)), folder / "thresholds.svg")


def _insoles(folder: Path) -> None:
    """A recording of two calibrated insoles and a plate, as `simulate sensors` makes it: pressure and its report."""
    import landing_lab as ll
    from landing_lab.report.figure import save_figure

    work = folder / "work"
    work.mkdir(exist_ok=True)
    trial = ll.simulate_drop_jump(seed=5, drop_height_m=0.3)
    ll.export(trial.recording, work / "jump.parquet")
    _landing_lab("simulate", "sensors", "jump.parquet", "--seed", "4", "--out", "rec.xdf", folder=work)
    result = ll.analyse(ll.read(work / "rec.xdf"))
    save_figure(ll.plot(result), folder / "fused.svg")
    save_figure(ll.plot_pressure(result), folder / "pressure.png")
    save_figure(ll.plot_medial_shift(result), folder / "medial-shift.svg")
    save_figure(ll.plot_regions(result), folder / "regions.svg")
    save_figure(ll.plot_butterfly(result), folder / "butterfly.png")
    ll.report(result, folder / "samples" / "report")
    shutil.rmtree(work)


def _screening(folder: Path) -> None:
    """The page for an athlete, of the written cases."""
    from landing_lab.report.screening_page import write_screening

    spec = importlib.util.spec_from_file_location("cases_make", DOCS / "cases" / "make.py")
    assert spec is not None
    assert spec.loader is not None
    cases = importlib.util.module_from_spec(spec)
    sys.modules["cases_make"] = cases
    spec.loader.exec_module(cases)
    for case in cases.CASES:
        write_screening(cases.screened(case), folder / "samples" / f"screening-{case.name}.html")


def _fragile(folder: Path) -> None:
    """How one per cent of body weight moves a drop height, integrated forwards and backwards."""
    from docsite.explained import reverse_integration_figure
    from landing_lab.report.figure import save_figure

    save_figure(reverse_integration_figure(), folder / "reverse-integration.svg")


def _landing_lab(*words: str, folder: Path) -> None:
    paths = os.pathsep.join((str(ROOT / "src"), str(ROOT / "drivers" / "host")))
    subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "landing_lab", *words], cwd=folder, env={**os.environ, "PYTHONPATH": paths}, check=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
