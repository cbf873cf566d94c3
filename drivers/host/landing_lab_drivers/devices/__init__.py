"""One file per device: every module here without a leading underscore exports DEVICE."""

from __future__ import annotations

import importlib
import pkgutil
from importlib.metadata import entry_points

from landing_lab.errors import DeviceError
from landing_lab_drivers.devices._protocol import BlockDecoder, Device

__all__ = ["BlockDecoder", "Device", "all_devices", "known_devices"]


def all_devices() -> dict[str, Device]:
    """Every device of this folder by its kind."""
    found: dict[str, Device] = {}
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            device: Device = importlib.import_module(f"{__name__}.{module.name}").DEVICE
            found[device.kind] = device
    return found


def known_devices() -> dict[str, Device]:
    """Every device by its kind: those of this folder and those that installed packages publish.

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
            taken = next((d for d in found.values() if kind == d.kind or device.kind_code == d.kind_code), None)
            if taken is not None:
                raise DeviceError(
                    f"{owner} brings a device {kind!r} of kind code {device.kind_code}, and {taken.kind!r} "
                    f"({taken.kind_code}) is known already; give it a kind and a code of its own"
                )
            found[kind] = device
    return found
