"""The process in which ezc3d reads one C3D file: a damaged file may crash the library, and then only this process.

Run as: python -m landing_lab.io.c3d_child FILE OUT. Writes the arrays to OUT (.npz, without pickle) and exits
with 0; any other end means that there is no result.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import numpy as np

_MEMORY_BYTES: Final = 4 << 30
_MEMORY_PER_BYTE: Final = 64
"""A damaged size must not take the memory of the computer; a sample of 2 bytes may take 8 a few times over."""
_FACTS: Final = (
    ("labels", "ANALOG", "LABELS"),
    ("units", "ANALOG", "UNITS"),
    ("descriptions", "ANALOG", "DESCRIPTIONS"),
    ("rate", "ANALOG", "RATE"),
    ("used", "FORCE_PLATFORM", "USED"),
    ("types", "FORCE_PLATFORM", "TYPE"),
    ("lengths", "POINT", "UNITS"),
)


def main(file: str, out: str) -> None:
    """Read a C3D file and write what a reader of force needs of it."""
    import ezc3d

    _limit(Path(file).stat().st_size)
    content: Any = ezc3d.c3d(file)
    parameters = content["parameters"]
    facts = {name: np.asarray(_value(parameters, group, item)).ravel().tolist() for name, group, item in _FACTS}
    np.savez(
        out,
        facts=np.frombuffer(json.dumps(facts).encode(), dtype=np.uint8),
        analogs=np.asarray(content["data"]["analogs"][0], dtype=np.float64),
        channels=np.asarray(_value(parameters, "FORCE_PLATFORM", "CHANNEL"), dtype=np.float64),
        matrices=np.asarray(_value(parameters, "FORCE_PLATFORM", "CAL_MATRIX"), dtype=np.float64),
        corners=np.asarray(_value(parameters, "FORCE_PLATFORM", "CORNERS"), dtype=np.float64),
        origins=np.asarray(_value(parameters, "FORCE_PLATFORM", "ORIGIN"), dtype=np.float64),
    )


def _value(parameters: Any, group: str, name: str) -> Any:
    """A parameter's value, an empty list where the file has none."""
    return parameters[group][name]["value"] if group in parameters and name in parameters[group] else []


def _limit(file_bytes: int) -> None:
    """Bound the memory where the system can, and leave neither core file nor dialog behind a crash."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.SetErrorMode(msvcrt.SEM_FAILCRITICALERRORS | msvcrt.SEM_NOGPFAULTERRORBOX)
        return
    import resource

    for kind, wanted in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, _MEMORY_BYTES + _MEMORY_PER_BYTE * file_bytes),
    ):
        with suppress(ValueError, OSError):  # macOS refuses some limits
            hard = resource.getrlimit(kind)[1]
            resource.setrlimit(kind, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
