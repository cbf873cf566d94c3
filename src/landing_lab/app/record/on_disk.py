"""The report of a session that is over, made anew from its folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from landing_lab.app.record.account import SessionAccount
from landing_lab.app.record.facts import SessionSettings, order_of
from landing_lab.app.record.report import ReportOrder
from landing_lab.errors import LandingLabError, ParameterError
from landing_lab.io.dataset_session import SessionFolder
from landing_lab.io.session_file import FILE_NAME, LEFT_OUT
from landing_lab.io.visible import quoted_path


def is_session(folder: Path) -> bool:
    """Whether a folder is that of a session."""
    return folder.is_dir() and (folder / FILE_NAME).is_file()


def order_on_disk(folder: Path) -> ReportOrder:
    """What the report of a session folder is made of, as `record` left it. Raises ParameterError without trials."""
    place = folder.resolve()
    session = SessionFolder(
        path=place, participant=place.parent.name.removeprefix("sub-"), label=place.name.removeprefix("ses-")
    )
    state = session.read_state()
    if not any(one.verdict == "accepted" for one in state.trials):
        raise ParameterError(
            f"no trial of {quoted_path(str(folder))} is accepted, so there is nothing to report; its raw files can be "
            f"looked at with landing-lab analyse"
        )
    left_out = state.more.get(LEFT_OUT, ())
    listed = [int(one) for one in left_out] if isinstance(left_out, (list, tuple)) else []
    accepted = sum(one.verdict == "accepted" for one in state.trials)
    n_left = max(0, sum(one.n_trials for one in state.planned) - accepted - len(listed))
    account = SessionAccount.of(place, state, n_left=n_left, left_out=listed)
    stored = state.settings
    settings = SessionSettings(
        mass_kg=_number(stored, "mass_kg"), box_height_m=_number(stored, "box_height_m"),
        operator=_text(stored, "operator"), note=_text(stored, "note"),
    )  # fmt: skip
    return order_of(place, state, account, title=_title(state.settings, state.protocol), settings=settings)


def can_report(folder: Path) -> bool:
    """Whether the raw files are there that a report is made of: some datasets are handed on without."""
    try:
        files = order_on_disk(folder).files
    except LandingLabError:
        return False
    return all(file.is_file() for file in files)


def _number(stored: Mapping[str, Any], name: str) -> float | None:
    value = stored.get(name)
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _text(stored: Mapping[str, Any], name: str) -> str | None:
    return str(stored[name]) if stored.get(name) else None


def _title(stored: Mapping[str, Any], protocol: str) -> str:
    told = stored.get("protocol")
    return str(told.get("title", protocol)) if isinstance(told, dict) else protocol
