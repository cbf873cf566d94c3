"""Devices of others: the very code of CONTRIBUTING.md, as a file of this repository and as a package."""

from __future__ import annotations

import re
import sys
import tomllib
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from drivers.boards import assert_same, insole_frames, insole_info
from landing_lab.errors import DeviceError
from landing_lab.model.blocks import joined
from landing_lab.model.device import LinkStats, SimulatedDevice
from landing_lab_drivers import devices as package
from landing_lab_drivers.devices import add_device, all_devices, known_devices
from landing_lab_drivers.emulator import serve
from landing_lab_drivers.port import SerialTransport
from landing_lab_drivers.wire import FrameDecoder

CONTRIBUTING = Path(__file__).parents[2] / "CONTRIBUTING.md"
SCALE = SimulatedDevice(
    info=replace(
        insole_info(n_channels=1), kind="bathroom-scale", device_id="SCALE", placement="total",
        sensor_kind="force_plate",
    ),
    frames=insole_frames(400, n_channels=1),
)  # fmt: skip


@pytest.fixture
def code() -> dict[str, str]:
    """The example's blocks by language."""
    section = CONTRIBUTING.read_text().split("## Add a device")[1].split("\n## ")[0]
    return dict(re.findall(r"```(\w+)\n(.*?)```", section, re.DOTALL))


@pytest.fixture
def installed(code: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The example as a package that pip might have installed; where its metadata lies."""
    (tmp_path / "bathroom_scale.py").write_text(code["python"])
    metadata = tmp_path / "bathroom_scale-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: bathroom-scale\nVersion: 1.0\n")
    points = tomllib.loads(code["toml"])["project"]["entry-points"]
    lines = [line for group, names in points.items() for line in (f"[{group}]", *map(" = ".join, names.items()))]
    (metadata / "entry_points.txt").write_text("\n".join(lines) + "\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "bathroom_scale", raising=False)
    yield metadata
    sys.modules.pop("bathroom_scale", None)


def test_a_device_of_a_package_is_found_identified_and_streamed(installed: Path) -> None:
    assert set(known_devices()) == {*all_devices(), "bathroom-scale"}
    server = serve([SCALE], speed=5)
    link = SerialTransport().open(server.urls[0], timeout_s=2)
    assert link.info.kind == "bathroom-scale"
    link.start()
    blocks = []
    while sum(map(len, blocks)) < 400:
        blocks += [arrival.frames for arrival in link.poll()]
    assert_same(joined(blocks), replace(SCALE.frames, flags=np.zeros(400, np.int64)))
    assert link.stats.bad_frames == 0
    link.close()
    server.close()


def test_a_device_of_one_file_is_found_by_itself(
    code: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bathroom_scale.py").write_text(code["python"])
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    device = all_devices()["bathroom-scale"]
    stats = LinkStats()
    frames = FrameDecoder(stats).feed(b"".join(device.encode(SCALE.info, SCALE.frames)))
    assert len(device.decoder(SCALE.info, stats).decode(frames)) == 400
    monkeypatch.delitem(sys.modules, f"{package.__name__}.bathroom_scale")


def test_a_package_that_cannot_be_loaded_is_named(installed: Path) -> None:
    (installed.parent / "bathroom_scale.py").write_text("import no_such_module_of_theirs\n")
    with pytest.raises(DeviceError, match=r"the package bathroom-scale cannot be loaded \(ModuleNotFoundError: .*"):
        known_devices()


def test_two_devices_of_one_kind_code_are_refused(installed: Path) -> None:
    source = installed.parent / "bathroom_scale.py"
    source.write_text(source.read_text().replace("kind_code: int = 200", "kind_code: int = 2"))
    with pytest.raises(DeviceError, match=r"'bathroom-scale' of kind code 2, and 'plate-hx711' \(2\) is known already"):
        known_devices()


def test_a_device_of_a_notebook_is_known_and_can_be_defined_again(
    code: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(package, "_ADDED", {})
    cell = {"__name__": "a_notebook_cell"}
    monkeypatch.setitem(sys.modules, "a_notebook_cell", ModuleType("a_notebook_cell"))
    exec(code["python"], cell)  # the very code of CONTRIBUTING.md
    add_device(cell["Scale"]())
    again = cell["Scale"]()
    add_device(again)
    assert known_devices()["bathroom-scale"] is again
    with serve([SCALE], speed=5) as server:
        link = SerialTransport().open(server.urls[0], timeout_s=2)
        assert link.info.kind == "bathroom-scale"
        link.close()
    with pytest.raises(DeviceError, match=r"this program brings a device 'other' of kind code 200, and 'bathroom-s"):
        add_device(replace(again, kind="other"))
    with pytest.raises(DeviceError, match="this program brings a device 'insole-fsr'"):
        add_device(replace(again, kind="insole-fsr"))
    with pytest.raises(DeviceError, match="kind code of 128 to 255; got 3"):
        add_device(replace(again, kind_code=3))
