"""Files that are often handed over by mistake: what they are, and what to hand over instead."""

from __future__ import annotations

import re
from typing import Final

_BINARY: Final[tuple[tuple[bytes, str, str], ...]] = (
    (b"\x89PNG", "a picture (PNG)", "choose the file with the force samples"),
    (b"\xff\xd8\xff", "a picture (JPEG)", "choose the file with the force samples"),
    (b"GIF8", "a picture (GIF)", "choose the file with the force samples"),
    (b"%PDF", "a PDF document", "export the force samples as text or C3D"),
    (b"PK\x03\x04", "a zip archive or spreadsheet (xlsx, ods)", "unpack it, or save the sheet as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old Office document (xls, doc)", "save the sheet as CSV"),
    (b"\x1f\x8b", "a gzip archive", "unpack it first"),
    (b"\x89HDF", "an HDF5 file", "export the force samples as text or C3D"),
    (b"MATLAB 7.3", "a MATLAB 7.3 file", "save it with '-v7', which is read, or export the samples as text"),
    (b"TDSm", "a LabVIEW TDMS file", "export the force samples as text"),
    (b"RIFF", "a sound or video file", "choose the file with the force samples"),
    (b"\x7fELF", "a program", "choose the file with the force samples"),
)
_FORCE_ADVICE: Final = "choose the force file of the same trial (for example *_grf.mot)"
_TEXT: Final[tuple[tuple[re.Pattern[str], str, str], ...]] = (
    (
        re.compile(r"\A\s*PathFileType\s"),
        "a marker file (.trc): positions of markers, no vertical force",
        _FORCE_ADVICE,
    ),
    (
        re.compile(r"\A\s*(?:<!DOCTYPE|<html|<\?xml)", re.IGNORECASE),
        "a web page or XML document",
        "export the force samples as text",
    ),
    (re.compile(r"\A\s*[{\[]\s*[\"{\[]"), "a JSON document", "export the force samples as CSV"),
)


def foreign_kind(head: bytes) -> tuple[str, str] | None:
    """What a file is and what to do, judged by its first bytes; None for a file that may hold force."""
    for magic, kind, advice in _BINARY:
        if head.startswith(magic):
            return kind, advice
    text = head.decode("latin-1").removeprefix("ï»¿").replace("\r\n", "\n")
    for pattern, kind, advice in _TEXT:
        if pattern.search(text):
            return kind, advice
    return None
