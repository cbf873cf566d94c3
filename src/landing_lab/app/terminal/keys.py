"""Single keys from a terminal, lines from anything else; nothing here ever waits."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import Any, Protocol, TextIO

END_OF_INPUT = "\x04"
"""Ctrl-D: nobody is at the keyboard any more."""


class Typing(Protocol):
    """What was typed: keys one by one, or whole lines."""

    lines: bool

    def read(self) -> list[str]:
        """Keys or lines since the last call; END_OF_INPUT once where nothing more can come."""


@contextmanager
def keyboard(stream: TextIO | None = None) -> Iterator[Typing]:
    """Keys of a terminal as they are pressed, without Enter; lines where it is no terminal. Restores the terminal."""
    source = sys.stdin if stream is None else stream
    if source is None:
        yield _Nothing()
    elif not source.isatty():
        yield _Lines(source)
    elif os.name == "nt":  # pragma: no cover - only on Windows
        yield _WindowsKeys()
    else:
        yield from _posix_keys(source.fileno())


class _Nothing:
    lines = True

    def __init__(self) -> None:
        self._told = False

    def read(self) -> list[str]:
        if self._told:
            return []
        self._told = True
        return [END_OF_INPUT]


class _Lines:
    """A thread waits for the lines, because a pipe cannot be asked on every system."""

    lines = True

    def __init__(self, source: TextIO) -> None:
        self._source = source
        self._queue: SimpleQueue[str] = SimpleQueue()
        threading.Thread(target=self._follow, daemon=True, name="typed lines").start()

    def _follow(self) -> None:
        with suppress(OSError, ValueError):
            for line in self._source:
                self._queue.put(line.strip())
        self._queue.put(END_OF_INPUT)

    def read(self) -> list[str]:
        read: list[str] = []
        with suppress(Empty):
            while True:
                read.append(self._queue.get_nowait())
        return read


class _PosixKeys:
    lines = False

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._gone = False

    def read(self) -> list[str]:
        import select

        if self._gone or not select.select([self._descriptor], [], [], 0.0)[0]:
            return []
        try:
            data = os.read(self._descriptor, 1024)
        except OSError:  # the terminal was closed
            data = b""
        if not data:
            self._gone = True
            return [END_OF_INPUT]
        text = data.decode("utf-8", errors="ignore")
        return [] if text.startswith("\x1b[") else list(text)  # arrows and such are no letters


def _posix_keys(descriptor: int) -> Iterator[Typing]:
    import termios
    import tty

    before = termios.tcgetattr(descriptor)
    tty.setcbreak(descriptor, termios.TCSANOW)  # what was typed before stays typed
    try:
        yield _PosixKeys(descriptor)
    finally:
        with suppress(termios.error):
            termios.tcflush(descriptor, termios.TCIFLUSH)  # keys for what is over are no commands for the shell
            termios.tcsetattr(descriptor, termios.TCSANOW, before)


class _WindowsKeys:  # pragma: no cover - only on Windows
    lines = False

    def read(self) -> list[str]:
        import msvcrt

        console: Any = msvcrt
        read: list[str] = []
        while console.kbhit():
            key = console.getwch()
            if key in ("\x00", "\xe0"):  # arrows and such come as two
                console.getwch()
            elif key == "\x03":
                raise KeyboardInterrupt
            else:
                read.append("\x04" if key == "\x1a" else key)
        return read
