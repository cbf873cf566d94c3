"""Finds the formats: every module under `io/formats/` exports FORMAT."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

from landing_lab.io import formats
from landing_lab.io.force_table import ForceTable
from landing_lab.model.recording import Recording
from landing_lab.model.result import TrialResult

Encode: TypeAlias = Callable[[Recording, str, Sequence[TrialResult]], bytes]
"""The stream of this name as the bytes of a file; the trials are for formats that hold events."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One file format.

    recognises: whether the first bytes of a file are of this format (by content, never by file name).
    read: the whole file as a table whose columns are still to be chosen, or as a finished recording.
    read_runs: every trial of a file as a finished recording, for a format whose files may hold several; None elsewhere.
    order: formats are asked in this order; a format that accepts any text comes last.
    suffix, encode: the ending of a file name that asks for this format on export, and how it is written; None
    for a format that is only read.
    """

    name: str
    recognises: Callable[[bytes], bool]
    read: Callable[[Path], ForceTable | Recording]
    read_runs: Callable[[Path], tuple[Recording, ...]] | None = None
    order: int = 0
    suffix: str | None = None
    encode: Encode | None = None


@cache
def all_formats() -> tuple[Format, ...]:
    """Every format, in the order in which they are asked."""
    modules = pkgutil.iter_modules(formats.__path__, f"{formats.__name__}.")
    found = [importlib.import_module(module.name).FORMAT for module in modules]
    return tuple(sorted(found, key=lambda entry: (entry.order, entry.name)))
