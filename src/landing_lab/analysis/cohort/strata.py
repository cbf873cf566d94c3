"""The groups that norms are made for: sex, and bands of age."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

AGE_BANDS: Final = ((6.0, 12.0), (12.0, 15.0), (15.0, 18.0), (18.0, 25.0), (25.0, 35.0), (35.0, 50.0), (50.0, 120.0))
"""Years, from and below: childhood, around the growth spurt, late adolescence, then adults."""
SEXES: Final = ("female", "male")
_PEOPLE: Final = {"female": "women and girls", "male": "men and boys", None: "everybody"}
_ADULTS: Final = {"female": "women", "male": "men", None: "adults"}
_ADULT_FROM: Final = 18.0


class Stratum(NamedTuple):
    """Athletes of one sex (None: of both, and unknown) and one band of age in years (None: of every age)."""

    sex: str | None = None
    ages: tuple[float, float] | None = None

    def holds(self, sex: str | None, age_years: float | None) -> bool:
        """Whether an athlete belongs to it; who is not known belongs to the wide ones only."""
        if self.sex is not None and sex != self.sex:
            return False
        return self.ages is None or (age_years is not None and self.ages[0] <= age_years < self.ages[1])

    @property
    def words(self) -> str:
        """Whom it holds for: "women, 18 to 24 years"."""
        if self.ages is None:
            return _PEOPLE[self.sex]
        start, stop = self.ages
        people = (
            _ADULTS[self.sex] if start >= _ADULT_FROM else {"female": "girls", "male": "boys"}.get(self.sex or "", "")
        )
        years = f"{start:g} years and older" if stop >= AGE_BANDS[-1][1] else f"{start:g} to {stop - 1:g} years"
        return f"{people or 'children and adolescents'}, {years}"


def every_stratum() -> Iterator[Stratum]:
    """All strata, the widest first."""
    yield Stratum()
    yield from (Stratum(sex) for sex in SEXES)
    yield from (Stratum(None, ages) for ages in AGE_BANDS)
    yield from (Stratum(sex, ages) for sex in SEXES for ages in AGE_BANDS)


def strata_of(sex: str | None, age_years: float | None) -> list[Stratum]:
    """The strata that an athlete belongs to, the narrowest first: sex and age, sex, age, everybody."""
    ages = next((band for band in AGE_BANDS if age_years is not None and band[0] <= age_years < band[1]), None)
    known_sex = sex if sex in SEXES else None
    wanted = (Stratum(known_sex, ages), Stratum(known_sex), Stratum(None, ages), Stratum())
    return list(dict.fromkeys(wanted))
