"""Raw files analysed for review, by the code of everything else, and kept while the files stay as they are."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from landing_lab.app.web.review_choice import ChosenTrial, entered_number
from landing_lab.errors import FileFormatError, ParameterError
from landing_lab.io.session_checks import FILE_NAME as CHECK_FILE
from landing_lab.io.visible import quoted_path
from landing_lab.model.recording import Recording
from landing_lab.model.result import TrialResult

if TYPE_CHECKING:
    from landing_lab.app.web.review_raw import RawRead

MOST_WHOLE: Final = 12
"""Recordings kept with all their samples: some 10 MB each."""
MOST_RAW: Final = 4

Made = TypeVar("Made")


class Kept(Generic[Made]):
    """The newest things made of files, each until a file of it changes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._made: OrderedDict[Hashable, Made] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What was made for this key, or is made now."""
        if key not in self._made:
            self._made[key] = make()
            while len(self._made) > self._most:
                self._made.popitem(last=False)
        self._made.move_to_end(key)
        return self._made[key]

    def __contains__(self, key: Hashable) -> bool:
        return key in self._made


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Loaded:
    """A recording and its trials as `analyse` gives them with what was entered for the session.

    stored: whether they are what the session stored, because the raw file is not there.
    """

    recording: Recording
    trials: tuple[TrialResult, ...]
    mass_kg: float | None
    box_height_m: float | None
    stored: bool = False

    def trial(self, index: int) -> TrialResult:
        """One of its trials. Raises ParameterError where there is none of this number."""
        if not 0 <= index < len(self.trials):
            raise ParameterError("there is no such trial in this recording; choose one of the list")
        return self.trials[index]


class ReviewFiles:
    """Reads and analyses one file at a time; used in one thread only. may_work raises where that would disturb."""

    def __init__(self, may_work: Callable[[], None]) -> None:
        self._may_work = may_work
        self._loaded: Kept[Loaded] = Kept(MOST_WHOLE)
        self._raw: Kept[RawRead] = Kept(MOST_RAW)

    def key(self, chosen: ChosenTrial) -> Hashable:
        """Changes with the file, with what was entered, and with a check of the insoles after the session."""
        entered = tuple(chosen.state.settings.get(name) for name in ("mass_kg", "box_height_m"))
        stored = _stamp(chosen.stored)
        return (str(chosen.raw), _stamp(chosen.raw), stored, _stamp(chosen.folder.path / CHECK_FILE), repr(entered))

    def load(self, chosen: ChosenTrial) -> Loaded:
        """The recording of a trial, analysed; where its raw file is missing, what its session stored of it.

        Raises FileFormatError where its file is missing or damaged, BusyError while a trial is recorded.
        """
        if not chosen.raw.is_file():
            if chosen.stored.is_file():
                return self._loaded.get(self.key(chosen), lambda: self._stored(chosen))
            raise FileFormatError(
                f"the raw file {quoted_path(chosen.entry.file)} is not there, so nothing can be drawn; the numbers "
                f"stand in the report of the session",
                path=chosen.raw,
            )
        return self._loaded.get(self.key(chosen), lambda: self._analysed(chosen))

    def _stored(self, chosen: ChosenTrial) -> Loaded:
        from landing_lab.app.web.review_stored import load_stored

        self._may_work()
        return load_stored(chosen, chosen.stored)

    def raw(self, chosen: ChosenTrial) -> RawRead:
        """The counts of a trial's raw file. Raises as `load` does, and where no board of ours sent them."""
        if not chosen.raw.is_file():
            raise FileFormatError(
                f"the raw file {quoted_path(chosen.entry.file)} is not there, so its channels cannot be "
                f"shown in counts",
                path=chosen.raw,
            )
        return self._raw.get(self.key(chosen), lambda: self._counts(chosen))

    def _counts(self, chosen: ChosenTrial) -> RawRead:
        from landing_lab.app.web.review_raw import RawRead
        from landing_lab.calibrate.recording import frame_times_s
        from landing_lab.io.formats.xdf import read_raw

        self._may_work()
        raw = read_raw(chosen.raw)
        return RawRead(raw=raw, times_s=frame_times_s(raw))

    def work(self) -> None:
        """Raises BusyError where work would disturb a recording."""
        self._may_work()

    def _analysed(self, chosen: ChosenTrial) -> Loaded:
        from landing_lab.io.read import read
        from landing_lab.metrics.analyse import analyse

        self._may_work()
        recording = read(chosen.raw)
        mass_kg, box_height_m = (
            entered_number(chosen.state, name, recording.provenance.get(name)) for name in ("mass_kg", "box_height_m")
        )
        result = analyse(recording, mass_kg=mass_kg, box_height_m=box_height_m)
        return Loaded(recording=recording, trials=result.trials, mass_kg=mass_kg, box_height_m=box_height_m)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_mtime_ns, about.st_size
