"""What tests need beside this checkout: real recordings, tools; and what happens where it is absent."""

import os
from pathlib import Path
from typing import NoReturn

import pytest

REFERENCE_DATA = Path(
    os.environ.get("LANDING_LAB_REFERENCE_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")
)


def require_reference_data() -> Path:
    """The folder of real recordings; skips the test where it is absent, fails it where CI demands all."""
    if not (REFERENCE_DATA / "force").is_dir():
        absent(
            f"no reference recordings in {REFERENCE_DATA}; set LANDING_LAB_REFERENCE_DATA to the folder that has them"
        )
    return REFERENCE_DATA


def absent(reason: str) -> NoReturn:
    """Skip a test for something that is not here, or fail it where CI demands that nothing is missing."""
    if os.environ.get("LANDING_LAB_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
