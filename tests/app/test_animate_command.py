"""`landing-lab report` and `analyse` on recordings with insoles: pictures of pressure, and slow motion on request."""

from __future__ import annotations

from pathlib import Path

from command_line import refused_here, run, run_here
from landing_lab.metrics.table import EXPLORATORY
from simulated_raw import write_raw


def test_report_of_insoles_holds_pictures_and_slow_motion(tmp_path: Path) -> None:
    raw = write_raw(tmp_path / "raw" / "jump.xdf")
    out = tmp_path / "out"
    done = run("report", raw, "--out", out, "--animate")
    assert done.returncode == 0, done.stderr
    for name in ("pressure-01.png", "medial-shift-01.png", "regions-01.png", "butterfly-01.png"):
        assert (out / name).read_bytes().startswith(b"\x89PNG"), name
        assert name in done.stdout
    assert (out / "landing-01.gif").read_bytes().startswith(b"GIF89a")
    page = (out / "report.html").read_text(encoding="utf-8")
    assert page.count("data:image/png;base64,") == 4
    assert EXPLORATORY in page


def test_slow_motion_without_a_folder_or_of_a_folder_is_refused(tmp_path: Path) -> None:
    assert "--out" in refused_here("analyse", tmp_path / "jump.xdf", "--animate", code=2)
    assert "one trial at a time" in refused_here("analyse", tmp_path, "--animate", "--out", tmp_path / "out", code=2)


def test_slow_motion_of_force_alone_is_left_out_and_said(tmp_path: Path) -> None:
    from landing_lab import simulate_drop_jump

    force = simulate_drop_jump(seed=1).recording.streams["force"]
    lines = [f"{left:.1f},{right:.1f}" for left, right in force.samples.tolist()]
    (tmp_path / "jump.csv").write_text("left,right\n" + "\n".join(lines) + "\n")
    out = tmp_path / "out"
    done = run_here("analyse", tmp_path / "jump.csv", "--rate-hz", "1000", "--animate", "--out", out)
    assert done.returncode == 0, done.stderr
    assert "--animate was left out: slow motion needs pressure insoles" in done.stderr
    assert {"metrics.csv", "report.html", "trial-01.png"} <= {file.name for file in out.iterdir()}
