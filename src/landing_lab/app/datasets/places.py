"""Where datasets lie: one folder per dataset and version, in the user's cache or where LANDING_LAB_DATA says."""

from __future__ import annotations

import functools
import hashlib
import os
from pathlib import Path
from typing import Final

import landing_lab
from landing_lab.app.datasets.dataset import Dataset
from landing_lab.errors import ParameterError
from landing_lab.io.visible import quoted_path

VARIABLE: Final = "LANDING_LAB_DATA"


def datasets_folder() -> Path:
    """The folder that holds every dataset: LANDING_LAB_DATA, else landing-lab/datasets in the user's cache.

    Raises ParameterError where LANDING_LAB_DATA is a file.
    """
    named = os.environ.get(VARIABLE)
    if named:
        place = Path(os.path.expanduser(named)).absolute()  # noqa: PTH111 - Path.expanduser raises for ~nobody
        there = next(one for one in (place, *place.parents) if one.exists())
        if not there.is_dir():
            raise ParameterError(
                f"{VARIABLE} names {quoted_path(str(place))}, but {quoted_path(str(there))} is a file; set it to a "
                "folder"
            )
        return place
    import pooch

    return Path(pooch.os_cache("landing-lab")) / "datasets"


def folder_for(one: Dataset) -> Path:
    """The folder of a dataset of this version; it need not exist."""
    return datasets_folder() / one.name / (_made_version() if one.access == "made" else one.version)


@functools.cache
def _made_version() -> str:
    """What is made here changes with the program: its version, and a hash of the package's whole text and data.

    The sensors' physics, fusion and every metric have a part in a recorded study, so no list of files would be safe.
    """
    package = Path(landing_lab.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return f"{landing_lab.__version__}-{digest.hexdigest()[:8]}"
