"""What a request is answered where something goes wrong: one sentence, the right status, never a traceback."""

from __future__ import annotations

import asyncio
import errno
import json

import pytest
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from landing_lab.app.web.door import TooLargeError
from landing_lab.app.web.lab import BusyError
from landing_lab.app.web.refusals import answered
from landing_lab.app.web.session_files import NotServedError
from landing_lab.errors import DeviceError, ParameterError


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (NotServedError("there is no such file"), 404, "there is no such file"),
        (BusyError("wait"), 409, "wait"),
        (ParameterError("no number"), 400, "no number"),
        (DeviceError("the board is silent"), 500, "the board is silent"),
        (TooLargeError(), 413, "too large"),
        (TimeoutError(), 408, "did not come to its end"),
        (ClientDisconnect(), 408, "did not come to its end"),
        (OSError(errno.EIO, "Input/output error"), 500, "Input/output error"),
    ],
)
def test_every_fault_of_a_request_is_a_sentence(error: Exception, status: int, said: str) -> None:
    async def fails() -> Response:
        raise error

    answer = asyncio.run(answered(fails()))
    assert answer.status_code == status
    assert said in json.loads(bytes(answer.body))["error"]


def test_a_fault_of_ours_is_not_hidden() -> None:
    async def fails() -> Response:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(answered(fails()))
