"""A session of the example study, written by the code that `landing-lab record` writes with."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from landing_lab.app.datasets.example import design, kept
from landing_lab.app.datasets.example.athletes import Athlete
from landing_lab.app.datasets.example.jumps import jump_of
from landing_lab.app.datasets.example.sensing import Sensed, sensed
from landing_lab.app.record.book import SessionBook
from landing_lab.app.record.facts import SessionSettings, boards_of, facts_of_trial, report_order
from landing_lab.app.record.protocols import Protocol, protocol_of, with_conditions
from landing_lab.io.dataset import Dataset
from landing_lab.io.session_file import TrialEntry
from landing_lab.model.calibration import Calibration
from landing_lab.model.device import LinkStats
from landing_lab.model.raw import RawRecording
from landing_lab.model.result import Result, TrialResult
from landing_lab.sim.body import DropJumpBody

BETWEEN_TRIALS: Final = timedelta(seconds=75)
_BLOCK_S: Final = 1.0
"""Frames of all boards are appended in turn for so long."""


@dataclass(slots=True)
class Day:
    """The time of day in the laboratory; it passes only when somebody says so."""

    at: datetime

    def now(self) -> str:
        """ISO 8601, UTC."""
        return self.at.isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One trial with what is true of it."""

    entry: TrialEntry
    body: DropJumpBody
    sensed: Sensed


@dataclass(slots=True, kw_only=True)
class ExampleSession:
    """One session while it is written. whole: keeps raw files and everything that is computed from them."""

    dataset: Dataset
    athlete: Athlete
    number: int
    day: Day
    calibrations: Sequence[Calibration]
    whole: bool
    done: list[Done] = field(default_factory=list)

    def write(self) -> list[Done]:
        """Record every trial of the plan, then write the numbers of the session; what is true of each trial."""
        protocol, settings = self.protocol, SessionSettings(box_height_m=design.BOX_HEIGHT_M, operator="simulated")
        entered = {"mass_kg": None, "box_height_m": design.BOX_HEIGHT_M, "operator": settings.operator, "note": None}
        seed = 100 * self.athlete.number + self.number
        book = SessionBook.open(
            self.dataset, self.athlete.name, protocol, entered, seed=seed, new=True, now=self.day.now
        )
        found: list[TrialResult] = []
        try:
            for planned in book.plan:
                self.day.at += BETWEEN_TRIALS
                entry = book.begin(planned)
                found.append(self._trial(book, entry, protocol, settings))
            _write_numbers(book, protocol, settings, found, whole=self.whole)
            self.day.at += BETWEEN_TRIALS
            book.finish()
        finally:
            book.lock.release()
        return self.done

    @property
    def protocol(self) -> Protocol:
        """Drop jumps; in the third session flat and on a heel lift in turn."""
        chosen = dataclasses.replace(protocol_of("drop_jump"), n_trials=design.N_TRIALS)
        return chosen if self.number < 3 else with_conditions(chosen, (design.FLAT, design.HEEL_LIFT), "alternating")

    def _trial(
        self, book: SessionBook, entry: TrialEntry, protocol: Protocol, settings: SessionSettings
    ) -> TrialResult:
        by_device = {one.device_id: one for one in self.calibrations}
        facts = facts_of_trial(book.state, entry, protocol, settings, by_device, {}, started_at=self.day.now())
        body = jump_of(self.athlete, self.number, entry.run, entry.condition)
        heard = sensed(self.athlete, body, self.number, entry.run, facts)
        streams = heard.raw.streams
        if not self.done:
            book.describe(
                boards_of({name: one.info for name, one in streams.items()}),
                {device: one.file for device, one in by_device.items()},
            )
        links = {name: LinkStats(frames=len(one.frames)).as_dict() for name, one in streams.items()}
        entry = book.update(entry, link_statistics=links)
        result = self._accepted(book, entry, heard.raw, links)
        self.done.append(Done(entry=entry, body=body, sensed=heard))
        return result.trials[0]

    def _accepted(
        self, book: SessionBook, entry: TrialEntry, raw: RawRecording, links: dict[str, dict[str, int | float]]
    ) -> Result:
        """Measure the recording and write what is kept of it; the whole result."""
        from landing_lab.calibrate.recording import recording_from_raw
        from landing_lab.io.read import read
        from landing_lab.metrics.analyse import analyse

        if self.whole:
            write_raw(book.raw_path(entry), raw, links)
            result = analyse(read(book.raw_path(entry)), box_height_m=design.BOX_HEIGHT_M)
            book.accept(entry, result, ())
            return result
        footers = {f"link_{name}": {**facts, "ended": "complete"} for name, facts in links.items()}
        raw = dataclasses.replace(raw, metadata={**raw.metadata, **footers})
        recording = recording_from_raw(raw, source=book.raw_path(entry).name)
        result = analyse(recording, box_height_m=design.BOX_HEIGHT_M)
        named = {one.device_id: {"file": one.file} for one in self.calibrations}
        named_raw = dataclasses.replace(raw, metadata={**raw.metadata, "calibrations": named})
        book.accept(entry, kept.kept(result, insoles=self.number == 3), (kept.CUT,), raw=named_raw)
        return result


def write_raw(path: Path, raw: RawRecording, links: dict[str, dict[str, int | float]]) -> None:
    """The raw file of a recording, its boards in turn as they arrived."""
    from landing_lab.io.xdf_journal import JournalStream, XdfJournal

    streams = [JournalStream(name, stream.info) for name, stream in raw.streams.items()]
    last_s = max(float(one.arrival_s[-1]) for one in raw.streams.values())
    first_s = min(float(one.arrival_s[0]) for one in raw.streams.values())
    with XdfJournal(path, streams, metadata=raw.metadata) as journal:
        for start_s in np.arange(first_s, last_s + _BLOCK_S, _BLOCK_S).tolist():
            for name, stream in raw.streams.items():
                rows = (stream.arrival_s >= start_s) & (stream.arrival_s < start_s + _BLOCK_S)
                journal.append(name, stream.arrival_s[rows], stream.frames.rows(rows))
        for name, facts in links.items():
            journal.conclude(name, {**facts, "ended": "complete"})


def _write_numbers(
    book: SessionBook, protocol: Protocol, settings: SessionSettings, trials: Sequence[TrialResult], *, whole: bool
) -> None:
    """metrics.csv, and analysis.json where the raw files are kept, from which it can be computed again."""
    from landing_lab.app.analyse.document import analysis_document
    from landing_lab.io.write import write_analysis_json, write_metrics_csv

    order = report_order(book, protocol, settings)
    told = trials if whole else [kept.shortened(one) for one in trials]
    write_metrics_csv(told, order.folder / "metrics.csv", order.labels)
    if whole:
        document = analysis_document(trials, session=dict(order.session), labels=order.labels)
        write_analysis_json(document, order.folder / "analysis.json")
