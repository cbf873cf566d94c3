"""How vendors and labs name columns of vertical force: the conventions of dialects.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from landing_lab.io.force_table import ForceTable, plain_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How one family of files names its columns of vertical force."""

    name: str
    patterns: Mapping[str, re.Pattern[str]]
    rival: tuple[str, str] | None

    def find(self, kind: str, table: ForceTable) -> list[int]:
        """Indices of the columns whose plain name matches the pattern of this kind."""
        pattern = self.patterns.get(kind)
        if pattern is None:
            return []
        return [
            index
            for index, name in enumerate(table.names)
            if index not in table.time_columns
            and pattern.fullmatch(plain_name(re.sub(r"(?<=\w)\.\d+$|(?<=[)\]])\.\d+$", "", name)))
        ]


@cache
def dialects() -> tuple[Dialect, ...]:
    """The conventions of `dialects.toml`, in the order in which they are tried."""
    document = tomllib.loads(files("landing_lab.io").joinpath("dialects.toml").read_text(encoding="utf-8"))
    vertical = document["vertical"]
    return tuple(
        Dialect(
            name=entry["name"],
            patterns={
                kind: re.compile(entry[kind].replace("{vertical}", vertical))
                for kind in ("left", "right", "total", "plates", "runs", "extra")
                if kind in entry
            },
            rival=tuple(entry["rival"]) if "rival" in entry else None,
        )
        for entry in document["dialect"]
    )
