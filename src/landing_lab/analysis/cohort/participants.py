"""participants.tsv as a laboratory keeps it: sex, age, mass, group and whatever else it wrote."""

from __future__ import annotations

import math
from functools import lru_cache
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Final

from landing_lab.errors import FileFormatError
from landing_lab.io.dataset_tables import PARTICIPANTS_FILE
from landing_lab.io.small_file import read_small
from landing_lab.io.visible import quoted_name, snippet, visible

if TYPE_CHECKING:
    import pandas as pd

_ID: Final = "participant_id"
_MOST_BYTES: Final = 50_000_000
_NUMBERS: Final = {"age_years": (0.0, 120.0), "mass_kg": (10.0, 300.0)}
_OTHER_NAMES: Final = {"age": "age_years", "mass": "mass_kg", "weight_kg": "mass_kg", "gender": "sex"}
_SEXES: Final = {"f": "female", "female": "female", "w": "female", "woman": "female",
                 "m": "male", "male": "male", "man": "male"}  # fmt: skip


def read_participants(dataset: Path, notes: list[str]) -> pd.DataFrame:
    """What participants.tsv says, indexed by participant without "sub-"; sentences on what it cannot mean go to notes.

    sex is "female", "male" or missing; age_years and mass_kg are numbers or missing; other columns are texts as they
    stand. Empty where there is no such file.
    """
    path = dataset / PARTICIPANTS_FILE
    try:
        status = path.stat()
    except OSError:
        return _nobody()
    frame, said = _read(path.absolute(), status.st_mtime_ns, status.st_size)
    notes += said
    return frame.copy()


def column_named(people: pd.DataFrame, name: str) -> str | None:
    """The column that a laboratory means by a name: age is age_years; None where there is none."""
    low = name.lower()
    known = (name, low, _OTHER_NAMES.get(low, low))
    return next((one for one in known if one in people.columns), None)


def persons(people: pd.DataFrame) -> dict[str, tuple[str | None, float | None]]:
    """Participant -> sex ("female", "male") and age in years, None where it is not known.

    people: as TrialTable.participants, whoever made it.
    """
    none = [None] * len(people)
    sexes = people["sex"].tolist() if "sex" in people.columns else none
    ages = people["age_years"].tolist() if "age_years" in people.columns else none
    return {str(who): (_sex(sex), _age(age)) for who, sex, age in zip(people.index, sexes, ages, strict=True)}


def _sex(word: object) -> str | None:
    return _SEXES.get(word.strip().lower()) if isinstance(word, str) else None


def _age(years: object) -> float | None:
    """Years as a float; numpy's own whole and single precision numbers are neither int nor float."""
    if not isinstance(years, Real) or isinstance(years, bool):
        return None
    return float(years) if math.isfinite(years) else None


def _nobody() -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(index=pd.Index([], name="participant", dtype="str"))


@lru_cache(maxsize=4)
def _read(path: Path, _modified_ns: int, _size: int) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The table and sentences on it; read once as long as the file stays the same."""
    import pandas as pd

    notes: list[str] = []
    try:
        header, rows = _cells(path)
    except (FileFormatError, ValueError, OSError) as error:
        return _nobody(), (f"{PARTICIPANTS_FILE} was not used: {visible(str(error))}",)
    found: dict[str, list[str | None]] = {}
    for number, row in enumerate(rows, start=2):
        one = row[0].strip().removeprefix("sub-")
        if len(row) > len(header) or not (one.isascii() and one.isalnum()):
            notes.append(f"{PARTICIPANTS_FILE}: line {number} was left out; it is not one participant per line")
        elif one in found:
            notes.append(f"{PARTICIPANTS_FILE} has {one} twice; the first line counts")
        else:
            padded = [*row, *[""] * (len(header) - len(row))]
            found[one] = [_text(cell) for cell in padded[1:]]
    frame = pd.DataFrame.from_dict(found, orient="index", columns=header[1:], dtype="str")
    frame.index = pd.Index(list(found), name="participant", dtype="str")
    return _with_meaning(frame, notes), tuple(notes)


def _cells(path: Path) -> tuple[list[str], list[list[str]]]:
    """Header and rows. Raises FileFormatError or ValueError where it is not such a table."""
    text = read_small(path, most_bytes=_MOST_BYTES).decode("utf-8-sig")
    lines = [line.split("\t") for line in text.splitlines() if line.strip()]
    header = [name.strip() for name in lines[0]] if lines else [_ID]
    if header[0] != _ID:
        shown = quoted_name(header[0])
        raise FileFormatError(f'it begins with the column "{shown}" where {_ID} belongs; use tabs between the columns')
    if len(set(header)) < len(header):
        raise FileFormatError("two of its columns have one name; rename one")
    return header, lines[1:]


def _with_meaning(frame: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Columns that we know by name, with their meaning."""
    import pandas as pd

    lower = {name: str(name).lower() for name in frame.columns}
    frame = frame.rename(columns={name: low for name, low in lower.items() if low in {"sex", *_NUMBERS, *_OTHER_NAMES}})
    for other, name in _OTHER_NAMES.items():
        if other in frame.columns and name not in frame.columns:
            frame = frame.rename(columns={other: name})
    if frame.columns.duplicated().any():
        notes.append(f"{PARTICIPANTS_FILE}: two columns mean the same; the first counts")
        frame = frame.loc[:, ~frame.columns.duplicated()]
    if "sex" in frame.columns:
        meant = frame["sex"].str.strip().str.lower().map(_SEXES)
        odd = frame["sex"].notna() & meant.isna()
        _tell(notes, "sex", frame["sex"][odd], "female or male (F, M)")
        frame["sex"] = meant.astype("str")
    for name, (least, most) in _NUMBERS.items():
        if name in frame.columns:
            number = pd.to_numeric(frame[name], errors="coerce")
            number = number.where((number >= least) & (number <= most)).astype(float)
            _tell(notes, name, frame[name][frame[name].notna() & number.isna()], f"a number of {least:g} to {most:g}")
            frame[name] = number
    return frame


def _tell(notes: list[str], column: str, odd: pd.Series[str], wanted: str) -> None:
    """One sentence on the cells of a column that mean nothing."""
    if len(odd):
        shown = snippet(repr(odd.iloc[0]))
        notes.append(
            f"{PARTICIPANTS_FILE}: {column} of {len(odd)} participant(s) is not known ({odd.index[0]} has {shown}; "
            f"{wanted} is read)"
        )


def _text(cell: str) -> str | None:
    """A cell; n/a and nothing are missing."""
    cell = cell.strip()
    return None if cell.lower() in {"", "n/a", "na", "nan"} else visible(cell)
