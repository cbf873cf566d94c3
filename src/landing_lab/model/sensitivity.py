"""How much the numbers of one trial depend on the force at which a contact begins and ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from landing_lab.model.result import Status, Task

if TYPE_CHECKING:
    import pandas as pd

RowKind: TypeAlias = Literal["default", "rule", "grid"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdRow:
    """The trial's numbers at one threshold.

    rule: how the threshold is set, in words. kind: the project's own default, a rule in use elsewhere, or one
    point of the curve. threshold_n: newton, None where the rule cannot be applied. values: metric name -> value in
    the metric's unit, None where it cannot be had. source: who uses the rule.
    """

    rule: str
    kind: RowKind
    threshold_n: float | None
    values: Mapping[str, float | None]
    status: Status
    reason: str | None
    source: str | None = None

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return {
            "rule": self.rule,
            "kind": self.kind,
            "threshold_n": self.threshold_n,
            "values": dict(self.values),
            "status": self.status,
            "reason": self.reason,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdSpread:
    """One metric over the rules that found the trial: its range and SD, in `unit` and in % of the default's value."""

    name: str
    unit: str
    default: float
    minimum: float
    maximum: float
    sd: float

    @property
    def range_pct(self) -> float:
        """Largest minus smallest value in % of the default's value."""
        return 100.0 * (self.maximum - self.minimum) / abs(self.default) if self.default else 0.0

    @property
    def sd_pct(self) -> float:
        """SD over the rules in % of the default's value."""
        return 100.0 * self.sd / abs(self.default) if self.default else 0.0

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON."""
        return {
            "name": self.name,
            "unit": self.unit,
            "default": self.default,
            "min": self.minimum,
            "max": self.maximum,
            "sd": self.sd,
            "range_pct": self.range_pct,
            "sd_pct": self.sd_pct,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdSensitivity:
    """One trial at many thresholds: the default first, then the rules in use, then the curve in rising order.

    units: metric name -> unit, in the order of reports. spreads: one per metric, empty where fewer than two rules
    found the trial. summary: the spread in one sentence. reason: why there are no rows, None where there are.
    """

    source: str
    index: int
    task: Task
    units: Mapping[str, str]
    rows: tuple[ThresholdRow, ...]
    spreads: tuple[ThresholdSpread, ...]
    summary: str
    reason: str | None = None

    @property
    def default(self) -> ThresholdRow | None:
        """The row of the analysis' own threshold, None where no trial was found with it."""
        return next((row for row in self.rows if row.kind == "default"), None)

    @property
    def rules(self) -> tuple[ThresholdRow, ...]:
        """Rows of the rules in use elsewhere."""
        return tuple(row for row in self.rows if row.kind == "rule")

    @property
    def curve(self) -> tuple[ThresholdRow, ...]:
        """Rows of the curve over the threshold, in rising order."""
        return tuple(row for row in self.rows if row.kind == "grid")

    def spread(self, name: str) -> ThresholdSpread | None:
        """The spread of a metric, None where there is none."""
        return next((spread for spread in self.spreads if spread.name == name), None)

    def to_pandas(self) -> pd.DataFrame:
        """One row per threshold: rule, kind, threshold_n, a column for each metric, status, reason, source."""
        import pandas as pd

        columns = ["rule", "kind", "threshold_n", *self.units, "status", "reason", "source"]
        rows = [row.as_dict() | dict(row.values) for row in self.rows]
        return pd.DataFrame(rows, columns=columns)

    def as_dict(self) -> dict[str, object]:
        """The entry "sensitivity" of a trial in the schema landing-lab.analysis/1."""
        default = self.default
        return {
            "default_threshold_n": None if default is None else default.threshold_n,
            "units": dict(self.units),
            "summary": self.summary,
            "reason": self.reason,
            "spread": [spread.as_dict() for spread in self.spreads],
            "rows": [row.as_dict() for row in self.rows],
        }

    def __repr__(self) -> str:
        return f"<ThresholdSensitivity of {self.source}, trial {self.index}: {self.summary}>"
