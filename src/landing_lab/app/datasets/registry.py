"""The registry of datasets that ships with the package: read once, checked strictly."""

from __future__ import annotations

import difflib
import functools
import re
import tomllib
from collections import Counter
from importlib.resources import files
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from landing_lab.app.datasets.dataset import Dataset, DatasetFile
from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.io.visible import quoted_name
from landing_lab.model.strict_document import from_plain

if TYPE_CHECKING:
    import pandas as pd

DOI: Final = re.compile(r"10\.\d{4,9}/[^\s\"<>]+")
_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_DATE: Final = re.compile(r"20\d\d-\d\d-\d\d")
_NEVER_EMPTY: Final = (
    *("title", "holds", "sensors", "tasks", "rates", "people", "licence", "citation", "reads", "version"),
)


@functools.cache
def registry() -> dict[str, Dataset]:
    """Every dataset by name, in the order of the file."""
    return read_registry((files("landing_lab.app.datasets") / "registry.toml").read_text(encoding="utf-8"))


def dataset(name: str) -> Dataset:
    """The dataset of that name. Raises ParameterError with the nearest names where there is none."""
    known = registry()
    if not isinstance(name, str) or name not in known:
        near = difflib.get_close_matches(str(name).lower(), known, n=3, cutoff=0.5)
        near += [one for one in known if len(str(name)) > 2 and str(name).lower() in one and one not in near]
        hint = f"near it are {', '.join(near)}" if near else f"there are {', '.join(known)}"
        raise ParameterError(f"there is no dataset '{quoted_name(str(name))}'; {hint}; see landing-lab datasets list")
    return known[name]


def datasets() -> pd.DataFrame:
    """Public datasets that landing-lab knows, one row each.

    Columns: name, title, holds, sensors, tasks, rates, people, licence, size, size_bytes (missing where not known),
    access, doi, page, citation, reads, commands, verified, doubts, tried. Fetch one with `ll.fetch_dataset(name)`.
    """
    import pandas as pd

    rows = [
        {
            "name": one.name, "title": one.title, "holds": one.holds, "sensors": ", ".join(one.sensors),
            "tasks": ", ".join(one.tasks), "rates": one.rates, "people": one.people, "licence": one.licence,
            "size": one.size, "size_bytes": one.size_bytes, "access": one.access, "doi": one.doi, "page": one.page,
            "citation": one.citation, "reads": one.reads, "commands": "\n".join(one.commands),
            "verified": one.verified, "doubts": one.doubts, "tried": one.tried,
        }
        for one in registry().values()
    ]  # fmt: skip
    return pd.DataFrame(rows).astype({"size_bytes": "Int64"})


def read_registry(text: str) -> dict[str, Dataset]:
    """Datasets from TOML, one [[dataset]] each. Raises FileFormatError with the row that is wrong."""
    try:
        content: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FileFormatError(f"the registry of datasets is not TOML ({error}); correct that line") from error
    if set(content) != {"dataset"}:
        raise FileFormatError(f"the registry of datasets knows [[dataset]] only; it has {sorted(content)}; correct it")
    rows = []
    for values in content["dataset"]:
        try:
            rows.append(from_plain(Dataset, values))
        except (ValueError, TypeError) as error:
            raise _wrong(str(values.get("name")), str(error)) from error
    name, times = Counter(row.name for row in rows).most_common(1)[0]
    if times > 1:
        raise _wrong(name, f"it stands there {times} times")
    for row in rows:
        fault = _fault(row) or next(filter(None, map(_file_fault, row.files)), "")
        if fault:
            raise _wrong(row.name, fault)
    return {row.name: row for row in rows}


def _wrong(name: str, what: str) -> FileFormatError:
    return FileFormatError(f"dataset '{quoted_name(name)}' of the registry: {what}; correct that row")


def _fault(row: Dataset) -> str:
    """What does not hang together in a row; empty where nothing is wrong."""
    empty = next((name for name in _NEVER_EMPTY if not getattr(row, name)), "")
    paths = [one.path for one in row.files]
    loaded = bool(row.files or row.record)
    rules = (
        (not _NAME.fullmatch(row.name), "its name is not lower-case words joined by hyphens"),
        (bool(empty), f"its {empty} is empty"),
        (any(one and not DOI.fullmatch(one) for one in (row.doi, row.record)), "its DOI is none"),
        (not row.page.startswith("https://") and row.access != "made", "it has no page"),
        ((row.access == "open") != loaded, "what is open has files or a record, and nothing else has"),
        (row.access in ("page", "account", "request") and not row.by_hand, "it has no steps to get it by hand"),
        (bool(row.files and row.record), "it has both files and a record"),
        (not row.files and not row.size, "its size is empty"),
        (len(set(paths)) != len(paths), "two of its files have one path"),
        (row.checked == "page" and not row.seen, "it was read on a page, but none is named"),
        (row.checked == "memory" and not row.doubts, "it is from memory, but nothing says what is doubtful"),
        (bool(row.tried) and not _DATE.fullmatch(row.tried), "its date of trial is not YYYY-MM-DD"),
    )
    return next((text for wrong, text in rules if wrong), "")


def _file_fault(one: DatasetFile) -> str:
    path = PurePosixPath(one.path)
    if path.is_absolute() or ".." in path.parts or "\\" in one.path or str(path) != one.path:
        return f"the path {one.path!r} leaves its folder"
    if not one.address.startswith("https://"):
        return f"{one.path} has no https address"
    if not _SHA256.fullmatch(one.sha256) or one.size_bytes <= 0:
        return f"{one.path} has no whole checksum or size"
    return ""
