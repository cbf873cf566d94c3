"""What opening, listing and serving ports refuses, and in which words."""

from __future__ import annotations

import socket
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import serial
from serial.tools import list_ports, list_ports_common

from drivers.boards import insole, plate
from landing_lab.errors import DeviceError, DeviceNotFoundError, ParameterError
from landing_lab.model.device import SimulatedDevice
from landing_lab_drivers.emulator import serve
from landing_lab_drivers.port import SerialTransport


@pytest.mark.parametrize("url", ["/dev/landing-lab-none", "socket://127.0.0.1", "nonsense://x"])
def test_no_such_port(url: str) -> None:
    with pytest.raises(DeviceNotFoundError, match=url):
        SerialTransport().open(url, timeout_s=0.2)


def test_a_refused_connection_is_no_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"socket://127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(DeviceNotFoundError, match="there is no port"):
        SerialTransport().open(url, timeout_s=0.2)


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (serial.SerialException(13, "Permission denied"), DeviceNotFoundError, "dialout"),
        (serial.SerialException(16, "Device or resource busy"), DeviceError, "another program"),
        (
            serial.SerialException("could not open port 'COM3': PermissionError(13, ...)"),
            DeviceError,
            "another program",
        ),
        (
            serial.SerialException("could not open port 'COM3': FileNotFoundError(2, ...)"),
            DeviceNotFoundError,
            "no port",
        ),
        (ValueError("Not a valid baudrate"), DeviceNotFoundError, "cannot be opened"),
    ],
)
def test_failures_to_open_are_explained(
    error: Exception, kind: type[DeviceError], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(serial, "serial_for_url", refuse)
    with pytest.raises(kind, match=words) as raised:
        SerialTransport().open("COM3", timeout_s=0.2)
    assert type(raised.value) is kind


def test_usb_ports_are_listed_and_placeholders_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    def port(device: str, hwid: str, vid: int | None = None) -> list_ports_common.ListPortInfo:
        info = list_ports_common.ListPortInfo(device, skip_link_detection=True)
        info.hwid, info.vid = hwid, vid
        return info

    ports = [
        port("/dev/ttyUSB0", "n/a", 0x1A86),
        port("/dev/ttyS0", "n/a"),
        port("/dev/ttyAMA0", "3f201000.serial"),
        port("/dev/cu.Bluetooth-Incoming-Port", "abc"),
        port("/dev/ttyACM0", "USB", 0x2341),
    ]
    monkeypatch.setattr(list_ports, "comports", lambda: ports)
    assert SerialTransport().list_urls() == ["/dev/ttyACM0", "/dev/ttyAMA0", "/dev/ttyUSB0"]


def test_impossible_settings_are_refused() -> None:
    with pytest.raises(ParameterError, match="speed"):
        serve([insole()], speed=0)
    with pytest.raises(ParameterError, match="one per device"):
        serve([insole()], faults=[])
    stranger = SimulatedDevice(info=replace(plate().info, kind="toaster"), frames=plate().frames)
    with pytest.raises(ParameterError, match="toaster"):
        serve([stranger])
    loud = insole()
    with pytest.raises(ParameterError, match="16 bits"):
        serve([replace(loud, frames=replace(loud.frames, counts=np.full_like(loud.frames.counts, 70_000)))])


def test_the_emulator_loads_no_serial_library() -> None:
    script = "import sys, landing_lab_drivers.emulator; print('serial' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"
