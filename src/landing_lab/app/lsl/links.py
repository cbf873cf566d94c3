"""Links whose frames and notes also go to the Lab Streaming Layer; whoever uses them notices nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from landing_lab.acquire.session import stream_names
from landing_lab.app.lsl.outlets import LslOutlets
from landing_lab.model.device import Arrival, DeviceInfo, DeviceLink, LinkNote, LinkStats


class SentLink:
    """A link that hands over what it gives."""

    def __init__(self, link: DeviceLink, name: str, outlets: LslOutlets, on_stop: Callable[[], None]) -> None:
        self._link, self._name, self._outlets, self._on_stop = link, name, outlets, on_stop
        self.url: str = link.url
        self.info: DeviceInfo = link.info
        self.stats: LinkStats = link.stats

    def start(self) -> None:
        """As of the link."""
        self._link.start()

    def poll(self) -> list[Arrival]:
        """As of the link; what arrived is handed over."""
        arrivals = self._link.poll()
        for arrival in arrivals:
            if len(arrival.frames):
                self._outlets.frames(self._name, arrival)
        return arrivals

    def send_ping(self) -> None:
        """As of the link."""
        self._link.send_ping()

    def take_notes(self) -> list[LinkNote]:
        """As of the link; notes are handed over."""
        notes = self._link.take_notes()
        for note in notes:
            self._outlets.note(self._name, note)
        return notes

    def stop(self) -> None:
        """As of the link; said before."""
        self._on_stop()
        self._link.stop()

    def close(self) -> None:
        """As of the link."""
        self._link.close()


def sent_links(
    links: Sequence[DeviceLink], outlets: LslOutlets, *, on_stop: Callable[[], None] = lambda: None
) -> list[DeviceLink]:
    """The links under the names that files give them; on_stop is called whenever one is told to be silent."""
    return [SentLink(link, name, outlets, on_stop) for name, link in zip(stream_names(links), links, strict=True)]
