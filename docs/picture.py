"""Render docs/report.svg, the picture in the README: one trial of the demo as the report shows it."""

from __future__ import annotations

from pathlib import Path

import landing_lab as ll
from landing_lab.report.figure import save_figure

trial = ll.simulate_drop_jump(seed=3, drop_height_m=0.4)
save_figure(ll.plot(ll.analyse(trial.recording, box_height_m=0.4)), Path(__file__).with_name("report.svg"))
