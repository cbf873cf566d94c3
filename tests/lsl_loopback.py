"""liblsl on this machine only, and readers as LabRecorder has them."""

from __future__ import annotations

import os
import struct
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np

from landing_lab.app.lsl.outlets import LslOutlets
from landing_lab.io import xdf_chunks as xdf
from patience import PATIENCE_S
from reference import absent

CONFIG = """[log]
level = -2
[ports]
IPv6 = disable
[multicast]
ResolveScope = machine
AddressesOverride = {{224.0.0.183}}
TTLOverride = 0
[lab]
SessionID = {session}
"""
"""A group that never passes a router, with a time to live of 0: not even the next machine hears it."""


def loopback_config(folder: Path) -> Path:
    """A configuration of liblsl with which nothing leaves this machine and no other session is seen."""
    path = folder / "lsl_api.cfg"
    path.write_text(CONFIG.format(session=f"test-{uuid.uuid4().hex[:12]}"))
    return path


def lsl_on_loopback(folder: Path) -> Any:
    """pylsl with such a configuration in this folder: liblsl reads it once per process."""
    os.environ["LSLAPICFG"] = str(loopback_config(folder))
    try:
        import pylsl
    except (ImportError, RuntimeError) as error:
        absent(f"pylsl is not installed ({error}); pip install 'landing-lab[lsl]'")
    return pylsl


@dataclass
class Heard:
    """What a reader got of one stream: xml, samples, stamps, chunk by chunk."""

    inlet: Any
    xml: str
    chunks: list[tuple[list[list[Any]], list[float]]] = field(default_factory=list)

    @property
    def samples(self) -> list[list[Any]]:
        return [sample for chunk, _ in self.chunks for sample in chunk]

    @property
    def stamps(self) -> list[float]:
        return [stamp for _, stamps in self.chunks for stamp in stamps]


class Reader:
    """Pulls from all streams, in a thread, until `stop`."""

    def __init__(self, pylsl: Any, names: Sequence[str]) -> None:
        found: dict[str, Any] = {}
        deadline = time.monotonic() + PATIENCE_S
        while set(found) < set(names) and time.monotonic() < deadline:
            found |= {one.name(): one for one in pylsl.resolve_streams(0.2) if one.name() in names}
        assert set(found) == set(names), found
        self.streams = {}
        for name in names:
            inlet = pylsl.StreamInlet(found[name])
            inlet.open_stream(timeout=PATIENCE_S)
            self.streams[name] = Heard(inlet, inlet.info(timeout=PATIENCE_S).as_xml())
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._pull, daemon=True)
        self._thread.start()

    def _pull(self) -> None:
        while not self._ending.wait(0.02):
            self._pull_once()

    def _pull_once(self) -> None:
        for heard in self.streams.values():
            chunk, stamps = heard.inlet.pull_chunk(max_samples=4096)
            if stamps:
                heard.chunks.append((chunk, stamps))

    def wait_until(self, holds: Callable[[], bool]) -> None:
        """Go on pulling until this holds: on a busy machine even loopback takes its time."""
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            assert time.monotonic() < deadline, {name: len(heard.samples) for name, heard in self.streams.items()}
            time.sleep(0.02)

    def stop(self, sent: Mapping[str, int] | None = None) -> dict[str, Heard]:
        """What was heard; with `sent` (stream -> number of samples) when all of it has come."""
        if sent is not None:
            self.wait_until(lambda: all(len(one.stamps) >= sent[name] for name, one in self.streams.items()))
        self._ending.set()
        self._thread.join()
        self._pull_once()
        for heard in self.streams.values():
            heard.inlet.close_stream()
        return self.streams


def all_sent(outlets: LslOutlets) -> dict[str, int]:
    """Let outlets send what waits, and no more after that; how many samples of each stream were sent."""
    outlets._ending.set()
    outlets._thread.join(PATIENCE_S)
    assert not outlets._thread.is_alive()
    return outlets.sent


def write_as_labrecorder(path: Path, streams: Sequence[tuple[str, list[tuple[list[list[Any]], list[float]]]]]) -> Path:
    """An XDF file as LabRecorder writes it: (xml of the stream, chunks) per stream; no checksums, lengths of 4 bytes,
    a stamp left out where it follows from the one before, boundaries, clock offsets, footers."""
    parts = [xdf.MAGIC, xdf.chunk(xdf.FILE_HEADER, b'<?xml version="1.0"?><info><version>1.0</version></info>')]
    infos = [ET.fromstring(xml) for xml, _ in streams]
    for number, (xml, _) in enumerate(streams, start=1):
        parts.append(xdf.chunk(xdf.STREAM_HEADER, struct.pack("<I", number) + xml.encode()))
    for number, ((_, chunks), info) in enumerate(zip(streams, infos, strict=True), start=1):
        rate = float(info.findtext("nominal_srate") or 0)
        step, last = 1 / rate if rate else 0.0, 0.0
        for samples, stamps in chunks:
            body = b""
            for sample, stamp in zip(samples, stamps, strict=True):
                deduced = last + step == stamp
                last = stamp + step if deduced else stamp
                body += b"\0" if deduced else struct.pack("<Bd", 8, stamp)
                body += _values(sample, str(info.findtext("channel_format")))
            head = struct.pack("<IBI", number, 4, len(samples))
            parts.append(xdf.chunk(xdf.SAMPLES, head + body))
        parts.append(xdf.clock_offset_chunk(number, 1.0, 0.0))
        parts.append(xdf.boundary_chunk())
    for number in range(1, len(streams) + 1):
        footer = b'<?xml version="1.0"?><info><sample_count>1</sample_count></info>'
        parts.append(xdf.chunk(xdf.STREAM_FOOTER, struct.pack("<I", number) + footer))
    path.write_bytes(b"".join(parts))
    return path


def _values(sample: list[Any], kind: str) -> bytes:
    if kind == "string":
        texts = [str(value).encode() for value in sample]
        return b"".join(
            (struct.pack("<BB", 1, len(t)) if len(t) < 256 else struct.pack("<BI", 4, len(t))) + t for t in texts
        )
    return np.asarray(sample, {"double64": "<f8", "float32": "<f4"}[kind]).tobytes()


def foreign_emg() -> tuple[str, list[tuple[list[list[Any]], list[float]]]]:
    """An EMG stream of another program."""
    xml = (
        '<?xml version="1.0"?><info><name>EMG amplifier</name><type>EMG</type><channel_count>2</channel_count>'
        "<nominal_srate>2000</nominal_srate><channel_format>float32</channel_format><source_id>emg-1</source_id>"
        "<desc><channels><channel><label>soleus</label></channel><channel><label>vmo</label></channel></channels></desc>"
        "</info>"
    )
    samples = np.random.default_rng(1).normal(0, 1, (4000, 2)).tolist()
    stamps = [100.0 + index / 2000 for index in range(4000)]
    return xml, [(samples[start : start + 500], stamps[start : start + 500]) for start in range(0, 4000, 500)]
