"""What an analysis gives back: trials with events, phases and a tidy table of metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from landing_lab.model.blocks import FloatArray
from landing_lab.model.channels import Side
from landing_lab.model.events import Events, Phases
from landing_lab.model.pressure import FootPressure
from landing_lab.model.quality import Quality
from landing_lab.model.recording import Recording

if TYPE_CHECKING:
    import pandas as pd

Status: TypeAlias = Literal["ok", "flagged", "refused"]
Task: TypeAlias = Literal["drop_jump", "drop_landing", "countermovement_jump", "squat_jump", "unknown"]

CopAxes: TypeAlias = Literal["anatomical", "unknown"]
"""anatomical: columns are (medio-lateral, antero-posterior); unknown: two axes of the plate."""

METRIC_COLUMNS = ("name", "side", "value", "unit", "sd", "status", "reason", "method", "stronger_side")


class MetricValue(NamedTuple):
    """One number that leaves the package: value and sd in `unit`; both None and a reason where refused.

    stronger_side: for symmetry metrics, the side with the larger value; None elsewhere. A named tuple, because an
    analysis makes some ninety of them and a frozen dataclass takes three times as long.
    """

    name: str
    side: Side
    value: float | None
    unit: str
    sd: float | None
    status: Status
    reason: str | None
    method: str
    stronger_side: Side | None = None

    def as_dict(self) -> dict[str, object]:
        """Plain values for JSON and tables, in the order of METRIC_COLUMNS."""
        return self._asdict()


@dataclass(frozen=True, slots=True)
class MetricsTable:
    """Tidy table of metrics, one row per name and side."""

    rows: tuple[MetricValue, ...] = ()

    def __iter__(self) -> Iterator[MetricValue]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def get(self, name: str, side: Side = "total") -> MetricValue | None:
        """The row of this name and side, None where the table has none.

        A metric between the feet has one row, of side "left_right": it is found without naming that side.
        """
        sides = (side, "left_right") if side == "total" else (side,)
        return next((row for wanted in sides for row in self.rows if row.name == name and row.side == wanted), None)

    def to_pandas(self) -> pd.DataFrame:
        """The table as a data frame with METRIC_COLUMNS."""
        import pandas as pd

        return pd.DataFrame([row.as_dict() for row in self.rows], columns=list(METRIC_COLUMNS))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ForceSignals:
    """Vertical force on one time base, offset removed, as the detector and the metrics saw it.

    force_n: side -> (n_samples,) in newton, NaN = missing; always has "total".
    times_s: (n_samples,). noise_n: side -> SD of the unloaded signal.
    source: one sentence on how the force was obtained, shown in every report.
    scale_sd_fraction: relative SD of the scale of all force; it cancels in a ratio to a body weight that the same
    plate weighed. amplitude_sd_fraction: relative SD of fast force beside it (0 for a force plate);
    amplitude_note says why, and flags the metrics that rest on it. weight_note does the same for standing
    force. edge_sd_s: what the sensor adds to the SD of a touchdown or take-off; side_offset_sd_s: SD of left
    against right clock.
    timing_refusal: why this sensor cannot time a contact, None where it can; force_refusal: why it tells no force,
    trial_refusal: why no trial can be told in it unless somebody says what was done. doubts: sentences on the whole
    recording that flag every number of it. bandwidth_hz: -3 dB point of sensor and of any filter at the source,
    None where only the sample rate limits; bandwidth_note: the sentence on how that was found.
    cop_m: side -> (n_samples, 2) centre of pressure in metres; cop_axes says what the two columns are.
    unloaded_s: how long the plates were seen empty (0: never), None where the zero has another source; drift_n: how
    far the unloaded level wanders meanwhile.
    sd_n: side -> (n_samples,) SD of fused force, sample by sample; empty where one figure says it for all.
    pressure: foot -> what the cells under it say, on the same times; empty without insoles.
    """

    times_s: FloatArray
    force_n: Mapping[Side, FloatArray]
    sample_rate_hz: float
    offset_n: Mapping[Side, float]
    noise_n: Mapping[Side, float]
    resolution_n: float
    sensor_kind: str
    source: str
    bandwidth_hz: float | None = None
    bandwidth_note: str | None = None
    scale_sd_fraction: float = 0.0
    amplitude_sd_fraction: float = 0.0
    amplitude_note: str | None = None
    weight_note: str | None = None
    edge_sd_s: float = 0.0
    side_offset_sd_s: float = 0.0
    timing_refusal: str | None = None
    force_refusal: str | None = None
    trial_refusal: str | None = None
    doubts: tuple[str, ...] = ()
    cop_m: Mapping[Side, FloatArray] = field(default_factory=dict)
    cop_axes: CopAxes = "unknown"
    unloaded_s: float | None = None
    drift_n: float = 0.0
    sd_n: Mapping[Side, FloatArray] = field(default_factory=dict)
    pressure: Mapping[Side, FootPressure] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrialResult:
    """One trial: what was recognised, when things happened, and every number with its uncertainty.

    settings: setting name (with unit suffix) -> value, everything that could change a number.
    signals is the force around the trial for pictures; None where nothing could be read. index counts from 0
    among the n_in_source trials of the recording. simulated: no person was measured.
    """

    source: str
    index: int
    task: Task
    status: Status
    reason: str | None
    sample_rate_hz: float
    events: Events
    phases: Phases
    table: MetricsTable
    quality: Quality = field(default_factory=Quality)
    settings: Mapping[str, object] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    signals: ForceSignals | None = None
    window_s: tuple[float, float] | None = None
    n_in_source: int = 1
    simulated: bool = False

    @property
    def title(self) -> str:
        """Source of the trial, with its number where the recording holds several."""
        return self.source if self.n_in_source == 1 else f"{self.source}, trial {self.index + 1}"

    def __repr__(self) -> str:
        return f"<TrialResult {self.title}: {self.task}, {self.status}, {len(self.table)} metrics>"

    @property
    def metrics(self) -> pd.DataFrame:
        """The metrics as a data frame with METRIC_COLUMNS."""
        return self.table.to_pandas()

    def as_dict(self) -> dict[str, object]:
        """One entry of "trials" in the schema landing-lab.analysis/1."""
        return {
            "source": self.source,
            "index": self.index,
            "task": self.task,
            "status": self.status,
            "reason": self.reason,
            "sample_rate_hz": self.sample_rate_hz,
            "events": [event.as_dict() for event in self.events],
            "phases": [phase.as_dict() for phase in self.phases],
            "metrics": [row.as_dict() for row in self.table],
            "quality": [item.as_dict() for item in self.quality],
            "settings": dict(self.settings),
            "notes": list(self.notes),
            "simulated": self.simulated,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """The analysis of one recording. A file with several jumps has several trials.

    task, status, reason, events and phases are those of the first trial, which is the only one in the usual
    recording; `trials` holds all, and `metrics` has a row for each metric of each trial.
    """

    recording: Recording
    trials: tuple[TrialResult, ...]

    def __len__(self) -> int:
        return len(self.trials)

    @property
    def first(self) -> TrialResult:
        """The first trial; an analysis always holds at least one, if only to say why it was refused."""
        return self.trials[0]

    @property
    def task(self) -> Task:
        """Task of the first trial."""
        return self.first.task

    @property
    def status(self) -> Status:
        """Status of the first trial."""
        return self.first.status

    @property
    def reason(self) -> str | None:
        """Why the first trial is flagged or refused."""
        return self.first.reason

    @property
    def events(self) -> Events:
        """Events of the first trial."""
        return self.first.events

    @property
    def phases(self) -> Phases:
        """Phases of the first trial."""
        return self.first.phases

    @property
    def metrics(self) -> pd.DataFrame:
        """Metrics of all trials as a data frame: METRIC_COLUMNS, then `index`, the trial counted from 0."""
        import pandas as pd

        return pd.concat([trial.metrics.assign(index=trial.index) for trial in self.trials], ignore_index=True)

    def __repr__(self) -> str:
        return f"<Result of {self.recording.source}: {', '.join(map(repr, self.trials))}>"
