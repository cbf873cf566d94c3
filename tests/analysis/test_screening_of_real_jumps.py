"""Real drop jumps with plates (OpenCap): the one made asymmetric on purpose is told from the normal ones."""

from __future__ import annotations

import pandas as pd
import pytest

import landing_lab as ll
from landing_lab.analysis.screening.indicators import INDICATORS
from landing_lab.analysis.screening.screen import screen
from landing_lab.analysis.trial_table import COLUMNS, TrialTable
from made_screening import SYMMETRY, Lab, finding
from reference import require_reference_data

KEY = (SYMMETRY, "left_right")
TRIAL_SD = 3.0
"""What made trials of one person differ by; the real files hold one jump each, so nothing can be read off them."""


def _session(file: str, copies: int) -> TrialTable:
    """The one jump of a file, as if it had been done so often; with the error that the analysis states."""
    trial = ll.analyse(ll.read(require_reference_data() / "force" / file)).trials[0]
    row = next(one for one in trial.table if (one.name, one.side) == KEY)
    rows = [
        ("P1", "01", run, "drop_jump", "", *KEY, row.value, row.unit, row.sd, row.status)
        for run in range(1, copies + 1)
    ]
    return TrialTable(pd.DataFrame(rows, columns=list(COLUMNS)), pd.DataFrame())


@pytest.mark.parametrize(
    ("file", "state"),
    [
        ("opencap/subject4/DJAsym1_grf.mot", "outside"),
        ("opencap/subject4/DJ1_grf.mot", "indeterminate"),
        ("opencap/unfiltered/DJ1_grf.mot", "indeterminate"),
        ("opencap/unfiltered/DJ4_grf.mot", "indeterminate"),
    ],
)
def test_instructed_asymmetry_stands_out_and_normal_jumps_do_not(file: str, state: str) -> None:
    result = screen(_session(file, 3), "P1", errors=Lab(errors={KEY: (TRIAL_SD, 1.0)}).error_file)
    found = finding(result, "load_sharing", "left_right")
    assert found.state == state
    assert found.n_flagged == 3
    assert "do not measure knee angle" in result.cannot_know[0].text
    assert "No observation of the knee was entered" in result.pattern[0].text


def test_one_jump_alone_is_not_judged() -> None:
    found = finding(screen(_session("opencap/subject4/DJAsym1_grf.mot", 1), "P1"), "load_sharing", "left_right")
    assert found.state == "not_measured"
    assert "record more trials: 1 of at least 3" in found.reason


def test_the_convention_is_a_limit_of_no_score() -> None:
    sharing = next(one for one in INDICATORS if one.id == "load_sharing")
    assert (sharing.convention, sharing.chain) == (85.0, None)
