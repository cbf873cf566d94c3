"""What the first page of a session's report says beside the numbers: verdicts, what is left, symmetry, screening."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from landing_lab.errors import LandingLabError
from landing_lab.io.session_file import SessionState, TrialEntry
from landing_lab.model.result import TrialResult
from landing_lab.model.trial_label import TrialLabel

if TYPE_CHECKING:
    from landing_lab.report.opening import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionAccount:
    """Where a session stands; folder: its own, two below that of its dataset."""

    folder: Path
    participant: str
    session: str
    entries: tuple[TrialEntry, ...]
    n_left: int = 0
    left_out: tuple[int, ...] = ()

    @classmethod
    def of(cls, folder: Path, state: SessionState, *, n_left: int, left_out: Sequence[int]) -> SessionAccount:
        """The account of a state."""
        return cls(
            folder=folder, participant=state.participant, session=state.session, entries=state.trials, n_left=n_left,
            left_out=tuple(sorted(left_out)),
        )  # fmt: skip


def told_of(account: SessionAccount, trials: Sequence[TrialResult], labels: Sequence[TrialLabel | None]) -> Account:
    """The account with what the analysis layer finds; a screening that cannot be made says why and stops nothing."""
    from landing_lab.analysis.inputs.files import session_document, session_inputs
    from landing_lab.analysis.screening.entered_alone import entered_alone
    from landing_lab.analysis.screening.of_dataset import screen
    from landing_lab.analysis.screening.session_asymmetry import session_asymmetry
    from landing_lab.report.opening import Account
    from landing_lab.report.session_facts import plain_time

    screening, alone, why_not, entered = None, None, "", ""
    try:
        document = session_document(account.folder)
        if document is not None:
            last: dict[str, object] = next(iter(reversed(document.get("history", []))), {})
            by = f" by {last['by']}" if last.get("by") else ""
            entered = f"Entered {plain_time(str(last.get('at', '')))}{by}.".replace("  ", " ")
            inputs = session_inputs(account.folder)
            alone = None if inputs is None else entered_alone(inputs)
            screening = screen(account.folder.parents[1], account.participant)
            if screening.session != account.session:
                why_not, screening = f"The screening is of session {screening.session}, the newest.", None
    except LandingLabError as error:
        why_not = f"The screening could not be made: {error}."
    return Account(
        entries=account.entries, n_left=account.n_left, left_out=account.left_out,
        asymmetry=session_asymmetry(trials, labels), screening=screening, alone=alone, why_not=why_not, entered=entered,
    )  # fmt: skip
