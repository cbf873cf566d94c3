"""A dataset folder in the field's layout (BIDS): participants, sessions, and where every file of them stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from landing_lab.errors import ParameterError, RecordingError
from landing_lab.io.dataset_lock import FolderLock
from landing_lab.io.dataset_names import check_pseudonym, session_order
from landing_lab.io.dataset_session import SessionFolder, inside
from landing_lab.io.dataset_tables import DESCRIPTION_FILE, add_row, description, read_ids, written_once
from landing_lab.io.visible import quoted_path
from landing_lab.io.write import make_folder
from landing_lab.model.software import version

CALIBRATIONS: Final = "calibrations"
DERIVATIVES: Final = "derivatives"
_KNOWN: Final = frozenset(
    ("participants.tsv", "participants.json", "README", "README.md", "README.txt", "README.rst", "CHANGES", "LICENSE",
     "layouts", "CITATION.cff", "reliability.json", "norms.json", CALIBRATIONS, DERIVATIVES, "sourcedata", "code",
     "stimuli", "phenotype", "Thumbs.db", "desktop.ini")
)  # fmt: skip
_MOST_SESSIONS: Final = 999
_PATIENCE_S: Final = 10.0


def derived_folder(root: Path, place: Path) -> Path:
    """Where results computed again of a session go by default; place: of the session below the dataset's root."""
    return root / DERIVATIVES / f"landing-lab-{version()}" / place


@dataclass(frozen=True, slots=True)
class Dataset:
    """A folder of participants and sessions; nothing is touched before `create`, `add_participant` or `new_session`."""

    path: Path

    @property
    def exists(self) -> bool:
        """Whether the folder is a dataset already."""
        return (self.path / DESCRIPTION_FILE).is_file()

    @property
    def calibrations(self) -> Path:
        """Folder of the calibration files."""
        return self.path / CALIBRATIONS

    def create(self) -> Dataset:
        """Make the folder a dataset, or complete it; no file that is there is changed.

        Raises ParameterError for a folder that holds other things, RecordingError where it cannot be written.
        """
        if self.path.exists() and not self.path.is_dir():
            raise ParameterError(f"{self._shown} is a file and a dataset needs a folder; choose another with --dataset")
        make_folder(self.path)
        self._refuse_foreign()
        for name, text in description(self.path.resolve().name, version()).items():
            written_once(self.path / name, text)
        make_folder(self.calibrations)
        return self

    def participants(self) -> list[str]:
        """Pseudonyms with a folder or a line in participants.tsv, in order.

        Raises ParameterError where a folder is a link that leads out of the dataset: nobody is left out in silence.
        """
        for folder in self._folders(self.path, "sub-"):
            inside(self.path, folder)
        return self.names()

    def names(self) -> list[str]:
        """Pseudonyms as `participants`, with those whose folder leads out of the dataset: for lists that say so."""
        folders = {folder.name.removeprefix("sub-") for folder in self._folders(self.path, "sub-")}
        return sorted(folders | set(read_ids(self.path)))

    def add_participant(self, participant: str) -> Path:
        """The folder of a participant, made and listed in participants.tsv where it is not yet.

        Raises ParameterError where the id is no pseudonym or differs from another's only in upper and lower case.
        """
        check_pseudonym(participant)
        folder = self.path / f"sub-{participant}"
        with FolderLock(self.path / ".landing-lab.lock", what=f"the dataset {self._shown}").take(
            patience_s=_PATIENCE_S
        ):
            alike = [one for one in self.names() if one.lower() == participant.lower() and one != participant]
            if alike:
                raise ParameterError(
                    f"participant {participant!r} differs from {alike[0]!r} only in upper and lower case, which some "
                    f"disks cannot tell apart; use {alike[0]} or another pseudonym"
                )
            inside(self.path, folder)
            make_folder(folder)
            add_row(self.path, participant)
        return folder

    def sessions(self, participant: str) -> list[SessionFolder]:
        """Sessions of a participant, oldest first; those of older versions (ses-20261122T154500) stand first.

        Raises ParameterError where the folder or one in it is a link that leads out of the dataset.
        """
        folder = inside(self.path, self.path / f"sub-{check_pseudonym(participant)}")
        found = [
            SessionFolder(path=inside(self.path, path), participant=participant, label=path.name.removeprefix("ses-"))
            for path in self._folders(folder, "ses-")
        ]
        return sorted(found, key=lambda session: session_order(session.label))

    def new_session(self, participant: str) -> SessionFolder:
        """A new, empty session folder of a participant: ses-01, ses-02, ...; two programs never get the same."""
        folder = self.add_participant(participant)
        number = max((session.number or 0 for session in self.sessions(participant)), default=0) + 1
        while number <= _MOST_SESSIONS:
            path = folder / f"ses-{number:02d}"
            try:
                path.mkdir()
            except FileExistsError:
                number += 1
                continue
            except OSError as error:
                raise RecordingError(
                    f"{quoted_path(str(path))} cannot be made: {error.strerror or error}; check the permissions and "
                    f"the free space, or choose another folder",
                    path=path,
                ) from error
            return SessionFolder(path=path, participant=participant, label=f"{number:02d}")
        raise RecordingError(f"participant {participant} has {_MOST_SESSIONS} sessions; start another dataset")

    def resumable(self, participant: str) -> Iterator[SessionFolder]:
        """Sessions of a participant that can be resumed, newest first: not finished, and no program is at them now."""
        return (session for session in reversed(self.sessions(participant)) if session.resumable)

    def unfinished(self, participant: str) -> SessionFolder | None:
        """The newest session of a participant that can be resumed."""
        return next(self.resumable(participant), None)

    @property
    def _shown(self) -> str:
        return quoted_path(str(self.path))

    def _folders(self, parent: Path, prefix: str) -> Iterator[Path]:
        """Folders below parent that are named prefix and a label; links too, wherever they lead."""
        if not parent.is_dir():
            return
        for path in sorted(parent.glob(f"{prefix}*")):
            label = path.name.removeprefix(prefix)
            if label.isascii() and label.isalnum() and path.is_dir():
                yield path

    def _refuse_foreign(self) -> None:
        """Raises ParameterError where the folder is somebody's, not a dataset."""
        if self.exists:
            return
        foreign = sorted(
            path.name
            for path in self.path.iterdir()
            if not path.name.startswith((".", "sub-")) and path.name not in _KNOWN
        )
        if foreign:
            shown = quoted_path(", ".join(foreign[:3])) + (f" and {len(foreign) - 3} more" if len(foreign) > 3 else "")
            raise ParameterError(
                f"{self._shown} is not a dataset and holds other things ({shown}); "
                f"choose an empty or a new folder with --dataset"
            )
