"""How long and with how many strangers the server has patience: a recording needs files, which sockets take away."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import h11
    from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_CONNECTIONS: Final = 200
"""Open at once: a page has up to seven, and the usual limit of open files is 1024."""

FIRST_WORDS_S: Final = 10.0
"""From the opening of a connection, or the first byte of another request, to the end of its head."""


def patient_protocol() -> type[H11Protocol]:  # noqa: C901 - a class in a function, as uvicorn is loaded late
    """The HTTP of uvicorn, which by itself waits for ever for those who never finish their sentence."""
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class Patient(H11Protocol):
        """Hangs up on who does not say what is wanted, and on more connections than anybody needs."""

        _waiting: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            if len(self.connections) > MOST_CONNECTIONS:
                transport.abort()
            else:
                self._wait()

        def data_received(self, data: bytes) -> None:
            before = self.cycle
            super().data_received(data)
            if self.cycle is not before or self not in self.connections:  # a request, or a socket of a page
                self._stop_waiting()
            elif self._waiting is None and (before is None or before.response_complete):
                self._wait()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop_waiting()
            super().connection_lost(exc)

        def handle_websocket_upgrade(self, event: h11.Request) -> None:
            # the socket library cannot read them, and says so with a traceback
            if any(not value.isascii() for _, value in self.headers):
                self.send_400_response("Invalid HTTP request received.")
            else:
                super().handle_websocket_upgrade(event)

        def _wait(self) -> None:
            self._waiting = self.loop.call_later(FIRST_WORDS_S, self.transport.abort)

        def _stop_waiting(self) -> None:
            if self._waiting is not None:
                self._waiting.cancel()
                self._waiting = None

    return Patient
