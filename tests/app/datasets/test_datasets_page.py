"""What docs/how_to/datasets.md shows is what comes out."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer

import landing_lab as ll
from landing_lab.app.cli import app
from landing_lab.app.datasets.registry import registry
from reference import require_reference_data

PAGE = (Path(__file__).parents[3] / "docs" / "how_to" / "datasets.md").read_text("utf-8")
LINES = [
    line.partition("  #")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    for line in block.splitlines()
]


@pytest.mark.parametrize("line", LINES)
def test_every_command_of_the_page_is_one(line: str) -> None:
    program, *words = shlex.split(line)
    assert program == "landing-lab"
    command = typer.main.get_command(app)
    context = command.make_context("landing-lab", words[:1], resilient_parsing=True)
    while (chosen := getattr(command, "get_command", lambda *_: None)(context, words[0])) is not None:
        command, words = chosen, words[1:]
        context = command.make_context(command.name or "", list(words), resilient_parsing=True)
        if not hasattr(command, "get_command"):
            command.make_context(command.name or "", list(words))
            return
    pytest.fail(line)


def test_every_dataset_that_is_loaded_is_on_the_page() -> None:
    assert "sixteen" in PAGE
    assert len(registry()) == 16
    missing = [name for name in registry() if f"`{name}`" not in PAGE and f" {name}" not in PAGE]
    assert missing == ["gtech-2023"], "the only one with nothing to add"


def test_the_numbers_of_the_page() -> None:
    data = require_reference_data()
    jump = ll.analyse(ll.read(data / "force/gidiel/Dual-DJ-Fz.txt", left="FP1", right="FP2", sample_rate_hz=1000)).first
    contact, flight, rsi = (
        jump.table.get(name) for name in ("contact_time_s", "flight_time_s", "rsi_flight_time_m_per_s")
    )
    assert contact is not None
    assert flight is not None
    assert rsi is not None
    assert f"contact {contact.value:.3f} s, flight {flight.value:.3f} s" in PAGE
    assert f"index {rsi.value:.3f} ± {rsi.sd:.3f} m/s" in PAGE
    jumps = ll.analyse(ll.read(data / "force/acl_squat_jump/BFR003_squat_jump.csv")).trials
    heights = [trial.table.get("jump_height_flight_time_m") for trial in jumps]
    assert "{:.3f}, {:.3f} and {:.3f} m".format(*(one.value for one in heights if one)) in PAGE
    steps = ll.dense_indices(ll.read(data / "pressure/pedar/pedar_example.asc")).to_pandas()
    area = steps[steps["name"] == "contact_area_cm2"].groupby("side")["value"].mean()
    assert f"left {area['left']:.1f}, right {area['right']:.1f} cm²" in PAGE
    stands = ll.analyse(ll.read(data / "pressure/loadsol/test_poids.txt")).first.table.get("body_weight_n")
    assert stands is not None
    assert stands.value is not None
    assert f"{stands.value / 10:.0f}0 ±" in PAGE
    uneven = ll.analyse(ll.read(data / "force/opencap/subject4/DJAsym1_grf.mot"), mass_kg=60.05).first.table
    symmetry = next(row for row in uneven if row.name == "limb_symmetry_peak_0_100ms_pct")
    assert f"{symmetry.value:.0f} ± {symmetry.sd:.0f} %" in PAGE
