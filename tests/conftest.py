"""What every test process needs, wherever it was started."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from lsl_session import Sent

# A shell starts background jobs with Ctrl-C ignored, and so would be every program that the tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever lies in judgement/ is long: `make judge` runs it, `make test` does not."""
    for item in items:
        if Path(__file__).with_name("judgement") in item.path.parents:
            item.add_marker(pytest.mark.long)


# Here, and not beside the tests that ask for them: a fixture that two modules import is made twice.
@pytest.fixture(scope="session")
def lsl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """pylsl, with which nothing leaves this machine."""
    from lsl_loopback import lsl_on_loopback

    yield lsl_on_loopback(tmp_path_factory.mktemp("lsl"))
    del os.environ["LSLAPICFG"]


@pytest.fixture(scope="session")
def sent(lsl: Any, tmp_path_factory: pytest.TempPathFactory) -> Sent:
    """A session of two drop jumps, sent and heard."""
    from lsl_session import sent_session

    return sent_session(tmp_path_factory.mktemp("sent"), lsl)


@pytest.fixture(scope="session")
def recorded(sent: Sent) -> Path:
    """The same session as LabRecorder would have written it beside EMG."""
    from lsl_session import as_labrecorder

    return as_labrecorder(sent)
