"""A yes-or-no outcome out of what was entered: an observation, a class, or a number beyond a declared limit."""

from __future__ import annotations

import re
from typing import Any, Final

import numpy as np

from landing_lab.errors import ParameterError
from landing_lab.io.visible import quoted_name

_LIMIT: Final = re.compile(r"(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)")


def yes_or_no(frame: Any, outcome: str, positive: str | None) -> tuple[Any, str]:
    """The frame with the outcome as 0, 1 or missing, and its definition in words.

    positive: what counts as yes: a word ("poor"), several with commas, or a limit (">=8"). A limit is declared before
    the data are looked at. Raises ParameterError where no row has the outcome or nothing is yes.
    """
    if outcome not in frame.columns:
        raise ParameterError(
            f"the data have no outcome {quoted_name(outcome)}; enter it with `landing-lab inputs`, put it into "
            f"participants.tsv, or give a table with --data"
        )
    column = frame[outcome]
    if positive is None:
        return frame, f"{outcome} as recorded, 1 = yes"
    limit = _LIMIT.fullmatch(positive.strip())
    known = column.notna()
    if limit is None:
        words = [word.strip().lower() for word in positive.split(",")]
        yes = column.astype(str).str.strip().str.lower().isin(words)
        said = f"{outcome} is {' or '.join(words)}"
    else:
        yes = _beyond(column, outcome, limit.group(1), float(limit.group(2)))
        said = f"{outcome} {limit.group(1)} {limit.group(2)}"
    if known.any() and not bool(yes[known].any()):
        values = ", ".join(quoted_name(str(one)) for one in list(dict.fromkeys(column[known]))[:6])
        raise ParameterError(f"no row of {quoted_name(outcome)} is {quoted_name(positive)}; it holds {values}")
    made = frame.copy()
    made[outcome] = np.where(known, yes.astype(float), np.nan)
    return made, said


def _beyond(column: Any, outcome: str, sign: str, limit: float) -> Any:
    import pandas as pd

    numbers = pd.to_numeric(column, errors="coerce")
    if bool((numbers.isna() & column.notna()).any()):
        raise ParameterError(f"{quoted_name(outcome)} holds words; say which of them counts as yes, not a limit")
    return {">=": numbers >= limit, "<=": numbers <= limit, ">": numbers > limit, "<": numbers < limit}[sign]
