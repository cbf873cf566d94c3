"""Standard output and error that never end a recording: a closed pipe or an ASCII terminal is no reason to stop."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import TextIO, cast


class Lenient(io.TextIOBase):
    """A text stream that swallows the failure of the one below it and remembers the first: `failed`.

    Characters that the terminal's encoding lacks become "?".
    """

    def __init__(self, stream: TextIO | None) -> None:
        super().__init__()
        self._stream = stream if stream is not None else cast("TextIO", io.StringIO())
        self.failed: OSError | None = None
        with contextlib.suppress(AttributeError, ValueError, OSError):
            self._stream.reconfigure(errors="replace")  # type: ignore[attr-defined]

    @property
    def encoding(self) -> str:  # type: ignore[override]
        """Encoding of the stream below."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    def isatty(self) -> bool:
        """Whether a person is looking."""
        return self.failed is None and self._stream.isatty()

    def fileno(self) -> int:
        """Descriptor of the stream below."""
        return self._stream.fileno()

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, text: str) -> int:
        """Write, or remember why it was not possible."""
        if self.failed is None:
            try:
                self._stream.write(text)
            except OSError as error:
                self._give_up(error)
        return len(text)

    def flush(self) -> None:
        """Flush, or remember why it was not possible."""
        if self.failed is None:
            try:
                self._stream.flush()
            except OSError as error:
                self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        self.failed = error
        # Python flushes the real stream once more at exit; give that flush somewhere to go.
        with contextlib.suppress(OSError, ValueError, AttributeError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())


def make_lenient() -> Lenient:
    """Put lenient streams in place of sys.stdout and sys.stderr; gives the one for standard output."""
    output = Lenient(sys.stdout)
    sys.stdout = cast("TextIO", output)
    sys.stderr = cast("TextIO", Lenient(sys.stderr))
    return output
