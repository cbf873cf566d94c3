"""What fetching a dataset will do: which files are wanted, which are here, what is to be loaded."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Final

from landing_lab.app.datasets.addresses import safe_path
from landing_lab.app.datasets.dataset import Dataset
from landing_lab.app.datasets.part_file import PartFile
from landing_lab.app.datasets.records import CHECKSUM, Record, Wanted, ask_record
from landing_lab.errors import DownloadError, ParameterError
from landing_lab.io.visible import quoted_name
from landing_lab.io.write import json_text, write_whole
from landing_lab.model.strict_document import from_plain, plain

ABOUT: Final = "about.json"
"""Beside the files: what they are, licence, citation, where each one came from. No format of recordings ends so."""
_LONG_BYTES: Final = 2_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A dataset and its folder; listed: all files; files: those chosen; missing: those of them not here, or wrong."""

    dataset: Dataset
    folder: Path
    listed: tuple[Wanted, ...]
    files: tuple[Wanted, ...]
    missing: tuple[Wanted, ...]
    record_licence: str = ""

    def target(self, wanted: Wanted) -> Path:
        """Where a file lies or will lie."""
        return self.folder / PurePosixPath(wanted.path)

    @property
    def missing_bytes(self) -> int | None:
        """Bytes of all missing files; None where a size is not known."""
        sizes = [one.size_bytes for one in self.missing]
        return None if None in sizes else sum(size for size in sizes if size is not None)

    @property
    def to_load_bytes(self) -> int | None:
        """Bytes still to come, less what is kept of them; None where a size is not known."""
        total = self.missing_bytes
        kept = sum(min(PartFile(self.target(one)).size, one.size_bytes or 0) for one in self.missing)
        return None if total is None else total - kept


def plan_for(dataset: Dataset, folder: Path, only: str | None = None) -> Plan:
    """Compare what is wanted with what lies in the folder; asks the repository for its list where none is kept here.

    `only` is a pattern such as '*.txt', held against the path where it has a slash, else against the name. Raises
    ParameterError where it chooses nothing, DownloadError where the list of files cannot be had.
    """
    record = _kept(folder) if dataset.record else _listed(dataset)
    record = record or ask_record(dataset.record)
    for one in record.files:
        _check_name(one.path)
    if len({one.path.casefold() for one in record.files}) < len(record.files):
        raise DownloadError(
            f"two files of {dataset.name} differ in upper and lower case alone, which not every system can hold; "
            "load them by hand"
        )
    chosen = tuple(one for one in record.files if only is None or _matches(one.path, only))
    if not chosen:
        pattern = only or ""
        raise ParameterError(
            f"no file of {dataset.name} is like '{quoted_name(pattern)}'; there are "
            f"{', '.join(one.path for one in record.files[:8])}{', ...' if len(record.files) > 8 else ''}"
        )
    _say_if_long(dataset, [folder / PurePosixPath(one.path) for one in chosen])
    missing = tuple(one for one in chosen if not _is_here(folder / PurePosixPath(one.path), one))
    return Plan(
        dataset=dataset, folder=folder, listed=record.files, files=chosen, missing=missing,
        record_licence=record.licence,
    )  # fmt: skip


def write_about(plan: Plan) -> None:
    """Write or renew about.json, with all files of the dataset whether they were chosen or not."""
    one = plan.dataset
    about = {
        "name": one.name, "version": one.version, "title": one.title, "licence": one.licence,
        "citation": one.citation, "doi": one.doi, "page": one.page, "record_licence": plan.record_licence,
        "loaded_at": datetime.now(tz=UTC).isoformat(timespec="seconds"),
        "files": [plain(file) for file in plan.listed],
    }  # fmt: skip
    write_whole(plan.folder / ABOUT, json_text(about).encode("utf-8"))


def _listed(dataset: Dataset) -> Record:
    return Record(
        files=tuple(
            Wanted(path=one.path, address=one.address, size_bytes=one.size_bytes, checksum=f"sha256:{one.sha256}")
            for one in dataset.files
        )
    )


def _kept(folder: Path) -> Record | None:
    """The repository's list as an earlier call kept it; a file of another kind counts as none."""
    with suppress(OSError, ValueError, TypeError, KeyError, RecursionError):
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        files = tuple(from_plain(Wanted, row) for row in about["files"])
        if files and all(CHECKSUM.fullmatch(one.checksum) for one in files):
            return Record(files=files, licence=str(about.get("record_licence", "")))
    return None


def _check_name(path: str) -> None:
    """Raises DownloadError for a file called like one that we keep beside the files."""
    name = safe_path(path).name.lower()
    if name.startswith(".") or name == ABOUT or name.endswith((".part", ".part.json")):
        raise DownloadError(
            f"a file there is called '{quoted_name(path)}', a name that landing-lab uses itself; load it by hand"
        )


def _matches(path: str, pattern: str) -> bool:
    return fnmatch(path if "/" in pattern else PurePosixPath(path).name, pattern)


def _say_if_long(dataset: Dataset, paths: list[Path]) -> None:
    """Checksums of many gigabytes take minutes, so that somebody might think it hangs."""
    n_bytes = sum(path.stat().st_size for path in paths if path.is_file())
    if n_bytes > _LONG_BYTES:
        print(f"checking {n_bytes / 1e9:.1f} GB of {dataset.name} that are here ...", file=sys.stderr, flush=True)


def _is_here(path: Path, wanted: Wanted) -> bool:
    """Whether a file is there with its size and checksum."""
    import pooch

    try:
        size = path.stat().st_size
    except OSError:
        return False
    if wanted.size_bytes is not None and size != wanted.size_bytes:
        return False
    return bool(pooch.hashes.hash_matches(str(path), wanted.checksum))
