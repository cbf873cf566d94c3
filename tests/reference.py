"""Where the real recordings are that tests read in place."""

import os
from pathlib import Path

import pytest

REFERENCE_DATA = Path(
    os.environ.get("LANDING_LAB_REFERENCE_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")
)


def require_reference_data() -> Path:
    """The folder of real recordings; skips the test where it is absent, fails it where CI demands all."""
    if (REFERENCE_DATA / "force").is_dir():
        return REFERENCE_DATA
    reason = f"no reference recordings in {REFERENCE_DATA}; set LANDING_LAB_REFERENCE_DATA to the folder that has them"
    if os.environ.get("LANDING_LAB_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
