"""One trial as waveforms need it: force, phases and body weight, from an analysis or from a dataset's stored files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from landing_lab.errors import FileFormatError
from landing_lab.fuse.foot_pressure import pressures_of
from landing_lab.io.processed import FORCE, read_processed
from landing_lab.io.visible import quoted_name
from landing_lab.model.channels import Side
from landing_lab.model.events import Event, Events, Phase, Phases
from landing_lab.model.recording import Recording, Stream
from landing_lab.model.result import ForceSignals, TrialResult

_FORCE_SIDES: Final[tuple[Side, ...]] = ("left", "right", "plate_1", "plate_2", "total")
INSOLES: Final[dict[Side, str]] = {"left": "insole_left", "right": "insole_right"}
"""Streams that may be the insole of a foot, as `landing-lab record` names them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeasuredTrial:
    """signals: force and cells, None where not stored; body_weight_n: None where unknown, then no_weight says why.

    refusal: why the trial gives no curve; flagged: why what it gives is in doubt; None where neither is so.
    """

    title: str
    signals: ForceSignals | None
    events: Events
    phases: Phases
    body_weight_n: float | None
    no_weight: str
    refusal: str | None
    flagged: str | None
    simulated: bool


def measured(trial: TrialResult) -> MeasuredTrial:
    """What an analysis gave back."""
    row = trial.table.get("body_weight_n")
    return MeasuredTrial(
        title=trial.title, signals=trial.signals, events=trial.events, phases=trial.phases,
        body_weight_n=None if row is None else row.value,
        no_weight=(None if row is None else row.reason) or "body weight is unknown",
        refusal=trial.reason or "the trial was refused" if trial.status == "refused" else None,
        flagged=trial.reason if trial.status == "flagged" else None, simulated=trial.simulated,
    )  # fmt: skip


def stored(description: Path, *, insole: Side | None = None) -> MeasuredTrial:
    """What a dataset holds of an accepted trial: NAME.json and the Parquet files that it names.

    insole: the foot whose cells are wanted as well. Raises FileFormatError where a file is missing or damaged.
    """
    wanted = {FORCE, *([INSOLES[insole]] if insole in INSOLES else [])}
    held = read_processed(description, streams=wanted)
    document = held.description
    trials = document.get("trials")
    if not isinstance(trials, list) or not trials or not isinstance(trials[0], dict):
        raise FileFormatError(
            f"{quoted_name(description.name)} holds no analysis; compute it again with landing-lab reanalyse",
            path=description,
        )
    try:
        return _from_document(description.stem, document, trials, held.recordings)
    except (KeyError, TypeError, ValueError) as error:
        raise FileFormatError(
            f"{quoted_name(description.name)} is not what landing-lab writes ({error!r}); compute it again with "
            f"landing-lab reanalyse",
            path=description,
        ) from error


def _from_document(
    title: str, document: Mapping[str, Any], trials: list[Any], recordings: Mapping[str, Recording]
) -> MeasuredTrial:
    first: Mapping[str, Any] = trials[0]
    weight = next((row for row in first["metrics"] if row["name"] == "body_weight_n"), None)
    reason = first.get("reason")
    refusal = (reason or "the trial was refused") if first["status"] == "refused" else None
    if len(trials) > 1:
        refusal = f"its recording holds {len(trials)} trials; which one counts is not known"
    return MeasuredTrial(
        title=title,
        signals=stored_signals(document.get("force") or {}, recordings),
        events=Events(tuple(Event(**one) for one in first["events"])),
        phases=Phases(tuple(Phase(**one) for one in first["phases"])),
        body_weight_n=None if weight is None or weight["value"] is None else float(weight["value"]),
        no_weight=(None if weight is None else weight["reason"]) or "body weight is unknown",
        refusal=refusal,
        flagged=reason if first["status"] == "flagged" else None,
        simulated=bool(document.get("simulated")),
    )


def stored_signals(facts: Mapping[str, Any], recordings: Mapping[str, Recording]) -> ForceSignals | None:
    """Force and cells on one time base; None where no force was stored."""
    recording = recordings.get(FORCE)
    if recording is None:
        return None
    force: Stream = recording.streams[FORCE]
    columns = {side: force.layout.pick(quantity="force", side=side) for side in _FORCE_SIDES}
    insoles: dict[Side, Stream] = {
        side: recordings[name].streams[name] for side, name in INSOLES.items() if name in recordings
    }
    return ForceSignals(
        times_s=force.times_s,
        force_n={side: force.samples[:, found[0]] for side, found in columns.items() if len(found)},
        sample_rate_hz=force.sample_rate_hz,
        offset_n=cast("Mapping[Side, float]", facts.get("offset_n", {})),
        noise_n=cast("Mapping[Side, float]", facts.get("noise_n", {})),
        resolution_n=float(facts.get("resolution_n", 0.0)),
        sensor_kind=str(facts.get("sensor_kind", "")),
        source=str(facts.get("source", "")),
        amplitude_note=facts.get("amplitude_note"),
        force_refusal=facts.get("force_refusal"),
        pressure=pressures_of(insoles, force.times_s),
    )
