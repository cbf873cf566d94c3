"""The review of recorded trials: made in one thread of its own, and never while a trial is recorded."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from typing import Any, Final, TypeVar

from landing_lab.app.web.lab import BusyError, Lab
from landing_lab.app.web.review_choice import (
    ChosenTrial,
    accepted_trials,
    chosen_session,
    chosen_trial,
    people_shown,
    session_shown,
)
from landing_lab.app.web.review_compare import CompareQuestion, Comparison, compared
from landing_lab.app.web.review_load import ReviewFiles
from landing_lab.app.web.review_report import ReportsAnew
from landing_lab.errors import FileFormatError
from landing_lab.io.annotations import Annotations, read_annotations
from landing_lab.io.dataset import Dataset

Made = TypeVar("Made")
Asked = Mapping[str, Any]

QUIET_PHASES: Final = ("verdict", "reporting", "over")
"""Phases of a session in which no sample is waited for."""
MOST_WAITING: Final = 12
NO_BOKEH: Final = "charts need Bokeh; install it with pip install 'landing-lab[web]'"


class ReviewBusyError(BusyError):
    """A trial is being recorded, or too much is asked for at once."""


class Review:
    """Answers of the review as plain values. Everything that computes runs in one thread, one thing after another."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="review")
        self._waiting = 0
        self._files = ReviewFiles(self.refuse_while_recording)
        self._comparison = Comparison(self._files)
        self._reports = ReportsAnew(lab.dataset)

    async def run(self, work: Callable[[Asked], Made], asked: Asked) -> Made:
        """Do something in the review's thread. Raises ReviewBusyError where too much waits already."""
        if self._waiting >= MOST_WAITING:
            raise ReviewBusyError("the review is busy; try again in a moment")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work, asked)
        finally:
            self._waiting -= 1

    def now(self, work: Callable[[Asked], Made], asked: Asked) -> Made:
        """Do something in the review's thread and wait for it."""
        return self._thread.submit(work, asked).result()

    def refuse_while_recording(self) -> None:
        """Raises ReviewBusyError while samples come in: the recording goes first."""
        lab = self._lab
        phase = "" if lab.front is None else lab.front.view.get("phase")
        if lab.job == "calibrate" or (lab.job == "record" and phase not in QUIET_PHASES):
            raise ReviewBusyError("a trial is being recorded; what was not looked at before can be seen after it")

    def people(self, _asked: Asked) -> dict[str, object]:
        """Everybody in the dataset and their sessions."""
        return {"people": people_shown(self._lab.dataset), "charts": "" if find_spec("bokeh") else NO_BOKEH}

    def session(self, asked: Asked) -> dict[str, object]:
        """The trials of a session."""
        return session_shown(*chosen_session(self._lab.dataset, asked))

    def trial(self, asked: Asked) -> dict[str, object]:
        """A trial with its chart."""
        from landing_lab.app.web.review_trial import trial_chart, trial_shown

        chosen, annotations = self._chosen(asked)
        loaded = self._files.load(chosen)
        shown = trial_shown(chosen, loaded, annotations)
        return {**shown, "chart": trial_chart(chosen, loaded, annotations) if find_spec("bokeh") else None}

    def threshold(self, asked: Asked) -> dict[str, object]:
        """A trial over contact thresholds."""
        from landing_lab.app.web.review_threshold import threshold_shown
        from landing_lab.metrics.sensitivity import threshold_sensitivity

        chosen, _ = self._chosen(asked)
        loaded = self._files.load(chosen)
        loaded.trial(chosen.index)
        if loaded.stored:
            raise FileFormatError("the raw file of this trial is not there, so other thresholds cannot be tried")
        self.refuse_while_recording()
        found = threshold_sensitivity(loaded.recording, mass_kg=loaded.mass_kg, trial=chosen.index)
        return threshold_shown(found, str(asked.get("metric", "")))

    def raw(self, asked: Asked) -> dict[str, object]:
        """The raw channels of one board of a trial, in counts."""
        from landing_lab.app.web.review_raw import raw_shown

        chosen, _ = self._chosen(asked)
        read = self._files.raw(chosen)
        centred = {"0": False, "1": True}.get(str(asked.get("centred", "")))
        return raw_shown(read, str(asked.get("device", "")), centred=centred)

    def compare(self, asked: Asked) -> dict[str, object]:
        """Trials of a session, or of all sessions of its athlete, over each other."""
        question = CompareQuestion.asked(*(str(asked.get(name, "")) for name in ("by", "side", "align")))
        folder, state = chosen_session(self._lab.dataset, asked)
        if question.by == "session":
            sessions = Dataset(self._lab.dataset).sessions(folder.participant)
            chosen = [one for each in sessions for one in accepted_trials(each, each.read_state())]
        else:
            chosen = accepted_trials(folder, state)
        return compared(question, chosen, self._comparison.of)

    def contrast(self, asked: Asked) -> dict[str, object]:
        """Two conditions of the dataset compared, or the sessions of one athlete."""
        from landing_lab.app.web.review_contrast import contrast_shown, sessions_shown

        folder, _ = chosen_session(self._lab.dataset, asked)
        self.refuse_while_recording()
        if asked.get("what") == "sessions":
            return sessions_shown(self._lab.dataset, folder.participant)
        return contrast_shown(self._lab.dataset, asked)

    def contrast_picture(self, asked: Asked) -> dict[str, object]:
        """The picture of one row of a comparison of conditions."""
        from landing_lab.app.web.review_contrast import contrast_picture

        chosen_session(self._lab.dataset, asked)
        self.refuse_while_recording()
        return contrast_picture(self._lab.dataset, asked)

    def pressure(self, asked: Asked) -> dict[str, object]:
        """The pictures of pressure that the report has of a trial."""
        from landing_lab.report.pressure_section import pressure_pictures

        chosen, _ = self._chosen(asked)
        trial = self._files.load(chosen).trial(chosen.index)
        self.refuse_while_recording()
        return {
            "pictures": [
                {
                    "title": one.title,
                    "caption": one.caption,
                    "refusal": one.refusal,
                    "png": None if one.png is None else base64.b64encode(one.png).decode("ascii"),
                }
                for one in pressure_pictures(trial)
            ]
        }

    def move(self, asked: Asked) -> dict[str, object]:
        """Set an event of a trial to another time, beside the session."""
        from landing_lab.app.web.review_moved import keep_moved, moved_event

        chosen, _ = self._chosen(asked)
        trial = self._files.load(chosen).trial(chosen.index)
        kept = keep_moved(chosen, trial, moved_event(chosen, trial, asked))
        return self._told(chosen, kept)

    def take_back(self, asked: Asked) -> dict[str, object]:
        """Take a moved event back."""
        from landing_lab.app.web.review_moved import withdraw

        chosen, _ = self._chosen(asked)
        return self._told(chosen, withdraw(chosen, asked))

    def report(self, asked: Asked) -> dict[str, object]:
        """What became of the report that was last asked for."""
        key = (str(asked.get("participant", "")), str(asked.get("session", "")))
        return {"report": self._reports.told.get(key, "")}

    def _told(self, chosen: ChosenTrial, annotations: Annotations) -> dict[str, object]:
        """What is moved now; the report of a session that is over is made anew."""
        from landing_lab.app.web.review_moved import moved_shown

        trial = self._files.load(chosen).trial(chosen.index)
        folder = chosen.folder
        if folder.live:
            report = "The report that is made after the next accepted trial says so too."
        else:
            report = self._reports.order(folder.participant, folder.label)
        return {"moved": moved_shown(trial, chosen, annotations), "report": report}

    def _chosen(self, asked: Asked) -> tuple[ChosenTrial, Annotations]:
        chosen = chosen_trial(self._lab.dataset, asked)
        return chosen, read_annotations(chosen.folder.path)
