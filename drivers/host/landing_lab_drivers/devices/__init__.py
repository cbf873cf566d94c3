"""One file per device: every module here without a leading underscore exports DEVICE."""

from __future__ import annotations

import importlib
import pkgutil

from landing_lab_drivers.devices._protocol import BlockDecoder, Device

__all__ = ["BlockDecoder", "Device", "all_devices"]


def all_devices() -> dict[str, Device]:
    """Every device of this folder by its kind."""
    found: dict[str, Device] = {}
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            device: Device = importlib.import_module(f"{__name__}.{module.name}").DEVICE
            found[device.kind] = device
    return found
