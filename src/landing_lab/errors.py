"""Every error landing-lab raises on purpose.

A message says what happened, what was seen, and what to do about it; the facts are also attributes.
"""

from __future__ import annotations


class LandingLabError(Exception):
    """Base of every error raised on purpose; its text is written for the person at the keyboard."""

    exit_code = 2

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message)
        self.facts = facts
        for name, value in facts.items():
            setattr(self, name, value)


class ParameterError(LandingLabError, ValueError):
    """A setting is outside what the method can use."""


class FileFormatError(LandingLabError):
    """A file is missing, empty, or not what it claims to be."""


class CalibrationError(LandingLabError):
    """A calibration is missing, foreign or impossible."""


class RecordingError(LandingLabError):
    """A recording cannot be written, or holds too little to work with."""

    exit_code = 1


class DeviceError(LandingLabError):
    """A device did not do what its protocol promises."""

    exit_code = 1


class DeviceNotFoundError(DeviceError):
    """There is no such port, or nothing that speaks our protocol behind it."""


class DeviceTimeoutError(DeviceError):
    """A device did not answer in time."""


class DeviceLostError(DeviceError):
    """A device that was streaming has gone."""


class DownloadError(LandingLabError):
    """Something could not be loaded from elsewhere, or is not what it should be."""

    exit_code = 1
