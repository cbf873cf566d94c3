"""What every test process needs, wherever it was started."""

from __future__ import annotations

import signal

# A shell starts background jobs with Ctrl-C ignored, and so would be every program that the tests interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
