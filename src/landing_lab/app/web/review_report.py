"""The report of a finished session made anew with what was moved by hand; its numbers and other files stay."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import landing_lab
from landing_lab.app.processes.aside import made_aside
from landing_lab.app.reanalyse.compare import differences
from landing_lab.app.reanalyse.sources import stored_document
from landing_lab.app.web.review_choice import chosen_session
from landing_lab.errors import LandingLabError
from landing_lab.io.write import write_whole

AGAIN: Final = "landing-lab reanalyse writes one that says what was moved"
PDF: Final = "report.pdf"
PAGES: Final = ("report.html", PDF)
MAKING: Final = "The report is made anew …"

Session = tuple[str, str]
"""Participant and label."""


@dataclass(slots=True)
class ReportsAnew:
    """Makes reports one after the other in a process of its own, so that nothing here waits for pictures."""

    dataset: Path
    told: dict[Session, str] = field(default_factory=dict)
    _wanted: dict[Session, None] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _running: bool = False

    def order(self, participant: str, session: str) -> str:
        """Ask for the report of a session; what there is to say of it now."""
        key = (participant, session)
        with self._lock:
            self._wanted[key], self.told[key] = None, MAKING
            if not self._running:
                self._running = True
                threading.Thread(target=self._work, name="review report", daemon=True).start()
        return MAKING

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._wanted:
                    self._running = False
                    return
                key = next(iter(self._wanted))
                del self._wanted[key]
            told = _told(self.dataset, key)
            with self._lock:
                if key not in self._wanted:
                    self.told[key] = told


def _told(dataset: Path, key: Session) -> str:
    """Make it; what came of it, whatever went wrong: whoever asked waits for a sentence."""
    try:
        return made_aside(report_anew, dataset, key)
    except (LandingLabError, OSError) as error:
        return f"The report stays as it is: {error}. {AGAIN.capitalize()}."


def report_anew(dataset: Path, key: Session) -> str:
    """Write the report of a session again; the sentence that says how that went.

    It is put into its place only where every number of it is the one stored in analysis.json, so that it never differs
    from the files beside it. Raises LandingLabError where a file cannot be read or written.
    """
    from landing_lab.app.record.on_disk import order_on_disk
    from landing_lab.app.record.report import write_session_report

    folder, _ = chosen_session(dataset, {"participant": key[0], "session": key[1]})
    document = stored_document(folder.path)
    pages = [name for name in PAGES if (folder.path / name).is_file()]
    if document is None or not pages:
        return "The session has no report yet; its report will say what was moved."
    if document.get("version") != landing_lab.__version__:
        return f"The report stays as it is: landing-lab {document.get('version')} made it. {AGAIN.capitalize()}."
    with TemporaryDirectory(prefix="landing-lab-report-") as place:
        made = Path(place)
        write_session_report(order_on_disk(folder.path), out=made, pdf=PDF in pages)
        again = stored_document(made)
        if again is None or _differ(document, again):
            return f"The report stays as it is: its numbers are not those of now. {AGAIN.capitalize()}."
        if folder.live:
            return "The report that is made after the next accepted trial says so too."
        for name in pages:
            if (made / name).is_file():
                write_whole(folder.path / name, (made / name).read_bytes())
    return "The report of the session says so too."


def _differ(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether a stored number is another than the one computed now; a flag by a later check is no other number."""
    stored, computed = ({(one["source"], one["index"]): one for one in found["trials"]} for found in (old, new))
    if set(stored) != set(computed):
        return True
    return any(not one.is_flag for key in stored for one in differences(stored[key], computed[key]))
