"""A trial whose raw file is not there, as its session stored it: the numbers of its own analysis, the force of it."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from landing_lab.analysis.waveforms.measured_trial import INSOLES, stored_signals
from landing_lab.app.web.review_choice import ChosenTrial
from landing_lab.app.web.review_load import Loaded
from landing_lab.errors import FileFormatError
from landing_lab.io.processed import FORCE, read_processed
from landing_lab.io.small_file import read_small
from landing_lab.io.visible import quoted_name
from landing_lab.model.events import Event, Events, Phase, Phases
from landing_lab.model.quality import Quality, QualityItem
from landing_lab.model.recording import Recording
from landing_lab.model.result import ForceSignals, MetricsTable, MetricValue, TrialResult

METRICS: Final = "metrics.csv"
MOST_BYTES: Final = 200_000_000
NOTE: Final = (
    "The raw file of this trial is not there: what you see is what its session stored. Numbers, events and checks are "
    "those of its own analysis; other thresholds and raw channels need the raw file."
)


def load_stored(chosen: ChosenTrial, description: Path) -> Loaded:
    """The trials that a description in the folder `trials` holds, with the force beside it.

    Raises FileFormatError where a file is missing or damaged.
    """
    held = read_processed(description, streams={FORCE, *INSOLES.values()})
    document = held.description
    streams = {
        name: one.streams[name] for name, one in held.recordings.items() if name != FORCE and name in one.streams
    }
    links = document.get("link_statistics")
    facts = {f"link_{name}": counts for name, counts in links.items()} if isinstance(links, Mapping) else {}
    try:
        signals = stored_signals(document.get("force") or {}, held.recordings)
        entries = document["trials"]
        table = _session_rows(chosen.folder.path / METRICS, chosen.raw.name)
        trials = tuple(trial_of_document(one, signals, len(entries), table.get(one["index"], [])) for one in entries)
    except (KeyError, TypeError, ValueError) as error:
        raise FileFormatError(
            f"{quoted_name(description.name)} is not what landing-lab writes; compute it again with landing-lab "
            f"reanalyse",
            path=description,
        ) from error
    if not trials:
        raise FileFormatError(
            f"{quoted_name(description.name)} holds no analysis; compute it again with landing-lab reanalyse",
            path=description,
        )
    recording = Recording(
        streams=streams,
        started_at=document.get("started_at"),
        provenance={**facts, "source": chosen.raw.name, "notes": (NOTE, *document.get("notes", ()))},
    )
    return Loaded(recording=recording, trials=trials, mass_kg=None, box_height_m=None, stored=True)


def _session_rows(path: Path, source: str) -> dict[int, list[MetricValue]]:
    """Rows that the session's table has of a raw file, by the number of the trial in it; none where there is none.

    Raises ValueError, KeyError where the table is not what landing-lab writes.
    """
    if not path.is_file():
        return {}
    found: dict[int, list[MetricValue]] = {}
    for row in csv.DictReader(io.StringIO(read_small(path, most_bytes=MOST_BYTES).decode("utf-8-sig"))):
        if row["source"].replace("\\", "/").rpartition("/")[2] == source:
            text: Any = {name: row.get(name) or None for name in MetricValue._fields}
            numbers = {name: None if text[name] is None else float(text[name]) for name in ("value", "sd")}
            words = {name: text[name] or "" for name in ("unit", "method")}
            found.setdefault(int(row["index"]), []).append(MetricValue(**{**text, **numbers, **words}))
    return found


def trial_of_document(
    entry: Mapping[str, Any], signals: ForceSignals | None, n_in_source: int, rows: Sequence[MetricValue] = ()
) -> TrialResult:
    """One entry of "trials" as `TrialResult.as_dict` wrote it; rows: numbers of the session's table, where it has more.

    Raises KeyError, TypeError for anything else.
    """
    own = tuple(MetricValue(**row) for row in entry["metrics"])
    kept = {(one.name, one.side) for one in own}
    table = MetricsTable((*own, *(one for one in rows if (one.name, one.side) not in kept)))
    quality = tuple(QualityItem(**{**one, "flags": tuple(one.get("flags", ()))}) for one in entry["quality"])
    force = None if signals is None else dataclasses.replace(signals, sample_rate_hz=entry["sample_rate_hz"])
    return TrialResult(
        source=entry["source"], index=entry["index"], task=entry["task"], status=entry["status"],
        reason=entry["reason"], sample_rate_hz=entry["sample_rate_hz"],
        events=Events(tuple(Event(**one) for one in entry["events"])),
        phases=Phases(tuple(Phase(**one) for one in entry["phases"])), table=table, quality=Quality(quality),
        settings=dict(entry["settings"]), notes=tuple(entry["notes"]), signals=force, n_in_source=n_in_source,
        simulated=bool(entry["simulated"]),
    )  # fmt: skip
