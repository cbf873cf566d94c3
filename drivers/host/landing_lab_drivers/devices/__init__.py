"""One file per device: every module here without a leading underscore exports DEVICE."""

from __future__ import annotations

import importlib
import pkgutil
from importlib.metadata import entry_points

from landing_lab.errors import DeviceError
from landing_lab_drivers.devices._protocol import BlockDecoder, Device

__all__ = ["BlockDecoder", "Device", "add_device", "all_devices", "known_devices"]

_ADDED: dict[str, Device] = {}


def all_devices() -> dict[str, Device]:
    """Every device of this folder by its kind."""
    found: dict[str, Device] = {}
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            device: Device = importlib.import_module(f"{__name__}.{module.name}").DEVICE
            found[device.kind] = device
    return found


def add_device(device: Device) -> None:
    """Make a device known to this process, such as one that a notebook tries out; one of its kind takes its place.

    Raises DeviceError where its kind code is outside 128-255, or another device has its kind or kind code.
    """
    if not 128 <= device.kind_code <= 255:
        raise DeviceError(
            f"a device of your own has a kind code of 128 to 255; got {device.kind_code} for {device.kind!r}; the "
            f"others are boards of landing-lab"
        )
    others = {kind: one for kind, one in known_devices().items() if kind != device.kind or kind not in _ADDED}
    _refuse_taken(device, others, "this program")
    _ADDED[device.kind] = device


def known_devices() -> dict[str, Device]:
    """Every device by its kind: those of this folder, those that installed packages publish, those that were added.

    Raises DeviceError where a package cannot be loaded, or two devices have the same kind or kind code.
    """
    found = all_devices()
    for entry in entry_points(group="landing_lab.devices"):
        if entry.value == f"{__name__}:{all_devices.__name__}":
            continue
        owner = f"the package {entry.dist.name}" if entry.dist is not None else entry.value
        try:
            published: dict[str, Device] = dict(entry.load()())
        except Exception as error:
            raise DeviceError(
                f"the devices of {owner} cannot be loaded ({type(error).__name__}: {error}); update or remove {owner}"
            ) from error
        for kind, device in published.items():
            _refuse_taken(device, found, owner, kind=kind)
            found[kind] = device
    return {**found, **_ADDED}


def _refuse_taken(device: Device, known: dict[str, Device], owner: str, *, kind: str | None = None) -> None:
    """Raises DeviceError where a known device has this kind or kind code."""
    kind = device.kind if kind is None else kind
    taken = next((d for d in known.values() if kind == d.kind or device.kind_code == d.kind_code), None)
    if taken is not None:
        raise DeviceError(
            f"{owner} brings a device {kind!r} of kind code {device.kind_code}, and {taken.kind!r} "
            f"({taken.kind_code}) is known already; give it a kind and a code of its own"
        )
