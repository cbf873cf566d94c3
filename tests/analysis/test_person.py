"""Sex and age as entered, else as participants.tsv says: one rule for screening and inputs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from landing_lab.analysis.inputs.files import inputs_from
from landing_lab.analysis.person import Person, person

PEOPLE = pd.DataFrame({"sex": ["f", "male", "n/a"], "age_years": [17.0, 21.0, np.nan], "simulated": ["n/a", "true", 0]})
PEOPLE.index = pd.Index(["A", "B", "C"])


def test_participants_tsv_tells_where_nothing_was_entered() -> None:
    assert person(PEOPLE, "A", None) == Person("A", "female", 17.0)
    assert person(PEOPLE, "B", None) == Person("B", "male", 21.0, simulated=True)
    assert person(PEOPLE, "C", None) == person(pd.DataFrame(), "C", None) == Person("C")


def test_what_was_entered_stands_above_it() -> None:
    entered = inputs_from({"prior_injury": "none", "sex": "male"})
    assert person(PEOPLE, "A", entered) == Person("A", "male", 17.0)


@pytest.mark.parametrize("age", [19, np.int64(19), np.float32(19)])
def test_whole_years_are_years(age: object) -> None:
    people = pd.DataFrame({"age_years": pd.Series([age], dtype=object, index=["A"])})
    assert person(people, "A", None).age_years == 19.0
