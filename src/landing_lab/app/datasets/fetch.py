"""A dataset by its name: made, loaded, or found where a person put it."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from landing_lab.app.datasets.dataset import ACCESS_WORDS, Dataset
from landing_lab.app.datasets.download import ResumingDownloader
from landing_lab.app.datasets.made import make_example
from landing_lab.app.datasets.part_file import aside
from landing_lab.app.datasets.places import VARIABLE, folder_for
from landing_lab.app.datasets.plan import ABOUT, Plan, plan_for, write_about
from landing_lab.app.datasets.progress import bytes_progress, megabytes
from landing_lab.app.datasets.registry import dataset
from landing_lab.app.datasets.unpack import folder_of, unpack
from landing_lab.errors import DownloadError, ParameterError
from landing_lab.io.dataset_lock import FolderLock
from landing_lab.io.visible import quoted_path, visible

_MARGIN_BYTES: Final = 50_000_000
"""Left free on the disk."""
MUCH_BYTES: Final = 100_000_000
"""From here on a person is asked on the command line, and told in Python, before it is loaded (choice)."""
LOCK: Final = ".fetching"


def fetch_dataset(name: str, folder: Path | str | None = None) -> Path:
    """The folder of a dataset: loaded or made by the first call, found there by later ones.

    `folder` is where it is to lie; None means the cache (docs/how_to/datasets.md says where that is). Raises
    ParameterError for a name that is not in `ll.datasets()`; DownloadError where something cannot be loaded, or has
    to be got by hand.
    """
    wanted = dataset(name)
    if folder is not None and not isinstance(folder, str | Path):
        raise ParameterError(f"a folder is a path; got {type(folder).__name__}; give a text or a Path")
    if isinstance(folder, str) and not folder.strip():
        raise ParameterError("the folder for a dataset has no name; give a path, or leave it out for the cache")
    place = Path(folder) if folder is not None else folder_for(wanted)
    if wanted.access == "made":
        return make_example(place)
    if not loads_by_itself(wanted):
        return found_by_hand(wanted, place)
    plan = plan_for(wanted, place)
    to_load = plan.to_load_bytes
    if plan.missing and (to_load is None or to_load > MUCH_BYTES):
        said = f"loading {megabytes(to_load)} of {wanted.name} into {visible(str(place))}"
        print(f"{said}; interrupting it keeps what has come", file=sys.stderr, flush=True)
    return load(plan)


def loads_by_itself(wanted: Dataset) -> bool:
    """Whether the files have addresses, or a repository that lists them."""
    return bool(wanted.files or wanted.record)


def load(plan: Plan, *, unpacking: bool = True) -> Path:
    """Load what is missing and unpack archives; the dataset's folder.

    Every file is checked and then put in place in one step; what came of others is kept for the next call. Raises
    DownloadError with what to do; RecordingError where another program is loading into the same folder.
    """
    if plan.missing:
        check_space(plan)
        plan.folder.mkdir(parents=True, exist_ok=True)
        with FolderLock(plan.folder / LOCK, what=f"the folder {plan.folder}"):
            _load_missing(plan)
    if unpacking:
        unpack_archives(plan.folder, [plan.target(one) for one in plan.files])
    return plan.folder


def check_space(plan: Plan) -> None:
    """Raises DownloadError where nothing can be written, or the disk has no room for what is to come."""
    needed = plan.to_load_bytes or 0
    there = plan.folder
    while not there.exists() and there != there.parent:
        there = there.parent
    try:
        with tempfile.TemporaryFile(dir=there):
            free = shutil.disk_usage(there).free
    except OSError as error:
        raise DownloadError(
            f"nothing can be written in {quoted_path(str(there))} ({error.strerror or error}); choose another folder "
            f"with --out, or with {VARIABLE}"
        ) from error
    if needed + _MARGIN_BYTES > free:
        raise DownloadError(
            f"{plan.dataset.name} needs {megabytes(needed)} and {_MARGIN_BYTES / 1e6:.0f} MB to spare, and the disk of "
            f"{quoted_path(str(there))} has {megabytes(free)} free; free some space, "
            "choose some files with --only, or another disk with --out"
        )


def _load_missing(plan: Plan) -> None:
    import pooch

    pooch.get_logger().setLevel("ERROR")  # it tells of every file; we show progress
    write_about(plan)
    keeper = pooch.Pooch(
        path=plan.folder,
        base_url="",
        registry={one.path: one.checksum for one in plan.missing},
        urls={one.path: one.address for one in plan.missing},
    )
    with bytes_progress(plan.missing_bytes) as progress:
        for one in plan.missing:
            target = plan.target(one)
            if target.exists():  # another file of that name is somebody's: it stays, under another name
                aside(target, target)
            target.parent.mkdir(parents=True, exist_ok=True)
            progress.file(one.path)
            keeper.fetch(
                one.path,
                downloader=ResumingDownloader(
                    target, size_bytes=one.size_bytes, checksum=one.checksum, advance=progress.advance
                ),
            )


def unpack_archives(folder: Path, archives: list[Path]) -> None:
    """Unpack each archive beside itself, once; other files are passed over."""
    for archive in archives:
        into = folder_of(archive)
        if into is not None and archive.is_file() and not into.exists():
            with FolderLock(folder / LOCK, what=f"the folder {folder}"):
                unpack(archive, into)


def found_by_hand(wanted: Dataset, place: Path) -> Path:
    """The folder where a person put a dataset; its archives are unpacked. Raises DownloadError where nothing is."""
    there = sorted(path for path in _looked_into(place) if not path.name.startswith(".") and path.name != ABOUT)
    if not there:
        raise DownloadError(
            f"{wanted.name} has to be got by hand ({ACCESS_WORDS[wanted.access]}): `landing-lab datasets show "
            f"{wanted.name}` says how; put it into {place}, it is found there"
        )
    unpack_archives(place, there)
    return place


def _looked_into(place: Path) -> list[Path]:
    try:
        return list(place.iterdir())
    except FileNotFoundError:
        return []
