"""ICC by pingouin (GPL, so an oracle in tests only), quiet about its own deprecations."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd

FORMS = ("ICC(1,1)", "ICC(2,1)", "ICC(3,1)", "ICC(1,k)", "ICC(2,k)", "ICC(3,k)")
"""In the order of its rows; its names of them differ between versions."""


def pingouin_icc(values: np.ndarray) -> dict[str, tuple[float, float, float]]:
    """Form -> value, low, high of a table (subjects, repeats); the bounds are rounded to two digits."""
    n, k = values.shape
    tidy = pd.DataFrame({"who": np.repeat(np.arange(n), k), "rep": np.tile(np.arange(k), n), "value": values.ravel()})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pingouin

        table = pingouin.intraclass_corr(tidy, "who", "rep", "value")
    interval = next(name for name in table.columns if name.startswith("CI95"))
    return {
        form: (float(row["ICC"]), *map(float, row[interval]))
        for form, (_, row) in zip(FORMS, table.iterrows(), strict=True)
    }
