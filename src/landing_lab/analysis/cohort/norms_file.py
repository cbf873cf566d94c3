"""DATASET/norms.json (schema landing-lab.norms/1): the norms of a laboratory as screening reads them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from landing_lab.analysis.cohort.foreign_table import laboratory_folder
from landing_lab.analysis.cohort.norms import PERCENTILES, Norm, NormKey, Norms
from landing_lab.analysis.cohort.strata import AGE_BANDS, Stratum
from landing_lab.analysis.reference import LEAST_LOCAL_ATHLETES
from landing_lab.analysis.trial_table import LEAST_TRIALS
from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.io.dataset_session import inside
from landing_lab.io.parquet_file import parquet_bytes, read_selected
from landing_lab.io.small_file import read_small
from landing_lab.io.stored_value import stored_text
from landing_lab.io.visible import quoted_name, snippet
from landing_lab.io.write import json_text, write_whole
from landing_lab.model.software import version

SCHEMA: Final = "landing-lab.norms/1"
FILE_NAME: Final = "norms.json"
MEANS_NAME: Final = "athlete_means.parquet"
_MOST_BYTES: Final = 100_000_000
_MOST: Final = 1e12
"""No number of ours is larger in any unit; squares of larger ones leave what a computer can hold."""
_MOST_COUNTED: Final = 1_000_000_000
_MEANS: Final = ("participant", "name", "side", "task", "condition", "mean")


def read_norms(dataset: str | Path) -> Norms | None:
    """The norms in DATASET/norms.json (beside a table, or in a file of that kind); None where there are none.

    Raises FileFormatError where the file is not one of norms or damaged.
    """
    path = laboratory_folder(Path(dataset))
    path = path / FILE_NAME if path.is_dir() else path
    try:
        status = path.stat()
    except OSError:
        return None
    return _read(path.absolute(), status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=4)
def _read(path: Path, _modified_ns: int, _size: int) -> Norms:
    try:
        document = json.loads(read_small(path, most_bytes=_MOST_BYTES))
        schema = document.get("schema") if isinstance(document, dict) else None
        if schema != SCHEMA:
            raise FileFormatError(
                f"{path.name} says {quoted_name(str(schema))} where {SCHEMA} belongs; make it again with landing-lab "
                f"cohort",
                path=path,
            )
        return _norms(document, path)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        if isinstance(error, ParameterError):
            raise
        raise FileFormatError(
            f"{path.name} is damaged ({type(error).__name__}: {snippet(str(error))}); make it again with landing-lab "
            f"cohort",
            path=path,
        ) from error


def write_norms(norms: Norms, path: Path, *, athlete_means: Path | None = None) -> Path:
    """Write norms as JSON; athlete_means: also a Parquet file of every athlete's means, below the JSON's folder.

    The JSON itself tells of no single athlete, so it may be given to others. Raises RecordingError where a file cannot
    be written.
    """
    means = None
    if athlete_means is not None:
        rows = [(who, *key, mean) for who, own in norms.athlete_means.items() for key, mean in own.items()]
        columns = {name: [row[at] for row in rows] for at, name in enumerate(_MEANS)}
        write_whole(athlete_means, parquet_bytes(_arrays(columns), {}))
        means = athlete_means.relative_to(path.parent).as_posix()
    return write_whole(path, json_text(norms_document(norms, means)).encode())


def _arrays(columns: Mapping[str, list[Any]]) -> dict[str, object]:
    import numpy as np

    return {
        name: np.array(values, np.float64) if name == "mean" else np.array(values, object)
        for name, values in columns.items()
    }


def norms_document(norms: Norms, athlete_means: str | None) -> dict[str, object]:
    """Norms as norms.json holds them; athlete_means: name of the file with the means of single athletes."""
    return {
        "schema": SCHEMA,
        "version": version(),
        "source": norms.source,
        "method": f"mean of each session with {LEAST_TRIALS} or more trials with a value, mean of these per athlete, "
        f"then over athletes; groups of fewer than {LEAST_LOCAL_ATHLETES} athletes are counted only",
        "n_athletes": norms.n_athletes,
        "n_sessions": norms.n_sessions,
        "n_trials": norms.n_trials,
        "age_bands_years": AGE_BANDS,
        "percentiles": PERCENTILES,
        "athlete_means": athlete_means,
        "groups": [
            {"task": task, "condition": condition, **_stratum_document(stratum), "n_athletes": n}
            for (task, condition, stratum), n in norms.counts.items()
        ],
        "norms": [
            {
                "name": key.name, "side": key.side, "unit": norm.unit, "task": key.task, "condition": key.condition,
                **_stratum_document(key.stratum),
                **{name: getattr(norm, name) for name in _NUMBERS},
                "percentiles": norm.percentiles,
            }
            for key, norm in norms.norms.items()
            if _reads_back(norm)
        ],
    }  # fmt: skip


def _reads_back(norm: Norm) -> bool:
    """Whether its numbers are such as the file may hold: one absurd value must not make the others unreadable."""
    return all(abs(value) <= _MOST for value in (*(getattr(norm, name) for name in _NUMBERS), *norm.percentiles))


_NUMBERS: Final = ("n_athletes", "n_trials", "mean", "sd", "mean_low", "mean_high", "flagged_fraction")


def _stratum_document(stratum: Stratum) -> dict[str, object]:
    return {"sex": stratum.sex, "ages_years": stratum.ages}


def _norms(document: Mapping[str, Any], path: Path) -> Norms:
    norms = {}
    for one in document["norms"]:
        numbers = {name: _number(one[name]) for name in _NUMBERS}
        if numbers["n_athletes"] < LEAST_LOCAL_ATHLETES or numbers["sd"] < 0.0:
            raise ValueError(f"a norm of {numbers['n_athletes']:g} athletes with SD {numbers['sd']:g}")
        key = NormKey(
            stored_text(one["name"]),
            stored_text(one["side"]),
            stored_text(one["task"]),
            stored_text(one["condition"]),
            _stratum(one),
        )
        norms[key] = Norm(
            unit=stored_text(one["unit"]),
            n_athletes=_count(numbers.pop("n_athletes")),
            n_trials=_count(numbers.pop("n_trials")),
            percentiles=tuple(_number(value) for value in one["percentiles"]),
            **numbers,
        )
    counts = {
        (stored_text(one["task"]), stored_text(one["condition"]), _stratum(one)): _count(one["n_athletes"])
        for one in document["groups"]
    }
    means = document.get("athlete_means")
    return Norms(
        norms=norms,
        counts=counts,
        n_athletes=_count(document["n_athletes"]),
        n_sessions=_count(document["n_sessions"]),
        n_trials=_count(document["n_trials"]),
        source=stored_text(document["source"]),
        athlete_means={} if means is None else _StoredMeans(inside(path.parent, path.parent / stored_text(means))),
    )


def _stratum(one: Mapping[str, Any]) -> Stratum:
    sex, ages = one["sex"], one["ages_years"]
    return Stratum(
        None if sex is None else stored_text(sex), None if ages is None else (_number(ages[0]), _number(ages[1]))
    )


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= _MOST:
        raise TypeError(f"{snippet(repr(value))} where a number belongs")
    return float(value)


def _count(value: object) -> int:
    number = _number(value)
    if not 0.0 <= number <= _MOST_COUNTED or number != int(number):
        raise ValueError(f"{number:g} where a count belongs")
    return int(number)


class _StoredMeans(Mapping[str, Mapping[tuple[str, str, str, str], float]]):
    """Means of one athlete at a time out of the Parquet file; who is not in it, or without the file, has none."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, dict[tuple[str, str, str, str], float]] = {}

    def __getitem__(self, participant: str) -> Mapping[tuple[str, str, str, str], float]:
        if participant not in self._known:
            rows = read_selected(self._path, _MEANS, "participant", participant) if self._path.is_file() else []
            self._known[participant] = {tuple(row[1:5]): float(row[5]) for row in rows}
        if not self._known[participant]:
            raise KeyError(participant)
        return self._known[participant]

    def __bool__(self) -> bool:
        """Whether there is a file: without it nobody knows who is in the norms."""
        return self._path.is_file()

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)
