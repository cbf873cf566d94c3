"""What a batch leaves: tables in a folder, a document on standard output, a list of what could not be read."""

from __future__ import annotations

import csv
import json
import shutil
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import landing_lab
from landing_lab.app.analyse.batch_files import ERRORS, METRICS, TRIALS, UNFINISHED
from landing_lab.app.analyse.batch_worker import TEXT, ChunkDone, part
from landing_lab.app.analyse.document import SCHEMA
from landing_lab.errors import RecordingError
from landing_lab.io.visible import quoted_path, visible
from landing_lab.io.write import CSV_COLUMNS, make_folder
from landing_lab.model.result import Status, Task

N_FIRST_ERRORS: Final = 5
"""How many files that could not be read are told on the terminal; the rest is in errors.csv."""


class BatchOutputs:
    """Collects chunks as they are finished, in any order, and gives them on in the order of the files.

    out: folder of the tables, None for none. stream: "json" or "csv" to standard output, None for neither.
    The parts lie in a folder of their own until `finish` makes the results of them; memory does not grow with
    the number of files.
    """

    def __init__(self, out: Path | None, stream: str | None, chunk_sizes: list[int]) -> None:
        self.out = out
        self.stream = stream
        self.n_files = 0
        self.n_errors = 0
        self.trials: Counter[tuple[Task, Status]] = Counter()
        self.first_errors: list[tuple[str, str]] = []
        self._left = chunk_sizes
        self._waiting: dict[int, list[ChunkDone]] = {}
        self._next = 0
        self._named: list[str] = []
        self._stack = ExitStack()
        self._made = False
        self._written_any = False
        self._keep_parts = False

    def __enter__(self) -> Self:
        if self.out is not None:
            make_folder(self.out)
            self._made = not any(self.out.iterdir())
        self.parts = Path(tempfile.mkdtemp(prefix=f"parts{UNFINISHED}-", dir=self.out))
        self._stack.callback(self._remove_parts)
        errors = self._stack.enter_context((self.parts / ERRORS).open("w+", encoding="utf-8", newline=""))
        self._errors_file = errors
        self._errors = csv.writer(errors, lineterminator="\n")
        self._errors.writerow(("source", "message"))
        self._write_head()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
        if self._made and self.out is not None:
            with suppress(OSError):  # it holds results
                self.out.rmdir()

    def add(self, done: ChunkDone) -> None:
        """Count a finished chunk, and give on every chunk that is now in order."""
        self.n_files += done.n_files
        self.n_errors += len(done.errors)
        self.trials.update(done.trials)
        number = int(done.name.partition("-")[0])
        self._left[number] -= done.n_files
        self._waiting.setdefault(number, []).append(done)
        while self._next in self._waiting and self._left[self._next] == 0:
            self._give_on(self._waiting.pop(self._next))
            self._next += 1

    def finish(self) -> list[Path]:
        """End the document and put the tables in place; the paths written. Raises RecordingError where it cannot."""
        self._write_tail()
        if self.out is None:
            return []
        for name in (METRICS, TRIALS, ERRORS):  # of earlier runs that this one has completed
            for older in self.out.glob(_unfinished(name).replace(".", "*.")):
                older.unlink(missing_ok=True)
        if _is_ours(self.out / ERRORS):
            (self.out / ERRORS).unlink()
        for name in () if self._named else (METRICS, TRIALS):  # an earlier run's tables say nothing of this one
            (self.out / name).unlink(missing_ok=True)
        return self._put(self.out, {name: name for name in (METRICS, TRIALS, ERRORS)})

    def keep_unfinished(self) -> list[Path]:
        """Keep what an interrupted run has, under names that say what it is; the paths written."""
        for number in sorted(self._waiting):
            self._give_on(self._waiting.pop(number))
        if self.out is None:
            return []
        names = {name: _unfinished(name) for name in (METRICS, TRIALS, ERRORS)}
        number = 1
        while any((self.out / name).exists() for name in names.values()):  # an earlier one may hold more
            number += 1
            names = {name: _unfinished(name).replace(".", f"-{number}.") for name in (METRICS, TRIALS, ERRORS)}
        return self._put(self.out, names)

    def not_written(self, error: Exception) -> RecordingError:
        """The error that results cannot be written, having kept the finished parts as they are."""
        told = getattr(error, "strerror", None) or str(error)
        kept = ""
        if self._named or self._waiting:
            self._keep_parts = True
            kept = f"; what is finished is kept in {quoted_path(str(self.parts))}"
        return RecordingError(
            f"results cannot be written: {told}; free space or choose another folder, and run it again{kept}"
        )

    def _remove_parts(self) -> None:
        if not self._keep_parts:
            shutil.rmtree(self.parts, ignore_errors=True)

    def _put(self, out: Path, names: dict[str, str]) -> list[Path]:
        """Merge the parts into the folder; errors only where there are any."""
        from landing_lab.app.analyse.batch_rows import merge

        written: list[Path] = []
        if self._named:
            for table in (METRICS, TRIALS):
                merge([part(self.parts, table, name) for name in self._named], out / names[table], spill=self.parts)
                written.append(out / names[table])
        self._errors_file.close()
        if self.n_errors:
            written.append((self.parts / ERRORS).replace(out / names[ERRORS]))
        return written

    def _give_on(self, chunks: list[ChunkDone]) -> None:
        for done in chunks:
            if done.trials:
                self._named.append(done.name)
                self._write_text(done.name)
            for source, message in done.errors:
                shown = (visible(source), visible(message))
                self._errors.writerow(shown)
                if len(self.first_errors) < N_FIRST_ERRORS:
                    self.first_errors.append(shown)

    def _write_head(self) -> None:
        if self.stream == "json":
            version = json.dumps(landing_lab.__version__)
            sys.stdout.write(f'{{"schema": "{SCHEMA}", "version": {version}, "trials": [\n')
        elif self.stream == "csv":
            sys.stdout.write(",".join(CSV_COLUMNS) + "\n")

    def _write_text(self, name: str) -> None:
        if self.stream is None:
            return
        text = part(self.parts, TEXT, name)
        if self.stream == "json" and self._written_any:
            sys.stdout.write(",\n")
        self._written_any = True
        with text.open(encoding="utf-8", newline="") as stream:
            shutil.copyfileobj(stream, sys.stdout)
        text.unlink()

    def _write_tail(self) -> None:
        if self.stream != "json":
            return
        self._errors_file.seek(0)
        sys.stdout.write('\n], "errors": [')
        for number, row in enumerate(csv.DictReader(self._errors_file)):
            sys.stdout.write(("," if number else "") + "\n" + json.dumps(row, ensure_ascii=False))
        sys.stdout.write("]}\n")


def free_folder() -> Path:
    """landing-lab-analysis in the present folder, or the next free name after it."""
    folder, number = Path("landing-lab-analysis"), 1
    while True:
        try:
            folder.mkdir()  # at once, so that two runs never take the same one
        except FileExistsError:
            number += 1
            folder = Path(f"landing-lab-analysis-{number}")
        except OSError as error:
            raise RecordingError(
                f"the folder {folder} cannot be made here: {error.strerror}; name another one with --out"
            ) from error
        else:
            return folder


def _is_ours(errors: Path) -> bool:
    """Whether a table of errors was written by an earlier run."""
    try:
        with errors.open(encoding="utf-8") as stream:
            return stream.readline() == "source,message\n"
    except (OSError, UnicodeDecodeError):
        return False


def _unfinished(name: str) -> str:
    return name.replace(".", f"{UNFINISHED}.")
