"""The sessions of a dataset with the verdicts on their trials, and where the numbers of each stand."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from landing_lab.analysis.cohort.trial_columns import TrialKey
from landing_lab.errors import LandingLabError, ParameterError
from landing_lab.io.dataset import Dataset, derived_folder
from landing_lab.io.dataset_names import check_pseudonym, session_order
from landing_lab.io.dataset_session import SessionFolder, inside
from landing_lab.io.dataset_tables import read_ids
from landing_lab.io.visible import quoted_path, snippet, visible

METRICS: Final = "metrics.csv"
_LONGEST_PSEUDONYM: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSession:
    """One session: its accepted trials by the name of the raw file, and the table with their numbers.

    table: metrics.csv, None where there is none. recovered: whether session.json had to be rebuilt, so that conditions
    stand in the table alone. last_runs: as trial_columns.renumbered wants them,
    of any trial.
    """

    participant: str
    label: str
    table: Path | None
    accepted: dict[str, TrialKey]
    others: frozenset[str]
    last_runs: dict[tuple[str, str, str], int]
    recovered: bool
    recorded_at: str

    @property
    def shown(self) -> str:
        """How sentences name it."""
        return f"sub-{self.participant} ses-{self.label}"


def check_dataset(path: Path) -> Dataset:
    """The dataset of a folder. Raises ParameterError where it is none."""
    found = Dataset(path)
    if not path.exists():
        raise ParameterError(
            f"{quoted_path(str(path))} does not exist; name the folder that `landing-lab record` wrote"
        )
    if not found.exists:
        raise ParameterError(
            f"{quoted_path(str(path))} is no dataset (it has no dataset_description.json); name the folder that "
            f"`landing-lab record --dataset` wrote"
        )
    return found


def participants_of(dataset: Dataset, participant: str | None, notes: list[str]) -> list[str]:
    """Pseudonyms with a folder or a line in participants.tsv, or the one that is asked for; notes name bad links.

    Raises ParameterError where the dataset does not have that one.
    """
    said: list[str] = []
    folders = {name.removeprefix("sub-") for name in _folder_names(dataset.path, dataset.path, "sub-", said)}
    known = sorted(one for one in folders | set(read_ids(dataset.path)) if len(one) <= _LONGEST_PSEUDONYM)
    if participant is None:
        notes += said
        return known
    check_participant(participant, known, dataset.path)
    return [participant]


def check_participant(participant: str, known: Sequence[str], path: Path) -> None:
    """Raises ParameterError where a participant is not among those of a dataset or table."""
    if participant not in known:
        shown = f"{', '.join(known[:8]) or 'none'}{' and more' if len(known) > 8 else ''}"
        raise ParameterError(
            f"participant {snippet(repr(participant))} is not in {quoted_path(str(path))}; it has {shown}"
        )


def session_folders(dataset: Dataset, participant: str, notes: list[str]) -> list[SessionFolder]:
    """Sessions of a participant, oldest first, as Dataset.sessions has them, without following every path."""
    folder = dataset.path / f"sub-{check_pseudonym(participant)}"
    found = [
        SessionFolder(path=folder / name, participant=participant, label=name.removeprefix("ses-"))
        for name in _folder_names(dataset.path, folder, "ses-", notes)
    ]
    return sorted(found, key=lambda session: session_order(session.label))


def known_session(dataset: Path, session: SessionFolder, *, derivatives: bool) -> tuple[KnownSession, list[str]]:
    """What session.json, or the raw files where that is damaged, tell of a session, with sentences on what is odd.

    Raises FileFormatError where a newer version wrote it, ParameterError for a link that leads out of the dataset.
    """
    table = _table(dataset, session, derivatives=derivatives)
    state = session.read_state()
    notes = [] if state.recovered is None else [f"sub-{session.participant} ses-{session.label}: {state.recovered}"]
    recorded_at = state.created_at or ""
    accepted, others, last_runs = dict[str, TrialKey](), set[str](), dict[tuple[str, str, str], int]()
    for entry in state.trials:
        name = PurePosixPath(entry.file).name
        place = session.participant, session.label, entry.task
        last_runs[place] = max(last_runs.get(place, 0), entry.run)
        if entry.verdict == "accepted":
            accepted[name] = TrialKey(
                session.participant, session.label, entry.run, entry.task, entry.condition, name, 0, recorded_at
            )
        else:
            others.add(name)
    known = KnownSession(
        participant=session.participant, label=session.label, table=table, accepted=accepted,
        others=frozenset(others - set(accepted)), last_runs=last_runs, recovered=state.recovered is not None,
        recorded_at=recorded_at,
    )  # fmt: skip
    return known, notes


def known_sessions(
    dataset: Path, folders: Sequence[SessionFolder], *, derivatives: bool, notes: list[str]
) -> Iterator[KnownSession]:
    """Every session that can be used; the others are named in notes."""
    for folder in folders:
        try:
            known, said = known_session(dataset, folder, derivatives=derivatives)
        except (LandingLabError, OSError, ValueError) as error:
            notes.append(f"sub-{folder.participant} ses-{folder.label} was left out: {visible(str(error))}")
            continue
        notes += said
        yield known


def _table(dataset: Path, session: SessionFolder, *, derivatives: bool) -> Path | None:
    """The table of numbers of a session: computed again where that is preferred and there, else its own."""
    places = [session.path / METRICS]
    if derivatives:
        place = Path(f"sub-{session.participant}") / f"ses-{session.label}"
        places.insert(0, derived_folder(dataset, place) / METRICS)
    for number, path in enumerate(places):
        if not path.is_file():
            continue
        if derivatives and number == 0:
            return inside(dataset, path)
        return inside(dataset, path) if path.is_symlink() else path
    return None


def _folder_names(root: Path, parent: Path, prefix: str, notes: list[str]) -> list[str]:
    """Names of the folders below parent that are prefix and a label; links out of the dataset are named."""
    try:
        with os.scandir(parent) as found:
            entries = [one for one in found if one.name.startswith(prefix) and one.is_dir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
    names = []
    for one in sorted(entries, key=lambda entry: entry.name):
        label = one.name.removeprefix(prefix)
        if not (label.isascii() and label.isalnum()):
            continue
        try:
            if one.is_symlink():
                inside(root, Path(one.path))
        except ParameterError as error:
            notes.append(f"{one.name} was left out: {error}")
            continue
        names.append(one.name)
    return names
