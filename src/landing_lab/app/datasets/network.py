"""Requests that stay with https through every redirect, and what a person is told when a host cannot be reached."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

import landing_lab
from landing_lab.app.datasets.addresses import checked_address, host_of
from landing_lab.errors import DownloadError
from landing_lab.io.visible import quoted_path

if TYPE_CHECKING:
    import requests

TIMEOUT_S: Final = (15.0, 60.0)
"""To connect, and between two pieces of an answer."""
_REDIRECTS: Final = 6
HEADERS: Final = {"User-Agent": f"landing-lab/{landing_lab.__version__}", "Accept-Encoding": "identity"}
"""Uncompressed, because a range of a compressed answer is not a range of the file (RFC 9110, 14.1.2)."""


class Unreachable(Exception):  # noqa: N818 - a reason to try again; told as DownloadError when it lasts
    """A host did not give what was asked; was_reached says whether it answered at all."""

    def __init__(self, why: str, *, was_reached: bool) -> None:
        super().__init__(why)
        self.was_reached = was_reached


@contextmanager
def ask(address: str, headers: dict[str, str]) -> Iterator[requests.Response]:
    """The answer to a GET, not yet read. Raises Unreachable, and DownloadError for a redirect that leaves https."""
    import requests

    with requests.Session() as session:
        for _ in range(_REDIRECTS):
            try:
                response = session.get(
                    address, headers=HEADERS | headers, stream=True, allow_redirects=False, timeout=TIMEOUT_S
                )
            except (requests.RequestException, ValueError) as error:  # a name that cannot be encoded is a ValueError
                raise Unreachable(_why(error), was_reached=False) from error
            with response:
                if response.status_code not in (301, 302, 303, 307, 308):
                    yield response
                    return
                address = _sent_on(address, response.headers.get("Location", ""))
    raise DownloadError(
        f"{host_of(address)} sends on from address to address without end; try again later, or load the file in a "
        "browser"
    )


def _sent_on(address: str, location: str) -> str:
    """Where a redirect leads. Raises DownloadError where that is no https address."""
    try:
        there = urljoin(address, location)
    except ValueError:  # malformed: refused as it stands
        there = location
    return checked_address(there, came_from=host_of(address))


def _why(error: Exception) -> str:
    """What went wrong, in words."""
    import requests

    text = str(error)
    if not isinstance(error, requests.RequestException):  # requests reads where a redirect leads, too
        return "sends on to something that is no address"
    if isinstance(error, requests.exceptions.SSLError):
        return "shows a certificate that is not trusted here"
    if isinstance(error, requests.exceptions.ProxyError):
        return "cannot be reached through the proxy of this machine"
    if isinstance(error, requests.Timeout):
        return "does not answer"
    if "NameResolution" in text or "getaddrinfo" in text:
        return "was not found: this machine seems to be offline"
    return "refuses the connection" if "refused" in text else "cannot be reached"


def unreachable(address: str, error: Unreachable, target: Path, *, kept: int) -> DownloadError:
    """The sentence for a host that stays unreachable: what, and two ways out."""
    so_far = f"{kept:,} bytes of it are kept, and " if kept else ""
    return DownloadError(
        f"{host_of(address)} {error}; {so_far}the same command goes on when the connection is back; or load "
        f"{quoted_path(address)} on another machine and put it at {target}: it is checked and used"
    )
