"""Whether numbers computed again are those that were stored: bit for bit, as JSON writes them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from landing_lab.io.visible import quoted_name
from landing_lab.io.write import json_text

_METRIC_FIELDS: Final = ("value", "sd", "status", "unit")
_TIME_FIELDS: Final = ("time_s", "start_s", "stop_s")
_TRIAL_FIELDS: Final = ("task", "status", "sample_rate_hz")
ABSENT: Final = "absent"


@dataclass(frozen=True, slots=True)
class Difference:
    """One number or word that is not what was stored; `absent` where one side does not have it."""

    what: str
    old: object
    new: object

    def __str__(self) -> str:
        return f"{self.what}: {_shown(self.old)} became {_shown(self.new)}"

    @property
    def is_flag(self) -> bool:
        """Whether a status that was ok is now flagged."""
        return (self.what == "status" or self.what.endswith(" status")) and (self.old, self.new) == ("ok", "flagged")

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return {"what": self.what, "old": self.old, "new": self.new}


def differences(stored: Mapping[str, Any], computed: Mapping[str, object]) -> list[Difference]:
    """What differs between two entries of "trials": numbers, statuses, events, phases, settings; no sentences.

    Both go through JSON, so that equal means the same float64. A stored entry that is damaged differs in full.
    """
    old, new = _facts(stored), _facts(json.loads(json_text(computed)))
    names = dict.fromkeys((*old, *new))
    pairs = ((name, old.get(name, ABSENT), new.get(name, ABSENT)) for name in names)
    return [Difference(name, before, after) for name, before, after in pairs if not _same(before, after)]


def _facts(trial: Mapping[str, Any]) -> dict[str, object]:
    """Every compared value of a trial under a name that a person reads."""
    facts: dict[str, object] = {name: trial.get(name, ABSENT) for name in _TRIAL_FIELDS}
    for row in _rows(trial, "metrics"):
        name = f"{row.get('name')} ({row.get('side')})"
        facts |= {f"{name} {field}": row.get(field, ABSENT) for field in _METRIC_FIELDS}
    for kind in ("events", "phases"):
        count: dict[str, int] = {}
        for row in _rows(trial, kind):
            side = f" ({row['side']})" if "side" in row else ""
            name = f"{row.get('name')}{side}"
            count[name] = count.get(name, 0) + 1
            number = f" {count[name]}" if count[name] > 1 else ""
            facts |= {f"{name}{number} {field}": row[field] for field in _TIME_FIELDS if field in row}
    settings = trial.get("settings")
    if isinstance(settings, dict):
        facts |= {f"setting {name}": value for name, value in settings.items()}
    return facts


def _rows(trial: Mapping[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    rows = trial.get(kind)
    yield from (row for row in (rows if isinstance(rows, list) else []) if isinstance(row, dict))


def _same(old: object, new: object) -> bool:
    """Equal as JSON: 1 and 1.0 are one number, true is none."""
    if isinstance(old, bool) or isinstance(new, bool):
        return old is new
    return old == new


def _shown(value: object) -> str:
    return "no value" if value is None else quoted_name(repr(value) if isinstance(value, float) else str(value))
