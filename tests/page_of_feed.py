"""The lab page over a live feed that a test fills itself: the real server and sockets, no boards."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn

from landing_lab.app.web.boards import LabBoards
from landing_lab.app.web.door import Door
from landing_lab.app.web.lab import Lab
from landing_lab.app.web.live.feed import LiveFeed
from landing_lab.app.web.recording import PageFront
from landing_lab.app.web.routes import make_app

VIEW: dict[str, object] = {
    "participant": "P07", "session": "01", "protocol": "drop jump", "phase": "recording", "stage": "moving",
    "headline": "JUMP", "instruction": "", "condition": "", "number": 1, "run": 1, "n_planned": 5, "elapsed_s": 3.0,
    "load_n": 0.0, "weight_n": 700.0, "zero_known": True, "feet_n": {}, "insoles": {}, "peaks": {}, "links": [],
    "findings": [], "plan": [], "cards": [], "provisional": False, "confirming": False, "undoable": "",
}  # fmt: skip


@dataclass
class FeedPage:
    """A server with one feed. url: of its page, as fixtures of tests/web expect it."""

    url: str
    lab: Lab
    feed: LiveFeed
    before_end: list[Callable[[], object]] = field(default_factory=list)

    def show(self, **changed: object) -> None:
        """Change what the page is told of the session."""
        assert self.lab.front is not None
        self.lab.front.view = {**self.lab.front.view, **changed}
        self.lab.changed()


@contextmanager
def page_of_feed(dataset: Path, feed: LiveFeed) -> Iterator[FeedPage]:
    """Serve the page in the trial step, drawing what is in the feed."""
    lab = Lab(dataset, LabBoards((), simulated=False, dataset=dataset))
    lab.looked, lab.step, lab.job, lab.participant = True, "trial", "record", "P07"
    lab.front = PageFront(lab.changed, feed=feed, view=dict(VIEW))
    config = uvicorn.Config(
        make_app(lab, Door(hosts=frozenset(("127.0.0.1", "localhost")), token=None)), port=0, log_level="warning",
        lifespan="off", ws="websockets-sansio", ws_max_size=65536, access_log=False, ws_per_message_deflate=False,
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    started = threading.Event()
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for _ in range(400):
        if server.started:
            break
        started.wait(0.025)
    page = FeedPage(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/", lab, feed)
    try:
        yield page
    finally:
        for close in page.before_end:
            close()
        server.should_exit = True
        thread.join(10.0)
