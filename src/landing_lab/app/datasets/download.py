"""One file over HTTP: what is there already is never loaded twice, and a file is there whole and checked or not at all.

Bytes go into NAME.part and stay there when the connection breaks; the next try asks for the rest (Range), under the
condition that the file is still the same (If-Range). pooch calls this as its downloader, compares the checksum and
puts the file in place.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from landing_lab.app.datasets.addresses import checked_address, host_of
from landing_lab.app.datasets.network import Unreachable, ask, unreachable
from landing_lab.app.datasets.part_file import PartFile, aside
from landing_lab.errors import DownloadError
from landing_lab.io.visible import quoted_path

if TYPE_CHECKING:
    import requests

WAITS_S: Final = [1.0, 2.0, 4.0, 8.0]
"""Pauses before another try; any byte that arrives starts them anew."""
_CHUNK: Final = 1 << 14
"""Bytes written at once; of a connection that breaks, less than that is lost."""
_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})

Advance = Callable[[int], None]
"""Told how many bytes have come; a negative number takes back what is loaded anew."""


class ResumingDownloader:
    """Loads one file for pooch: a callable of (address, output file, pooch).

    target: where the file will lie, with its part beside it; size_bytes, checksum ("md5:..." or "sha256:..."): what it
    must be, None where the size is not known; advance is told of bytes as they come.
    """

    def __init__(self, target: Path, *, size_bytes: int | None, checksum: str, advance: Advance | None = None) -> None:
        self.target = target
        self.part = PartFile(target)
        self.size_bytes = size_bytes
        self.checksum = checksum
        self._advance = advance or (lambda _n: None)
        self._counted = 0
        self._continued = False

    def __call__(self, address: str, output_file: str, _pooch: object = None) -> None:
        """Load the whole file into output_file. Raises DownloadError where it cannot be had; what came is kept."""
        checked_address(address)
        self._continued = self.part.size > 0
        self._load(address)
        if not self._is_right() and self._continued:  # the pieces may be of two versions: once more, from the beginning
            self.part.discard()
            self._load(address)
        if not self._is_right():
            self._refuse(address)
        self.part.become(Path(output_file))

    def _load(self, address: str) -> None:
        """Gather the bytes, with pauses and new tries where the connection breaks."""
        tries = best = 0
        while True:
            before = self.part.size
            best = max(best, before)
            self._count(before)
            try:
                if self.size_bytes is not None and before == self.size_bytes:
                    return
                self._once(address)
            except Unreachable as error:
                tries = 0 if self.part.size > best else tries + 1
                if tries > (len(WAITS_S) if error.was_reached else 1):
                    raise unreachable(address, error, self.target, kept=self.part.size) from error
                time.sleep(WAITS_S[max(tries - 1, 0)])
            else:
                return

    def _once(self, address: str) -> None:
        """One request for what is missing."""
        offset = self.part.size
        if self.size_bytes is not None and offset > self.size_bytes:
            self.part.discard()
            offset = 0
        with ask(address, self.part.headers(address)) as response:
            status = response.status_code
            if status in _AGAIN:
                raise Unreachable(f"answers with error {status}", was_reached=True)
            if status == 416 or (status == 206 and not self.part.fits(response, self.size_bytes)):
                self.part.discard()
                raise Unreachable("has another file there now", was_reached=True)
            if status not in (200, 206):
                raise _refused(address, status, self.target)
            self._continued |= status == 206
            if status == 200 and offset:
                self.part.discard()
                self._count(0)
            self._check_size(address, response)
            self._take(address, response)

    def _check_size(self, address: str, response: requests.Response) -> None:
        """A file of another size is another file: say so before it is loaded. Raises DownloadError."""
        if response.headers.get("Content-Encoding", "identity") not in ("identity", ""):
            raise DownloadError(
                f"{host_of(address)} sends {quoted_path(address)} compressed, though it was asked not to; a proxy may "
                f"be in between: load it in a browser and put it at {self.target}"
            )
        told = response.headers.get("Content-Length", "")
        if (
            response.status_code == 200
            and self.size_bytes is not None
            and told.isdigit()
            and int(told) != self.size_bytes
        ):
            raise DownloadError(
                f"{quoted_path(address)} has {int(told):,} bytes there and should have {self.size_bytes:,}; it is "
                "another file, or a page that asks for a login: open the address in a browser; nothing was loaded"
            )

    def _take(self, address: str, response: requests.Response) -> None:
        """Write the answer to the end of the part. Raises Unreachable where it breaks off, DownloadError: disk full."""
        import requests

        self.part.remember(address, response)
        try:
            with self.part.path.open("ab") as stream:
                for chunk in response.iter_content(_CHUNK):
                    stream.write(chunk)
                    self._count(self._counted + len(chunk))
                    if self.size_bytes is not None and self._counted > self.size_bytes:
                        break
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError, requests.Timeout) as error:
            raise Unreachable("broke the connection off", was_reached=True) from error
        except OSError as error:
            if error.errno not in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
                raise
            raise DownloadError(
                f"the disk is full: {self.part.size:,} bytes of {self.target.name} are kept as {self.part.path.name}; "
                "free some space and type the same command again, it goes on from there"
            ) from error
        size = self.part.size
        if self.size_bytes is not None and size > self.size_bytes:
            self.part.discard()
            raise DownloadError(
                f"{host_of(address)} sends more than the {self.size_bytes:,} bytes that {self.target.name} has; "
                "nothing of it was kept: open the address in a browser to see what is there"
            )
        if self.size_bytes is not None and size < self.size_bytes:
            raise Unreachable("broke the connection off", was_reached=True)

    def _is_right(self) -> bool:
        import pooch

        return self.part.path.exists() and bool(pooch.hashes.hash_matches(str(self.part.path), self.checksum))

    def _refuse(self, address: str) -> None:
        """Keep a wrong file for inspection under another name. Raises DownloadError."""
        import pooch

        algorithm = self.checksum.partition(":")[0]
        found = pooch.file_hash(str(self.part.path), alg=algorithm)
        kept = aside(self.part.path, self.target)
        self.part.forget()
        raise DownloadError(
            f"{self.target.name} from {host_of(address)} is not the file it should be ({algorithm} {found[:12]}... "
            f"instead of {self.checksum.partition(':')[2][:12]}...); it was put aside as {kept.name} and is not used: "
            "try again later, and look for a newer version of the dataset if it stays so"
        )

    def _count(self, size: int) -> None:
        if size != self._counted:
            self._advance(size - self._counted)
            self._counted = size


def _refused(address: str, status: int, target: Path) -> DownloadError:
    why = {401: "asks for a login", 403: "does not give it out", 404: "has no such file", 410: "has it no more"}
    return DownloadError(
        f"{host_of(address)} {why.get(status, 'does not send it')} (HTTP {status}): {quoted_path(address)}; open the "
        f"dataset's page in a browser, and put the file at {target} if you find it there"
    )
