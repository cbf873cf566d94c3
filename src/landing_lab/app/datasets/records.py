"""What a repository itself says of a dataset: names, sizes, checksums of its files, by DOI through pooch."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from landing_lab.app.datasets.addresses import checked_address, safe_path
from landing_lab.app.datasets.network import HEADERS, TIMEOUT_S
from landing_lab.errors import DownloadError
from landing_lab.io.visible import quoted_name

CHECKSUM: Final = re.compile(r"(md5:[0-9a-f]{32}|sha256:[0-9a-f]{64})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One file to have: its path in the dataset's folder, where it is loaded from, size (None: not told), checksum."""

    path: str
    address: str
    size_bytes: int | None
    checksum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Files of a record, and the licence that it names; empty where it names none."""

    files: tuple[Wanted, ...]
    licence: str = ""


def ask_record(doi: str) -> Record:
    """The files of a DOI at Zenodo, figshare or a Dataverse. Raises DownloadError where that cannot be had."""
    import requests

    try:
        return _asked(doi)
    except requests.RequestException as error:
        raise DownloadError(
            f"the list of files of doi:{doi} could not be had ({_short(error)}); what is loaded already is kept: type "
            "the same command again when this machine is connected, or load the files in a browser from "
            f"https://doi.org/{doi}"
        ) from error
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise DownloadError(
            f"the repository of doi:{doi} answers with something that is no list of files; its interface may have "
            f"changed, or the record is gone: open https://doi.org/{doi} in a browser"
        ) from error


def _asked(doi: str) -> Record:
    import pooch
    from pooch.downloaders import doi_to_repository

    repository = doi_to_repository(doi, headers=HEADERS, timeout=TIMEOUT_S)
    keeper = pooch.Pooch(path=".", base_url=f"doi:{doi}")
    repository.populate_registry(keeper)
    sizes = _sizes(repository.api_response)
    files = []
    for name, checksum in sorted(keeper.registry.items()):
        address = checked_address(repository.download_url(name))
        if not CHECKSUM.fullmatch(checksum):
            raise ValueError(checksum)
        files.append(Wanted(path=str(safe_path(name)), address=address, size_bytes=sizes.get(name), checksum=checksum))
    if not files:
        raise ValueError("no files")
    return Record(files=tuple(files), licence=_licence(repository.api_response))


def _sizes(response: Any) -> dict[str, int]:
    """Bytes by name, as Zenodo (files: key, size), figshare (a list: name, size) or a Dataverse (dataFile) has them."""
    found: Any = response.json() if hasattr(response, "json") else response
    if isinstance(found, Mapping) and "data" in found:
        rows: Iterable[Any] = [row["dataFile"] for row in found["data"]["latestVersion"]["files"]]
    else:
        rows = found["files"] if isinstance(found, Mapping) else found
    sizes = {}
    for row in rows:
        name = row.get("key") or row.get("filename") or row.get("name")
        size = next((row[key] for key in ("size", "filesize") if isinstance(row.get(key), int)), None)
        if name is not None and size is not None and size >= 0:
            sizes[name] = size
    return sizes


def _licence(response: Any) -> str:
    """The licence that a Zenodo record names."""
    try:
        return quoted_name(str(response["metadata"]["license"]["id"]))
    except (KeyError, TypeError):
        return ""


def _short(error: Exception) -> str:
    """The kind of trouble, without the library's inner text."""
    status = getattr(getattr(error, "response", None), "status_code", None)
    return f"HTTP {status}" if status is not None else type(error).__name__.removesuffix("Error").lower() + " trouble"
