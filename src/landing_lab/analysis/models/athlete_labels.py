"""One athlete under one label: a person in several spellings would sit on both sides of a fold."""

from __future__ import annotations

import unicodedata
from typing import Any

import numpy as np

from landing_lab.errors import ParameterError
from landing_lab.io.visible import quoted_name


def athlete_labels(labels: Any) -> Any:
    """Labels (n,) without blanks around them; numbers stay as they are.

    Raises ParameterError where two labels differ only in case, in blanks, or in being a number or a text.
    """
    given = np.asarray(labels)
    if given.dtype.kind in "iufb":
        return given
    made = np.array([one.strip() if isinstance(one, str) else one for one in given.tolist()], dtype=object)
    seen: dict[str, Any] = {}
    for label in dict.fromkeys(made.tolist()):
        before = seen.setdefault(_plain(label), label)
        if before is not label and (type(before) is not type(label) or before != label):
            raise ParameterError(
                f"athletes {quoted_name(repr(before))} and {quoted_name(repr(label))} differ only in how they are "
                f"written, and one person under two labels makes every figure too good; write each athlete in one way"
            )
    return made


def _plain(label: Any) -> str:
    return "".join(unicodedata.normalize("NFKC", str(label)).casefold().split())
