"""A dataset with raw files to review, of one athlete: plain drop jumps, two conditions; a review without a server."""

from __future__ import annotations

import base64
import dataclasses
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from landing_lab.app.record.book import SessionBook
from landing_lab.app.record.facts import SessionSettings, facts_of_trial, report_order
from landing_lab.app.record.protocols import Protocol, protocol_of, with_conditions
from landing_lab.app.record.report import write_session_report
from landing_lab.app.web.review import Review
from landing_lab.io.dataset import Dataset
from landing_lab.io.read import read
from landing_lab.metrics.analyse import analyse
from simulated_raw import write_raw

BOX_M = 0.3
SESSION = {"participant": "P07", "session": "01"}
TRIAL = {**SESSION, "task": "drop_jump", "run": "1"}
SES_01, SES_02 = Path("sub-P07/ses-01"), Path("sub-P07/ses-02")


def make_reviewed(folder: Path, *, reports: bool = False, contrast: bool = True, jumps: int = 1) -> Path:
    """ses-01: two accepted drop jumps and a rejected one; ses-02: one flat and one on a heel lift.

    jumps: how many of them are in each file of ses-01.
    reports: with the report as `record` leaves it, which takes ten seconds; else the numbers alone.
    """
    plain = dataclasses.replace(protocol_of("drop_jump"), n_trials=2)
    _session(folder, plain, seeds=(3, 4, 5), rejected=(1,), reports=reports, jumps=jumps)
    if contrast:
        lifted = with_conditions(dataclasses.replace(plain, n_trials=1), ("flat", "heel_lift"), "given")
        _session(folder, lifted, seeds=(6, 7), rejected=(), reports=False)
    return folder


def _session(
    folder: Path,
    protocol: Protocol,
    *,
    seeds: tuple[int, ...],
    rejected: tuple[int, ...],
    reports: bool,
    jumps: int = 1,
) -> None:
    settings = SessionSettings(box_height_m=BOX_M, operator="AB")
    entered = {"mass_kg": None, "box_height_m": BOX_M, "operator": "AB", "note": None}
    book = SessionBook.open(Dataset(folder), "P07", protocol, entered, seed=1, new=True)
    links = {"plate": {"frames": 100, "lost_frames": 2}}
    try:
        for number, seed in enumerate(seeds):
            entry = book.begin(book.remaining()[0])
            facts = facts_of_trial(book.state, entry, protocol, settings, {}, {})
            facts.pop("calibrations", None)
            write_raw(book.raw_path(entry), seed=seed, jumps=jumps, **facts)
            entry = book.update(entry, link_statistics=links)
            if number in rejected:
                book.reject(entry, "stumbled", ())
                continue
            book.accept(entry, analyse(read(book.raw_path(entry)), box_height_m=BOX_M), ())
        if reports:
            write_session_report(report_order(book, protocol, settings))
        else:
            _numbers(book, protocol, settings)
        book.finish()
    finally:
        book.lock.release()


def _numbers(book: SessionBook, protocol: Protocol, settings: SessionSettings) -> None:
    from landing_lab.app.analyse.document import analysis_document
    from landing_lab.io.write import write_analysis_json, write_metrics_csv

    order = report_order(book, protocol, settings)
    found = [analyse(read(file), box_height_m=BOX_M).trials for file in order.files]
    trials = [trial for one in found for trial in one]
    labels = [label for one, label in zip(found, order.labels, strict=True) for _ in one]
    write_metrics_csv(trials, order.folder / "metrics.csv", labels)
    document = analysis_document(trials, session=dict(order.session), labels=labels)
    write_analysis_json(document, order.folder / "analysis.json")


@dataclass
class StillLab:
    """Stands for a lab at nothing, or at what a test says."""

    dataset: Path
    job: str = ""
    front: Any = None
    view: dict[str, Any] = field(default_factory=dict)

    def at(self, job: str, phase: str) -> None:
        self.job, self.front = job, SimpleNamespace(view={"phase": phase})


def review_of(dataset: Path) -> tuple[Review, StillLab]:
    lab = StillLab(dataset)
    like: Any = lab
    return Review(like), lab


def unpacked(text: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Numbers as the page is sent them."""
    return np.frombuffer(base64.b64decode(text), "<f8")
