"""A lock that ends with the program that holds it: whoever is killed gives way by itself."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from landing_lab.errors import RecordingError
from landing_lab.io.visible import quoted_path, visible

_MOST_BYTES: Final = 4096
_AGAIN_S: Final = 0.02


class FolderLock:
    """A lock file held through the system, with pid and computer inside; a context manager.

    The system frees the lock when its holder dies, so a file that is left over does not count. It is respected where
    it is left over from another computer, whose locks may not reach this one, and, on a file system without locks,
    where its process runs.
    """

    def __init__(self, path: Path, *, what: str) -> None:
        self.path = path
        self.what = what
        self._descriptor: int | None = None

    def take(self, *, patience_s: float = 0.2) -> Self:
        """Hold the lock. Raises RecordingError where another program still holds it after patience_s."""
        deadline = time.monotonic() + patience_s
        while (holder := self._try()) is not None:
            if time.monotonic() >= deadline:
                raise RecordingError(
                    f"{self.what} is in use by {holder}; wait until it has ended, or work in another one",
                    path=self.path,
                )
            time.sleep(_AGAIN_S)
        return self

    def holder(self) -> str | None:
        """Who holds the lock now, in words; None where nobody does. Touches nothing."""
        if self._descriptor is not None:
            return "this program"
        try:
            descriptor = os.open(self.path, os.O_RDWR)
        except FileNotFoundError:
            return None
        except OSError:  # read-only for us: nothing can be written here anyway
            return _told(self.path, locks=True)
        try:
            free = _lock(descriptor)
            return _named(_content(self.path)) if free is False else _told(self.path, locks=free is True)
        finally:
            os.close(descriptor)

    def release(self) -> None:
        """Give the lock back; safe to call twice."""
        if self._descriptor is None:
            return
        with suppress(OSError):
            os.ftruncate(self._descriptor, 0)
        with suppress(OSError):  # Windows removes no open file; an empty one is nobody's
            self.path.unlink()
        os.close(self._descriptor)
        self._descriptor = None

    def __enter__(self) -> Self:
        return self if self._descriptor is not None else self.take()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _try(self) -> str | None:
        """Take the lock, or say who has it."""
        try:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise RecordingError(
                f"{quoted_path(str(self.path))} cannot be written: {error.strerror or error}; "
                f"check the permissions and the free space, or choose another folder",
                path=self.path,
            ) from error
        holder: str | None = "another program"
        try:
            free = _lock(descriptor)
            if free is False:
                holder = _named(_content(self.path))
            elif self._is_current(descriptor):
                holder = _told(self.path, locks=free is True)
        except BaseException:
            os.close(descriptor)
            raise
        if holder is not None:
            os.close(descriptor)
            return holder
        self._descriptor = descriptor
        with suppress(OSError):  # a full disk: the lock holds without a name in it
            os.ftruncate(descriptor, 0)
            os.lseek(descriptor, 0, os.SEEK_SET)
            os.write(descriptor, _own())
        return None

    def _is_current(self, descriptor: int) -> bool:
        """Whether the file we hold is still the one of that name: its last holder may have removed it meanwhile."""
        try:
            return os.path.samestat(os.fstat(descriptor), self.path.stat())
        except OSError:
            return False


def _lock(descriptor: int) -> bool | None:
    """Ask the system for the lock; False where somebody has it, None where the file system knows no locks."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, _MOST_BYTES, os.SEEK_SET)  # beyond the text, which others may then still read
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return None  # some network shares: only the text in the file speaks
    return True


def _own() -> bytes:
    since = datetime.now(tz=UTC).astimezone().isoformat(timespec="seconds")
    return json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": since}).encode()


def _content(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            found = json.loads(stream.read(_MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _named(said: dict[str, Any]) -> str:
    """A holder in words."""
    if not said:
        return "another program"
    return visible(
        f"another program (process {said.get('pid')} on {said.get('host')}, since {said.get('since')})"[:200]
    )


def _told(path: Path, *, locks: bool) -> str | None:
    """A holder that only the text in the file tells of; None where the file is left over from here.

    It is on another computer, whose lock our system may not see, or on this one where there are no locks.
    """
    said = _content(path)
    if not said or (said.get("host") == socket.gethostname() and (locks or not _runs(said.get("pid")))):
        return None
    return f"{_named(said)}, as {path.name} in it tells (delete that file if nothing runs there any more)"


def _runs(pid: object) -> bool:
    """Whether a process of this computer runs; on Windows, where asking would end it, it is taken to."""
    if not isinstance(pid, int) or isinstance(pid, bool) or pid <= 0:
        return False
    if sys.platform == "win32":
        return True
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True
