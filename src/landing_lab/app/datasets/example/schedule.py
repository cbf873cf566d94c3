"""When everybody of the example study came: eight athletes a day, the same hour in the second week."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from landing_lab.app.datasets.example import design

PER_DAY: Final = 8
SLOT: Final = timedelta(minutes=55)
CONTRAST_AFTER: Final = timedelta(minutes=15)


def begins(number: int, session: int) -> datetime:
    """When session 1, 2 or 3 of athlete 1, 2, ... begins; the third follows the second."""
    day, slot = divmod(number - 1, PER_DAY)
    first = design.FIRST_DAY + timedelta(days=day) + slot * SLOT
    if session == 1:
        return first
    return first + design.BETWEEN_SESSIONS + (CONTRAST_AFTER if session == 3 else timedelta())


def calibrated_at(number: int) -> datetime:
    """When the insoles were calibrated under this athlete's feet."""
    return begins(number, 1) - timedelta(minutes=15)
