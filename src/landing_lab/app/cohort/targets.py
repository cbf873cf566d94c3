"""Where `landing-lab cohort` writes: never over anything that it did not write itself, never among recorded data."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from landing_lab.errors import LandingLabError, ParameterError
from landing_lab.io.visible import quoted_path

if TYPE_CHECKING:
    from landing_lab.app.cohort.run import CohortSettings

_DERIVATIVES: Final = "derivatives"
_MOST_BYTES: Final = 100_000_000


def check_targets(dataset: Path, settings: CohortSettings) -> None:
    """Raises ParameterError where a file that was named would replace something else, or lie among recorded data."""
    out, norms_out = settings.out, settings.norms_out
    if out is not None and norms_out is not None and _place(out) == _place(norms_out):
        raise ParameterError("--out and --norms-out name the same file; give each a name of its own")
    if out is not None:
        _check(out, "--out", dataset, _is_table)
    if norms_out is not None:
        _check(norms_out, "--norms-out", dataset, _is_norms)


def _check(path: Path, option: str, dataset: Path, is_ours: Callable[[Path], bool]) -> None:
    from landing_lab.analysis.cohort.norms_file import FILE_NAME

    shown, place = quoted_path(str(path)), _place(path)
    if place == _place(dataset):
        raise ParameterError(f"{option} {shown} is what is read; choose another name")
    for root in _datasets_above(place):
        inside = place.relative_to(root)
        if inside.parts[0] != _DERIVATIVES and not (option == "--norms-out" and inside == Path(FILE_NAME)):
            raise ParameterError(
                f"{option} {shown} lies among the recorded data of the dataset {quoted_path(str(root))}; choose a file "
                f"outside of it, or below its folder {_DERIVATIVES}"
            )
    if path.exists() and not path.is_file():
        raise ParameterError(f"{option} {shown} is a folder, a pipe or a device; name a file")
    if path.exists() and not is_ours(path):
        raise ParameterError(
            f"{option} {shown} is there already and landing-lab cohort did not write it; it would be lost, so choose "
            f"another name"
        )


def _place(path: Path) -> Path:
    """Where a file of that name would be put: links of its folders are followed, its own is what is replaced."""
    return path.parent.resolve() / path.name


def _datasets_above(place: Path) -> list[Path]:
    """Datasets that hold this place; what is derived from one describes itself like one and is none."""
    from landing_lab.io.dataset import Dataset

    return [one for one in place.parents if one.parent.name != _DERIVATIVES and Dataset(one).exists]


def _is_table(path: Path) -> bool:
    from landing_lab.analysis.cohort.tidy_file import COLUMNS
    from landing_lab.io.coded_table import read_names
    from landing_lab.io.parquet_file import MAGIC

    try:
        with path.open("rb") as stream:
            if stream.read(len(MAGIC)) != MAGIC:
                return False
        return read_names(path) == COLUMNS
    except (OSError, LandingLabError):
        return False


def _is_norms(path: Path) -> bool:
    from landing_lab.analysis.cohort.norms_file import SCHEMA
    from landing_lab.io.small_file import read_small

    try:
        document = json.loads(read_small(path, most_bytes=_MOST_BYTES))
    except (ValueError, RecursionError, LandingLabError):
        return False
    return isinstance(document, dict) and document.get("schema") == SCHEMA
