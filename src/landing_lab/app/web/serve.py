"""`landing-lab serve`: the server of the lab page, from its start to Ctrl-C."""

from __future__ import annotations

import secrets
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from landing_lab.errors import ParameterError, RecordingError

LOOPBACK: Final = frozenset(("127.0.0.1", "localhost", "::1"))
EVERYWHERE: Final = frozenset(("0.0.0.0", "::", ""))  # noqa: S104
NEEDED: Final = ("starlette", "uvicorn", "websockets")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeSettings:
    """What was typed."""

    urls: tuple[str, ...] = ()
    simulated: bool = False
    dataset: Path = Path("landing-lab-data")
    listen_port: int = 8765
    host: str = "127.0.0.1"
    open_browser: bool = False

    def __post_init__(self) -> None:
        if self.simulated and self.urls:
            raise ParameterError("--sim starts its own boards; leave out --port, or leave out --sim")


def run_serve(settings: ServeSettings) -> int:
    """Serve until Ctrl-C; the exit code."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise RecordingError(f"the lab page needs {', '.join(missing)}; install with pip install 'landing-lab[web]'")
    import uvicorn

    from landing_lab.app.web.boards import LabBoards
    from landing_lab.app.web.compiling import compile_aside
    from landing_lab.app.web.door import Door
    from landing_lab.app.web.lab import Lab
    from landing_lab.app.web.patience import patient_protocol
    from landing_lab.app.web.routes import make_app
    from landing_lab.io.dataset import Dataset

    dataset = settings.dataset.absolute()
    Dataset(dataset).create()
    lab = Lab(dataset, LabBoards(settings.urls, simulated=settings.simulated, dataset=dataset))
    token = None if settings.host in LOOPBACK else secrets.token_urlsafe(24)
    listening = _listening(settings.host, settings.listen_port)
    number = listening.getsockname()[1]
    door = Door(hosts=frozenset(_names(settings.host)), by_number=settings.host in EVERYWHERE, token=token, port=number)
    # Sockets by "websockets-sansio": "websockets" is on its way out. Its send() waits while a page takes nothing in (of
    # 0.52.1 on), which the latest-wins of sockets.py rests on; it pings, and cuts messages off at ws_max_size.
    config = uvicorn.Config(
        make_app(lab, door), log_level="warning", lifespan="off", ws="websockets-sansio", ws_max_size=65536,
        timeout_graceful_shutdown=2, server_header=False, access_log=False, ws_per_message_deflate=False,
        http=patient_protocol(),
    )  # fmt: skip
    compile_aside()
    url = _told(settings, number, token)
    with suppress(ValueError):  # of a thread other than the first, in tests
        signal.signal(signal.SIGTERM, signal.getsignal(signal.SIGINT))
    if settings.open_browser:
        import webbrowser

        webbrowser.open(url)
    try:
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listening])
    finally:
        lab.close()
    return 0


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises ParameterError where the address cannot be had."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        # asyncio sends at once (TCP_NODELAY) only where the protocol is named; else every second update waits for the
        # other side's acknowledgement, 40 ms
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)  # before the address is told: a browser that is opened with it comes at once
    except socket.gaierror as error:
        raise ParameterError(
            f"this machine has no address {host!r}; leave --host out, or give 0.0.0.0 for the lab network"
        ) from error
    except OSError as error:
        raise ParameterError(
            f"the page cannot listen on {host}:{port} ({error.strerror or error}); another program may use it: choose "
            "another --listen-port, or 0 for a free one"
        ) from error
    return listening


def _names(host: str) -> list[str]:
    """The names by which this machine may be called."""
    names = [*LOOPBACK]
    if host not in LOOPBACK:
        own = socket.gethostname().lower()
        names += [host.lower(), own, f"{own}.local", socket.getfqdn().lower()]
    return [name for name in names if name not in EVERYWHERE]


def _own_number(host: str) -> str:
    """The number under which other machines of the network find this one; its name where it is in no network."""
    family, far = (socket.AF_INET6, "2001:db8::1") if ":" in host else (socket.AF_INET, "192.0.2.1")
    with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as looking:
        looking.connect((far, 9))  # sends nothing: only asks the system which way it would go
        return str(looking.getsockname()[0])
    return socket.gethostname()


def _told(settings: ServeSettings, number: int, token: str | None) -> str:
    """Say where the page is; its address."""
    shown = _own_number(settings.host) if settings.host in EVERYWHERE else settings.host
    host = f"[{shown}]" if ":" in shown else shown
    url = f"http://{host}:{number}/"
    if token is not None:
        url += f"?token={token}"
        print(f"Everybody on this network who has the token can record and see the dataset {settings.dataset}.")
        print("The connection is not encrypted: use it in a network of your own.")
    print(f"The lab page: {url}")
    print("Ctrl-C ends it; what is recorded is kept.")
    sys.stdout.flush()
    return url
