"""One public dataset: what it holds, who may use it how, where it is, and what landing-lab reads of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Access: TypeAlias = Literal["made", "open", "page", "account", "request"]
"""made: computed on this machine; open: `datasets fetch` loads it; page: anybody may load it in a browser; account,
request: a person must ask for it."""
Checked: TypeAlias = Literal["bytes", "page", "memory"]
"""bytes: our copy was compared with the repository's; page: facts read at `seen`; memory: not verified, shown so."""

ACCESS_WORDS: Final[dict[Access, str]] = {
    "made": "made here, offline",
    "open": "open download",
    "page": "open, in a browser",
    "account": "needs an account",
    "request": "ask the authors",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetFile:
    """One file: its path inside the dataset's folder, the address it is loaded from, its bytes and their SHA-256."""

    path: str
    address: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """One row of the registry.

    holds: sensors, tasks and people in words; rates: samples per second; licence_short: for lists; size, size_note: as
    published, where no files are listed. doi: of the data, not of the paper. reads: which files landing-lab reads, and
    which it does not; commands: command lines that work on them, written from inside the folder. files: addresses and
    checksums known to us; record: DOI whose repository names files, sizes and checksums at the time of loading.
    by_hand: steps for a person, where `datasets fetch` cannot load it; {folder} in them is where it is to be put.
    checked, seen: how and where facts of this row were read; doubts: what was not verified. tried: date of the last
    real download by us, empty where there was none.
    """

    name: str
    version: str
    title: str
    holds: str
    sensors: tuple[str, ...]
    tasks: tuple[str, ...]
    rates: str
    people: str
    licence: str
    licence_short: str
    citation: str
    reads: str
    access: Access
    checked: Checked
    size: str = ""
    size_note: str = ""
    doi: str = ""
    page: str = ""
    commands: tuple[str, ...] = ()
    files: tuple[DatasetFile, ...] = ()
    record: str = ""
    by_hand: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    doubts: str = ""
    tried: str = ""

    @property
    def size_bytes(self) -> int | None:
        """Bytes of all listed files; None where they are not listed here."""
        return sum(one.size_bytes for one in self.files) if self.files else None

    @property
    def verified(self) -> bool:
        """Whether the facts of this row were read somewhere."""
        return self.checked != "memory"
