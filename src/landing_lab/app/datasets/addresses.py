"""Which addresses are asked and which names become files: nothing that a server says leads out of https or a folder."""

from __future__ import annotations

import ipaddress
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import urlsplit

from landing_lab.errors import DownloadError
from landing_lab.io.visible import quoted_name, quoted_path

_LONGEST: Final = 240
_LONGEST_HOST: Final = 253
_LONGEST_PART: Final = 63
_WINDOWS: Final = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})


def checked_address(address: str, *, came_from: str = "") -> str:
    """The address itself, where it is https, or http to this very machine. Raises DownloadError for any other."""
    host = _host(address)
    scheme = address.partition(":")[0].lower()
    if _is_name(host) and (scheme == "https" or (scheme == "http" and _is_here(host))):
        return address
    sent = f"{came_from} sends on to" if came_from else "the address is"
    raise DownloadError(
        f"{sent} '{quoted_path(address)}', which is no https address; nothing was loaded from there: load the file in "
        "a browser if you trust it, and put it into the dataset's folder"
    )


def host_of(address: str) -> str:
    """The host as messages name it."""
    return quoted_name(_host(address) or address)


def safe_path(name: str) -> PurePosixPath:
    """A relative path out of the name that a registry, a record or an archive gives.

    Raises DownloadError for one that would leave its folder, or that some system cannot hold.
    """
    parts = name.split("/")
    wrong = (
        not name
        or len(name) > _LONGEST
        or not name.isprintable()
        or any(mark in name for mark in '\\:*?"<>|')
        or any(part in ("", ".", "..") or part != part.strip() or part.endswith(".") for part in parts)
        or any(part.partition(".")[0].lower() in _WINDOWS for part in parts)
    )
    if wrong:
        raise DownloadError(
            f"a file there is called '{quoted_name(name)}', which is no name for a file inside this folder; nothing "
            "was written: tell the authors of the dataset, or load it by hand"
        )
    return PurePosixPath(name)


def _host(address: str) -> str:
    """The host of an address; empty where there is none, or the address is malformed."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _is_name(host: str) -> bool:
    """Whether a host is as long as names may be (RFC 1035, 2.3.4): parts of 1 to 63, 253 characters in all."""
    return len(host) <= _LONGEST_HOST and all(
        0 < len(part) <= _LONGEST_PART for part in host.removesuffix(".").split(".")
    )


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
